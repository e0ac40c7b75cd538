-- Webhooks that come in, remembered once each, and the windows in which the promises of delivery were judged.

create table webhooks.received_events (
  webhook text not null,
  event_id text not null,
  received_at timestamptz not null default now(),
  constraint received_events_pkey primary key (webhook, event_id),
  constraint received_events_id_check check (length(event_id) between 1 and 255)
);
create index received_events_time_idx on webhooks.received_events (received_at);
comment on table webhooks.received_events is
  'Ids of events that inbound webhooks have taken, written with their effect: one that comes again has none.';

create table webhooks.judged_windows (
  ended_at timestamptz not null,
  broken text[] not null,
  constraint judged_windows_pkey primary key (ended_at)
);
comment on table webhooks.judged_windows is
  'Windows in which deliveries were judged, by one process each, and which measures were broken.';

alter table webhooks.received_events enable row level security;
alter table webhooks.judged_windows enable row level security;
grant select, insert, delete on webhooks.received_events, webhooks.judged_windows to service_role;
