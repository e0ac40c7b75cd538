-- What the kit makes of the tables: a seat is one person's at a time and a person on one seat, holds run out, prices add
-- up, edits lose nobody's change, logs only grow.

select kit.no_overlap('public.bookings', resource => 'seat_id', starts => 'start_time', ends => 'end_time',
  blocking => '{held,confirmed,checked_in}');
select kit.no_overlap('public.bookings', resource => 'user_id', starts => 'start_time', ends => 'end_time',
  blocking => '{held,confirmed,checked_in}', name => 'students_sit_on_one_seat');
select kit.holds('public.bookings', expires => 'hold_expires_at', becomes => '{"held": "expired"}', resource => 'seat_id');
select kit.quoted('public.bookings', total => 'total_amount');
select kit.versioned(one::regclass) from unnest('{public.bookings,public.libraries,public.seats,public.prices}'::text[]) as one;
select kit.soft_delete(one::regclass) from unnest('{public.bookings,public.libraries}'::text[]) as one;
select kit.append_only(one::regclass) from unnest('{public.booking_events,public.price_changes}'::text[]) as one;
select kit.notification_centre();
