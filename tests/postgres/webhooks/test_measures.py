"""A window of deliveries is judged once, whoever looks, and a broken promise is told once."""

from millstream.webhooks.measure_watch import MeasureWatch
from millstream.webhooks.observations import WebhookMeasuresBroken, WebhookQueueUnreachable
from millstream.webhooks.settings import WebhookSettings
from tests.fixtures.webhook_engine import webhook_engine
from tests.fixtures.witness import Witness

WEEK = WebhookSettings(measure_minutes=7 * 24 * 60, measure_attempts=10)
"""So long that no window ends while a test runs, and short enough for its figures to be kept."""

ROLLUP = """
insert into webhooks.rollups (minute, endpoint_id, event_type, status_class, attempts, total_ms, buckets, latency_ms,
  first_attempts)
select to_timestamp(floor(extract(epoch from now() - interval '1 minute') / 604800) * 604800) - interval '{before}',
  '00000000-0000-4000-8000-000000000001', 'thing.made', '{status}', {attempts}, {ms}, '{{}}', {latency}, {attempts}
"""


def rollup(status: str, attempts: int, *, ms: float, latency: float, before: str = "1 minute") -> str:
    """Return what was attempted that long before the end of the last window."""
    return ROLLUP.format(status=status, attempts=attempts, ms=ms * attempts, latency=latency * attempts, before=before)


async def test_several_processes_tell_of_a_broken_window_once(database):
    async with webhook_engine(database) as engine:
        await engine.run(
            rollup("delivered", 9, ms=100, latency=600), rollup("retrying", 1, ms=30000, latency=600),
            rollup("failed", 100, ms=1, latency=1, before="7 days 1 minute"),
            rollup("failed", 100, ms=1, latency=1, before="0 minutes"),
        )  # fmt: skip
        witness = Witness()
        watches = [MeasureWatch(engine.pool, WEEK, witness) for _ in range(3)]
        for watch in (*watches, *watches):
            await watch.look()
        [told] = witness.all(WebhookMeasuresBroken)
        assert told.broken == ("success_rate", "average_response_ms", "average_latency_ms")
        assert (told.attempts, told.success_rate, told.average_response_ms) == (10, 90.0, 3090.0)
        [window] = await engine.rows("select broken from webhooks.judged_windows")
        assert window["broken"] == list(told.broken)


async def test_a_window_with_few_attempts_raises_no_alert(database):
    async with webhook_engine(database) as engine:
        witness = Witness()
        await engine.run(rollup("failed", 9, ms=100, latency=20))
        await MeasureWatch(engine.pool, WEEK, witness).look()
        assert await engine.rows("select broken from webhooks.judged_windows") == [{"broken": []}]
        assert witness.all(WebhookMeasuresBroken) == []


async def test_a_window_that_keeps_its_promises_or_has_nothing_is_not_told(database):
    async with webhook_engine(database) as engine:
        witness = Witness()
        watch = MeasureWatch(engine.pool, WEEK, witness)
        await watch.look()
        assert await engine.rows("select from webhooks.judged_windows") == []
        await engine.run(rollup("delivered", 10, ms=100, latency=20))
        await watch.look()
        assert await engine.rows("select broken from webhooks.judged_windows") == [{"broken": []}]
        assert witness.all(WebhookMeasuresBroken) == []
        assert witness.all(WebhookQueueUnreachable) == []
