"""The peer: Starlette and an asyncpg pool, as an application would be written by hand, one process on uvloop.

Arguments: the database's URL, and a file with the statements of each case. Plans nothing, checks no token and reads no
header: it gets the statements ready made, so it does less than the data API does. Prints its port when it serves.
"""

from __future__ import annotations

import json
import socket
import sys
from pathlib import Path
from typing import Any

import asyncpg  # type: ignore[import-untyped]
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bench.data_api.cases import KEY

CONNECTIONS = 10
Statements = list[tuple[str, list[Any]]]


async def leave(_: Any) -> None:
    """Reset nothing when a connection goes back: all settings end with their transaction."""


class Server(uvicorn.Server):
    def __init__(self, url: str, cases: dict[str, Statements], listener: socket.socket) -> None:
        app = Starlette(routes=[Route("/{case}", self.answer, methods=["GET", "POST", "PATCH"])])
        super().__init__(
            uvicorn.Config(app, loop="uvloop", http="httptools", access_log=False, log_level="error", lifespan="off")
        )
        self._url = url
        self._cases = cases
        self._listener = listener
        self._pool: asyncpg.Pool

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        self._pool = await asyncpg.create_pool(self._url, min_size=CONNECTIONS, max_size=CONNECTIONS, reset=leave)
        async with self._pool.acquire() as connection:
            self._cases = {name: [await typed(connection, *one) for one in case] for name, case in self._cases.items()}
        await super().startup(sockets)
        print(self._listener.getsockname()[1], flush=True)

    async def answer(self, request: Request) -> Response:
        statements = self._cases[request.path_params["case"]]
        key = int(request.query_params["key"])
        body = ""
        async with self._pool.acquire() as connection, connection.transaction(readonly=request.method == "GET"):
            for sql, parameters in statements:
                row = await connection.fetchrow(sql, *[key if value is KEY else value for value in parameters])
                body = row.get("body", body)
        return Response(body or b"", media_type="application/json")


async def typed(connection: Any, sql: str, parameters: list[str | None]) -> tuple[str, list[Any]]:
    """Return the statement with its parameters as asyncpg wants them: integers as such, the key that differs marked."""
    kinds = (await connection.prepare(sql)).get_parameters()
    return sql, [
        KEY if value == KEY else int(value) if value is not None and kind.name.startswith("int") else value
        for kind, value in zip(kinds, parameters, strict=True)
    ]


def main(url: str, file: Path) -> None:
    cases = {name.replace(" ", "-"): case for name, case in json.loads(file.read_text()).items()}
    listener = socket.create_server(("127.0.0.1", 0))
    Server(url, cases, listener).run([listener])


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
