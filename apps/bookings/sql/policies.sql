-- Who may see and write what, whole and current. PostgreSQL enforces it on every path: REST, live rows, operations.
--
--                        anon          authenticated             staff of the organisation         service_role
--   providers, services  read active   read active               read all; manager, owner: write   read, write
--   provider_services    read          read                      manager, owner: write             read, write
--   working_hours        read          read                      write                             read, write
--   schedule_exceptions  -             -                         read, write                       read, write
--   clients              -             read own                  read; write name, phone, zone     read, write
--   bookings             -             read own, opened by link  read                              read
--   booking_events       -             read own, but internal    read                              read, append
--   booking_viewers      -             read own                  -                                 read
--   slot_changes         read          read                      read                              read
--
-- Bookings and their events are written by the functions in functions/ alone, which run as the owner of the
-- tables, whom policies do not bind (no FORCE): no caller ever is the owner, and what people call asks auth.uid() itself.

select kit.withdraw_rights('{providers,services,provider_services,working_hours,schedule_exceptions,clients,bookings,booking_events,
  booking_links,booking_viewers,slot_changes}');

grant select (id, organisation_id, slug, name, company_name, trade, headline, email, timezone, currency, colour, hold_minutes,
  grace_minutes, active, created_at) on public.providers to anon, authenticated;
grant select on public.services, public.provider_services, public.working_hours, public.slot_changes to anon, authenticated;
grant select on public.schedule_exceptions, public.clients, public.bookings, public.booking_events, public.booking_viewers
  to authenticated;

grant insert (organisation_id, slug, name, company_name, trade, headline, email, timezone, currency, colour, hold_minutes,
    grace_minutes, active),
  update (slug, name, company_name, trade, headline, email, timezone, currency, colour, hold_minutes, grace_minutes, active)
  on public.providers to authenticated;
grant insert, update (name, description, duration_minutes, buffer_before_minutes, buffer_after_minutes, price, price_rules, currency,
    confirmation, request_hours, payment, min_notice_minutes, horizon_days, slot_interval_minutes, free_until_hours,
    late_fee_percent, colour, active, sort_order) on public.services to authenticated;
grant insert, delete on public.provider_services to authenticated;
grant insert, update (weekday, starts, ends, kind), delete on public.working_hours to authenticated;
grant insert, update (first_day, last_day, starts, ends, kind, reason), delete on public.schedule_exceptions to authenticated;
grant insert (organisation_id, name, email, phone, timezone), update (name, phone, timezone) on public.clients to authenticated;

grant select on all tables in schema public to service_role;
grant insert, update on public.providers, public.services, public.clients to service_role;
grant insert, delete on public.provider_services, public.working_hours, public.schedule_exceptions to service_role;

-- Who works for an organisation is asked once a statement (kit.workplaces), and all but what is written in a form that the
-- server decides by itself for each listener, without asking PostgreSQL.
select kit.allow('{providers,services}', 'select', 'anon, authenticated', 'active', 'Everyone sees who serves, and what');
select kit.allow('{provider_services,working_hours,slot_changes}', 'select', 'anon, authenticated', 'true',
  'Everyone sees who offers what, and when');

select kit.allow('{clients,booking_viewers}', 'select', 'authenticated', 'user_id = auth.uid()', 'People see their own');
select kit.allow('{bookings}', 'select', 'authenticated', 'client_user_id = auth.uid()', 'People see what they booked');
select kit.allow('{booking_events}', 'select', 'authenticated',
  'client_user_id = auth.uid() and internal = false', 'People see what happened to their bookings');
select kit.allow('{bookings}', 'select', 'authenticated',
  'exists (select from public.booking_viewers as v where v.booking_id = bookings.id and v.user_id = auth.uid())',
  'People see what they have the link of');
select kit.allow('{booking_events}', 'select', 'authenticated', 'internal = false and exists (
    select from public.booking_viewers as v where v.booking_id = booking_events.booking_id and v.user_id = auth.uid())',
  'People see what happened to what they have the link of');

select kit.allow('{providers,services,bookings,booking_events}', 'select', 'authenticated',
  'organisation_id in (select kit.workplaces())', 'Staff see all');
select kit.allow('{working_hours,schedule_exceptions,clients}', 'all', 'authenticated',
  'organisation_id in (select kit.workplaces())', 'Staff keep hours and clients');

select kit.allow('{providers,services,provider_services}', 'insert', 'authenticated',
  $$auth.member_of(organisation_id, array['owner', 'manager'])$$, 'Managers say who offers what');
select kit.allow('{providers,services}', 'update', 'authenticated',
  $$auth.member_of(organisation_id, array['owner', 'manager'])$$, 'Managers change what is offered');
select kit.allow('{provider_services}', 'delete', 'authenticated',
  $$auth.member_of(organisation_id, array['owner', 'manager'])$$, 'Managers say who does not');
