"""Where seats stand in a room, by simple rules: rows of desks, carrels along the walls, bars, tables of six.

Pure: a number of seats in, their centres on a plan out, the upper left one first, in units of which a seat takes 24.
Seats are at least 36 apart.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

MARGIN = 40
_LEAST = (360, 240)


@dataclass(frozen=True, slots=True)
class Place:
    """The centre of a seat, and what its place gives it."""

    x: int
    y: int
    socket: bool
    window: bool


def size_of(places: Sequence[Place]) -> tuple[int, int]:
    """Return width and height of a room that holds these seats."""
    if not places:
        return _LEAST
    width, height = max(place.x for place in places), max(place.y for place in places)
    return max(_LEAST[0], width + MARGIN), max(_LEAST[1], height + MARGIN)


def rows(seats: int) -> Iterator[Place]:
    """Desks in rows, two rows face each other, an aisle in the middle."""
    per_row = next(per for per, least in ((12, 48), (10, 36), (8, 0)) if seats >= least)
    for number in range(seats):
        row, column = divmod(number, per_row)
        x = MARGIN + column * 40 + (20 if column * 2 >= per_row else 0)
        yield Place(x, MARGIN + row * 44 + row // 2 * 28, socket=column % 2 == 0, window=row == 0)


def carrels(seats: int) -> Iterator[Place]:
    """Desks along four walls, the windows above."""
    side = seats // 6
    along = (seats - 2 * side + 1) // 2
    left, right = MARGIN, MARGIN + (along + 1) * 40
    bottom = MARGIN + (side + 1) * 44
    places = [(left + 40 * (at + 1), MARGIN) for at in range(along)]
    places += [(right, MARGIN + 44 * (at + 1)) for at in range(side)]
    places += [(right - 40 * (at + 1), bottom) for at in range(along)]
    places += [(left, bottom - 44 * (at + 1)) for at in range(side)]
    for x, y in places[:seats]:
        yield Place(x, y, socket=True, window=y == MARGIN)


def bar(seats: int) -> Iterator[Place]:
    """One long desk at the window and one behind it."""
    front = (seats + 1) // 2
    for number in range(seats):
        behind, at = divmod(number, front)
        yield Place(MARGIN + at * 40, MARGIN + behind * 110, socket=True, window=not behind)


def tables(seats: int) -> Iterator[Place]:
    """Tables of six, four in a row."""
    for number in range(seats):
        table, at = divmod(number, 6)
        row, column = divmod(table, 4)
        x, y = MARGIN + column * 150 + at % 3 * 38, MARGIN + row * 150 + at // 3 * 66
        yield Place(x, y, socket=at % 3 != 1, window=column == 0 and at % 3 == 0)


def _listed(rule: Callable[[int], Iterator[Place]]) -> Callable[[int], Sequence[Place]]:
    return lambda seats: list(rule(seats))


LAYOUTS: Mapping[str, Callable[[int], Sequence[Place]]] = {
    rule.__name__: _listed(rule) for rule in (rows, carrels, bar, tables)
}
