-- The law of tickets, whole and current: the same for operations, REST, the simulator and a console.
--
-- Refusals carry the name of a constraint and an HTTP status in their SQLSTATE (PTxyz, as PostgREST reads it);
-- errors.py maps the names. Locks are taken in one order everywhere: a person's key, then pools (rows of event_tickets)
-- by id, then orders. So nobody waits in a circle, and what a function reads under these locks is true until it commits.

-- Triggers -----------------------------------------------------------------------------------------------------------

create or replace function public.touch_updated_at() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  new.updated_at := now();
  return new;
end
$$;

create or replace function public.enforce_transition() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
declare
  before constant text := case tg_op when 'UPDATE' then old.status end;
begin
  if new.status is distinct from before and not exists (
    select from status_transitions
    where table_name = tg_table_name and from_status is not distinct from before and to_status = new.status
  ) then
    raise sqlstate 'PT409' using
      constraint = 'status_transitions_are_followed',
      message = format('%s cannot become %s.', coalesce(initcap(before), 'Nothing'), new.status);
  end if;
  return new;
end
$$;

create or replace function public.keep_available_count() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  new.available_count := new.capacity - new.reserved_count - new.sold_count;
  new.updated_at := now();
  return new;
end
$$;

-- A new line claims from its pool by one guarded update; whoever gets none learns how many are left.
create or replace function public.claim_from_pools() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
declare
  short record;
begin
  with wanted as (
    select ticket_id, sum(quantity)::integer as quantity from added where occupies = 'reserved' group by ticket_id
  ), claimed as (
    update event_tickets
    set reserved_count = reserved_count + wanted.quantity
    from wanted
    where id = wanted.ticket_id and available_count >= wanted.quantity
    returning id
  )
  select id, name, available_count into short
  from event_tickets
  where id in (select ticket_id from wanted) and id not in (select id from claimed)
  order by id limit 1;
  if found then
    raise sqlstate 'PT409' using
      constraint = 'event_tickets_never_oversold',
      message = case short.available_count
        when 0 then format('%s is sold out.', short.name)
        else format('Only %s left of %s.', short.available_count, short.name)
      end,
      detail = jsonb_build_object('ticket_id', short.id, 'available_count', short.available_count);
  end if;
  return null;
end
$$;

-- A line whose status changed moves between the counts: one update a pool, however many orders changed together.
create or replace function public.move_in_pools() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  update event_tickets
  set reserved_count = reserved_count + moved.reserved, sold_count = sold_count + moved.sold
  from (
    select ticket_id,
      coalesce(sum(quantity) filter (where occupies = 'reserved'), 0)::integer as reserved,
      coalesce(sum(quantity) filter (where occupies = 'sold'), 0)::integer as sold
    from (
      select ticket_id, occupies, quantity from added
      union all
      select ticket_id, occupies, -quantity from removed
    ) as lines
    group by ticket_id
  ) as moved
  where id = moved.ticket_id and (moved.reserved <> 0 or moved.sold <> 0);
  return null;
end
$$;

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

create or replace trigger events_touch before update on public.events
  for each row execute function public.touch_updated_at();
create or replace trigger events_enforce_transition before insert or update of status on public.events
  for each row execute function public.enforce_transition();
create or replace trigger event_tickets_keep_available_count before insert or update on public.event_tickets
  for each row execute function public.keep_available_count();
create or replace trigger orders_touch before update on public.orders
  for each row execute function public.touch_updated_at();
create or replace trigger orders_enforce_transition before insert or update of status on public.orders
  for each row execute function public.enforce_transition();
create or replace trigger orders_follow_status after update on public.orders
  referencing new table as changed for each statement execute function public.follow_order_status();
create or replace trigger order_items_claim after insert on public.order_items
  referencing new table as added for each statement execute function public.claim_from_pools();
create or replace trigger order_items_move after update on public.order_items
  referencing old table as removed new table as added for each statement execute function public.move_in_pools();

-- Parts --------------------------------------------------------------------------------------------------------------

create or replace function public.lock_pools(ticket_ids uuid[]) returns void
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  perform from event_tickets where id = any (ticket_ids) order by id for no key update;
end
$$;

create or replace function public.tickets_of_orders(order_ids uuid[]) returns uuid[]
language sql stable set search_path = pg_catalog, public, pg_temp as $$
  select array(select distinct ticket_id from order_items where order_id = any (order_ids))
$$;

-- Locks the pools and gives back what was held in them for too long, so that nobody is refused a place that is free.
create or replace function public.lock_pools_and_expire_due(ticket_ids uuid[]) returns void
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
declare
  due constant uuid[] := array(
    select id from orders
    where status in ('held', 'awaiting_payment') and hold_expires_at <= now()
      and exists (select from order_items where order_id = orders.id and ticket_id = any (ticket_ids))
  );
begin
  perform lock_pools(ticket_ids || tickets_of_orders(due));
  update orders set status = 'expired'
  where id = any (due) and status in ('held', 'awaiting_payment') and hold_expires_at <= now();
end
$$;

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

-- Eight characters of Crockford's alphabet from a UUID's random bytes: short to say, and tells nobody the volume.
create or replace function public.random_order_number() returns text
language sql volatile set search_path = pg_catalog, public, pg_temp as $$
  select overlay(
    string_agg(substr('0123456789ABCDEFGHJKMNPQRSTVWXYZ', get_byte(bytes, place) % 32 + 1, 1), '' order by place)
    placing '-' from 5 for 0
  )
  from uuid_send(gen_random_uuid()) as bytes, unnest('{0, 1, 2, 3, 4, 5, 9, 10}'::integer[]) as place
$$;

-- What people do -----------------------------------------------------------------------------------------------------

-- Holds tickets of one event for the caller; with a key, a repeated call returns the order of the first.
create or replace function public.hold_tickets(
  ticket_ids uuid[], quantities integer[], idempotency_key text default null
) returns public.orders
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
#variable_conflict use_column
declare
  person constant uuid := auth.uid();
  held   public.orders;
begin
  if person is null then
    raise sqlstate 'PT401' using constraint = 'orders_have_an_owner', message = 'Sign in to hold tickets.';
  end if;
  if hold_tickets.idempotency_key is not null then
    perform pg_advisory_xact_lock(hashtextextended(person || ' ' || hold_tickets.idempotency_key, 0));
    held := public.order_made_before(person, hold_tickets.idempotency_key, ticket_ids, quantities);
    if held.id is not null then
      return held;
    end if;
  end if;
  perform lock_pools_and_expire_due(ticket_ids);
  perform check_selection(ticket_ids, quantities, person);
  loop
    insert into orders (number, event_id, owner_id, hold_expires_at, currency, total, idempotency_key)
    select random_order_number(), e.id, person, clock_timestamp() + make_interval(mins => e.hold_minutes),
      t.currency, sum(t.price * wanted.quantity), hold_tickets.idempotency_key
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

create or replace function public.order_made_before(
  person uuid, key text, ticket_ids uuid[], quantities integer[]
) returns public.orders
language plpgsql stable set search_path = pg_catalog, public, pg_temp as $$
declare
  made public.orders;
begin
  select * into made from orders where owner_id = person and idempotency_key = key;
  if found and (select jsonb_object_agg(ticket_id, quantity) from order_items where order_id = made.id)
    <> (select jsonb_object_agg(ticket_id, quantity)
      from unnest(ticket_ids, quantities) as wanted (ticket_id, quantity))
  then
    raise sqlstate 'PT409' using
      constraint = 'orders_idempotency_key_is_used_once',
      message = 'This idempotency key belongs to an order of other tickets.';
  end if;
  return made;
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
  perform lock_pools(tickets_of_orders(array(
    select id from orders where id = release_hold.order_id and owner_id = person
  )));
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
  perform lock_pools(tickets_of_orders(array[confirm_order.order_id]));
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

-- Expires holds that nobody asks about. Waits for nobody: pools in use are skipped, their users expire what is due.
create or replace function public.expire_due_holds(batch integer default 200) returns integer
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  due constant uuid[] := array(
    select id from orders where status in ('held', 'awaiting_payment') and hold_expires_at <= now()
    order by hold_expires_at limit batch
  );
  pools   uuid[];
  expired integer;
begin
  pools := array(
    select id from event_tickets where id = any (tickets_of_orders(due))
    order by id for no key update skip locked
  );
  update orders set status = 'expired'
  where id = any (due) and status in ('held', 'awaiting_payment') and hold_expires_at <= now()
    and tickets_of_orders(array[id]) <@ pools;
  get diagnostics expired = row_count;
  return expired;
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

revoke execute on function
  public.touch_updated_at(), public.enforce_transition(), public.keep_available_count(), public.claim_from_pools(),
  public.move_in_pools(), public.follow_order_status(), public.lock_pools(uuid[]), public.tickets_of_orders(uuid[]),
  public.lock_pools_and_expire_due(uuid[]), public.check_selection(uuid[], integer[], uuid),
  public.random_order_number(), public.order_made_before(uuid, text, uuid[], integer[]),
  public.hold_tickets(uuid[], integer[], text), public.release_hold(uuid), public.confirm_order(uuid),
  public.expire_due_holds(integer), public.ticket_count_drift()
from public, anon, authenticated, service_role;

grant execute on function public.hold_tickets(uuid[], integer[], text), public.release_hold(uuid) to authenticated;
grant execute on function public.confirm_order(uuid), public.expire_due_holds(integer), public.ticket_count_drift()
  to service_role;
