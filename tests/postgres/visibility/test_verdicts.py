"""What is told, what PostgreSQL answers about rows of the log, and what SELECT returns are the same, for everybody.

A verdict is one change for one caller, under random policies, grants and memberships (`verdicts`). The number of
verdicts is `--verdicts`, the seed of the random choices `--verdicts-seed`; with `-s` the figures are told.
"""

from __future__ import annotations

import sys

import pytest

from tests.fixtures.postgres import Database
from tests.postgres.visibility.listening import followed
from tests.postgres.visibility.random_policies import SCHEMA
from tests.postgres.visibility.verdicts import Trial

ROWS = 30
SECONDS = 600


@pytest.mark.timeout(SECONDS)
async def test_all_ways_agree_with_select_on_every_change(
    any_database: Database, request: pytest.FixtureRequest
) -> None:
    wanted, seed = request.config.getoption("verdicts"), request.config.getoption("verdicts_seed")
    async with followed(any_database, *SCHEMA) as live:
        trial = Trial(live, seed)
        await trial.begin()
        while trial.tally.verdicts < wanted:
            await trial.rearrange()
            await trial.batch(ROWS)
    sys.stdout.write(f"\nseed {seed}: {trial.tally}\n")
    assert trial.tally.in_process > wanted // 50
    assert trial.tally.asked > wanted // 50
