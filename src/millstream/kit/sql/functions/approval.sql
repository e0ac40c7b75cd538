-- Places of many organisations on one platform: whoever manages one adds it, and to everybody else it is unknown until an
-- administrator approves it. `places` have the columns id, organisation_id and name; `place` is the column that leads there
-- and names the functions, as library_id does known_library and approve_library.

create or replace function kit.approved_places(places regclass, place text, link text default null) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  noun constant text := replace(place, '_id', '');
begin
  perform kit.soft_delete(places);
  execute format('alter table %s add column if not exists status text not null default ''pending'',
    add column if not exists status_reason text not null default ''''', places);
  perform kit.add_check(places, kit.table_name(places) || '_status_is_known',
    'status in (''pending'', ''approved'', ''suspended'')');
  perform kit.add_check(places, kit.table_name(places) || '_reason_is_short', 'char_length(status_reason) <= 500');
  execute kit.sight_of_places(places, kit.table_name(places), noun);
  execute kit.fate_of_places(places, noun, link);
  perform kit.callable(array[format('may_see_%s', noun), format('is_staff_of_%s', noun)], '{anon,authenticated,service_role}');
  perform kit.callable(array[format('approve_%s', noun), format('suspend_%s', noun), format('remove_%s', noun)],
    '{authenticated}');
  perform kit.callable(array[format('known_%s', noun), format('open_%s', noun), format('set_%s_status', noun)]);
end
$$;

-- Who may be in the room of a place, and of its staff, whatever was asked for; the place of a caller, locked, and the one
-- at which people may book.
create or replace function kit.sight_of_places(places regclass, table_name text, noun text) returns text
language sql stable set search_path = pg_catalog, pg_temp as $$
  select format($made$
    create or replace function public.may_see_%3$s(id text) returns boolean
    language sql stable security definer set search_path = pg_catalog, pg_temp as $body$
      select exists (
        select from %1$s as p where p.id::text = may_see_%3$s.id and p.deleted_at is null
          and (p.status = 'approved' or kit.works_for(p.organisation_id) or public.is_administrator())
      )
    $body$;
    create or replace function public.is_staff_of_%3$s(id text) returns boolean
    language sql stable security definer set search_path = pg_catalog, pg_temp as $body$
      select exists (
        select from %1$s as p
        where p.id::text = is_staff_of_%3$s.id and p.deleted_at is null and kit.works_for(p.organisation_id)
      )
    $body$;
    create or replace function public.known_%3$s(of_%3$s uuid) returns %1$s
    language plpgsql set search_path = pg_catalog, pg_temp as $body$
    declare
      place %1$s;
    begin
      select * into place from %1$s as p where p.id = of_%3$s and p.deleted_at is null for no key update;
      if place.id is null or not public.may_see_%3$s(place.id::text) then
        perform kit.refuse(404, '%2$s_are_known', 'There is no such %3$s.');
      end if;
      return place;
    end
    $body$;
    create or replace function public.open_%3$s(of_%3$s uuid) returns %1$s
    language plpgsql stable set search_path = pg_catalog, pg_temp as $body$
    declare
      place %1$s;
    begin
      select * into place from %1$s as p where p.id = of_%3$s and p.status = 'approved' and p.deleted_at is null;
      if place.id is null then
        perform kit.refuse(404, '%2$s_are_known', 'There is no such %3$s.');
      end if;
      return place;
    end
    $body$
  $made$, places, table_name, noun)
$$;

-- What administrators decide of a place; its managers are told. What is booked in one that is suspended stays, and nobody
-- books anew.
create or replace function kit.fate_of_places(places regclass, noun text, link text) returns text
language sql stable set search_path = pg_catalog, pg_temp as $$
  select format($made$
    create or replace function public.set_%2$s_status(of_%2$s uuid, becomes text, why text) returns %1$s
    language plpgsql set search_path = pg_catalog, pg_temp as $body$
    declare
      place %1$s;
    begin
      perform kit.must_administer();
      place := public.known_%2$s(of_%2$s);
      update %1$s as p set status = becomes, status_reason = coalesce(why, '') where p.id = place.id returning * into place;
      perform kit.notify_members(place.organisation_id, array['owner', 'manager'], '%2$s.' || becomes,
        format('%%s was %%s', place.name, becomes), coalesce(why, ''), %3$L, jsonb_build_object('%2$s_id', place.id));
      return place;
    end
    $body$;
    create or replace function public.approve_%2$s(of_%2$s uuid) returns %1$s
    language sql volatile security definer set search_path = pg_catalog, pg_temp as $body$
      select public.set_%2$s_status(of_%2$s, 'approved', null)
    $body$;
    create or replace function public.suspend_%2$s(of_%2$s uuid, why text default null) returns %1$s
    language sql volatile security definer set search_path = pg_catalog, pg_temp as $body$
      select public.set_%2$s_status(of_%2$s, 'suspended', why)
    $body$;
    create or replace function public.remove_%2$s(of_%2$s uuid) returns %1$s
    language plpgsql security definer set search_path = pg_catalog, pg_temp as $body$
    declare
      place %1$s;
    begin
      perform kit.must_administer();
      place := public.known_%2$s(of_%2$s);
      update %1$s as p set deleted_at = now(), deleted_by = auth.uid() where p.id = place.id returning * into place;
      return place;
    end
    $body$
  $made$, places, noun, link)
$$;

comment on function kit.approved_places(regclass, text, text) is
  'Lets places be seen once an administrator approves them, and makes the functions that do so. For migrations.';

revoke execute on function
  kit.approved_places(regclass, text, text), kit.sight_of_places(regclass, text, text),
  kit.fate_of_places(regclass, text, text)
from public;
