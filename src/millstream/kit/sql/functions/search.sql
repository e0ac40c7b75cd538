-- Search as people do it: parts of words, wrong letters, no accents. By trigrams and full text, or by full text alone
-- where the server has no pg_trgm.

do $extensions$
declare
  wanted text;
begin
  foreach wanted in array array['pg_trgm', 'unaccent'] loop
    if exists (select from pg_available_extensions where name = wanted) then
      execute format('create extension if not exists %I with schema extensions', wanted);
    else
      raise notice 'this server has no %: search knows less', wanted;
    end if;
  end loop;
exception when insufficient_privilege then
  raise notice 'may not create % here: search knows less', wanted;
end
$extensions$;

create or replace function kit.schema_of_extension(name text) returns text
language sql stable set search_path = pg_catalog, pg_temp as $$
  select quote_ident(n.nspname) from pg_extension e join pg_namespace n on n.oid = e.extnamespace where e.extname = name
$$;

-- The form in which texts and questions are compared.
do $form$
declare
  place text := kit.schema_of_extension('unaccent');
begin
  execute format(
    $sql$
    create or replace function kit.search_form(value text) returns text
    language sql stable strict parallel safe set search_path = pg_catalog, pg_temp as $body$
      select btrim(regexp_replace(lower(%s), '\s+', ' ', 'g'))
    $body$
    $sql$,
    case when place is null then 'value' else format('%s.unaccent(%L::regdictionary, value)', place, place || '.unaccent') end
  );
end
$form$;

create or replace function kit.keep_search_text() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  new.search_text := coalesce(kit.search_form(
    (select string_agg(to_jsonb(new) ->> tg_argv[place], ' ' order by place) from generate_subscripts(tg_argv, 1) as place)
  ), '');
  return new;
end
$$;

-- Every word may be the beginning of one; null where there is no word.
create or replace function kit.search_words(query text) returns tsquery
language sql stable strict parallel safe set search_path = pg_catalog, pg_temp as $$
  select to_tsquery('simple', string_agg(quote_literal(word) || ':*', ' & '))
  from regexp_split_to_table(regexp_replace(kit.search_form(query), '[^[:alnum:] ]', ' ', 'g'), ' +') as word
  where word <> ''
$$;

create or replace function kit.search_pattern(query text) returns text
language sql stable strict parallel safe set search_path = pg_catalog, pg_temp as $$
  select '%' || regexp_replace(kit.search_form(query), '([\\%_])', '\\\1', 'g') || '%'
$$;

create or replace function kit.searchable(target regclass, columns text[], trigrams boolean default null) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  name  text := kit.table_name(target);
  place text := kit.schema_of_extension('pg_trgm');
begin
  execute format('alter table %s add column if not exists search_text text not null default %L', target, '');
  execute format(
    'create or replace trigger %I before insert or update on %s for each row execute function kit.keep_search_text(%s)',
    name || '_keep_search_text', target, (select string_agg(quote_literal(one), ', ') from unnest(columns) as one)
  );
  perform kit.column_type(target, one) from unnest(columns) as one;
  execute format('create index if not exists %I on %s using gin (to_tsvector(%L, search_text))',
    name || '_search_words_idx', target, 'simple');
  if coalesce(trigrams, place is not null) then
    execute format('create index if not exists %I on %s using gin (search_text %s.gin_trgm_ops)',
      name || '_search_text_idx', target, place);
  end if;
  -- Rows from before this call, and from before it named other columns.
  execute format('update %1$s as t set search_text = %2$L where search_text is distinct from coalesce(kit.search_form(
    concat_ws(%3$L, %4$s)), %2$L)', target, '', ' ', (select string_agg(format('t.%I', one), ', ') from unnest(columns) as one));
  perform kit.make_search_function(target, case when coalesce(trigrams, place is not null) then place end);
end
$$;

create or replace function kit.make_search_function(target regclass, trigrams text) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  place text := (select relnamespace::regnamespace::text from pg_class where oid = target);
  made  text := format('%s.%I', place, 'search_' || kit.table_name(target));
begin
  execute format(
    $sql$
    create or replace function %1$s(query text, most integer default 20) returns setof %2$s
    language sql stable set search_path = pg_catalog, pg_temp %3$s as $body$
      with asked as materialized (
        select kit.search_form(query) as form, kit.search_pattern(query) as pattern, kit.search_words(query) as words
      )
      select t.* from asked join %2$s as t
        on t.search_text like asked.pattern or to_tsvector('simple', t.search_text) @@ asked.words %4$s
      order by t.search_text like substr(asked.pattern, 2) desc,
        coalesce(to_tsvector('simple', t.search_text) @@ asked.words, false) desc, %5$s desc, t.search_text, t.%6$I
      limit greatest(least(most, 100), 0)
    $body$
    $sql$,
    made, target,
    case when trigrams is not null then 'set pg_trgm.word_similarity_threshold = 0.4' else '' end,
    case when trigrams is not null
      then format('or asked.form operator(%1$s.<%%) t.search_text', trigrams) else '' end,
    case when trigrams is not null then format('%s.word_similarity(asked.form, t.search_text)', trigrams)
      else 'ts_rank(to_tsvector(''simple'', t.search_text), asked.words)' end,
    kit.key_of(target)
  );
  execute format('comment on function %s(text, integer) is %L', made,
    'Finds rows that the caller may see by parts of words, the likeliest first.');
  execute format('revoke execute on function %s(text, integer) from public', made);
  execute format('grant execute on function %s(text, integer) to anon, authenticated, service_role', made);
end
$$;

comment on function kit.searchable(regclass, text[], boolean) is
  'Makes the rows of a table findable by these columns: search_text, its indexes, search_<table>(). For migrations.';
comment on function kit.search_form(text) is 'The form in which texts and questions are compared: small, without accents.';

revoke execute on function
  kit.schema_of_extension(text), kit.keep_search_text(), kit.searchable(regclass, text[], boolean),
  kit.make_search_function(regclass, text), kit.search_form(text), kit.search_words(text), kit.search_pattern(text)
from public;
grant execute on function kit.search_form(text), kit.search_words(text), kit.search_pattern(text)
to anon, authenticated, service_role;
