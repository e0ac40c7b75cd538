"""What a demo says to have happened can have happened: nothing twice, nobody in two places, steps in their order."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from millstream.kit.demo import Habits, at_place, chance, named_id, read_catalogue, steps_of
from millstream.kit.demo.visits import Place, Visit, Visits

NOW = datetime(2026, 3, 28, 14, 37, tzinfo=UTC)
ZONE = "Europe/Rome"
COURTS = [named_id("court", number) for number in range(12)]
BY_DAY = Place(name="club", timezone=ZONE, resources=COURTS[:8], hours=lambda _: (8, 22), share=2, closed=-3)
ALWAYS = Place(name="gym", timezone=ZONE, resources=COURTS[8:], hours=lambda _: (0, 24))


def visits() -> list[Visit]:
    return list(Visits("club", NOW, people=300).fill([BY_DAY, ALWAYS], 1200))


FOUND = visits()


@given(
    st.integers(),
    st.floats(0, 0.5),
    st.floats(0, 0.5),
    st.integers(0, 600),
    st.integers(-50_000, 50_000),
    st.integers(1, 200),
)
def test_a_course_has_its_steps_one_after_the_other_and_none_to_come(
    seed: int, cancel: float, miss: float, answered: int, starts: int, made: int
) -> None:
    begins = NOW + timedelta(minutes=starts)
    course = Habits(cancel=cancel, miss=miss, leave_early=0.5).course(
        chance(seed),
        made=min(begins, NOW) - timedelta(minutes=made),
        starts=begins,
        ends=begins + timedelta(hours=12),
        now=NOW,
        answered=timedelta(minutes=answered),
    )
    assert list(course)[:2] == ["held", "confirmed"]
    assert list(course)[2:] in ([], ["cancelled"], ["no_show"], ["checked_in"], ["checked_in", "completed"])
    assert all(sooner <= later for sooner, later in pairwise(course.values()))
    assert max(course.values()) <= NOW
    assert [step["to"] for step in steps_of(course)] == list(course)


@pytest.mark.parametrize(
    ("habits", "last"),
    [(Habits(cancel=1), "cancelled"), (Habits(cancel=0, miss=1), "no_show"), (Habits(cancel=0, miss=0), "completed")],
)
def test_people_do_what_their_habits_say(habits: Habits, last: str) -> None:
    long_ago = NOW - timedelta(days=9)
    made, ends = long_ago - timedelta(days=1), long_ago + timedelta(hours=2)
    course = habits.course(chance("x"), made=made, starts=long_ago, ends=ends, now=NOW)
    assert list(course)[-1] == last


def test_nothing_is_taken_twice_and_nobody_is_in_two_places() -> None:
    taken: defaultdict[object, list[tuple[datetime, datetime]]] = defaultdict(list)
    for visit in FOUND:
        taken[visit.resource].append((visit.starts, visit.ends))
        taken[visit.person].append((visit.starts, visit.ends))
    for times in taken.values():
        assert all(before[1] <= after[0] for before, after in pairwise(sorted(times)))


def test_places_are_visited_while_they_are_open() -> None:
    for visit in FOUND:
        if visit.resource in COURTS[:8]:
            day = at_place(visit.starts, ZONE, days=0, hour=0).date()
            assert (day - NOW.date()).days != -3
            assert at_place(visit.starts, ZONE, days=0, hour=8) <= visit.starts
            assert visit.ends <= at_place(visit.starts, ZONE, days=0, hour=22)


def test_there_are_about_as_many_as_wanted_and_some_people_are_there_now() -> None:
    assert 1000 < len(FOUND) <= 1250
    assert Counter(list(visit.course)[-1] for visit in FOUND)["checked_in"] >= 3
    assert {(visit.starts - NOW).days for visit in FOUND} >= set(range(-25, 10))
    assert visits() == FOUND


def test_what_was_taken_before_stays_taken() -> None:
    made = Visits("club", NOW, people=1)
    hour = timedelta(hours=1)
    assert made.take(["a", 1], NOW, NOW + hour)
    assert not made.take(["b", 1], NOW, NOW + hour)
    assert made.take(["b"], NOW, NOW + hour)
    assert made.take([1], NOW + hour, NOW + 2 * hour)


@dataclass(frozen=True)
class Hall:
    name: str
    id: UUID
    hours: tuple[int, int] = (8, 20)


@dataclass(frozen=True)
class Halls:
    halls: Sequence[Hall]


def test_a_catalogue_is_read_into_dataclasses_and_what_does_not_fit_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "halls.toml"
    file.write_text(f'[[halls]]\nname = "North"\nid = "{COURTS[0]}"\nhours = [9, 18]\n', encoding="utf-8")
    assert read_catalogue(file, Halls) == Halls([Hall("North", COURTS[0], (9, 18))])
    file.write_text('[[halls]]\nname = 7\nid = "x"\n', encoding="utf-8")
    with pytest.raises(ValidationError, match="halls"):
        read_catalogue(file, Halls)
