-- What goes on by itself: bookings end, clients are reminded, old traces go.

-- When the client may come; without a grace until the end.
create or replace function public.check_in_window(booking jsonb) returns tstzrange
language sql stable set search_path = pg_catalog, public, pg_temp as $$
  select tstzrange(b.starts_at - interval '1 hour', b.starts_at + make_interval(mins => p.grace_minutes))
  from jsonb_populate_record(null::public.bookings, booking) as b join providers as p on p.id = b.provider_id
$$;

-- Ends what is over: nobody came, or nobody checked out.
create or replace function public.settle_due_bookings() returns integer
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  select kit.settle_visits('public.bookings', 'public.check_in_window')
$$;

-- Takes bookings of the next day that nobody was reminded of, and logs it; the same row tells whoever mails.
create or replace function public.remind_of_bookings(most integer default 100) returns integer
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  with due as (
    update bookings set reminded_at = now()
    where id in (
      select id from bookings
      where status = 'confirmed' and reminded_at is null and client_id is not null
        and starts_at between now() and now() + interval '24 hours' and created_at < starts_at - interval '24 hours'
      order by starts_at limit most for no key update skip locked
    )
    returning id, service_name, provider_name
  ), logged as (
    select kit.log_event('public.bookings', id::text, 'booking.reminder_sent',
      jsonb_build_object('description', format('Reminder: %s with %s', service_name, provider_name))) from due
  )
  select count(*)::integer from logged
$$;

-- Removes what nobody needs any more: old links, views of them, days that are over.
create or replace function public.remove_old_traces() returns integer
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  with links as (
    delete from booking_links as l using bookings as b
    where b.id = l.booking_id and b.ends_at < now() - interval '30 days' returning 1
  ), viewers as (
    delete from booking_viewers as v using bookings as b
    where b.id = v.booking_id and b.ends_at < now() - interval '30 days' returning 1
  ), days as (
    delete from slot_changes where day < now()::date - 2 returning 1
  )
  select sum(gone)::integer from (
    select count(*) from links union all select count(*) from viewers union all select count(*) from days
  ) as removed (gone)
$$;

select kit.callable('{settle_due_bookings,remind_of_bookings,remove_old_traces}', '{service_role}');
select kit.callable('{check_in_window}');
