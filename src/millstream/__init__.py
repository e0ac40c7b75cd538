"""Millstream: a self-hosted real-time backend for PostgreSQL.

Commit once; the log does the rest. ARCHITECTURE.md shows the layers; every package imports downwards only.
"""
