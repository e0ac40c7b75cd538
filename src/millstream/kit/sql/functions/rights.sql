-- Rights that are said whole and current in one file: first all are withdrawn, then the file gives what there is to be.

create or replace function kit.withdraw_rights(tables text[]) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  one    text;
  former text;
begin
  foreach one in array tables loop
    execute format('revoke all on public.%I from public, anon, authenticated, service_role', one);
    execute format('alter table public.%I enable row level security', one);
    for former in select policyname from pg_policies where schemaname = 'public' and tablename = one loop
      execute format('drop policy %I on public.%I', former, one);
    end loop;
  end loop;
end
$$;

comment on function kit.withdraw_rights(text[]) is
  'Takes all grants and policies from tables of public, and enables row-level security: for the first line of policies.sql.';

revoke execute on function kit.withdraw_rights(text[]) from public;
