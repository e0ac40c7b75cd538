-- What goes on by itself: seats of those who do not come are given up, visits end, passes and wishes run out.

create or replace function public.settle_due_bookings(most integer default 500) returns integer
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  update passes as p set status = 'over'
  from libraries as l
  where l.id = p.library_id and p.status = 'active' and p.last_day < now()::date + 1
    and p.last_day < timezone(l.timezone, now())::date;
  update seat_alerts set status = 'over' where status = 'waiting' and end_time <= now();
  return kit.settle_visits('public.bookings', 'public.check_in_window', most);
end
$$;

select kit.callable('{settle_due_bookings}', '{service_role}');
