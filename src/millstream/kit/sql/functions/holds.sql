-- Holds: claims with a deadline. No rule can ask for the time, so what is due is expired in front of each claim, of the
-- resources or pools that it wants, and by a sweep every second for the rest. These are locked before the holds.

create or replace function kit.holds(
  holds regclass, becomes jsonb, expires text default 'hold_expires_at', resource text default null,
  status text default 'status', lines regclass default null, line_of text default null
) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  held text[] := array(select jsonb_object_keys(becomes) order by 1);
  table_name text := kit.table_name(holds);
begin
  perform kit.add_check(
    holds, table_name || '_holds_expire', format('%I <> all (%L::text[]) or %I is not null', status, held, expires)
  );
  execute format(
    'create index if not exists %I on %s (%I) where %I = any (%L::text[])',
    table_name || '_that_may_expire', holds, expires, status, held
  );
  insert into kit.hold_tables values (holds, expires, status, becomes, resource, lines, line_of)
  on conflict on constraint hold_tables_pkey do update set
    expires = excluded.expires, status = excluded.status, becomes = excluded.becomes, resource = excluded.resource,
    lines = excluded.lines, line_of = excluded.line_of;
end
$$;

-- Which holds are due, as a condition whose parameter is $1, the time.
create or replace function kit.due_condition(known kit.hold_tables) returns text
language sql stable set search_path = pg_catalog, pg_temp as $$
  select format(
    'h.%I = any (%L::text[]) and h.%I <= $1',
    known.status, array(select jsonb_object_keys(known.becomes) order by 1), known.expires
  )
$$;

-- Expires what is due: of these resources or pools, which it locks first; or of all, waiting for nobody. What somebody
-- else has locked is his to expire.
create or replace function kit.expire_due(target regclass, resources text[] default null, batch integer default 200)
returns integer
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  known   kit.hold_tables;
  actor   text := current_setting('kit.actor', true);
  key     text := kit.key_of(target);
  due     text[];
  expired integer;
begin
  select * into known from kit.hold_tables h where h.holds = target;
  if not found then
    raise undefined_object using message = format('%s has no holds; call kit.holds first.', target);
  end if;
  due := case
    when known.lines is not null then kit.lock_due_of_pools(known, resources, batch)
    else kit.lock_due_of_resources(known, resources, batch)
  end;
  perform kit.act_as('system');
  execute format(
    'update %1$s as h set %2$I = $2 ->> %2$I where h.%3$I = any ($3::%4$s[]) and %5$s',
    target, known.status, key, kit.column_type(target, key), kit.due_condition(known)
  ) using clock_timestamp(), known.becomes, due;
  get diagnostics expired = row_count;
  perform kit.act_as(actor);
  return expired;
end
$$;

create or replace function kit.lock_due_of_resources(known kit.hold_tables, resources text[], batch integer)
returns text[]
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  due text[];
begin
  if resources is not null then
    perform kit.lock_resources(known.holds, resources);
    execute format(
      'select array(select h.%I::text from %s h where %s and h.%I = any ($2::%s[]))',
      kit.key_of(known.holds), known.holds, kit.due_condition(known), known.resource,
      kit.column_type(known.holds, known.resource)
    ) into due using clock_timestamp(), resources;
  else
    execute format(
      'with due as materialized (
         select h.%1$I::text as key, %2$s as resource from %3$s h where %4$s
         order by h.%5$I limit $2 for no key update skip locked
       )
       select array(
         select key from due where resource is null or pg_try_advisory_xact_lock(kit.resource_lock($3, resource))
       )',
      kit.key_of(known.holds), coalesce(format('h.%I::text', known.resource), 'null::text'), known.holds,
      kit.due_condition(known), known.expires
    ) into due using clock_timestamp(), batch, known.holds;
  end if;
  return due;
end
$$;

create or replace function kit.lock_due_of_pools(known kit.hold_tables, pools text[], batch integer) returns text[]
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  lines kit.pool_lines;
  due   text[];
  free  text[];
begin
  select * into strict lines from kit.pool_lines l where l.lines = known.lines;
  execute format(
    'select array(
       select h.%1$I::text from %2$s h where %3$s and ($2 is null or exists (
         select from %4$s l where l.%5$I = h.%1$I and l.%6$I = any ($2::%7$s[])
       )) order by h.%8$I limit $3
     )',
    kit.key_of(known.holds), known.holds, kit.due_condition(known), lines.lines, known.line_of, lines.pool,
    kit.column_type(lines.lines, lines.pool), known.expires
  ) into due using clock_timestamp(), pools, case when pools is null then batch end;
  if pools is not null then
    perform kit.lock_pools(lines.pools, pools || kit.pools_of(known.holds, due));
    return due;
  end if;
  execute format(
    'select array(
       select id from (select p.%1$I::text as id from %2$s p where p.%1$I = any ($1::%3$s[])
         order by p.%1$I for no key update skip locked) as locked
     )',
    kit.key_of(lines.pools), lines.pools, kit.column_type(lines.pools, kit.key_of(lines.pools))
  ) into free using kit.pools_of(known.holds, due);
  return array(select id from unnest(due) as id where kit.pools_of(known.holds, array[id]) <@ free);
end
$$;

comment on function kit.holds(regclass, jsonb, text, text, text, regclass, text) is
  'Gives held rows a deadline. For migrations.';
comment on function kit.expire_due(regclass, text[], integer) is
  'Expires what is due of these resources or pools, which it locks; without any, all that nobody is at work on.';

revoke execute on function
  kit.holds(regclass, jsonb, text, text, text, regclass, text), kit.due_condition(kit.hold_tables),
  kit.expire_due(regclass, text[], integer), kit.lock_due_of_resources(kit.hold_tables, text[], integer),
  kit.lock_due_of_pools(kit.hold_tables, text[], integer)
from public;
grant execute on function kit.expire_due(regclass, text[], integer) to service_role;
