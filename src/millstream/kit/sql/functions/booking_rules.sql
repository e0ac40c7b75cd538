-- What a place asks of a booking: how long and in which steps, how far ahead, within its hours, and how much of one day a
-- person may have. `place` is a row of a table of which kit.booking_rules and kit.opening_hours were said: functions with
-- such a parameter are planned once for each table.

create or replace function kit.booking_rules(places regclass) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  execute format(
    'alter table %s add column if not exists hold_minutes integer not null default 10,
       add column if not exists slot_minutes integer not null default 30,
       add column if not exists min_minutes integer not null default 30,
       add column if not exists max_minutes integer not null default 480,
       add column if not exists daily_minutes integer not null default 480,
       add column if not exists horizon_days integer not null default 14,
       add column if not exists check_in_early_minutes integer not null default 15,
       add column if not exists grace_minutes integer not null default 20', places
  );
  perform kit.add_check(places, kit.table_name(places) || '_rules_are_sane',
    'hold_minutes between 1 and 240 and slot_minutes between 5 and 240 and min_minutes between 5 and 1440
     and max_minutes between min_minutes and 1440 and daily_minutes between 5 and 1440 and horizon_days between 0 and 365
     and check_in_early_minutes between 0 and 240 and grace_minutes between 1 and 240');
  execute format('comment on column %s.daily_minutes is %L', places,
    'How long one person may book on one day, by the clocks of the place.');
  execute format('comment on column %s.grace_minutes is %L', places, 'How long after its start a booking waits for its person.');
end
$$;

-- The hours around a time: of the day before, so that a night that goes on is one range, until some days after.
create or replace function kit.hours_around(place anyelement, at timestamptz, days integer default 1) returns tstzmultirange
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  return public.open_hours(place.id, timezone(place.timezone, at)::date - 1, timezone(place.timezone, at)::date + days);
end
$$;

-- What stays as it was is not asked about again: whoever came already changes the end alone.
create or replace function kit.check_time(
  place anyelement, starts timestamptz, ends timestamptz, was timestamptz default null
) returns void
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  zone    constant text := place.timezone;
  today   constant date := timezone(zone, now())::date;
  minutes numeric;
begin
  if isfinite(starts) and isfinite(ends) then
    minutes := extract(epoch from ends - starts) / 60;
  end if;
  if (minutes between place.min_minutes and place.max_minutes
    and extract(epoch from timezone(zone, ends)) % (place.slot_minutes * 60) = 0
    and (starts = was or extract(epoch from timezone(zone, starts)) % (place.slot_minutes * 60) = 0)) is not true
  then
    perform kit.refuse(400, 'bookings_are_of_allowed_length', format('Bookings are of %s to %s minutes, in steps of %s.',
      place.min_minutes, place.max_minutes, place.slot_minutes), jsonb_build_object('min_minutes', place.min_minutes,
      'max_minutes', place.max_minutes, 'slot_minutes', place.slot_minutes));
  elsif (starts is distinct from was and starts <= now() - make_interval(mins => place.slot_minutes)) or ends <= now()
    or timezone(zone, starts)::date > today + place.horizon_days
  then
    perform kit.refuse(409, 'bookings_are_within_the_horizon',
      format('Bookings are from now on and %s days ahead.', place.horizon_days),
      jsonb_build_object('first', today, 'last', today + place.horizon_days));
  elsif not kit.hours_around(place, starts) @> tstzrange(starts, ends) then
    perform kit.refuse(409, 'bookings_are_in_opening_hours', format('%s is not open then.', place.name), (
      select jsonb_build_object('opens', min(o.opens), 'closes', max(o.closes),
        'reason', public.closed_for(place.id, timezone(zone, starts)::date))
      from public.opening_of(place.id, timezone(zone, starts)::date) as o));
  end if;
end
$$;

-- `others` are what the same person has there besides, at least of the days in question; the person is locked. One plan
-- serves all: to plan anew for each was a tenth of what a booking cost.
create or replace function kit.check_day(place anyelement, starts timestamptz, ends timestamptz, others tstzrange[])
returns void
language plpgsql stable set search_path = pg_catalog, pg_temp set plan_cache_mode = force_generic_plan as $$
declare
  full_day record;
begin
  select day::date as day, sum(extract(epoch from upper(part) - lower(part)) / 60)::integer as minutes into full_day
  from generate_series(date_trunc('day', timezone(place.timezone, starts)), timezone(place.timezone, ends), interval '1 day') as day
  cross join lateral (
    select tstzrange(timezone(place.timezone, day), timezone(place.timezone, day + interval '1 day'))
  ) as whole (hours)
  cross join unnest(others || tstzrange(starts, ends)) as booked (during)
  cross join lateral (select during * hours) as of_day (part)
  where not isempty(tstzrange(starts, ends) * hours) and not isempty(part)
  group by day order by 2 desc limit 1;
  if full_day.minutes > place.daily_minutes then
    perform kit.refuse(409, 'bookings_of_a_day_are_few',
      format('One person books at most %s minutes of a day.', place.daily_minutes),
      jsonb_build_object('day', full_day.day, 'wanted_minutes', full_day.minutes, 'daily_minutes', place.daily_minutes));
  end if;
end
$$;

comment on function kit.booking_rules(regclass) is
  'Adds the columns with what a place asks of bookings, from lengths to the grace. For migrations.';
comment on function kit.hours_around(anyelement, timestamptz, integer) is
  'When a place is open around a time, nights that go on as one range.';
comment on function kit.check_time(anyelement, timestamptz, timestamptz, timestamptz) is
  'Refuses a time that is too short, too long, out of step, too far ahead, or outside the hours of a place.';
comment on function kit.check_day(anyelement, timestamptz, timestamptz, tstzrange[]) is
  'Refuses what would be more of one day than a person may have in a place.';

revoke execute on function
  kit.booking_rules(regclass), kit.hours_around(anyelement, timestamptz, integer),
  kit.check_time(anyelement, timestamptz, timestamptz, timestamptz),
  kit.check_day(anyelement, timestamptz, timestamptz, tstzrange[])
from public;
