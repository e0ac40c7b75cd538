-- When somebody may come. Hours are wall-clock times of the provider's place; everything else is an instant, so that a
-- day with a change of the clocks is as long as it is. Slots are computed from claims each time: nothing is a flag.

-- The hours in which a provider serves: the week without its breaks, less what is closed, and what is open for once.
create or replace function public.open_hours(of_provider uuid, first_day date, last_day date) returns tstzmultirange
language sql stable set search_path = pg_catalog, public, pg_temp as $$
  with days as (
    select d::date as day, p.timezone
    from providers as p, generate_series(first_day::timestamp, last_day::timestamp, interval '1 day') as d
    where p.id = of_provider
  ), spans as (
    select h.kind, timezone(d.timezone, d.day + h.starts) as starts, timezone(d.timezone, d.day + h.ends) as ends
    from days as d join working_hours as h on h.provider_id = of_provider and h.weekday = extract(isodow from d.day)
    union all
    select x.kind, timezone(d.timezone, d.day + x.starts), timezone(d.timezone, d.day + x.ends)
    from days as d
    join schedule_exceptions as x on x.provider_id = of_provider and d.day between x.first_day and x.last_day
  ), hours as (
    select kind, range_agg(tstzrange(starts, ends)) as during from spans where starts < ends group by kind
  )
  select coalesce((select during from hours where kind = 'work'), '{}')
    - coalesce((select during from hours where kind = 'break'), '{}')
    - coalesce((select during from hours where kind = 'closed'), '{}')
    + coalesce((select during from hours where kind = 'open'), '{}')
$$;

-- The times at which a service may begin by its rules, whoever else comes: hours, interval, notice and horizon.
create or replace function public.offered_slots(of_service uuid, of_provider uuid, first_day date, last_day date)
returns table (starts_at timestamptz, ends_at timestamptz)
language sql stable set search_path = pg_catalog, public, pg_temp as $$
  select slot, slot + make_interval(mins => s.duration_minutes)
  from services as s
  cross join unnest(open_hours(of_provider, first_day, last_day)) as hours (during)
  cross join generate_series(
    lower(during), upper(during) - make_interval(mins => s.duration_minutes),
    make_interval(mins => s.slot_interval_minutes)
  ) as slot
  where s.id = of_service
    and slot >= now() + make_interval(mins => s.min_notice_minutes)
    and slot <= now() + make_interval(days => s.horizon_days)
$$;

-- Days are counted one by one, so "infinity" is asked about by nobody.
create or replace function public.slot_is_offered(of_service uuid, of_provider uuid, at timestamptz) returns boolean
language sql stable set search_path = pg_catalog, public, pg_temp as $$
  select case when isfinite(at) then exists (
    select from providers as p
    cross join lateral offered_slots(
      of_service, of_provider, timezone(p.timezone, at)::date, timezone(p.timezone, at)::date
    ) as slot
    where p.id = of_provider and slot.starts_at = at
  ) else false end
$$;

create or replace function public.providers_of(of_service uuid, of_provider uuid default null) returns uuid[]
language sql stable set search_path = pg_catalog, public, pg_temp as $$
  select coalesce(array_agg(p.id order by p.id), '{}')
  from provider_services as o
  join services as s on s.id = o.service_id and s.active
  join providers as p on p.id = o.provider_id and p.active
  where o.service_id = of_service and (of_provider is null or p.id = of_provider)
$$;

-- What is free, for everybody: by day of the provider's place, of one provider or of all who offer the service.
create or replace function public.free_slots(service uuid, first_day date, last_day date, provider uuid default null)
returns table (provider_id uuid, starts_at timestamptz, ends_at timestamptz)
language plpgsql stable security definer rows 100 set search_path = pg_catalog, public, pg_temp as $$
#variable_conflict use_column
begin
  if last_day - first_day > 61 or last_day < first_day then
    perform kit.refuse(400, 'free_slots_are_of_two_months', 'Ask for at most 62 days, the first one first.');
  end if;
  return query
    select chosen.id, slot.starts_at, slot.ends_at
    from unnest(public.providers_of(free_slots.service, free_slots.provider)) as chosen (id)
    join services as s on s.id = free_slots.service
    cross join lateral public.offered_slots(s.id, chosen.id, first_day, last_day) as slot
    where not exists (
      select from bookings as b
      where b.provider_id = chosen.id
        and b.status in ('held', 'pending', 'confirmed', 'checked_in')
        and b.blocked && tstzrange(
          slot.starts_at - make_interval(mins => s.buffer_before_minutes),
          slot.ends_at + make_interval(mins => s.buffer_after_minutes)
        )
        and not (b.status in ('held', 'pending') and b.deadline_at <= now())
    )
    order by slot.starts_at, chosen.id;
end
$$;

-- The next free slot from a time on, within two weeks; what a refusal suggests instead.
create or replace function public.next_free_slot(of_service uuid, of_provider uuid, from_time timestamptz)
returns jsonb
language sql stable set search_path = pg_catalog, public, pg_temp as $$
  select case when isfinite(from_time) then (
    select jsonb_build_object('provider_id', slot.provider_id, 'starts_at', slot.starts_at, 'ends_at', slot.ends_at)
    from free_slots(of_service, from_time::date - 1, from_time::date + 14, of_provider) as slot
    where slot.starts_at >= from_time
    order by slot.starts_at, slot.provider_id limit 1
  ) end
$$;

-- Tells everybody that slots of some days may have changed; of whom it is told nothing.
create or replace function public.tell_of_slots() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if kit.replaying() then
    return null;
  end if;
  insert into slot_changes as c (provider_id, day)
  select distinct on (b.provider_id, day) b.provider_id, day
  from (values (old.provider_id, old.starts_at), (new.provider_id, new.starts_at)) as b (provider_id, starts_at)
  join providers as p on p.id = b.provider_id
  cross join lateral (select timezone(p.timezone, b.starts_at)::date) as days (day)
  order by b.provider_id, day
  on conflict (provider_id, day) do update set version = c.version + 1;
  return null;
end
$$;

create or replace trigger bookings_begin_in_slots after insert on public.bookings
  for each row execute function public.tell_of_slots();
create or replace trigger bookings_change_slots after update on public.bookings
  for each row when ((old.status, old.provider_id, old.blocked) is distinct from (new.status, new.provider_id, new.blocked))
  execute function public.tell_of_slots();

select kit.callable('{open_hours,offered_slots,slot_is_offered,providers_of,next_free_slot,tell_of_slots}');
select kit.callable('{free_slots}', '{anon,authenticated,service_role}');
