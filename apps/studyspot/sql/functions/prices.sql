-- What a seat costs: by the hour, a day's price at most, then the rules of the library (kit.quote_hours), or nothing to
-- whoever has a pass.

create or replace function public.price_terms(of_library uuid, of_zone uuid) returns jsonb
language sql stable set search_path = pg_catalog, public, pg_temp as $$
  select coalesce((
    select jsonb_build_object('id', p.id, 'hourly', p.hourly_price, 'day', p.day_price, 'rules', p.rules)
    from prices as p where p.library_id = of_library and (p.zone_id = of_zone or p.zone_id is null)
    order by p.zone_id nulls last limit 1
  ), '{"id": null, "hourly": 0, "day": null, "rules": []}')
$$;

create or replace function public.price_by(
  terms jsonb, starts timestamptz, ends timestamptz, place_timezone text, place_currency text, covering uuid default null
) returns jsonb
language sql stable set search_path = pg_catalog, public, pg_temp as $$
  select kit.quote_hours(terms, starts, ends, place_timezone, place_currency, case when covering is null then '[]'
    else jsonb_build_array(jsonb_build_object('id', covering, 'kind', 'offer', 'label', 'Month pass', 'factor', 0)) end)
$$;

-- The pass with which a person sits there for nothing on the day of the place at which a booking begins.
create or replace function public.pass_of(person uuid, place public.libraries, at timestamptz) returns uuid
language sql stable set search_path = pg_catalog, public, pg_temp as $$
  select p.id from passes as p
  where p.user_id = person and p.library_id = place.id and p.status = 'active'
    and timezone(place.timezone, at)::date between p.first_day and p.last_day
$$;

-- The price of a seat for a range, for whoever asks.
create or replace function public.quote_seat(of_seat uuid, from_time timestamptz, until_time timestamptz) returns jsonb
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  seat  constant public.seats := kit.known((select s from seats as s
    where s.id = of_seat and public.may_see_library(s.library_id::text)), 'seats_are_known', 'There is no such seat.');
  place constant public.libraries := (select l from libraries as l where l.id = seat.library_id);
begin
  if (until_time > from_time and until_time - from_time <= interval '24 hours') is not true then
    perform kit.refuse(400, 'bookings_are_of_allowed_length', 'Ask for a time that ends within a day.');
  end if;
  return public.price_by(public.price_terms(place.id, seat.zone_id), from_time, until_time, place.timezone, place.currency,
    public.pass_of(auth.uid(), place, from_time));
end
$$;

select kit.callable('{quote_seat}', '{anon,authenticated,service_role}');
select kit.callable('{price_terms,price_by,pass_of}');
