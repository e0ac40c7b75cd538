-- The law of bookings: the same for operations, REST, the simulator and a console.
--
-- Refusals carry the name of a constraint and an HTTP status in their SQLSTATE (PTxyz, as PostgREST reads it); errors.py
-- maps the names. All functions run as the owner of the tables and ask auth.uid() themselves. Here is what students do; who
-- comes and goes stands in checking_in.sql, what those who work there do in managing.sql, what goes on by itself in
-- upkeep.sql.

create or replace function public.hold_seat(of_seat uuid, from_time timestamptz, until_time timestamptz) returns public.bookings
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  select public.take_seat(of_seat, from_time, until_time, 'held')
$$;

create or replace function public.create_booking(
  of_seat uuid, from_time timestamptz, until_time timestamptz, their_name text default null, their_notes text default null,
  of_library uuid default null
) returns public.bookings
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  select public.take_seat((select id from seats where id = of_seat and library_id = coalesce(of_library, library_id)),
    from_time, until_time, 'confirmed', their_name, their_notes)
$$;

-- Any free seat that has what is wanted; those that have the least besides come first, to each person in another order.
-- Whoever finds a seat locked goes on to the next: nobody waits, so nobody waits in a circle.
create or replace function public.hold_any_seat(
  of_library uuid, from_time timestamptz, until_time timestamptz, wanted text[] default '{}', of_zone uuid default null
) returns public.bookings
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  caller constant uuid := kit.caller();
  place  constant public.libraries := public.open_library(of_library);
  person constant uuid := public.begin_claim(place, from_time, until_time, '{}');
  seat   public.seats;
  made   public.bookings;
begin
  for seat in
    select s.* from seats as s
    where s.library_id = of_library and s.active and s.out_of_order is null and s.zone_id = coalesce(of_zone, s.zone_id)
      and s.attributes @> coalesce(wanted, '{}')
      and not exists (select from public.claims_in(of_library, from_time, until_time) as c where c.seat_id = s.id)
    order by cardinality(s.attributes), hashtext(s.id::text || person) limit 40
  loop
    continue when not pg_try_advisory_xact_lock(kit.resource_lock('public.bookings', seat.id::text));
    perform kit.expire_due('public.bookings', array[seat.id::text]);
    made := public.claim_seat(seat, place, person, from_time, until_time, 'held', null, null, 'student');
    exit when made.id is not null;
  end loop;
  if made.id is null and seat.id is not null then
    perform public.refuse_seat(seat.id, place, person, from_time, until_time);
  elsif made.id is null then
    perform kit.refuse(409, 'bookings_do_not_overlap', 'No such seat is free then.');
  end if;
  return made;
end
$$;

create or replace function public.confirm_booking(of_booking uuid, their_name text default null, their_notes text default null)
returns public.bookings
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  held constant public.bookings := public.booking_for(of_booking, '{student}');
  made public.bookings;
begin
  update bookings set status = 'confirmed', student_name = coalesce(nullif(trim(their_name), ''), student_name),
    notes = coalesce(their_notes, notes)
  where id = held.id and status = 'held' and hold_expires_at > now() returning * into made;
  if made.id is null then
    perform kit.refuse(409, 'bookings_are_confirmed_in_time', 'This seat is no longer held for you.',
      jsonb_build_object('status', held.status));
  end if;
  return made;
end
$$;

-- What cancelling now would mean: until its start a booking costs nothing, and what staff cancel never does.
create or replace function public.terms_of(booking public.bookings, actor text) returns jsonb
language sql stable set search_path = pg_catalog, public, pg_temp as $$
  select kit.cancellation('[{"id": "in time", "minutes_before": 0, "refund_percent": 100}]', booking.total_amount, booking.currency,
    booking.start_time, paid => booking.payment_status = 'paid', free => actor = 'staff' or booking.status = 'held')
$$;

create or replace function public.cancellation_terms(of_booking uuid) returns jsonb
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  select public.terms_of(found_one, public.actor_of_booking(to_jsonb(found_one)))
  from public.booking_for(of_booking, '{student, staff}') as found_one
$$;

-- Cancelled twice is cancelled once: what was paid back then is what the booking says.
create or replace function public.cancel_booking(of_booking uuid, why text default null) returns public.bookings
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  select kit.step(b, '{held,confirmed}', 'cancelled', jsonb_build_object(
    'cancellation_reason', why, 'refund_amount', terms -> 'refund', 'payment_status',
    case when (terms ->> 'refund')::numeric > 0 then 'refunded' else b.payment_status end))
  from public.booking_for(of_booking, '{student, staff}') as b
  cross join lateral public.terms_of(b, public.actor_of_booking(to_jsonb(b))) as terms
$$;

-- Gives a held seat back; what ran out or was given back already stays so.
create or replace function public.release_booking(of_booking uuid) returns public.bookings
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  select kit.step(b, '{held}', 'cancelled', done => '{expired}') from public.booking_for(of_booking, '{student}') as b
$$;

-- Moves, extends and shortens, to another seat of the library too. Students keep to its rules; staff move wherever nobody
-- else sits. Who sits there already stays where the time began.
create or replace function public.change_booking(
  of_booking uuid, from_time timestamptz default null, until_time timestamptz default null, of_seat uuid default null,
  known_version integer default null
) returns public.bookings
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  made     public.bookings := public.booking_for(of_booking, '{student, staff}', of_seat);
  starts   constant timestamptz := coalesce(from_time, made.start_time);
  ends     constant timestamptz := coalesce(until_time, made.end_time);
  seat     public.seats;
  place    public.libraries;
  covering uuid;
  price    jsonb;
begin
  perform kit.must_be_current(made, known_version, '{start_time,end_time,seat_id}');
  if (ends > starts and ends <= starts + interval '24 hours') is not true then
    perform kit.refuse(400, 'bookings_are_of_allowed_length', 'A booking ends after its start, and within a day.');
  elsif made.status = 'held' and made.hold_expires_at <= now() then
    perform kit.refuse(409, 'bookings_are_confirmed_in_time', 'This seat is no longer held for you.', '{"status": "expired"}');
  elsif made.status not in ('held', 'confirmed', 'checked_in') or made.status = 'checked_in' and starts <> made.start_time then
    perform kit.refuse_transition('public.bookings', made.status, made.status);
  elsif (starts, ends, coalesce(of_seat, made.seat_id)) = (made.start_time, made.end_time, made.seat_id) then
    return made;
  end if;
  if of_seat <> made.seat_id then
    seat := public.usable_seat(of_seat);
    if seat.library_id <> made.library_id then
      perform kit.refuse(404, 'seats_are_known', 'There is no such seat in this library.');
    end if;
  else
    select * into seat from seats where id = made.seat_id;
  end if;
  select * into place from libraries where id = made.library_id;
  if public.actor_of_booking(to_jsonb(made)) = 'student' then
    place := public.open_library(place.id);
    perform kit.check_time(place, starts, ends, made.start_time);
    perform public.check_student(place, made.user_id, starts, ends, made.id);
  end if;
  covering := public.pass_of(made.user_id, place, starts);
  price := public.price_by(
    case when seat.zone_id = made.zone_id then made.quote -> 'terms' else public.price_terms(place.id, seat.zone_id) end,
    starts, ends, place.timezone, made.currency, covering);
  perform kit.expire_due('public.bookings', array[seat.id::text]);
  -- Of what was paid the rest is due at the place.
  update bookings set start_time = starts, end_time = ends, seat_id = seat.id, seat_label = seat.label, zone_id = seat.zone_id,
    zone_name = (select z.name from zones as z where z.id = seat.zone_id), pass_id = covering, quote = price,
    moved_at = case when starts = start_time then moved_at else now() end, total_amount = (price ->> 'total')::numeric,
    payment_status = case when covering is not null then 'pass'
      when payment_status = 'pass' or (price ->> 'total')::numeric > total_amount then 'at_place' else payment_status end
  where id = of_booking returning * into made;
  return made;
exception when exclusion_violation then
  perform public.refuse_seat(seat.id, place, made.user_id, starts, ends, made.id);
end
$$;

select kit.callable('{hold_seat,hold_any_seat,create_booking,confirm_booking,release_booking,cancel_booking,cancellation_terms,
  change_booking}', '{authenticated}');
select kit.callable('{terms_of}');
