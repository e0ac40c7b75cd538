"""Plans that follow rules: every seat has a place of its own on its room's plan."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from millstream.kit.demo.seating import LAYOUTS, MARGIN, size_of


@pytest.mark.parametrize("layout", sorted(LAYOUTS))
@given(seats=st.integers(0, 40))
def test_no_two_seats_stand_in_one_place_and_all_on_the_plan(layout: str, seats: int) -> None:
    places = LAYOUTS[layout](seats)
    width, height = size_of(places)
    assert len(places) == seats
    for one, other in combinations(places, 2):
        assert abs(one.x - other.x) + abs(one.y - other.y) >= 36
    for place in places:
        assert MARGIN <= place.x <= width - MARGIN
        assert MARGIN <= place.y <= height - MARGIN
