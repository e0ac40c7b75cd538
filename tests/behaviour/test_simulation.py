"""Simulated traffic: real people of the demo through the public API, until it is told to stop."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from millstream.app import Act, Demo, DemoUser, Player, Simulation, act
from millstream.app.errors import AppInvalid
from millstream.kit.simulation import ServerUnknown, Tally, find_server, play
from millstream.kit.simulation.server import Server
from millstream_apps.lodgetix import demo
from millstream_apps.lodgetix.simulation import hold_some_tickets, look_at_events, simulation
from tests.fixtures.command import run
from tests.fixtures.server import LodgetixServer


async def play_until(server: LodgetixServer, played: Simulation, enough: Any, **more: Any) -> Tally:
    """Play fast until the tally is enough."""
    stop = asyncio.Event()

    def look(tally: Tally) -> None:
        if enough(tally):
            stop.set()

    where = Server(server.url, server.anon_key)
    async with asyncio.timeout(60), aiohttp.ClientSession() as session:
        return await play(
            played, where, session=session, **{"speed": 200, "seconds": None, **more}, stop=stop, tell=look
        )


async def test_people_hold_tickets_as_in_a_browser(lodgetix: LodgetixServer) -> None:
    await lodgetix.event_with_tickets(capacities=(1000, 1000))
    project = lodgetix.project
    people = Demo(auth=project.auth, operations=project.operations, pool=project.pool, now=datetime.now(UTC))
    for user in demo.USERS:
        await people.person(user.email, full_name=user.label, password=user.password)
    tally = await play_until(
        lodgetix, simulation, lambda told: all(told[one.name].done >= 2 for one in simulation.acts)
    )
    for played in tally.values():
        assert (played.unavailable, played.faults) == (0, {})
    holders = tally["hold_some_tickets"].done + tally["buyer_holds_one"].done
    async with people.as_service() as sql:
        row = await (
            await sql.execute("select count(*) as n, count(distinct owner_id) as people from orders")
        ).fetchone()
    assert row is not None
    assert row["n"] == holders
    assert row["people"] > 1


async def test_a_refusal_and_a_fault_are_counted_and_the_others_go_on(lodgetix: LodgetixServer) -> None:
    await lodgetix.event_with_tickets(capacities=(1000, 1000))

    @act(per_minute=30)
    async def ask_for_nothing(player: Player) -> None:
        await player.call("hold_tickets", quantity=0)

    @act(per_minute=30)
    async def stumble(player: Player) -> None:
        raise KeyError(player.user_id[:0])

    played = Simulation(people={}, acts=[ask_for_nothing, stumble, look_at_events])
    tally = await play_until(
        lodgetix,
        played,
        lambda told: told["ask_for_nothing"].refused and told["stumble"].faults and told["look_at_events"].done,
    )
    assert tally["ask_for_nothing"].done == 0
    assert list(tally["stumble"].faults) == ["KeyError: ''"]


async def test_it_stops_by_itself_and_says_when_nobody_answers(lodgetix: LodgetixServer) -> None:
    played = Simulation(people={}, acts=[replace(hold_some_tickets, per_minute=600)])
    nowhere = Server("http://127.0.0.1:1", lodgetix.anon_key)
    async with asyncio.timeout(30), aiohttp.ClientSession() as session:
        tally = await play(played, nowhere, session=session, speed=10, seconds=0.2, stop=asyncio.Event())
    assert tally["hold_some_tickets"].done == 0


async def test_a_server_is_asked_what_it_serves(tmp_path: Path) -> None:
    async with aiohttp.ClientSession() as session:
        with pytest.raises(ServerUnknown, match="No server answers"):
            await find_server(session, "http://127.0.0.1:1", "lodgetix")
    answer = await run("simulate", "lodgetix", "--url", "http://127.0.0.1:1", folder=tmp_path, environment={})
    assert (answer.code, "No server answers" in answer.messages) == (1, True)


@pytest.mark.parametrize(
    "wrong", [Act("wave", 1, "king", look_at_events.function), replace(look_at_events, per_minute=0)]
)
def test_acts_by_nobody_or_never_are_refused(wrong: Act) -> None:
    with pytest.raises(AppInvalid):
        Simulation(people={"queen": [DemoUser("Queen", "queen@example.org", "")]}, acts=[wrong])
