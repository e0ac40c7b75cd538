"""The PostgREST dialect without I/O: request to plan to SQL, rows to response.

`request.parse` → `planner.plan` → `sql.render` → (`rest.transaction`) → `response.build_response`. Nothing here reads a
clock, a socket or a catalog; everything is tested by the thousand without a database.
"""
