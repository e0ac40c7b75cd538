"""Storms: many who book, move, cancel, confirm and let expire at once never claim a room twice and never deadlock.

`make faults FULL=1` runs them for a minute each, with the random choices of SEED.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg import errors

from millstream.app.background import run_round
from millstream.kit import expire_holds
from tests.postgres.kit.conftest import Office

ROOMS = range(1, 6)
MARCH = datetime(2030, 3, 30, 22, tzinfo=UTC)
OCTOBER = datetime(2030, 10, 26, 22, tzinfo=UTC)
# Computed anew from what people chose, not from the column that the constraint looks at.
OVERLAPS = """
with claimed as (
  select id, room, extract(epoch from starts_at) / 60 - buffer_before as begins,
    extract(epoch from ends_at) / 60 + buffer_after as until
  from bookings where status in ('held', 'confirmed')
)
select count(*) from claimed a join claimed b on a.room = b.room and a.id < b.id
where a.begins < b.until and b.begins < a.until
"""


class Storm:
    """One run: what happened, by the code of the outcome."""

    def __init__(self, office: Office, night: datetime, seed: int) -> None:
        self.office = office
        self.night = night
        self.dice = random.Random(f"{seed} {night}")
        self.known: list[UUID] = []
        self.outcomes: Counter[str | None] = Counter()

    def time(self) -> tuple[datetime, datetime]:
        starts = self.night + timedelta(minutes=self.dice.randrange(0, 8 * 60, 5))
        return starts, starts + timedelta(minutes=self.dice.randrange(5, 90, 5))

    async def book(self) -> None:
        starts, ends = self.time()
        buffers = {"before": self.dice.choice([0, 10]), "after": self.dice.choice([0, 15])}
        minutes = self.dice.choice([0, 10, 10])
        self.known.append(
            await self.office.book(self.dice.choice(ROOMS), starts, ends, **buffers, minutes=minutes),
        )

    async def move(self) -> None:
        booking, room, (starts, ends) = self.dice.choice(self.known), self.dice.choice(ROOMS), self.time()
        async with self.office.owner() as sql:
            await sql.execute(
                "select kit.lock_resources('public.bookings', array[%s, room::text]) from bookings where id = %s",
                (str(room), booking),
            )
            await sql.execute(
                "update bookings set room = %s, starts_at = %s, ends_at = %s where id = %s and status = 'confirmed'",
                (room, starts, ends, booking),
            )

    async def become(self, status: str) -> None:
        await self.office.rows(
            "update bookings set status = %s where id = %s and (status = 'held' or %s = 'cancelled')",
            status,
            self.dice.choice(self.known),
            status,
        )

    async def sweep(self) -> None:
        await run_round(expire_holds("public.bookings"), pool=self.office.pool)

    async def step(self) -> None:
        """Do one thing, chosen by the dice before anything is awaited."""
        chances: list[Any] = [self.book] * 5
        if self.known:
            chances += [self.move] * 3 + [lambda: self.become("confirmed")] * 3 + [lambda: self.become("cancelled")]
        chosen = self.dice.choice([*chances, self.sweep])
        try:
            await chosen()
        except psycopg.Error as error:
            self.outcomes[error.sqlstate] += 1
        else:
            self.outcomes[None] += 1

    async def overlaps(self) -> int:
        found: int = await self.office.value(OVERLAPS)
        return found


@pytest.mark.parametrize("night", [MARCH, OCTOBER], ids=["march", "october"])
async def test_no_two_claims_of_a_room_overlap_whatever_many_do_at_once(
    office: Office, night: datetime, request: pytest.FixtureRequest
) -> None:
    options = request.config.option
    storm = Storm(office, night, options.faults_seed)
    office.database.run_as_server("grant update on bookings to service_role")
    loop = asyncio.get_running_loop()
    until = loop.time() + 60

    async def person() -> None:
        for step in range(100_000 if options.full_faults else 20):
            if step and loop.time() > until:
                break
            await storm.step()
            if step % 5 == 0:
                assert await storm.overlaps() == 0

    async with asyncio.timeout(110):
        await asyncio.gather(*(person() for _ in range(8)))
    assert await storm.overlaps() == 0
    # A refusal names its rule; a deadlock (40P01) or anything else would be ours.
    assert set(storm.outcomes) <= {None, "PT409", errors.ExclusionViolation.sqlstate}, storm.outcomes
    assert storm.outcomes[None] > 40
