-- Events, what can be bought for them, and who holds or bought it.
--
-- The row of a ticket type is the lock of its pool: whoever changes a count locks that row first, several of them in
-- the order of their ids. Constraint names are part of the contract: errors.py turns each into an answer.

-- What may follow what, for every table with a `status`; no row with a null `from_status` means: may not begin so.
create table public.status_transitions (
  table_name  text not null,
  from_status text,
  to_status   text not null,
  constraint status_transitions_are_said_once unique nulls not distinct (table_name, from_status, to_status)
);

insert into public.status_transitions (table_name, from_status, to_status) values
  ('events', null,                 'draft'),
  ('events', 'draft',              'published'),
  ('events', 'draft',              'cancelled'),
  ('events', 'published',          'cancelled'),
  ('events', 'published',          'ended'),
  ('orders', null,                 'held'),
  ('orders', 'held',               'awaiting_payment'),
  ('orders', 'held',               'abandoned'),
  ('orders', 'held',               'expired'),
  ('orders', 'held',               'cancelled'),
  ('orders', 'awaiting_payment',   'paid'),
  ('orders', 'awaiting_payment',   'expired'),
  ('orders', 'awaiting_payment',   'cancelled'),
  ('orders', 'paid',               'completed'),
  ('orders', 'paid',               'partially_refunded'),
  ('orders', 'paid',               'cancelled'),
  ('orders', 'partially_refunded', 'refunded'),
  ('orders', 'partially_refunded', 'cancelled');

-- What the tickets of an order in each status take from their pool.
create table public.order_statuses (
  status   text primary key,
  occupies text not null constraint order_statuses_occupies_is_known check (occupies in ('reserved', 'sold', 'nothing'))
);

insert into public.order_statuses (status, occupies) values
  ('held',               'reserved'),
  ('awaiting_payment',   'reserved'),
  ('paid',               'sold'),
  ('completed',          'sold'),
  ('partially_refunded', 'sold'),
  ('refunded',           'nothing'),
  ('abandoned',          'nothing'),
  ('expired',            'nothing'),
  ('cancelled',          'nothing');

create table public.events (
  id           uuid primary key default gen_random_uuid(),
  slug         text not null,
  title        text not null,
  description  text not null default '',
  venue        text not null,
  image_url    text,
  starts_at    timestamptz not null,
  ends_at      timestamptz not null,
  timezone     text not null,
  hold_minutes integer not null default 15,
  status       text not null default 'draft',
  created_at   timestamptz not null default now(),
  updated_at   timestamptz not null default now(),
  constraint events_slug_is_unique unique (slug),
  constraint events_slug_is_readable check (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'),
  constraint events_end_after_start check (ends_at > starts_at),
  -- An unknown IANA name makes the expression fail.
  constraint events_timezone_is_known check (timezone(timezone, starts_at) is not null),
  constraint events_hold_is_minutes_to_hours check (hold_minutes between 1 and 240)
);

create table public.event_tickets (
  id              uuid primary key default gen_random_uuid(),
  event_id        uuid not null references public.events (id),
  name            text not null,
  description     text not null default '',
  price           numeric(12, 2) not null,
  currency        text not null,
  capacity        integer not null,
  available_count integer not null default 0,
  reserved_count  integer not null default 0,
  sold_count      integer not null default 0,
  max_per_person  integer not null default 10,
  sales_start_at  timestamptz,
  sales_end_at    timestamptz,
  sort_order      integer not null default 0,
  created_at      timestamptz not null default now(),
  updated_at      timestamptz not null default now(),
  constraint event_tickets_belong_to_their_event unique (id, event_id),
  constraint event_tickets_price_is_not_negative check (price >= 0),
  constraint event_tickets_currency_is_a_code check (currency ~ '^[A-Z]{3}$'),
  constraint event_tickets_counts_are_not_negative check (capacity >= 0 and reserved_count >= 0 and sold_count >= 0),
  constraint event_tickets_never_oversold check (reserved_count + sold_count <= capacity),
  -- An ordinary column: the log of PostgreSQL before 18 does not carry generated ones.
  constraint event_tickets_available_is_the_rest check (available_count = capacity - reserved_count - sold_count),
  constraint event_tickets_max_per_person_is_positive check (max_per_person > 0),
  constraint event_tickets_sales_end_after_start check (sales_end_at > sales_start_at)
);
create index event_tickets_of_event on public.event_tickets (event_id, sort_order);

create table public.orders (
  id              uuid primary key default gen_random_uuid(),
  number          text not null,
  event_id        uuid not null references public.events (id),
  owner_id        uuid not null references auth.users (id),
  status          text not null default 'held' references public.order_statuses (status),
  hold_expires_at timestamptz not null,
  currency        text not null,
  total           numeric(12, 2) not null,
  idempotency_key text,
  created_at      timestamptz not null default now(),
  updated_at      timestamptz not null default now(),
  constraint orders_number_is_unique unique (number),
  constraint orders_belong_to_one_person_and_event unique (id, event_id, owner_id),
  constraint orders_idempotency_key_is_used_once unique (owner_id, idempotency_key),
  constraint orders_currency_is_a_code check (currency ~ '^[A-Z]{3}$'),
  constraint orders_total_is_not_negative check (total >= 0)
);
create index orders_that_may_expire on public.orders (hold_expires_at) where status in ('held', 'awaiting_payment');

-- Lines of an order; after the insert only `occupies` changes, and only by the status of the order.
create table public.order_items (
  order_id   uuid not null,
  event_id   uuid not null,
  owner_id   uuid not null,
  ticket_id  uuid not null,
  quantity   integer not null,
  unit_price numeric(12, 2) not null,
  occupies   text not null default 'reserved',
  primary key (order_id, ticket_id),
  constraint order_items_share_person_and_event foreign key (order_id, event_id, owner_id)
    references public.orders (id, event_id, owner_id),
  constraint order_items_are_of_the_same_event foreign key (ticket_id, event_id)
    references public.event_tickets (id, event_id),
  constraint order_items_quantity_is_sane check (quantity between 1 and 1000),
  constraint order_items_occupies_is_known check (occupies in ('reserved', 'sold', 'nothing'))
);
create index order_items_in_a_pool on public.order_items (ticket_id, owner_id) where occupies <> 'nothing';
create unique index order_items_held_once_per_person on public.order_items (ticket_id, owner_id)
  where occupies = 'reserved';
