-- Pools: what is counted. A pool's row is its lock; several are locked in the order of their keys, everywhere, before
-- anything else of theirs is touched. Counts move with the lines that take from a pool, by statement triggers alone.

create or replace function kit.pool_counter(pools regclass) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  table_name text := kit.table_name(pools);
begin
  execute format(
    'alter table %s add column if not exists capacity integer not null default 0,
       add column if not exists reserved_count integer not null default 0,
       add column if not exists sold_count integer not null default 0,
       add column if not exists available_count integer not null default 0', pools
  );
  execute format(
    'update %s set available_count = capacity - reserved_count - sold_count
     where available_count <> capacity - reserved_count - sold_count', pools
  );
  execute format(
    'create or replace trigger %I before insert or update on %s
       for each row execute function kit.keep_available_count()',
    table_name || '_keep_available_count', pools
  );
  perform kit.add_check(
    pools, table_name || '_counts_are_not_negative', 'capacity >= 0 and reserved_count >= 0 and sold_count >= 0'
  );
  perform kit.add_check(pools, table_name || '_never_oversold', 'reserved_count + sold_count <= capacity');
  -- An ordinary column: the log of PostgreSQL before 18 does not carry generated ones.
  perform kit.add_check(
    pools, table_name || '_available_is_the_rest', 'available_count = capacity - reserved_count - sold_count'
  );
end
$$;

create or replace function kit.keep_available_count() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  new.available_count := new.capacity - new.reserved_count - new.sold_count;
  return new;
end
$$;

create or replace function kit.pool_lines(
  lines regclass, pools regclass, pool text, quantity text default 'quantity', occupies text default 'occupies'
) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  table_name text := kit.table_name(lines);
begin
  perform kit.add_check(
    lines, table_name || '_occupies_is_known', format('%I in (''reserved'', ''sold'', ''nothing'')', occupies)
  );
  insert into kit.pool_lines values (lines, pools, pool, quantity, occupies)
  on conflict on constraint pool_lines_pkey do update set
    pools = excluded.pools, pool = excluded.pool, quantity = excluded.quantity, occupies = excluded.occupies;
  execute format(
    'create or replace trigger %I after insert on %s referencing new table as added
       for each statement execute function kit.count_lines()', table_name || '_claim', lines
  );
  execute format(
    'create or replace trigger %I after update on %s referencing old table as removed new table as added
       for each statement execute function kit.count_lines()', table_name || '_move', lines
  );
  execute format(
    'create or replace trigger %I after delete on %s referencing old table as removed
       for each statement execute function kit.count_lines()', table_name || '_give_back', lines
  );
end
$$;

-- What a statement did to lines, done to their pools: one update a pool, however many lines changed together.
create or replace function kit.count_lines() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  known kit.pool_lines;
  sides text[] := '{}';
  moved text;
  short record;
begin
  select * into known from kit.pool_lines l where l.lines = tg_relid;
  if tg_op <> 'DELETE' then
    sides := sides || format('select %I, %I, %I from added', known.pool, known.occupies, known.quantity);
  end if;
  if tg_op <> 'INSERT' then
    sides := sides || format('select %I, %I, -%I from removed', known.pool, known.occupies, known.quantity);
  end if;
  moved := format(
    'select pool, coalesce(sum(quantity) filter (where occupies = ''reserved''), 0)::integer as reserved,
       coalesce(sum(quantity) filter (where occupies = ''sold''), 0)::integer as sold
     from (%s) as lines (pool, occupies, quantity) group by pool', array_to_string(sides, ' union all ')
  );
  -- Locked in order, and read when locked.
  for short in execute format(
    'select to_jsonb(p) as pool, m.reserved + m.sold as wanted
     from %1$s p join (%2$s) as m on m.pool = p.%3$I and (m.reserved <> 0 or m.sold <> 0)
     order by p.%3$I for no key update of p', known.pools, moved, kit.key_of(known.pools)
  ) loop
    if short.wanted > 0 and short.wanted > (short.pool ->> 'available_count')::integer then
      perform kit.refuse_pool(known, short.pool);
    end if;
  end loop;
  execute format(
    'update %1$s p set reserved_count = p.reserved_count + m.reserved, sold_count = p.sold_count + m.sold
     from (%2$s) as m where m.pool = p.%3$I and (m.reserved <> 0 or m.sold <> 0)',
    known.pools, moved, kit.key_of(known.pools)
  );
  return null;
end
$$;

create or replace function kit.refuse_pool(known kit.pool_lines, pool jsonb) returns void
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  name text := coalesce(pool ->> 'name', pool ->> 'title', 'This');
begin
  raise sqlstate 'PT409' using
    constraint = kit.table_name(known.pools) || '_never_oversold',
    message = case when (pool ->> 'available_count')::integer = 0 then format('%s is sold out.', name)
      else format('Only %s left of %s.', pool ->> 'available_count', name)
    end,
    detail = jsonb_build_object(
      known.pool, pool -> kit.key_of(known.pools), 'available_count', pool -> 'available_count'
    );
end
$$;

create or replace function kit.lock_pools(pools regclass, ids text[]) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  execute format(
    'select from %1$s where %2$I = any ($1::%3$s[]) order by %2$I for no key update',
    pools, kit.key_of(pools), kit.column_type(pools, kit.key_of(pools))
  ) using ids;
end
$$;

-- The pools from which the lines of holds take.
create or replace function kit.pools_of(holds regclass, ids text[]) returns text[]
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  pools text[];
begin
  execute (
    select format(
      'select array(select distinct %I::text from %s where %I = any ($1::%s[]))',
      l.pool, l.lines, h.line_of, kit.column_type(h.lines, h.line_of)
    )
    from kit.hold_tables h join kit.pool_lines l using (lines) where h.holds = pools_of.holds
  ) into pools using ids;
  return pools;
end
$$;

-- Pools whose counts are not what their lines say: always none.
create or replace function kit.pool_drift(lines regclass)
returns table (pool text, reserved_count integer, reserved_rows bigint, sold_count integer, sold_rows bigint)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  known kit.pool_lines;
begin
  select * into known from kit.pool_lines l where l.lines = pool_drift.lines;
  return query execute format(
    'select p.%1$I::text, p.reserved_count, counted.reserved, p.sold_count, counted.sold
     from %2$s p cross join lateral (
       select coalesce(sum(l.%3$I) filter (where l.%4$I = ''reserved''), 0)::bigint as reserved,
         coalesce(sum(l.%3$I) filter (where l.%4$I = ''sold''), 0)::bigint as sold
       from %5$s l where l.%6$I = p.%1$I
     ) as counted
     where (p.reserved_count, p.sold_count) <> (counted.reserved, counted.sold)',
    kit.key_of(known.pools), known.pools, known.quantity, known.occupies, known.lines, known.pool
  );
end
$$;

comment on function kit.pool_counter(regclass) is 'Counts what a pool has reserved, sold and left. For migrations.';
comment on function kit.pool_lines(regclass, regclass, text, text, text) is
  'Moves the counts of pools with the lines that take from them. For migrations.';
comment on function kit.lock_pools(regclass, text[]) is 'Locks pools in the order of their keys.';
comment on function kit.pool_drift(regclass) is 'Pools whose counts are not what their lines say: always none.';

revoke execute on function
  kit.pool_counter(regclass), kit.keep_available_count(), kit.pool_lines(regclass, regclass, text, text, text),
  kit.count_lines(), kit.refuse_pool(kit.pool_lines, jsonb), kit.lock_pools(regclass, text[]),
  kit.pools_of(regclass, text[]), kit.pool_drift(regclass)
from public;
grant execute on function kit.pool_drift(regclass) to service_role;
