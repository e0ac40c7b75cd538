-- Many rows that are known from elsewhere, in one statement, as the owner of their table and telling nobody: what an
-- application's own functions would write one by one. Constraints and triggers hold; what is there already stays.

create or replace function kit.import_rows(target regclass, given jsonb) returns integer
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  columns  text;
  imported integer := 0;
begin
  select string_agg(quote_ident(name), ', ' order by name) into columns from jsonb_object_keys(given -> 0) as name;
  if columns is not null then
    perform kit.begin_replay();
    execute format(
      'insert into %1$s (%2$s) select %2$s from jsonb_populate_recordset(null::%1$s, $1) on conflict (%3$I) do nothing',
      target, columns, kit.key_of(target)
    ) using given;
    get diagnostics imported = row_count;
    perform kit.end_replay();
  end if;
  return imported;
end
$$;

comment on function kit.import_rows(regclass, jsonb) is
  'Inserts rows with the columns of the first one, but those that are there; returns how many. For the server''s own code.';

-- The histories of rows that were inserted as they stand, after begin_import: each step is checked by the transitions,
-- the last one by the row, and all are logged at their times by whoever may take them. A year of bookings takes seconds,
-- where replay takes each step by itself. Rows that are not there are passed over.
create or replace function kit.import_histories(machine regclass, histories jsonb) returns integer
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  known  kit.state_machines;
  rows   text := format('r.%I = s.id::%s', kit.key_of(machine), kit.column_type(machine, kit.key_of(machine)));
  wrong  record;
  said   text[] := '{}';
  more   text := '';
  names  text;
  values text;
  logged integer;
begin
  select * into strict known from kit.state_machines m where m.machine = import_histories.machine;
  create temporary table steps_taken on commit drop as
    select history ->> 'id' as id, one ->> 'to' as becomes, (one ->> 'at')::timestamptz as at,
      lag(one ->> 'to') over of_row as was, lead(one) over of_row is null as is_last
    from jsonb_array_elements(histories) as history
    cross join jsonb_array_elements(history -> 'steps') with ordinality as taken (one, turn)
    window of_row as (partition by history ->> 'id' order by turn);
  analyze steps_taken;
  execute format(
    'select s.was, s.becomes from steps_taken s join %s r on %s where s.is_last and r.%I <> s.becomes
       or not exists (select from kit.transitions t where t.machine = $1
         and t.from_status is not distinct from s.was and t.to_status = s.becomes) limit 1',
    machine, rows, known.status
  ) into wrong using machine;
  if wrong.becomes is not null then
    perform kit.refuse_transition(machine, wrong.was, wrong.becomes);
  end if;
  if known.describe is not null then
    more := format('cross join lateral %s(t.event, null, to_jsonb(r)) as described
      cross join lateral jsonb_populate_record(null::%s, described) as d', known.describe, known.log);
    execute format('select array(select jsonb_object_keys(%s(%L, null, to_jsonb(r)))) from %s r limit 1',
      known.describe, '', machine) into said;
    said := coalesce(said, '{}');
  end if;
  select string_agg(quote_ident(name), ', '), string_agg(source, ', ') into names, values
  from (
    select name, case
      when given = 'event' then 't.event' when given = 'from' then 's.was' when given = 'to' then 's.becomes'
      when given = 'actor' then 'coalesce(t.actors[1], ''system'')' when given = 'at' then 's.at'
      when given = 'new' then 'to_jsonb(r)' when given like 'new.%' then format('r.%I', substr(given, 5)) end as source
    from jsonb_each_text(known.log_columns) as mapped (name, given) where not name = any (said)
    union all
    select name, format('d.%I', name) from unnest(said) as name
  ) as filled where source is not null;
  execute format(
    'insert into %s (%s) select %s from steps_taken s join %s r on %s
       join kit.transitions t on t.machine = $1 and t.event is not null and t.changed is null
         and t.from_status is not distinct from s.was and t.to_status = s.becomes %s order by s.at',
    known.log, names, values, machine, rows, more
  ) using machine;
  get diagnostics logged = row_count;
  drop table steps_taken;
  return logged;
end
$$;

comment on function kit.import_histories(regclass, jsonb) is
  'Checks and logs [{"id", "steps": [{"to", "at"}]}] of rows that were inserted as they stand; returns how many steps.';

revoke execute on function kit.import_rows(regclass, jsonb), kit.import_histories(regclass, jsonb) from public;
grant execute on function kit.import_rows(regclass, jsonb) to service_role;
