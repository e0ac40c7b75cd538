"""Who offers what in the demo, read from companies.toml."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

from millstream.kit.demo import named_id, read_catalogue

demo_id = partial(named_id, "bookings")


@dataclass(frozen=True, slots=True)
class Service:
    """One thing that is offered; `rules` beyond the price are columns of `services`."""

    name: str
    minutes: int
    price: int
    after: int = 0
    rules: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Provider:
    """Somebody who serves, from `opens` to `closes` o'clock on `days` (1 is Monday), with an hour for lunch."""

    slug: str
    name: str
    headline: str
    days: tuple[int, ...]
    opens: int
    closes: int
    colour: str


@dataclass(frozen=True, slots=True)
class Company:
    """An organisation with its providers, each of whom offers all of its services."""

    slug: str
    name: str
    trade: str
    timezone: str
    currency: str
    providers: tuple[Provider, ...]
    services: tuple[Service, ...]

    @property
    def id(self) -> UUID:
        """The organisation's id."""
        return demo_id(self.slug)


@dataclass(frozen=True, slots=True)
class _Catalogue:
    companies: tuple[Company, ...]


COMPANIES = read_catalogue(Path(__file__).with_name("companies.toml"), _Catalogue).companies
NOTES = (
    "Prefers a quiet chair.",
    "Called to say that the train is late.",
    "Wants the same as last time.",
    "Asked for an invoice to the company.",
    "Comes with a guide dog.",
    "Would like a reminder by phone, too.",
)
