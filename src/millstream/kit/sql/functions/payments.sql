-- Payments: begun, confirmed once, refunded up to what was paid. Functions of an application call these, not callers.
--
-- Locks are taken in one order: a payment's own (advisory), then those that settling takes for what was paid for, then
-- the row of the payment. Whoever gives up what was paid for has its row locked when he asks for the refund: the same.

create or replace function kit.payable(payable regclass, settle text) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  insert into kit.payables values (payable, kit.function_name(settle, 'text'))
  on conflict on constraint payables_pkey do update set settle = excluded.settle;
end
$$;

create or replace function kit.start_payment(
  payable regclass, id text, provider text, amount numeric, currency text,
  payer uuid default auth.uid(), organisation uuid default null
) returns kit.payments
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  made kit.payments;
begin
  if not exists (select from kit.payables p where p.payable = start_payment.payable) then
    raise undefined_object using message = format('%s is not paid for; call kit.payable first.', payable);
  end if;
  insert into kit.payments (payable_table, payable_id, organisation_id, payer_id, provider, amount, currency)
  values (payable::text, id, organisation, payer, provider, amount, currency)
  returning * into made;
  return made;
end
$$;

-- Says where the payer pays, and how the provider names the payment.
create or replace function kit.payment_pending(payment uuid, reference text, page text default null) returns void
language sql security definer set search_path = pg_catalog, pg_temp as $$
  update kit.payments p set status = 'pending', reference = payment_pending.reference, page = payment_pending.page
  where p.id = payment and p.status = 'created'
$$;

create or replace function kit.payment_ended(payment uuid, becomes text) returns void
language sql security definer set search_path = pg_catalog, pg_temp as $$
  update kit.payments p set status = becomes where p.id = payment and p.status in ('created', 'pending')
$$;

-- Confirms once. What was paid for is kept for its payer, or else all that was paid goes back: in one transaction, so
-- that it is never both and never neither. Repeated, it changes nothing.
create or replace function kit.confirm_payment(payment uuid, reference text default null, paid numeric default null)
returns kit.payments
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  made  kit.payments;
  money numeric;
  kept  boolean := false;
begin
  perform pg_advisory_xact_lock(hashtextextended('kit.payments ' || payment, 0));
  select * into made from kit.payments p where p.id = payment;
  if not found then
    raise sqlstate 'PT404' using constraint = 'payments_are_known', message = 'There is no such payment.';
  elsif made.status = 'confirmed' then
    return made;
  end if;
  money := coalesce(paid, made.amount);
  if money >= made.amount then
    kept := kit.settle(made);
  end if;
  update kit.payments p set
    status = 'confirmed', paid = money, confirmed_at = now(),
    outcome = case when kept then 'kept' else 'refunded' end,
    reference = coalesce(confirm_payment.reference, p.reference)
  where p.id = payment returning * into made;
  if not kept then
    insert into kit.refunds (payment_id, amount, reason) values (payment, money, 'late');
  end if;
  return made;
end
$$;

-- A refusal of the application's, in whatever form, means that what was paid for cannot be had any more.
create or replace function kit.settle(payment kit.payments) returns boolean
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  settle text;
  actor  text := current_setting('kit.actor', true);
  kept   boolean;
begin
  select p.settle into strict settle from kit.payables p where p.payable = payment.payable_table::regclass;
  perform kit.act_as('system');
  begin
    execute format('select %s($1)', settle) into kept using payment.payable_id;
  exception
    when exclusion_violation or unique_violation or check_violation or sqlstate 'PT409' or sqlstate 'PT404' then
      kept := false;
  end;
  perform kit.act_as(actor);
  return coalesce(kept, false);
end
$$;

create or replace function kit.refund_payment(
  payment uuid, amount numeric default null, reason text default 'cancelled'
) returns kit.refunds
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  made kit.refunds;
  rest numeric;
begin
  perform from kit.payments p where p.id = payment for no key update;
  rest := kit.refundable(payment);
  insert into kit.refunds (payment_id, amount, reason) values (payment, coalesce(amount, rest), reason)
  returning * into made;
  return made;
end
$$;

create or replace function kit.refundable(payment uuid) returns numeric
language sql stable set search_path = pg_catalog, pg_temp as $$
  select coalesce(p.paid, 0) - coalesce((
    select sum(r.amount) from kit.refunds r where r.payment_id = payment and r.status not in ('failed', 'cancelled')
  ), 0)
  from kit.payments p where p.id = payment
$$;

create or replace function kit.keep_refunds_within_payment() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform from kit.payments p where p.id = new.payment_id for no key update;
  if new.amount > kit.refundable(new.payment_id) then
    raise sqlstate 'PT409' using
      constraint = 'refunds_are_of_what_was_paid', message = 'More cannot be paid back than was paid.',
      detail = jsonb_build_object('refundable', kit.refundable(new.payment_id));
  end if;
  return new;
end
$$;

create or replace function kit.refund_ended(refund uuid, becomes text, reference text default null) returns void
language sql security definer set search_path = pg_catalog, pg_temp as $$
  update kit.refunds r set
    status = becomes, reference = coalesce(refund_ended.reference, r.reference), updated_at = now()
  where r.id = refund and r.status in ('created', 'in_transit') and r.status <> becomes
$$;

-- Remembers what a provider said; true when it was said for the first time.
create or replace function kit.note_notice(provider text, notice_id text, payment uuid) returns boolean
language sql security definer set search_path = pg_catalog, pg_temp as $$
  insert into kit.payment_notices as n (provider, notice_id, payment_id) values (provider, notice_id, payment)
  on conflict on constraint payment_notices_pkey do update set times = n.times + 1
  returning n.times = 1
$$;

-- What providers have still to be told; whoever asks keeps the rows until he is done, others skip them.
create or replace function kit.payments_to_start(providers text[], batch integer default 20) returns setof kit.payments
language sql security definer set search_path = pg_catalog, pg_temp as $$
  select * from kit.payments p where p.status = 'created' and p.provider = any (providers)
  order by p.created_at limit batch for no key update skip locked
$$;

create or replace function kit.refunds_to_send(providers text[], batch integer default 20)
returns table (
  id uuid, payment_id uuid, provider text, payment_reference text, amount numeric, currency text, reason text
)
language sql security definer set search_path = pg_catalog, pg_temp as $$
  select r.id, p.id, p.provider, p.reference, r.amount, p.currency, r.reason
  from kit.refunds r join kit.payments p on p.id = r.payment_id
  where r.status = 'created' and p.provider = any (providers)
  order by r.created_at limit batch for no key update of r skip locked
$$;

-- Payments of one table, for a portal: the view public.payments, whose column of the given name leads to the row.
create or replace function kit.show_payments(payable regclass, id text) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  execute format(
    'create or replace view public.payments with (security_invoker = true) as
     select id, payable_id::%1$s as %2$I, organisation_id, payer_id, provider, status, amount, currency, page, outcome, created_at
     from kit.payments where payable_table = %3$L', kit.column_type(payable, kit.key_of(payable)), id, payable::text
  );
  revoke all on public.payments from public, anon, authenticated, service_role;
  grant select on public.payments to authenticated, service_role;
end
$$;

-- Pays what is awaited of a row with the provider that moves no money: in the organisations of a demo, and nowhere else.
-- Locks nothing before the payment, as notices do not.
create or replace function kit.pay_in_demo(payable regclass, id text) returns boolean
language sql volatile set search_path = pg_catalog, pg_temp as $$
  select count(kit.confirm_payment(p.id, 'test-' || p.id)) > 0
  from kit.payments p join auth.organisations o on o.id = p.organisation_id
  where p.payable_table = payable::text and p.payable_id = pay_in_demo.id and p.provider = 'test'
    and p.status in ('created', 'pending') and o.settings ->> 'environment' = 'demo'
$$;

comment on function kit.payable(regclass, text) is
  'Lets rows of a table be paid for; settle(id text) keeps one for its payer, or says false. For migrations.';
comment on function kit.start_payment(regclass, text, text, numeric, text, uuid, uuid) is 'Begins a payment.';
comment on function kit.confirm_payment(uuid, text, numeric) is
  'Confirms a payment once: what it is for is kept, or all of it goes back.';
comment on function kit.show_payments(regclass, text) is
  'Makes the view public.payments of what is paid for one table. For migrations.';
comment on function kit.pay_in_demo(regclass, text) is
  'Pays what is awaited of a row without money, in organisations of a demo; false where nothing is.';
comment on function kit.refund_payment(uuid, numeric, text) is 'Pays back a part of a payment, by default the rest.';

revoke execute on function
  kit.payable(regclass, text), kit.start_payment(regclass, text, text, numeric, text, uuid, uuid),
  kit.payment_pending(uuid, text, text), kit.payment_ended(uuid, text), kit.confirm_payment(uuid, text, numeric),
  kit.settle(kit.payments), kit.refund_payment(uuid, numeric, text), kit.refundable(uuid),
  kit.keep_refunds_within_payment(), kit.refund_ended(uuid, text, text), kit.note_notice(text, text, uuid),
  kit.payments_to_start(text[], integer), kit.refunds_to_send(text[], integer), kit.show_payments(regclass, text),
  kit.pay_in_demo(regclass, text)
from public;
grant execute on function
  kit.start_payment(regclass, text, text, numeric, text, uuid, uuid), kit.payment_pending(uuid, text, text),
  kit.payment_ended(uuid, text), kit.confirm_payment(uuid, text, numeric), kit.refund_payment(uuid, numeric, text),
  kit.refund_ended(uuid, text, text), kit.note_notice(text, text, uuid), kit.payments_to_start(text[], integer),
  kit.refunds_to_send(text[], integer)
to service_role;
