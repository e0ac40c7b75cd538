"""Plays an application's acts: each comes at random moments, as often as declared times the speed, by random people.

Called by `millstream simulate`. The same seed gives the same people and choices; moments and answers are the server's.

Life cycle: until `stop` is set or the time is over; acts under way may finish, for a few seconds at most. When full: an
act that comes while too many are under way is left out and counted. A server that is away is waited for.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

import aiohttp

from millstream.app.demo import DemoUser
from millstream.app.simulation import GUEST, Act, Simulation
from millstream.kit.simulation.player import HttpPlayer, Refused, Unavailable
from millstream.kit.simulation.server import Server

MOST_AT_ONCE = 32
GUESTS = 8
"""Guests who act in turn; each new one is an account, and accounts are limited by the hour."""
_GRACE_SECONDS = 5.0


@dataclass(slots=True)
class Played:
    """What became of one act: how often it was done, refused (by code), broken off, or left out."""

    done: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    unavailable: int = 0
    left_out: int = 0
    faults: Counter[str] = field(default_factory=Counter)


Tally = dict[str, Played]


async def play(
    simulation: Simulation,
    server: Server,
    *,
    session: aiohttp.ClientSession,
    speed: float,
    seconds: float | None,
    stop: asyncio.Event,
    seed: int = 0,
    tell: Callable[[Tally], None] = lambda _: None,
) -> Tally:
    """Play until the time is over or `stop` is set; `tell` is called after each act. Returns what was done."""
    stage = _Stage(simulation, server, session, seed, tell)
    async with asyncio.TaskGroup() as group:
        comings = [group.create_task(stage.keep_coming(act, speed, group)) for act in simulation.acts]
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await stop.wait()
        for coming in comings:
            coming.cancel()
        await stage.finish()
    return stage.tally


class _Stage:
    def __init__(
        self,
        simulation: Simulation,
        server: Server,
        session: aiohttp.ClientSession,
        seed: int,
        tell: Callable[[Tally], None],
    ) -> None:
        self.tally: Tally = {act.name: Played() for act in simulation.acts}
        self._simulation = simulation
        self._server = server
        self._session = session
        self._seed = seed
        self._tell = tell
        self._players: dict[tuple[str, int], HttpPlayer] = {}
        self._turns: dict[HttpPlayer, asyncio.Lock] = {}
        self._under_way: set[asyncio.Task[None]] = set()

    async def keep_coming(self, act: Act, speed: float, group: asyncio.TaskGroup) -> None:
        """Start the act again and again, as often as it comes."""
        random = Random(f"{self._seed}/{act.name}")  # noqa: S311 -- play, and the same one each time
        while True:
            await asyncio.sleep(random.expovariate(act.per_minute * speed / 60))
            player = self._player(act.by, random)
            if len(self._under_way) >= MOST_AT_ONCE:
                self.tally[act.name].left_out += 1
                continue
            task = group.create_task(self._perform(act, player))
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)

    async def finish(self) -> None:
        """Let what is under way end, and break off what takes too long."""
        if self._under_way:
            _, late = await asyncio.wait(self._under_way, timeout=_GRACE_SECONDS)
            for task in late:
                task.cancel()

    async def _perform(self, act: Act, player: HttpPlayer) -> None:
        played = self.tally[act.name]
        try:
            async with self._turns[player]:
                await player.sign_in()
                await act.function(player)
        except Refused as refused:
            played.refused[refused.code] += 1
        except Unavailable:
            played.unavailable += 1
        except Exception as error:  # noqa: BLE001 -- an act with a fault is counted, and the others go on
            played.faults[f"{type(error).__name__}: {error}"] += 1
        else:
            played.done += 1
        self._tell(self.tally)

    def _player(self, kind: str, random: Random) -> HttpPlayer:
        people: list[DemoUser | None] = list(self._simulation.people.get(kind, ())) or [None] * GUESTS
        place = random.randrange(len(people))
        player = self._players.get((kind, place))
        if player is None:
            own = Random(f"{self._seed}/{kind}/{place}")  # noqa: S311
            user = None if kind == GUEST else people[place]
            player = self._players[kind, place] = HttpPlayer(self._session, self._server, user, own)
            self._turns[player] = asyncio.Lock()
        return player
