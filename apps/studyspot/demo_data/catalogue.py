"""Where one can study in the demo, read from libraries.toml, and ids that are the same in each run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path
from typing import Any
from uuid import UUID

from millstream.kit.demo import named_id, read_catalogue
from millstream.kit.demo.seating import LAYOUTS, Place

TIMEZONE, CURRENCY = "Asia/Kolkata", "INR"
demo_id = partial(named_id, "studyspot")


@dataclass(frozen=True)
class Zone:
    """A room with its seats, laid out by a rule; `price` is the hourly one where it is not the library's."""

    name: str
    floor: str
    layout: str
    seats: int
    quiet: bool = False
    monitors: bool = False
    price: int | None = None

    @cached_property
    def places(self) -> Sequence[Place]:
        """Where the seats are."""
        return LAYOUTS[self.layout](self.seats)

    def attributes(self, number: int) -> list[str]:
        """Return what a seat has."""
        has = {
            "socket": self.places[number].socket,
            "window": self.places[number].window,
            "quiet": self.quiet,
            "monitor": self.monitors and number % 2 == 0,
            "standing": self.layout == "bar" and number % 5 == 2,
            "accessible": number == 0 and not self.floor.startswith(("Second", "Third")),
        }
        return [name for name, there in has.items() if there]


@dataclass(frozen=True)
class Library:
    """A library; it is open from the first to the second hour of `week` or `weekend`.

    `share` says how full it is, `closed` in how many days it stays closed for one.
    """

    chain: str
    slug: str
    name: str
    city: str
    address: str
    description: str
    amenities: list[str]
    colour: str
    week: tuple[int, int]
    weekend: tuple[int, int]
    price: int
    month: int
    zones: list[Zone]
    price_rules: list[dict[str, Any]] = field(default_factory=list)
    share: float = 1.0
    status: str = "approved"
    closed: int | None = None

    @property
    def id(self) -> UUID:
        """The library's id."""
        return demo_id(self.slug)

    @property
    def of(self) -> dict[str, Any]:
        """The columns of what belongs to it."""
        return {"organisation_id": demo_id("chain", self.chain), "library_id": self.id}

    @cached_property
    def seats(self) -> Sequence[UUID]:
        """The ids of all its seats."""
        return [self.seat(zone, number) for zone in self.zones for number in range(zone.seats)]

    def seat(self, zone: Zone, number: int) -> UUID:
        """Return the id of a seat."""
        return demo_id(self.slug, zone.name, number)

    def hours(self, weekday: int) -> Sequence[int]:
        """Return from when to when it is open on a day of the week, 1 is Monday."""
        return self.week if weekday <= 5 else self.weekend


@dataclass(frozen=True)
class Chain:
    """An organisation with its libraries, and its members' addresses by role; `staff-2` is one more of the staff."""

    slug: str
    name: str
    members: Mapping[str, str]
    libraries: list[Library]


@dataclass(frozen=True)
class _Catalogue:
    chains: list[Chain]
    announcements: list[dict[str, Any]]
    reviews: list[dict[str, Any]]


_CATALOGUE = read_catalogue(Path(__file__).with_name("libraries.toml"), _Catalogue)
CHAINS, ANNOUNCEMENTS, REVIEWS = _CATALOGUE.chains, _CATALOGUE.announcements, _CATALOGUE.reviews
LIBRARIES = [library for chain in CHAINS for library in chain.libraries]
