"""What the data API sends to PostgreSQL for a request, recorded, and the same as a script for pgbench."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence

from bench.data_api.cases import KEY, Case
from millstream.identity import Claims
from millstream.postgres.connection import Result, Statement
from millstream.postgres.pipeline import PipelinePool
from millstream.postgres.settings import Address
from millstream.rest.handler import Call, DataApi
from millstream.rest.schema_watch import SchemaWatch
from millstream.rest.settings import DataApiSettings


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
            call = Call(case.method, path, query.encode(), case.headers(token), case.body.encode())
            answer = await api.answer(call, claims)
            if answer.status >= 300:
                raise RuntimeError(answer)
            found[case.name] = list(pool.recorded)
    return found


def pgbench_script(statements: Sequence[Statement]) -> str:
    """Write the statements as one pipeline; the key that differs between requests is drawn at random."""
    lines = ["\\set key random(10000000, 10009999)", "\\startpipeline"]
    for statement in statements:
        sql = statement.sql.replace("\n", " ")
        for number in range(len(statement.parameters), 0, -1):
            sql = sql.replace(f"${number}", _literal(statement.parameters[number - 1]))
        lines.append(f"{sql};")
    return "\n".join([*lines, "\\endpipeline", ""])


def _literal(value: str | bytes | None) -> str:
    if value is None:
        return "null"
    text = value.decode() if isinstance(value, bytes) else value
    if text == KEY:
        return ":key"
    return "E'" + text.replace("\\", "\\\\").replace("'", "''").replace(":", "\\x3a") + "'"
