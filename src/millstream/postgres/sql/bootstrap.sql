-- What an administrator prepares once in each database; safe to repeat. Every step that changes something says so with
-- a NOTICE. Reads three session settings: millstream.login_role, millstream.publication and millstream.login_password
-- (empty: the role keeps the password that it has).
--
-- Afterwards the login role runs the server: it owns Millstream's schemas, may take the three callers' roles, may read
-- the log, and is no superuser.

-- Roles -----------------------------------------------------------------------------------------------------------

do $roles$
declare
  login text := current_setting('millstream.login_role');
  wanted record;
begin
  for wanted in
    select * from (values
      ('anon', 'nologin noinherit'),
      ('authenticated', 'nologin noinherit'),
      ('service_role', 'nologin noinherit bypassrls'),
      ('authenticator', 'nologin noinherit'),
      (login, 'login noinherit replication')
    ) as roles (name, attributes)
  loop
    if not exists (select from pg_roles where rolname = wanted.name) then
      begin
        execute format('create role %I %s', wanted.name, wanted.attributes);
        raise notice 'created role % (%)', wanted.name, wanted.attributes;
      exception when duplicate_object or unique_violation then
        null;  -- another database of this server is being prepared at the same time
      end;
    end if;
  end loop;

  if not (select rolreplication and rolcanlogin from pg_roles where rolname = login) then
    execute format('alter role %I login replication', login);
    raise notice 'allowed role % to log in and to read the log', login;
  end if;
  if not (select rolbypassrls from pg_roles where rolname = 'service_role') then
    alter role service_role bypassrls;
    raise notice 'let service_role bypass row-level security';
  end if;
  if current_setting('millstream.login_password') <> '' then
    execute format('alter role %I password %L', login, current_setting('millstream.login_password'));
    raise notice 'set the password of role %', login;
  end if;
end
$roles$;

-- From PostgreSQL 16 on inheriting belongs to the grant, before it belonged to the role.
do $memberships$
declare
  taker text;
  taken text;
  login text := current_setting('millstream.login_role');
  modern boolean := current_setting('server_version_num')::int >= 160000;
  option text := case when modern then ' with inherit false, set true' else '' end;
begin
  foreach taker in array array[login, 'authenticator'] loop
    foreach taken in array array['anon', 'authenticated', 'service_role'] loop
      if not exists (
        select from pg_auth_members m
        where m.roleid = quote_ident(taken)::regrole and m.member = quote_ident(taker)::regrole
      ) then
        execute format('grant %I to %I', taken, taker) || option;
        raise notice 'granted % to %, to be taken for a request', taken, taker;
      end if;
    end loop;
  end loop;
  if not modern and (select rolinherit and not rolsuper from pg_roles where rolname = login) then
    execute format('alter role %I noinherit', login);
    raise notice 'made role % noinherit: it has the rights of a role only while it takes it', login;
  end if;
end
$memberships$;

-- Schemas ---------------------------------------------------------------------------------------------------------

do $schemas$
declare
  login text := current_setting('millstream.login_role');
  database text := current_database();
  name text;
begin
  if not has_database_privilege(login, database, 'create') then
    execute format('grant create on database %I to %I', database, login);
    raise notice 'allowed role % to create schemas and trusted extensions in %', login, database;
  end if;
  if not has_schema_privilege(login, 'public', 'create') then
    execute format('grant usage, create on schema public to %I', login);
    raise notice 'allowed role % to create tables in schema public', login;
  end if;
  foreach name in array array['millstream', 'auth', 'realtime', 'extensions'] loop
    if to_regnamespace(name) is null then
      execute format('create schema %I authorization %I', name, login);
      raise notice 'created schema %', name;
    end if;
  end loop;
  foreach name in array array['public', 'auth', 'realtime', 'extensions'] loop
    if not has_schema_privilege('anon', name, 'usage') then
      execute format('grant usage on schema %I to anon, authenticated, service_role', name);
      raise notice 'let callers see schema %', name;
    end if;
  end loop;

  -- The login role has a search path of its own: "$user" would lead into a schema of its name, such as millstream.
  if not exists (
    select from pg_db_role_setting, unnest(setconfig) as setting
    where setdatabase = 0 and setrole = quote_ident(login)::regrole and setting like 'search_path=%'
  ) then
    execute format('alter role %I set search_path = public, extensions', login);
    raise notice 'set the search path of role %', login;
  end if;
  if not exists (
    select from pg_db_role_setting s join pg_database d on d.oid = s.setdatabase, unnest(s.setconfig) as setting
    where d.datname = database and s.setrole = 0 and setting like 'search_path=%'
  ) then
    execute format('alter database %I set search_path = "$user", public, extensions', database);
    raise notice 'set the search path of database %: schema extensions is found without its name', database;
  end if;
end
$schemas$;

-- Existing schemas expect that new tables, functions and sequences in public are granted to callers, whoever of the
-- two makes them: the policies decide on rows.
do $privileges$
declare
  creator text;
  kind record;
begin
  foreach creator in array array[current_setting('millstream.login_role'), current_user::text] loop
    for kind in select * from (values ('r', 'tables'), ('f', 'functions'), ('S', 'sequences')) as kinds (code, name) loop
      if not exists (
        select from pg_default_acl d, aclexplode(d.defaclacl) as granted
        where d.defaclrole = quote_ident(creator)::regrole
          and d.defaclnamespace = 'public'::regnamespace
          and d.defaclobjtype = kind.code::"char"
          and granted.grantee = 'anon'::regrole
      ) then
        execute format(
          'alter default privileges for role %I in schema public grant all on %s to anon, authenticated, service_role',
          creator, kind.name
        );
        raise notice 'granted callers the % that % will make in schema public', kind.name, creator;
      end if;
    end loop;
  end loop;
end
$privileges$;

-- Extensions that existing schemas take for granted, where the server has them ---------------------------------------

do $extensions$
declare
  wanted record;
begin
  for wanted in
    select available.name
    from pg_available_extensions available
    where available.name in ('pgcrypto', 'uuid-ossp') and available.installed_version is null
  loop
    begin
      execute format('create extension %I with schema extensions', wanted.name);
      raise notice 'created extension %', wanted.name;
    exception when insufficient_privilege then
      raise notice 'left out extension %: % may not create it', wanted.name, current_user;
    end;
  end loop;
end
$extensions$;

-- What is followed ------------------------------------------------------------------------------------------------

do $publication$
declare
  login text := current_setting('millstream.login_role');
  publication text := current_setting('millstream.publication');
begin
  if not exists (select from pg_publication where pubname = publication) then
    execute format('create publication %I', publication);
    execute format('alter publication %I owner to %I', publication, login);
    raise notice 'created publication %: its tables are followed', publication;
  end if;
end
$publication$;

-- A change of the schema speaks in the log, at its place between the rows, once a transaction -------------------------

create or replace function millstream.schema_changed() returns event_trigger
language plpgsql security definer set search_path = '' as $function$
declare
  changed boolean;
begin
  if tg_event = 'sql_drop' then
    changed := exists (select from pg_event_trigger_dropped_objects() d where not d.is_temporary);
  else
    changed := exists (
      select from pg_event_trigger_ddl_commands() c
      where c.schema_name is distinct from 'pg_temp' and c.command_tag <> 'REFRESH MATERIALIZED VIEW'
    );
  end if;
  if changed and current_setting('millstream.schema_told', true) is distinct from pg_current_xact_id()::text then
    perform set_config('millstream.schema_told', pg_current_xact_id()::text, true);
    perform pg_logical_emit_message(true, 'millstream', 'schema');
    notify pgrst, 'reload schema';
  end if;
end
$function$;

comment on function millstream.schema_changed() is
  'Says in the log and on channel pgrst that the schema changed, so that a server reads the catalog again.';

do $triggers$
declare
  wanted record;
begin
  for wanted in
    select * from (values
      ('millstream_ddl', 'ddl_command_end'),
      ('millstream_drop', 'sql_drop')
    ) as triggers (name, event)
  loop
    if not exists (select from pg_event_trigger where evtname = wanted.name) then
      begin
        execute format(
          'create event trigger %I on %s execute function millstream.schema_changed()', wanted.name, wanted.event
        );
        raise notice 'created event trigger %: the server learns of changes of the schema at once', wanted.name;
      exception when insufficient_privilege then
        raise notice 'left out event trigger %: % may not create it; the server looks for changes by itself',
          wanted.name, current_user;
      end;
    end if;
  end loop;
end
$triggers$;

-- A deleted row is shown to nobody unless the log carries the columns that policies ask about -------------------------

do $identities$
declare
  followed record;
begin
  for followed in
    select c.oid::regclass as name
    from pg_publication_tables p
    join pg_namespace n on n.nspname = p.schemaname
    join pg_class c on c.relnamespace = n.oid and c.relname = p.tablename
    where p.pubname = current_setting('millstream.publication')
      and c.relkind = 'r' and c.relrowsecurity and c.relreplident = 'd'
  loop
    execute format('alter table %s replica identity full', followed.name);
    raise notice 'set replica identity full on %: its policies can judge deleted rows', followed.name;
  end loop;
end
$identities$;
