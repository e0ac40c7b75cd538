"""The PostgREST dialect without I/O: request to plan to SQL, rows to response."""
