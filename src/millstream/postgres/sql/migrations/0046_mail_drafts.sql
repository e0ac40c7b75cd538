-- Mails that SQL asks for: a draft has the values of its template, and becomes due, or kept, once the server has written it.

alter table millstream.mails add column draft jsonb;
alter table millstream.mails drop constraint mails_state_check;
alter table millstream.mails add constraint mails_state_check
  check (state in ('draft', 'due', 'kept', 'sent', 'failed')),
  add constraint mails_draft_check check ((state = 'draft') = (draft is not null));

create index mails_draft_idx on millstream.mails (created_at) where state = 'draft';

comment on column millstream.mails.state is
  'draft, not written yet; due; kept, in development without a mail server; sent; failed.';
comment on column millstream.mails.draft is 'Of a draft, what the template for its occasion is filled with.';

drop trigger tell_of_mail on millstream.mails;
create trigger tell_of_mail after insert on millstream.mails
  for each row when (new.state in ('draft', 'due')) execute function millstream.tell_of_mail();
