"""The questions that the schema loader asks PostgreSQL's catalog, one constant each. Run with an empty search path.

`%(schemas)s` are the exposed schemas, `%(paths)s` those and the extra search path. Verified on PostgreSQL 15 and 18.
"""

from __future__ import annotations

from typing import Final

TABLES: Final = """
select c.oid::int8 as oid, n.nspname as schema, c.relname as name, c.relkind in ('v', 'm') as is_view,
       case when c.relkind in ('r', 'p') then 28 else pg_catalog.pg_relation_is_updatable(c.oid, true) end as events,
       pg_catalog.obj_description(c.oid, 'pg_class') as description
from pg_catalog.pg_class c
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'v', 'm', 'f', 'p') and not c.relispartition and n.nspname = any(%(schemas)s)
"""

COLUMNS: Final = """
with recursive base(oid, base, typtype, below) as (
  select oid, oid, typtype, typbasetype from pg_catalog.pg_type
  union all
  select b.oid, t.oid, t.typtype, t.typbasetype
  from base b join pg_catalog.pg_type t on b.typtype = 'd' and t.oid = b.below
)
select c.oid::int8 as oid, a.attname as name, a.attnum as number,
       pg_catalog.format_type(b.base, null) as type,
       pg_catalog.format_type(a.atttypid, a.atttypmod) as nominal_type,
       not (a.attnotnull or t.typtype = 'd' and t.typnotnull) as nullable,
       case when a.attidentity = 'd' then
              pg_catalog.format('nextval(%%L)', pg_catalog.pg_get_serial_sequence(
                pg_catalog.format('%%I.%%I', n.nspname, c.relname), a.attname))
            when a.attgenerated <> '' or a.attidentity = 'a' then null
            when d.adbin is null then pg_catalog.pg_get_expr(t.typdefaultbin, 0)
            else pg_catalog.pg_get_expr(d.adbin, d.adrelid) end as "default",
       case when a.atttypid in (1042, 1043) and a.atttypmod > 4 then a.atttypmod - 4 end as max_length,
       (select pg_catalog.array_agg(e.enumlabel::text order by e.enumsortorder)
        from pg_catalog.pg_enum e where e.enumtypid = b.base) as enum,
       pg_catalog.col_description(c.oid, a.attnum) as description
from pg_catalog.pg_attribute a
join pg_catalog.pg_class c on c.oid = a.attrelid
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
join pg_catalog.pg_type t on t.oid = a.atttypid
join base b on b.oid = t.oid and b.typtype <> 'd'
left join pg_catalog.pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
where c.relkind in ('r', 'v', 'm', 'f', 'p') and n.nspname = any(%(schemas)s) and a.attnum > 0 and not a.attisdropped
order by c.oid, a.attnum
"""

PRIMARY_KEYS: Final = """
select n.nspname as schema, c.relname as name, pg_catalog.array_agg(a.attname::text order by a.attname) as columns
from pg_catalog.pg_constraint k
join pg_catalog.pg_class c on c.oid = k.conrelid
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum = any(k.conkey)
where k.contype = 'p' and n.nspname not in ('pg_catalog', 'information_schema')
group by 1, 2
"""

FOREIGN_KEYS: Final = """
select sn.nspname as source_schema, s.relname as source, tn.nspname as target_schema, t.relname as target,
       k.conname as name,
       (select pg_catalog.array_agg(array[sa.attname::text, ta.attname::text] order by o)
        from unnest(k.conkey, k.confkey) with ordinality as _(sc, tc, o)
        join pg_catalog.pg_attribute sa on sa.attrelid = k.conrelid and sa.attnum = sc
        join pg_catalog.pg_attribute ta on ta.attrelid = k.confrelid and ta.attnum = tc) as columns,
       exists (select from pg_catalog.pg_constraint u
               where u.conrelid = k.conrelid and u.contype in ('p', 'u')
                 and u.conkey @> k.conkey and u.conkey <@ k.conkey) as is_unique
from pg_catalog.pg_constraint k
join pg_catalog.pg_class s on s.oid = k.conrelid
join pg_catalog.pg_namespace sn on sn.oid = s.relnamespace
join pg_catalog.pg_class t on t.oid = k.confrelid
join pg_catalog.pg_namespace tn on tn.oid = t.relnamespace
where k.contype = 'f' and k.conparentid = 0
"""

VIEWS: Final = """
select c.oid::int8 as oid, n.nspname as schema, c.relname as name, r.ev_action::text as tree,
       n.nspname = any(%(schemas)s) as exposed
from pg_catalog.pg_class c
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
join pg_catalog.pg_rewrite r on r.ev_class = c.oid and r.rulename = '_RETURN'
where c.relkind in ('v', 'm') and n.nspname = any(%(paths)s)
"""

SHOWN_COLUMNS: Final = """
select a.attrelid::int8 as oid, n.nspname as schema, c.relname as name, a.attnum as number, a.attname as column
from pg_catalog.pg_attribute a
join pg_catalog.pg_class c on c.oid = a.attrelid
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where a.attrelid = any(%(oids)s::oid[]) and a.attnum > 0
"""

FUNCTIONS: Final = """
with recursive base(oid, base, typtype, below) as (
  select oid, oid, typtype, typbasetype from pg_catalog.pg_type
  union all
  select b.oid, t.oid, t.typtype, t.typbasetype
  from base b join pg_catalog.pg_type t on b.typtype = 'd' and t.oid = b.below
)
select n.nspname as schema, p.proname as name, pg_catalog.obj_description(p.oid, 'pg_proc') as description,
       p.proargnames::text[] as names, p.proargmodes::text[] as modes, p.pronargdefaults as defaults,
       (select pg_catalog.array_agg(pg_catalog.format_type(o, null) order by i)
        from unnest(coalesce(p.proallargtypes, p.proargtypes::oid[])) with ordinality as _(o, i)) as types,
       rn.nspname as return_schema, coalesce(rc.relname, r.typname) as return_name, p.proretset as many,
       r.typtype = 'c' as is_row, b.base <> b.oid as alias, p.provolatile::text as volatility,
       coalesce(p.proconfig, '{}') as settings,
       (select pg_catalog.array_agg(a.attname::text order by a.attnum) from pg_catalog.pg_attribute a
        where a.attrelid = r.typrelid and a.attnum > 0 and not a.attisdropped) as row_columns
from pg_catalog.pg_proc p
join pg_catalog.pg_namespace n on n.oid = p.pronamespace
join base b on b.oid = p.prorettype and b.typtype <> 'd'
join pg_catalog.pg_type r on r.oid = b.base
join pg_catalog.pg_namespace rn on rn.oid = r.typnamespace
left join pg_catalog.pg_class rc on rc.oid = r.typrelid
where p.prokind = 'f' and n.nspname = any(%(schemas)s) and r.typname not in ('trigger', 'event_trigger')
order by p.oid
"""

ROW_FUNCTIONS: Final = """
select fn.nspname as function_schema, p.proname as function, sn.nspname as source_schema, s.relname as source,
       tn.nspname as target_schema, t.relname as target, not p.proretset or p.prorows = 1 as to_one,
       p.proretset as many
from pg_catalog.pg_proc p
join pg_catalog.pg_namespace fn on fn.oid = p.pronamespace
join pg_catalog.pg_class s on s.reltype = p.proargtypes[0] and s.relkind in ('r', 'v', 'm', 'f', 'p')
join pg_catalog.pg_namespace sn on sn.oid = s.relnamespace
left join pg_catalog.pg_class t on t.reltype = p.prorettype and t.relkind in ('r', 'v', 'm', 'f', 'p')
left join pg_catalog.pg_namespace tn on tn.oid = t.relnamespace
where p.pronargs = 1 and p.prokind = 'f' and fn.nspname = any(%(paths)s)
"""

REPRESENTATIONS: Final = """
select pg_catalog.format_type(k.castsource, null) as source, pg_catalog.format_type(k.casttarget, null) as target,
       k.castfunc::pg_catalog.regproc::text as function
from pg_catalog.pg_cast k
join pg_catalog.pg_type s on s.oid = k.castsource
join pg_catalog.pg_type t on t.oid = k.casttarget
where k.castcontext = 'i' and k.castmethod = 'f'
  and (s.typtype = 'd' and k.casttarget in ('pg_catalog.json'::regtype, 'pg_catalog.text'::regtype)
    or t.typtype = 'd' and k.castsource in ('pg_catalog.json'::regtype, 'pg_catalog.text'::regtype))
"""

MEDIA_HANDLERS: Final = """
with media as (
  select t.oid, n.nspname as schema, t.typname as name, t.typbasetype as base from pg_catalog.pg_type t
  join pg_catalog.pg_namespace n on n.oid = t.typnamespace
  where t.typtype = 'd' and (t.typname ~* '^[a-z0-9.-]+/[a-z0-9.+-]+$' or t.typname = '*/*')
)
select pn.nspname as function_schema, p.proname as function, m.name as media_type,
       a.aggfnoid is not null as is_aggregate, m.base = 'pg_catalog.bytea'::regtype as is_binary,
       case when a.aggfnoid is not null and s.oid is not null then sn.nspname end as target_schema,
       case when a.aggfnoid is not null and s.oid is not null then s.relname end as target, m.schema as type_schema
from pg_catalog.pg_proc p
join pg_catalog.pg_namespace pn on pn.oid = p.pronamespace
join media m on m.oid = p.prorettype
left join pg_catalog.pg_aggregate a on a.aggfnoid = p.oid
left join pg_catalog.pg_class s on s.reltype = p.proargtypes[0] and s.relkind in ('r', 'v', 'm', 'f', 'p')
left join pg_catalog.pg_namespace sn on sn.oid = s.relnamespace
where pn.nspname = any(%(schemas)s)
  and (p.prokind = 'f' and not p.proretset
    or p.prokind = 'a' and p.pronargs = 1
      and (s.oid is not null or p.proargtypes[0] = 'pg_catalog.anyelement'::regtype))
"""

TYPES: Final = """
select distinct t.typname as name from pg_catalog.pg_type t
join pg_catalog.pg_namespace n on n.oid = t.typnamespace
where n.nspname = 'pg_catalog' and t.typtype in ('b', 'r', 'm', 'd')
   or n.nspname = any(%(paths)s) and (t.typrelid = 0 or t.typtype = 'c')
"""

SCHEMA_DESCRIPTIONS: Final = """
select nspname as schema, pg_catalog.obj_description(oid, 'pg_namespace') as description
from pg_catalog.pg_namespace where nspname = any(%(schemas)s)
"""

HAS_EVENT_TRIGGER: Final = """
select exists (select from pg_catalog.pg_event_trigger t
               where t.evtevent = 'ddl_command_end' and t.evtenabled <> 'D'
                 and t.evtfoid = pg_catalog.to_regproc('millstream.schema_changed'))
"""

FINGERPRINT: Final = """
select pg_catalog.sum(pg_catalog.hashtextextended(version::text || place::text, 0))
from (select xmin, ctid from pg_catalog.pg_class where oid >= 16384
      union all select xmin, ctid from pg_catalog.pg_attribute where attrelid >= 16384
      union all select xmin, ctid from pg_catalog.pg_proc where oid >= 16384
      union all select xmin, ctid from pg_catalog.pg_constraint where oid >= 16384
      union all select xmin, ctid from pg_catalog.pg_type where oid >= 16384) as rows (version, place)
"""

TIMEZONES: Final = "select name from pg_catalog.pg_timezone_names"

ROLE_SETTINGS: Final = """
select r.rolname as role, pg_catalog.array_agg(setting) as settings
from pg_catalog.pg_db_role_setting s
join pg_catalog.pg_roles r on r.oid = s.setrole
left join pg_catalog.pg_database d on d.oid = s.setdatabase
cross join unnest(s.setconfig) as setting
where (s.setdatabase = 0 or d.datname = pg_catalog.current_database())
  and (pg_catalog.split_part(setting, '=', 1) like '%%.%%'
    or exists (select from pg_catalog.pg_settings p
               where p.context = 'user' and p.name = pg_catalog.split_part(setting, '=', 1)
                 and p.name not in ('role', 'session_authorization', 'search_path')))
group by 1
"""
