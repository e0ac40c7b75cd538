-- Whom or what a mail of an application is about, so that it goes when that is to be forgotten.

create table kit.mails_about (
  mail_id uuid not null,
  about   text not null,
  constraint mails_about_pkey primary key (mail_id),
  constraint mails_about_mail_id_fkey foreign key (mail_id) references millstream.mails (id) on delete cascade
);
create index mails_about_idx on kit.mails_about (about);
comment on table kit.mails_about is 'What mails are about, for kit.forget_mails.';

revoke all on kit.mails_about from public, anon, authenticated, service_role;

drop function if exists kit.mail(text, text, text, text);
