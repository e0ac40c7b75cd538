"""Reads policies and simple SQL functions as text into terms that are decided in process; pure."""
