-- Web push: a person's own devices, and what is left for `millstream.kit.push` to send to them.

create or replace function kit.web_push() returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  create or replace function public.push_settings(endpoint text default null) returns jsonb
  language sql stable set search_path = pg_catalog, pg_temp as 'select kit.push_settings(endpoint)';
  create or replace function public.add_push_device(endpoint text, p256dh text, auth_secret text) returns void
  language sql set search_path = pg_catalog, pg_temp as 'select kit.add_push_device(endpoint, p256dh, auth_secret)';
  create or replace function public.remove_push_device(endpoint text) returns void
  language sql set search_path = pg_catalog, pg_temp as 'select kit.remove_push_device(endpoint)';
  perform kit.callable('{push_settings,add_push_device,remove_push_device}', '{authenticated}');
end
$$;

-- The public key that a browser subscribes with, and whether the caller is told on the device that has this endpoint.
create or replace function kit.push_settings(endpoint text) returns jsonb
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select jsonb_build_object(
    'key', (select k.public_key from kit.push_keys as k),
    'on', exists (
      select from kit.push_devices as d where d.user_id = auth.uid() and d.endpoint = push_settings.endpoint
    )
  )
$$;

-- A browser has one endpoint, whoever is signed in there: it is told of the last one who asked.
create or replace function kit.add_push_device(endpoint text, p256dh text, auth_secret text) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  person  uuid := kit.caller();
  session uuid := nullif(auth.jwt() ->> 'session_id', '')::uuid;
begin
  perform kit.lock_person(person);
  if session is not null and not exists (select from auth.sessions as s where s.id = session and s.user_id = person) then
    perform kit.refuse(403, 'callers_are_allowed', 'This session has ended.');
  end if;
  delete from kit.push_devices as d where d.endpoint = add_push_device.endpoint;
  insert into kit.push_devices (user_id, session_id, endpoint, p256dh, auth_secret)
  values (person, session, add_push_device.endpoint, add_push_device.p256dh, add_push_device.auth_secret);
  delete from kit.push_devices as d where d.id in (
    select o.id from kit.push_devices as o where o.user_id = person order by o.created_at desc offset 10
  );
end
$$;

create or replace function kit.remove_push_device(endpoint text) returns void
language sql security definer set search_path = pg_catalog, pg_temp as $$
  delete from kit.push_devices as d where d.user_id = auth.uid() and d.endpoint = remove_push_device.endpoint
$$;

-- The log tells the server, so that nobody waits for its next look.
create or replace function kit.push_notification(
  recipient uuid, notification uuid, title text, body text, link text
) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  insert into kit.push_messages (device_id, notification_id, content)
  select d.id, notification, jsonb_build_object('title', title, 'body', left(body, 300), 'link', link)
  from kit.push_devices as d left join auth.sessions as s on s.id = d.session_id
  where d.user_id = recipient and (s.not_after is null or s.not_after > now());
  if found then
    perform pg_logical_emit_message(true, 'millstream.push', '');
  end if;
end
$$;

comment on function kit.web_push() is 'Lets people be told on their devices by the functions that portals call. For migrations.';
comment on function kit.push_settings(text) is 'The key to subscribe with, and whether the caller is told on a device.';
comment on function kit.add_push_device(text, text, text) is
  'Has the caller told on a device until the session ends; of more than ten the oldest goes.';
comment on function kit.remove_push_device(text) is 'Has the caller told on a device no more.';
comment on function kit.push_notification(uuid, uuid, text, text, text) is
  'Leaves a message in the outbox for each device of somebody.';

revoke execute on function
  kit.web_push(), kit.push_settings(text), kit.add_push_device(text, text, text), kit.remove_push_device(text),
  kit.push_notification(uuid, uuid, text, text, text)
from public;
grant execute on function
  kit.push_settings(text), kit.add_push_device(text, text, text), kit.remove_push_device(text)
to authenticated;
