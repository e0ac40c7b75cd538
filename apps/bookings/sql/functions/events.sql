-- What happened, written once: the trigger of a booking appends to `booking_events`, the trigger of `booking_events`
-- hands the row to webhooks. So one change is one row and one event, and nothing is captured twice.

-- Whether the caller made the booking or opened its link.
create or replace function public.is_client_of(booking uuid, client_user uuid) returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select client_user = auth.uid()
    or exists (select from booking_viewers as v where v.booking_id = booking and v.user_id = auth.uid())
$$;

-- What the caller is to a booking.
create or replace function public.actor_of_booking(booking jsonb) returns text
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select case
    when auth.uid() is null then 'system'
    when auth.member_of((booking ->> 'organisation_id')::uuid, array['owner', 'manager', 'staff']) then 'staff'
    when public.is_client_of((booking ->> 'id')::uuid, (booking ->> 'client_user_id')::uuid) then 'client'
    else 'guest'
  end
$$;

-- The columns of `booking_events` beyond those that follow from the transition itself.
create or replace function public.describe_booking_event(event text, before jsonb, after jsonb) returns jsonb
language sql stable set search_path = pg_catalog, public, pg_temp as $$
  select jsonb_build_object(
    'provider_user_id', (select p.user_id from providers as p where p.id = (after ->> 'provider_id')::uuid),
    'description', format('%s with %s, %s', after ->> 'service_name', after ->> 'provider_name',
      to_char(timezone(after ->> 'timezone', (after ->> 'starts_at')::timestamptz), 'FMDay FMDD FMMonth YYYY, HH24:MI')),
    'data', jsonb_strip_nulls(jsonb_build_object(
      'booking_number', after -> 'booking_number', 'service_name', after -> 'service_name',
      'starts_at', after -> 'starts_at', 'ends_at', after -> 'ends_at', 'total_price', after -> 'total_price',
      'reason', after -> 'cancellation_reason', 'refund_amount', after -> 'refund_amount',
      'before', case when event = 'booking.rescheduled' then jsonb_build_object(
        'starts_at', before -> 'starts_at', 'ends_at', before -> 'ends_at', 'provider_name', before -> 'provider_name')
      end
    ))
  )
$$;

-- The one function behind the triggers whose names have "webhook" in them.
create or replace function public.trigger_booking_event_webhook() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if tg_table_name = 'bookings' then
    perform kit.follow_transition(tg_relid, to_jsonb(old), to_jsonb(new));
  elsif coalesce(current_setting('bookings.quiet', true), '') <> 'on' then
    insert into webhooks.captured_rows (source_schema, source_table, operation, new_row)
    values (tg_table_schema, tg_table_name, tg_op, to_jsonb(new));
  end if;
  return null;
end
$$;

create or replace trigger booking_events_webhook_trigger after insert on public.booking_events
  for each row execute function public.trigger_booking_event_webhook();
create or replace trigger bookings_begin_trigger after insert on public.bookings
  for each row execute function public.trigger_booking_event_webhook();
create or replace trigger bookings_webhook_trigger after update on public.bookings
  for each row when (old.status is distinct from new.status) execute function public.trigger_booking_event_webhook();
create or replace trigger bookings_move_trigger after update on public.bookings
  for each row when (
    old.status = new.status and (old.starts_at, old.ends_at, old.provider_id) <> (new.starts_at, new.ends_at, new.provider_id)
  ) execute function public.trigger_booking_event_webhook();

-- Appends what no transition says: reminders, notes, events that came from elsewhere.
create or replace function public.log_booking_event(
  of_booking uuid, event text, told text, facts jsonb default '{}', for_staff boolean default false, event_id uuid default null
) returns public.booking_events
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  insert into booking_events (id, organisation_id, booking_id, provider_id, client_id, client_user_id, provider_user_id,
    event_type, description, new_status, data, internal, actor, created_by)
  select coalesce(event_id, gen_random_uuid()), b.organisation_id, b.id, b.provider_id, b.client_id, b.client_user_id,
    p.user_id, event, told, b.status, facts, for_staff, coalesce(nullif(actor_of_booking(to_jsonb(b)), 'guest'), 'client'),
    auth.uid()
  from bookings as b join providers as p on p.id = b.provider_id
  where b.id = of_booking
  on conflict (id) do nothing
  returning *
$$;

-- Delivers a logged event again, for those who manage the webhooks of its organisation.
create or replace function public.deliver_booking_event(event_id uuid) returns boolean
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  select webhooks.manually_trigger_webhook('booking_events', e.id::text)
  from booking_events as e
  where e.id = event_id and (auth.uid() is null or auth.member_of(e.organisation_id, array['owner', 'manager']))
$$;

-- Names of the guide: the same functions and views as Millstream's own, for whoever has the rights to those.
create or replace view public.webhook_logs with (security_invoker = true) as select * from webhooks.webhook_logs;
create or replace view public.webhook_stats with (security_invoker = true) as select * from webhooks.webhook_stats;
create or replace function public.cleanup_webhook_logs(days integer default 30) returns integer
language sql set search_path = '' as 'select webhooks.cleanup_webhook_logs(days)';
create or replace function public.retry_failed_webhooks(max_retries integer default 3) returns integer
language sql set search_path = '' as 'select webhooks.retry_failed_webhooks(max_retries)';
create or replace function public.manually_trigger_webhook(table_name text, row_id text) returns boolean
language sql set search_path = '' as 'select webhooks.manually_trigger_webhook(table_name, row_id)';

revoke execute on function
  public.actor_of_booking(jsonb), public.is_client_of(uuid, uuid), public.describe_booking_event(text, jsonb, jsonb),
  public.trigger_booking_event_webhook(), public.log_booking_event(uuid, text, text, jsonb, boolean, uuid),
  public.deliver_booking_event(uuid),
  public.cleanup_webhook_logs(integer), public.retry_failed_webhooks(integer), public.manually_trigger_webhook(text, text)
from public, anon, authenticated, service_role;
grant execute on function
  public.log_booking_event(uuid, text, text, jsonb, boolean, uuid), public.cleanup_webhook_logs(integer),
  public.retry_failed_webhooks(integer), public.manually_trigger_webhook(text, text)
to service_role;
grant execute on function public.deliver_booking_event(uuid) to authenticated, service_role;
