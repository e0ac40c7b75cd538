-- Sessions that ended lately, for a server that starts: their access tokens may not have expired yet. Beside the log,
-- which tells a server that runs.

create table auth.ended_sessions (
  id uuid not null,
  ended_at timestamptz not null default now(),
  constraint ended_sessions_pkey primary key (id)
);

create index ended_sessions_ended_at_idx on auth.ended_sessions (ended_at);

comment on table auth.ended_sessions is 'Sessions that ended within the last week, which is as long as a token may live.';

alter table auth.ended_sessions enable row level security;

create or replace function auth.tell_of_ended_sessions() returns trigger
language plpgsql as $$
begin
  perform pg_logical_emit_message(true, 'millstream.session', string_agg(numbered.id::text, ','))
  from (select id, (row_number() over () - 1) / 1000 as part from ended) as numbered
  group by numbered.part;
  delete from auth.ended_sessions where ended_at < now() - interval '7 days';
  insert into auth.ended_sessions (id) select id from ended on conflict on constraint ended_sessions_pkey do nothing;
  return null;
end
$$;
