"""What callers may do with the kit by themselves is a short list; the rest is for functions of the application."""

from __future__ import annotations

import psycopg
import pytest

from tests.fixtures.postgres import Database
from tests.postgres.kit.conftest import BOOKINGS
from tests.postgres.kit.test_payments import SETTLE
from tests.postgres.kit.test_pools import SHOP

# They compute, say who is calling, act with the caller's own rights, or check by themselves what they are asked.
FOR_CALLERS = {
    "actor", "add_push_device", "answer_before", "column_type", "edit", "key_of", "open_calendar_feed", "padded_range",
    "push_settings", "quote_adds_up", "remember_answer", "remove_push_device", "request_id", "restore", "search_form",
    "search_pattern", "search_words", "workplaces",
}  # fmt: skip


def test_callers_may_run_what_is_listed_and_nothing_else(database: Database) -> None:
    with psycopg.connect(database.admin_url) as connection:
        found = connection.execute(
            "select p.proname from pg_proc p where p.pronamespace = 'kit'::regnamespace"
            " and p.prorettype <> 'trigger'::regtype and has_function_privilege('authenticated', p.oid, 'execute')"
        ).fetchall()
    assert {name for (name,) in found} == FOR_CALLERS


@pytest.mark.parametrize("role", ["anon", "authenticated"])
def test_callers_read_no_table_of_the_kit_without_row_level_security(database: Database, role: str) -> None:
    with psycopg.connect(database.admin_url) as connection:
        readable = connection.execute(
            "select relname from pg_class where relnamespace = 'kit'::regnamespace and relkind in ('r', 'v', 'm')"
            " and not relrowsecurity and has_table_privilege(%s, oid, 'select, insert, update, delete')",
            (role,),
        ).fetchall()
    assert readable == []


def test_functions_that_run_as_the_owner_fix_their_search_path(database: Database) -> None:
    with psycopg.connect(database.admin_url) as connection:
        loose = connection.execute(
            "select proname from pg_proc p where pronamespace = 'kit'::regnamespace and prosecdef"
            " and not coalesce(proconfig::text like '%search_path=%', false)"
        ).fetchall()
    assert loose == []


@pytest.mark.debian_postgres
def test_macros_claims_pools_and_payments_work_on_postgresql_15(debian_database: Database) -> None:
    debian_database.run_as_server(
        BOOKINGS,
        SETTLE,
        SHOP,
        "select kit.audited('public.bookings'), kit.soft_delete('public.places'), kit.append_only('booking_events')",
        "select book(1, '2030-03-04 09:00Z', '2030-03-04 10:00Z', minutes => 0)",
        "select hold('{1,2}', '{1,1}')",
        "select kit.start_payment('public.bookings', id::text, 'test', 40, 'EUR', null) from bookings",
        "select kit.expire_due('public.bookings'), kit.expire_due('public.orders')",
        "select book(1, '2030-03-04 09:00Z', '2030-03-04 10:00Z')",
        "select kit.confirm_payment(id) from kit.payments",
        "select kit.edit('public.bookings', id::text, '{\"title\": \"Tea\"}', '{}', version) from bookings",
    )
    with psycopg.connect(debian_database.url) as connection:
        for statement, found in [
            ("select outcome, (select sum(amount) from kit.refunds) from kit.payments", ("refunded", 40)),
            ("select count(*), count(distinct title) from bookings where version > 1", (2, 1)),
            ("select sum(reserved_count), (select count(*) from kit.pool_drift('order_lines')) from places", (2, 0)),
        ]:
            assert connection.execute(statement.encode()).fetchone() == found
