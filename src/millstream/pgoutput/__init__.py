"""Logical replication messages without I/O: bytes to transactions."""
