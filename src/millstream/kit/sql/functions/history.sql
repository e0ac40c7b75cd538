-- Events that no transition says, and histories that are over: rows known from another system, and those of a demo.

-- A row of a machine's log: the columns that its transitions fill, described as theirs, then what `more` says.
create or replace function kit.log_event(machine regclass, id text, event text, more jsonb default '{}') returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  known  kit.state_machines;
  step   kit.transitions;
  entity jsonb;
begin
  select * into strict known from kit.state_machines m where m.machine = log_event.machine;
  execute format('select to_jsonb(t) from %s t where t.%I = $1::%s', machine, kit.key_of(machine),
    kit.column_type(machine, kit.key_of(machine))) into entity using id;
  if entity is null then
    return false;
  end if;
  step.event := event;
  step.to_status := entity ->> known.status;
  return kit.append_event(known.log, kit.event_entry(known, step, kit.actor_to(known, entity), entity, entity)
    || jsonb_strip_nulls(more), once => true);
end
$$;

create or replace function kit.begin_replay() returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  perform set_config('kit.replaying', 'on', true), set_config('kit.replayed_at', '', true);
end
$$;

create or replace function kit.end_replay() returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  perform set_config('kit.replaying', '', true), set_config('kit.replayed_at', '', true);
end
$$;

create or replace function kit.replaying() returns boolean
language sql stable set search_path = pg_catalog, pg_temp as $$
  select coalesce(current_setting('kit.replaying', true), '') <> ''
$$;

-- The same for rows that are inserted as they stand, whose steps are handed to import_histories. end_replay ends it.
create or replace function kit.begin_import() returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  perform set_config('kit.replaying', 'rows', true);
end
$$;

create or replace function kit.importing() returns boolean
language sql stable set search_path = pg_catalog, pg_temp as $$
  select coalesce(current_setting('kit.replaying', true), '') = 'rows'
$$;

-- When the event of this moment happened: now, or then.
create or replace function kit.time_of_event(row_after jsonb) returns timestamptz
language sql volatile set search_path = pg_catalog, pg_temp as $$
  select coalesce(
    case when kit.replaying() then
      coalesce(nullif(current_setting('kit.replayed_at', true), ''), row_after ->> 'created_at')::timestamptz
    end,
    clock_timestamp()
  )
$$;

-- One step after the other, by the machine's transitions and the table's constraints, each at its time. The first step
-- is the one in which the row was inserted; rows that are not there are passed over.
create or replace function kit.replay(machine regclass, histories jsonb) returns integer
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  change  text;
  step    record;
  changed integer;
  total   integer := 0;
begin
  select format('update %1$s set %2$I = $1 where %3$I = $2::%4$s and %2$I <> $1', m.machine, m.status,
    kit.key_of(m.machine), kit.column_type(m.machine, kit.key_of(m.machine))) into strict change
  from kit.state_machines m where m.machine = replay.machine;
  for step in
    select history ->> 'id' as id, one ->> 'to' as becomes, one ->> 'at' as at
    from jsonb_array_elements(histories) with ordinality as known (history, place)
    cross join jsonb_array_elements(history -> 'steps') with ordinality as taken (one, turn)
    where turn > 1 order by place, turn
  loop
    perform set_config('kit.replayed_at', step.at, true);
    execute change using step.becomes, step.id;
    get diagnostics changed = row_count;
    total := total + changed;
  end loop;
  perform set_config('kit.replayed_at', '', true);
  return total;
end
$$;

comment on function kit.log_event(regclass, text, text, jsonb) is
  'Appends to the log of a state machine what no transition says; false where the log has a row of that key.';
comment on function kit.begin_replay() is
  'Says that what follows happened elsewhere or long ago: each step is by whoever may take it, at its own time.';
comment on function kit.replaying() is 'Whether history is replayed: nobody is told of it, and nothing is sent.';
comment on function kit.replay(regclass, jsonb) is
  'Takes rows through [{"id", "steps": [{"to", "at"}]}]; returns how many steps were taken.';

revoke execute on function
  kit.log_event(regclass, text, text, jsonb), kit.begin_replay(), kit.end_replay(), kit.replaying(), kit.begin_import(), kit.importing(),
  kit.time_of_event(jsonb), kit.replay(regclass, jsonb)
from public;
grant execute on function kit.log_event(regclass, text, text, jsonb) to service_role;
