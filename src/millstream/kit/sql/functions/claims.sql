-- Claims of a resource for a time: at most one in a blocking status, its buffers included.
--
-- Locks are taken in one order everywhere: resources (advisory, by their hash), then rows. A claim is an INSERT … ON
-- CONFLICT DO NOTHING, which waits for a claim in flight and never deadlocks with it; a move locks its resources first.

-- A constant of the kit's own kind, of a column or of a number of minutes, as the macros take it.
create or replace function kit.minutes_expression(minutes text) returns text
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select case when minutes is null then '0' when minutes ~ '^\d+$' then minutes else quote_ident(minutes) end
$$;

-- Minutes are the same everywhere and always, so this depends on no time zone: it is immutable, though `timestamptz ±
-- interval` in general is not. Null for a range that is none, which a check with a name then refuses.
create or replace function kit.padded_range(starts timestamptz, ends timestamptz, before integer, after integer)
returns tstzrange
language sql immutable parallel safe as $$
  select case when starts < ends then
    tstzrange(starts - make_interval(mins => before), ends + make_interval(mins => after), '[)')
  end
$$;

create or replace function kit.add_check(target regclass, name text, expression text) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  if not exists (select from pg_constraint where conrelid = target and conname = name) then
    execute format('alter table %s add constraint %I check (%s)', target, name, expression);
  end if;
end
$$;

create or replace function kit.table_name(target regclass) returns text
language sql stable set search_path = pg_catalog, pg_temp as $$
  select relname::text from pg_class where oid = target
$$;

create or replace function kit.column_type(target regclass, name text) returns text
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  found_type text;
begin
  select format_type(atttypid, atttypmod) into found_type
  from pg_attribute where attrelid = target and attname = name and attnum > 0 and not attisdropped;
  if found_type is null then
    raise undefined_column using message = format('%s has no column %I.', target, name);
  end if;
  return found_type;
end
$$;

-- The column by which a row is named.
create or replace function kit.key_of(target regclass) returns text
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  return (
    select a.attname::text
    from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0]
    where i.indrelid = target and i.indisprimary and i.indnkeyatts = 1
  );
end
$$;

-- The name of a function that a macro writes for one table: its statements are planned once, not with every row.
create or replace function kit.made_name(purpose text, target regclass) returns text
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  return (
    select format('%s %s.%s', purpose, relnamespace::regnamespace, relname) from pg_class where oid = target
  );
end
$$;

-- Keeps `blocked`; its arguments are the columns of start and end, and columns or numbers of minutes. No generated
-- column: a published table with REPLICA IDENTITY FULL could not be updated then.
create or replace function kit.keep_blocked() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  given  constant jsonb := to_jsonb(new);
  before constant text := case when tg_argv[2] ~ '^\d+$' then tg_argv[2] else given ->> tg_argv[2] end;
  after  constant text := case when tg_argv[3] ~ '^\d+$' then tg_argv[3] else given ->> tg_argv[3] end;
begin
  new.blocked := kit.padded_range(
    (given ->> tg_argv[0])::timestamptz, (given ->> tg_argv[1])::timestamptz,
    coalesce(before::integer, 0), coalesce(after::integer, 0)
  );
  return new;
end
$$;

create or replace function kit.no_overlap(
  claims regclass, resource text, starts text, ends text, blocking text[],
  before text default null, after text default null, status text default 'status', name text default null
) returns void
language plpgsql set search_path = pg_catalog, extensions, pg_temp as $$
declare
  table_name text := kit.table_name(claims);
  no_overlap_constraint text := coalesce(name, table_name || '_do_not_overlap');
  wanted text[] := array[before, after];
begin
  if not exists (select from pg_attribute where attrelid = claims and attname = 'blocked' and not attisdropped) then
    execute format('alter table %s add column blocked tstzrange', claims);
    execute format(
      'comment on column %s.blocked is %L', claims, 'The time that a claim takes of its resource, buffers included.'
    );
    execute format(
      'update %s set blocked = kit.padded_range(%I, %I, %s, %s)',
      claims, starts, ends, kit.minutes_expression(before), kit.minutes_expression(after)
    );
  end if;
  execute format(
    'create or replace trigger %I before insert or update on %s
       for each row execute function kit.keep_blocked(%L, %L, %L, %L)',
    table_name || '_keep_blocked', claims, starts, ends, coalesce(before, '0'), coalesce(after, '0')
  );
  perform kit.add_check(claims, table_name || '_end_after_start', format('%I < %I', starts, ends));
  for place in 1..2 loop
    if wanted[place] !~ '^\d+$' then
      perform kit.add_check(
        claims, table_name || '_' || wanted[place] || '_is_not_negative', format('%I >= 0', wanted[place])
      );
    end if;
  end loop;
  -- Said again with other statuses: the constraint follows.
  if exists (
    select from kit.claim_tables c where c.claims = no_overlap.claims
      and c.constraint_name = no_overlap_constraint and c.blocking <> no_overlap.blocking
  ) then
    execute format('alter table %s drop constraint if exists %I', claims, no_overlap_constraint);
  end if;
  if not exists (select from pg_constraint where conrelid = claims and conname = no_overlap_constraint) then
    execute format(
      'alter table %s add constraint %I exclude using gist (%I with =, blocked with &&) where (%I = any (%L::text[]))',
      claims, no_overlap_constraint, resource, status, blocking
    );
  end if;
  execute format(
    'create index if not exists %I on %s (%I, %I)', table_name || '_by_resource_and_time', claims, resource, starts
  );
  insert into kit.claim_tables values (claims, no_overlap_constraint, resource, starts, ends, status, blocking)
  on conflict on constraint claim_tables_pkey do update set
    resource = excluded.resource, starts = excluded.starts, ends = excluded.ends, status = excluded.status,
    blocking = excluded.blocking;
end
$$;

comment on function kit.no_overlap(regclass, text, text, text, text[], text, text, text, text) is
  'Lets at most one row in a blocking status claim a resource at a time, buffers included. For migrations.';

create or replace function kit.claim_table(claims regclass, name text default null) returns kit.claim_tables
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  chosen kit.claim_tables;
begin
  select * into chosen from kit.claim_tables c
  where c.claims = claim_table.claims and c.constraint_name = coalesce(name, c.constraint_name)
  order by c.constraint_name limit 1;
  if not found then
    raise undefined_object using message = format('%s has no claims; call kit.no_overlap first.', claims);
  end if;
  return chosen;
end
$$;

-- Which rows of a resource are in the way: a condition on table c whose parameters are $1 the resource, $2 a row to
-- leave out. The statuses stand in it as in the constraint, so that its index serves.
create or replace function kit.blocking_condition(chosen kit.claim_tables) returns text
language sql stable set search_path = pg_catalog, pg_temp as $$
  select format(
    'c.%I = $1::%s and c.%I = any (%L::text[]) and ($2 is null or c.%I::text <> $2)',
    chosen.resource, kit.column_type(chosen.claims, chosen.resource), chosen.status, chosen.blocking,
    kit.key_of(chosen.claims)
  )
$$;

create or replace function kit.conflict_of(
  claims regclass, resource text, starts timestamptz, ends timestamptz,
  before integer default 0, after integer default 0, except_id text default null, name text default null
) returns jsonb
language plpgsql stable set search_path = pg_catalog, pg_temp set timezone = 'UTC' as $$
declare
  chosen kit.claim_tables := kit.claim_table(claims, name);
  conflict jsonb;
begin
  execute format(
    'select jsonb_build_object(%1$L, c.%1$I, %2$L, c.%2$I) from %3$s c
     where %4$s and c.blocked && $3 order by c.%1$I limit 1',
    chosen.starts, chosen.ends, claims, kit.blocking_condition(chosen)
  ) into conflict using resource, except_id, kit.padded_range(starts, ends, before, after);
  return conflict;
end
$$;

-- A claim can begin where it was wished, or where another ends: no other time is ever the first.
create or replace function kit.next_free(
  claims regclass, resource text, starts timestamptz, ends timestamptz,
  before integer default 0, after integer default 0, except_id text default null,
  horizon interval default '90 days', name text default null
) returns timestamptz
language plpgsql stable set search_path = pg_catalog, pg_temp set timezone = 'UTC' as $$
declare
  chosen kit.claim_tables := kit.claim_table(claims, name);
  condition text := kit.blocking_condition(chosen);
  first_free timestamptz;
begin
  execute format(
    'select candidate.at from (
       select $3 as at
       union
       select upper(c.blocked) + make_interval(mins => $5) from %1$s c
       where %2$s and c.blocked && tstzrange($3 - make_interval(mins => $5), $3 + $7)
     ) as candidate
     where candidate.at >= $3 and not exists (
       select from %1$s c where %2$s and c.blocked && kit.padded_range(candidate.at, candidate.at + ($4 - $3), $5, $6)
     )
     order by candidate.at limit 1',
    claims, condition
  ) into first_free using resource, except_id, starts, ends, before, after, horizon;
  return first_free;
end
$$;

-- Where it may not be taken at every time, `within` says when: the next time that is free is one of these, or none.
create or replace function kit.refuse_claim(
  claims regclass, resource text, starts timestamptz, ends timestamptz,
  before integer default 0, after integer default 0, except_id text default null, name text default null,
  message text default 'This time has been taken.', horizon interval default '90 days', within tstzmultirange default null
) returns void
language plpgsql stable set search_path = pg_catalog, pg_temp set timezone = 'UTC' as $$
declare
  chosen kit.claim_tables := kit.claim_table(claims, name);
  free timestamptz := kit.next_free(claims, resource, starts, ends, before, after, except_id, horizon, name);
begin
  perform kit.refuse(409, chosen.constraint_name, message, jsonb_build_object(
    chosen.resource, resource,
    'conflict', kit.conflict_of(claims, resource, starts, ends, before, after, except_id, name),
    'next_free', case when free is not null and (within @> tstzrange(free, free + (ends - starts))) is not false
      then jsonb_build_object(chosen.starts, free, chosen.ends, free + (ends - starts)) end));
end
$$;

-- What is claimed from now on stays in use: `active` cannot become false. `label` is the column by which people know it.
create or replace function kit.stays_while_claimed(
  resources regclass, claims regclass, active text default 'active', label text default 'name'
) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  perform kit.column_type(resources, label);
  execute format(
    'create or replace trigger %1$I after update on %2$s for each row when (old.%3$I and not new.%3$I)
       execute function kit.refuse_while_claimed(%4$L, %5$L)',
    kit.table_name(resources) || '_stay_while_claimed', resources, active, claims::text, label
  );
end
$$;

-- Its arguments are the table of claims and the column of the label. Runs as the owner: who may retire a resource need not
-- see its claims.
create or replace function kit.refuse_while_claimed() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  claim kit.claim_tables := kit.claim_table(tg_argv[0]::regclass);
  noun  text := replace(claim.resource, '_id', '');
  key   text := to_jsonb(new) ->> kit.key_of(tg_relid);
  found bigint;
begin
  execute format('select count(*) from %s c where c.%I = $1::%s and c.%I = any ($2) and c.%I > now()', claim.claims,
    claim.resource, kit.column_type(claim.claims, claim.resource), claim.status, claim.ends) into found using key, claim.blocking;
  if found > 0 then
    perform kit.refuse(409, tg_table_name || '_in_use_stay',
      format('%s %s is booked: move its %s first.', initcap(noun), to_jsonb(new) ->> tg_argv[1], kit.table_name(claim.claims)),
      jsonb_build_object(claim.resource, key, kit.table_name(claim.claims), found));
  end if;
  return null;
end
$$;

create or replace function kit.resource_lock(claims regclass, resource text) returns bigint
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select hashtextextended(claims::oid || ' ' || resource, 0)
$$;

create or replace function kit.lock_resources(claims regclass, resources text[]) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  key bigint;
begin
  for key in
    select distinct kit.resource_lock(claims, wanted) as lock from unnest(resources) as wanted
    where wanted is not null order by lock
  loop
    perform pg_advisory_xact_lock(key);
  end loop;
end
$$;

comment on function kit.conflict_of(regclass, text, timestamptz, timestamptz, integer, integer, text, text) is
  'The first range that is in the way of a claim, without its padding, by the columns'' names; null when the time is free.';
comment on function kit.next_free(regclass, text, timestamptz, timestamptz, integer, integer, text, interval, text) is
  'The first time at which a claim of that length fits; knows claims, not opening hours.';
comment on function kit.refuse_claim(
  regclass, text, timestamptz, timestamptz, integer, integer, text, text, text, interval, tstzmultirange
) is
  'Raises 409 that names what is in the way and the next time that is free.';
comment on function kit.stays_while_claimed(regclass, regclass, text, text) is
  'Keeps a resource in use as long as somebody claims it from now on. For migrations.';
comment on function kit.lock_resources(regclass, text[]) is
  'Locks resources until the transaction ends, in one order, so that nobody waits in a circle.';

revoke execute on function
  kit.minutes_expression(text), kit.made_name(text, regclass), kit.add_check(regclass, text, text),
  kit.table_name(regclass),
  kit.column_type(regclass, text), kit.no_overlap(regclass, text, text, text, text[], text, text, text, text),
  kit.claim_table(regclass, text), kit.blocking_condition(kit.claim_tables),
  kit.conflict_of(regclass, text, timestamptz, timestamptz, integer, integer, text, text),
  kit.next_free(regclass, text, timestamptz, timestamptz, integer, integer, text, interval, text),
  kit.refuse_claim(
    regclass, text, timestamptz, timestamptz, integer, integer, text, text, text, interval, tstzmultirange
  ),
  kit.stays_while_claimed(regclass, regclass, text, text), kit.refuse_while_claimed(),
  kit.resource_lock(regclass, text), kit.lock_resources(regclass, text[]), kit.keep_blocked()
from public;
