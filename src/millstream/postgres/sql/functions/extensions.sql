-- Functions that existing schemas use as column defaults, where the server lacks the extension that has them.

do $$
begin
  if to_regprocedure('extensions.uuid_generate_v4()') is null
    and not exists (select from pg_extension where extname = 'uuid-ossp')
  then
    create function extensions.uuid_generate_v4() returns uuid
    language sql volatile parallel safe as 'select gen_random_uuid()';
    comment on function extensions.uuid_generate_v4() is 'A random UUID, where the extension uuid-ossp is absent.';
  end if;
end
$$;
