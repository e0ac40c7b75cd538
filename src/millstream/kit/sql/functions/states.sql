-- States as data: what may follow what, who may do it, and the one row of the event log that each transition writes.
--
-- `state_machine` is a macro; an AFTER trigger on the application's table calls `follow_transition` for each row whose
-- status, or a column that a transition rules, has changed. It runs as the owner: callers need no right to the log.

-- Who acts: what act_as said, or what the caller's role says.
create or replace function kit.actor() returns text
language sql stable set search_path = pg_catalog, pg_temp as $$
  select coalesce(
    nullif(current_setting('kit.actor', true), ''),
    case auth.role() when 'anon' then 'guest' when 'authenticated' then 'customer' else 'system' end
  )
$$;

create or replace function kit.act_as(actor text) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  perform set_config('kit.actor', coalesce(actor, ''), true);
end
$$;

create or replace function kit.request_id() returns text
language sql stable set search_path = pg_catalog, pg_temp as $$
  select coalesce(
    nullif(current_setting('request.id', true), ''),
    nullif(current_setting('request.headers', true), '')::jsonb ->> 'x-request-id'
  )
$$;

comment on function kit.actor() is 'Who acts in this transaction: system, customer or guest, or what act_as said.';
comment on function kit.act_as(text) is 'Says who acts for the rest of the transaction; null ends that.';
comment on function kit.request_id() is 'The id of the request of which this transaction is a part.';

-- The name of a function as SQL writes it; refuses one that is not there with these parameters.
create or replace function kit.function_name(name text, parameters text) returns text
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  -- PostgreSQL 15 refuses a signature without a name, where later ones find nothing.
  if name is null then
    return null;
  end if;
  if to_regprocedure(format('%s(%s)', name, parameters)) is null then
    raise undefined_function using message = format('There is no function %s(%s).', name, parameters);
  end if;
  return to_regprocedure(format('%s(%s)', name, parameters))::oid::regproc::text;
end
$$;

create or replace function kit.text_array(value jsonb) returns text[]
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select case jsonb_typeof(value)
    when 'array' then array(select jsonb_array_elements_text(value))
    when 'string' then array[value #>> '{}']
  end
$$;

create or replace function kit.state_machine(
  machine regclass, transitions jsonb, status text default 'status', actor text default null,
  log regclass default null, log_columns jsonb default '{}', describe text default null, triggers boolean default true
) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  insert into kit.state_machines values (
    machine, status, kit.function_name(actor, 'jsonb'), log,
    case when log_columns = '{}' and log is not null then kit.columns_of_log(machine, log) else log_columns end,
    kit.function_name(describe, 'text, jsonb, jsonb')
  ) on conflict on constraint state_machines_pkey do update set
    status = excluded.status, actor = excluded.actor, log = excluded.log, log_columns = excluded.log_columns,
    describe = excluded.describe;
  delete from kit.transitions t where t.machine = state_machine.machine;
  insert into kit.transitions (machine, position, from_status, to_status, actors, event, changed)
  select state_machine.machine, row_number() over (order by given.position, begun.position), begun.status,
    given.said ->> 'to', kit.text_array(given.said -> 'by'), given.said ->> 'event',
    kit.text_array(given.said -> 'changed')
  from jsonb_array_elements(transitions) with ordinality as given (said, position)
  cross join unnest(coalesce(kit.text_array(given.said -> 'from'), array[null::text]))
    with ordinality as begun (status, position);
  perform kit.column_type(machine, column_name)
  from (select status union select unnest(t.changed) from kit.transitions t where t.machine = state_machine.machine)
    as ruled (column_name);
  if triggers then
    perform kit.add_state_triggers(machine, status);
  end if;
end
$$;

comment on function kit.state_machine(regclass, jsonb, text, text, regclass, jsonb, text, boolean) is
  'Lets the status of a table change in the given ways alone, each of them a row of the event log. For migrations.';

-- The trigger looks at rows in which something changed that a transition rules, and at no others.
create or replace function kit.add_state_triggers(target regclass, status text) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  table_name text := kit.table_name(target);
  condition text;
begin
  select string_agg(format('old.%1$I is distinct from new.%1$I', column_name), ' or ' order by column_name)
  into condition
  from (select status union select unnest(changed) from kit.transitions where machine = target) as ruled (column_name);
  execute format(
    'create or replace trigger %I after insert on %s for each row execute function kit.follow_transitions()',
    table_name || '_enter_state', target
  );
  execute format(
    'create or replace trigger %I after update on %s for each row when (%s) execute function kit.follow_transitions()',
    table_name || '_change_state', target, condition
  );
end
$$;

create or replace function kit.follow_transitions() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform kit.follow_transition(tg_relid, case tg_op when 'UPDATE' then to_jsonb(old) end, to_jsonb(new));
  return null;
end
$$;

create or replace function kit.follow_transition(target regclass, before jsonb, after jsonb) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  machine kit.state_machines;
  step    kit.transitions;
  was     text;
  becomes text;
  who     text;
begin
  -- A row that is imported as it stands has its history checked and logged by import_histories.
  if before is null and kit.importing() then
    return;
  end if;
  select * into machine from kit.state_machines m where m.machine = target;
  was := before ->> machine.status;
  becomes := after ->> machine.status;
  select * into step from kit.transitions t
  where t.machine = target and t.from_status is not distinct from was and t.to_status = becomes
    and (t.changed is null or exists (select from unnest(t.changed) as c where before -> c is distinct from after -> c))
  order by t.position limit 1;
  if not found then
    if was is distinct from becomes or kit.changes_what_is_ruled(target, before, after) then
      perform kit.refuse_transition(target, was, becomes);
    end if;
    return;
  end if;
  if step.actors is null and machine.log is null then
    return;
  end if;
  who := coalesce(case when kit.replaying() then step.actors[1] end, kit.actor_to(machine, after));
  if not who = any (step.actors) then
    raise sqlstate 'PT403' using
      constraint = 'status_transitions_are_allowed',
      message = 'This is not for you to do.',
      detail = jsonb_build_object('from', was, 'to', becomes, 'actor', who);
  end if;
  if machine.log is not null and step.event is not null then
    perform kit.append_event(machine.log, kit.event_entry(machine, step, who, before, after));
  end if;
end
$$;

comment on function kit.follow_transition(regclass, jsonb, jsonb) is
  'Checks one row''s transition and writes its event. For AFTER triggers with names of an application''s own.';

create or replace function kit.changes_what_is_ruled(target regclass, before jsonb, after jsonb) returns boolean
language sql stable set search_path = pg_catalog, pg_temp as $$
  select exists (
    select from kit.transitions t, unnest(t.changed) as c
    where t.machine = target and before -> c is distinct from after -> c
  )
$$;

create or replace function kit.refuse_transition(target regclass, was text, becomes text) returns void
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  raise sqlstate 'PT409' using
    constraint = 'status_transitions_are_followed',
    message = case when was = becomes then format('What is %s cannot be changed in this way.', replace(was, '_', ' '))
      else format(
        '%s cannot become %s.', coalesce(initcap(replace(was, '_', ' ')), 'Nothing'), replace(becomes, '_', ' ')
      )
    end,
    detail = jsonb_build_object('from', was, 'to', becomes, 'possible', array(
      select t.to_status from kit.transitions t
      where t.machine = target and t.from_status is not distinct from was order by t.position
    ));
end
$$;

create or replace function kit.actor_to(machine kit.state_machines, row_after jsonb) returns text
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  who text := nullif(current_setting('kit.actor', true), '');
begin
  if who is null and machine.actor is not null then
    execute format('select %s($1)', machine.actor) into who using row_after;
  end if;
  return coalesce(who, kit.actor());
end
$$;

create or replace function kit.event_entry(
  machine kit.state_machines, step kit.transitions, who text, before jsonb, after jsonb
) returns jsonb
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  known jsonb := jsonb_build_object(
    'event', step.event, 'from', step.from_status, 'to', step.to_status, 'actor', who, 'actor_id', auth.uid(),
    'request_id', kit.request_id(), 'at', kit.time_of_event(after), 'old', before, 'new', after
  );
  entry jsonb;
  more  jsonb;
begin
  select coalesce(jsonb_object_agg(name, known #> string_to_array(source, '.')), '{}') into entry
  from jsonb_each_text(machine.log_columns) as mapped (name, source);
  if machine.describe is not null then
    execute format('select %s($1, $2, $3)', machine.describe) into more using step.event, before, after;
  end if;
  return entry || coalesce(more, '{}');
end
$$;

create or replace function kit.append_event(log regclass, entry jsonb, once boolean default false) returns boolean
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  columns text := (select string_agg(quote_ident(name), ', ') from jsonb_object_keys(entry) as name);
  written integer;
begin
  execute format(
    'insert into %1$s (%2$s) select %2$s from jsonb_populate_record(null::%1$s, $1) %3$s',
    log, columns, case when once then 'on conflict do nothing' end
  ) using entry;
  get diagnostics written = row_count;
  return written > 0;
end
$$;

revoke execute on function
  kit.act_as(text), kit.function_name(text, text), kit.text_array(jsonb),
  kit.state_machine(regclass, jsonb, text, text, regclass, jsonb, text, boolean),
  kit.add_state_triggers(regclass, text), kit.follow_transitions(), kit.follow_transition(regclass, jsonb, jsonb),
  kit.changes_what_is_ruled(regclass, jsonb, jsonb), kit.refuse_transition(regclass, text, text),
  kit.actor_to(kit.state_machines, jsonb),
  kit.event_entry(kit.state_machines, kit.transitions, text, jsonb, jsonb), kit.append_event(regclass, jsonb, boolean)
from public;
