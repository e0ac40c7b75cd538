-- The outbox of mails: written in the transaction that they tell of, sent by Millstream after it was committed.

create table millstream.mails (
  id uuid not null,
  occasion text not null,
  recipient text not null,
  subject text not null,
  text_body text,
  html_body text,
  state text not null,
  created_at timestamptz not null default now(),
  run_at timestamptz not null default now(),
  attempts integer not null default 0,
  last_error text,
  settled_at timestamptz,
  constraint mails_pkey primary key (id),
  constraint mails_state_check check (state in ('due', 'kept', 'sent', 'failed'))
);

create index mails_due_idx on millstream.mails (run_at) where state = 'due';
create index mails_kept_idx on millstream.mails (created_at desc) where state = 'kept';

comment on table millstream.mails is 'Mails to people; their text is forgotten when they have left or were given up.';
comment on column millstream.mails.state is 'due; kept, in development without a mail server; sent; failed.';
comment on column millstream.mails.run_at is 'When a due mail is tried next; while it is being sent, when its lease ends.';

-- The log tells the server of a new mail, so that it does not wait for the next look into the outbox.
create function millstream.tell_of_mail() returns trigger
language plpgsql as $$
begin
  perform pg_logical_emit_message(true, 'millstream.mail', '');
  return null;
end
$$;

create trigger tell_of_mail after insert on millstream.mails
  for each row when (new.state = 'due') execute function millstream.tell_of_mail();
