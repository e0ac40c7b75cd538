-- Who comes and who goes: by the code that is posted at the seat, by the code that the student shows, or by staff.

-- When the student may come: the grace counts from the start, or from when a time was chosen that ran already. At its end
-- the seat is given up.
create or replace function public.check_in_window(booking jsonb) returns tstzrange
language sql stable set search_path = pg_catalog, public, pg_temp as $$
  select tstzrange(b.start_time - make_interval(mins => l.check_in_early_minutes),
    greatest(b.start_time, b.created_at, b.moved_at) + make_interval(mins => l.grace_minutes))
  from jsonb_populate_record(null::public.bookings, booking) as b join libraries as l on l.id = b.library_id
$$;

-- Twice is once: the second time is `already` the first, with its time and its gate. Staff let in until the end.
create or replace function public.note_arrival(booking public.bookings, actor text, gate text) returns jsonb
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
declare
  during constant tstzrange := public.check_in_window(to_jsonb(booking));
  closes constant timestamptz := least(booking.end_time, upper(during));
  ends   constant timestamptz := case actor when 'staff' then booking.end_time else closes end;
begin
  if booking.status = 'confirmed' and (now() < lower(during) or now() >= ends) then
    perform kit.refuse(409, 'check_in_is_open', 'Check-in is not open now.',
      jsonb_build_object('opens', lower(during), 'closes', closes));
  end if;
  return to_jsonb(kit.step(booking, '{confirmed}', 'checked_in', jsonb_build_object(
    'checked_in_at', now(), 'checked_in_by', auth.uid(), 'checked_in_gate', gate
  ))) || jsonb_build_object('already', booking.status = 'checked_in');
end
$$;

-- Students give the code of their seat, which leads to the booking where none is named; staff need none.
create or replace function public.check_in(of_booking uuid, seat_code text default null, gate text default null)
returns jsonb
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  caller constant uuid := kit.caller();
  seat   constant uuid := (select c.seat_id from seat_codes as c where c.code = seat_code);
  wanted constant uuid := coalesce(of_booking, (
    select b.id from bookings as b
    where b.seat_id = seat and b.user_id = caller and b.status in ('confirmed', 'checked_in') and b.end_time > now()
    order by b.start_time limit 1));
  found_one public.bookings;
  actor     text;
begin
  if of_booking is null and seat is null then
    perform kit.refuse(403, 'seat_codes_fit', 'This is the code of no seat.');
  end if;
  found_one := public.booking_for(wanted, '{student, staff}');
  actor := public.actor_of_booking(to_jsonb(found_one));
  if actor = 'student' and seat is distinct from found_one.seat_id then
    perform kit.refuse(403, 'seat_codes_fit', 'This is not the code of your seat.');
  end if;
  return public.note_arrival(found_one, actor, gate);
end
$$;

-- At an entrance or a kiosk, by those who work there: the code is what the student shows.
create or replace function public.check_in_by_code(code text, gate text default null) returns jsonb
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  caller constant uuid := kit.caller();
  wanted constant public.bookings := (select b from bookings as b where b.entry_code = upper(trim(code)) and b.deleted_at is null);
begin
  if wanted.id is null or not kit.works_for(wanted.organisation_id) then
    perform kit.refuse(403, 'seat_codes_fit', 'This is the code of no booking here.');
  end if;
  return public.note_arrival(public.booking_for(wanted.id, '{staff}'), 'staff', gate);
end
$$;

-- The seat at which a code is posted, for whoever scanned it.
create or replace function public.seat_of_code(code text)
returns table (seat_id uuid, library_id uuid, zone_id uuid, label text, slug text)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select s.id, s.library_id, s.zone_id, s.label, l.slug
  from seat_codes as c join seats as s on s.id = c.seat_id join libraries as l on l.id = s.library_id
  where c.code = seat_of_code.code and l.deleted_at is null
$$;

-- Who leaves early frees the rest. Twice is once.
create or replace function public.check_out(of_booking uuid) returns public.bookings
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  select kit.step(b, '{checked_in}', 'completed', jsonb_build_object(
    'checked_out_at', now(), 'end_time', least(b.end_time, greatest(now(), b.start_time + interval '1 minute'))))
  from public.booking_for(of_booking, '{student, staff}') as b
$$;

create or replace function public.mark_no_show(of_booking uuid) returns public.bookings
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  missed constant public.bookings := public.booking_for(of_booking, '{staff}');
begin
  if missed.status = 'confirmed' and now() < missed.start_time then
    perform kit.refuse(409, 'check_in_is_open', 'The booking has not begun yet.',
      jsonb_build_object('opens', missed.start_time, 'closes', missed.end_time));
  end if;
  return kit.step(missed, '{confirmed}', 'no_show');
end
$$;

-- Whoever stands at the desk sits down now.
create or replace function public.book_walk_in(of_seat uuid, until_time timestamptz, their_name text default null)
returns public.bookings
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  caller constant uuid := kit.caller();
  seat   constant public.seats := public.usable_seat(of_seat);
  place  public.libraries;
  made   public.bookings;
begin
  if not kit.works_for(seat.organisation_id) then
    perform kit.refuse(404, 'seats_are_known', 'There is no such seat.');
  elsif (until_time > now() and until_time <= now() + interval '24 hours') is not true then
    perform kit.refuse(400, 'bookings_are_of_allowed_length', 'Say a time within a day.');
  end if;
  place := public.open_library(seat.library_id);
  perform kit.expire_due('public.bookings', array[of_seat::text]);
  made := public.claim_seat(seat, place, null, now(), until_time, 'checked_in', their_name, null, 'walk_in');
  if made.id is null then
    perform public.refuse_seat(of_seat, place, null, now(), until_time);
  end if;
  return made;
end
$$;

select kit.callable('{check_in,check_in_by_code,check_out,mark_no_show,book_walk_in,seat_of_code}', '{authenticated}');
select kit.callable('{check_in_window,note_arrival}');
