-- How an endpoint is reached: by a proxy, with certificates of its own, with a token of OAuth 2.0.

alter table webhooks.endpoints
  add column transport jsonb not null default '{}',
  add column sealed_transport text;
comment on column webhooks.endpoints.transport is 'How it is reached, as far as everybody who manages it may read it.';
comment on column webhooks.endpoints.sealed_transport is 'All of it, as JSON, encrypted: passwords, keys and secrets.';

drop trigger tell_of_endpoints on webhooks.endpoints;
create trigger tell_of_endpoints after insert or update of url, event_types, filter, preset, signatures, ordering, retry,
    when_exhausted, timeout_ms, max_in_flight, rate_per_second, sealed_headers, sealed_transport, state, organisation_id
    or delete
  on webhooks.endpoints for each statement execute function webhooks.tell('endpoints');
