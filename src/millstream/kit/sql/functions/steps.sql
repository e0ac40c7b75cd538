-- Steps that an application's functions take with a row of a state machine: who may take them, locked in the one order of
-- claims, once, and by those who know the row as it is. What a step may be stands in states.sql.

-- The row with which a caller wants to take a step, locked together with its person and with what it claims: a claim's
-- resource, and `also`, where it shall go. To all but `actors` the row is unknown.
create or replace function kit.row_for(
  wanted anyelement, id text, actors text[], also text[] default '{}', person text default null
) returns anyelement
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  perform kit.caller();
  return kit.row_of(wanted, id, also, person, actors);
end
$$;

-- The same for the server's own steps, whoever calls: without actors also a row that is marked as deleted.
create or replace function kit.row_of(
  wanted anyelement, id text, also text[] default '{}', person text default null, actors text[] default null
) returns anyelement
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  target  constant regclass := pg_typeof(wanted)::text::regclass;
  machine kit.state_machines;
  claim   kit.claim_tables;
  one_row text := format('from %s t where t.%I = $1::%s', target, kit.key_of(target), kit.column_type(target, kit.key_of(target)));
  entity  jsonb;
begin
  select * into machine from kit.state_machines m where m.machine = target;
  select * into claim from kit.claim_tables c where c.claims = target order by c.constraint_name limit 1;
  execute 'select to_jsonb(t) ' || one_row into entity using id;
  if entity is null
    or actors is not null and (entity ->> 'deleted_at' is not null or not kit.actor_to(machine, entity) = any (actors))
  then
    perform kit.refuse(404, kit.table_name(target) || '_are_known',
      format('You have no such %s.', replace(rtrim(kit.table_name(target), 's'), '_', ' ')));
  end if;
  perform kit.lock_person((entity ->> person)::uuid);
  perform kit.lock_resources(target, array_remove(also || (entity ->> claim.resource), null));
  execute format('select t.* %s for no key update of t', one_row) into wanted using id;
  return wanted;
end
$$;

-- A step with a row that is locked, from one of these statuses, and other columns with it. Twice is once: a row that has
-- the status already, or is done in another way, stays as it is.
create or replace function kit.step(
  entity anyelement, from_statuses text[], becomes text, changes jsonb default '{}', done text[] default '{}'
) returns anyelement
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  target constant regclass := pg_typeof(entity)::text::regclass;
  key    constant text := kit.key_of(target);
  status constant text := (select m.status from kit.state_machines m where m.machine = target);
  was    constant text := to_jsonb(entity) ->> status;
  wanted constant jsonb := changes || jsonb_build_object(status, becomes);
begin
  if was = any (done || becomes) then
    return entity;
  elsif was <> all (from_statuses) then
    perform kit.refuse_transition(target, was, becomes);
  end if;
  execute format(
    'update %1$s as t set (%2$s) = (select %2$s from jsonb_populate_record(null::%1$s, $1)) where t.%3$I = ($2).%3$I returning t.*',
    target, (select string_agg(quote_ident(name), ', ') from jsonb_object_keys(wanted) as name), key
  ) into entity using wanted, entity;
  return entity;
end
$$;

-- Whoever looked at another version decides again: the facts are the row's version, its status and these columns.
create or replace function kit.must_be_current(entity anyelement, known_version integer, columns text[] default '{}') returns void
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  name   constant text := kit.table_name(pg_typeof(entity)::text::regclass);
  actual constant jsonb := to_jsonb(entity);
begin
  if known_version <> (actual ->> 'version')::integer then
    perform kit.refuse(409, name || '_are_as_they_were',
      format('Somebody else changed this %s meanwhile.', replace(rtrim(name, 's'), '_', ' ')),
      (select jsonb_object_agg(key, value) from jsonb_each(actual) where key = any (columns || '{version,status}')));
  end if;
end
$$;

-- Takes a row out of everybody's sight, and keeps it in the log: what stands is ended first, as `ends` says of its status.
-- By whoever may, which is for the caller to have asked: nobody's own rights count.
create or replace function kit.remove(wanted anyelement, id text, ends jsonb, person text default null) returns anyelement
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  target constant regclass := pg_typeof(wanted)::text::regclass;
  status constant text := (select m.status from kit.state_machines m where m.machine = target);
begin
  perform kit.act_as('system');
  wanted := kit.row_of(wanted, id, person => person);
  execute format(
    'update %1$s as t set %2$I = coalesce($1 ->> t.%2$I, t.%2$I), deleted_at = coalesce(t.deleted_at, now()),
       deleted_by = coalesce(t.deleted_by, auth.uid()) where t.%3$I = ($2).%3$I returning t.*', target, status, kit.key_of(target)
  ) into wanted using ends, wanted;
  perform kit.act_as(null);
  return wanted;
end
$$;

comment on function kit.row_for(anyelement, text, text[], text[], text) is
  'The row of a state machine, locked with its claims, if the caller is one of the actors; 404 otherwise.';
comment on function kit.must_be_current(anyelement, integer, text[]) is
  'Refuses with 409 whoever knows another version of a row; null knows none.';
comment on function kit.remove(anyelement, text, jsonb, text) is
  'Marks a row of a state machine as deleted, after a last step to where it stands no more.';
comment on function kit.step(anyelement, text[], text, jsonb, text[]) is
  'Takes a step with a locked row, together with other columns; nothing where the row is there already.';

revoke execute on function
  kit.row_for(anyelement, text, text[], text[], text), kit.row_of(anyelement, text, text[], text, text[]),
  kit.step(anyelement, text[], text, jsonb, text[]), kit.must_be_current(anyelement, integer, text[]),
  kit.remove(anyelement, text, jsonb, text)
from public;
