"""Two who edit one row lose nothing: different fields are merged, the same one is a conflict that shows all values."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest

from millstream.kit import KIT_ERRORS, EditConflict, RowUnknown, edit, etag, parse_if_match
from millstream.kit.errors import IfMatchUnclear, NothingToChange
from millstream.operations.refusals import refusal_of
from millstream.postgres.transaction import as_caller
from tests.postgres.kit.conftest import Office

NINE = datetime(2030, 3, 4, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
async def booking(office: Office) -> str:
    made = await office.book(1, NINE, NINE + HOUR)
    office.database.run_as_server("update bookings set status = 'confirmed', title = 'Tea'")
    return str(made)


async def edited(office: Office, row_id: str, **named: Any) -> dict[str, Any]:
    async with office.owner() as sql:
        return await edit(sql, "public.bookings", row_id, **named)


async def test_each_change_counts(office: Office, booking: str) -> None:
    row = await edited(office, booking, changes={"title": "Coffee"}, version=2)
    assert (row["title"], row["version"]) == ("Coffee", 3)
    office.database.run_as_server("update bookings set version = 99, updated_at = '2001-01-01'")
    [stored] = await office.rows("select version, updated_at from bookings")
    assert stored["version"] == 4
    assert stored["updated_at"].year > 2001


async def test_edits_of_different_fields_are_both_kept(office: Office, booking: str) -> None:
    seen = {"title": "Tea", "buffer_after": 0}
    await edited(office, booking, changes={"buffer_after": 30}, original=seen, version=2)
    row = await edited(office, booking, changes={"title": "Coffee"}, original=seen, version=2)
    assert (row["title"], row["buffer_after"], row["version"]) == ("Coffee", 30, 4)


async def test_edits_of_the_same_field_collide_and_show_all_three_values(office: Office, booking: str) -> None:
    seen = {"title": "Tea", "starts_at": NINE.isoformat()}
    await edited(office, booking, changes={"title": "Cake"}, original=seen, version=2)
    with pytest.raises(psycopg.Error) as refused:
        await edited(
            office, booking, changes={"title": "Coffee", "starts_at": NINE.isoformat()}, original=seen, version=2
        )
    refusal = refusal_of(refused.value, KIT_ERRORS)
    assert isinstance(refusal, EditConflict)
    assert refusal.facts == {
        "version": 3,
        "fields": {"title": {"current": "Coffee", "actual": "Cake", "original": "Tea"}},
    }


async def test_two_who_want_the_same_value_do_not_collide(office: Office, booking: str) -> None:
    for version in (2, 2):
        row = await edited(office, booking, changes={"title": "Cake"}, original={"title": "Tea"}, version=version)
    assert row["title"] == "Cake"


async def test_without_the_values_that_were_seen_an_old_version_collides(office: Office, booking: str) -> None:
    await edited(office, booking, changes={"buffer_after": 30}, version=2)
    with pytest.raises(psycopg.Error) as refused:
        await edited(office, booking, changes={"title": "Coffee"}, version=2)
    assert isinstance(refusal_of(refused.value, KIT_ERRORS), EditConflict)


async def test_equal_values_are_equal_however_they_are_written(office: Office, booking: str) -> None:
    await edited(office, booking, changes={"title": "Cake"}, version=2)
    seen = {"ends_at": "2030-03-04T11:00:00+01:00"}
    changes = {"ends_at": "2030-03-04T10:30:00Z"}
    row = await edited(office, booking, changes=changes, original=seen, version=2)
    assert datetime.fromisoformat(row["ends_at"]) == NINE + timedelta(minutes=90)


async def test_an_edit_is_the_callers_own(office: Office, booking: str) -> None:
    office.database.run_as_server(
        "alter table bookings enable row level security",
        "create policy own on bookings to authenticated using (guest = auth.uid())",
    )
    async with as_caller(office.pool, await office.person()) as sql:
        with pytest.raises(psycopg.Error) as refused:
            await edit(sql, "public.bookings", booking, changes={"title": "Mine"}, version=2)
    assert isinstance(refusal_of(refused.value, KIT_ERRORS), RowUnknown)


async def test_an_edit_of_nothing_is_refused(office: Office, booking: str) -> None:
    with pytest.raises(psycopg.Error) as refused:
        await edited(office, booking, changes={})
    assert isinstance(refusal_of(refused.value, KIT_ERRORS), NothingToChange)


def test_versions_are_entity_tags() -> None:
    assert parse_if_match(etag(17)) == 17
    assert parse_if_match('W/"3"') == 3
    assert parse_if_match(None) is None
    assert parse_if_match("*") is None
    for unclear in ("3", '"3", "4"', '"x"', ""):
        with pytest.raises(IfMatchUnclear):
            parse_if_match(unclear)
