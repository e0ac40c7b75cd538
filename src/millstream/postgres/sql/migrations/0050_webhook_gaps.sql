-- Gaps are opened when the slot is found missing or lost, closed when a new one begins, and filled by hand.

alter table webhooks.gaps alter column before_lsn drop not null;
alter table webhooks.gaps
  add column since timestamptz,
  add column until timestamptz,
  add column definitions jsonb not null default '[]',
  add column rows_sent bigint;
create unique index gaps_open_idx on webhooks.gaps (slot) where before_lsn is null;
comment on column webhooks.gaps.before_lsn is 'Where a new slot begins; null while there is none.';
comment on column webhooks.gaps.since is 'When the last change before the gap was captured; null where none ever was.';
comment on column webhooks.gaps.until is 'When the new slot was read first.';
comment on column webhooks.gaps.definitions is
  'The events that were captured from the log then: type, table, operations, key, and the column that says when.';
comment on column webhooks.gaps.rows_sent is 'How many rows a backfill found and handed to the capture.';

alter table webhooks.deliveries drop constraint deliveries_cause_check;
alter table webhooks.deliveries
  add constraint deliveries_cause_check check (cause in ('change', 'manual', 'replay', 'resend', 'test', 'backfill'));
