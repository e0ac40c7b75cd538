-- A code of an authenticator counts once (RFC 6238 section 5.2): the time step of the last one that did.

alter table auth.mfa_factors add column last_used_step bigint;

comment on column auth.mfa_factors.last_used_step is 'Time step of the last code that counted; later codes only.';
