-- Places that are open at times, speak to those who come, and are reviewed by them. Each macro makes tables of public that
-- belong to rows of `places`, which has a unique key (id, organisation_id); `place` is the column that leads there. Who reads
-- and writes the tables the application says by policies: until then, nobody.

create or replace function kit.opening_hours(places regclass, place text, timezone text default 'timezone') returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  execute format($sql$
    create table if not exists public.opening_hours (
      id              uuid not null default gen_random_uuid(),
      organisation_id uuid not null,
      %1$I            uuid not null,
      weekday         integer not null,
      opens           time not null,
      closes          time not null,
      constraint opening_hours_pkey primary key (id),
      constraint opening_hours_place_fkey foreign key (%1$I, organisation_id)
        references %2$s (id, organisation_id) on delete cascade,
      constraint opening_hours_weekday_is_iso check (weekday between 1 and 7),
      constraint opening_hours_end_after_start check (closes > opens)
    );
    create index if not exists opening_hours_of_place on public.opening_hours (%1$I, weekday);
    comment on table public.opening_hours is 'The week by the clocks of the place; weekday 1 is Monday, 24:00 its midnight.';
    create table if not exists public.closed_days (
      id              uuid not null default gen_random_uuid(),
      organisation_id uuid not null,
      %1$I            uuid not null,
      first_day       date not null,
      last_day        date not null,
      reason          text not null default '',
      constraint closed_days_pkey primary key (id),
      constraint closed_days_place_fkey foreign key (%1$I, organisation_id)
        references %2$s (id, organisation_id) on delete cascade,
      constraint closed_days_end_after_start check (last_day >= first_day),
      constraint closed_days_reason_is_short check (char_length(reason) <= 200)
    );
    create index if not exists closed_days_of_place on public.closed_days (%1$I, last_day);
    comment on table public.closed_days is 'Days on which a place stays closed, and why.';
    alter table public.opening_hours enable row level security;
    alter table public.closed_days enable row level security;
  $sql$, place, places);
  -- Wall-clock times become instants, so that a day on which the clocks change is as long as it is. Each claim asks for the
  -- hours: PL/pgSQL plans them once a session.
  execute format($sql$
    create or replace function public.open_hours(of_%4$s uuid, first_day date, last_day date) returns tstzmultirange
    language plpgsql stable set search_path = pg_catalog, pg_temp as $body$
    begin return (
      select coalesce(range_agg(tstzrange(starts, ends)), '{}')
      from %2$s as p
      -- Of a year at most, and never of days that do not end.
      cross join generate_series(case when isfinite(first_day) then first_day::timestamp end,
        case when isfinite(last_day) then least(last_day, first_day + 366)::timestamp end, interval '1 day') as day
      join public.opening_hours as h on h.%1$I = p.id and h.weekday = extract(isodow from day)
      cross join lateral (values (timezone(p.%3$I, day::date + h.opens), timezone(p.%3$I, day::date + h.closes)))
        as hours (starts, ends)
      where p.id = of_%4$s and starts < ends
        and not exists (select from public.closed_days as c where c.%1$I = p.id and day::date between c.first_day and c.last_day)
    ); end
    $body$;
    create or replace function public.opening_of(of_%4$s uuid, day date) returns table (opens timestamptz, closes timestamptz)
    language sql stable set search_path = pg_catalog, pg_temp as $body$
      select lower(hours), upper(hours) from unnest(public.open_hours(of_%4$s, day, day)) as hours order by 1
    $body$;
    create or replace function public.closed_for(of_%4$s uuid, day date) returns text
    language sql stable set search_path = pg_catalog, pg_temp as $body$
      select c.reason from public.closed_days as c where c.%1$I = of_%4$s and day between c.first_day and c.last_day limit 1
    $body$
  $sql$, place, places, timezone, replace(place, '_id', ''));
end
$$;

create or replace function kit.announcements(places regclass, place text) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  execute format($sql$
    create table if not exists public.announcements (
      id              uuid not null default gen_random_uuid(),
      organisation_id uuid,
      %1$I            uuid,
      title           text not null,
      body            text not null default '',
      severity        text not null default 'info',
      created_by      uuid default auth.uid(),
      created_at      timestamptz not null default clock_timestamp(),
      ends_at         timestamptz,
      constraint announcements_pkey primary key (id),
      constraint announcements_place_fkey foreign key (%1$I, organisation_id)
        references %2$s (id, organisation_id) match full on delete cascade,
      constraint announcements_severity_is_known check (severity in ('info', 'success', 'warning')),
      constraint announcements_texts_are_short check (char_length(title) between 1 and 120 and char_length(body) <= 1000)
    );
    create index if not exists announcements_of_place on public.announcements (%1$I, created_at);
    comment on table public.announcements is 'Words of a place to those who come, or of the platform to everybody.';
    alter table public.announcements enable row level security;
    -- By those who manage the place; without a place, by administrators (kit.approved_places, kit.administrators).
    create or replace function public.announce(
      title text, body text default '', severity text default 'info', of_%3$s uuid default null, until timestamptz default null
    ) returns public.announcements
    language plpgsql security definer set search_path = pg_catalog, pg_temp as $body$
    declare
      place %2$s;
      made  public.announcements;
    begin
      if of_%3$s is null then
        perform kit.must_administer();
      else
        place := public.known_%3$s(of_%3$s);
        perform kit.must(kit.manages(place.organisation_id), 'This is for those who manage the %3$s.');
      end if;
      insert into public.announcements (organisation_id, %1$I, title, body, severity, created_by, ends_at)
      values (place.organisation_id, place.id, announce.title, coalesce(announce.body, ''), coalesce(announce.severity, 'info'),
        auth.uid(), announce.until)
      returning * into made;
      return made;
    end
    $body$
  $sql$, place, places, replace(place, '_id', ''));
  perform kit.callable('{announce}', '{authenticated}');
end
$$;

-- One review of each visit; the places keep how many there are, and what they say on average. `by` are the actors of the
-- state machine of visits who may review one of which the condition `over` holds; `author` is a column of visits as well.
create or replace function kit.reviews(
  places regclass, place text, visits regclass, visit text, author text, visitor text default 'user_id',
  by text[] default '{customer}', over text default 'visit.status = ''completed'''
) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  execute format($sql$
    create table if not exists public.reviews (
      id              uuid not null default gen_random_uuid(),
      organisation_id uuid not null,
      %1$I            uuid not null,
      %3$I            uuid not null,
      user_id         uuid,
      %5$I            text not null,
      rating          integer not null,
      text            text not null default '',
      answer          text,
      answered_at     timestamptz,
      created_at      timestamptz not null default now(),
      constraint reviews_pkey primary key (id),
      constraint reviews_are_one_a_visit unique (%3$I),
      constraint reviews_visit_fkey foreign key (%3$I) references %4$s (id),
      constraint reviews_place_fkey foreign key (%1$I, organisation_id) references %2$s (id, organisation_id),
      constraint reviews_user_fkey foreign key (user_id) references auth.users (id) on delete set null,
      constraint reviews_rating_is_one_to_five check (rating between 1 and 5),
      constraint reviews_texts_are_short check (
        char_length(%5$I) <= 60 and char_length(text) <= 1000 and char_length(answer) <= 1000
      )
    );
    create index if not exists reviews_of_place on public.reviews (%1$I, created_at);
    create index if not exists reviews_of_user on public.reviews (user_id);
    comment on table public.reviews is 'What those say who were there, and what they are answered. Public: short names alone.';
    alter table public.reviews enable row level security;
    alter table %2$s add column if not exists rating_average numeric(2, 1),
      add column if not exists rating_count integer not null default 0;
    create or replace trigger reviews_count after insert on public.reviews referencing new table as added
      for each statement execute function kit.count_reviews(%6$L, %7$L)
  $sql$, place, places, visit, visits, author, places::text, place);
  execute kit.reviewing(place, visits, visit, author, visitor, by, over);
  perform kit.callable('{write_review,answer_review}', '{authenticated}');
end
$$;

-- One word on a visit by whoever was there, under a short name, and the answer of those who manage the place.
create or replace function kit.reviewing(
  place text, visits regclass, visit text, author text, visitor text, by text[], over text
) returns text
language sql stable set search_path = pg_catalog, pg_temp as $$
  select format($made$
    create or replace function public.write_review(of_%3$s uuid, rating integer, text text default '') returns public.reviews
    language plpgsql security definer set search_path = pg_catalog, pg_temp as $body$
    declare
      visit constant %2$s := kit.row_for(null::%2$s, of_%3$s::text, %4$L::text[], person => %5$L);
      made  public.reviews;
    begin
      if (%6$s) is not true then
        perform kit.refuse(409, 'reviews_are_of_those_who_came', 'You can review a visit that is over.');
      end if;
      insert into public.reviews (organisation_id, %1$I, %7$I, user_id, %8$I, rating, text)
      values (visit.organisation_id, visit.%1$I, visit.id, visit.%5$I, kit.short_name(visit.%8$I), write_review.rating,
        coalesce(write_review.text, ''))
      on conflict on constraint reviews_are_one_a_visit do nothing returning * into made;
      if made.id is null then
        perform kit.refuse(409, 'reviews_are_one_a_visit', 'You have reviewed this visit.');
      end if;
      return made;
    end
    $body$;
    create or replace function public.answer_review(of_review uuid, text text) returns public.reviews
    language plpgsql security definer set search_path = pg_catalog, pg_temp as $body$
    declare
      made public.reviews;
    begin
      update public.reviews as r set answer = nullif(trim(answer_review.text), ''), answered_at = now()
      where r.id = of_review and kit.manages(r.organisation_id) returning * into made;
      perform kit.must(made.id is not null, 'Reviews are answered by those who manage the %9$s.');
      return made;
    end
    $body$
  $made$, place, visits, replace(visit, '_id', ''), by, visitor, over, visit, author, replace(place, '_id', ''))
$$;

-- Its arguments are the table of the places and the column that leads there.
create or replace function kit.count_reviews() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  execute format(
    'update %1$s as p set rating_average = r.average, rating_count = r.number
     from (select %2$I as place, round(avg(rating), 1) as average, count(*) as number from public.reviews
       where %2$I in (select %2$I from added) group by 1) as r where p.id = r.place', tg_argv[0], tg_argv[1]
  );
  return null;
end
$$;

comment on function kit.opening_hours(regclass, text, text) is
  'Makes public.opening_hours and public.closed_days, and the functions that say when a place is open. For migrations.';
comment on function kit.announcements(regclass, text) is 'Makes public.announcements and public.announce. For migrations.';
comment on function kit.reviews(regclass, text, regclass, text, text, text, text[], text) is
  'Makes public.reviews, one a visit, public.write_review and public.answer_review; keeps averages. For migrations.';

revoke execute on function
  kit.opening_hours(regclass, text, text), kit.announcements(regclass, text),
  kit.reviews(regclass, text, regclass, text, text, text, text[], text),
  kit.reviewing(text, regclass, text, text, text, text[], text), kit.count_reviews()
from public;
