-- Who is told of what: clients of what others did, by mail with their secret link; staff of what clients did. All of it
-- follows from the row of `booking_events`, in its transaction. Nobody is told of history.

select kit.notification_centre();

create or replace function public.tell_of_booking_event() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  headline constant text := case new.event_type
    when 'booking.requested' then 'Booking requested' when 'booking.confirmed' then 'Booking confirmed'
    when 'booking.declined' then 'Booking declined' when 'booking.cancelled' then 'Booking cancelled'
    when 'booking.rescheduled' then 'Booking moved' when 'booking.reminder_sent' then 'Reminder of tomorrow'
    when 'booking.expired' then 'Request expired' end;
  address text;
begin
  if headline is null or new.internal or new.old_status = 'held' and new.new_status in ('held', 'expired', 'cancelled')
    or kit.replaying()
  then
    return null;
  end if;
  if new.actor = 'client' then
    perform kit.notify_members(new.organisation_id, array['owner', 'manager', 'staff'], new.event_type, headline,
      new.description, '/calendar?booking=' || new.booking_id, jsonb_build_object('booking_id', new.booking_id),
      occasion => new.id::text);
  elsif new.client_user_id is not null then
    perform kit.notify(new.client_user_id, new.event_type, headline, new.description, '/my-bookings/' || new.booking_id,
      new.organisation_id, jsonb_build_object('booking_id', new.booking_id), occasion => new.id::text);
  end if;
  select c.email into address from clients as c where c.id = new.client_id and c.forgotten_at is null;
  if address is not null then
    perform kit.mail(address, headline, new.description, '/booking/' || public.make_booking_link(new.booking_id),
      about => 'client ' || new.client_id);
  end if;
  return null;
end
$$;

create or replace trigger booking_events_tell_people after insert on public.booking_events
  for each row execute function public.tell_of_booking_event();

select kit.callable('{tell_of_booking_event}');
