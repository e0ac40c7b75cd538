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
  elsif not kit.replaying() then
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

-- Delivers a logged event again, for those who manage the webhooks of its organisation.
create or replace function public.deliver_booking_event(event_id uuid) returns boolean
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  select webhooks.manually_trigger_webhook('booking_events', e.id::text)
  from booking_events as e
  where e.id = event_id and (auth.uid() is null or auth.member_of(e.organisation_id, array['owner', 'manager']))
$$;

-- The guide's names of Millstream's log and of what is done with it.
select kit.webhook_names();

select kit.callable('{is_client_of,actor_of_booking,describe_booking_event,trigger_booking_event_webhook}');
select kit.callable('{deliver_booking_event}', '{authenticated,service_role}');
