"""A row that leaves a filter or leaves sight is told as a DELETE of its key, to those whose binding asks for it."""

from __future__ import annotations

import pytest

from tests.behaviour.sockets.test_resume import NOTES, Notes, Reader, mailboxes, notes, wal

__all__ = ["mailboxes", "notes", "wal"]

SHORT = NOTES | {"filter": "body=eq.short"}


def told(reader: Reader) -> list[tuple]:
    """Return what was heard: event, the new row's id, the old row as it was told."""
    return [(each["type"], each.get("record", {}).get("id"), each.get("old_record")) for each in reader.changes]


async def change(notes: Notes) -> None:
    """Insert two rows, move one out of the filter and in again, the other out of sight."""
    await notes.run(
        "insert into notes values (1, 'ann', 'short'), (2, 'ann', 'short')",
        "update notes set body = 'a long one' where id = 1",
        "update notes set body = 'longer still' where id = 1",
        "update notes set body = 'short' where id = 1",
        "update notes set owner = 'bob' where id = 2",
        "delete from notes where id = 1",
    )


EXPECTED = [
    ("INSERT", 1, None),
    ("INSERT", 2, None),
    ("DELETE", None, {"id": 1}),
    ("UPDATE", 1, {"id": 1, "owner": "ann", "body": "longer still"}),
    ("DELETE", None, {"id": 2}),
    ("DELETE", None, {"id": 1, "owner": "ann", "body": "short"}),
]


async def test_it_is_told_when_the_binding_asks(notes: Notes):
    reader = Reader(notes, "ann", SHORT | {"leave": True})
    async with notes.serving(), notes.connect() as client:
        await reader.join(client)
        await change(notes)
        await reader.hear(client, len(EXPECTED))
    assert told(reader) == EXPECTED


async def test_it_is_replayed_alike(notes: Notes):
    reader = Reader(notes, "ann", SHORT | {"leave": True})
    async with notes.serving():
        async with notes.connect() as client:
            await reader.join(client)
        await change(notes)
        await notes.until_told()
        async with notes.connect() as client:
            assert await reader.join(client) == "resumed"
            await reader.hear(client, len(EXPECTED))
    assert told(reader) == EXPECTED


async def test_nothing_is_told_of_it_otherwise(notes: Notes):
    reader = Reader(notes, "ann", SHORT)
    async with notes.serving(), notes.connect() as client:
        await reader.join(client)
        await change(notes)
        await reader.hear(client, 4)
    assert told(reader) == [each for each in EXPECTED if each[2] is None or len(each[2]) > 1]


@pytest.mark.parametrize("event", ["INSERT", "UPDATE"])
async def test_a_binding_of_another_event_does_not_hear_of_it(notes: Notes, event: str):
    reader = Reader(notes, "ann", SHORT | {"leave": True, "event": event})
    async with notes.serving(), notes.connect() as client:
        await reader.join(client)
        await change(notes)
        await notes.run("insert into notes values (3, 'ann', 'short')", "update notes set id = 4 where id = 3")
        await reader.hear(client, {"INSERT": 3, "UPDATE": 2}[event])
    assert {each["type"] for each in reader.changes} == {event}


async def test_somebody_who_never_saw_the_row_hears_nothing_of_its_leaving(notes: Notes):
    reader = Reader(notes, "eve", NOTES | {"leave": True})
    async with notes.serving(), notes.connect() as client:
        await reader.join(client)
        await change(notes)
        await notes.insert(9, owner="eve")
        assert await reader.hear(client, 1) == [9]
