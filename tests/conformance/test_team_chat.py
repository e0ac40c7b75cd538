"""A schema and a client as people write them for Supabase, both unchanged, against the whole server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from millstream.postgres.migrations import MigrationSource, migrate
from tests.fixtures.node import node_process
from tests.fixtures.postgres import Database
from tests.fixtures.server import project_settings, serving

SCHEMA = Path(__file__).resolve().parents[1] / "postgres" / "supabase_style"
DEADLINE_SECONDS = 90
ENTERED = {"status": "SUBSCRIBED", "error": None}


@pytest.fixture
async def steps(database: Database) -> AsyncIterator[dict[str, dict[str, Any]]]:
    """What the client wrote down, by step; people who sign up are told apart by name."""
    with psycopg.connect(database.url, autocommit=True) as connection:
        migrate(connection, [MigrationSource("chat", SCHEMA)])
    async with serving(project_settings(database)) as (url, (project,)):
        keys = project.auth.api_keys
        arguments = ("team-chat.mjs", url, keys.anon_key, keys.service_role_key)
        async with asyncio.timeout(DEADLINE_SECONDS), node_process(*arguments) as lines:
            yield {f"{line['step']} {line.get('name', '')}".strip(): line async for line in lines}


def heard(change: str, new: str | None, old: str | None, *, told: str | None = None) -> dict[str, Any]:
    """A change as its follower hears it, and the broadcast of the trigger."""
    return {
        "change": {"event": change, "new": new, "old": old},
        "broadcast": {"event": change, "text": told, "operation": change},
    }


@pytest.mark.node
async def test_a_team_chat_written_for_supabase_works_unchanged(steps: dict[str, dict[str, Any]]) -> None:
    for name in ("ann", "bob", "eve"):
        signed_up = steps[f"signed up {name}"]
        assert (signed_up["error"], signed_up["session"]) == (None, True)
    assert (steps["channel made"]["error"], steps["channel made"]["membersError"]) == (None, None)

    profiles = [{"profiles": {"username": "ann"}}, {"profiles": {"username": "bob"}}]
    assert steps["read"]["data"] == [{"slug": "general", "channel_members": profiles}]
    assert steps["strangers read"]["data"] == []
    assert steps["sizes"]["data"] == [{"members": 2}]
    assert steps["strangers write"]["code"] == "42501"

    assert (steps["followed"]["bob"], steps["followed"]["eve"]) == (ENTERED, ENTERED)
    assert (steps["entered"]["ann"], steps["entered"]["bob"]) == (ENTERED, ENTERED)
    for refused in (steps["entered"]["eve"], steps["not entered"]["ann"]):
        assert refused["status"] == "CHANNEL_ERROR"
        assert "You do not have permissions to read from this Channel topic: channel:" in refused["error"]
    assert (steps["tracked"]["answer"], steps["tracked"]["seen"]) == ("ok", {"key": "ann", "mood": "fine"})

    assert heard("INSERT", "hello", None, told="hello").items() <= steps["written"].items()
    assert heard("UPDATE", "hello all", "hello", told="hello all").items() <= steps["edited"].items()
    assert heard("INSERT", "hello yourself", None, told="hello yourself").items() <= steps["called"].items()
    assert heard("DELETE", None, "hello all").items() <= steps["deleted"].items()
    assert steps["typed"]["answer"] == "ok"
    assert steps["typed"]["heard"] == {"event": "typing", "text": "ann", "operation": None}
    assert steps["announced"]["heard"] == "lunch"
    assert (steps["strangers"]["changes"], steps["strangers"]["room"]) == ([], [])
    assert (steps["signed out"]["error"], steps["signed out"]["user"]) == (None, None)
