-- The law of bookings: the same for operations, REST, the simulator and a console.
--
-- Refusals carry the name of a constraint and an HTTP status in their SQLSTATE (PTxyz, as PostgREST reads it); errors.py
-- maps the names. Locks are taken in one order everywhere: a person's own, then calendars of providers by id, then rows.
-- All functions run as the owner of the tables and ask auth.uid() themselves. Here is what clients do; what those who
-- work there do stands in serving.sql, what goes on by itself in upkeep.sql.

-- Parts --------------------------------------------------------------------------------------------------------------

-- The booking, locked together with its calendar, if the caller is one of `actors` to it; to all others it is unknown.
-- Staff who booked for themselves are clients, too.
create or replace function public.booking_for(of_booking uuid, actors text[], moved_to uuid default null) returns public.bookings
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
declare
  found_one public.bookings;
begin
  perform kit.caller();
  select * into found_one from bookings where id = of_booking;
  if found_one.id is null or not (public.actor_of_booking(to_jsonb(found_one)) = any (actors)
    or 'client' = any (actors) and public.is_client_of(found_one.id, found_one.client_user_id))
  then
    perform kit.refuse(404, 'bookings_are_known', 'You have no such booking.');
  end if;
  perform kit.lock_resources(
    'public.bookings', array_remove(array[found_one.provider_id::text, moved_to::text], null)
  );
  select * into found_one from bookings where id = of_booking for no key update;
  return found_one;
end
$$;

-- What a service costs at a time, by its price and its further rules.
create or replace function public.quote_of(service public.services, place text, at timestamptz) returns jsonb
language sql stable set search_path = pg_catalog, public, pg_temp as $$
  select kit.quote(
    jsonb_build_object('id', service.id, 'kind', 'base', 'label', service.name, 'amount', service.price, 'per', 'booking')
      || service.price_rules,
    at, at + make_interval(mins => service.duration_minutes), place, service.currency
  )
$$;

-- One row, if nobody else has the time; nothing otherwise. The calendar is locked by the caller.
create or replace function public.claim_slot(
  of_service uuid, of_provider uuid, at timestamptz, begins text, person uuid, visitor_timezone text, of_client uuid default null
) returns public.bookings
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
declare
  made public.bookings;
begin
  insert into bookings (organisation_id, booking_number, provider_id, service_id, client_id, client_user_id, client_name,
    service_name, provider_name, status, starts_at, ends_at, buffer_before_minutes, buffer_after_minutes, timezone,
    client_timezone, deadline_at, total_price, currency, quote)
  select s.organisation_id, kit.random_number('BK'), p.id, s.id, of_client, person, coalesce(c.name, ''),
    s.name, p.name, begins, at, at + make_interval(mins => s.duration_minutes), s.buffer_before_minutes,
    s.buffer_after_minutes, p.timezone, visitor_timezone,
    case begins when 'held' then now() + make_interval(mins => p.hold_minutes) end,
    (quote ->> 'total')::numeric, s.currency, quote
  from services as s
  join providers as p on p.id = of_provider and p.organisation_id = s.organisation_id
  left join clients as c on c.id = of_client
  cross join lateral public.quote_of(s, p.timezone, at) as quote
  where s.id = of_service
  on conflict on constraint bookings_do_not_overlap do nothing
  returning * into made;
  return made;
end
$$;

create or replace function public.refuse_slot(of_service uuid, of_provider uuid, at timestamptz) returns void
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  perform kit.refuse(409, 'bookings_do_not_overlap', 'This time was just taken.',
    jsonb_build_object('next_free', public.next_free_slot(of_service, of_provider, at)));
end
$$;

-- The organisation's client of an address. An account becomes the client's only with that address as its own.
create or replace function public.client_with(
  organisation uuid, their_name text, their_email text, their_phone text, their_timezone text
) returns public.clients
language sql volatile set search_path = pg_catalog, public, pg_temp as $$
  insert into clients as c (organisation_id, user_id, name, email, phone, timezone)
  values (organisation,
    (select u.id from auth.users as u
     where u.id = auth.uid() and lower(u.email) = lower(their_email) and u.email_confirmed_at is not null),
    their_name, lower(their_email), coalesce(their_phone, ''), their_timezone)
  on conflict (organisation_id, lower(email)) do update set user_id = coalesce(c.user_id, excluded.user_id)
  returning *
$$;

-- A new secret link, for those who may act on the booking; its token is told once, and only its hash is kept.
create or replace function public.make_booking_link(of_booking uuid) returns text
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  with made as materialized (
    select b.id, kit.new_secret() as token from bookings as b where b.id = of_booking and actor_of_booking(to_jsonb(b)) <> 'guest'
  ), kept as (
    insert into booking_links (token_hash, booking_id) select kit.secret_hash(token), id from made
  )
  select token from made
$$;

-- What cancelling now would mean: nothing in time, or when staff do it, and else a part of the price.
create or replace function public.terms_of(booking public.bookings, actor text) returns jsonb
language sql stable set search_path = pg_catalog, public, pg_temp as $$
  select kit.cancellation(
    jsonb_build_array(
      jsonb_build_object('id', 'in time', 'minutes_before', s.free_until_hours * 60, 'refund_percent', 100),
      jsonb_build_object('id', 'late', 'minutes_before', 0, 'refund_percent', 100 - s.late_fee_percent)
    ), booking.total_price, booking.currency, booking.starts_at, paid => booking.payment_status = 'paid',
    free => actor = 'staff' or booking.status in ('held', 'pending'))
  from services as s where s.id = booking.service_id
$$;

-- What clients do ----------------------------------------------------------------------------------------------------

create or replace function public.hold_booking(
  of_service uuid, at timestamptz, of_provider uuid default null, visitor_timezone text default null
) returns public.bookings
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  person     constant uuid := kit.caller();
  candidates constant uuid[] := public.providers_of(of_service, of_provider);
  candidate  uuid;
  offered    boolean := false;
  made       public.bookings;
begin
  if cardinality(candidates) = 0 then
    perform kit.refuse(404, 'services_are_offered', 'Nobody offers this service.');
  end if;
  perform pg_advisory_xact_lock(hashtextextended('bookings.holds ' || person, 0));
  perform kit.expire_due('public.bookings', candidates::text[]);
  if (select count(*) from bookings where client_user_id = person and status = 'held' and deadline_at > now()) >= 3
    or (select count(*) from bookings where client_user_id = person and created_at > now() - interval '1 hour') >= 20
  then
    perform kit.refuse(429, 'bookings_of_one_person_are_few',
      'You hold several times already: confirm or release one, or come back in an hour.');
  end if;
  -- "Any provider": whoever has the least to do on that day comes first, and the next where that one is taken.
  for candidate in
    select c.id from unnest(candidates) as c (id)
    left join bookings as b on b.provider_id = c.id and b.starts_at between at - interval '12 hours' and at + interval '12 hours'
      and b.status in ('held', 'pending', 'confirmed', 'checked_in')
    group by c.id order by count(b.id), c.id
  loop
    continue when not public.slot_is_offered(of_service, candidate, at);
    offered := true;
    made := public.claim_slot(of_service, candidate, at, 'held', person, visitor_timezone);
    exit when made.id is not null;
  end loop;
  if not offered then
    perform kit.refuse(409, 'bookings_are_in_offered_slots', 'This service is not offered at that time.',
      jsonb_build_object('next_free', public.next_free_slot(of_service, of_provider, greatest(at, now()))));
  elsif made.id is null then
    perform public.refuse_slot(of_service, of_provider, at);
  end if;
  return made;
end
$$;

create or replace function public.confirm_booking(
  of_booking uuid, their_name text, their_email text, their_phone text, their_notes text, visitor_timezone text
) returns public.bookings
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  held   constant public.bookings := public.booking_for(of_booking, '{client}');
  offer  public.services;
  pays   boolean;
  client public.clients;
  made   public.bookings;
begin
  select * into offer from services where id = held.service_id;
  pays := offer.payment = 'online' and held.total_price > 0;
  if held.status = 'held' and held.deadline_at > now() then
    client := public.client_with(held.organisation_id, their_name, their_email, their_phone, visitor_timezone);
    update bookings set client_id = client.id, client_name = their_name, notes = coalesce(their_notes, ''),
      client_timezone = coalesce(visitor_timezone, client_timezone),
      payment_status = case when pays then 'awaiting' else 'at_place' end,
      status = case when offer.confirmation = 'request' or pays then 'pending' else 'confirmed' end,
      deadline_at = case
        when offer.confirmation = 'request' then least(now() + make_interval(hours => offer.request_hours), starts_at)
        when pays then least(now() + interval '30 minutes', starts_at)
      end
    where id = of_booking returning * into made;
    if pays then
      perform kit.start_payment('public.bookings', made.id::text, 'test', made.total_price, made.currency,
        auth.uid(), made.organisation_id);
    end if;
  end if;
  if made.id is null then
    perform kit.refuse(409, 'bookings_are_confirmed_in_time', 'This time is no longer held for you.',
      jsonb_build_object('status', held.status));
  end if;
  return made;
end
$$;

create or replace function public.open_booking_link(token text) returns public.bookings
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  opened public.bookings;
begin
  select b.* into opened from booking_links as l join bookings as b on b.id = l.booking_id
  where l.token_hash = kit.secret_hash(token);
  if opened.id is null or auth.uid() is null then
    perform kit.refuse(404, 'booking_links_are_known', 'This link is not valid any more.');
  end if;
  insert into booking_viewers (booking_id, user_id) values (opened.id, auth.uid()) on conflict do nothing;
  return opened;
end
$$;

create or replace function public.cancellation_terms(of_booking uuid) returns jsonb
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  select public.terms_of(found_one, public.actor_of_booking(to_jsonb(found_one)))
  from public.booking_for(of_booking, '{client, staff}') as found_one
$$;

create or replace function public.cancel_booking(of_booking uuid, why text default null, only_held boolean default false)
returns public.bookings
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  made  public.bookings := public.booking_for(of_booking, '{client, staff}');
  terms constant jsonb := public.terms_of(made, public.actor_of_booking(to_jsonb(made)));
begin
  -- Cancelled twice is cancelled once: what was paid back then is what the booking says.
  if made.status = 'cancelled' or only_held and made.status = 'expired' then
    return made;
  elsif only_held and made.status <> 'held' then
    perform kit.refuse(409, 'status_transitions_are_followed', 'This booking is not only held: cancel it.');
  end if;
  perform kit.refund_payment(p.id, (terms ->> 'refund')::numeric, 'cancelled')
  from payments as p where p.booking_id = of_booking and p.outcome = 'kept' and (terms ->> 'refund')::numeric > 0;
  update bookings set status = 'cancelled', cancellation_reason = why, refund_amount = (terms ->> 'refund')::numeric,
    payment_status = case when (terms ->> 'refund')::numeric > 0 then 'refunded' else payment_status end
  where id = of_booking returning * into made;
  return made;
end
$$;

-- Clients move to slots that are offered; staff wherever nobody else is.
create or replace function public.reschedule_booking(
  of_booking uuid, at timestamptz, of_provider uuid default null, known_version integer default null
) returns public.bookings
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  made public.bookings := public.booking_for(of_booking, '{client, staff}', of_provider);
  goal constant uuid := coalesce(of_provider, made.provider_id);
begin
  perform kit.must_be_current(made, known_version, '{starts_at,provider_id}');
  if not exists (select from provider_services where provider_id = goal and service_id = made.service_id) then
    perform kit.refuse(404, 'services_are_offered', 'This provider does not offer that.');
  elsif public.actor_of_booking(to_jsonb(made)) = 'client'
    and (made.starts_at <= now() or not public.slot_is_offered(made.service_id, goal, at))
  then
    perform kit.refuse(409, 'bookings_are_in_offered_slots', 'This service is not offered at that time.',
      jsonb_build_object('next_free', public.next_free_slot(made.service_id, goal, greatest(at, now()))));
  end if;
  perform kit.expire_due('public.bookings', array[goal::text]);
  update bookings set starts_at = at, ends_at = at + (ends_at - starts_at), reminded_at = null,
    (provider_id, provider_name, timezone) = (select p.id, p.name, p.timezone from providers as p where p.id = goal)
  where id = of_booking returning * into made;
  return made;
exception when exclusion_violation then
  perform public.refuse_slot(made.service_id, goal, at);
end
$$;

-- Who may call what --------------------------------------------------------------------------------------------------

select kit.callable('{booking_for,quote_of,claim_slot,refuse_slot,client_with,terms_of}');
select kit.callable('{make_booking_link}', '{authenticated,service_role}');
select kit.callable(
  '{hold_booking,confirm_booking,open_booking_link,cancellation_terms,cancel_booking,reschedule_booking}', '{authenticated}'
);
