-- What those who work there do with bookings and clients, by the law of steps.sql.

create or replace function public.book_for_client(
  of_service uuid, of_provider uuid, at timestamptz, of_client uuid, their_name text, their_email text, their_phone text,
  their_notes text
) returns public.bookings
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  organisation constant uuid := (
    select o.organisation_id from provider_services as o where o.provider_id = of_provider and o.service_id = of_service
  );
  client public.clients;
  made   public.bookings;
begin
  if not coalesce(auth.member_of(organisation, array['owner', 'manager', 'staff']), false) then
    perform kit.refuse(404, 'services_are_offered', 'This provider does not offer that.');
  end if;
  if of_client is null then
    client := public.client_with(organisation, their_name, their_email, their_phone, null);
  else
    select * into client from clients where id = of_client and organisation_id = organisation;
  end if;
  if client.id is null then
    perform kit.refuse(404, 'clients_are_known', 'There is no such client.');
  end if;
  perform kit.expire_due('public.bookings', array[of_provider::text]);
  made := public.claim_slot(of_service, of_provider, at, 'confirmed', client.user_id, client.timezone, client.id);
  if made.id is null then
    perform public.refuse_slot(of_service, of_provider, at);
  end if;
  update bookings set notes = coalesce(their_notes, '') where id = made.id returning * into made;
  return made;
end
$$;

create or replace function public.settle_booking_as_staff(of_booking uuid, wanted text, why text default null)
returns public.bookings
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  made public.bookings := public.booking_for(of_booking, '{staff}');
begin
  -- Cancelling is cancel_booking, which gives money back; a hold is confirmed by who holds it.
  if wanted <> all ('{confirmed,declined,checked_in,completed,no_show}') or made.status = 'held' then
    perform kit.refuse_transition('public.bookings', made.status, wanted);
  elsif made.status = 'pending' and made.deadline_at <= now() then
    perform kit.refuse(409, 'bookings_are_confirmed_in_time', 'The request waited too long and has expired.');
  elsif wanted = 'checked_in' and now() < made.starts_at - interval '1 hour' then
    perform kit.refuse(409, 'bookings_are_checked_in_near_their_time', 'Check-in opens an hour before the start.');
  elsif wanted = 'no_show' and now() < made.starts_at then
    perform kit.refuse(409, 'bookings_are_checked_in_near_their_time', 'The booking has not begun yet.');
  end if;
  -- Who leaves early frees the rest.
  update bookings set status = wanted, cancellation_reason = coalesce(why, cancellation_reason), deadline_at = null,
    ends_at = case when wanted = 'completed' then least(ends_at, greatest(now(), starts_at + interval '1 minute'))
      else ends_at end
  where id = of_booking returning * into made;
  return made;
end
$$;

create or replace function public.add_booking_note(of_booking uuid, note text) returns public.bookings
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  made constant public.bookings := public.booking_for(of_booking, '{staff}');
begin
  perform kit.log_event('public.bookings', of_booking::text, 'booking.note_added',
    jsonb_build_object('description', note, 'data', '{}'::jsonb, 'internal', true));
  return made;
end
$$;

-- Removes who a client is, and keeps what happened. Erased are name, address, telephone, time zone and account, notes and
-- reasons, links and views, mails sent or not, and the answers that are kept for idempotency keys. Not erased is what left:
-- receivers have what webhooks told them, and its events can be sent again until MILLSTREAM_WEBHOOK_KEEP_EVENTS_DAYS are
-- over; nor what was paid by which account, which the books ask for.
create or replace function public.forget_client(of_client uuid) returns boolean
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  update clients set name = 'Removed', email = 'removed-' || id || '@invalid', phone = '', user_id = null, timezone = null,
    forgotten_at = now()
  where id = of_client and auth.member_of(organisation_id, array['owner', 'manager', 'staff']);
  if not found then
    perform kit.refuse(404, 'clients_are_known', 'There is no such client.');
  end if;
  -- Who did it, why, and what staff wrote of it; that it happened stays.
  update booking_events as e set client_user_id = null, data = e.data - 'reason',
    created_by = nullif(e.created_by, e.client_user_id), description = case when e.internal then '' else e.description end
  from bookings as b where b.id = e.booking_id and b.client_id = of_client;
  update bookings set client_name = 'Removed', notes = '', client_user_id = null, client_timezone = null,
    cancellation_reason = null
  where client_id = of_client;
  delete from booking_links as l using bookings as b where b.id = l.booking_id and b.client_id = of_client;
  delete from booking_viewers as v using bookings as b where b.id = v.booking_id and b.client_id = of_client;
  perform kit.forget_mails('client ' || of_client);
  perform kit.forget_answers_about(array(select id from bookings where client_id = of_client) || of_client);
  return true;
end
$$;

comment on function public.forget_client(uuid) is
  'Erases who a client is, everywhere but at receivers of webhooks and in payments; what happened stays, without a name.';

select kit.callable('{book_for_client,settle_booking_as_staff,add_booking_note,forget_client}', '{authenticated}');
