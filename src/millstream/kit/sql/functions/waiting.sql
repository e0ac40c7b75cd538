-- "Tell me when one is free": people who wait for any resource of a place that has what they want, at a time at which all
-- are taken. Whoever frees one has those told who waited longest.

-- Made for a table of claims of kit.no_overlap, whose names of start and end the waiting table takes over. `wanted` is a
-- column text[] of resources and of the waiting table: what a resource has, and what it must have. `tell` is the name of a
-- function of a row of each, the one who waits and the claim that ended, and tells him.
create or replace function kit.waiting_list(
  waiting text, claims regclass, places regclass, place text, resources regclass, tell text,
  usable text default 'true', wanted text default 'attributes', person text default 'user_id'
) returns void
language plpgsql set search_path = pg_catalog, extensions, pg_temp as $$
declare
  claim      constant kit.claim_tables := kit.claim_table(claims);
  table_name constant text := split_part(waiting, '.', 2);
begin
  execute format($sql$
    create table if not exists %1$s (
      id              uuid not null default gen_random_uuid() constraint %3$I primary key,
      organisation_id uuid not null,
      %4$I            uuid not null,
      user_id         uuid not null constraint %5$I references auth.users on delete cascade,
      %6$I            timestamptz not null,
      %7$I            timestamptz not null,
      %8$I            text[] not null default '{}' constraint %9$I check (cardinality(%8$I) <= 20),
      status          text not null default 'waiting'
        constraint %10$I check (status in ('waiting', 'told', 'cancelled', 'over')),
      told_at         timestamptz,
      created_at      timestamptz not null default now(),
      constraint %11$I foreign key (%4$I, organisation_id) references %2$s (id, organisation_id) on delete cascade,
      constraint %12$I check (%6$I < %7$I)
    );
    create index if not exists %13$I on %1$s (user_id, created_at);
    create index if not exists %14$I on %1$s (%4$I, created_at) where status = 'waiting';
    create index if not exists %15$I on %1$s (%7$I) where status = 'waiting';
    comment on table %1$s is 'Who wants to be told when something is free: the longest waiting first.';
    alter table %1$s enable row level security
  $sql$, waiting, places, table_name || '_pkey', place, table_name || '_user_fkey', claim.starts, claim.ends, wanted,
    table_name || '_wishes_are_few', table_name || '_status_is_known', table_name || '_place_fkey',
    table_name || '_end_after_start', table_name || '_of_user', table_name || '_that_wait', table_name || '_by_end');
  execute kit.telling_who_waits(waiting, claim, place, resources, tell, usable, wanted, person);
  execute format(
    'create or replace trigger %1$I after update on %2$s for each row
       when (old.%6$I = any (%3$L) and (
         new.%6$I <> all (%3$L) or (old.%4$I, old.blocked) is distinct from (new.%4$I, new.blocked)
       ))
       execute function kit.%5$I()',
    kit.table_name(claims) || '_tell_who_waits', claims, claim.blocking, claim.resource,
    kit.made_name('tell_who_waits', claims), claim.status
  );
end
$$;

-- Three are told, since whoever is told need not come. What is replayed frees nothing.
create or replace function kit.telling_who_waits(
  waiting text, claim kit.claim_tables, place text, resources regclass, tell text, usable text, wanted text, person text
) returns text
language sql stable set search_path = pg_catalog, pg_temp as $$
  select format($made$
    create or replace function kit.%1$I() returns trigger
    language plpgsql security definer set search_path = pg_catalog, pg_temp as $body$
    declare
      _told %2$s;
    begin
      if kit.replaying() then
        return null;
      end if;
      for _told in
        update %2$s set status = 'told', told_at = now() where id in (
          select w.id
          from %2$s as w join (select * from %3$s where %4$s) as r on r.%5$I = old.%6$I and r.%7$I @> w.%7$I
          where w.%8$I = old.%8$I and w.status = 'waiting' and w.%9$I > now() and w.user_id is distinct from old.%10$I
            and tstzrange(w.%11$I, w.%9$I) && old.blocked
            and not exists (
              select from %12$s as c
              where c.%6$I = old.%6$I and c.%15$I = any (%13$L::text[]) and c.blocked && tstzrange(w.%11$I, w.%9$I)
            )
          order by w.created_at limit 3 for no key update of w skip locked
        )
        returning *
      loop
        perform %14$s(_told, old);
      end loop;
      return null;
    end
    $body$;
    revoke execute on function kit.%1$I() from public
  $made$, kit.made_name('tell_who_waits', claim.claims), waiting, resources, usable, kit.key_of(resources), claim.resource,
    wanted, place, claim.ends, person, claim.starts, claim.claims, claim.blocking, tell, claim.status)
$$;

comment on function kit.waiting_list(text, regclass, regclass, text, regclass, text, text, text, text) is
  'Makes a table of people who wait until a resource is free, and tells them when it is. For migrations.';

revoke execute on function
  kit.waiting_list(text, regclass, regclass, text, regclass, text, text, text, text),
  kit.telling_who_waits(text, kit.claim_tables, text, regclass, text, text, text, text)
from public;
