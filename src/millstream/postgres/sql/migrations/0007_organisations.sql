-- Organisations, who belongs to them in which role, and who is invited: tables that applications refer to as they refer
-- to auth.users. What may be done is decided by the auth API; callers read what the policies let them see.

create table auth.organisations (
  id uuid not null default gen_random_uuid(),
  slug text not null,
  name text not null,
  timezone text not null default 'UTC',
  currency text not null default 'EUR',
  settings jsonb not null default '{}',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint organisations_pkey primary key (id),
  constraint organisations_slug_key unique (slug),
  constraint organisations_slug_check check (slug ~ '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$'),
  constraint organisations_name_check check (char_length(name) between 1 and 200),
  constraint organisations_timezone_check check (char_length(timezone) between 1 and 64),
  constraint organisations_currency_check check (currency ~ '^[A-Z]{3}$'),
  constraint organisations_settings_check check (jsonb_typeof(settings) = 'object' and pg_column_size(settings) <= 65536)
);

create table auth.memberships (
  organisation_id uuid not null,
  user_id uuid not null,
  role text not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint memberships_pkey primary key (organisation_id, user_id),
  constraint memberships_organisation_id_fkey foreign key (organisation_id)
    references auth.organisations (id) on delete cascade,
  constraint memberships_user_id_fkey foreign key (user_id) references auth.users (id) on delete cascade,
  constraint memberships_role_check check (role in ('owner', 'manager', 'staff', 'customer'))
);

create index memberships_user_id_idx on auth.memberships (user_id, organisation_id) include (role);

create table auth.invitations (
  id uuid not null default gen_random_uuid(),
  organisation_id uuid not null,
  email text not null,
  role text not null,
  token_hash text not null,
  invited_by uuid,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  accepted_at timestamptz,
  accepted_by uuid,
  revoked_at timestamptz,
  constraint invitations_pkey primary key (id),
  constraint invitations_token_hash_key unique (token_hash),
  constraint invitations_organisation_id_fkey foreign key (organisation_id)
    references auth.organisations (id) on delete cascade,
  constraint invitations_invited_by_fkey foreign key (invited_by) references auth.users (id) on delete set null,
  constraint invitations_accepted_by_fkey foreign key (accepted_by) references auth.users (id) on delete set null,
  constraint invitations_role_check check (role in ('owner', 'manager', 'staff', 'customer')),
  constraint invitations_settled_check check (accepted_at is null or revoked_at is null)
);

create unique index invitations_open_key on auth.invitations (organisation_id, email)
  where accepted_at is null and revoked_at is null;
create index invitations_email_idx on auth.invitations (email) where accepted_at is null and revoked_at is null;
create index invitations_invited_by_idx on auth.invitations (invited_by);
create index invitations_accepted_by_idx on auth.invitations (accepted_by);

comment on table auth.organisations is 'The tenants of the applications. Refer to one as auth.organisations(id).';
comment on column auth.organisations.settings is 'What an application keeps about a tenant, read by its members.';
comment on table auth.memberships is 'Who belongs to an organisation; policies ask auth.member_of and auth.role_in.';
comment on table auth.invitations is 'Who was asked by mail to join, in which role. Open: neither accepted nor revoked.';
comment on column auth.invitations.token_hash is 'Hash of the token in the mail; the token itself is nowhere.';

-- An organisation keeps an owner, whoever deletes or changes what by which statement ---------------------------------

create function auth.keep_an_owner() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  -- Two owners who leave at once take turns here, and the second sees that the first has left.
  perform from auth.organisations o where o.id = old.organisation_id for no key update;
  if found and not exists (
    select from auth.memberships m where m.organisation_id = old.organisation_id and m.role = 'owner'
  ) then
    raise exception 'The last owner of an organisation cannot go'
      using errcode = 'check_violation', schema = 'auth', table = 'memberships', constraint = 'memberships_last_owner',
        hint = 'Make somebody else an owner first, or delete the organisation.';
  end if;
  return null;
end
$$;

create trigger keep_an_owner_on_delete after delete on auth.memberships
  for each row when (old.role = 'owner') execute function auth.keep_an_owner();
create trigger keep_an_owner_on_update after update on auth.memberships
  for each row when (old.role = 'owner' and (new.role, new.organisation_id) is distinct from ('owner', old.organisation_id))
  execute function auth.keep_an_owner();

-- Who may read what; rows are written by the server alone -------------------------------------------------------------

alter table auth.organisations enable row level security, replica identity full;
alter table auth.memberships enable row level security, replica identity full;
alter table auth.invitations enable row level security, replica identity full;

grant select on auth.organisations, auth.memberships to authenticated;
grant select (id, organisation_id, email, role, invited_by, created_at, expires_at, accepted_at, accepted_by, revoked_at)
  on auth.invitations to authenticated;
grant select, insert, update, delete on auth.organisations, auth.memberships, auth.invitations to service_role;

-- The log tells of memberships whatever a project makes of its publication; live lists need them in that one, too ------

create publication millstream_memberships for table auth.memberships;

do $$
declare
  followed text;
begin
  for followed in select pubname from pg_publication where pubname = 'supabase_realtime' and not puballtables loop
    begin
      execute format('alter publication %I add table auth.organisations, auth.memberships, auth.invitations', followed);
    exception when insufficient_privilege then
      raise notice 'left organisations out of publication %: it has another owner', followed;
    end;
  end loop;
end
$$;
