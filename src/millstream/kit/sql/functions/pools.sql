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
  perform kit.write_counting(lines);
end
$$;

-- What a statement did to lines, done to their pools: one update a pool, however many lines changed together. Pools are
-- locked in order, and read when they are locked.
create or replace function kit.write_counting(lines regclass) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  known   kit.pool_lines;
  added   text;
  removed text;
  change  record;
begin
  select * into strict known from kit.pool_lines l where l.lines = write_counting.lines;
  added := format('select %I, %I, %I from added', known.pool, known.occupies, known.quantity);
  removed := format('select %I, %I, -%I from removed', known.pool, known.occupies, known.quantity);
  for change in
    select * from (values
      ('insert', '_claim', added, 'new table as added'),
      ('update', '_move', added || ' union all ' || removed, 'old table as removed new table as added'),
      ('delete', '_give_back', removed, 'old table as removed')
    ) as changes (event, suffix, moved, tables)
  loop
    execute kit.counting_function(known, change.event, change.moved);
    execute format(
      'create or replace trigger %I after %s on %s referencing %s for each statement execute function kit.%I()',
      kit.table_name(lines) || change.suffix, change.event, lines, change.tables,
      kit.made_name('count_' || change.event, lines)
    );
  end loop;
end
$$;

create or replace function kit.counting_function(known kit.pool_lines, event text, moved text) returns text
language sql stable set search_path = pg_catalog, pg_temp as $$
  select format(
    $made$
    create or replace function kit.%1$I() returns trigger
    language plpgsql security definer set search_path = pg_catalog, pg_temp as $body$
    declare
      _short record;
    begin
      for _short in
        select p as pool, m.reserved + m.sold as wanted, p.available_count as available
        from %2$s p join (%3$s) as m on m.pool = p.%4$I and (m.reserved <> 0 or m.sold <> 0)
        order by p.%4$I for no key update of p
      loop
        if _short.wanted > 0 and _short.wanted > _short.available then
          perform kit.refuse_pool(%5$L, to_jsonb(_short.pool));
        end if;
      end loop;
      if found then
        update %2$s p set reserved_count = p.reserved_count + m.reserved, sold_count = p.sold_count + m.sold
        from (%3$s) as m where m.pool = p.%4$I and (m.reserved <> 0 or m.sold <> 0);
      end if;
      return null;
    end
    $body$
    $made$,
    kit.made_name('count_' || event, known.lines), known.pools,
    format(
      'select pool, coalesce(sum(quantity) filter (where occupies = ''reserved''), 0)::integer as reserved,
         coalesce(sum(quantity) filter (where occupies = ''sold''), 0)::integer as sold
       from (%s) as lines (pool, occupies, quantity) group by pool', moved
    ),
    kit.key_of(known.pools), known.lines::text
  )
$$;

create or replace function kit.refuse_pool(lines regclass, pool jsonb) returns void
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  known kit.pool_lines;
  name  text := coalesce(pool ->> 'name', pool ->> 'title', 'This');
begin
  select * into known from kit.pool_lines l where l.lines = refuse_pool.lines;
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
  kit.write_counting(regclass), kit.counting_function(kit.pool_lines, text, text), kit.refuse_pool(regclass, jsonb),
  kit.lock_pools(regclass, text[]), kit.pool_drift(regclass)
from public;
grant execute on function kit.pool_drift(regclass) to service_role;

-- Applications say their macros once: what these wrote before is written anew.
select kit.write_counting(l.lines) from kit.pool_lines l where exists (select from pg_class where oid = l.lines);
