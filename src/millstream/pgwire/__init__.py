"""PostgreSQL protocol 3 without I/O: bytes to values and back."""
