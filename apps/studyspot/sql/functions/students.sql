-- What students have besides bookings: passes, wishes for a seat, their word on a visit, and how they stand.

create or replace function public.my_standing() returns jsonb
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select public.standing_of(auth.uid())
$$;

-- A month of a library from a day on, by its clocks; paid at the place.
create or replace function public.buy_pass(of_library uuid, from_day date default null) returns public.passes
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  person constant uuid := kit.caller();
  place  constant public.libraries := public.open_library(of_library);
  today  constant date := timezone(place.timezone, now())::date;
  first  constant date := coalesce(from_day, today);
  month  constant numeric := (select p.month_price from prices as p where p.library_id = place.id and p.zone_id is null);
  made   public.passes;
begin
  if month is null then
    perform kit.refuse(409, 'passes_are_sold', 'This library sells no passes.');
  elsif not first between today and today + 60 then
    perform kit.refuse(409, 'passes_are_sold', 'A pass begins within sixty days from now.',
      jsonb_build_object('first', today, 'last', today + 60));
  end if;
  insert into passes (organisation_id, library_id, user_id, first_day, last_day, price, currency)
  values (place.organisation_id, place.id, person, first, (first + interval '1 month')::date - 1,
    month, place.currency)
  on conflict on constraint passes_are_one_at_a_time do nothing returning * into made;
  if made.id is null then
    perform kit.refuse(409, 'passes_are_one_at_a_time', 'You have a pass for these days.');
  end if;
  return made;
end
$$;

create or replace function public.alert_me(
  of_library uuid, from_time timestamptz, until_time timestamptz, wanted text[] default '{}'
) returns public.seat_alerts
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  person constant uuid := kit.caller();
  place  constant public.libraries := public.open_library(of_library);
  made   public.seat_alerts;
begin
  perform kit.check_time(place, from_time, until_time);
  perform kit.lock_person(person);
  if (select count(*) from seat_alerts where user_id = person and status = 'waiting' and end_time > now()) >= 5 then
    perform kit.refuse(429, 'alerts_are_few', 'You wait for five seats already: cancel one first.');
  end if;
  insert into seat_alerts (organisation_id, library_id, user_id, start_time, end_time, attributes)
  values (place.organisation_id, place.id, person, from_time, until_time, coalesce(wanted, '{}')) returning * into made;
  return made;
end
$$;

create or replace function public.cancel_alert(of_alert uuid) returns public.seat_alerts
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  made public.seat_alerts;
begin
  update seat_alerts set status = case status when 'waiting' then 'cancelled' else status end
  where id = of_alert and user_id = kit.caller() returning * into made;
  if made.id is null then
    perform kit.refuse(404, 'alerts_are_known', 'You wait for no such seat.');
  end if;
  return made;
end
$$;

create or replace function public.tell_of_free_seat(alert public.seat_alerts, was public.bookings) returns void
language sql volatile set search_path = pg_catalog, public, pg_temp as $$
  select kit.notify(alert.user_id, 'seat.free', 'A seat is free', format('%s, %s · %s', was.library_name, was.seat_label,
      kit.say_range(alert.start_time, alert.end_time, was.timezone)),
    format('/libraries/%s?seat=%s', l.slug, was.seat_id), alert.organisation_id,
    jsonb_build_object('alert_id', alert.id, 'library_id', alert.library_id, 'seat_id', was.seat_id,
      'start_time', alert.start_time, 'end_time', alert.end_time), occasion => 'seat alert ' || alert.id)
  from libraries as l where l.id = alert.library_id
$$;

select kit.callable('{my_standing,buy_pass,alert_me,cancel_alert}', '{authenticated}');
select kit.callable('{tell_of_free_seat}');
