-- What the macros of claims, pools, states and holds remember of an application's tables, and the keys of repeated calls.
-- Written when an application is migrated; read by triggers and functions of the kit, by callers never.

create schema kit;
comment on schema kit is 'What booking-like applications share: claims, pools, states, holds, quotes, payments.';
revoke all on schema kit from public;
grant usage on schema kit to anon, authenticated, service_role;

-- Equality of uuid, text and integer beside && of ranges in one exclusion constraint.
create extension if not exists btree_gist with schema extensions;

create table kit.claim_tables (
  claims          regclass not null,
  constraint_name text not null,
  resource        text not null,
  starts          text not null,
  ends            text not null,
  status          text not null,
  blocking        text[] not null,
  constraint claim_tables_pkey primary key (claims, constraint_name)
);
comment on table kit.claim_tables is 'Tables whose rows claim a resource for a time, and by which constraint.';

create table kit.pool_lines (
  lines    regclass not null,
  pools    regclass not null,
  pool     text not null,
  quantity text not null,
  occupies text not null,
  constraint pool_lines_pkey primary key (lines)
);
comment on table kit.pool_lines is 'Tables whose rows take from pools, and from which.';

create table kit.hold_tables (
  holds    regclass not null,
  expires  text not null,
  status   text not null,
  becomes  jsonb not null,
  resource text,
  constraint hold_tables_pkey primary key (holds)
);
comment on table kit.hold_tables is 'Tables whose rows are held until a deadline, and what they become then.';

create table kit.state_machines (
  machine     regclass not null,
  status      text not null,
  actor       text,
  log         regclass,
  log_columns jsonb not null,
  describe    text,
  constraint state_machines_pkey primary key (machine)
);
comment on table kit.state_machines is 'Tables with a status, who acts on their rows, and how their event log is written.';

create table kit.transitions (
  machine     regclass not null,
  position    integer not null,
  from_status text,
  to_status   text not null,
  actors      text[],
  event       text,
  changed     text[],
  constraint transitions_pkey primary key (machine, position),
  constraint transitions_are_said_once unique nulls not distinct (machine, from_status, to_status, changed),
  constraint transitions_machine_fkey foreign key (machine) references kit.state_machines (machine) on delete cascade,
  constraint transitions_change_columns_only_within_a_status check (changed is null or from_status = to_status)
);
comment on table kit.transitions is 'What may follow what. No from_status: how a row may begin. No actors: anybody.';

create table kit.idempotency_keys (
  operation    text not null,
  caller       text not null,
  key          text not null,
  request_hash bytea not null,
  answer       json not null,
  answered_at  timestamptz not null default now(),
  expires_at   timestamptz not null,
  constraint idempotency_keys_pkey primary key (operation, caller, key)
);
comment on table kit.idempotency_keys is 'Answers of calls that had an Idempotency-Key, kept until expires_at.';
create index idempotency_keys_that_expire on kit.idempotency_keys (expires_at);
