"""Calendar files: what another library reads of them is what was put in, in the zone of the place."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from millstream.kit.calendar import Appointment, State, calendar_response, render_calendar

ROME = ZoneInfo("Europe/Rome")
NINE = datetime(2026, 3, 30, 9, tzinfo=ROME)
HAIRCUT = Appointment(
    id="7",
    title="Haircut",
    starts=NINE.astimezone(UTC),
    ends=NINE + timedelta(hours=1),
    timezone="Europe/Rome",
    changed_at=datetime(2026, 3, 1, tzinfo=UTC),
    version=3,
)


def rendered(*appointments: Appointment) -> bytes:
    return render_calendar(appointments, name="Bookings", domain="example.org")


def read(*appointments: Appointment) -> list:
    return Calendar.from_ical(rendered(*appointments)).events


def test_an_appointment_has_the_time_and_the_zone_of_its_place() -> None:
    file = rendered(HAIRCUT)
    assert b"DTSTART;TZID=Europe/Rome:20260330T090000\r\n" in file
    assert file.count(b"BEGIN:VTIMEZONE") == 1
    assert b"TZID:Europe/Rome\r\n" in file
    [event] = read(HAIRCUT)
    assert (event["uid"], event["sequence"], event["status"]) == ("7@example.org", 3, "CONFIRMED")
    assert event.end - event.start == timedelta(hours=1)


@pytest.mark.parametrize(("day", "offset"), [(28, 1), (29, 2), (30, 2)])
def test_nine_in_the_morning_stays_nine_when_the_clocks_change(day: int, offset: int) -> None:
    starts = datetime(2026, 3, day, 9, tzinfo=ROME)
    [event] = read(replace(HAIRCUT, starts=starts.astimezone(UTC), ends=starts + timedelta(hours=1)))
    assert (event.start.hour, event.start.utcoffset()) == (9, timedelta(hours=offset))


def test_what_was_cancelled_stays_as_cancelled_and_blocks_nothing() -> None:
    [event] = read(replace(HAIRCUT, state=State.CANCELLED, version=4))
    assert (event["status"], event["transp"], event["sequence"], event["uid"]) == (
        "CANCELLED", "TRANSPARENT", 4, "7@example.org",
    )  # fmt: skip


def test_equal_rows_give_equal_bytes_and_the_same_mark() -> None:
    first = calendar_response(rendered(HAIRCUT), name="bookings")
    again = calendar_response(rendered(HAIRCUT), name="bookings", known=f'"other", W/{first.headers["etag"]}')
    changed = calendar_response(rendered(replace(HAIRCUT, version=4)), name="bookings", known=first.headers["etag"])
    assert (first.status_code, again.status_code, changed.status_code) == (200, 304, 200)
    assert again.body == b""


def test_a_file_says_how_often_to_ask_and_may_be_empty() -> None:
    file = rendered()
    assert b"REFRESH-INTERVAL;VALUE=DURATION:PT15M\r\n" in file
    assert b"X-PUBLISHED-TTL:PT15M\r\n" in file
    assert Calendar.from_ical(file).events == []


WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.just("\n"))


@given(WORDS, WORDS)
def test_no_text_ends_its_line_or_begins_another_property(title: str, place: str) -> None:
    [event] = read(replace(HAIRCUT, title=title, description=place, location=place))
    assert str(event["summary"]) == title
    assert str(event.get("location", "")) == place
    assert all(len(line) <= 75 for line in rendered(replace(HAIRCUT, title=title)).split(b"\r\n"))
