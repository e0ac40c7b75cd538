"""Who offers what in the demo: five companies in four time zones, nine providers, twenty-six services. Data alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
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
    rules: dict[str, object] = field(default_factory=dict)


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


_REQUEST: dict[str, object] = {"confirmation": "request", "request_hours": 24}
_SATURDAY: dict[str, object] = {
    "price_rules": [{"id": "saturday", "kind": "weekday", "label": "Saturday", "weekdays": [6], "factor": 1.15}]
}
_WEEK, _SALON_WEEK = (1, 2, 3, 4, 5), (2, 3, 4, 5, 6)

COMPANIES = (
    Company(
        "studio-verde",
        "Studio Verde",
        "Hair salon",
        "Europe/Madrid",
        "EUR",
        (
            Provider(
                "lucia-marin", "Lucía Marín", "Colour, and short hair that stays short", _SALON_WEEK, 9, 18, "teal"
            ),
            Provider("hugo-serra", "Hugo Serra", "Classic cuts and beards", _SALON_WEEK, 10, 19, "indigo"),
            Provider("noor-haddad", "Noor Haddad", "Curls, and nothing but curls", _SALON_WEEK, 9, 17, "grape"),
        ),
        (
            Service("Haircut", 45, 38, 5, _SATURDAY),
            Service("Cut and colour", 120, 96, 10, _SATURDAY),
            Service("Beard trim", 20, 18, 5),
            Service("Curl consultation", 30, 0, 5),
            Service("Wedding styling", 90, 140, 15, _REQUEST),
            Service("Children's cut", 30, 22, 5),
        ),
    ),
    Company(
        "praxis-am-park",
        "Praxis am Park",
        "Physiotherapy",
        "Europe/Berlin",
        "EUR",
        (
            Provider("jana-vogt", "Jana Vogt", "Back, neck and long days at a desk", _WEEK, 7, 15, "cyan"),
            Provider("emre-aydin", "Emre Aydin", "Sports injuries and the way back", _WEEK, 11, 20, "lime"),
        ),
        (
            Service("First examination", 60, 85, 10),
            Service("Physiotherapy", 30, 42, 10),
            Service("Manual therapy", 40, 55, 10),
            Service("Sports massage", 50, 68, 10),
            Service("Kinesio taping", 20, 24, 5),
        ),
    ),
    Company(
        "ledger-and-lane",
        "Ledger & Lane",
        "Tax adviser",
        "America/New_York",
        "USD",
        (Provider("ruth-okafor", "Ruth Okafor", "Taxes of people who work for themselves", _WEEK, 9, 17, "orange"),),
        (
            Service("First talk", 30, 0, 15),
            Service("Tax return", 90, 260, 15, {"min_notice_minutes": 1440}),
            Service("Quarterly review", 60, 180, 15),
            Service("Payroll set-up", 60, 210, 15, _REQUEST),
            Service("Letter from the authorities", 45, 140, 15, _REQUEST),
        ),
    ),
    Company(
        "northlight",
        "Northlight",
        "Photographer",
        "Europe/London",
        "GBP",
        (Provider("isla-reid", "Isla Reid", "Portraits by window light", (1, 2, 4, 5, 6), 10, 18, "yellow"),),
        (
            Service("Portrait", 60, 120, 30, _SATURDAY),
            Service("Passport pictures", 20, 18, 10),
            Service("Family session", 90, 210, 30, {**_SATURDAY, "payment": "online"}),
            Service("Team pictures", 180, 480, 30, _REQUEST),
            Service("Retouching together", 60, 75, 15),
        ),
    ),
    Company(
        "sakura-lessons",
        "Sakura Lessons",
        "Music school",
        "Asia/Tokyo",
        "JPY",
        (
            Provider("mika-tanabe", "Mika Tanabe", "Piano for grown-ups who begin", _SALON_WEEK, 12, 21, "pink"),
            Provider("leo-brandt", "Leo Brandt", "Cello, chamber music, nerves on stage", _WEEK, 13, 21, "violet"),
        ),
        (
            Service("Trial lesson", 30, 2000, 10),
            Service("Lesson", 45, 6500, 10),
            Service("Double lesson", 90, 12000, 10),
            Service("Audition training", 60, 9000, 10, _REQUEST),
            Service("Accompaniment", 60, 8000, 10),
        ),
    ),
)

_FIRST = """
    Aaron Adele Amir Anouk Beatriz Bilal Carla Chiara Dario Dilan Elena Emil Farah Finn Greta Hana Ines Ivan Jonas Julia
    Kaito Lara Liam Maja Marco Nadia Nils Olga Omar Paula Rafael Rosa Samir Selma Tara Theo Uma Viktor Yara Zoe
"""
_LAST = """
    Abel Bauer Castro Dahl Ebert Fontaine Gallo Hansen Ito Jansen Kaya Lindqvist Moreau Novak Ortega Petrov Quist Rossi
    Sato Torres Ueda Varga Weiss Xu Yilmaz Zimmer
"""
FIRST_NAMES, LAST_NAMES = tuple(_FIRST.split()), tuple(_LAST.split())
NOTES = (
    "Prefers a quiet chair.",
    "Called to say that the train is late.",
    "Wants the same as last time.",
    "Asked for an invoice to the company.",
    "Comes with a guide dog.",
    "Would like a reminder by phone, too.",
)
