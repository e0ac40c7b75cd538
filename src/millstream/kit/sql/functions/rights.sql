-- Rights that are said whole and current: first all are withdrawn, then the file gives what there is to be.

create or replace function kit.withdraw_rights(tables text[]) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  one    text;
  former text;
begin
  foreach one in array tables loop
    execute format('revoke all on public.%I from public, anon, authenticated, service_role', one);
    if (select relkind from pg_class where oid = format('public.%I', one)::regclass) <> 'v' then
      execute format('alter table public.%I enable row level security', one);
    end if;
    for former in select policyname from pg_policies where schemaname = 'public' and tablename = one loop
      execute format('drop policy %I on public.%I', former, one);
    end loop;
  end loop;
end
$$;

-- By their names, whatever their parameters: a list of signatures would be read by nobody.
create or replace function kit.callable(functions text[], roles text[] default '{}') returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  one  text;
  each regprocedure;
begin
  foreach one in array functions loop
    if not exists (select from pg_proc where pronamespace = 'public'::regnamespace and proname = one) then
      raise undefined_function using message = format('There is no function public.%I.', one);
    end if;
    for each in select oid from pg_proc where pronamespace = 'public'::regnamespace and proname = one loop
      execute format('revoke execute on function %s from public, anon, authenticated, service_role', each);
      if cardinality(roles) > 0 then
        execute format('grant execute on function %s to %s', each,
          (select string_agg(quote_ident(role), ', ') from unnest(roles) as role));
      end if;
    end loop;
  end loop;
end
$$;

-- Who calls, where somebody must: a function that begins with it is for signed-in people, guests included.
create or replace function kit.caller() returns uuid
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  if auth.uid() is null then
    raise sqlstate 'PT401' using constraint = 'callers_are_signed_in', message = 'Sign in first; a guest may, too.';
  end if;
  return auth.uid();
end
$$;

-- The same policy for several tables, which all have the columns that its condition names.
create or replace function kit.allow(tables text[], command text, roles text, condition text, name text) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  one text;
begin
  foreach one in array tables loop
    execute format('create policy %I on public.%I for %s to %s', name, one, command, roles)
      || case when command <> 'insert' then format(' using (%s)', condition) else '' end
      || case when command in ('insert', 'all') then format(' with check (%s)', condition) else '' end;
  end loop;
end
$$;

-- The one way in which a law says no: a status of HTTP, the name of the rule, a text for people, facts for programs.
create or replace function kit.refuse(status integer, rule text, message text, facts jsonb default '{}') returns void
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  raise exception using errcode = 'PT' || status, constraint = rule, message = refuse.message, detail = facts;
end
$$;

create or replace function kit.must(allowed boolean, message text) returns void
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  if allowed is not true then
    perform kit.refuse(403, 'callers_are_allowed', message);
  end if;
end
$$;

-- What was looked for, where it has to be there. `rule` is the name that an application maps, such as seats_are_known.
create or replace function kit.known(one anyelement, rule text, message text) returns anyelement
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  if one is null then
    perform kit.refuse(404, rule, message);
  end if;
  return one;
end
$$;

comment on function kit.withdraw_rights(text[]) is
  'Takes all grants and policies from tables and views of public: for the first line of policies.sql.';
comment on function kit.callable(text[], text[]) is
  'Says of functions of public who may call them: these roles, and nobody else. For migrations.';
comment on function kit.allow(text[], text, text, text, text) is 'Makes the same policy for several tables. For migrations.';
comment on function kit.refuse(integer, text, text, jsonb) is 'Refuses: status, name of the rule, text, facts.';
comment on function kit.must(boolean, text) is 'Refuses with 403 unless it is allowed.';
comment on function kit.known(anyelement, text, text) is 'Returns a row that was found; refuses with 404 where none was.';
comment on function kit.caller() is 'The id of the signed-in person who calls; refuses everybody else with 401.';

revoke execute on function
  kit.withdraw_rights(text[]), kit.callable(text[], text[]), kit.caller(), kit.allow(text[], text, text, text, text),
  kit.refuse(integer, text, text, jsonb), kit.must(boolean, text), kit.known(anyelement, text, text)
from public;
