"""How near a slot is to its loss."""

from __future__ import annotations

import pytest

from millstream.wal.slot import SlotStatus
from millstream.wal.slot_watch import Alarm, alarm_of


def slot(retained: int, limit: int | None, wal_status: str = "reserved") -> SlotStatus:
    return SlotStatus("s", "pgoutput", "d", None, None, None, wal_status, retained, "d", limit)


@pytest.mark.parametrize(("retained", "alarm"), [(0, 0), (499, 0), (500, 1), (799, 1), (800, 2), (2000, 2)], ids=str)
def test_half_of_the_limit_is_a_warning_and_four_fifths_an_error(retained: int, alarm: int):
    assert alarm_of(slot(retained, 1000)) is Alarm(alarm)


def test_a_slot_without_a_limit_is_never_lost():
    assert alarm_of(slot(1 << 50, None)) is Alarm.NONE


def test_what_postgresql_is_about_to_remove_is_an_error_however_little_it_is():
    assert alarm_of(slot(1, 1000, "unreserved")) is Alarm.NEARLY_LOST


def test_a_lost_slot_warns_of_nothing_more():
    assert alarm_of(slot(2000, 1000, "lost")) is Alarm.NONE
