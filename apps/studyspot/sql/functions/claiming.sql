-- What precedes a claim on a seat, whoever makes it: the library's rules, the student's limits, the row itself, and the
-- refusals. Locks are taken in one order everywhere: persons, then seats by the kit's order, then rows.

create or replace function public.usable_seat(of_seat uuid) returns public.seats
language plpgsql stable set search_path = pg_catalog, public, pg_temp as $$
declare
  seat constant public.seats := kit.known((select s from seats as s where s.id = of_seat and s.active), 'seats_are_known',
    'There is no such seat.');
begin
  if seat.out_of_order is not null then
    perform kit.refuse(409, 'seats_are_usable', 'This seat cannot be booked now: ' || seat.out_of_order,
      jsonb_build_object('reason', seat.out_of_order));
  end if;
  return seat;
end
$$;

-- Who stays away three times within a month books no more than two hours ahead for a week. Whoever gives a seat up when
-- it waits already stayed away, too; one that was booked on the spot may be given back for ten minutes.
create or replace function public.standing_of(person uuid) returns jsonb
language sql stable set search_path = pg_catalog, public, pg_temp as $$
  select jsonb_build_object('no_shows', missed.times, 'may_book_ahead', not limited, 'until', case when limited then last end)
  from (
    select count(*) as times, max(b.start_time) + interval '7 days' as last from bookings as b
    where b.user_id = person and b.start_time > now() - interval '30 days' and (b.status = 'no_show'
      or b.status = 'cancelled' and exists (
        select from booking_events as e where e.booking_id = b.id and e.event_type = 'booking.cancelled' and e.actor = 'student'
          and e.created_at > greatest(b.start_time, b.created_at + interval '10 minutes')))
  ) as missed
  cross join lateral (select times >= 3 and last > now()) as l (limited)
$$;

-- Whether a student may have so much more of a day. The person is locked.
create or replace function public.check_student(
  place public.libraries, person uuid, starts timestamptz, ends timestamptz, except_booking uuid default null
) returns void
language plpgsql stable set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan as $$
declare
  standing jsonb;
begin
  if starts > now() + interval '2 hours' then
    standing := public.standing_of(person);
    if not (standing ->> 'may_book_ahead')::boolean then
      perform kit.refuse(403, 'students_come',
        'You stayed away three times: for a week only the next two hours can be booked.', standing);
    end if;
  end if;
  perform kit.check_day(place, starts, ends, array(
    select tstzrange(b.start_time, b.end_time) from bookings as b
    where b.user_id = person and b.library_id = place.id and b.id is distinct from except_booking and b.deleted_at is null
      and (b.status in ('confirmed', 'checked_in', 'completed') or b.status = 'held' and b.hold_expires_at > now())
      and b.start_time between starts - interval '50 hours' and ends + interval '25 hours'
  ));
end
$$;

-- One row, if the seat and the person are free; nothing otherwise. Both are locked by the caller.
create or replace function public.claim_seat(
  seat public.seats, place public.libraries, person uuid, starts timestamptz, ends timestamptz, begins text, their_name text,
  their_notes text, by_whom text
) returns public.bookings
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
declare
  covering constant uuid := public.pass_of(person, place, starts);
  price    constant jsonb := public.price_by(
    public.price_terms(place.id, seat.zone_id), starts, ends, place.timezone, place.currency, covering);
  made     public.bookings;
begin
  insert into bookings (organisation_id, library_id, zone_id, seat_id, user_id, student_name, library_name, zone_name, seat_label,
    status, start_time, end_time, timezone, hold_expires_at, total_amount, currency, quote, payment_status, pass_id, notes, source,
    checked_in_at, checked_in_by)
  select place.organisation_id, place.id, z.id, seat.id, person,
    coalesce(nullif(trim(their_name), ''), kit.name_of(person), 'Guest'), place.name, z.name, seat.label, begins, starts, ends,
    place.timezone, case begins when 'held' then now() + make_interval(mins => place.hold_minutes) end,
    (price ->> 'total')::numeric, place.currency, price, case when covering is null then 'at_place' else 'pass' end, covering,
    coalesce(their_notes, ''), by_whom, case begins when 'checked_in' then now() end,
    case begins when 'checked_in' then auth.uid() end
  from zones as z where z.id = seat.zone_id
  on conflict do nothing
  returning * into made;
  return made;
end
$$;

-- Says who is in the way: somebody else on the seat, or the person on another one.
create or replace function public.refuse_seat(
  seat uuid, place public.libraries, person uuid, starts timestamptz, ends timestamptz, except_booking uuid default null
) returns void
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
declare
  own constant jsonb := kit.conflict_of('public.bookings', person::text, starts, ends, except_id => except_booking::text,
    name => 'students_sit_on_one_seat');
begin
  if own is not null and kit.conflict_of('public.bookings', seat::text, starts, ends, except_id => except_booking::text,
    name => 'bookings_do_not_overlap') is null
  then
    perform kit.refuse(409, 'students_sit_on_one_seat', 'You have another seat at that time.',
      jsonb_build_object('conflict', own));
  end if;
  perform kit.refuse_claim('public.bookings', seat::text, starts, ends, except_id => except_booking::text,
    name => 'bookings_do_not_overlap', message => 'This seat was just taken.', horizon => interval '1 day',
    within => kit.hours_around(place, starts, 3));
end
$$;

-- What precedes every claim of a student: one at a time, not too many, nothing in the way that ran out.
create or replace function public.begin_claim(place public.libraries, starts timestamptz, ends timestamptz, seats text[])
returns uuid
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
declare
  person constant uuid := kit.caller();
begin
  perform kit.check_time(place, starts, ends);
  perform kit.lock_person(person);
  perform kit.expire_due('public.bookings', seats || array(
    select b.seat_id::text from bookings as b
    where b.user_id = person and b.status = 'held' and b.hold_expires_at <= now()));
  if (select count(*) from bookings where user_id = person and status = 'held' and hold_expires_at > now()) >= 3
    or (select count(*) from bookings
      where user_id = person and start_time > now() - interval '1 day' and created_at > now() - interval '1 hour') >= 30
  then
    perform kit.refuse(429, 'bookings_of_one_person_are_few',
      'You hold several seats already: confirm or release one, or come back in an hour.');
  end if;
  perform public.check_student(place, person, starts, ends);
  return person;
end
$$;

create or replace function public.take_seat(
  of_seat uuid, starts timestamptz, ends timestamptz, begins text, their_name text default null, their_notes text default null
) returns public.bookings
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
declare
  caller constant uuid := kit.caller();
  seat   constant public.seats := public.usable_seat(of_seat);
  place  constant public.libraries := public.open_library(seat.library_id);
  person constant uuid := public.begin_claim(place, starts, ends, array[of_seat::text]);
  made   public.bookings;
begin
  made := public.claim_seat(seat, place, person, starts, ends, begins, their_name, their_notes, 'student');
  if made.id is null then
    perform public.refuse_seat(of_seat, place, person, starts, ends);
  end if;
  return made;
end
$$;

select kit.callable('{usable_seat,check_student,standing_of,claim_seat,refuse_seat,begin_claim,take_seat}');
