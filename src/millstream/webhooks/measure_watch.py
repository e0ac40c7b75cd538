"""Judges each window of deliveries once, and raises one alert for a window in which a promise was broken.

Run for as long as a project is. Windows lie on the clock of the database, and whichever process writes a window's
verdict tells of it: several processes raise one alert. A look that fails is observed and comes again, and finds the
window still. A window with few attempts is judged to keep them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import psycopg

from millstream.errors import MillstreamError
from millstream.observe import Observer
from millstream.postgres.pool import Pool, lend
from millstream.webhooks.measures import Figures, judge_measures
from millstream.webhooks.observations import WebhookMeasuresBroken, WebhookQueueUnreachable
from millstream.webhooks.settings import WebhookSettings

_LOOK_SECONDS = 30.0

# A minute late, so that attempts under way at the end of the window are counted in it.
_WINDOW = """
with given as (
  select to_timestamp(floor(extract(epoch from now() - interval '1 minute') / %(seconds)s) * %(seconds)s) as ended_at
), figures as (
  select coalesce(sum(r.attempts), 0)::bigint as attempts,
    100.0::float8 * coalesce(sum(r.attempts) filter (where r.status_class = 'delivered'), 0)
      / nullif(sum(r.attempts), 0) as success_rate,
    sum(r.total_ms) / nullif(sum(r.attempts), 0) as average_response_ms,
    sum(r.latency_ms) / nullif(sum(r.first_attempts), 0) as average_latency_ms
  from webhooks.rollups r, given g
  where r.minute >= g.ended_at - make_interval(secs => %(seconds)s) and r.minute < g.ended_at
)
select g.ended_at, f.* from given g, figures f
where not exists (select from webhooks.judged_windows j where j.ended_at = g.ended_at)
"""


class MeasureWatch:
    """The promises of one project's deliveries."""

    def __init__(self, pool: Pool, settings: WebhookSettings, observe: Observer) -> None:
        self._pool = pool
        self._seconds = max(1, settings.measure_minutes) * 60
        self._fewest = settings.measure_attempts
        self._observe = observe

    async def run(self) -> None:
        """Look now and then; never returns."""
        while True:
            await self.look()
            await asyncio.sleep(_LOOK_SECONDS)

    async def look(self) -> None:
        """Judge the last window, unless somebody has."""
        try:
            await self._look()
        except (psycopg.Error, MillstreamError) as error:
            self._observe(WebhookQueueUnreachable(type(error).__name__))

    async def _look(self) -> None:
        async with lend(self._pool) as connection, connection.transaction():
            row = await (await connection.execute(_WINDOW, {"seconds": self._seconds})).fetchone()
            if row is None or not row["attempts"]:
                return
            broken = _broken(row) if row["attempts"] >= self._fewest else ()
            cursor = await connection.execute(
                "insert into webhooks.judged_windows (ended_at, broken) values (%s, %s) on conflict do nothing",
                (row["ended_at"], list(broken)),
            )
        if cursor.rowcount and broken:
            told = {name: round(value, 1) for name, value in row.items() if isinstance(value, float)}
            figures = {name: told.get(name) for name in ("success_rate", "average_response_ms", "average_latency_ms")}
            self._observe(WebhookMeasuresBroken(broken, row["attempts"], **figures))


def _broken(row: Mapping[str, Any]) -> tuple[str, ...]:
    figures = Figures(row["success_rate"], row["average_response_ms"], row["average_latency_ms"])
    return tuple(measure.name for measure in judge_measures(figures) if not measure.holds)
