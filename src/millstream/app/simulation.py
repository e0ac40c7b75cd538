"""Live traffic that an application can have played: who acts, what they do, how often. Declared here, run by the kit.

An act is an async function of one `Player`: somebody of the demo, who uses the public API as a browser does, so rules,
rights and limits hold for a simulation as for everybody. `millstream simulate` plays it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Any, Protocol

from millstream.app.demo import DemoUser
from millstream.app.errors import AppInvalid

GUEST = "guest"
"""Who acts without an account that anybody knows: signed in anonymously, a new person every few acts."""


class Player(Protocol):
    """Somebody who acts in a simulation. What the server refuses is raised and counted; an act need not catch it."""

    user_id: str
    random: Random

    @property
    def now(self) -> datetime:
        """The time, in UTC."""
        ...

    async def call(self, operation: str, **arguments: Any) -> Any:
        """Call an operation and return its answer."""
        ...

    async def select(self, table: str, **query: str) -> list[dict[str, Any]]:
        """Read rows by the data API: `select("services", active="is.true", limit="5")`."""
        ...

    async def pick(self, table: str, **query: str) -> dict[str, Any] | None:
        """Read some rows and choose one of them; None where there is none."""
        ...

    async def insert(self, table: str, row: Mapping[str, Any]) -> dict[str, Any]:
        """Insert a row by the data API and return it."""
        ...

    async def update(self, table: str, changes: Mapping[str, Any], **query: str) -> list[dict[str, Any]]:
        """Change the rows that the query names and return them."""
        ...

    async def rpc(self, function: str, **arguments: Any) -> Any:
        """Call a function of the database by the data API."""
        ...

    async def request(self, method: str, path: str, json: Any = None) -> Any:
        """Send a request to any other path of the project, such as a route of the application."""
        ...


@dataclass(frozen=True, slots=True)
class Act:
    """What one kind of people do, on average so many times a minute at speed 1."""

    name: str
    per_minute: float
    by: str
    function: Callable[[Player], Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class Simulation:
    """The traffic of an application. `people` are users of its demo data, by the kinds that acts name."""

    people: Mapping[str, Sequence[DemoUser]]
    acts: Sequence[Act]

    def __post_init__(self) -> None:
        """Refuse acts by nobody."""
        for one in self.acts:
            if one.by != GUEST and not self.people.get(one.by):
                raise AppInvalid(f"The act {one.name} is by {one.by!r}, and there are no such people.")
            if one.per_minute <= 0:
                raise AppInvalid(f"The act {one.name} must happen now and then.")


def act(*, per_minute: float, by: str = GUEST) -> Callable[[Callable[[Player], Awaitable[Any]]], Act]:
    """Declare an async function as an act under its own name."""

    def declare(function: Callable[[Player], Awaitable[Any]]) -> Act:
        return Act(function.__name__, per_minute, by, function)

    return declare
