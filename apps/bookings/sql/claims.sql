-- What the kit makes of the tables: claims that never overlap, holds that run out, prices that add up, versions.

create extension if not exists btree_gist with schema extensions;

select kit.no_overlap('public.bookings', resource => 'provider_id', starts => 'starts_at', ends => 'ends_at',
  before => 'buffer_before_minutes', after => 'buffer_after_minutes', blocking => '{held,pending,confirmed,checked_in}');
select kit.holds('public.bookings', expires => 'deadline_at', becomes => '{"held": "expired", "pending": "expired"}',
  resource => 'provider_id');
select kit.quoted('public.bookings');
select kit.versioned('public.bookings'), kit.versioned('public.services'), kit.versioned('public.clients');
select kit.demo_receivers();

-- What callers write by the data API has the bounds that operations give it.
select kit.add_check('public.bookings', 'bookings_texts_are_short',
  'char_length(client_timezone) <= 64 and char_length(cancellation_reason) <= 500');
select kit.add_check('public.booking_events', 'booking_events_text_is_short', 'char_length(description) <= 2000');
select kit.add_check('public.clients', 'clients_timezone_is_short', 'char_length(timezone) <= 64');
