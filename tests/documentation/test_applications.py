"""The pages on the applications go through their document line by line, and say of each line what holds it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

PAGES = Path(__file__).resolve().parents[2] / "docs" / "apps"
DOCUMENTS = {"bookings": ("B", 106), "studyspot": ("S", 101)}
_ROW = re.compile(r"^\| ([A-Z]\d{3}[^|]*) \|.*\| ([^|]*) \|$", re.MULTILINE)


def lines_of(cell: str) -> list[int]:
    """Return the numbers of `S001, S004-S006`."""
    found: list[int] = []
    for part in cell.split(", "):
        first, _, last = part.partition("-")
        found += range(int(first[1:]), int(last[1:] or first[1:]) + 1)
    return found


@pytest.mark.parametrize("page", sorted(DOCUMENTS))
def test_every_line_of_the_document_is_held_by_something(page: str) -> None:
    letter, count = DOCUMENTS[page]
    rows = _ROW.findall((PAGES / f"{page}.md").read_text(encoding="utf-8"))
    for lines, held_by in rows:
        assert "](" in held_by, f"nothing holds {lines}"
    named = sorted(number for lines, _ in rows if lines.startswith(letter) for number in lines_of(lines))
    assert named == list(range(1, count + 1))
