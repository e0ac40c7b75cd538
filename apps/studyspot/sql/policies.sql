-- Who may see and write what, whole and current. PostgreSQL enforces it on every path: REST, live rows, operations.
--
--                            anon            authenticated     staff of the organisation          administrator  service_role
--   libraries                read approved   read approved     read; manager, owner: add, change  read           read, write
--   zones, seats             of the same     of the same       read; manager, owner: add, change  read           read, write
--   seats.out_of_order       read            read              say                                read           read, write
--   seat_codes               -               -                 read                               -              read
--   opening_hours,
--   closed_days, prices      of the same     of the same       read; manager, owner: write        read           read, write
--   price_changes, reviews   of the same     of the same       read                               read           read
--   bookings                 -               read own          read                               read           read
--   booking_events, passes   -               read own          read                               read           read
--   seat_alerts              -               read own          -                                  -              read
--   announcements            read            read              read; manager, owner: remove       read, remove   read, write
--
-- Students do not read who changed a price, who wrote a review or an announcement. Bookings and all that follows from them
-- are written by the functions in functions/ alone, which run as the owner of the tables, whom policies do not bind (no
-- FORCE): no caller ever is the owner, and what people call asks auth.uid() itself.

select kit.withdraw_rights('{libraries,zones,seats,seat_codes,opening_hours,closed_days,prices,price_changes,passes,bookings,
  booking_events,seat_alerts,reviews,announcements}');

grant select on public.libraries, public.zones, public.seats, public.opening_hours, public.closed_days, public.prices
  to anon, authenticated;
grant select (id, organisation_id, library_id, zone_id, old, new, created_at) on public.price_changes to anon, authenticated;
grant select (id, organisation_id, library_id, booking_id, student_name, rating, text, answer, answered_at, created_at)
  on public.reviews to anon, authenticated;
grant select (id, organisation_id, library_id, title, body, severity, created_at, ends_at)
  on public.announcements to anon, authenticated;
grant select on public.seat_codes, public.bookings, public.passes, public.seat_alerts to authenticated;
grant select (id, organisation_id, booking_id, library_id, seat_id, user_id, event_type, old_status, new_status, data, actor,
  created_at) on public.booking_events to authenticated;

grant insert (organisation_id, slug, name, city, address, description, phone, timezone, currency, amenities, colour),
  update (slug, name, city, address, description, phone, timezone, amenities, colour, hold_minutes, slot_minutes, min_minutes,
    max_minutes, daily_minutes, horizon_days, check_in_early_minutes, grace_minutes)
  on public.libraries to authenticated;
grant insert, update (name, floor, quiet, width, height, sort_order), delete on public.zones to authenticated;
grant insert (organisation_id, library_id, zone_id, label, x, y, attributes, active),
  update (zone_id, label, x, y, attributes, active, out_of_order) on public.seats to authenticated;
grant insert, update (weekday, opens, closes), delete on public.opening_hours to authenticated;
grant insert, update (first_day, last_day, reason), delete on public.closed_days to authenticated;
grant insert (organisation_id, library_id, zone_id, hourly_price, day_price, month_price, rules),
  update (hourly_price, day_price, month_price, rules), delete on public.prices to authenticated;
grant delete on public.announcements to authenticated;

grant select on all tables in schema public to service_role;
grant insert, update, delete on public.libraries, public.zones, public.seats, public.opening_hours, public.closed_days,
  public.prices, public.announcements to service_role;

-- Conditions in a form that the server decides by itself for each listener, without asking PostgreSQL.
select kit.allow('{libraries}', 'select', 'anon, authenticated',
  $$status = 'approved' and deleted_at is null$$, 'Everyone sees approved libraries');
select kit.allow('{zones,seats,opening_hours,closed_days,prices,price_changes,reviews}', 'select', 'anon, authenticated',
  'library_id in (select id from public.libraries)', 'Who sees a library sees what belongs to it');
select kit.allow('{announcements}', 'select', 'anon, authenticated',
  'library_id is null or library_id in (select id from public.libraries)', 'Everyone reads announcements');

select kit.allow('{bookings}', 'select', 'authenticated',
  'user_id = auth.uid() and deleted_at is null', 'Students see their bookings');
select kit.allow('{booking_events,passes,seat_alerts}', 'select', 'authenticated',
  'user_id = auth.uid()', 'Students see their own');

-- Of long tables, so that it is asked once a query and not once a row.
select kit.allow('{libraries,bookings}', 'select', 'authenticated',
  'organisation_id in (select kit.workplaces()) and deleted_at is null', 'Staff see their own');
select kit.allow('{seat_codes,booking_events,passes}', 'select', 'authenticated',
  'organisation_id in (select kit.workplaces())', 'Staff see those of their libraries');
-- Of those who manage nothing a trigger takes the reason of `out_of_order` alone.
select kit.allow('{seats}', 'update', 'authenticated',
  $$auth.member_of(organisation_id, array['owner', 'manager', 'staff'])$$, 'Staff change seats');

select kit.allow('{libraries,seats}', 'insert', 'authenticated',
  $$auth.member_of(organisation_id, array['owner', 'manager'])$$, 'Managers add them');
select kit.allow('{libraries}', 'update', 'authenticated',
  $$auth.member_of(organisation_id, array['owner', 'manager']) and deleted_at is null$$, 'Managers describe libraries');
select kit.allow('{zones,opening_hours,closed_days,prices}', 'all', 'authenticated',
  $$auth.member_of(organisation_id, array['owner', 'manager'])$$, 'Managers keep what belongs to libraries');
select kit.allow('{announcements}', 'delete', 'authenticated',
  $$auth.member_of(organisation_id, array['owner', 'manager'])$$, 'Managers take back what they announced');

select kit.allow('{libraries,bookings,booking_events,passes}', 'select', 'authenticated',
  '(select public.is_administrator())', 'Administrators see all');
select kit.allow('{announcements}', 'delete', 'authenticated',
  '(select public.is_administrator())', 'Administrators take back announcements');

-- Events of an administrator's own, into any room.
drop policy if exists "Administrators emit events" on rooms.messages;
create policy "Administrators emit events" on rooms.messages for insert to authenticated
  with check ((select public.is_administrator()));
