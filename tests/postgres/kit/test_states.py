"""A status changes in the declared ways alone, by those who may, and each change is one row of the log."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest

from millstream.identity import Claims
from millstream.kit import KIT_ERRORS, TransitionNotAllowed, TransitionRefused
from millstream.operations.refusals import refusal_of
from millstream.postgres.transaction import as_caller
from tests.postgres.kit.conftest import Office

NINE = datetime(2030, 3, 4, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)


async def set_status(office: Office, booking: object, status: str, claims: Claims | None = None) -> None:
    """Change a status as the owner of the table; `claims` are those of the caller on whose behalf."""
    async with office.owner() as sql:
        if claims is not None:
            await sql.execute(
                "select set_config('request.jwt.claim.sub', %s, true), set_config('request.jwt.claim.role', %s, true)",
                (claims.subject, claims.role),
            )
        await sql.execute("update bookings set status = %s where id = %s", (status, booking))


async def events(office: Office) -> list[dict[str, Any]]:
    return [dict(row) for row in await office.rows("select * from booking_events order by id")]


async def test_each_transition_writes_one_row_of_the_log(office: Office) -> None:
    booking = await office.book(1, NINE, NINE + HOUR)
    await set_status(office, booking, "confirmed")
    await set_status(office, booking, "confirmed")
    assert [
        (e["event_type"], e["old_status"], e["new_status"], e["actor"], e["note"]) for e in await events(office)
    ] == [
        ("booking.held", None, "held", "system", "booking.held of room 1"),
        ("booking.confirmed", "held", "confirmed", "system", "booking.confirmed of room 1"),
    ]


async def test_a_transition_that_is_not_declared_is_refused_and_says_what_is_possible(office: Office) -> None:
    booking = await office.book(1, NINE, NINE + HOUR)
    await set_status(office, booking, "cancelled")
    with pytest.raises(psycopg.Error) as refused:
        await set_status(office, booking, "held")
    refusal = refusal_of(refused.value, KIT_ERRORS)
    assert isinstance(refusal, TransitionRefused)
    assert refusal.message == "Cancelled cannot become held."
    assert refusal.facts == {"from": "cancelled", "to": "held", "possible": []}
    with pytest.raises(psycopg.Error, match="Nothing cannot become confirmed"):
        async with office.owner() as sql:
            await sql.execute(
                "insert into bookings (room, starts_at, ends_at, status) values (1, %s, %s, 'confirmed')",
                (NINE, NINE + HOUR),
            )
    assert len(await events(office)) == 2


async def test_who_acts_is_what_the_application_says(office: Office) -> None:
    owner, stranger = await office.person(), await office.person()
    booking = await office.book(1, NINE, NINE + HOUR, claims=owner)
    with pytest.raises(psycopg.Error) as refused:
        await set_status(office, booking, "confirmed", stranger)
    refusal = refusal_of(refused.value, KIT_ERRORS)
    assert isinstance(refusal, TransitionNotAllowed)
    assert refusal.status == 403
    assert refusal.facts == {"from": "held", "to": "confirmed", "actor": "customer"}
    await set_status(office, booking, "confirmed", owner)
    last = (await events(office))[-1]
    assert (last["actor"], str(last["created_by"])) == ("owner", owner.subject)


async def test_somebody_may_act_as_the_system_for_a_part_of_a_transaction(office: Office) -> None:
    owner = await office.person()
    booking = await office.book(1, NINE, NINE + HOUR, claims=owner)
    async with office.owner() as sql:
        await sql.execute("select set_config('request.jwt.claim.role', 'authenticated', true), kit.act_as('system')")
        await sql.execute("update bookings set status = 'expired' where id = %s", (booking,))
        await sql.execute("select kit.act_as(null)")
        [row] = await (await sql.execute("select kit.actor() as actor")).fetchall()
    assert row["actor"] == "customer"
    assert (await events(office))[-1]["actor"] == "system"


async def test_columns_that_a_transition_rules_change_only_where_it_lets_them(office: Office) -> None:
    booking = await office.book(1, NINE, NINE + HOUR)
    move = "update bookings set starts_at = starts_at + interval '1 hour', ends_at = ends_at + interval '1 hour'"
    with pytest.raises(psycopg.Error) as refused:
        await office_run(office, move)
    assert refused.value.diag.constraint_name == "status_transitions_are_followed"
    assert refused.value.diag.message_primary == "What is held cannot be changed in this way."
    await set_status(office, booking, "confirmed")
    await office_run(office, move)
    await office_run(office, "update bookings set title = 'Tea'")
    assert [e["event_type"] for e in await events(office)][2:] == ["booking.rescheduled"]


async def office_run(office: Office, statement: str) -> None:
    async with office.owner() as sql:
        await sql.execute(statement.encode())


async def test_the_log_knows_the_request(office: Office) -> None:
    claims = await office.person()
    async with as_caller(office.pool, claims, settings={"request.id": "r-17"}) as sql:
        await sql.execute("select book(1, %s, %s)", (NINE, NINE + HOUR))
    assert (await events(office))[-1]["request"] == "r-17"


async def test_an_application_may_name_its_own_trigger(office: Office) -> None:
    office.database.run_as_server(
        "create table public.tasks (id integer primary key, status text not null)",
        "select kit.state_machine('public.tasks', triggers => false, transitions =>"
        ' \'[{"from": null, "to": "open"}, {"from": "open", "to": "done"}]\')',
        "create function public.task_changed() returns trigger language plpgsql security definer as $$ begin"
        " perform kit.follow_transition(tg_relid, case tg_op when 'UPDATE' then to_jsonb(old) end, to_jsonb(new));"
        " return null; end $$",
        "create trigger tasks_webhook_trigger after insert or update on public.tasks"
        " for each row execute function public.task_changed()",
        "insert into public.tasks values (1, 'open')",
        "update public.tasks set status = 'done'",
    )
    with pytest.raises(psycopg.Error, match="Done cannot become open"):
        office.database.run_as_server("update public.tasks set status = 'open'")


async def test_a_machine_with_a_function_or_a_column_that_is_not_there_is_refused(office: Office) -> None:
    for named, said in [("actor => 'public.nobody'", "no function"), ("status => 'stage'", "no column")]:
        with pytest.raises(psycopg.Error, match=said):
            office.database.run_as_server(
                f"select kit.state_machine('public.booking_events', {named}, transitions => '[]')"
            )
