-- The log of what happens to the rows of a table: one shape for all of them, which kit.state_machine fills by itself.

-- `id` is the column that leads to a row. `by` are columns of the table by which the log is read, `also` further ones that
-- it keeps.
create or replace function kit.event_log(
  target regclass, log text, id text, by text[], actors text[], also text[] default '{}'
) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  one        text;
  table_name text;
begin
  if to_regclass(log) is null then
    table_name := split_part(log, '.', 2);
    execute format(
      'create table %1$s (
         id uuid not null default gen_random_uuid() constraint %2$I primary key, %3$I %4$s not null constraint %5$I references %6$s,
         %7$s, event_type text not null, old_status text, new_status text, data jsonb not null default ''{}'',
         actor text not null default ''system'', created_by uuid, created_at timestamptz not null default clock_timestamp(),
         constraint %8$I check (event_type ~ ''^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*$''),
         constraint %9$I check (actor = any (%10$L::text[])))',
      log, table_name || '_pkey', id, kit.column_type(target, kit.key_of(target)), table_name || '_row_fkey', target,
      (select string_agg(format('%I %s%s', kept, kit.column_type(target, kept), case when a.attnotnull then ' not null' end), ', ')
       from unnest(by || also) as kept left join pg_attribute a on a.attrelid = target and a.attname = kept),
      table_name || '_type_is_a_word', table_name || '_actor_is_known', actors
    );
    execute format('alter table %s enable row level security', log);
    execute format('comment on table %s is %L', log,
      format('What happened to %s: appended, never changed; everything else follows from it.', kit.table_name(target)));
  end if;
  foreach one in array by || id loop
    execute format(
      'create index if not exists %I on %s (%I, created_at)', kit.table_name(log::regclass) || '_by_' || one, log, one
    );
  end loop;
  perform kit.append_only(log::regclass);
end
$$;

-- What fills the columns of a log of that shape: the words of a transition, the key of its row, and the columns that the
-- row has as well.
create or replace function kit.columns_of_log(machine regclass, log regclass) returns jsonb
language sql stable set search_path = pg_catalog, pg_temp as $$
  select jsonb_object_agg(a.attname,
    coalesce(words.said ->> a.attname::text, 'new.' || case when leads_there then kit.key_of(machine) else a.attname::text end))
  from pg_attribute a
  cross join (values ('{"event_type": "event", "old_status": "from", "new_status": "to", "actor": "actor",
    "created_by": "actor_id", "created_at": "at"}'::jsonb)) as words (said)
  cross join lateral (select exists (
    select from pg_constraint c
    where c.conrelid = log and c.confrelid = machine and c.contype = 'f' and c.conkey = array[a.attnum]
  )) as reference (leads_there)
  where a.attrelid = log and a.attnum > 0 and not a.attisdropped and a.attname <> 'id' and (
    leads_there or words.said ? a.attname::text
    or exists (select from pg_attribute m where m.attrelid = machine and m.attname = a.attname and not m.attisdropped)
  )
$$;

comment on function kit.event_log(regclass, text, text, text[], text[], text[]) is
  'Makes the log of a state machine, to which is only added. For migrations.';

revoke execute on function
  kit.event_log(regclass, text, text, text[], text[], text[]), kit.columns_of_log(regclass, regclass)
from public;
