-- Secret addresses under which a calendar application reads what its owner may see, until they are revoked.

create table kit.calendar_feeds (
  id           uuid not null default gen_random_uuid(),
  owner_id     uuid not null,
  subject      text not null,
  token_hash   bytea not null,
  created_at   timestamptz not null default now(),
  last_read_at timestamptz,
  constraint calendar_feeds_pkey primary key (id),
  constraint calendar_feeds_token_hash_key unique (token_hash),
  constraint calendar_feeds_owner_id_fkey foreign key (owner_id) references auth.users (id) on delete cascade,
  constraint calendar_feeds_subject_check check (char_length(subject) between 1 and 200)
);
create index calendar_feeds_owner_id_idx on kit.calendar_feeds (owner_id, created_at desc);

comment on table kit.calendar_feeds is 'Addresses of calendar feeds; the secret in an address is kept as its hash alone.';
comment on column kit.calendar_feeds.subject is 'What the feed shows, in the words of the application.';
comment on column kit.calendar_feeds.last_read_at is 'When a calendar application last asked, to the hour.';
