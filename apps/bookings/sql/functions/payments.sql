-- What is paid for: online before a booking is confirmed, or at the place. Money that comes too late claims the time
-- again, or goes back.

-- Keeps a booking for who paid; another booking in the way raises, and the payment goes back.
create or replace function public.settle_paid_booking(id text) returns boolean
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  provider text := (select b.provider_id::text from bookings as b where b.id = settle_paid_booking.id::uuid);
begin
  perform kit.expire_due('public.bookings', array[provider]);
  update bookings as b set payment_status = 'paid', deadline_at = null,
    status = case when b.status in ('pending', 'expired') then 'confirmed' else b.status end
  where b.id = settle_paid_booking.id::uuid
    and (b.status in ('confirmed', 'checked_in', 'completed')
      or b.status in ('pending', 'expired') and b.payment_status = 'awaiting' and b.starts_at > now());
  return found;
end
$$;

select kit.payable('public.bookings', settle => 'public.settle_paid_booking');
select kit.show_payments('public.bookings', id => 'booking_id');

-- Locks nothing itself: a payment is locked before what it is for (kit.confirm_payment), and a notice may be under way.
create or replace function public.pay_booking(of_booking uuid) returns public.bookings
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  made public.bookings;
begin
  select * into made from bookings where id = of_booking;
  if not coalesce(public.is_client_of(made.id, made.client_user_id), false) then
    perform kit.refuse(404, 'bookings_are_known', 'You have no such booking.');
  end if;
  if not kit.pay_in_demo('public.bookings', of_booking::text) then
    perform kit.refuse(409, 'payments_are_awaited', 'There is nothing to pay here.');
  end if;
  select * into made from bookings where id = of_booking;
  return made;
end
$$;

-- Money that changed hands at the place, as staff say.
create or replace function public.take_payment(of_booking uuid) returns public.bookings
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  made public.bookings := public.booking_for(of_booking, '{staff}');
begin
  if made.payment_status <> 'at_place' then
    perform kit.refuse(409, 'bookings_are_paid_once', 'This booking is not paid at the place.',
      jsonb_build_object('payment_status', made.payment_status));
  end if;
  perform kit.confirm_payment((kit.start_payment('public.bookings', made.id::text, 'manual', made.total_price, made.currency,
    made.client_user_id, made.organisation_id)).id);
  select * into made from bookings where id = of_booking;
  return made;
end
$$;

select kit.callable('{settle_paid_booking}');
select kit.callable('{pay_booking,take_payment}', '{authenticated}');
