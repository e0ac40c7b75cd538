-- The notification centre: messages to users with read state, in the transaction that they tell of; by mail where wanted,
-- and on the devices that they chose.

create or replace function kit.notification_centre() returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  create table if not exists public.notifications (
    id              uuid not null default gen_random_uuid(),
    user_id         uuid not null,
    organisation_id uuid,
    kind            text not null,
    title           text not null,
    body            text not null default '',
    link            text,
    data            jsonb not null default '{}',
    occasion_key    text,
    created_at      timestamptz not null default clock_timestamp(),
    read_at         timestamptz,
    constraint notifications_pkey primary key (id),
    constraint notifications_user_id_fkey foreign key (user_id) references auth.users (id) on delete cascade,
    constraint notifications_organisation_id_fkey foreign key (organisation_id)
      references auth.organisations (id) on delete cascade,
    constraint notifications_kind_check check (kind ~ '^[a-z][a-z0-9_.]{0,99}$'),
    constraint notifications_title_check check (char_length(title) between 1 and 200),
    constraint notifications_body_check check (char_length(body) <= 2000),
    constraint notifications_link_check check (link ~ '^/([^/\\]|$)')
  );
  create index if not exists notifications_user_id_idx on public.notifications (user_id, created_at desc);
  create index if not exists notifications_unread_idx on public.notifications (user_id) where read_at is null;
  create index if not exists notifications_organisation_id_idx on public.notifications (organisation_id);
  create unique index if not exists notifications_occasion_key on public.notifications (user_id, occasion_key);
  comment on table public.notifications is 'Messages to users, written by kit.notify; read_at is when they saw it.';
  comment on column public.notifications.occasion_key is 'Names what it tells of: nobody is told of the same twice.';
  comment on column public.notifications.link is 'A path of the portal that shows what it is about.';

  create table if not exists public.notification_preferences (
    user_id uuid not null default auth.uid(),
    kind    text not null,
    in_app  boolean not null default true,
    mail    boolean not null default false,
    constraint notification_preferences_pkey primary key (user_id, kind),
    constraint notification_preferences_user_id_fkey foreign key (user_id) references auth.users (id) on delete cascade,
    constraint notification_preferences_kind_check check (kind ~ '^([a-z][a-z0-9_.]{0,99}|\*)$')
  );
  alter table public.notification_preferences add column if not exists push boolean not null default true;
  comment on table public.notification_preferences is
    'How a user wants to be told of a kind of notification; the kind * stands for all that he says nothing of.';
  comment on column public.notification_preferences.push is 'On the devices where he has turned notifications on, if any.';

  perform kit.protect_notifications();
  perform kit.follow('public.notifications');
end
$$;

create or replace function kit.protect_notifications() returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  alter table public.notifications enable row level security;
  alter table public.notification_preferences enable row level security;
  revoke all on public.notifications, public.notification_preferences from public, anon, authenticated, service_role;
  grant select, delete, update (read_at) on public.notifications to authenticated, service_role;
  grant select, insert, update, delete on public.notification_preferences to authenticated, service_role;

  drop policy if exists "People have their own notifications" on public.notifications;
  create policy "People have their own notifications" on public.notifications
    to authenticated using (user_id = (select auth.uid()));
  drop policy if exists "People choose how they are told" on public.notification_preferences;
  create policy "People choose how they are told" on public.notification_preferences
    to authenticated using (user_id = (select auth.uid())) with check (user_id = (select auth.uid()));

  create or replace trigger notifications_note_reading before update of read_at on public.notifications
    for each row execute function kit.note_reading();
end
$$;

-- When it was read is what the database's clock says, and once.
create or replace function kit.note_reading() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  new.read_at := case when new.read_at is null then null else coalesce(old.read_at, clock_timestamp()) end;
  return new;
end
$$;

create or replace function kit.follow(target regclass) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  execute format('alter table %s replica identity full', target);
  if exists (select from pg_publication where pubname = 'supabase_realtime' and not puballtables) and not exists (
    select from pg_publication_rel r join pg_publication p on p.oid = r.prpubid
    where p.pubname = 'supabase_realtime' and r.prrelid = target
  ) then
    execute format('alter publication supabase_realtime add table %s', target);
  end if;
end
$$;

create or replace function kit.notify(
  recipient uuid, kind text, title text, body text default '', link text default null, organisation uuid default null,
  data jsonb default '{}', mail boolean default false, occasion text default null
) returns uuid
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  in_app  boolean;
  by_mail boolean;
  by_push boolean;
  made    uuid;
begin
  select p.in_app, p.mail, p.push from public.notification_preferences p
  where p.user_id = recipient and p.kind in (notify.kind, '*') order by p.kind = '*' limit 1
  into in_app, by_mail, by_push;
  -- A row is made in any case where an occasion has a name, so that it is told of once by mail, too.
  if coalesce(in_app, true) or occasion is not null then
    insert into public.notifications
      (user_id, organisation_id, kind, title, body, link, data, occasion_key, read_at)
    values (recipient, organisation, notify.kind, notify.title, notify.body, notify.link, notify.data, occasion,
      case when not coalesce(in_app, true) then clock_timestamp() end)
    on conflict (user_id, occasion_key) do nothing returning id into made;
    if made is null then
      return null;
    end if;
  end if;
  if coalesce(by_mail, mail) then
    perform kit.mail_notification(recipient, title, body, link);
  end if;
  if coalesce(by_push, true) then
    perform kit.push_notification(recipient, coalesce(made, gen_random_uuid()), title, body, link);
  end if;
  return made;
end
$$;

create or replace function kit.mail_notification(recipient uuid, title text, body text, link text) returns void
language sql set search_path = pg_catalog, pg_temp as $$
  insert into millstream.mails (id, occasion, recipient, subject, state, draft)
  select gen_random_uuid(), 'notification', u.email, title, 'draft',
    jsonb_build_object('title', title, 'body', body, 'link', coalesce(link, '/'))
  from auth.users u where u.id = recipient and u.email <> '' and u.email_confirmed_at is not null
$$;

-- Mails somebody who need not have an account, such as a client who booked as a guest.
create or replace function kit.mail(
  address text, title text, body text, link text default '/', about text default null
) returns void
language sql security definer set search_path = pg_catalog, pg_temp as $$
  with made as (
    insert into millstream.mails (id, occasion, recipient, subject, state, draft)
    values (gen_random_uuid(), 'notification', address, title, 'draft',
      jsonb_build_object('title', title, 'body', body, 'link', link))
    returning id
  )
  insert into kit.mails_about (mail_id, about) select id, mail.about from made where mail.about is not null
$$;

-- Whoever is forgotten gets no mail that waits, and the outbox does not know any more where others went.
create or replace function kit.forget_mails(about text) returns integer
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  gone integer;
begin
  delete from millstream.mails m using kit.mails_about a where a.mail_id = m.id and a.about = forget_mails.about;
  get diagnostics gone = row_count;
  return gone;
end
$$;

create or replace function kit.notify_members(
  organisation uuid, roles text[], kind text, title text, body text default '', link text default null,
  data jsonb default '{}', mail boolean default false, occasion text default null
) returns integer
language sql security definer set search_path = pg_catalog, pg_temp as $$
  select count(kit.notify(m.user_id, kind, title, body, link, organisation, data, mail, occasion))::integer
  from (
    select m.user_id from auth.memberships m
    where m.organisation_id = organisation and m.role = any (roles) order by m.user_id
  ) as m
$$;

create or replace function kit.forget_notifications(older interval) returns integer
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  gone integer;
begin
  delete from public.notifications n where n.created_at < now() - older;
  get diagnostics gone = row_count;
  return gone;
end
$$;

comment on function kit.notification_centre() is
  'Makes public.notifications and public.notification_preferences, protected and followed. For migrations.';
comment on function kit.follow(regclass) is 'Has the log told of a table, with whole old rows. For migrations.';
comment on function kit.notify(uuid, text, text, text, text, uuid, jsonb, boolean, text) is
  'Tells a user something, as he wants to be told; null when he was told of this occasion, or nowhere in the portal.';
comment on function kit.mail(text, text, text, text, text) is
  'Mails an address in the transaction that it tells of; the address is the caller''s to have checked.';
comment on function kit.forget_mails(text) is 'Removes the mails about somebody or something, sent or not; returns how many.';
comment on function kit.notify_members(uuid, text[], text, text, text, text, jsonb, boolean, text) is
  'Tells all members of an organisation who have one of the roles; returns how many.';
comment on function kit.forget_notifications(interval) is 'Deletes old notifications; returns how many.';

revoke execute on function
  kit.notification_centre(), kit.protect_notifications(), kit.note_reading(), kit.follow(regclass),
  kit.notify(uuid, text, text, text, text, uuid, jsonb, boolean, text),
  kit.mail_notification(uuid, text, text, text), kit.mail(text, text, text, text, text),
  kit.forget_mails(text),
  kit.notify_members(uuid, text[], text, text, text, text, jsonb, boolean, text),
  kit.forget_notifications(interval)
from public;
grant execute on function
  kit.notify(uuid, text, text, text, text, uuid, jsonb, boolean, text),
  kit.notify_members(uuid, text[], text, text, text, text, jsonb, boolean, text),
  kit.forget_notifications(interval)
to service_role;
