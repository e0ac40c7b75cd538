-- Which tables the log is followed for. With row-level security a DELETE is checked against the old row, so the log
-- must carry it whole: REPLICA IDENTITY FULL.

alter table public.events replica identity full;
alter table public.event_tickets replica identity full;
alter table public.orders replica identity full;
alter table public.order_items replica identity full;

do $$
declare
  followed text;
begin
  foreach followed in array array['events', 'event_tickets', 'orders', 'order_items'] loop
    if not exists (
      select from pg_catalog.pg_publication_tables
      where pubname = 'supabase_realtime' and schemaname = 'public' and tablename = followed
    ) then
      execute format('alter publication supabase_realtime add table public.%I', followed);
    end if;
  end loop;
end
$$;
