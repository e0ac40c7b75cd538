-- What the kit makes: a seat is one person's at a time and a person on one seat, holds run out, prices add up and have a
-- history, edits lose nobody's change, logs only grow; and the tables that other applications have as well.

select kit.administrators();
select kit.notification_centre();
select kit.web_push();
select kit.approved_places('public.libraries', place => 'library_id', link => '/owner/library');
select kit.booking_rules('public.libraries');
select kit.opening_hours('public.libraries', place => 'library_id');
select kit.announcements('public.libraries', place => 'library_id');
select kit.reviews('public.libraries', place => 'library_id', visits => 'public.bookings', visit => 'booking_id',
  author => 'student_name', by => '{student}', over => $$visit.status = 'completed' and visit.checked_in_at is not null$$);

select kit.no_overlap('public.bookings', resource => 'seat_id', starts => 'start_time', ends => 'end_time',
  blocking => '{held,confirmed,checked_in}');
select kit.no_overlap('public.bookings', resource => 'user_id', starts => 'start_time', ends => 'end_time',
  blocking => '{held,confirmed,checked_in}', name => 'students_sit_on_one_seat');
select kit.stays_while_claimed('public.seats', claims => 'public.bookings', label => 'label');
select kit.holds('public.bookings', expires => 'hold_expires_at', becomes => '{"held": "expired"}', resource => 'seat_id');
select kit.quoted('public.bookings', total => 'total_amount');
select kit.price_rules('public.prices');
select kit.change_log('public.prices', log => 'public.price_changes', columns => '{hourly_price,day_price,month_price}',
  keep => '{organisation_id,library_id,zone_id}');
select kit.versioned(one::regclass) from unnest('{public.bookings,public.libraries,public.seats,public.prices}'::text[]) as one;
select kit.soft_delete('public.bookings');
select kit.event_log('public.bookings', log => 'public.booking_events', id => 'booking_id',
  by => '{organisation_id,library_id,user_id}', also => '{seat_id}', actors => '{student,staff,system}');
select kit.waiting_list('public.seat_alerts', claims => 'public.bookings', places => 'public.libraries', place => 'library_id',
  resources => 'public.seats', usable => 'active and out_of_order is null', tell => 'public.tell_of_free_seat');
