-- What the kit makes of the tables: claims that never overlap, holds that run out, prices that add up, versions.

create extension if not exists btree_gist with schema extensions;

select kit.no_overlap('public.bookings', resource => 'provider_id', starts => 'starts_at', ends => 'ends_at',
  before => 'buffer_before_minutes', after => 'buffer_after_minutes', blocking => '{held,pending,confirmed,checked_in}');
select kit.holds('public.bookings', expires => 'deadline_at', becomes => '{"held": "expired", "pending": "expired"}',
  resource => 'provider_id');
select kit.quoted('public.bookings');
select kit.versioned('public.bookings');
