"""Who may read from and write to a private topic is what policies on realtime.messages say, on both servers."""

from __future__ import annotations

from collections.abc import AsyncIterator

import psycopg
import pytest

from millstream.identity import ANONYMOUS, Claims
from millstream.policy.observations import TopicCheckFailed
from millstream.policy.settings import PolicySettings
from millstream.policy.topic_access import Extension, MessagesPartitionMissing, TopicAccess
from millstream.postgres.errors import DatabaseError
from millstream.postgres.pipeline import PipelinePool
from tests.fixtures.postgres import Database
from tests.fixtures.witness import Witness

BOTH = (Extension.BROADCAST, Extension.PRESENCE)
ANN = Claims.from_token({"role": "authenticated", "sub": "00000000-0000-0000-0000-00000000000a"})
BOB = Claims.from_token({"role": "authenticated", "sub": "00000000-0000-0000-0000-00000000000b"})


@pytest.fixture
def witness() -> Witness:
    return Witness()


@pytest.fixture
async def access(any_database: Database, witness: Witness) -> AsyncIterator[TopicAccess]:
    async with PipelinePool(any_database.address, size=2, wait_seconds=5) as pool:
        yield TopicAccess(pool, settings=PolicySettings(check_timeout_ms=300), observe=witness)


def policy(database: Database, command: str, expression: str, to: str = "authenticated") -> None:
    words = "with check" if command == "insert" else "using"
    database.run_as_server(
        f"create policy p_{command} on realtime.messages for {command} to {to} {words} ({expression})"
    )


async def test_without_a_policy_nobody_reads_or_writes(access: TopicAccess) -> None:
    for caller in (ANONYMOUS, ANN):
        assert await access.readable(caller, "room", BOTH) == frozenset()
        assert not await access.writable(caller, "room", Extension.BROADCAST)


async def test_whoever_bypasses_policies_reads_and_writes_all(access: TopicAccess) -> None:
    service = Claims.from_token({"role": "service_role"})
    assert await access.readable(service, "room", BOTH) == frozenset(BOTH)
    assert await access.writable(service, "room", Extension.PRESENCE)


async def test_a_policy_knows_topic_caller_and_extension(any_database: Database, access: TopicAccess) -> None:
    owner = "realtime.topic() = 'of:' || auth.uid() and realtime.messages.extension = 'broadcast'"
    policy(any_database, "select", owner)
    policy(any_database, "insert", owner)
    topic = f"of:{ANN.subject}"
    assert await access.readable(ANN, topic, BOTH) == {Extension.BROADCAST}
    assert await access.readable(ANN, topic, (Extension.PRESENCE,)) == frozenset()
    assert await access.readable(BOB, topic, BOTH) == frozenset()
    assert await access.writable(ANN, topic, Extension.BROADCAST)
    assert not await access.writable(ANN, topic, Extension.PRESENCE)
    assert not await access.writable(BOB, topic, Extension.BROADCAST)
    assert not await access.writable(ANONYMOUS, topic, Extension.BROADCAST)


async def test_nothing_is_left_of_a_question(any_database: Database, access: TopicAccess) -> None:
    policy(any_database, "insert", "true")
    assert await access.writable(ANN, "room", Extension.BROADCAST)
    await access.readable(ANN, "room", BOTH)
    with psycopg.connect(any_database.admin_url) as admin:
        assert admin.execute("select count(*) from realtime.messages").fetchone() == (0,)


async def test_what_is_asked_does_not_depend_on_other_messages(any_database: Database, access: TopicAccess) -> None:
    any_database.run("insert into realtime.messages (topic, extension) values ('room', 'presence')")
    policy(any_database, "select", "extension = 'broadcast' or exists (select 1 where realtime.topic() = 'x')")
    assert await access.readable(ANN, "room", (Extension.PRESENCE,)) == frozenset()


@pytest.mark.parametrize("topic", ["it's", 'a"b', "{a,b}", "x; drop table y", "\\", "ü"])
async def test_a_topic_may_have_any_name(any_database: Database, access: TopicAccess, topic: str) -> None:
    policy(any_database, "select", "realtime.topic() = topic")
    assert await access.readable(ANN, topic, BOTH) == frozenset(BOTH)


async def test_a_policy_that_fails_is_no_and_is_told(
    any_database: Database, access: TopicAccess, witness: Witness
) -> None:
    policy(any_database, "select", "1 / (length(topic) - length(topic)) = 1")
    assert await access.readable(ANN, "room", BOTH) == frozenset()
    seen = await witness.saw(TopicCheckFailed)
    assert (seen.role, seen.sqlstate) == ("authenticated", "22012")


async def test_a_role_that_does_not_exist_is_no(access: TopicAccess) -> None:
    stranger = Claims.from_token({"role": "nobody"})
    assert await access.readable(stranger, "room", BOTH) == frozenset()
    assert not await access.writable(stranger, "room", Extension.BROADCAST)


async def test_a_policy_that_takes_too_long_is_trouble_and_no_answer(
    any_database: Database, access: TopicAccess
) -> None:
    policy(any_database, "select", "pg_sleep(10) is null")
    with pytest.raises(DatabaseError) as raised:
        await access.readable(ANN, "room", BOTH)
    assert raised.value.sqlstate == "57014"


async def test_a_missing_partition_is_told_apart(any_database: Database, access: TopicAccess) -> None:
    policy(any_database, "insert", "true")
    any_database.run_as_server(
        "do $$ declare p regclass; begin for p in select inhrelid::regclass from pg_inherits"
        " where inhparent = 'realtime.messages'::regclass loop execute 'drop table ' || p; end loop; end $$"
    )
    with pytest.raises(MessagesPartitionMissing):
        await access.readable(ANN, "room", BOTH)
    with pytest.raises(MessagesPartitionMissing):
        await access.writable(ANN, "room", Extension.BROADCAST)
