-- Who may see and write what, whole and current. PostgreSQL enforces it on every path: REST, live rows, operations.
--
--                            anon            authenticated     staff of the organisation          administrator  service_role
--   libraries                read approved   read approved     read; manager, owner: add, change  read           read, write
--   zones, seats             of the same     of the same       read; manager, owner: add, change  read           read, write
--   seats.out_of_order       read            read              say                                read           read, write
--   seat_codes               -               -                 read                               -              read
--   opening_hours,
--   closed_days, prices      of the same     of the same       read; manager, owner: write        read           read, write
--   price_changes            of the same     of the same       read                               read           read
--   bookings                 -               read own          read                               read           read
--   booking_events           -               read own          read                               read           read
--   passes                   -               read own          read                               read           read
--   seat_alerts              -               read own          -                                  -              read
--   reviews                  read            read              read                               read           read
--   announcements            read            read              read; manager, owner: remove       read, remove   read, write
--   platform_administrators  -               read own          -                                  read own       read, write
--
-- "Read approved" is what students may know: not who changed a price, who wrote a review or an announcement. Bookings and
-- all that follows from them are written by the functions in functions/ alone, which run as the owner of the tables, whom
-- policies do not bind (no FORCE): no caller ever is the owner, and what people call asks auth.uid() itself.

select kit.withdraw_rights('{platform_administrators,libraries,zones,seats,seat_codes,opening_hours,closed_days,prices,price_changes,
  passes,bookings,booking_events,seat_alerts,reviews,announcements}');

grant select on public.libraries, public.zones, public.seats, public.opening_hours, public.closed_days, public.prices
  to anon, authenticated;
grant select (id, organisation_id, library_id, zone_id, old, new, created_at) on public.price_changes to anon, authenticated;
grant select (id, organisation_id, library_id, booking_id, student_name, rating, text, answer, answered_at, created_at)
  on public.reviews to anon, authenticated;
grant select (id, organisation_id, library_id, title, body, severity, created_at, ends_at)
  on public.announcements to anon, authenticated;
grant select on public.seat_codes, public.bookings, public.passes, public.seat_alerts, public.platform_administrators
  to authenticated;
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
grant insert, update, delete on public.platform_administrators, public.libraries, public.zones, public.seats,
  public.opening_hours, public.closed_days, public.prices, public.announcements to service_role;

create policy "People see whether they are administrators" on public.platform_administrators for select to authenticated
  using (user_id = auth.uid());

create policy "Everyone sees approved libraries" on public.libraries for select to anon, authenticated
  using (status = 'approved' and deleted_at is null);
create policy "Staff see their libraries" on public.libraries for select to authenticated
  using (public.works_for(organisation_id) and deleted_at is null);
create policy "Administrators see all libraries" on public.libraries for select to authenticated
  using ((select public.is_administrator()));
create policy "Managers add libraries" on public.libraries for insert to authenticated
  with check (public.manages(organisation_id));
create policy "Managers change libraries" on public.libraries for update to authenticated
  using (public.manages(organisation_id) and deleted_at is null);

-- What belongs to a library is seen by whoever sees the library.
create policy "Everyone sees zones of libraries" on public.zones for select to anon, authenticated
  using (library_id in (select id from public.libraries));
create policy "Managers keep zones" on public.zones for all to authenticated
  using (public.manages(organisation_id)) with check (public.manages(organisation_id));
create policy "Everyone sees seats of libraries" on public.seats for select to anon, authenticated
  using (library_id in (select id from public.libraries));
create policy "Managers add seats" on public.seats for insert to authenticated with check (public.manages(organisation_id));
-- Of those who manage nothing a trigger takes the reason of `out_of_order` alone.
create policy "Staff change seats" on public.seats for update to authenticated using (public.works_for(organisation_id));
create policy "Staff see what is posted at seats" on public.seat_codes for select to authenticated
  using (public.works_for(organisation_id));
create policy "Everyone sees opening hours" on public.opening_hours for select to anon, authenticated
  using (library_id in (select id from public.libraries));
create policy "Managers keep opening hours" on public.opening_hours for all to authenticated
  using (public.manages(organisation_id)) with check (public.manages(organisation_id));
create policy "Everyone sees closed days" on public.closed_days for select to anon, authenticated
  using (library_id in (select id from public.libraries));
create policy "Managers keep closed days" on public.closed_days for all to authenticated
  using (public.manages(organisation_id)) with check (public.manages(organisation_id));
create policy "Everyone sees prices" on public.prices for select to anon, authenticated
  using (library_id in (select id from public.libraries));
create policy "Managers keep prices" on public.prices for all to authenticated
  using (public.manages(organisation_id)) with check (public.manages(organisation_id));
create policy "Everyone sees what prices were" on public.price_changes for select to anon, authenticated
  using (library_id in (select id from public.libraries));

create policy "Students see their bookings" on public.bookings for select to authenticated
  using (user_id = auth.uid() and deleted_at is null);
create policy "Staff see bookings of their libraries" on public.bookings for select to authenticated
  using (public.works_for(organisation_id) and deleted_at is null);
create policy "Administrators see all bookings" on public.bookings for select to authenticated
  using ((select public.is_administrator()));
create policy "Students see what happened to their bookings" on public.booking_events for select to authenticated
  using (user_id = auth.uid());
create policy "Staff see what happened in their libraries" on public.booking_events for select to authenticated
  using (public.works_for(organisation_id));
create policy "Administrators see what happened" on public.booking_events for select to authenticated
  using ((select public.is_administrator()));
create policy "Students see their passes" on public.passes for select to authenticated using (user_id = auth.uid());
create policy "Staff see passes of their libraries" on public.passes for select to authenticated
  using (public.works_for(organisation_id));
create policy "Administrators see all passes" on public.passes for select to authenticated
  using ((select public.is_administrator()));
create policy "Students see what they wait for" on public.seat_alerts for select to authenticated
  using (user_id = auth.uid());

create policy "Everyone reads reviews" on public.reviews for select to anon, authenticated
  using (library_id in (select id from public.libraries));
create policy "Everyone reads announcements" on public.announcements for select to anon, authenticated
  using (library_id is null or library_id in (select id from public.libraries));
create policy "Managers remove announcements" on public.announcements for delete to authenticated
  using (public.manages(organisation_id));
create policy "Administrators remove announcements" on public.announcements for delete to authenticated
  using ((select public.is_administrator()));

-- Events of an administrator's own, into any room.
drop policy if exists "Administrators emit events" on rooms.messages;
create policy "Administrators emit events" on rooms.messages for insert to authenticated
  with check ((select public.is_administrator()));
