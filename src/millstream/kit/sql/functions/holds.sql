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
  known kit.hold_tables;
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
    lines = excluded.lines, line_of = excluded.line_of
  returning * into known;
  perform kit.write_expiry(known);
end
$$;

create or replace function kit.write_expiry(known kit.hold_tables) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  if known.lines is not null then
    perform kit.write_expiry_of_pools(known);
  else
    perform kit.write_expiry_of_resources(known);
  end if;
  execute format(
    'revoke execute on function kit.%I(text[], integer) from public', kit.made_name('expire_due', known.holds)
  );
end
$$;

-- Expires what is due: of these resources or pools, which it locks first; or of all, waiting for nobody. What somebody
-- else has locked is his to expire.
create or replace function kit.expire_due(target regclass, resources text[] default null, batch integer default 200)
returns integer
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  actor   text := current_setting('kit.actor', true);
  expired integer;
begin
  if not exists (select from kit.hold_tables h where h.holds = target) then
    raise undefined_object using message = format('%s has no holds; call kit.holds first.', target);
  end if;
  perform kit.act_as('system');
  execute format('select kit.%I($1, $2)', kit.made_name('expire_due', target)) into expired using resources, batch;
  perform kit.act_as(actor);
  return expired;
end
$$;

-- Locks the pools from which the lines of some holds take.
create or replace function kit.lock_pools_of(target regclass, ids text[]) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  execute format('select kit.%I($1)', kit.made_name('lock_pools_of', target)) using ids;
end
$$;

create or replace function kit.due_condition(known kit.hold_tables) returns text
language sql stable set search_path = pg_catalog, pg_temp as $$
  select format(
    'h.%I = any (%L::text[]) and h.%I <= _at',
    known.status, array(select jsonb_object_keys(known.becomes) order by 1), known.expires
  )
$$;

create or replace function kit.write_expiry_of_resources(known kit.hold_tables) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  execute format(
    $made$
    create or replace function kit.%1$I(_resources text[], _batch integer) returns integer
    language plpgsql set search_path = pg_catalog, pg_temp as $body$
    declare
      _at timestamptz := clock_timestamp();
      _expired integer;
    begin
      if _resources is not null then
        perform kit.lock_resources(%2$L, _resources);
        _at := clock_timestamp();
        update %3$s h set %4$I = %5$L::jsonb ->> h.%4$I where %6$s = any (_resources::%7$s[]) and %8$s;
      else
        with due as materialized (
          select h.%9$I as key, %6$s::text as resource from %3$s h where %8$s
          order by h.%10$I limit _batch for no key update skip locked
        )
        update %3$s h set %4$I = %5$L::jsonb ->> h.%4$I
        where %8$s and h.%9$I in (
          select key from due where resource is null or pg_try_advisory_xact_lock(kit.resource_lock(%2$L, resource))
        );
      end if;
      get diagnostics _expired = row_count;
      return _expired;
    end
    $body$
    $made$,
    kit.made_name('expire_due', known.holds), known.holds::text, known.holds, known.status, known.becomes,
    case when known.resource is null then 'null' else format('h.%I', known.resource) end,
    case when known.resource is null then 'text' else kit.column_type(known.holds, known.resource) end,
    kit.due_condition(known), kit.key_of(known.holds), known.expires
  );
end
$$;

create or replace function kit.write_expiry_of_pools(known kit.hold_tables) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  lines kit.pool_lines;
  pool_type text;
begin
  select * into lines from kit.pool_lines l where l.lines = known.lines;
  if not found then
    raise undefined_object using message = format('%s takes from no pools; call kit.pool_lines first.', known.lines);
  end if;
  pool_type := kit.column_type(lines.lines, lines.pool);
  execute format(
    $made$
    create or replace function kit.%1$I(_resources text[], _batch integer) returns integer
    language plpgsql set search_path = pg_catalog, pg_temp as $body$
    declare
      _at timestamptz := clock_timestamp();
      _pools %2$s[] := _resources::%2$s[];
      _due %3$s[];
      _expired integer;
    begin
      _due := array(
        select h.%4$I from %5$s h where %6$s and (_pools is null or exists (
          select from %7$s l where l.%8$I = h.%4$I and l.%9$I = any (_pools)
        )) order by h.%10$I limit case when _pools is null then _batch end
      );
      if _pools is not null then
        perform from %11$s p where p.%12$I = any (_pools) or p.%12$I in (
          select l.%9$I from %7$s l where l.%8$I = any (_due)
        ) order by p.%12$I for no key update of p;
        _pools := null;
      else
        _pools := array(
          select p.%12$I from %11$s p where p.%12$I in (select l.%9$I from %7$s l where l.%8$I = any (_due))
          order by p.%12$I for no key update of p skip locked
        );
      end if;
      if cardinality(_due) > 0 then
        update %5$s h set %13$I = %14$L::jsonb ->> h.%13$I
        where h.%4$I = any (_due) and %6$s and (_pools is null or not exists (
          select from %7$s l where l.%8$I = h.%4$I and l.%9$I <> all (_pools)
        ));
        get diagnostics _expired = row_count;
      end if;
      return coalesce(_expired, 0);
    end
    $body$
    $made$,
    kit.made_name('expire_due', known.holds), pool_type, kit.column_type(known.holds, kit.key_of(known.holds)),
    kit.key_of(known.holds), known.holds, kit.due_condition(known), lines.lines, known.line_of, lines.pool,
    known.expires, lines.pools, kit.key_of(lines.pools), known.status, known.becomes
  );
  execute format(
    $made$
    create or replace function kit.%1$I(_ids text[]) returns void
    language plpgsql set search_path = pg_catalog, pg_temp as $body$
    begin
      perform from %2$s p where p.%3$I in (select l.%4$I from %5$s l where l.%6$I = any (_ids::%7$s[]))
      order by p.%3$I for no key update of p;
    end
    $body$
    $made$,
    kit.made_name('lock_pools_of', known.holds), lines.pools, kit.key_of(lines.pools), lines.pool, lines.lines,
    known.line_of, kit.column_type(lines.lines, known.line_of)
  );
  execute format('revoke execute on function kit.%I(text[]) from public', kit.made_name('lock_pools_of', known.holds));
end
$$;

comment on function kit.holds(regclass, jsonb, text, text, text, regclass, text) is
  'Gives held rows a deadline. For migrations.';
comment on function kit.lock_pools_of(regclass, text[]) is
  'Locks the pools from which the lines of some holds take, in the order of their keys.';
comment on function kit.expire_due(regclass, text[], integer) is
  'Expires what is due of these resources or pools, which it locks; without any, all that nobody is at work on.';

revoke execute on function
  kit.holds(regclass, jsonb, text, text, text, regclass, text), kit.due_condition(kit.hold_tables),
  kit.expire_due(regclass, text[], integer), kit.lock_pools_of(regclass, text[]),
  kit.write_expiry(kit.hold_tables), kit.write_expiry_of_resources(kit.hold_tables),
  kit.write_expiry_of_pools(kit.hold_tables)
from public;
grant execute on function kit.expire_due(regclass, text[], integer) to service_role;

-- Applications say their macros once: what these wrote before is written anew.
select kit.write_expiry(h) from kit.hold_tables h where exists (select from pg_class where oid = h.holds);
