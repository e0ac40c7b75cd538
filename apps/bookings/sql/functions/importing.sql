-- Bookings that are known from elsewhere, with their history: demo data, and whoever moves here from another system.
-- The same constraints and transitions hold; nobody is told, and no webhook is sent of what is long over.
--
-- Each has the columns below, `steps` as kit.replay takes them, and `told`: rows of the log that no step says.

create or replace function public.import_bookings(given jsonb) returns integer
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  fresh    constant jsonb := (
    select coalesce(jsonb_agg(one), '[]') from jsonb_array_elements(given) as one
    where not exists (select from bookings as b where b.id = (one ->> 'id')::uuid)
  );
  imported integer;
begin
  perform kit.begin_replay();
  perform kit.lock_resources('public.bookings', array(
    select distinct one ->> 'provider_id' from jsonb_array_elements(fresh) as one order by 1
  ));
  insert into bookings (id, organisation_id, booking_number, provider_id, service_id, client_id, client_user_id, client_name,
    service_name, provider_name, status, starts_at, ends_at, buffer_before_minutes, buffer_after_minutes, timezone,
    deadline_at, total_price, currency, quote, created_at, reminded_at)
  select i.id, s.organisation_id, 'BK-' || upper(left(md5(i.id::text), 8)), p.id, s.id, c.id, c.user_id, c.name, s.name, p.name,
    i.steps #>> '{0,to}', i.starts_at, i.starts_at + make_interval(mins => s.duration_minutes), s.buffer_before_minutes,
    s.buffer_after_minutes, p.timezone, i.deadline_at, (quote ->> 'total')::numeric, s.currency, quote, i.created_at, i.reminded_at
  from jsonb_to_recordset(fresh) as i (id uuid, service_id uuid, provider_id uuid, client_id uuid, starts_at timestamptz,
    created_at timestamptz, deadline_at timestamptz, reminded_at timestamptz, steps jsonb)
  join services as s on s.id = i.service_id
  join providers as p on p.id = i.provider_id
  join clients as c on c.id = i.client_id
  cross join lateral public.quote_of(s, p.timezone, i.starts_at) as quote
  on conflict on constraint bookings_do_not_overlap do nothing;
  get diagnostics imported = row_count;
  perform kit.replay('public.bookings', fresh);
  perform kit.log_event('public.bookings', one ->> 'id', told ->> 'event_type', told)
  from jsonb_array_elements(fresh) as one cross join jsonb_array_elements(one -> 'told') as told;
  perform kit.end_replay();
  return imported;
end
$$;

select kit.callable('{import_bookings}', '{service_role}');
