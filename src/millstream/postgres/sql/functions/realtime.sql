-- The topic that a policy on realtime.messages decides about.

create or replace function realtime.topic() returns text
language sql stable as $$
  select nullif(current_setting('realtime.topic', true), '')
$$;

comment on function realtime.topic() is 'The topic that the caller wants to join or to write to.';
