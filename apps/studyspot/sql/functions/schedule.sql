-- What is free, and when. Hours are wall-clock times of the place (kit.opening_hours); everything else is an instant. What is
-- free is computed from claims each time: nothing is a flag.

-- Claims that stand in a library and overlap a range; a hold that ran out stands no more.
create or replace function public.claims_in(of_library uuid, from_time timestamptz, until_time timestamptz)
returns table (seat_id uuid, status text, start_time timestamptz, end_time timestamptz)
language sql stable rows 100 as $$
  select b.seat_id, b.status, b.start_time, b.end_time
  from public.bookings as b
  where b.library_id = of_library and b.status in ('held', 'confirmed', 'checked_in')
    and b.start_time > from_time - interval '24 hours' and b.start_time < until_time and b.end_time > from_time
    and not (b.status = 'held' and b.hold_expires_at <= now())
$$;

-- Every seat of a library for a range: what it is, until when, what it costs, and why it cannot be had. Of nobody a name.
create or replace function public.seats_at(of_library uuid, from_time timestamptz, until_time timestamptz)
returns table (
  seat_id uuid, zone_id uuid, label text, status text, until timestamptz, amount numeric, reason text
)
language sql stable security definer rows 150 set search_path = pg_catalog, public, pg_temp as $$
  with place as materialized (
    select l as library, l.id, l.timezone, l.currency, kit.hours_around(l, from_time, 8) as hours,
      public.closed_for(l.id, timezone(l.timezone, from_time)::date) as closed_for
    from libraries as l
    where l.id = of_library and public.may_see_library(l.id::text)
      and isfinite(from_time) and until_time > from_time and until_time - from_time <= interval '24 hours'
  ), zone_amounts as materialized (
    select z.id, (public.price_by(public.price_terms(p.id, z.id), from_time, until_time, p.timezone, p.currency,
      public.pass_of(auth.uid(), p.library, from_time)) ->> 'total')::numeric as amount
    from place as p join zones as z on z.library_id = p.id
  ), taken as (
    select distinct on (c.seat_id) c.* from public.claims_in(of_library, from_time, until_time) as c
    order by c.seat_id, c.start_time
  ), next_claims as (
    select c.seat_id, min(c.start_time) as at
    from public.claims_in(of_library, until_time, until_time + interval '24 hours') as c
    where c.start_time >= until_time group by c.seat_id
  )
  select s.id, s.zone_id, s.label, state.name,
    case state.name
      when 'free' then n.at
      when 'closed' then (select min(lower(h)) from unnest(p.hours) as h where lower(h) > from_time)
      when 'out_of_order' then null
      else t.end_time end,
    z.amount,
    case state.name
      when 'free' then null
      when 'closed' then coalesce(nullif(p.closed_for, ''), 'The library is closed then.')
      when 'out_of_order' then s.out_of_order
      when 'held' then 'Somebody is booking it.'
      else format('%s until %s.', initcap(state.name), to_char(timezone(p.timezone, t.end_time), 'HH24:MI')) end
  from place as p
  join seats as s on s.library_id = p.id and s.active
  join zone_amounts as z on z.id = s.zone_id
  left join taken as t on t.seat_id = s.id
  left join next_claims as n on n.seat_id = s.id
  cross join lateral (
    select case
      when s.out_of_order is not null then 'out_of_order'
      when t.status = 'checked_in' then 'occupied'
      when t.status = 'confirmed' then 'booked'
      when t.status = 'held' then 'held'
      when not p.hours @> tstzrange(from_time, greatest(from_time, until_time)) then 'closed'
      else 'free' end
  ) as state (name)
  order by s.zone_id, s.label
$$;

-- When a seat is taken on a day of its place.
create or replace function public.seat_day(of_seat uuid, day date)
returns table (start_time timestamptz, end_time timestamptz, status text)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select c.start_time, c.end_time, case c.status when 'confirmed' then 'booked' when 'checked_in' then 'occupied' else c.status end
  from seats as s
  join libraries as l on l.id = s.library_id and public.may_see_library(l.id::text)
  cross join lateral public.claims_in(l.id, timezone(l.timezone, day::timestamp), timezone(l.timezone, day + interval '1 day')) as c
  where s.id = of_seat and c.seat_id = s.id
  order by c.start_time
$$;

-- Every approved library at this moment, for lists that stay current.
create or replace function public.library_occupancy()
returns table (
  library_id uuid, seats integer, free_now integer, open_now boolean, opens_next timestamptz, from_price numeric, currency text
)
language sql stable security definer rows 10 set search_path = pg_catalog, public, pg_temp as $$
  select l.id, s.usable, case when o.is_open then greatest(s.usable - c.taken, 0) else 0 end, o.is_open, o.next,
    (select min(p.hourly_price) from prices as p where p.library_id = l.id), l.currency
  from libraries as l
  cross join lateral (
    select count(*)::integer as usable from seats where seats.library_id = l.id and seats.active and seats.out_of_order is null
  ) as s
  cross join lateral (
    select count(distinct claim.seat_id)::integer as taken
    from public.claims_in(l.id, now(), now() + interval '1 microsecond') as claim
    join seats on seats.id = claim.seat_id and seats.active and seats.out_of_order is null
  ) as c
  cross join lateral (select kit.hours_around(l, now(), 8) as hours) as h
  cross join lateral (
    select h.hours @> now() as is_open, (select min(lower(r)) from unnest(h.hours) as r where lower(r) > now()) as next
  ) as o
  where l.status = 'approved' and l.deleted_at is null
$$;

select kit.callable('{opening_of,closed_for,open_hours,seats_at,seat_day,library_occupancy}', '{anon,authenticated,service_role}');
select kit.callable('{claims_in}');
