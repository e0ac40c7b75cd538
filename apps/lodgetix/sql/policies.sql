-- Who may see and write what, whole and current. PostgreSQL enforces it on every path: REST, live rows, operations.
--
--                     anon            authenticated   service_role
--   events            read, no draft  read, no draft  read, write
--   event_tickets     read, no draft  read, no draft  read, write what is described, never a count
--   orders            -               read own        read
--   order_items       -               read own        read
--
-- Counts and orders are written by the functions in functions.sql alone. They run as the owner of the tables, whom
-- policies do not bind (no FORCE): no caller ever is the owner, and what people call asks auth.uid() itself.

revoke all on public.events, public.event_tickets, public.orders, public.order_items,
  public.order_statuses from public, anon, authenticated, service_role;

alter table public.events enable row level security;
alter table public.event_tickets enable row level security;
alter table public.orders enable row level security;
alter table public.order_items enable row level security;
alter table public.order_statuses enable row level security;

grant select on public.events, public.event_tickets to anon, authenticated, service_role;
grant select on public.orders, public.order_items to authenticated, service_role;
grant select on public.order_statuses to service_role;
grant insert, update on public.events to service_role;
grant insert (id, event_id, name, description, price, currency, capacity, max_per_person, sales_start_at, sales_end_at,
              sort_order),
      update (name, description, price, currency, capacity, max_per_person, sales_start_at, sales_end_at, sort_order)
  on public.event_tickets to service_role;

-- A cancelled event stays visible: people who come later must learn of it.
drop policy if exists "Everyone sees events that are no drafts" on public.events;
create policy "Everyone sees events that are no drafts" on public.events
  for select to anon, authenticated using (status <> 'draft');

drop policy if exists "Everyone sees the tickets of events that they see" on public.event_tickets;
create policy "Everyone sees the tickets of events that they see" on public.event_tickets
  for select to anon, authenticated
  using (exists (select from public.events where events.id = event_tickets.event_id and events.status <> 'draft'));

drop policy if exists "People see their own orders" on public.orders;
create policy "People see their own orders" on public.orders
  for select to authenticated using (owner_id = (select auth.uid()));

drop policy if exists "People see the items of their own orders" on public.order_items;
create policy "People see the items of their own orders" on public.order_items
  for select to authenticated using (owner_id = (select auth.uid()));
