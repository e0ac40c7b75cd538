"""What has piled up behind a slow sink is handed to it at once, however many pauses PostgreSQL made between."""

import asyncio

from millstream.wal.tailer import Tailer

TRANSACTIONS = 12


class Slow:
    """A sink that takes its first batch when it is let, and remembers how many transactions each one had."""

    def __init__(self) -> None:
        self.sizes: list[int] = []
        self.began = asyncio.get_running_loop().create_future()
        self.may_go_on = asyncio.Event()

    async def apply(self, transaction) -> None:
        raise NotImplementedError

    async def apply_all(self, transactions) -> None:
        self.sizes.append(len(transactions))
        if not self.began.done():
            self.began.set_result(None)
        await self.may_go_on.wait()


async def everything_was_sent(followed) -> None:
    [[position]] = (await followed.wire.query("select pg_current_wal_flush_lsn()"))[0].rows
    reader = "from pg_stat_replication where application_name = 'millstream log'"
    while (await followed.wire.query(f"select sent_lsn >= '{position.decode()}' {reader}"))[0].rows[0][0] != b"t":
        pass


async def test_transactions_that_piled_up_are_handed_on_together(followed):
    slow = Slow()
    tailer = Tailer(followed.address, followed.settings, [slow], followed.observe)
    async with asyncio.timeout(30), asyncio.TaskGroup() as tasks:
        running = tasks.create_task(tailer.run())
        await tailer.until_streaming()
        for number in range(TRANSACTIONS):
            await followed.run(f"insert into t values ({number})")
            await everything_was_sent(followed)  # then PostgreSQL says how far its log goes, before it waits for more
        await slow.began
        slow.may_go_on.set()
        await tailer.until_applied(await followed.position())
        running.cancel()
    assert sum(slow.sizes) == TRANSACTIONS
    assert len(slow.sizes) < TRANSACTIONS / 2
