"""People who do not exist, and choices by names."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from unicodedata import combining, normalize

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


def _plain(name: str) -> str:
    letters = normalize("NFKD", name).lower()
    return "".join(letter for letter in letters if letter.isascii() and letter.isalpha() and not combining(letter))
