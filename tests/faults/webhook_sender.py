"""A process that captures and delivers webhooks as a server does, to be killed at any moment, with a clock of its own.

Run as `python -m tests.faults.webhook_sender <connection string> <slot> <seconds that its clock is fast>`. Standard
output gets `streaming` when the log is followed. SIGUSR1 sets the clock back by ten minutes.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
import os
import signal
import sys
import time
from typing import Any

_real_time = time.time
_skew = {"seconds": float(sys.argv[3])}
JUMP_SECONDS = 600


class _AnyDatetime(type):
    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, _real_datetime)


class _SkewedDatetime(dt.datetime, metaclass=_AnyDatetime):
    """The process's wall clock, put wrong before anything else is imported: what `libfaketime` would do.

    What it makes are datetimes as ever: only the clock is another.
    """

    __slots__ = ()

    def __new__(cls, *given: Any, **named: Any) -> Any:
        return _real_datetime(*given, **named)

    @classmethod
    def now(cls, tz: dt.tzinfo | None = None) -> Any:
        return _real_datetime.now(tz) + dt.timedelta(seconds=_skew["seconds"])


_real_datetime = dt.datetime
_SkewedDatetime.__module__, _SkewedDatetime.__qualname__ = "datetime", "datetime"
if _skew["seconds"]:
    dt.datetime = _SkewedDatetime  # type: ignore[misc]
    time.time = lambda: _real_time() + _skew["seconds"]

import uvloop  # noqa: E402

from millstream.observe import ignore  # noqa: E402
from millstream.postgres.pool import open_pool  # noqa: E402
from millstream.postgres.settings import DatabaseSettings, address_of  # noqa: E402
from millstream.wal.history import History  # noqa: E402
from millstream.wal.settings import WalSettings  # noqa: E402
from millstream.wal.tailer import Tailer  # noqa: E402
from millstream.webhooks.capture.publication import PUBLICATION, publish_tables  # noqa: E402
from millstream.webhooks.webhooks import open_webhooks  # noqa: E402
from tests.faults.webhook_ticks import MADE, SENDER  # noqa: E402
from tests.fixtures.webhook_engine import SEALER  # noqa: E402


def _set_back() -> None:
    _skew["seconds"] -= JUMP_SECONDS
    os.write(1, b"set back\n")


async def main(url: str, slot: str) -> None:
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGUSR1, _set_back)
    logging.getLogger("psycopg").setLevel(logging.ERROR)
    address = address_of(url)
    wal = WalSettings(slot=slot, confirm_seconds=0.1, reconnect_seconds=0.2, takeover_seconds=0.1)
    history = History(wal, loop.time)
    async with (
        open_pool(address, DatabaseSettings(url=url, session_pool_size=4)) as pool,
        open_webhooks(
            SENDER, [MADE], pool,
            sealer=SEALER, slot=slot, log=lambda: history.log, worker_name="sender", observe=ignore,
        ) as webhooks,
    ):  # fmt: skip
        await publish_tables(pool, [MADE])
        tailer = Tailer(address, wal, [webhooks.outbox], ignore, history, [PUBLICATION])
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(tailer.run())
            tasks.create_task(webhooks.run())
            await tailer.until_streaming()
            os.write(1, b"streaming\n")


if __name__ == "__main__":
    uvloop.run(main(*sys.argv[1:3]))
