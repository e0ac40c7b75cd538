"""Every change is heard once, in commit order, by those who may: whoever disconnects, however often we are killed."""

from __future__ import annotations

import pytest

from tests.faults.audit import Audit, Size
from tests.faults.audit_server import Server
from tests.fixtures.postgres import Database

SMALL = Size(changes=3_000, writers=4, clients=12, kills=2, processes=1)
SHORT_HISTORY_BYTES = 200_000


@pytest.mark.slow
@pytest.mark.timeout(120)
async def test_every_client_hears_its_changes_once_in_commit_order_and_ends_with_what_select_returns(
    database: Database, tmp_path
):
    database.run(SMALL.people.schema)
    server = Server(database.admin_url, database.slot, tmp_path, history_bytes=SHORT_HISTORY_BYTES)
    figures = await Audit(server, database.admin_url, f"{database.slot}_oracle", SMALL, tmp_path).run()
    print("", *figures.lines(), sep="\n")  # noqa: T201  `make faults` shows it
    assert (figures.lost, figures.invented, figures.different, figures.misloaded) == (0, 0, 0, 0), figures.examples
    assert (figures.reordered, figures.wrong) == (0, 0)
    assert figures.changes >= SMALL.changes
    assert figures.resumed > 0
    assert figures.reloads > 0
