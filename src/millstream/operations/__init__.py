"""Typed functions that run as the caller in one transaction, called by name over HTTP."""
