-- Who serves, what is offered and when, who comes, what is booked, and what happened to it.
--
-- The row of a provider is the lock of its calendar: whoever changes bookings locks that row first, several of them in
-- the order of their ids. Constraint names are part of the contract: errors.py turns each into an answer.

create table public.providers (
  id              uuid not null default gen_random_uuid(),
  organisation_id uuid not null,
  user_id         uuid,
  slug            text not null,
  name            text not null,
  company_name    text not null,
  trade           text not null default '',
  headline        text not null default '',
  email           text not null,
  timezone        text not null,
  currency        text not null,
  colour          text not null default 'teal',
  hold_minutes    integer not null default 10,
  grace_minutes   integer default 30,
  active          boolean not null default true,
  created_at      timestamptz not null default now(),
  constraint providers_pkey primary key (id),
  constraint providers_belong_to_their_organisation unique (id, organisation_id),
  constraint providers_organisation_id_fkey foreign key (organisation_id) references auth.organisations (id),
  constraint providers_user_id_fkey foreign key (user_id) references auth.users (id) on delete set null,
  constraint providers_slug_is_unique unique (slug),
  constraint providers_slug_is_readable check (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'),
  constraint providers_names_are_short check (char_length(name) between 1 and 120 and char_length(company_name) <= 120),
  -- An unknown IANA name makes the expression fail.
  constraint providers_timezone_is_known check (timezone(timezone, created_at) is not null),
  constraint providers_currency_is_a_code check (currency ~ '^[A-Z]{3}$'),
  constraint providers_hold_is_minutes_to_hours check (hold_minutes between 1 and 240),
  constraint providers_grace_is_not_negative check (grace_minutes >= 0)
);
create index providers_of_organisation on public.providers (organisation_id);
create index providers_of_user on public.providers (user_id);
comment on table public.providers is 'Who serves: one at a time, in one calendar.';
comment on column public.providers.user_id is 'The account of the provider; nobody else may learn it.';
comment on column public.providers.grace_minutes is 'How long after its start a booking may be checked in; null for ever.';

create table public.services (
  id                    uuid not null default gen_random_uuid(),
  organisation_id       uuid not null,
  name                  text not null,
  description           text not null default '',
  duration_minutes      integer not null,
  buffer_before_minutes integer not null default 0,
  buffer_after_minutes  integer not null default 0,
  price                 numeric(12, 2) not null,
  price_rules           jsonb not null default '[]',
  currency              text not null,
  confirmation          text not null default 'instant',
  request_hours         integer not null default 24,
  payment               text not null default 'at_place',
  min_notice_minutes    integer not null default 60,
  horizon_days          integer not null default 60,
  slot_interval_minutes integer not null default 15,
  free_until_hours      integer not null default 24,
  late_fee_percent      integer not null default 50,
  colour                text not null default 'teal',
  active                boolean not null default true,
  sort_order            integer not null default 0,
  created_at            timestamptz not null default now(),
  constraint services_pkey primary key (id),
  constraint services_belong_to_their_organisation unique (id, organisation_id),
  constraint services_organisation_id_fkey foreign key (organisation_id) references auth.organisations (id),
  constraint services_name_is_short check (char_length(name) between 1 and 120),
  constraint services_duration_is_sane check (duration_minutes between 5 and 1440),
  constraint services_buffers_are_sane check (
    buffer_before_minutes between 0 and 480 and buffer_after_minutes between 0 and 480
  ),
  constraint services_price_is_not_negative check (price >= 0),
  constraint services_currency_is_a_code check (currency ~ '^[A-Z]{3}$'),
  constraint services_confirmation_is_known check (confirmation in ('instant', 'request')),
  constraint services_request_is_hours_to_days check (request_hours between 1 and 240),
  constraint services_payment_is_known check (payment in ('at_place', 'online')),
  constraint services_notice_is_sane check (min_notice_minutes between 0 and 525600),
  constraint services_horizon_is_sane check (horizon_days between 1 and 730),
  constraint services_interval_is_sane check (slot_interval_minutes between 5 and 1440),
  constraint services_wait_for_one_thing check (confirmation = 'instant' or payment = 'at_place'),
  constraint services_cancellation_is_sane check (free_until_hours >= 0 and late_fee_percent between 0 and 100)
);
create index services_of_organisation on public.services (organisation_id, sort_order);
comment on table public.services is 'What is offered: how long, with which buffers and rules, for how much.';
comment on column public.services.price_rules is 'Further rules of the price: weekdays, seasons, offers (kit.quote).';
comment on column public.services.free_until_hours is 'Until so many hours before the start cancelling costs nothing.';

create table public.provider_services (
  provider_id     uuid not null,
  service_id      uuid not null,
  organisation_id uuid not null,
  constraint provider_services_pkey primary key (provider_id, service_id),
  constraint provider_services_are_of_one_organisation foreign key (provider_id, organisation_id)
    references public.providers (id, organisation_id) on delete cascade,
  constraint provider_services_offer_their_own foreign key (service_id, organisation_id)
    references public.services (id, organisation_id) on delete cascade
);
create index provider_services_of_service on public.provider_services (service_id);
comment on table public.provider_services is 'Who offers what.';

create table public.working_hours (
  id              uuid not null default gen_random_uuid(),
  organisation_id uuid not null,
  provider_id     uuid not null,
  weekday         integer not null,
  starts          time not null,
  ends            time not null,
  kind            text not null default 'work',
  constraint working_hours_pkey primary key (id),
  constraint working_hours_provider_fkey foreign key (provider_id, organisation_id)
    references public.providers (id, organisation_id) on delete cascade,
  constraint working_hours_weekday_is_iso check (weekday between 1 and 7),
  constraint working_hours_end_after_start check (ends > starts),
  constraint working_hours_kind_is_known check (kind in ('work', 'break'))
);
create index working_hours_of_provider on public.working_hours (provider_id, weekday);
comment on table public.working_hours is 'The week of a provider by the clocks of the place; weekday 1 is Monday.';

create table public.schedule_exceptions (
  id              uuid not null default gen_random_uuid(),
  organisation_id uuid not null,
  provider_id     uuid not null,
  first_day       date not null,
  last_day        date not null,
  starts          time not null default '00:00',
  ends            time not null default '24:00',
  kind            text not null default 'closed',
  reason          text not null default '',
  constraint schedule_exceptions_pkey primary key (id),
  constraint schedule_exceptions_provider_fkey foreign key (provider_id, organisation_id)
    references public.providers (id, organisation_id) on delete cascade,
  constraint schedule_exceptions_end_after_start check (last_day >= first_day and ends > starts),
  constraint schedule_exceptions_kind_is_known check (kind in ('closed', 'open'))
);
create index schedule_exceptions_of_provider on public.schedule_exceptions (provider_id, last_day);
comment on table public.schedule_exceptions is 'Days, or hours of days, on which a provider is closed or open for once.';

create table public.clients (
  id              uuid not null default gen_random_uuid(),
  organisation_id uuid not null,
  user_id         uuid,
  name            text not null,
  email           text not null,
  phone           text not null default '',
  timezone        text,
  forgotten_at    timestamptz,
  created_at      timestamptz not null default now(),
  constraint clients_pkey primary key (id),
  constraint clients_belong_to_their_organisation unique (id, organisation_id),
  constraint clients_organisation_id_fkey foreign key (organisation_id) references auth.organisations (id),
  constraint clients_user_id_fkey foreign key (user_id) references auth.users (id) on delete set null,
  constraint clients_name_is_short check (char_length(name) between 1 and 120),
  constraint clients_email_is_an_address check (email ~ '^[^@[:space:]]+@[^@[:space:]]+$' and char_length(email) <= 254),
  constraint clients_phone_is_short check (char_length(phone) <= 40)
);
create unique index clients_email_is_known_once on public.clients (organisation_id, lower(email));
create index clients_of_user on public.clients (user_id);
comment on table public.clients is 'Who comes, as each organisation knows them.';

create table public.bookings (
  id                    uuid not null default gen_random_uuid(),
  organisation_id       uuid not null,
  booking_number        text not null,
  provider_id           uuid not null,
  service_id            uuid not null,
  client_id             uuid,
  client_user_id        uuid,
  service_name          text not null,
  provider_name         text not null,
  client_name           text not null default '',
  status                text not null default 'held',
  starts_at             timestamptz not null,
  ends_at               timestamptz not null,
  buffer_before_minutes integer not null default 0,
  buffer_after_minutes  integer not null default 0,
  timezone              text not null,
  client_timezone       text,
  deadline_at           timestamptz,
  total_price           numeric(12, 2) not null,
  currency              text not null,
  quote                 jsonb not null,
  payment_status        text not null default 'at_place',
  notes                 text not null default '',
  cancellation_reason   text,
  refund_amount         numeric(12, 2),
  reminded_at           timestamptz,
  created_at            timestamptz not null default now(),
  constraint bookings_pkey primary key (id),
  constraint bookings_number_is_unique unique (booking_number),
  constraint bookings_provider_fkey foreign key (provider_id, organisation_id)
    references public.providers (id, organisation_id),
  constraint bookings_service_fkey foreign key (service_id, organisation_id)
    references public.services (id, organisation_id),
  constraint bookings_client_fkey foreign key (client_id, organisation_id)
    references public.clients (id, organisation_id),
  constraint bookings_client_user_fkey foreign key (client_user_id) references auth.users (id) on delete set null,
  constraint bookings_payment_is_known check (payment_status in ('at_place', 'awaiting', 'paid', 'refunded')),
  constraint bookings_total_is_not_negative check (total_price >= 0 and refund_amount >= 0),
  constraint bookings_notes_are_short check (char_length(notes) <= 2000)
);
create index bookings_of_organisation on public.bookings (organisation_id, starts_at);
create index bookings_of_provider on public.bookings (provider_id, starts_at);
create index bookings_of_client on public.bookings (client_id);
create index bookings_of_client_user on public.bookings (client_user_id, starts_at);
create index bookings_to_settle on public.bookings (ends_at) where status in ('confirmed', 'checked_in');
comment on table public.bookings is 'Claims on the time of a provider: holds, requests and appointments.';
comment on column public.bookings.deadline_at is 'Until when a hold, or a request, occupies its time.';
comment on column public.bookings.quote is 'The lines of the price as they were when the slot was held.';

create table public.booking_events (
  id               uuid not null default gen_random_uuid(),
  organisation_id  uuid not null,
  booking_id       uuid not null,
  provider_id      uuid not null,
  client_id        uuid,
  client_user_id   uuid,
  provider_user_id uuid,
  event_type       text not null,
  description      text not null,
  old_status       text,
  new_status       text,
  data             jsonb not null default '{}',
  internal         boolean not null default false,
  actor            text not null default 'system',
  created_by       uuid,
  created_at       timestamptz not null default clock_timestamp(),
  constraint booking_events_pkey primary key (id),
  constraint booking_events_booking_fkey foreign key (booking_id) references public.bookings (id),
  constraint booking_events_type_is_a_word check (event_type ~ '^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*$'),
  constraint booking_events_actor_is_known check (actor in ('client', 'staff', 'system'))
);
create index booking_events_of_booking on public.booking_events (booking_id, created_at);
create index booking_events_of_organisation on public.booking_events (organisation_id, created_at);
create index booking_events_of_provider on public.booking_events (provider_id, created_at);
create index booking_events_of_client_user on public.booking_events (client_user_id, created_at);
create index booking_events_of_provider_user on public.booking_events (provider_user_id, created_at);
comment on table public.booking_events is 'What happened to bookings: appended, never changed; everything else follows from it.';
comment on column public.booking_events.internal is 'For those who work there alone.';

create table public.booking_links (
  token_hash text not null,
  booking_id uuid not null,
  created_at timestamptz not null default now(),
  constraint booking_links_pkey primary key (token_hash),
  constraint booking_links_booking_fkey foreign key (booking_id) references public.bookings (id) on delete cascade
);
create index booking_links_of_booking on public.booking_links (booking_id);
comment on table public.booking_links is 'Hashes of the secret links that were sent; the tokens themselves are nowhere.';

create table public.booking_viewers (
  booking_id uuid not null,
  user_id    uuid not null,
  opened_at  timestamptz not null default now(),
  constraint booking_viewers_pkey primary key (booking_id, user_id),
  constraint booking_viewers_booking_fkey foreign key (booking_id) references public.bookings (id) on delete cascade,
  constraint booking_viewers_user_fkey foreign key (user_id) references auth.users (id) on delete cascade
);
create index booking_viewers_of_user on public.booking_viewers (user_id);
comment on table public.booking_viewers is 'Who opened the secret link of a booking: they may act on it as its client.';

-- The projection for everybody: that something changed on a day, and nothing of whom it concerns.
create table public.slot_changes (
  provider_id uuid not null,
  day         date not null,
  version     bigint not null default 1,
  constraint slot_changes_pkey primary key (provider_id, day),
  constraint slot_changes_provider_fkey foreign key (provider_id) references public.providers (id) on delete cascade
);
comment on table public.slot_changes is 'Days of providers on which free slots may have changed, by the clocks of the place.';
