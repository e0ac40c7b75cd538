-- Numbers that are short to say, and secrets that nobody guesses: both of a UUID's random bytes.

-- Eight characters of Crockford's alphabet: 32 to the power of 8, and they tell nobody the volume.
create or replace function kit.random_number(prefix text default null) returns text
language sql volatile set search_path = pg_catalog, pg_temp as $$
  select concat_ws('-', prefix, string_agg(
    substr('0123456789ABCDEFGHJKMNPQRSTVWXYZ', get_byte(bytes, place) % 32 + 1, 1), '' order by place
  ))
  from uuid_send(gen_random_uuid()) as bytes, unnest('{0, 1, 2, 3, 4, 5, 9, 10}'::integer[]) as place
$$;

-- 43 characters that may stand in an address.
create or replace function kit.new_secret() returns text
language sql volatile set search_path = pg_catalog, pg_temp as $$
  select translate(encode(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()), 'base64'), '+/=', '-_')
$$;

create or replace function kit.secret_hash(secret text) returns text
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select encode(sha256(convert_to(secret, 'UTF8')), 'hex')
$$;

comment on function kit.random_number(text) is 'A number for people, such as BK-7Q2M0ZK4; make it unique by a constraint.';
comment on function kit.new_secret() is 'A secret for an address, told once; keep its secret_hash alone.';

revoke execute on function kit.random_number(text), kit.new_secret(), kit.secret_hash(text) from public;
