-- What may not be lost: who changed what, rows that are only marked as deleted, logs to which is only added.

create or replace function kit.audited(
  target regclass, log text default 'kit.audit_log', leave_out text[] default '{}'
) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  if to_regclass(log) is null then
    execute format('create table %s (like kit.audit_log including all)', log);
    execute format('alter table %s enable row level security', log);
  end if;
  perform kit.append_only(log::regclass);
  execute format(
    'create or replace trigger %I after insert or update or delete on %s
       for each row execute function kit.write_audit(%L, %L, %L)',
    kit.table_name(target) || '_audit', target, log::regclass::text, kit.key_of(target), leave_out
  );
end
$$;

-- Its arguments are the log, the column of the key and the columns to leave out.
create or replace function kit.write_audit() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  left_out constant text[] := tg_argv[2]::text[];
  before jsonb := case when tg_op <> 'INSERT' then to_jsonb(old) - left_out end;
  after  jsonb := case when tg_op <> 'DELETE' then to_jsonb(new) - left_out end;
  about  constant jsonb := coalesce(after, before);
begin
  if tg_op = 'UPDATE' then
    select jsonb_object_agg(key, value) filter (where after -> key is distinct from value) into before
    from jsonb_each(before);
    if before is null then
      return null;
    end if;
    select jsonb_object_agg(key, value) into after from jsonb_each(after) where before ? key;
  end if;
  execute format(
    'insert into %s (table_name, row_id, organisation_id, operation, actor_id, actor_role, request_id, before, after)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9)', tg_argv[0]
  ) using
    format('%I.%I', tg_table_schema, tg_table_name), about ->> tg_argv[1], (about ->> 'organisation_id')::uuid,
    lower(tg_op), auth.uid(), coalesce(auth.role(), session_user), kit.request_id(), before, after;
  return null;
end
$$;

create or replace function kit.append_only(target regclass) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  execute format('revoke update, delete, truncate on %s from public, anon, authenticated, service_role', target);
  execute format(
    'create or replace trigger %I before update or delete on %s for each row execute function kit.only_append()',
    kit.table_name(target) || '_append_only', target
  );
  execute format(
    'create or replace trigger %I before truncate on %s for each statement execute function kit.only_append()',
    kit.table_name(target) || '_no_truncate', target
  );
end
$$;

create or replace function kit.only_append() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  if tg_op = 'DELETE' and current_setting('kit.purging', true) = 'on' then
    return old;
  end if;
  raise sqlstate 'PT403' using
    constraint = tg_table_name || '_is_append_only',
    message = format('Rows of %s are never changed, and removed by kit.purge alone.', tg_table_name);
end
$$;

create or replace function kit.purge(target regclass, at_column text, before timestamptz) returns bigint
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  removed bigint;
begin
  perform set_config('kit.purging', 'on', true);
  execute format('delete from %s where %I < $1', target, at_column) using before;
  get diagnostics removed = row_count;
  perform set_config('kit.purging', 'off', true);
  return removed;
end
$$;

create or replace function kit.soft_delete(target regclass) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  execute format(
    'alter table %s add column if not exists deleted_at timestamptz, add column if not exists deleted_by uuid', target
  );
  execute format(
    'create or replace trigger %I before delete on %s for each row execute function kit.mark_deleted(%L)',
    kit.table_name(target) || '_mark_deleted', target, kit.key_of(target)
  );
end
$$;

-- Runs as the owner: who may delete a row need not be allowed to change it. What is marked stays as it is.
create or replace function kit.mark_deleted() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if current_setting('kit.purging', true) = 'on' then
    return old;
  end if;
  execute format(
    'update %s set deleted_at = now(), deleted_by = auth.uid() where %I = ($1).%2$I and deleted_at is null',
    tg_relid::regclass, tg_argv[0]
  ) using old;
  return null;
end
$$;

create or replace function kit.restore(target regclass, id text) returns boolean
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  restored bigint;
begin
  execute format(
    'update %s set deleted_at = null, deleted_by = null where %I = $1::%s and deleted_at is not null',
    target, kit.key_of(target), kit.column_type(target, kit.key_of(target))
  ) using id;
  get diagnostics restored = row_count;
  return restored > 0;
end
$$;

-- The history of some columns, for people: what they were and became, with what names the row. `new` is null when it went.
create or replace function kit.change_log(target regclass, log text, columns text[], keep text[]) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  one text;
begin
  if to_regclass(log) is null then
    execute format(
      'create table %s (id uuid primary key default gen_random_uuid(), %s, old jsonb, new jsonb, changed_by uuid,
         created_at timestamptz not null default clock_timestamp())',
      log, (select string_agg(format('%I %s', kept, kit.column_type(target, kept)), ', ') from unnest(keep) as kept)
    );
    execute format('alter table %s enable row level security', log);
  end if;
  -- Logs that were made before removals were told have a value for each change.
  execute format('alter table %s alter column new drop not null', log);
  foreach one in array keep loop
    execute format(
      'create index if not exists %I on %s (%I, created_at)', kit.table_name(log::regclass) || '_by_' || one, log, one
    );
  end loop;
  perform kit.append_only(log::regclass);
  execute format(
    'create or replace trigger %I after insert or update or delete on %s
     for each row execute function kit.write_change(%L, %L, %L)',
    kit.table_name(target) || '_change_log', target, log::regclass::text, columns, keep
  );
end
$$;

-- Its arguments are the log, the columns that are told, and those that name the row.
create or replace function kit.write_change() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  told   constant text[] := tg_argv[1]::text[];
  before constant jsonb := (select jsonb_object_agg(key, value) from jsonb_each(to_jsonb(old)) where key = any (told));
  after  constant jsonb := (select jsonb_object_agg(key, value) from jsonb_each(to_jsonb(new)) where key = any (told));
begin
  if before is distinct from after and not kit.replaying() then
    execute format(
      'insert into %1$s (%2$s, old, new, changed_by)
       select %2$s, $2, $3, auth.uid() from jsonb_populate_record(null::%1$s, $1)',
      tg_argv[0], (select string_agg(quote_ident(kept), ', ') from unnest(tg_argv[2]::text[]) as kept)
    ) using coalesce(to_jsonb(new), to_jsonb(old)), before, after;
  end if;
  return null;
end
$$;

comment on function kit.change_log(regclass, text, text[], text[]) is
  'Writes what some columns were and became to a log that people may read. For migrations.';
comment on function kit.audited(regclass, text, text[]) is 'Writes each change of a table to a log. For migrations.';
comment on function kit.append_only(regclass) is 'Lets rows of a table only be added. For migrations.';
comment on function kit.purge(regclass, text, timestamptz) is
  'Removes rows that are older, also of tables to which is only added, and those only marked as deleted.';
comment on function kit.soft_delete(regclass) is 'Marks rows as deleted instead of removing them. For migrations.';
comment on function kit.restore(regclass, text) is 'Takes the mark of a deleted row away, as the caller.';

revoke execute on function
  kit.audited(regclass, text, text[]), kit.write_audit(), kit.change_log(regclass, text, text[], text[]),
  kit.write_change(), kit.append_only(regclass), kit.only_append(),
  kit.purge(regclass, text, timestamptz), kit.soft_delete(regclass), kit.mark_deleted()
from public;
