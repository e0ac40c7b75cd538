"""Demo data is the same each time and lies around now, by the clocks of its place."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from millstream.kit.demo import at_place, chance, days_around, fill_hours, named_id, people

NOW = datetime(2026, 3, 28, 23, 30, tzinfo=UTC)


def test_the_same_names_make_the_same_choices() -> None:
    assert chance("bookings", 7).random() == chance("bookings", 7).random()
    assert chance("bookings", 7).random() != chance("bookings", 8).random()
    assert round(chance("bookings", 7).random(), 6) == 0.816289


def test_people_have_names_and_addresses_of_their_own() -> None:
    many = people(5000, domain="example.org")
    assert len({one.email for one in many}) == 5000
    assert all(one.email.isascii() and one.full_name.strip() for one in many)
    assert people(10, domain="example.org") == many[:10]
    assert people(10, domain="example.org", seed="x") != many[:10]


@pytest.mark.parametrize(
    ("days", "expected"),
    [(-1, "2026-03-28T09:30:00+01:00"), (0, "2026-03-29T09:30:00+02:00"), (1, "2026-03-30T09:30:00+02:00")],
)
def test_days_are_those_of_the_place(days: int, expected: str) -> None:
    assert at_place(NOW, "Europe/Rome", days=days, hour=9, minute=30).isoformat() == expected


def test_days_around_now_are_full_until_tomorrow_and_then_less_and_less() -> None:
    found = list(days_around(NOW, "Europe/Rome", back=2, ahead=10, weekdays=(1, 2, 3, 4, 5, 6)))
    # Half past eleven in the evening by UTC is Sunday at the place.
    assert [(day.isoformat(), round(full, 2)) for day, full in found[:4]] == [
        ("2026-03-27", 1.0), ("2026-03-28", 1.0), ("2026-03-30", 1.0), ("2026-03-31", 0.8),
    ]  # fmt: skip
    assert [full for _, full in found] == sorted((full for _, full in found), reverse=True)


@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
def test_open_hours_fill_up_without_overlap(share: float) -> None:
    random, minutes = chance("hours"), timedelta(minutes=50)
    spans = [
        (at_place(NOW, "Europe/Rome", days=1, hour=opens), at_place(NOW, "Europe/Rome", days=1, hour=closes))
        for opens, closes in ((9, 13), (14, 18))
    ]
    found = [at for at, _ in fill_hours(random, spans, lambda _: ("haircut", minutes), share=share)]
    assert all(any(opens <= at and at + minutes <= closes for opens, closes in spans) for at in found)
    assert all(later - sooner >= minutes for sooner, later in pairwise(found))
    assert {at.minute % 15 for at in found} <= {0}
    assert len(found) == {0.0: 0, 0.5: 4, 1.0: 8}[share]


def test_an_id_goes_by_its_names() -> None:
    assert named_id("bookings", "client", 7) == named_id("bookings", "client", 7) != named_id("bookings", "client", 8)
