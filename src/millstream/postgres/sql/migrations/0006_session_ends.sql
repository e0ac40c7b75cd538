-- The log tells the server which sessions were ended, whoever deleted them and by which statement: their open channels
-- close and their access tokens count no more. A thousand ids a message keep each message small.

create function auth.tell_of_ended_sessions() returns trigger
language plpgsql as $$
begin
  perform pg_logical_emit_message(true, 'millstream.session', string_agg(numbered.id::text, ','))
  from (select id, (row_number() over () - 1) / 1000 as part from ended) as numbered
  group by numbered.part;
  return null;
end
$$;

create trigger tell_of_ended_sessions after delete on auth.sessions
  referencing old table as ended for each statement execute function auth.tell_of_ended_sessions();
