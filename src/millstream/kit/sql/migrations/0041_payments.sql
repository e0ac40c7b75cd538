-- Payments and refunds, the same for every provider; what was paid for is a row of the application's.

create table kit.payables (
  payable regclass not null,
  settle  text not null,
  constraint payables_pkey primary key (payable)
);
comment on table kit.payables is 'Tables whose rows are paid for, and the function that keeps a row for its payer.';

create table kit.payments (
  id              uuid not null default gen_random_uuid(),
  payable_table   text not null,
  payable_id      text not null,
  organisation_id uuid,
  payer_id        uuid,
  provider        text not null,
  reference       text,
  page            text,
  amount          numeric not null,
  currency        text not null,
  paid            numeric,
  status          text not null default 'created',
  outcome         text,
  created_at      timestamptz not null default now(),
  confirmed_at    timestamptz,
  constraint payments_pkey primary key (id),
  constraint payments_reference_is_of_one_payment unique (provider, reference),
  constraint payments_amount_is_positive check (amount > 0),
  constraint payments_currency_is_a_code check (currency ~ '^[A-Z]{3}$'),
  constraint payments_outcome_is_known check (outcome in ('kept', 'refunded')),
  -- Never both, never neither.
  constraint payments_have_an_outcome_once_confirmed check ((status = 'confirmed') = (outcome is not null)),
  constraint payments_say_what_was_paid check ((status = 'confirmed') = (paid is not null))
);
create index payments_by_payable on kit.payments (payable_table, payable_id);
create index payments_by_payer on kit.payments (payer_id);
create index payments_by_organisation on kit.payments (organisation_id);
create index payments_to_be_started on kit.payments (created_at) where status = 'created';
comment on table kit.payments is 'What somebody pays or paid for a row of the application''s.';
comment on column kit.payments.reference is 'The provider''s own name of the payment.';
comment on column kit.payments.page is 'Where the payer pays, for providers that have such a page.';
comment on column kit.payments.outcome is 'What became of a confirmed payment: kept what it is for, or refunded.';

create table kit.refunds (
  id         uuid not null default gen_random_uuid(),
  payment_id uuid not null,
  amount     numeric not null,
  reason     text not null,
  status     text not null default 'created',
  reference  text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint refunds_pkey primary key (id),
  constraint refunds_payment_fkey foreign key (payment_id) references kit.payments (id),
  constraint refunds_amount_is_positive check (amount > 0)
);
create index refunds_by_payment on kit.refunds (payment_id);
create index refunds_to_be_sent on kit.refunds (created_at) where status = 'created';
create unique index refunds_of_late_payments_are_made_once on kit.refunds (payment_id) where reason = 'late';
comment on table kit.refunds is 'What is paid back of a payment; external for what the provider did by itself.';

create table kit.payment_notices (
  provider    text not null,
  notice_id   text not null,
  payment_id  uuid not null,
  received_at timestamptz not null default now(),
  times       integer not null default 1,
  constraint payment_notices_pkey primary key (provider, notice_id),
  constraint payment_notices_payment_fkey foreign key (payment_id) references kit.payments (id)
);
create index payment_notices_by_payment on kit.payment_notices (payment_id);
comment on table kit.payment_notices is 'What providers said, and how often they repeated it.';

create table kit.payment_events (
  id         bigint generated always as identity,
  at         timestamptz not null default now(),
  payment_id uuid not null,
  refund_id  uuid,
  event      text not null,
  amount     numeric not null,
  actor      text,
  actor_id   uuid,
  request_id text,
  constraint payment_events_pkey primary key (id),
  constraint payment_events_payment_fkey foreign key (payment_id) references kit.payments (id)
);
create index payment_events_by_payment on kit.payment_events (payment_id, id);
comment on table kit.payment_events is 'Each step of each payment and refund, written with it.';

alter table kit.payments enable row level security;
alter table kit.refunds enable row level security;
alter table kit.payment_notices enable row level security;
alter table kit.payment_events enable row level security;
grant select on kit.payments, kit.refunds, kit.payment_events to authenticated, service_role;
grant select on kit.payment_notices to service_role;
