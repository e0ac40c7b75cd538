"""Unmodified supabase-js asks the data API for all that the list of what must and should be served names."""

from __future__ import annotations

import pytest

from millstream.rest.settings import DataApiSettings
from tests.conformance.data_api_schema import EXPOSED, PRE_REQUEST, ROWS, SCHEMA
from tests.fixtures.node import node_client
from tests.fixtures.postgres import Database
from tests.fixtures.server import project_settings, serving

SETTINGS = DataApiSettings(schemas=EXPOSED, pre_request=PRE_REQUEST, tx_end="commit-allow-override")
REQUIRED = {*range(1, 27), 30, 31, 33}
"""Rows of docs/compatibility/data-api.md."""
LATER = "create table public.later (id int); grant select on public.later to anon"


@pytest.mark.node
async def test_supabase_js_gets_what_every_row_of_the_list_promises(database: Database) -> None:
    database.run_as_server(SCHEMA)
    problems: dict[str, str] = {}
    seen: set[int] = set()
    async with (
        serving(project_settings(database, data_api=SETTINGS)) as (url, projects),
        node_client("data-api.mjs", url, projects[0].auth.api_keys.anon_key) as script,
    ):
        loads = projects[0].schema.loads
        database.run_as_server(LATER)
        await projects[0].schema.until_loaded(loads + 1)
        left = 1
        while left:
            database.run_as_server(ROWS)
            script.tell("next")
            done = await script.hear_any()
            left = done["left"]
            seen.update(done["rows"])
            if done["problem"] is not None:
                problems[done["step"]] = done["problem"]
    assert not problems, "\n".join(problems.values())
    assert seen == REQUIRED
