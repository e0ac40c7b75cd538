-- Sign-in by an identity provider on its way (OpenID Connect): found by its state when the browser comes back, and, where
-- an identity shall be linked, what the provider said until the code is exchanged.

alter table auth.flow_state
  add column state_hash text,
  add column pending_identity jsonb;

create unique index flow_state_state_hash_idx on auth.flow_state (state_hash);

comment on column auth.flow_state.state_hash is 'Hash of the state that the identity provider sends back.';
comment on column auth.flow_state.pending_identity is 'The identity that is linked when the code is exchanged.';
comment on column auth.flow_state.linking_target_id is 'The account that an identity shall be linked to.';
