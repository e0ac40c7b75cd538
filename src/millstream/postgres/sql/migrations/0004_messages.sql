-- Messages of topics: what realtime.send writes here is broadcast from the log, and kept for those who ask for it later.

alter table realtime.messages
  add column binary_payload bytea,
  alter column inserted_at set default timezone('utc', now()),
  alter column updated_at set default timezone('utc', now());

comment on column realtime.messages.binary_payload is 'The payload of a message that is no JSON; payload is null then.';

-- What was said in a topic, newest first.
create index messages_replay on realtime.messages (topic, inserted_at desc) where extension = 'broadcast' and private;

-- A publication of its own, since projects drop and make supabase_realtime as they like.
create publication millstream_messages for table realtime.messages
  with (publish = 'insert', publish_via_partition_root = true);
