-- Many rows that are known from elsewhere, in one statement, as the owner of their table and telling nobody: what an
-- application's own functions would write one by one. Constraints and triggers hold; what is there already stays.

create or replace function kit.import_rows(target regclass, given jsonb) returns integer
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  columns  text;
  imported integer := 0;
begin
  select string_agg(quote_ident(name), ', ' order by name) into columns from jsonb_object_keys(given -> 0) as name;
  if columns is not null then
    perform kit.begin_replay();
    execute format(
      'insert into %1$s (%2$s) select %2$s from jsonb_populate_recordset(null::%1$s, $1) on conflict (%3$I) do nothing',
      target, columns, kit.key_of(target)
    ) using given;
    get diagnostics imported = row_count;
    perform kit.end_replay();
  end if;
  return imported;
end
$$;

comment on function kit.import_rows(regclass, jsonb) is
  'Inserts rows with the columns of the first one, but those that are there; returns how many. For the server''s own code.';

revoke execute on function kit.import_rows(regclass, jsonb) from public;
grant execute on function kit.import_rows(regclass, jsonb) to service_role;
