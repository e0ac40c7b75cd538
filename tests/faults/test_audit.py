"""Every change is heard once, in commit order, by those who may: whoever disconnects, however often we are killed."""

from __future__ import annotations

import pytest

from tests.faults.audit import Size, audit
from tests.faults.audit_client import Server
from tests.faults.audit_rows import SCHEMA
from tests.fixtures.postgres import Database

SMALL = Size(changes=5_000, writers=4, clients=10, kills=3)


@pytest.mark.slow
@pytest.mark.timeout(120)
async def test_every_client_hears_its_changes_once_in_commit_order_and_ends_with_what_select_returns(
    database: Database, tmp_path
):
    database.run(SCHEMA)
    server = Server(database.admin_url, database.slot, tmp_path)
    figures = await audit(server, database.admin_url, f"{database.slot}_oracle", SMALL)
    print("", *figures.lines(), sep="\n")  # noqa: T201  `make faults` shows it
    assert (figures.lost, figures.invented, figures.reordered, figures.wrong) == (0, 0, 0, 0), figures.unexplained
    assert figures.changes >= SMALL.changes
    assert figures.reloads == 0
    assert figures.resumed > SMALL.clients * SMALL.kills
