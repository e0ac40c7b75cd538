"""Measures the data API in requests per second beside pgbench and Starlette with psycopg, all in one run.

Usage: python -m bench.data_api [SECONDS]. pgbench (-M prepared) sends the very statements that the data API sends, as
one pipeline: the limit. The peer runs the same statements from Starlette and a psycopg 3 pool (asyncpg is no
dependency of Millstream). Nothing waits for the disk. The target is 0.45 of pgbench for 20 rows under RLS.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import re
import subprocess
import sys
import sysconfig
import tempfile
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg

from bench.data_api.cases import SCHEMA, Case, cases_of
from bench.data_api.statements import pgbench_script, record
from millstream.postgres.migrations import migrate, millstream_source
from millstream.postgres.settings import Address, address_of
from millstream.server.embedded_postgres import EmbeddedPostgres
from millstream.server.embedded_settings import EmbeddedPostgresSettings

HERE = Path(__file__).resolve().parent
CLIENTS = 16


def main() -> None:
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 5.0
    with tempfile.TemporaryDirectory(prefix="millstream-bench-") as place, contextlib.ExitStack() as ending:
        folder = Path(place)
        folder.chmod(0o755)
        subprocess.run(["cc", "-O2", "-o", folder / "client", HERE / "load_client.c"], check=True)
        postgres = EmbeddedPostgres(EmbeddedPostgresSettings(folder=folder / "postgres", durable=False))
        postgres.start()
        ending.callback(postgres.stop)
        with psycopg.connect(postgres.url, autocommit=True) as connection:
            migrate(connection, [millstream_source()])
        url, key = ending.enter_context(running("bench.data_api.server", postgres.url))
        token, user = sign_in(url, key)
        prepare(postgres.url, user)
        measure(folder, seconds, postgres.url, url, token, cases_of(user))


def measure(folder: Path, seconds: float, database: str, url: str, token: str, cases: list[Case]) -> None:
    statements = asyncio.run(record(address_of(database), token, cases))
    inner = {
        name: [[one.sql, [_text(value) for value in one.parameters]] for one in found[1:-1]]
        for name, found in statements.items()
    }
    (folder / "statements.json").write_text(json.dumps(inner))
    port = url.rpartition(":")[2]
    with running("bench.data_api.peer", database, str(folder / "statements.json")) as (peer_port,):
        print(f"{'':<20}{'requests/s':>12}{'pgbench':>10}{'ratio':>8}{'peer':>10}{'ratio':>8}")
        for case in cases:
            limit = pgbench(folder, seconds, address_of(database), pgbench_script(statements[case.name]))
            ours = requests(folder, seconds, port, case.raw(token, f"/rest/v1{case.target}"))
            peer = requests(folder, seconds, peer_port, case.raw(token, f"/{case.name.replace(' ', '%20')}"))
            print(
                f"{case.name:<20}{ours:>12,.0f}{limit:>10,.0f}{ours / limit:>8.2f}{peer:>10,.0f}{ours / peer:>8.2f}",
                flush=True,
            )


def _text(value: str | bytes | None) -> str | None:
    return value.decode() if isinstance(value, bytes) else value


def pgbench(folder: Path, seconds: float, address: Address, script: str) -> float:
    """Return the transactions per second of pgbench."""
    file = folder / "script.sql"
    file.write_text(script)
    program = Path(sysconfig.get_paths()["purelib"]) / "embedded_postgres" / "pginstall" / "bin" / "pgbench"
    command = [program, "-n", "-M", "prepared", "-c", str(CLIENTS), "-j", "1", "-T", str(int(seconds)), "-f", file]
    where = ["-h", address.host, "-p", str(address.port), "-U", address.user, address.database]
    done = subprocess.run([str(part) for part in [*command, *where]], check=True, capture_output=True, text=True)
    found = re.search(r"tps = ([0-9.]+)", done.stdout)
    if found is None:
        raise RuntimeError(done.stdout + done.stderr)
    return float(found[1])


def requests(folder: Path, seconds: float, port: str, raw: bytes) -> float:
    """Return the answered requests per second, after one second to warm up."""
    (folder / "request").write_bytes(raw)
    for length in (1, seconds):
        command = [folder / "client", port, CLIENTS, length, folder / "request"]
        done = subprocess.run([str(part) for part in command], check=True, capture_output=True, text=True)
    counted: dict[str, Any] = json.loads(done.stdout)
    if counted["failed"]:
        raise RuntimeError(f"{counted['failed']} of {counted['requests']} requests failed")
    return float(counted["requests"] / counted["seconds"])


@contextlib.contextmanager
def running(*module: str) -> Iterator[list[str]]:
    """Run a module as a server; yield the words that it prints when it is ready."""
    with subprocess.Popen([sys.executable, "-m", *module], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().split()
        finally:
            process.terminate()


def sign_in(url: str, key: str) -> tuple[str, str]:
    """Sign in as a guest; return the access token and the user's id."""
    request = urllib.request.Request(
        f"{url}/auth/v1/signup", b"{}", {"apikey": key, "content-type": "application/json"}
    )
    with urllib.request.urlopen(request) as answer:
        token = str(json.load(answer)["access_token"])
    payload = token.split(".")[1]
    return token, str(json.loads(base64.urlsafe_b64decode(payload + "=="))["sub"])


def prepare(url: str, user: str) -> None:
    """Make the tables, with 20 orders of the user's own."""
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in SCHEMA.replace("{user}", user).split(";"):
            connection.execute(statement.encode())


if __name__ == "__main__":
    main()
