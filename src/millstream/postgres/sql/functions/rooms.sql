-- How events get into rooms by hand: as rows, so that they are told when, and only when, their transaction commits.

grant usage on schema rooms to authenticated, service_role;
grant insert (namespace, rooms, event, payload) on rooms.messages to authenticated;
grant select, insert, delete on rooms.messages to service_role;
grant usage on all sequences in schema rooms to authenticated, service_role;

create or replace function rooms.emit(event text, payload jsonb, variadic rooms text[] default '{}') returns void
language sql volatile set search_path = '' as $$
  insert into rooms.messages (event, payload, rooms) values ($1, $2, pg_catalog.to_jsonb($3))
$$;
comment on function rooms.emit(text, jsonb, text[]) is
  'Tells an event to rooms when the transaction commits; to everybody where no room is named.';
revoke execute on function rooms.emit(text, jsonb, text[]) from public;
grant execute on function rooms.emit(text, jsonb, text[]) to authenticated, service_role;
