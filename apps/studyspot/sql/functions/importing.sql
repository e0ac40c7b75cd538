-- Bookings that are known from elsewhere, as they stand, with their steps as rows of the log, at their times. For demo data,
-- and for whoever moves here from another system. Constraints and transitions hold; nobody is told of what is long over.

create or replace function public.import_bookings(given jsonb) returns integer
language plpgsql security definer set search_path = pg_catalog, public, extensions, pg_temp as $$
declare
  imported integer;
begin
  perform kit.begin_import();
  create temporary table imports on commit drop as
    select r.*, s.zone_id, extract(isodow from begins) as weekday, r.end_time - r.start_time as length,
      -- When on a day it began makes a difference where it goes on past midnight.
      case when begins::date <> (begins + (r.end_time - r.start_time))::date then begins::time end as starts
    from jsonb_to_recordset(given) as r (id uuid, seat_id uuid, user_id uuid, name text, status text, start_time timestamptz,
      end_time timestamptz, created_at timestamptz, checked_in_at timestamptz, checked_out_at timestamptz, reason text,
      rating integer, text text, answer text, steps jsonb)
    join seats as s on s.id = r.seat_id
    join libraries as l on l.id = s.library_id
    cross join lateral timezone(l.timezone, r.start_time) as begins
    where not exists (select from bookings as b where b.id = r.id);
  analyze imports;
  -- What is priced alike is priced once.
  create temporary table quotes on commit drop as
    select alike.*, public.price_by(public.price_terms(l.id, zone_id), at, at + length, l.timezone, l.currency) as quote
    from (select zone_id, weekday, starts, length, min(start_time) as at from imports group by 1, 2, 3, 4) as alike
    join zones as z on z.id = alike.zone_id
    join libraries as l on l.id = z.library_id;
  analyze quotes;
  insert into bookings (id, organisation_id, booking_number, library_id, zone_id, seat_id, user_id, student_name, library_name,
    zone_name, seat_label, status, start_time, end_time, timezone, hold_expires_at, total_amount, currency, quote,
    payment_status, entry_code, checked_in_at, checked_in_by, checked_out_at, cancellation_reason, refund_amount, created_at)
  select i.id, s.organisation_id, 'SP-' || upper(left(md5(i.id::text), 8)), l.id, z.id, s.id, i.user_id, i.name, l.name,
    z.name, s.label, i.status, i.start_time, coalesce(i.checked_out_at, i.end_time), l.timezone,
    case i.status when 'held' then now() + interval '8 minutes' end, (q.quote ->> 'total')::numeric, l.currency, q.quote,
    case i.status when 'completed' then 'paid' else 'at_place' end,
    translate(left(md5(i.id::text || 'entry'), 8), '0123456789abcdef', 'ABCDEFGHJKLMNPQR'), i.checked_in_at,
    case when i.checked_in_at is not null then i.user_id end, i.checked_out_at, i.reason,
    case i.status when 'cancelled' then 0 end, i.created_at
  from imports as i
  join seats as s on s.id = i.seat_id
  join zones as z on z.id = s.zone_id
  join libraries as l on l.id = s.library_id
  join quotes as q on (q.zone_id, q.weekday, q.length) = (i.zone_id, i.weekday, i.length) and q.starts is not distinct from i.starts
  on conflict do nothing;
  get diagnostics imported = row_count;
  perform kit.import_histories('public.bookings', (select jsonb_agg(jsonb_build_object('id', id, 'steps', steps)) from imports));
  insert into reviews (id, organisation_id, library_id, booking_id, user_id, student_name, rating, text, answer, answered_at, created_at)
  select md5(b.id::text)::uuid, b.organisation_id, b.library_id, b.id, b.user_id,
    kit.short_name(b.student_name), i.rating, i.text, i.answer,
    case when i.answer is not null then least(now(), b.end_time + interval '2 days') end, least(now(), b.end_time + interval '3 hours')
  from imports as i join bookings as b on b.id = i.id
  where i.rating is not null;
  drop table imports, quotes;
  perform kit.end_replay();
  return imported;
end
$$;

select kit.callable('{import_bookings}', '{service_role}');
