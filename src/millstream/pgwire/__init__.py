"""PostgreSQL protocol 3 without I/O: bytes to values and back.

`backend` reads what the server sends, `frontend` writes what a client sends, `startup` and `scram` carry the opening
conversation. Shared by the replication connection and the data API; whoever owns the socket is `postgres.wire`.
"""
