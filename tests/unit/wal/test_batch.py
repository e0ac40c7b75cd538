"""Every sink gets all transactions in commit order, at once where it can take several."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from millstream.change import LogMessage, Lsn, Transaction
from millstream.wal.batch import MOST_BYTES, Batch, OnlyMessages, Sinks
from millstream.wal.errors import SinkFailed


def transaction(lsn):
    return Transaction(lsn, Lsn(lsn), datetime(2026, 1, 1, tzinfo=UTC), (), (), Lsn(lsn + 1))


class Single:
    def __init__(self):
        self.calls = []

    async def apply(self, transaction):
        self.calls.append([transaction.xid])


class Several(Single):
    async def apply_all(self, transactions):
        self.calls.append([each.xid for each in transactions])


class Failing(Single):
    async def apply(self, transaction):
        if transaction.xid == 2:
            raise ZeroDivisionError
        await super().apply(transaction)


async def test_a_sink_that_takes_several_gets_them_at_once_and_the_others_one_by_one():
    single, several = Single(), Several()
    await Sinks([single, several]).hand_on([transaction(1), transaction(2), transaction(3)])
    assert single.calls == [[1], [2], [3]]
    assert several.calls == [[1, 2, 3]]


async def test_a_sink_that_fails_is_named_and_those_after_it_get_nothing():
    failing, after = Failing(), Several()
    with pytest.raises(SinkFailed, match=r"Failing could not take the transactions from 0/1 to 0/3: ZeroDivisionError"):
        await Sinks([failing, after]).hand_on([transaction(1), transaction(2), transaction(3)])
    assert failing.calls == [[1]]
    assert after.calls == []


def test_a_batch_is_full_when_it_holds_many_bytes():
    batch = Batch()
    batch.add(transaction(1), MOST_BYTES - 1)
    assert not batch.is_full
    batch.add(transaction(2), 1)
    assert batch.is_full
    assert batch.sizes == [MOST_BYTES - 1, 1]


async def test_a_sink_of_messages_is_spared_transactions_without_any():
    sink = Single()
    signal = replace(transaction(2), messages=(LogMessage(0, "signal", b""),))
    await Sinks([OnlyMessages(sink)]).hand_on([transaction(1), signal, transaction(3)])
    await OnlyMessages(sink).apply(transaction(4))
    assert sink.calls == [[2]]
