-- What may become of payments and refunds, and who sees them. Money that comes late is confirmed as well: what happens
-- to it is the outcome.

select kit.state_machine('kit.payments', log => 'kit.payment_events',
  log_columns => '{"payment_id": "new.id", "event": "event", "amount": "new.amount", "actor": "actor",
                   "actor_id": "actor_id", "request_id": "request_id"}',
  transitions => '[
    {"from": null, "to": "created", "event": "payment.created"},
    {"from": "created", "to": "pending", "event": "payment.pending"},
    {"from": ["created", "pending"], "to": "failed", "event": "payment.failed"},
    {"from": ["created", "pending"], "to": "cancelled", "event": "payment.cancelled"},
    {"from": ["created", "pending", "failed", "cancelled"], "to": "confirmed", "event": "payment.confirmed"}
  ]');

select kit.state_machine('kit.refunds', log => 'kit.payment_events',
  log_columns => '{"payment_id": "new.payment_id", "refund_id": "new.id", "event": "event", "amount": "new.amount",
                   "actor": "actor", "actor_id": "actor_id", "request_id": "request_id"}',
  transitions => '[
    {"from": null, "to": "created", "event": "refund.created"},
    {"from": null, "to": "external", "event": "refund.external"},
    {"from": "created", "to": "in_transit", "event": "refund.in_transit"},
    {"from": ["created", "in_transit"], "to": "done", "event": "refund.done"},
    {"from": ["created", "in_transit"], "to": "failed", "event": "refund.failed"},
    {"from": "created", "to": "cancelled", "event": "refund.cancelled"},
    {"from": "failed", "to": "created", "event": "refund.created"}
  ]');

create or replace trigger refunds_are_of_what_was_paid before insert on kit.refunds
  for each row execute function kit.keep_refunds_within_payment();

drop policy if exists "Payers see their payments, who works there those of the organisation" on kit.payments;
create policy "Payers see their payments, who works there those of the organisation" on kit.payments
  for select to authenticated using (
    payer_id = (select auth.uid()) or organisation_id in (select kit.workplaces())
  );

drop policy if exists "Refunds are seen by who sees the payment" on kit.refunds;
create policy "Refunds are seen by who sees the payment" on kit.refunds
  for select to authenticated using (exists (select from kit.payments p where p.id = payment_id));

drop policy if exists "Steps are seen by who sees the payment" on kit.payment_events;
create policy "Steps are seen by who sees the payment" on kit.payment_events
  for select to authenticated using (exists (select from kit.payments p where p.id = payment_id));
