-- The log of changes of audited tables, and holds whose lines take from pools.

create table kit.audit_log (
  id              bigint generated always as identity,
  at              timestamptz not null default now(),
  table_name      text not null,
  row_id          text,
  organisation_id uuid,
  operation       text not null,
  actor_id        uuid,
  actor_role      text,
  request_id      text,
  before          jsonb,
  after           jsonb,
  constraint audit_log_pkey primary key (id)
);
create index audit_log_by_row on kit.audit_log (table_name, row_id, id);
create index audit_log_by_organisation on kit.audit_log (organisation_id, id);
comment on table kit.audit_log is 'Who changed what, and how it was before; of an UPDATE only what changed.';
alter table kit.audit_log enable row level security;

alter table kit.hold_tables
  add column lines regclass,
  add column line_of text,
  add constraint hold_tables_want_a_resource_or_lines check (resource is null or lines is null),
  add constraint hold_tables_lines_name_their_hold check ((lines is null) = (line_of is null));
comment on column kit.hold_tables.lines is 'Where holds take from pools: the lines that do.';
