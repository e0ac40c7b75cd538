-- Rooms: what is said in them beside the events that applications declare. A row is an event, told when it is committed.

create schema rooms;
comment on schema rooms is 'What is said in rooms of Socket.IO.';
revoke all on schema rooms from public;

create table rooms.messages (
  id bigint generated always as identity,
  inserted_at timestamptz not null default now(),
  namespace text not null default '/',
  rooms jsonb not null default '[]',
  event text not null,
  payload jsonb,
  constraint messages_pkey primary key (id),
  constraint messages_rooms_are_texts check (
    jsonb_typeof(rooms) = 'array' and not jsonb_path_exists(rooms, '$[*] ? (@.type() != "string")')
  ),
  constraint messages_event_is_free check (
    length(event) between 1 and 200
    and event not in ('connect', 'connect_error', 'disconnect', 'disconnecting', 'newListener', 'removeListener')
  ),
  constraint messages_namespace_is_short check (length(namespace) between 1 and 128)
);
comment on table rooms.messages is 'Events for rooms: announcements, and whatever no other row says. Kept for some days.';
comment on column rooms.messages.rooms is 'Names of rooms as a JSON array; an empty one is everybody of the namespace.';

-- The oldest go first.
create index messages_inserted_at_idx on rooms.messages (inserted_at);

-- Nobody but the service role writes here until the application has a policy that says who may.
alter table rooms.messages enable row level security;

-- The server adds the tables of the events that the application declares.
create publication millstream_rooms;
