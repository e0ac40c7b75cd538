-- The days of realtime.messages: made ahead, dropped when they are old. Called by the server now and then.

create or replace function millstream.prepare_messages(keep interval) returns integer
language plpgsql set search_path = '' as $$
declare
  today date := timezone('utc', now())::date;
  day date;
  partition text;
  changed integer := 0;
begin
  perform pg_advisory_xact_lock(hashtext('millstream.messages'));
  for day in select d::date from generate_series(today - 1, today + 3, interval '1 day') as days (d) loop
    partition := 'messages_' || to_char(day, 'YYYY_MM_DD');
    continue when to_regclass(format('realtime.%I', partition)) is not null;
    -- Attaching locks others out for less than making it as a partition would.
    execute format('create table realtime.%I (like realtime.messages including all)', partition);
    execute format(
      'alter table realtime.messages attach partition realtime.%I for values from (%L) to (%L)', partition, day, day + 1
    );
    changed := changed + 1;
  end loop;
  for partition in
    select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = 'realtime.messages'::regclass and c.relname ~ '^messages_\d{4}_\d{2}_\d{2}$'
      and to_timestamp(right(c.relname, 10), 'YYYY_MM_DD') + interval '1 day' < now() - keep
  loop
    execute format('drop table realtime.%I', partition);
    changed := changed + 1;
  end loop;
  return changed;
end
$$;

comment on function millstream.prepare_messages(interval) is
  'Makes the coming days of realtime.messages and drops those that are older than what is kept.';

select millstream.prepare_messages(interval '72 hours');
