-- The law of tickets, whole and current: the same for operations, REST, the simulator and a console.
--
-- Refusals carry the name of a constraint and an HTTP status in their SQLSTATE (PTxyz, as PostgREST reads it);
-- errors.py maps the names. Locks are taken in one order everywhere: a person's key, then pools (rows of event_tickets)
-- by id, then orders. So nobody waits in a circle, and what a function reads under these locks is true until it commits.

-- By the kit (docs/reference/kit.md) ------------------------------------------------------------------------------------

select kit.versioned('public.events'), kit.versioned('public.event_tickets'), kit.versioned('public.orders');
select kit.pool_counter('public.event_tickets');
select kit.pool_lines('public.order_items', pools => 'public.event_tickets', pool => 'ticket_id');
select kit.holds('public.orders', becomes => '{"held": "expired", "awaiting_payment": "expired"}',
  lines => 'public.order_items', line_of => 'order_id');

select kit.state_machine('public.events', '[
  {"from": null, "to": "draft"},
  {"from": "draft", "to": "published"},
  {"from": ["draft", "published"], "to": "cancelled"},
  {"from": "published", "to": "ended"}
]');
select kit.state_machine('public.orders', '[
  {"from": null, "to": "held"},
  {"from": "held", "to": "awaiting_payment"},
  {"from": "held", "to": "abandoned"},
  {"from": ["held", "awaiting_payment"], "to": "expired"},
  {"from": "awaiting_payment", "to": "paid"},
  {"from": "paid", "to": "completed"},
  {"from": "paid", "to": "partially_refunded"},
  {"from": "partially_refunded", "to": "refunded"},
  {"from": ["held", "awaiting_payment", "paid", "partially_refunded"], "to": "cancelled"}
]');

-- What the tickets of an order take from their pools follows its status.
create or replace function public.follow_order_status() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  update order_items
  set occupies = order_statuses.occupies
  from changed join order_statuses using (status)
  where order_id = changed.id and order_items.occupies <> order_statuses.occupies;
  return null;
end
$$;

create or replace trigger orders_follow_status after update on public.orders
  referencing new table as changed for each statement execute function public.follow_order_status();

-- Parts --------------------------------------------------------------------------------------------------------------

-- Refuses a selection that cannot be held at all, before anything is claimed. The pools are locked by the caller.
create or replace function public.check_selection(ticket_ids uuid[], quantities integer[], person uuid) returns void
language plpgsql stable set search_path = pg_catalog, public, pg_temp as $$
declare
  line record;
begin
  for line in
    select t.id, t.name, t.max_per_person, e.status, count(*) over (partition by t.event_id, t.currency) as together,
      now() >= coalesce(t.sales_start_at, now()) and now() < coalesce(t.sales_end_at, 'infinity') as on_sale,
      wanted.quantity + coalesce((
        select sum(i.quantity) from order_items as i
        where i.ticket_id = t.id and i.owner_id = person and i.occupies <> 'nothing'
      ), 0) as of_person
    from unnest(ticket_ids, quantities) as wanted (ticket_id, quantity)
    left join (event_tickets as t join events as e on e.id = t.event_id and e.status <> 'draft')
      on t.id = wanted.ticket_id
  loop
    if line.id is null then
      raise sqlstate 'PT404' using
        constraint = 'order_items_name_known_tickets', message = 'There is no such ticket.';
    elsif line.together < cardinality(ticket_ids) then
      raise sqlstate 'PT400' using
        constraint = 'order_items_are_of_the_same_event',
        message = 'Tickets of one order belong to one event and one currency.';
    elsif line.status <> 'published' or not line.on_sale then
      raise sqlstate 'PT409' using
        constraint = 'event_tickets_are_on_sale', message = format('%s is not on sale.', line.name),
        detail = jsonb_build_object('ticket_id', line.id, 'event_status', line.status);
    elsif line.of_person > line.max_per_person then
      raise sqlstate 'PT409' using
        constraint = 'event_tickets_limit_each_person',
        message = format('One person can have at most %s of %s.', line.max_per_person, line.name),
        detail = jsonb_build_object('ticket_id', line.id, 'max_per_person', line.max_per_person);
    end if;
  end loop;
end
$$;

-- Tells people with an account what became of their orders, in the portal's bell. Guests have none to look into.
select kit.notification_centre();

create or replace function public.tell_of_order() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  event public.events;
begin
  if exists (select from auth.users as u where u.id = new.owner_id and not u.is_anonymous) then
    select * into event from events where id = new.event_id;
    perform kit.notify(new.owner_id, 'order.' || new.status,
      case new.status when 'paid' then 'Your tickets are paid' else 'Your hold ran out' end,
      format('Order %s: %s', new.number, event.title), '/events/' || event.slug, data => jsonb_build_object('order_id', new.id),
      occasion => format('%s %s', new.id, new.status));
  end if;
  return null;
end
$$;

create or replace trigger orders_tell_their_owner after update of status on public.orders
  for each row when (old.status <> new.status and new.status in ('paid', 'expired')) execute function public.tell_of_order();

-- What people do -----------------------------------------------------------------------------------------------------

-- Holds tickets of one event for the caller; what ran out of the same pools is given back first.
create or replace function public.hold_tickets(ticket_ids uuid[], quantities integer[]) returns public.orders
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
#variable_conflict use_column
declare
  person constant uuid := auth.uid();
  held   public.orders;
begin
  if person is null then
    raise sqlstate 'PT401' using constraint = 'orders_have_an_owner', message = 'Sign in to hold tickets.';
  end if;
  perform kit.expire_due('public.orders', ticket_ids::text[]);
  perform check_selection(ticket_ids, quantities, person);
  loop
    insert into orders (number, event_id, owner_id, hold_expires_at, currency, total)
    select overlay(kit.random_number() placing '-' from 5 for 0), e.id, person, clock_timestamp() + make_interval(mins => e.hold_minutes),
      t.currency, sum(t.price * wanted.quantity)
    from unnest(ticket_ids, quantities) as wanted (ticket_id, quantity)
    join event_tickets as t on t.id = wanted.ticket_id
    join events as e on e.id = t.event_id
    group by e.id, t.currency
    on conflict (number) do nothing
    returning * into held;
    exit when found;
  end loop;
  insert into order_items (order_id, event_id, owner_id, ticket_id, quantity, unit_price)
  select held.id, held.event_id, held.owner_id, t.id, wanted.quantity, t.price
  from unnest(ticket_ids, quantities) as wanted (ticket_id, quantity)
  join event_tickets as t on t.id = wanted.ticket_id;
  return held;
end
$$;

-- Gives the caller's held tickets back. Doing it twice, or after the hold ran out, changes nothing.
create or replace function public.release_hold(order_id uuid) returns public.orders
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
#variable_conflict use_column
declare
  person   constant uuid := auth.uid();
  released public.orders;
begin
  perform kit.lock_pools_of('public.orders', array(
    select id::text from orders where id = release_hold.order_id and owner_id = person
  ));
  update orders set status = 'abandoned'
  where id = release_hold.order_id and owner_id = person and status = 'held';
  select * into released from orders where id = release_hold.order_id and owner_id = person;
  if not found then
    raise sqlstate 'PT404' using constraint = 'orders_are_known', message = 'You have no such order.';
  elsif released.status not in ('abandoned', 'expired') then
    raise sqlstate 'PT409' using
      constraint = 'orders_are_still_held',
      message = format('Order %s is %s, no longer held.', released.number, replace(released.status, '_', ' '));
  end if;
  return released;
end
$$;

-- What the system does -----------------------------------------------------------------------------------------------

-- Confirms that an order is paid, if its hold still stands; a repeated call changes nothing.
create or replace function public.confirm_order(order_id uuid) returns public.orders
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
#variable_conflict use_column
declare
  confirmed public.orders;
begin
  perform kit.lock_pools_of('public.orders', array[confirm_order.order_id::text]);
  update orders set status = 'awaiting_payment'
  where id = confirm_order.order_id and status = 'held' and hold_expires_at > now();
  update orders set status = 'paid'
  where id = confirm_order.order_id and status = 'awaiting_payment' and hold_expires_at > now();
  select * into confirmed from orders where id = confirm_order.order_id;
  if not found then
    raise sqlstate 'PT404' using constraint = 'orders_are_known', message = 'There is no such order.';
  elsif confirmed.status not in ('paid', 'completed') then
    raise sqlstate 'PT409' using
      constraint = 'orders_are_confirmed_in_time',
      message = format('Order %s is no longer held, it cannot be confirmed.', confirmed.number);
  end if;
  return confirmed;
end
$$;

-- Pools whose counts are not what their orders say. Always empty; tests and the nightly check ask.
create or replace function public.ticket_count_drift()
returns table (ticket_id uuid, reserved_count integer, reserved_rows bigint, sold_count integer, sold_rows bigint)
language sql stable set search_path = pg_catalog, public, pg_temp as $$
  select t.id, t.reserved_count, counted.reserved, t.sold_count, counted.sold
  from event_tickets as t
  cross join lateral (
    select coalesce(sum(i.quantity) filter (where s.occupies = 'reserved'), 0) as reserved,
      coalesce(sum(i.quantity) filter (where s.occupies = 'sold'), 0) as sold
    from order_items as i
    join orders as o on o.id = i.order_id
    join order_statuses as s on s.status = o.status
    where i.ticket_id = t.id
  ) as counted
  where (t.reserved_count, t.sold_count) <> (counted.reserved, counted.sold)
$$;

-- Who may call what --------------------------------------------------------------------------------------------------

select kit.callable('{follow_order_status,check_selection,tell_of_order}');
select kit.callable('{hold_tickets,release_hold}', '{authenticated}');
select kit.callable('{confirm_order,ticket_count_drift}', '{service_role}');
