-- Repeated calls: the answer of the first one, kept under its key for its caller alone.
--
-- One transaction asks `answer_before`, does the work and says `remember_answer`. The first one's lock is held until it
-- commits, so that the same call at the same time waits and then finds the answer; a call that fails leaves nothing.

create or replace function kit.answer_before(operation text, key text, request_hash bytea) returns json
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  who  text := coalesce(auth.uid()::text, auth.role(), '');
  made kit.idempotency_keys;
begin
  if auth.uid() is null and auth.role() = 'anon' and length(key) < 20 then
    raise sqlstate 'PT400' using
      constraint = 'idempotency_keys_of_guests_are_long',
      message = 'Without an account, an idempotency key has at least 20 characters.';
  end if;
  perform pg_advisory_xact_lock(hashtextextended(jsonb_build_array('kit', operation, who, key)::text, 0));
  select * into made from kit.idempotency_keys k
  where k.operation = answer_before.operation and k.caller = who and k.key = answer_before.key
    and k.expires_at > clock_timestamp();
  if found and made.request_hash <> answer_before.request_hash then
    raise sqlstate 'PT409' using
      constraint = 'idempotency_keys_are_used_once',
      message = 'This idempotency key belongs to another request.';
  end if;
  return made.answer;
end
$$;

create or replace function kit.remember_answer(
  operation text, key text, request_hash bytea, answer json, hours double precision
) returns void
language sql security definer set search_path = pg_catalog, pg_temp as $$
  insert into kit.idempotency_keys as k (operation, caller, key, request_hash, answer, expires_at)
  values (
    operation, coalesce(auth.uid()::text, auth.role(), ''), key, request_hash, answer,
    now() + make_interval(secs => hours * 3600)
  )
  on conflict on constraint idempotency_keys_pkey do update set
    request_hash = excluded.request_hash, answer = excluded.answer, answered_at = excluded.answered_at,
    expires_at = excluded.expires_at
  -- Only what no longer counts is replaced: the lock of answer_before keeps others away, nothing keeps a caller who
  -- never asked it.
  where k.expires_at <= clock_timestamp()
$$;

create or replace function kit.forget_answers(batch integer default 1000) returns integer
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  forgotten integer;
begin
  delete from kit.idempotency_keys where (operation, caller, key) in (
    select k.operation, k.caller, k.key from kit.idempotency_keys k where k.expires_at <= now()
    order by k.expires_at limit batch for update skip locked
  );
  get diagnostics forgotten = row_count;
  return forgotten;
end
$$;

-- An answer is a copy of what it told of: whoever forgets that, forgets its copies. They are kept for hours, so all are read.
create or replace function kit.forget_answers_about(ids uuid[]) returns integer
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  forgotten integer;
begin
  delete from kit.idempotency_keys as k where exists (
    select from regexp_matches(k.answer::text, '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}', 'gi') as said
    where said[1]::uuid = any (ids)
  );
  get diagnostics forgotten = row_count;
  return forgotten;
end
$$;

comment on function kit.answer_before(text, text, bytea) is
  'The answer that the caller got for this key, null for none; keeps others with the key waiting until it commits.';
comment on function kit.remember_answer(text, text, bytea, json, double precision) is
  'Keeps an answer under the caller''s key.';
comment on function kit.forget_answers(integer) is 'Removes answers that are kept no longer.';
comment on function kit.forget_answers_about(uuid[]) is
  'Removes the answers, of all callers, in which one of the ids stands; returns how many. Their keys count as new then.';

revoke execute on function
  kit.answer_before(text, text, bytea), kit.remember_answer(text, text, bytea, json, double precision),
  kit.forget_answers(integer), kit.forget_answers_about(uuid[])
from public;
grant execute on function
  kit.answer_before(text, text, bytea), kit.remember_answer(text, text, bytea, json, double precision)
to anon, authenticated, service_role;
grant execute on function kit.forget_answers(integer) to service_role;
