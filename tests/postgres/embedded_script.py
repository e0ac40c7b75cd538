"""Starts the embedded PostgreSQL in a process of its own, for tests of users, environments and sudden deaths.

Run as `embedded_script.py <folder> stop|vanish`: starts, prints what a test asks for as JSON, and then stops in order
or is gone without a word.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path

import psycopg

from millstream.server.embedded_postgres import EmbeddedPostgres
from millstream.server.embedded_settings import EmbeddedPostgresSettings


def main(folder: str, end: str) -> None:
    server = EmbeddedPostgres(EmbeddedPostgresSettings(folder=Path(folder), durable=False))
    server.start()
    with psycopg.connect(server.admin_url) as connection:
        version = connection.info.server_version
    program = Path(f"/proc/{server.pid}/cmdline").read_bytes().split(b"\0")[0].decode()
    owner = Path(f"/proc/{server.pid}").stat().st_uid
    answer = {
        "pid": server.pid,
        "program": program,
        "owner": owner,
        "version": version,
        "root": str(server.folders.root),
    }
    sys.stdout.write(json.dumps(answer))
    sys.stdout.flush()
    if end == "vanish":
        os.kill(os.getpid(), signal.SIGKILL)
    server.stop()


main(*sys.argv[1:])
