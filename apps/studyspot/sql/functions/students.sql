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

-- Tells those who wait for what a seat offers now that it is free, the longest waiting first: three, since whoever is told
-- need not come.
create or replace function public.tell_seat_alerts() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  told record;
begin
  if kit.replaying() then
    return null;
  end if;
  for told in
    update seat_alerts as waiting set status = 'told', told_at = now()
    from libraries as l
    where l.id = waiting.library_id and waiting.id in (
      select a.id
      from seat_alerts as a
      join seats as s on s.id = old.seat_id and s.active and s.out_of_order is null and s.attributes @> a.attributes
      where a.library_id = old.library_id and a.status = 'waiting' and a.end_time > now()
        and tstzrange(a.start_time, a.end_time) && old.blocked and a.user_id is distinct from old.user_id
        and not exists (
          select from bookings as b
          where b.seat_id = old.seat_id and b.status in ('held', 'confirmed', 'checked_in')
            and b.blocked && tstzrange(a.start_time, a.end_time)
        )
      order by a.created_at limit 3 for no key update of a skip locked
    )
    returning waiting.*, l.slug
  loop
    perform kit.notify(told.user_id, 'seat.free', 'A seat is free', format('%s, %s · %s', old.library_name, old.seat_label,
        kit.say_range(told.start_time, told.end_time, old.timezone)),
      format('/libraries/%s?seat=%s', told.slug, old.seat_id), told.organisation_id,
      jsonb_build_object('alert_id', told.id, 'library_id', told.library_id, 'seat_id', old.seat_id,
        'start_time', told.start_time, 'end_time', told.end_time), occasion => 'seat alert ' || told.id);
  end loop;
  return null;
end
$$;

create or replace trigger bookings_free_their_seat after update on public.bookings
  for each row when (old.status in ('held', 'confirmed', 'checked_in') and (
    new.status not in ('held', 'confirmed', 'checked_in') or (old.seat_id, old.blocked) is distinct from (new.seat_id, new.blocked)
  )) execute function public.tell_seat_alerts();

select kit.callable('{my_standing,buy_pass,alert_me,cancel_alert}', '{authenticated}');
select kit.callable('{tell_seat_alerts}');
