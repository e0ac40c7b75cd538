-- Holds: claims with a deadline. No rule can ask for the time, so what is due is expired in front of each claim, of the
-- resources that it wants, and by a sweep every second for the rest.

create or replace function kit.holds(
  holds regclass, becomes jsonb, expires text default 'hold_expires_at', resource text default null,
  status text default 'status'
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
  insert into kit.hold_tables values (holds, expires, status, becomes, resource)
  on conflict on constraint hold_tables_pkey do update set
    expires = excluded.expires, status = excluded.status, becomes = excluded.becomes, resource = excluded.resource;
end
$$;

-- Expires what is due: of these resources, which it locks first; or of all, waiting for nobody. Rows of a resource that
-- somebody has locked are his to expire.
create or replace function kit.expire_due(target regclass, resources text[] default null, batch integer default 200)
returns integer
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  known   kit.hold_tables;
  key     text := kit.key_of(target);
  actor   text := current_setting('kit.actor', true);
  due_at  timestamptz;
  of_them text;
  free    text := 'true';
  expired integer;
begin
  select * into known from kit.hold_tables h where h.holds = target;
  if not found then
    raise undefined_object using message = format('%s has no holds; call kit.holds first.', target);
  end if;
  if resources is not null then
    perform kit.lock_resources(target, resources);
    of_them := format('%I = any ($3::%s[])', known.resource, kit.column_type(target, known.resource));
  elsif known.resource is not null then
    free := format('pg_try_advisory_xact_lock(kit.resource_lock($4, %I::text))', known.resource);
  end if;
  due_at := clock_timestamp();
  perform kit.act_as('system');
  execute format(
    'with due as materialized (
       select %1$I as key %2$s from %3$s
       where %4$I = any (%5$L::text[]) and %6$I <= $2 and %7$s
       order by %6$I limit %8$L for no key update %10$s
     )
     update %3$s set %4$I = $1 ->> %4$I where %1$I in (select key from due where %9$s)',
    key, ', ' || quote_ident(known.resource), target, known.status,
    array(select jsonb_object_keys(known.becomes) order by 1), known.expires, coalesce(of_them, 'true'),
    case when resources is null then batch end, free, case when resources is null then 'skip locked' end
  ) using known.becomes, due_at, resources, target;
  get diagnostics expired = row_count;
  perform kit.act_as(actor);
  return expired;
end
$$;

comment on function kit.holds(regclass, jsonb, text, text, text) is 'Gives held rows a deadline. For migrations.';
comment on function kit.expire_due(regclass, text[], integer) is
  'Expires what is due of these resources, which it locks; without any, all that nobody is at work on.';

revoke execute on function
  kit.holds(regclass, jsonb, text, text, text), kit.expire_due(regclass, text[], integer)
from public;
grant execute on function kit.expire_due(regclass, text[], integer) to service_role;
