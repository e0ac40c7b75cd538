-- Calendar feeds: whoever knows the secret reads what the owner of the feed may see, as the owner.

alter table kit.calendar_feeds enable row level security;
revoke all on kit.calendar_feeds from public, anon, authenticated, service_role;
grant select (id, owner_id, subject, created_at, last_read_at), delete on kit.calendar_feeds to authenticated, service_role;

drop policy if exists "People have their own feeds" on kit.calendar_feeds;
create policy "People have their own feeds" on kit.calendar_feeds
  to authenticated using (owner_id = (select auth.uid()));

create or replace function kit.open_calendar_feed(subject text) returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  secret text := kit.new_secret();
begin
  if auth.uid() is null then
    raise insufficient_privilege using message = 'Sign in to open a calendar feed.';
  end if;
  if (select count(*) from kit.calendar_feeds f where f.owner_id = auth.uid()) >= 50 then
    raise sqlstate 'PT409' using constraint = 'calendar_feeds_are_few', message = 'There are 50 feeds: revoke one first.';
  end if;
  insert into kit.calendar_feeds (owner_id, subject, token_hash)
  values (auth.uid(), open_calendar_feed.subject, sha256(convert_to(secret, 'UTF8')));
  return secret;
end
$$;

-- To the hour, so that a feed that is read all day is not a row that is written all day.
create or replace function kit.calendar_feed(secret text, out owner_id uuid, out subject text) returns setof record
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  found_id uuid;
begin
  select f.id, f.owner_id, f.subject from kit.calendar_feeds f join auth.users u on u.id = f.owner_id
  where f.token_hash = sha256(convert_to(secret, 'UTF8'))
    and u.deleted_at is null and (u.banned_until is null or u.banned_until <= now())
  into found_id, owner_id, subject;
  if found_id is null then
    return;
  end if;
  update kit.calendar_feeds f set last_read_at = now()
  where f.id = found_id and (f.last_read_at is null or f.last_read_at < now() - interval '1 hour');
  return next;
end
$$;

comment on function kit.open_calendar_feed(text) is
  'Makes a feed of the caller''s and returns its secret, which nobody can read again.';
comment on function kit.calendar_feed(text) is 'Whose feed has this secret and what it shows; no row for none.';

revoke execute on function kit.open_calendar_feed(text), kit.calendar_feed(text) from public;
grant execute on function kit.open_calendar_feed(text) to authenticated;
grant execute on function kit.calendar_feed(text) to service_role;
