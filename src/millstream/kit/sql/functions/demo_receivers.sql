-- The receiver of webhooks that is built in for demos: how it is to behave, and what it got. `millstream.kit.demo_webhooks`
-- is what answers.

create or replace function kit.demo_receivers() returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  create table if not exists public.receivers (
    organisation_id uuid not null,
    secrets         text[] not null,
    mode            text not null default 'ok',
    constraint receivers_pkey primary key (organisation_id),
    constraint receivers_organisation_id_fkey foreign key (organisation_id) references auth.organisations (id),
    constraint receivers_mode_is_known check (mode in ('ok', 'fail', 'slow', 'gone'))
  );
  comment on table public.receivers is 'The receiver that is built in for demonstrations, one an organisation.';

  create table if not exists public.received_webhooks (
    id              bigint generated always as identity,
    organisation_id uuid not null,
    received_at     timestamptz not null default now(),
    webhook_id      text,
    event_type      text,
    attempt         integer,
    verified        boolean not null,
    reason          text not null default '',
    answered        integer not null,
    headers         jsonb not null default '{}',
    body            jsonb,
    constraint received_webhooks_pkey primary key (id),
    constraint received_webhooks_receiver_fkey foreign key (organisation_id) references public.receivers (organisation_id)
  );
  create index if not exists received_webhooks_of_organisation
    on public.received_webhooks (organisation_id, received_at);
  comment on table public.received_webhooks is
    'What the built-in receiver got, whether the signature was right, what it answered.';

  perform kit.protect_demo_receivers();
  perform kit.follow('public.receivers');
  perform kit.follow('public.received_webhooks');
end
$$;

-- Owners and managers see what came and say how it is answered; the secrets are nobody's but the receiver's.
create or replace function kit.protect_demo_receivers() returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  alter table public.receivers enable row level security;
  alter table public.received_webhooks enable row level security;
  revoke all on public.receivers, public.received_webhooks from public, anon, authenticated, service_role;
  grant select on public.received_webhooks to authenticated;
  grant select (organisation_id, mode), update (mode) on public.receivers to authenticated;
  grant select, insert, update on public.receivers to service_role;
  grant select, insert, delete on public.received_webhooks to service_role;

  drop policy if exists "Managers see what the receiver got" on public.received_webhooks;
  create policy "Managers see what the receiver got" on public.received_webhooks for select to authenticated
    using (auth.member_of(organisation_id, array['owner', 'manager']));
  drop policy if exists "Managers see how the receiver behaves" on public.receivers;
  create policy "Managers see how the receiver behaves" on public.receivers for select to authenticated
    using (auth.member_of(organisation_id, array['owner', 'manager']));
  drop policy if exists "Managers say how the receiver behaves" on public.receivers;
  create policy "Managers say how the receiver behaves" on public.receivers for update to authenticated
    using (auth.member_of(organisation_id, array['owner', 'manager']));
end
$$;

comment on function kit.demo_receivers() is
  'Makes tables receivers and received_webhooks in public, live for owners and managers of an organisation.';

revoke execute on function kit.demo_receivers(), kit.protect_demo_receivers() from public;
