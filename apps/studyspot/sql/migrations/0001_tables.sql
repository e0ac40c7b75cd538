-- Libraries and their seats, what they cost, who sits where and when, and what happened. What other applications have, too
-- (opening hours, reviews, announcements, administrators, the history of prices), the kit makes: claims.sql.
--
-- A seat is the lock of its time: whoever changes bookings locks the person first, then seats in the order of the kit, then
-- rows. Constraint names are part of the contract: errors.py turns each into an answer.

create extension if not exists btree_gist with schema extensions;

create table public.libraries (
  id                     uuid not null default gen_random_uuid() constraint libraries_pkey primary key,
  organisation_id        uuid not null constraint libraries_organisation_fkey references auth.organisations,
  slug                   text not null constraint libraries_slug_is_unique unique,
  name                   text not null,
  city                   text not null,
  address                text not null default '',
  description            text not null default '',
  phone                  text not null default '',
  timezone               text not null,
  currency               text not null,
  amenities              text[] not null default '{}',
  colour                 text not null default 'indigo',
  created_at             timestamptz not null default now(),
  constraint libraries_belong_to_their_organisation unique (id, organisation_id),
  constraint libraries_slug_is_readable check (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' and char_length(slug) <= 80),
  constraint libraries_texts_are_short check (
    char_length(name) between 1 and 120 and char_length(city) between 1 and 80 and char_length(address) <= 200
    and char_length(description) <= 2000 and char_length(phone) <= 40 and char_length(colour) <= 20
    and cardinality(amenities) <= 30
  ),
  -- An unknown IANA name makes the expression fail.
  constraint libraries_timezone_is_known check (timezone(timezone, created_at) is not null),
  constraint libraries_currency_is_a_code check (currency ~ '^[A-Z]{3}$')
);
create index libraries_of_organisation on public.libraries (organisation_id);
comment on table public.libraries is 'Places to study; students see the approved ones.';

create table public.zones (
  id              uuid not null default gen_random_uuid() constraint zones_pkey primary key,
  organisation_id uuid not null,
  library_id      uuid not null,
  name            text not null constraint zones_name_is_short check (char_length(name) between 1 and 80),
  floor           text not null default '' constraint zones_floor_is_short check (char_length(floor) <= 40),
  quiet           boolean not null default false,
  width           integer not null default 480 constraint zones_have_a_width check (width between 40 and 4000),
  height          integer not null default 320 constraint zones_have_a_height check (height between 40 and 4000),
  sort_order      integer not null default 0,
  constraint zones_belong_to_their_library unique (id, library_id),
  constraint zones_library_fkey foreign key (library_id, organisation_id)
    references public.libraries (id, organisation_id) on delete cascade
);
create index zones_of_library on public.zones (library_id, sort_order);
comment on table public.zones is 'Rooms and halls of a library, each a floor plan of its own.';

create table public.seats (
  id              uuid not null default gen_random_uuid() constraint seats_pkey primary key,
  organisation_id uuid not null,
  library_id      uuid not null,
  zone_id         uuid not null,
  label           text not null constraint seats_label_is_short check (char_length(label) between 1 and 12),
  x               integer not null constraint seats_x_is_on_the_plan check (x between 0 and 4000),
  y               integer not null constraint seats_y_is_on_the_plan check (y between 0 and 4000),
  attributes      text[] not null default '{}',
  active          boolean not null default true,
  out_of_order    text constraint seats_reason_is_short check (char_length(out_of_order) between 1 and 200),
  constraint seats_label_is_unique exclude (library_id with =, label with =) where (active) deferrable,
  constraint seats_library_fkey foreign key (library_id, organisation_id)
    references public.libraries (id, organisation_id) on delete cascade,
  constraint seats_zone_fkey foreign key (zone_id, library_id) references public.zones (id, library_id),
  constraint seats_attributes_are_known check (
    attributes <@ '{socket,window,quiet,monitor,standing,accessible}'::text[] and cardinality(attributes) <= 6
  )
);
create index seats_of_library on public.seats (library_id);
create index seats_of_zone on public.seats (zone_id);
comment on table public.seats is 'Seats, where they stand on the plan of their zone, and what they have.';
comment on column public.seats.out_of_order is 'Why nobody can sit there now; null for a seat that is well.';

create table public.seat_codes (
  seat_id         uuid not null constraint seat_codes_pkey primary key
    constraint seat_codes_seat_fkey references public.seats on delete cascade,
  organisation_id uuid not null,
  code            text not null default kit.new_secret() constraint seat_codes_are_unique unique
);
comment on table public.seat_codes is 'What is posted at each seat: who gives it stands in front of it.';

create table public.prices (
  id              uuid not null default gen_random_uuid() constraint prices_pkey primary key,
  organisation_id uuid not null,
  library_id      uuid not null,
  zone_id         uuid,
  hourly_price    numeric(12, 2) not null,
  day_price       numeric(12, 2),
  month_price     numeric(12, 2),
  rules           jsonb not null default '[]',
  constraint prices_are_said_once unique nulls not distinct (library_id, zone_id),
  constraint prices_library_fkey foreign key (library_id, organisation_id)
    references public.libraries (id, organisation_id) on delete cascade,
  constraint prices_zone_fkey foreign key (zone_id, library_id) references public.zones (id, library_id) on delete cascade,
  -- NaN is more than any number.
  constraint prices_are_sane check (
    hourly_price between 0 and 1e9 and day_price between 0 and 1e9 and month_price between 0 and 1e9
  ),
  constraint prices_rules_are_a_list check (jsonb_typeof(rules) = 'array' and jsonb_array_length(rules) <= 50),
  constraint prices_of_months_are_of_libraries check (zone_id is null or month_price is null)
);
create index prices_of_zone on public.prices (zone_id);
comment on table public.prices is 'What an hour costs, a day at most, and a month; of a zone, or of all others.';

create table public.passes (
  id              uuid not null default gen_random_uuid() constraint passes_pkey primary key,
  organisation_id uuid not null,
  library_id      uuid not null,
  user_id         uuid not null constraint passes_user_fkey references auth.users on delete cascade,
  pass_number     text not null default kit.random_number('PA') constraint passes_number_is_unique unique,
  first_day       date not null,
  last_day        date not null,
  price           numeric(12, 2) not null constraint passes_price_is_not_negative check (price >= 0),
  currency        text not null,
  status          text not null default 'active'
    constraint passes_status_is_known check (status in ('active', 'cancelled', 'over')),
  payment_status  text not null default 'at_place'
    constraint passes_payment_is_known check (payment_status in ('at_place', 'paid')),
  created_at      timestamptz not null default now(),
  constraint passes_library_fkey foreign key (library_id, organisation_id)
    references public.libraries (id, organisation_id),
  constraint passes_end_after_start check (last_day >= first_day),
  constraint passes_are_one_at_a_time exclude using gist (
    user_id with =, library_id with =, daterange(first_day, last_day, '[]') with &&
  ) where (status = 'active')
);
create index passes_of_user on public.passes (user_id, last_day);
create index passes_of_library on public.passes (library_id, created_at);
create index passes_of_organisation on public.passes (organisation_id, created_at);
create index passes_that_run on public.passes (last_day) where status = 'active';
comment on table public.passes is 'Months of a library that cost nothing more; days are those of its clocks.';

create table public.bookings (
  id                  uuid not null default gen_random_uuid() constraint bookings_pkey primary key,
  organisation_id     uuid not null,
  booking_number      text not null default kit.random_number('SP') constraint bookings_number_is_unique unique,
  library_id          uuid not null,
  zone_id             uuid not null,
  seat_id             uuid not null constraint bookings_seat_fkey references public.seats,
  user_id             uuid constraint bookings_user_fkey references auth.users on delete set null,
  student_name        text not null default '',
  library_name        text not null,
  zone_name           text not null,
  seat_label          text not null,
  status              text not null default 'held',
  start_time          timestamptz not null,
  end_time            timestamptz not null,
  timezone            text not null,
  hold_expires_at     timestamptz,
  total_amount        numeric(12, 2) not null,
  currency            text not null,
  quote               jsonb not null,
  payment_status      text not null default 'at_place'
    constraint bookings_payment_is_known check (payment_status in ('at_place', 'paid', 'refunded', 'pass')),
  pass_id             uuid constraint bookings_pass_fkey references public.passes on delete set null,
  entry_code          text not null default kit.random_number() constraint bookings_entry_code_is_unique unique,
  checked_in_at       timestamptz,
  checked_in_by       uuid,
  checked_in_gate     text,
  checked_out_at      timestamptz,
  cancellation_reason text,
  refund_amount       numeric(12, 2),
  notes               text not null default '',
  source              text not null default 'student'
    constraint bookings_source_is_known check (source in ('student', 'staff', 'walk_in')),
  moved_at            timestamptz,
  created_at          timestamptz not null default now(),
  constraint bookings_library_fkey foreign key (library_id, organisation_id)
    references public.libraries (id, organisation_id),
  constraint bookings_zone_fkey foreign key (zone_id, library_id) references public.zones (id, library_id),
  constraint bookings_total_is_not_negative check (total_amount >= 0 and refund_amount >= 0),
  -- Queries by time rely on it: nobody sits for longer than a day.
  constraint bookings_are_of_a_day check (end_time - start_time <= interval '24 hours'),
  constraint bookings_texts_are_short check (
    char_length(student_name) <= 120 and char_length(notes) <= 2000 and char_length(cancellation_reason) <= 500
    and char_length(checked_in_gate) <= 60
  )
);
create index bookings_of_organisation on public.bookings (organisation_id, start_time);
create index bookings_of_library on public.bookings (library_id, start_time);
create index bookings_of_zone on public.bookings (zone_id);
create index bookings_of_user on public.bookings (user_id, start_time);
create index bookings_of_pass on public.bookings (pass_id) where pass_id is not null;
create index bookings_by_creation on public.bookings (organisation_id, created_at);
create index bookings_that_block on public.bookings (library_id, start_time)
  where status in ('held', 'confirmed', 'checked_in');
create index bookings_to_settle on public.bookings (start_time) where status in ('confirmed', 'checked_in');
comment on table public.bookings is 'Claims on seats: holds, bookings, and who sat there.';
comment on column public.bookings.entry_code is 'What the student shows at the door, as text or as QR.';
comment on column public.bookings.moved_at is
  'When its start was last chosen anew; the grace counts from then where the time ran already.';
comment on column public.bookings.quote is
  'The lines of the price and the terms they follow from, as they were when the seat was held.';
