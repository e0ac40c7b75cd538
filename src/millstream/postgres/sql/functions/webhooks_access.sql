-- Who sees what of webhooks: the service role everything; owners and managers of an organisation its own endpoints and
-- what was sent there. Secrets and headers are nobody's to read here. Whatever changes deliveries goes through the server.

grant usage on schema webhooks to authenticated;
grant insert (id, organisation_id, url, description, event_types, filter, preset, signatures, ordering, retry,
    when_exhausted, timeout_ms, max_in_flight, rate_per_second, sealed_headers, transport, sealed_transport, state,
    state_reason, state_since, failures, failing_since, open_until, updated_at),
  update (url, description, event_types, filter, preset, signatures, ordering, retry, when_exhausted, timeout_ms,
    max_in_flight, rate_per_second, sealed_headers, transport, sealed_transport, state, state_reason, state_since,
    failures, failing_since, open_until, updated_at),
  delete, select on webhooks.endpoints to authenticated;
grant select on webhooks.events, webhooks.deliveries, webhooks.webhook_logs, webhooks.dead_letters, webhooks.rollups,
  webhooks.webhook_stats to authenticated;

create or replace function webhooks.may_manage(organisation uuid) returns boolean
language sql stable security definer set search_path = '' as $$
  select auth.member_of(organisation, array['owner', 'manager'])
$$;
comment on function webhooks.may_manage(uuid) is 'Whether the caller manages the webhooks of the organisation.';

drop policy if exists "Managers see and change endpoints of their organisation" on webhooks.endpoints;
create policy "Managers see and change endpoints of their organisation" on webhooks.endpoints
  for all to authenticated using (webhooks.may_manage(organisation_id)) with check (webhooks.may_manage(organisation_id));

drop policy if exists "Managers see events of their organisation" on webhooks.events;
create policy "Managers see events of their organisation" on webhooks.events
  for select to authenticated using (webhooks.may_manage(organisation_id));

drop policy if exists "Managers see what is sent to their endpoints" on webhooks.deliveries;
create policy "Managers see what is sent to their endpoints" on webhooks.deliveries
  for select to authenticated using (exists (select from webhooks.endpoints e where e.id = endpoint_id));

drop policy if exists "Managers see what was sent to their endpoints" on webhooks.webhook_logs;
create policy "Managers see what was sent to their endpoints" on webhooks.webhook_logs
  for select to authenticated using (exists (select from webhooks.endpoints e where e.id = endpoint_id));

drop policy if exists "Managers see what was given up" on webhooks.dead_letters;
create policy "Managers see what was given up" on webhooks.dead_letters
  for select to authenticated using (exists (select from webhooks.endpoints e where e.id = endpoint_id));

drop policy if exists "Managers see figures of their endpoints" on webhooks.rollups;
create policy "Managers see figures of their endpoints" on webhooks.rollups
  for select to authenticated using (exists (select from webhooks.endpoints e where e.id = endpoint_id));
