"""The pages on the applications go through their document line by line, and say of each line what holds it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from millstream.app.loader import load_app

ROOT = Path(__file__).resolve().parents[2]
PAGES = ROOT / "docs" / "apps"
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


@pytest.mark.parametrize("name", sorted(DOCUMENTS))
def test_the_readme_names_all_that_clients_call_and_hear(name: str) -> None:
    app, text = load_app(name), (ROOT / "apps" / name / "README.md").read_text(encoding="utf-8")
    events = app.rooms.events if app.rooms is not None else ()
    offered = [one.name for one in (*app.operations, *app.live_views)] + [event.event for event in events]
    assert [one for one in offered if f"`{one}`" not in text] == []
