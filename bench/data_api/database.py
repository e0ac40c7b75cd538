"""The database that is asked: started empty, migrated, and filled for one user who signs in."""

from __future__ import annotations

import base64
import contextlib
import json
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psycopg

from bench.data_api.cases import SCHEMA
from millstream.postgres.migrations import migrate, millstream_source
from millstream.server.embedded_postgres import EmbeddedPostgres
from millstream.server.embedded_settings import EmbeddedPostgresSettings


@contextlib.contextmanager
def started(folder: Path) -> Iterator[EmbeddedPostgres]:
    """Run PostgreSQL, with Millstream's own schema, for the length of the block."""
    postgres = EmbeddedPostgres(EmbeddedPostgresSettings(folder=folder, durable=False))
    postgres.start()
    try:
        with psycopg.connect(postgres.url, autocommit=True) as connection:
            migrate(connection, [millstream_source()])
        yield postgres
    finally:
        postgres.stop()


def sign_in(url: str, key: str) -> tuple[str, str]:
    """Sign in as a guest; return the access token and the user's id."""
    headers = {"apikey": key, "content-type": "application/json"}
    with urllib.request.urlopen(urllib.request.Request(f"{url}/auth/v1/signup", b"{}", headers)) as answer:
        token = str(json.load(answer)["access_token"])
    payload = token.split(".")[1]
    return token, str(json.loads(base64.urlsafe_b64decode(payload + "=="))["sub"])


def prepare(url: str, user: str) -> None:
    """Make the tables, with 20 orders of the user's own."""
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in SCHEMA.replace("{user}", user).split(";"):
            connection.execute(statement.encode())
