-- What a backfill must not send again: rows of which an event told, and rows that it sent already.

alter table webhooks.events add column row_key text;
comment on column webhooks.events.row_key is 'Which row it tells of, by its identity in the log; null where that is not known.';

create table webhooks.backfilled_rows (
  gap_id bigint not null,
  source_schema text not null,
  source_table text not null,
  operation text not null,
  digest text not null,
  constraint backfilled_rows_pkey primary key (gap_id, source_schema, source_table, operation, digest),
  constraint backfilled_rows_gap_fkey foreign key (gap_id) references webhooks.gaps (id) on delete cascade
);
comment on table webhooks.backfilled_rows is 'Rows that a backfill sent, as they were, so that repeating it sends none twice.';
alter table webhooks.backfilled_rows enable row level security;
grant select, insert, delete on webhooks.backfilled_rows to service_role;
