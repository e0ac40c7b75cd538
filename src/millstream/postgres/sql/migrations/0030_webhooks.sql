-- Webhooks: what happened (events), whom it concerns (endpoints), what is still to be sent (deliveries), every attempt
-- (webhook_logs), what was given up (dead_letters), and figures by the minute (rollups).

create schema webhooks;
comment on schema webhooks is 'Outgoing webhooks: outbox, endpoints, deliveries and the log of all attempts.';
revoke all on schema webhooks from public;
grant usage on schema webhooks to service_role;

-- Where the capture has come to; written in the transaction that writes the events, so that none comes twice.
create table webhooks.captures (
  slot text not null,
  log text not null,
  applied_lsn pg_lsn not null,
  applied_index integer not null,
  applied_at timestamptz not null default now(),
  constraint captures_pkey primary key (slot)
);
comment on table webhooks.captures is 'How far the log was captured, per replication slot.';
comment on column webhooks.captures.log is 'The database and the past of it whose positions these are.';

create table webhooks.endpoints (
  id uuid not null default gen_random_uuid(),
  organisation_id uuid,
  url text not null,
  description text not null default '',
  event_types text[] not null default '{*}',
  filter jsonb not null default '{}',
  preset text not null default 'standard',
  signatures text[] not null default '{standard}',
  ordering text not null default 'key',
  retry jsonb not null default '"standard"',
  when_exhausted text not null default 'park',
  timeout_ms integer not null default 15000,
  max_in_flight integer not null default 10,
  rate_per_second real,
  sealed_headers text,
  state text not null default 'enabled',
  state_reason text,
  state_since timestamptz not null default now(),
  failures integer not null default 0,
  failing_since timestamptz,
  open_until timestamptz,
  alerted_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint endpoints_pkey primary key (id),
  constraint endpoints_url_check check (length(url) between 8 and 2048),
  constraint endpoints_state_check check (state in ('enabled', 'paused', 'disabled')),
  constraint endpoints_ordering_check check (ordering in ('key', 'endpoint', 'none')),
  constraint endpoints_when_exhausted_check check (when_exhausted in ('park', 'block')),
  constraint endpoints_timeout_check check (timeout_ms between 100 and 60000),
  constraint endpoints_in_flight_check check (max_in_flight between 1 and 1000),
  constraint endpoints_rate_check check (rate_per_second is null or rate_per_second > 0)
);
create index endpoints_organisation_idx on webhooks.endpoints (organisation_id);
comment on table webhooks.endpoints is 'Receivers: where events go, which, how signed, how often tried, and how they fare.';
comment on column webhooks.endpoints.ordering is 'What is sent in order: events of one key, all of the endpoint, or none.';
comment on column webhooks.endpoints.when_exhausted is
  'After the last attempt: park the event as a dead letter and go on, or block its key until somebody decides.';
comment on column webhooks.endpoints.sealed_headers is 'Headers of the owner, as JSON, encrypted: they may hold a key.';
comment on column webhooks.endpoints.open_until is 'While set and not over, the circuit is open: only a probe is sent then.';

create table webhooks.secrets (
  id uuid not null default gen_random_uuid(),
  endpoint_id uuid not null,
  kind text not null,
  sealed text not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz,
  constraint secrets_pkey primary key (id),
  constraint secrets_endpoint_fkey foreign key (endpoint_id) references webhooks.endpoints (id) on delete cascade,
  constraint secrets_kind_check check (kind in ('v1', 'v1a'))
);
create index secrets_endpoint_idx on webhooks.secrets (endpoint_id);
comment on table webhooks.secrets is 'What requests are signed with, encrypted; an expiring one overlaps with its successor.';

-- Insert-only; a day goes as a whole.
create table webhooks.events (
  id uuid not null,
  occurred_at timestamptz not null,
  type text not null,
  version text not null default '1',
  organisation_id uuid,
  ordering_key text not null,
  source text not null,
  body text not null,
  captured_at timestamptz not null default clock_timestamp(),
  constraint events_pkey primary key (occurred_at, id)
) partition by range (occurred_at);
create index events_id_idx on webhooks.events (id);
create index events_type_idx on webhooks.events (type, occurred_at);
comment on table webhooks.events is 'What happened, once each: the id follows from the place in the log.';
comment on column webhooks.events.occurred_at is 'When it was committed.';
comment on column webhooks.events.body is 'The JSON that is signed and sent, byte for byte.';

-- One row a key and endpoint: how many were sent in it, and how many are open. Locks those who add and those who settle.
create table webhooks.lanes (
  endpoint_id uuid not null,
  lane bigint not null,
  last_sequence bigint not null,
  open integer not null,
  constraint lanes_pkey primary key (endpoint_id, lane),
  constraint lanes_endpoint_fkey foreign key (endpoint_id) references webhooks.endpoints (id) on delete cascade
) with (fillfactor = 70);
comment on table webhooks.lanes is 'Order: deliveries of one endpoint and ordering key, numbered without a gap.';

-- The due list: narrow, and empty when all is well.
create table webhooks.deliveries (
  id bigint generated always as identity,
  endpoint_id uuid not null,
  event_id uuid not null,
  occurred_at timestamptz not null,
  event_type text not null,
  lane bigint,
  sequence bigint not null default 0,
  state text not null,
  run_at timestamptz not null default now(),
  owner uuid,
  attempts integer not null default 0,
  first_attempt_at timestamptz,
  retries integer not null default 0,
  cause text not null default 'change',
  constraint deliveries_pkey primary key (id),
  constraint deliveries_endpoint_fkey foreign key (endpoint_id) references webhooks.endpoints (id) on delete cascade,
  constraint deliveries_state_check check (state in ('ready', 'waiting', 'blocked')),
  constraint deliveries_cause_check check (cause in ('change', 'manual', 'replay', 'resend', 'test'))
) with (fillfactor = 70);
create index deliveries_due_idx on webhooks.deliveries (endpoint_id, run_at, id) where state = 'ready';
create index deliveries_lane_idx on webhooks.deliveries (endpoint_id, lane, sequence);
create index deliveries_event_idx on webhooks.deliveries (event_id);
comment on table webhooks.deliveries is 'What is still to be sent. A row goes when it was delivered or given up.';
comment on column webhooks.deliveries.state is
  'ready: may be sent at run_at; waiting: an earlier one of its lane is open; blocked: given up, and its lane with it.';
comment on column webhooks.deliveries.run_at is 'When it is tried next; while it is being sent, when its lease ends.';
comment on column webhooks.deliveries.retries is 'How often it was a dead letter and was put back.';
comment on column webhooks.deliveries.owner is 'The claim that may settle it: whoever was late may not.';

create table webhooks.webhook_logs (
  id uuid not null default gen_random_uuid(),
  attempted_at timestamptz not null,
  delivery_id bigint not null,
  endpoint_id uuid not null,
  event_id uuid not null,
  event_occurred_at timestamptz not null,
  event_type text not null,
  attempt integer not null,
  status text not null,
  http_status integer,
  error text,
  error_detail text,
  duration_ms real not null,
  dns_ms real,
  connect_ms real,
  wait_ms real,
  request_headers jsonb not null default '{}',
  response_headers jsonb not null default '{}',
  response_body text,
  worker text not null,
  constraint webhook_logs_pkey primary key (attempted_at, id),
  constraint webhook_logs_status_check check (status in ('delivered', 'retrying', 'failed'))
) partition by range (attempted_at);
create index webhook_logs_event_idx on webhooks.webhook_logs (event_id);
create index webhook_logs_endpoint_idx on webhooks.webhook_logs (endpoint_id, attempted_at);
create index webhook_logs_failed_idx on webhooks.webhook_logs (attempted_at) where status = 'failed';
comment on table webhooks.webhook_logs is 'Every attempt: what was sent where, what came back, how long it took.';
comment on column webhooks.webhook_logs.status is 'delivered; retrying, so it is tried again; failed, so it is not.';

create table webhooks.dead_letters (
  id bigint not null,
  endpoint_id uuid not null,
  event_id uuid not null,
  occurred_at timestamptz not null,
  event_type text not null,
  attempts integer not null,
  retries integer not null default 0,
  reason text not null,
  http_status integer,
  died_at timestamptz not null default now(),
  constraint dead_letters_pkey primary key (id),
  constraint dead_letters_endpoint_fkey foreign key (endpoint_id) references webhooks.endpoints (id) on delete cascade
);
create index dead_letters_endpoint_idx on webhooks.dead_letters (endpoint_id, died_at);
create index dead_letters_event_idx on webhooks.dead_letters (event_id);
comment on table webhooks.dead_letters is 'Deliveries that were given up, kept for a replay. The id is the delivery''s.';

-- Upper bounds of the buckets, in ms: 10, 25, 50, 100, 250, 500, 1000, 2000, 5000, 10000, and all above.
create table webhooks.rollups (
  minute timestamptz not null,
  endpoint_id uuid not null,
  event_type text not null,
  status_class text not null,
  attempts integer not null,
  total_ms double precision not null,
  buckets integer[] not null,
  latency_ms double precision not null default 0,
  first_attempts integer not null default 0,
  constraint rollups_pkey primary key (minute, endpoint_id, event_type, status_class)
);
create index rollups_endpoint_idx on webhooks.rollups (endpoint_id, minute);
comment on table webhooks.rollups is 'Attempts by the minute, so that statistics never read the log of attempts.';
comment on column webhooks.rollups.latency_ms is 'Of first attempts: from commit to attempt, summed.';

-- Rows that a trigger captured in the writer's own transaction; the server makes events of them and deletes them.
create table webhooks.captured_rows (
  id bigint generated always as identity,
  captured_at timestamptz not null default clock_timestamp(),
  source_schema text not null,
  source_table text not null,
  operation text not null,
  old_row jsonb,
  new_row jsonb,
  cause text not null default 'change',
  constraint captured_rows_pkey primary key (id)
);
comment on table webhooks.captured_rows is 'Changes captured by triggers, until they are events.';

create table webhooks.gaps (
  id bigint generated always as identity,
  slot text not null,
  after_lsn pg_lsn not null,
  before_lsn pg_lsn not null,
  noticed_at timestamptz not null default now(),
  filled_at timestamptz,
  constraint gaps_pkey primary key (id)
);
comment on table webhooks.gaps is 'Stretches of the log that PostgreSQL had removed before they were captured.';

create publication millstream_webhooks;

alter table webhooks.captures enable row level security;
alter table webhooks.endpoints enable row level security;
alter table webhooks.secrets enable row level security;
alter table webhooks.events enable row level security;
alter table webhooks.lanes enable row level security;
alter table webhooks.deliveries enable row level security;
alter table webhooks.webhook_logs enable row level security;
alter table webhooks.dead_letters enable row level security;
alter table webhooks.rollups enable row level security;
alter table webhooks.captured_rows enable row level security;
alter table webhooks.gaps enable row level security;

-- The log tells the server of new work and of changed endpoints, so that it need not look all the time.
create function webhooks.tell() returns trigger
language plpgsql set search_path = '' as $$
begin
  perform pg_catalog.pg_logical_emit_message(true, 'millstream.webhooks', tg_argv[0]);
  return null;
end
$$;

create trigger tell_of_endpoints after insert or update of url, event_types, filter, preset, signatures, ordering, retry,
    when_exhausted, timeout_ms, max_in_flight, rate_per_second, sealed_headers, state, organisation_id or delete
  on webhooks.endpoints for each statement execute function webhooks.tell('endpoints');
create trigger tell_of_secrets after insert or update or delete on webhooks.secrets
  for each statement execute function webhooks.tell('endpoints');
create trigger tell_of_captured_rows after insert on webhooks.captured_rows
  for each statement execute function webhooks.tell('captured');
