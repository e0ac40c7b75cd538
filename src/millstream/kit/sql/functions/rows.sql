-- What many tables want of their rows: a version, an edit that loses nobody's change.

create or replace function kit.versioned(target regclass) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  execute format(
    'alter table %s add column if not exists version integer not null default 1,
       add column if not exists updated_at timestamptz not null default now()', target
  );
  execute format(
    'create or replace trigger %I before insert or update on %s for each row execute function kit.count_version()',
    kit.table_name(target) || '_count_version', target
  );
end
$$;

create or replace function kit.count_version() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  new.version := case tg_op when 'UPDATE' then old.version + 1 else 1 end;
  new.updated_at := now();
  return new;
end
$$;

-- Runs as the caller: what he may not see or change, he cannot edit. A field collides when somebody else changed it
-- since the caller looked, to something that the caller does not want as well.
create or replace function kit.edit(target regclass, id text, changes jsonb, original jsonb, version integer)
returns jsonb
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  key      text := kit.key_of(target);
  fields   text;
  actual   jsonb;
  wanted   jsonb;
  seen     jsonb;
  collided jsonb;
begin
  if changes = '{}' then
    raise sqlstate 'PT400' using constraint = 'edits_change_something', message = 'There is nothing to change.';
  end if;
  execute format('select to_jsonb(t) from %s t where t.%I = $1::%s for no key update', target, key,
    kit.column_type(target, key)) into actual using id;
  if actual is null then
    raise sqlstate 'PT404' using constraint = 'edits_are_of_known_rows', message = 'There is no such row.';
  end if;
  -- Through the table's types and back, so that equal values are equal texts.
  execute format(
    'select to_jsonb(jsonb_populate_record(null::%1$s, $1)), to_jsonb(jsonb_populate_record(null::%1$s, $2))', target
  ) into wanted, seen using changes, coalesce(original, '{}');
  if (actual ->> 'version')::integer is distinct from version then
    select jsonb_object_agg(field, jsonb_build_object(
      'current', wanted -> field, 'actual', actual -> field, 'original', seen -> field
    )) into collided
    from jsonb_object_keys(changes) as field
    where actual -> field is distinct from wanted -> field
      and (original is null or not original ? field or actual -> field is distinct from seen -> field);
  end if;
  if collided is not null then
    raise sqlstate 'PT409' using
      constraint = 'edits_do_not_collide', message = 'Somebody else has changed this meanwhile.',
      detail = jsonb_build_object('version', actual -> 'version', 'fields', collided);
  end if;
  select string_agg(quote_ident(field), ', ') into fields from jsonb_object_keys(changes) as field;
  execute format(
    'update %1$s as t set (%2$s) = (select %2$s from jsonb_populate_record(null::%1$s, $1)) where t.%3$I = $2::%4$s
     returning to_jsonb(t)', target, fields, key, kit.column_type(target, key)
  ) into actual using changes, id;
  return actual;
end
$$;

comment on function kit.versioned(regclass) is 'Counts the changes of each row in version. For migrations.';
comment on function kit.edit(regclass, text, jsonb, jsonb, integer) is
  'Changes fields of a versioned row, as the caller, unless somebody else changed the same ones since.';

revoke execute on function kit.versioned(regclass), kit.count_version() from public;
grant execute on function kit.column_type(regclass, text) to anon, authenticated, service_role;
