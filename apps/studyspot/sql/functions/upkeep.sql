-- What goes on by itself: seats of those who do not come are given up, visits end, passes and wishes run out.

-- One seat after the other, in the order of the kit's locks.
create or replace function public.settle_due_bookings(most integer default 500) returns integer
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  due     uuid[] := array(
    select b.id from bookings as b
    where b.status in ('confirmed', 'checked_in') and b.start_time <= now()
      and (b.end_time <= now() or b.status = 'confirmed' and public.release_time(b) <= now())
    order by b.start_time limit most);
  changed integer;
begin
  perform kit.act_as('system');
  perform kit.lock_resources('public.bookings', array(select distinct b.seat_id::text from bookings as b where b.id = any (due)));
  update bookings as b set
    status = case when b.status = 'confirmed' and public.release_time(b) <= now() then 'no_show' else 'completed' end
  where b.id = any (due) and (b.status = 'confirmed' and (public.release_time(b) <= now() or b.end_time <= now())
    or b.status = 'checked_in' and b.end_time <= now());
  get diagnostics changed = row_count;
  perform kit.act_as(null);
  update passes as p set status = 'over'
  from libraries as l
  where l.id = p.library_id and p.status = 'active' and p.last_day < now()::date + 1
    and p.last_day < timezone(l.timezone, now())::date;
  update seat_alerts set status = 'over' where status = 'waiting' and end_time <= now();
  return changed;
end
$$;

select kit.callable('{settle_due_bookings}', '{service_role}');
