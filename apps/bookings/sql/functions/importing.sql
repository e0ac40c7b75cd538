-- Bookings that are known from elsewhere, with their history: demo data, and whoever moves here from another system.
-- The same constraints and transitions hold; nobody is told, and no webhook is sent of what is long over.

create or replace function public.import_bookings(given jsonb) returns integer
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  round    record;
  imported integer;
begin
  perform set_config('bookings.quiet', 'on', true), kit.act_as('client');
  create temporary table imports on commit drop as
    select *
    from jsonb_to_recordset(given) as r (id uuid, service_id uuid, provider_id uuid, client_id uuid, starts_at timestamptz,
      created_at timestamptz, steps text[], reminded boolean, moved boolean, note text)
    where not exists (select from bookings as b where b.id = r.id);
  perform kit.lock_resources('public.bookings', array(select distinct provider_id::text from imports order by 1));
  insert into bookings (id, organisation_id, booking_number, provider_id, service_id, client_id, client_user_id, client_name,
    service_name, provider_name, status, starts_at, ends_at, buffer_before_minutes, buffer_after_minutes, timezone,
    deadline_at, total_price, currency, quote, created_at, reminded_at)
  select i.id, s.organisation_id, 'BK-' || upper(left(md5(i.id::text), 8)), p.id, s.id, c.id, c.user_id, c.name, s.name, p.name, i.steps[1],
    i.starts_at, i.starts_at + make_interval(mins => s.duration_minutes), s.buffer_before_minutes, s.buffer_after_minutes,
    p.timezone, case when i.steps[cardinality(i.steps)] = 'pending' then least(i.starts_at, now() + interval '20 hours')
      else i.created_at + interval '10 minutes' end,
    (quote ->> 'total')::numeric, s.currency, quote, i.created_at, case when i.reminded then i.starts_at - interval '1 day' end
  from imports as i
  join services as s on s.id = i.service_id
  join providers as p on p.id = i.provider_id
  join clients as c on c.id = i.client_id
  cross join lateral kit.quote(
    jsonb_build_object('id', s.id, 'kind', 'base', 'label', s.name, 'amount', s.price, 'per', 'booking') || s.price_rules,
    i.starts_at, i.starts_at + make_interval(mins => s.duration_minutes), p.timezone, s.currency
  ) as quote
  on conflict on constraint bookings_do_not_overlap do nothing;
  get diagnostics imported = row_count;
  for round in
    select place, steps[place] as step, steps[place - 1] as before
    from imports cross join generate_series(2, 6) as place
    where steps[place] is not null group by 1, 2, 3 order by 1, 2, 3
  loop
    perform kit.act_as(case
      when round.step in ('checked_in', 'completed', 'no_show') or round.before = 'pending' then 'staff' else 'client' end);
    update bookings as b set status = round.step
    from imports as i
    where b.id = i.id and i.steps[round.place] = round.step and i.steps[round.place - 1] = round.before and b.status = round.before;
  end loop;
  perform kit.act_as('system');
  perform public.log_booking_event(i.id, event, told, '{}', event = 'booking.note_added')
  from imports as i
  join bookings as b on b.id = i.id
  cross join lateral (values
    ('booking.reminder_sent', case when i.reminded then format('Reminder: %s with %s', b.service_name, b.provider_name) end),
    ('booking.rescheduled', case when i.moved then b.service_name || ' moved at the client''s wish' end),
    ('booking.note_added', i.note)
  ) as past (event, told)
  where told is not null;
  update booking_events as e set created_at = least(now(), case e.event_type
    when 'booking.held' then b.created_at
    when 'booking.requested' then b.created_at + interval '2 minutes'
    when 'booking.confirmed' then b.created_at + case e.old_status when 'pending' then interval '3 hours' else interval '2 minutes' end
    when 'booking.rescheduled' then b.created_at + interval '50 minutes'
    when 'booking.note_added' then b.created_at + interval '65 minutes'
    when 'booking.cancelled' then b.created_at + (greatest(b.starts_at, b.created_at) - b.created_at) * 0.6
    when 'booking.reminder_sent' then b.starts_at - interval '1 day'
    when 'booking.checked_in' then b.starts_at - interval '4 minutes'
    when 'booking.no_show' then b.starts_at + interval '30 minutes'
    when 'booking.completed' then b.ends_at
    else e.created_at end)
  from imports as i join bookings as b on b.id = i.id
  where e.booking_id = b.id;
  perform set_config('bookings.quiet', '', true), kit.act_as(null);
  return imported;
end
$$;

revoke execute on function public.import_bookings(jsonb) from public, anon, authenticated, service_role;
grant execute on function public.import_bookings(jsonb) to service_role;
