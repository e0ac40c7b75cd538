-- What those do who manage a library, and administrators of the platform.

-- Sets the price of a library, or of one zone of it. Who gives the version that was seen overwrites nobody's change.
create or replace function public.set_price(
  of_library uuid, of_zone uuid, hourly numeric, day numeric default null, month numeric default null,
  known_version integer default null
) returns public.prices
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  place constant public.libraries := public.known_library(of_library);
  was   public.prices;
  made  public.prices;
begin
  perform kit.must(kit.manages(place.organisation_id), 'This is for those who manage the library.');
  select * into was from prices where library_id = place.id and zone_id is not distinct from of_zone for no key update;
  if was.version <> known_version then
    perform kit.refuse(409, 'edits_do_not_collide', 'Somebody else has changed this price meanwhile.',
      jsonb_build_object('version', was.version, 'fields', jsonb_build_object(
        'hourly_price', jsonb_build_object('current', hourly, 'actual', was.hourly_price, 'original', null))));
  end if;
  insert into prices (organisation_id, library_id, zone_id, hourly_price, day_price, month_price)
  values (place.organisation_id, place.id, of_zone, hourly, day, month)
  on conflict (library_id, zone_id) do update
    set hourly_price = excluded.hourly_price, day_price = excluded.day_price, month_price = excluded.month_price
  returning * into made;
  return made;
end
$$;

-- The plan of a zone as an editor has it, all of it or nothing: seats with an id are changed, others are new, and what is
-- not named stays. Labels may change places.
create or replace function public.save_layout(of_zone uuid, seats jsonb) returns setof public.seats
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  room constant public.zones := (select z from zones as z where z.id = of_zone);
begin
  perform kit.must(kit.manages(room.organisation_id), 'This is for those who manage the library.');
  set constraints seats_label_is_unique deferred;
  update seats as s set label = given.label, x = given.x, y = given.y, attributes = given.attributes, active = given.active
  from jsonb_populate_recordset(null::public.seats, save_layout.seats) as given
  where s.id = given.id and s.zone_id = of_zone and (s.label, s.x, s.y, s.attributes, s.active)
    is distinct from (given.label, given.x, given.y, given.attributes, given.active);
  insert into seats (organisation_id, library_id, zone_id, label, x, y, attributes)
  select room.organisation_id, room.library_id, room.id, label, x, y, coalesce(attributes, '{}')
  from jsonb_populate_recordset(null::public.seats, save_layout.seats) where id is null;
  set constraints seats_label_is_unique immediate;
  return query select * from seats as s where s.zone_id = of_zone and s.active order by s.label;
end
$$;

-- Each seat has its code from the beginning. Whoever manages nothing says why a seat is out of order, and no more of it.
create or replace function public.guard_seat() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if tg_op = 'INSERT' then
    insert into seat_codes (seat_id, organisation_id) values (new.id, new.organisation_id);
  elsif auth.uid() is not null and not kit.manages(new.organisation_id)
    and (new.zone_id, new.label, new.x, new.y, new.attributes, new.active)
      is distinct from (old.zone_id, old.label, old.x, old.y, old.attributes, old.active)
  then
    perform kit.must(false, 'Plans are for those who manage the library.');
  end if;
  return null;
end
$$;

create or replace trigger seats_get_their_code after insert on public.seats for each row execute function public.guard_seat();
create or replace trigger seats_keep_their_rules after update on public.seats for each row execute function public.guard_seat();

-- Takes a booking out of everybody's sight, and keeps it in the log.
create or replace function public.remove_booking(of_booking uuid) returns public.bookings
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform kit.must_administer();
  return kit.remove(null::public.bookings, of_booking::text, person => 'user_id',
    ends => '{"held": "cancelled", "confirmed": "cancelled", "checked_in": "completed"}');
end
$$;

-- Notes that a student has paid at the desk, for a booking or for a pass. Nothing is due for a seat that was only held, or
-- given up in time or by others.
create or replace function public.take_payment(of_booking uuid, of_pass uuid default null) returns jsonb
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  made public.bookings;
  paid jsonb;
begin
  if of_pass is not null then
    update passes as p set payment_status = 'paid'
    where p.id = of_pass and p.payment_status = 'at_place' and kit.works_for(p.organisation_id)
    returning to_jsonb(p) into paid;
  else
    made := public.booking_for(of_booking, '{staff}');
    update bookings as b set payment_status = 'paid'
    where b.id = made.id and b.payment_status = 'at_place' and b.total_amount > 0 and (
      b.status in ('confirmed', 'checked_in', 'completed', 'no_show') or b.status = 'cancelled' and exists (
        select from booking_events as e where e.booking_id = b.id and e.event_type = 'booking.cancelled'
          and e.old_status = 'confirmed' and e.actor = 'student' and e.created_at > b.start_time))
    returning to_jsonb(b) into paid;
  end if;
  if paid is null then
    perform kit.refuse(409, 'bookings_are_paid_once', 'There is nothing to pay here.');
  end if;
  return paid;
end
$$;

select kit.callable('{set_price,save_layout,remove_booking,take_payment}', '{authenticated}');
select kit.callable('{guard_seat}');
