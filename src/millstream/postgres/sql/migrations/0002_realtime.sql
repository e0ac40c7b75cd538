-- What policies on topics are about: a caller may join or write to a topic when a row of it would be visible to him or
-- could be inserted by him. Names and columns are Supabase's; by day, so that old messages are dropped and not deleted.

create table realtime.messages (
  topic text not null,
  extension text not null,
  payload jsonb,
  event text,
  private boolean default false,
  updated_at timestamp not null default now(),
  inserted_at timestamp not null default now(),
  id uuid not null default gen_random_uuid(),
  constraint messages_pkey primary key (id, inserted_at)
) partition by range (inserted_at);

alter table realtime.messages enable row level security;
grant select, insert, update on realtime.messages to anon, authenticated, service_role;

comment on table realtime.messages is 'Policies on this table decide who may read from and write to a private topic.';
