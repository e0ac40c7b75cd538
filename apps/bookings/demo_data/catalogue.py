"""Who offers what in the demo, read from companies.toml, and ids that are the same in each run."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5


def demo_id(*parts: object) -> UUID:
    """Return an id that is the same in each run."""
    return uuid5(NAMESPACE_URL, "/".join(["bookings", *map(str, parts)]))


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
    days: Sequence[int]
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
    providers: Sequence[Provider]
    services: Sequence[Service]

    @property
    def id(self) -> UUID:
        """The organisation's id."""
        return demo_id(self.slug)


def _service(entry: dict[str, Any]) -> Service:
    known = {name: entry.pop(name) for name in ("name", "minutes", "price", "after") if name in entry}
    return Service(**known, rules=entry)


def _company(entry: dict[str, Any]) -> Company:
    providers = tuple(Provider(**one) for one in entry.pop("providers"))
    return Company(**entry | {"providers": providers, "services": tuple(map(_service, entry["services"]))})


_FILE = Path(__file__).with_name("companies.toml")
COMPANIES = tuple(map(_company, tomllib.loads(_FILE.read_text(encoding="utf-8"))["companies"]))
NOTES = (
    "Prefers a quiet chair.",
    "Called to say that the train is late.",
    "Wants the same as last time.",
    "Asked for an invoice to the company.",
    "Comes with a guide dog.",
    "Would like a reminder by phone, too.",
)
