-- Visits: claims of people who come and go, in the statuses confirmed, checked_in, completed and no_show. When one may come
-- is a range that the application computes; whoever has not come by its end gives the visit up.

-- One resource after the other, in the order of their locks. `arrival` is the name of a function of the row as jsonb.
create or replace function kit.settle_visits(visits regclass, arrival text, most integer default 500) returns integer
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  claim   constant kit.claim_tables := kit.claim_table(visits);
  key     constant text := kit.key_of(visits);
  missed  constant text := format(
    'v.%I = ''confirmed'' and upper(%s(to_jsonb(v))) <= now()', claim.status, kit.function_name(arrival, 'jsonb')
  );
  is_due  constant text := format(
    'v.%I in (''confirmed'', ''checked_in'') and v.%I <= now() and (v.%I <= now() or %s)',
    claim.status, claim.starts, claim.ends, missed
  );
  due     text[];
  taken   text[];
  changed integer;
begin
  execute format(
    'select array_agg(d.id), array_agg(d.resource) from (
       select v.%I::text as id, v.%I::text as resource from %s v where %s order by v.%I limit $1
     ) as d', key, claim.resource, visits, is_due, claim.starts
  ) into due, taken using most;
  perform kit.act_as('system');
  perform kit.lock_resources(visits, taken);
  execute format(
    'update %s as v set %I = case when %s then ''no_show'' else ''completed'' end where v.%I = any ($1::%s[]) and %s',
    visits, claim.status, missed, key, kit.column_type(visits, key), is_due
  ) using due;
  get diagnostics changed = row_count;
  perform kit.act_as(null);
  return changed;
end
$$;

comment on function kit.settle_visits(regclass, text, integer) is
  'Ends visits that are over, and gives up those to which nobody came in time; returns how many.';

revoke execute on function kit.settle_visits(regclass, text, integer) from public;
