"""The peer: Starlette and a psycopg 3 pool, as an application would be written by hand, one process on uvloop.

Arguments: the database's URL, and a file with the statements of each case. Plans nothing, checks no token and builds
no header: it gets the statements ready made, so it does less than the data API does. Prints its port when it serves.
"""

from __future__ import annotations

import json
import socket
import sys
from pathlib import Path

import uvicorn
from psycopg import AsyncRawCursor
from psycopg.types.json import set_json_loads
from psycopg_pool import AsyncConnectionPool
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

CONNECTIONS = 10


def main(url: str, file: Path) -> None:
    set_json_loads(lambda raw: raw)  # the body goes out as PostgreSQL made it
    cases = json.loads(file.read_text())
    pool = AsyncConnectionPool(url, min_size=CONNECTIONS, max_size=CONNECTIONS, open=False)

    async def answer(request: Request) -> Response:
        body = b""
        async with pool.connection() as connection, connection.transaction():
            cursor = AsyncRawCursor(connection)
            for sql, parameters in cases[request.path_params["case"]]:
                await cursor.execute(sql, parameters, prepare=True)
                row = await cursor.fetchone()
                body = row[2] if row and len(row) > 2 and row[2] else body
        return Response(body, media_type="application/json")

    listener = socket.create_server(("127.0.0.1", 0))
    app = Starlette(routes=[Route("/{case}", answer, methods=["GET", "POST", "PATCH"])])

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await pool.open(wait=True)
            await super().startup(sockets)
            print(listener.getsockname()[1], flush=True)

    Server(uvicorn.Config(app, loop="uvloop", http="httptools", access_log=False, log_level="error")).run([listener])


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
