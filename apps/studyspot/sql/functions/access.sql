-- Who is who: administrators of the platform, those who work for a library, students, and everybody else.

-- The role of the caller, a room of its own; of who is not signed in none.
create or replace function public.studyspot_roles() returns setof text
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select 'admin' where public.is_administrator()
  union all
  select case when works then 'library_owner' else 'student' end
  from (select exists (
    select from auth.memberships as m where m.user_id = auth.uid() and m.role in ('owner', 'manager', 'staff'))) as m (works)
  where auth.uid() is not null and (works or not public.is_administrator())
$$;

-- What the caller is to a booking; whoever works there may be a student, too.
create or replace function public.actor_of_booking(booking jsonb) returns text
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select case
    when auth.uid() is null then 'system'
    when (booking ->> 'user_id')::uuid = auth.uid() then 'student'
    when kit.works_for((booking ->> 'organisation_id')::uuid) then 'staff'
    else 'guest'
  end
$$;

-- The booking, locked with its student and its seats, if the caller is one of `actors` to it.
create or replace function public.booking_for(of_booking uuid, actors text[], moved_to uuid default null) returns public.bookings
language sql volatile set search_path = pg_catalog, public, pg_temp as $$
  select * from kit.row_for(null::public.bookings, of_booking::text, actors, array[moved_to::text], person => 'user_id')
$$;

-- The columns of `booking_events` beyond those that follow from the transition itself.
create or replace function public.describe_booking_event(event text, before jsonb, after jsonb) returns jsonb
language sql stable set search_path = pg_catalog, public, pg_temp as $$
  select jsonb_build_object('data', jsonb_strip_nulls(jsonb_build_object(
    'booking_number', after -> 'booking_number', 'seat_label', after -> 'seat_label',
    'start_time', after -> 'start_time', 'end_time', after -> 'end_time', 'total_amount', after -> 'total_amount',
    'reason', after -> 'cancellation_reason', 'refund_amount', after -> 'refund_amount', 'gate', after -> 'checked_in_gate',
    'before', case when event in ('booking.updated', 'booking.checkout') then jsonb_build_object(
      'seat_label', before -> 'seat_label', 'start_time', before -> 'start_time', 'end_time', before -> 'end_time') end
  )))
$$;

select kit.callable('{is_administrator,studyspot_roles}', '{anon,authenticated,service_role}');
select kit.callable('{actor_of_booking,booking_for,describe_booking_event}');
