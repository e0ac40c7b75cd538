-- Who is told of what: staff of what students do, students of what others do to their bookings. All of it follows from the
-- row of `booking_events`, in its transaction; what is taken over from elsewhere is told to nobody.

create or replace function public.tell_of_booking_event() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  booking  public.bookings;
  headline text;
begin
  -- Of holds nobody is told, whatever becomes of them, unless they are confirmed.
  if new.event_type in ('booking.held', 'booking.expired') or new.old_status = 'held' and new.new_status <> 'confirmed'
    or kit.replaying()
  then
    return null;
  end if;
  headline := case new.event_type when 'booking.created' then 'NEW BOOKING!' when 'booking.cancelled' then 'Booking cancelled'
    when 'booking.updated' then 'Booking changed' when 'booking.no_show' then 'Your seat was given up' end;
  select * into booking from bookings where id = new.booking_id;
  if headline is null then
    return null;
  elsif new.actor = 'student' then
    perform kit.notify_members(new.organisation_id, array['owner', 'manager', 'staff'], new.event_type, headline,
      format('%s · %s, %s · %s', booking.student_name, booking.seat_label, booking.zone_name,
        kit.say_range(booking.start_time, booking.end_time, booking.timezone)),
      '/owner/bookings?q=' || booking.booking_number,
      jsonb_build_object('booking_id', booking.id, 'library_id', booking.library_id), occasion => new.id::text);
  elsif booking.user_id is not null and new.event_type <> 'booking.created' then
    perform kit.notify(booking.user_id, new.event_type, headline,
      format('%s, %s · %s', booking.library_name, booking.seat_label,
        kit.say_range(booking.start_time, booking.end_time, booking.timezone)),
      '/bookings/' || booking.id, null, jsonb_build_object('booking_id', booking.id, 'library_id', booking.library_id),
      occasion => new.id::text);
  end if;
  return null;
end
$$;

create or replace trigger booking_events_tell_people after insert on public.booking_events
  for each row execute function public.tell_of_booking_event();

select kit.callable('{tell_of_booking_event}');
