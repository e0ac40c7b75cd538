"""Demo data that is the same each time, relative to now: people, moments, choices, and making many things at once.

For the `demo` of an application, which makes everything through its own operations (`millstream.app.Demo`). Chance
comes from names, never from the clock: the same name gives the same people and the same choices, today and tomorrow.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from random import Random
from typing import TypeVar
from unicodedata import combining, normalize
from zoneinfo import ZoneInfo

Item = TypeVar("Item")
Made = TypeVar("Made")

FIRST_NAMES = (
    "Aaliyah", "Adam", "Aisha", "Amara", "Amelia", "Anders", "Anika", "Bilal", "Bruno", "Camille", "Carlos",
    "Chiara", "Chidi", "Daniel", "Daria", "Elif", "Emre", "Eva", "Fatima", "Felix", "Freya", "Giulia", "Hana", "Hassan",
    "Ines", "Ingrid", "Ivan", "Jakub", "Jana", "Javier", "Jonas", "Kavya", "Kenji", "Laila", "Leon", "Liam", "Lucia",
    "Magnus", "Maja", "Mariam", "Mateo", "Mei", "Milan", "Nadia", "Naveen", "Nina", "Noah", "Olga", "Omar", "Paula",
    "Pedro", "Priya", "Rafael", "Rohan", "Saanvi", "Sara", "Sofia", "Tariq", "Theo", "Usman", "Yara", "Yuki", "Zainab",
)  # fmt: skip
LAST_NAMES = (
    "Ahmed", "Almeida", "Andersson", "Bauer", "Bianchi", "Chaudhry", "Costa", "Demir", "Dubois", "Eriksen", "Farouk",
    "Ferrari", "Fischer", "García", "Hoffmann", "Horvat", "Hussain", "Iqbal", "Ito", "Jansen", "Kaur", "Khan", "Kim",
    "Kowalski", "Laurent", "Lindqvist", "López", "Malik", "Marino", "Meyer", "Mbeki", "Moreau", "Nakamura", "Novák",
    "Okafor", "Olsen", "Özdemir", "Patel", "Petrov", "Qureshi", "Rahman", "Reyes", "Rossi", "Santos", "Sato", "Schmidt",
    "Silva", "Singh", "Svensson", "Tanaka", "Torres", "Van Dijk", "Virtanen", "Wagner", "Weber", "Yildiz", "Zhang",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Name:
    """Somebody who does not exist, at an address where nobody reads mail."""

    full_name: str
    email: str


def chance(*names: object) -> Random:
    """Return the source of choices that goes by these names."""
    return Random("/".join(map(str, names)))  # noqa: S311 -- demo data, and the same each time


def people(count: int, *, domain: str, seed: str = "") -> list[Name]:
    """Return so many people, no two of the same address; the first ones stay the same when there are more."""
    random = chance("people", domain, seed)
    found: dict[str, Name] = {}
    while len(found) < count:
        first, last = random.choice(FIRST_NAMES), random.choice(LAST_NAMES)
        local = f"{_plain(first)}.{_plain(last)}"
        address = f"{local}@{domain}" if f"{local}@{domain}" not in found else f"{local}{len(found)}@{domain}"
        found[address] = Name(f"{first} {last}", address)
    return list(found.values())


def pick(random: Random, weights: Mapping[Item, float]) -> Item:
    """Return one of the values, each as often as its weight says."""
    return random.choices(list(weights), list(weights.values()))[0]


def at_place(now: datetime, timezone: str, *, days: int, hour: int, minute: int = 0) -> datetime:
    """Return a time by the clocks of a place, so many days from its today."""
    zone = ZoneInfo(timezone)
    day = now.astimezone(zone).date() + timedelta(days=days)
    return datetime.combine(day, time(hour, minute), zone)


def moments(
    random: Random,
    now: datetime,
    timezone: str,
    *,
    days: tuple[int, int],
    hours: tuple[int, int],
    step_minutes: int = 15,
    per_day: float = 1.0,
    weekdays: Sequence[int] = (1, 2, 3, 4, 5, 6, 7),
) -> Iterator[datetime]:
    """Yield times of a place in their order: from the first day to the last one, about so many a day, at full steps."""
    for offset in range(days[0], days[1] + 1):
        if at_place(now, timezone, days=offset, hour=12).isoweekday() not in weekdays:
            continue
        steps = range(hours[0] * 60, hours[1] * 60, step_minutes)
        most = int(per_day) + (random.random() < per_day % 1)
        for minutes in sorted(random.sample(steps, min(most, len(steps)))):
            yield at_place(now, timezone, days=offset, hour=minutes // 60, minute=minutes % 60)


async def in_turns(items: Iterable[Item], work: Callable[[Item], Awaitable[Made]], *, at_once: int = 4) -> list[Made]:
    """Do the work for each item, a few at the same time, and return what came of each, in the items' order."""
    turns = asyncio.Semaphore(at_once)

    async def one(item: Item) -> Made:
        async with turns:
            return await work(item)

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(one(item)) for item in items]
    return [task.result() for task in tasks]


def _plain(name: str) -> str:
    letters = normalize("NFKD", name).lower()
    return "".join(letter for letter in letters if letter.isascii() and letter.isalpha() and not combining(letter))
