"""A small application of the tests' own on the kit: rooms that are booked for a time, and the log of what happened."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from millstream.identity import Claims
from millstream.operations import SERVICE
from millstream.postgres.pool import Pool, SqlConnection, open_pool
from millstream.postgres.settings import DatabaseSettings
from millstream.postgres.transaction import as_caller
from tests.fixtures.postgres import Database

BOOKINGS = """
create table public.bookings (
  id uuid primary key default gen_random_uuid(),
  room integer not null,
  guest uuid,
  title text not null default '',
  status text not null default 'held',
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  buffer_before integer not null default 0,
  buffer_after integer not null default 0,
  hold_expires_at timestamptz,
  created_at timestamptz not null default now()
);
create table public.booking_events (
  id bigint generated always as identity primary key,
  booking_id uuid not null,
  event_type text not null,
  old_status text,
  new_status text,
  actor text,
  created_by uuid,
  request text,
  note text,
  at timestamptz
);
create function public.describe_booking_event(event text, before jsonb, after jsonb) returns jsonb
language sql as $$ select jsonb_build_object('note', event || ' of room ' || (after ->> 'room')) $$;
create function public.actor_of_booking(booking jsonb) returns text
language sql stable as $$
  select case when auth.uid() = (booking ->> 'guest')::uuid then 'owner' else null end
$$;
select kit.no_overlap('public.bookings', resource => 'room', starts => 'starts_at', ends => 'ends_at',
  before => 'buffer_before', after => 'buffer_after', blocking => '{held,confirmed}');
select kit.holds('public.bookings', becomes => '{"held": "expired"}', resource => 'room');
select kit.versioned('public.bookings');
select kit.state_machine('public.bookings',
  actor => 'public.actor_of_booking', log => 'public.booking_events',
  log_columns => '{"booking_id": "new.id", "event_type": "event", "old_status": "from", "new_status": "to",
                   "actor": "actor", "created_by": "actor_id", "request": "request_id", "at": "at"}',
  describe => 'public.describe_booking_event',
  transitions => '[
    {"from": null, "to": "held", "event": "booking.held"},
    {"from": "held", "to": "confirmed", "by": ["system", "owner"], "event": "booking.confirmed"},
    {"from": "held", "to": "expired", "by": ["system"], "event": "booking.expired"},
    {"from": "expired", "to": "confirmed", "by": ["system"], "event": "booking.confirmed"},
    {"from": ["held", "confirmed"], "to": "cancelled", "event": "booking.cancelled"},
    {"from": "confirmed", "to": "confirmed", "changed": ["starts_at", "ends_at"], "event": "booking.rescheduled"}
  ]');
create function public.book(
  room integer, starts timestamptz, ends timestamptz, before integer default 0, after integer default 0,
  minutes numeric default 10
) returns uuid language plpgsql security definer set search_path = public, pg_temp as $$
declare
  made uuid;
begin
  perform kit.expire_due('public.bookings', array[room::text]);
  insert into bookings (room, guest, starts_at, ends_at, buffer_before, buffer_after, hold_expires_at)
  values (room, auth.uid(), starts, ends, before, after, clock_timestamp() + make_interval(secs => minutes::float * 60))
  on conflict on constraint bookings_do_not_overlap do nothing returning id into made;
  if made is null then
    perform kit.refuse_claim('public.bookings', room::text, starts, ends, before, after);
  end if;
  return made;
end $$;
"""


@dataclass(frozen=True, slots=True)
class Office:
    """The application in one database."""

    pool: Pool
    database: Database

    async def person(self) -> Claims:
        """Make an account and return its claims."""
        made = uuid4()
        self.database.run(f"insert into auth.users (id) values ('{made}')")
        return Claims.from_token({"role": "authenticated", "sub": str(made)})

    async def rows(self, statement: str, *parameters: Any, claims: Claims = SERVICE) -> Sequence[dict[str, Any]]:
        """Run a statement in a transaction as somebody, the service role unless said otherwise."""
        async with as_caller(self.pool, claims) as sql:
            cursor = await sql.execute(statement.encode(), parameters)
            return await cursor.fetchall() if cursor.description else []

    async def value(self, statement: str, *parameters: Any, claims: Claims = SERVICE) -> Any:
        [row] = await self.rows(statement, *parameters, claims=claims)
        return next(iter(row.values()))

    @asynccontextmanager
    async def owner(self) -> AsyncIterator[SqlConnection]:
        """Open a transaction as the owner of the tables, as migrations and functions of the application run."""
        async with self.pool.connection() as sql, sql.transaction():
            yield sql

    async def book(self, room: int, starts: datetime, ends: datetime, *, claims: Claims = SERVICE, **more: Any) -> UUID:
        named = "".join(f", {name} => {value}" for name, value in more.items())
        made: UUID = await self.value(f"select book(%s, %s, %s{named})", room, starts, ends, claims=claims)
        return made

    async def statuses(self) -> dict[UUID, str]:
        return {row["id"]: row["status"] for row in await self.rows("select id, status from bookings")}


@pytest.fixture
async def office(database: Database) -> AsyncIterator[Office]:
    """The application in a fresh database."""
    with psycopg.connect(database.url, autocommit=True) as connection:
        connection.execute(BOOKINGS)
    async with open_pool(database.address, DatabaseSettings(session_pool_size=10, pool_wait_seconds=60)) as pool:
        yield Office(pool, database)
