-- Web push: the devices on which people have asked to be told, what is still to be sent there, and the project's key.

create table kit.push_keys (
  only_one   boolean not null default true,
  public_key text not null,
  sealed_key text not null,
  created_at timestamptz not null default now(),
  constraint push_keys_pkey primary key (only_one),
  constraint push_keys_only_one_check check (only_one)
);
comment on table kit.push_keys is 'The key by which push services know the project (RFC 8292); the private half is sealed.';

create table kit.push_devices (
  id          uuid not null default gen_random_uuid(),
  user_id     uuid not null,
  session_id  uuid,
  endpoint    text not null,
  p256dh      text not null,
  auth_secret text not null,
  created_at  timestamptz not null default clock_timestamp(),
  constraint push_devices_pkey primary key (id),
  constraint push_devices_endpoint_key unique (endpoint),
  constraint push_devices_user_id_fkey foreign key (user_id) references auth.users (id) on delete cascade,
  constraint push_devices_session_id_fkey foreign key (session_id) references auth.sessions (id) on delete cascade,
  constraint push_devices_endpoint_check check (endpoint ~ '^https?://[!-~]+$' and char_length(endpoint) <= 2048),
  constraint push_devices_p256dh_check check (p256dh ~ '^B[A-Za-z0-9_-]{86}$'),
  constraint push_devices_auth_secret_check check (auth_secret ~ '^[A-Za-z0-9_-]{22}$')
);
create index push_devices_user_id_idx on kit.push_devices (user_id, created_at desc);
create index push_devices_session_id_idx on kit.push_devices (session_id);
comment on table kit.push_devices is 'Browsers that show notifications while no page is open; each ends with its session.';
comment on column kit.push_devices.endpoint is 'Where the browser''s push service takes messages; who knows it can send some.';
comment on column kit.push_devices.p256dh is 'The browser''s public key (RFC 8291): 65 bytes in base64url.';
comment on column kit.push_devices.auth_secret is 'What the browser and we alone know (RFC 8291): 16 bytes in base64url.';

create table kit.push_messages (
  id              uuid not null default gen_random_uuid(),
  device_id       uuid not null,
  notification_id uuid not null,
  content         jsonb not null,
  created_at      timestamptz not null default clock_timestamp(),
  run_at          timestamptz not null default clock_timestamp(),
  attempts        integer not null default 0,
  constraint push_messages_pkey primary key (id),
  constraint push_messages_device_id_fkey foreign key (device_id) references kit.push_devices (id) on delete cascade
);
create index push_messages_run_at_idx on kit.push_messages (run_at);
create index push_messages_device_id_idx on kit.push_messages (device_id);
comment on table kit.push_messages is 'The outbox of web push: what is still to be sent; a row goes when it has left or is given up.';
comment on column kit.push_messages.notification_id is 'What a device shows once, however often it is sent.';
comment on column kit.push_messages.run_at is 'When it is tried next; while it is being sent, when its lease ends.';

revoke all on kit.push_keys, kit.push_devices, kit.push_messages from public, anon, authenticated, service_role;
