-- People: what they go by, one thing at a time for each, and who administers the platform.

-- Whoever changes what one person may have only so much of holds this until the transaction ends; before any other lock.
create or replace function kit.lock_person(person uuid) returns void
language sql volatile set search_path = pg_catalog, pg_temp as $$
  select pg_advisory_xact_lock(hashtextextended('kit.person ' || person, 0)) where person is not null
$$;

create or replace function kit.name_of(person uuid) returns text
language sql stable set search_path = pg_catalog, pg_temp as $$
  select left(coalesce(nullif(trim(u.raw_user_meta_data ->> 'name'), ''), nullif(trim(u.raw_user_meta_data ->> 'full_name'), ''),
    initcap(replace(split_part(nullif(u.email, ''), '@', 1), '.', ' ')), 'Guest'), 120)
  from auth.users as u where u.id = person
$$;

-- "Ada B.": what strangers may read.
create or replace function kit.short_name(name text) returns text
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select left(regexp_replace(trim(name), '^(\S+)\s+(?:.*\s)?(\S)\S*$', '\1 \2.'), 60)
$$;

-- "Tue 24 Nov, 14:00–16:00", by the clocks of a place.
create or replace function kit.say_range(starts timestamptz, ends timestamptz, timezone text) returns text
language sql stable set search_path = pg_catalog, pg_temp as $$
  select to_char(timezone(timezone, starts), 'Dy FMDD Mon, HH24:MI') || '–' || to_char(timezone(timezone, ends), 'HH24:MI')
$$;

create or replace function kit.administrators() returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  create table if not exists public.platform_administrators (
    user_id uuid not null,
    constraint platform_administrators_pkey primary key (user_id),
    constraint platform_administrators_user_fkey foreign key (user_id) references auth.users (id) on delete cascade
  );
  comment on table public.platform_administrators is 'Who looks after the platform, whatever the organisation.';
  perform kit.withdraw_rights('{platform_administrators}');
  grant select on public.platform_administrators to authenticated;
  grant select, insert, delete on public.platform_administrators to service_role;
  create policy "People see whether they are administrators" on public.platform_administrators for select to authenticated
    using (user_id = auth.uid());
  create or replace function public.is_administrator() returns boolean
  language sql stable security definer set search_path = pg_catalog, pg_temp as $body$
    select exists (select from public.platform_administrators as a where a.user_id = auth.uid())
  $body$;
  perform kit.follow('public.platform_administrators');
end
$$;

-- For functions that say no otherwise: whatever the caller's own rights are, this is for administrators alone.
create or replace function kit.must_administer() returns void
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  perform kit.must(public.is_administrator(), 'This is for administrators of the platform.');
end
$$;

create or replace function kit.works_for(organisation uuid) returns boolean
language sql stable set search_path = pg_catalog, pg_temp as $$
  select auth.member_of(organisation, array['owner', 'manager', 'staff'])
$$;

create or replace function kit.manages(organisation uuid) returns boolean
language sql stable set search_path = pg_catalog, pg_temp as $$
  select auth.member_of(organisation, array['owner', 'manager'])
$$;

-- The organisations that the caller works for, for policies of long tables: asked once a query, and not once a row.
create or replace function kit.workplaces() returns setof uuid
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select m.organisation_id from auth.memberships as m where m.user_id = auth.uid() and m.role in ('owner', 'manager', 'staff')
$$;

comment on function kit.lock_person(uuid) is 'Lets one transaction after the other act for a person.';
comment on function kit.name_of(uuid) is 'What a person goes by: a name of the account, or its address without the rest.';
comment on function kit.short_name(text) is 'A first name and an initial.';
comment on function kit.say_range(timestamptz, timestamptz, text) is 'A time of a place in words, for notifications.';
comment on function kit.administrators() is
  'Makes public.platform_administrators and public.is_administrator(). For migrations.';
comment on function kit.must_administer() is 'Refuses with 403 everybody but administrators of the platform.';
comment on function kit.works_for(uuid) is 'Whether the caller is an owner, a manager or staff of an organisation.';
comment on function kit.manages(uuid) is 'Whether the caller is an owner or a manager of an organisation.';
comment on function kit.workplaces() is 'The organisations that the caller works for. For policies.';

revoke execute on function
  kit.lock_person(uuid), kit.name_of(uuid), kit.short_name(text), kit.say_range(timestamptz, timestamptz, text),
  kit.administrators(), kit.must_administer(), kit.works_for(uuid), kit.manages(uuid), kit.workplaces()
from public;
grant execute on function kit.workplaces() to anon, authenticated, service_role;
