-- What policies ask about organisations: whether the caller belongs to one, and in which role. Each is one lookup in the
-- primary key of auth.memberships. They read it as its owner, because a caller may not see everybody's memberships.

create or replace function auth.member_of(org uuid) returns boolean
language sql stable security definer set search_path = '' as $$
  select exists (
    select from auth.memberships m where m.organisation_id = org and m.user_id = auth.uid()
  )
$$;

create or replace function auth.member_of(org uuid, roles text[]) returns boolean
language sql stable security definer set search_path = '' as $$
  select exists (
    select from auth.memberships m
    where m.organisation_id = org and m.user_id = auth.uid() and m.role = any (roles)
  )
$$;

create or replace function auth.role_in(org uuid) returns text
language sql stable security definer set search_path = '' as $$
  select m.role from auth.memberships m where m.organisation_id = org and m.user_id = auth.uid()
$$;

comment on function auth.member_of(uuid) is 'Whether the caller belongs to the organisation, in whatever role.';
comment on function auth.member_of(uuid, text[]) is 'Whether the caller belongs to the organisation in one of the roles.';
comment on function auth.role_in(uuid) is 'The caller''s role in the organisation, null for none.';

drop policy if exists "Members see their organisations" on auth.organisations;
create policy "Members see their organisations" on auth.organisations
  for select to authenticated using (auth.member_of(id));

drop policy if exists "Members see themselves" on auth.memberships;
create policy "Members see themselves" on auth.memberships
  for select to authenticated using (user_id = auth.uid());

drop policy if exists "Those who work there see all members" on auth.memberships;
create policy "Those who work there see all members" on auth.memberships
  for select to authenticated using (auth.member_of(organisation_id, array['owner', 'manager', 'staff']));

drop policy if exists "Those who invite see the invitations" on auth.invitations;
create policy "Those who invite see the invitations" on auth.invitations
  for select to authenticated using (auth.member_of(organisation_id, array['owner', 'manager']));
