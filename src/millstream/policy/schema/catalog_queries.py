"""The SQL that reads tables, policies, rights and types from PostgreSQL's catalog, one JSON document per result row.

Run by `catalog` in one transaction, under the search path under which the printed expressions are evaluated later.
Every text is constant; `$1` are publications; roles are given as an array of names. Tables of the publication that
clients subscribe to are `followed`; of the others the server alone hears, to know their rows.

Whether a policy depends on its row only is read from its expression tree: it may hold nothing but plain operators and
calls of immutable functions that came with PostgreSQL (oid below 16384), since a function made by a user may lie about
being immutable. Whether it asks for the caller by known functions alone is read from what it depends on: tables without
policies of their own, and of functions only those; nothing that reads a setting. Of the users' own functions, those in
SQL are read whole, for `reading`.
"""

TABLES = """
WITH told AS (
  SELECT c.oid, pg_catalog.bool_or(p.pubname = $2) AS is_followed,
    pg_catalog.bool_or(b.pubinsert AND b.pubupdate AND b.pubdelete AND b.pubtruncate AND p.rowfilter IS NULL
      AND NOT EXISTS (
        SELECT FROM pg_catalog.pg_attribute a
        WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
          AND a.attname <> ALL (p.attnames)
      )) AS is_whole
  FROM pg_catalog.pg_publication_tables p
  JOIN pg_catalog.pg_publication b ON b.pubname = p.pubname
  JOIN pg_catalog.pg_namespace n ON n.nspname = p.schemaname
  JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relname = p.tablename
  WHERE p.pubname = ANY ($1::text[])
  GROUP BY c.oid
), followed AS (
  SELECT t.is_followed, t.is_whole, c.*, (
    SELECT r.rolname
    FROM pg_catalog.pg_roles r
    WHERE (r.rolname = current_user OR r.rolname = 'service_role' AND pg_catalog.pg_has_role(r.oid, 'MEMBER'))
      AND pg_catalog.has_schema_privilege(r.oid, c.relnamespace, 'USAGE')
      AND pg_catalog.has_table_privilege(r.oid, c.oid, 'SELECT')
      AND (NOT c.relrowsecurity OR r.rolsuper OR r.rolbypassrls
        OR pg_catalog.pg_has_role(r.oid, c.relowner, 'USAGE') AND NOT c.relforcerowsecurity)
    ORDER BY r.rolname = current_user DESC
    LIMIT 1
  ) AS reader
  FROM told t
  JOIN pg_catalog.pg_class c ON c.oid = t.oid
)
SELECT pg_catalog.json_build_object(
  'oid', f.oid::int8,
  'schema', n.nspname,
  'name', f.relname,
  'followed', f.is_followed,
  'is_whole', f.is_whole,
  'is_plain', f.relkind = 'r' AND NOT f.relispartition AND NOT f.relhassubclass,
  'is_logged', f.relpersistence = 'p',
  'reader', f.reader,
  'unique_keys', COALESCE((
    SELECT pg_catalog.json_agg((
      SELECT pg_catalog.json_agg(a.attname)
      FROM pg_catalog.unnest((i.indkey::int2[])[0:i.indnkeyatts - 1]) AS k(attnum)
      JOIN pg_catalog.pg_attribute a ON a.attrelid = f.oid AND a.attnum = k.attnum
    ) ORDER BY i.indexrelid)
    FROM pg_catalog.pg_index i
    WHERE i.indrelid = f.oid AND i.indisunique AND i.indimmediate AND i.indisvalid
      AND i.indpred IS NULL AND i.indexprs IS NULL
  ), '[]'),
  'replica_identity', f.relreplident,
  'row_security', f.relrowsecurity,
  'columns', (
    SELECT pg_catalog.json_agg(pg_catalog.json_build_object(
      'name', a.attname,
      'type_oid', a.atttypid::int8,
      'type_sql', pg_catalog.format_type(a.atttypid, -1),
      'is_domain', t.typtype = 'd',
      'is_composite', t.typtype = 'c',
      'generated', CASE WHEN a.attgenerated <> '' THEN pg_catalog.pg_get_expr(d.adbin, d.adrelid) END,
      'equality_is_bytewise', COALESCE(l.collisdeterministic, true),
      'order_is_bytewise', COALESCE(
        l.collprovider = 'b'
        OR l.collprovider = 'c' AND l.collcollate IN ('C', 'POSIX')
        OR l.collprovider = 'd' AND b.datlocprovider = 'b'
        OR l.collprovider = 'd' AND b.datlocprovider = 'c' AND b.datcollate IN ('C', 'POSIX'), true)
    ) ORDER BY a.attnum)
    FROM pg_catalog.pg_attribute a
    JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
    JOIN pg_catalog.pg_database b ON b.datname = pg_catalog.current_database()
    LEFT JOIN pg_catalog.pg_collation l ON l.oid = a.attcollation
    LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE a.attrelid = f.oid AND a.attnum > 0 AND NOT a.attisdropped
  ),
  'primary_key', COALESCE((
    SELECT pg_catalog.json_agg(a.attname ORDER BY k.position)
    FROM pg_catalog.pg_index i, pg_catalog.unnest(i.indkey::int2[]) WITH ORDINALITY AS k(attnum, position),
      pg_catalog.pg_attribute a
    WHERE i.indrelid = f.oid AND i.indisprimary AND a.attrelid = f.oid AND a.attnum = k.attnum
  ), '[]'),
  'identity_columns', COALESCE((
    SELECT pg_catalog.json_agg(a.attname)
    FROM pg_catalog.pg_attribute a
    WHERE a.attrelid = f.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '' AND (
      f.relreplident = 'f' OR EXISTS (
        SELECT FROM pg_catalog.pg_index i
        WHERE i.indrelid = f.oid AND a.attnum = ANY (i.indkey)
          AND (f.relreplident = 'd' AND i.indisprimary OR f.relreplident = 'i' AND i.indisreplident)
      )
    )
  ), '[]'),
  'policies', COALESCE((
    SELECT pg_catalog.json_agg(pg_catalog.json_build_object(
      'oid', p.oid::int8,
      'name', p.polname,
      'permissive', p.polpermissive,
      'expression', pg_catalog.pg_get_expr(p.polqual, p.polrelid),
      'needs', (
        SELECT COALESCE(pg_catalog.json_agg(DISTINCT a.attname), '[]')
        FROM pg_catalog.pg_depend d
        JOIN pg_catalog.pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
        WHERE d.classid = 'pg_catalog.pg_policy'::pg_catalog.regclass AND d.objid = p.oid
          AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refobjid = f.oid AND d.refobjsubid > 0
      ),
      'asks_caller_by_known_functions', NOT EXISTS (
        SELECT
        FROM pg_catalog.pg_depend d
        LEFT JOIN pg_catalog.pg_class r
          ON d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND r.oid = d.refobjid
        LEFT JOIN pg_catalog.pg_proc u
          ON d.refclassid = 'pg_catalog.pg_proc'::pg_catalog.regclass AND u.oid = d.refobjid
        WHERE d.classid = 'pg_catalog.pg_policy'::pg_catalog.regclass AND d.objid = p.oid AND d.refobjid <> f.oid
          AND (r.relkind IN ('r', 'p') AND NOT r.relrowsecurity
            OR u.pronargs = 0 AND u.proname IN ('uid', 'role', 'jwt')
              AND u.pronamespace = pg_catalog.to_regnamespace('auth')
          ) IS NOT TRUE
      ) AND NOT EXISTS (
        SELECT
        FROM pg_catalog.regexp_matches(p.polqual::text, ':(?:op)?funcid ([0-9]+)', 'g') AS called(match)
        LEFT JOIN pg_catalog.pg_proc c ON c.oid = called.match[1]::oid
        WHERE c.provolatile IS DISTINCT FROM 'i' AND c.provolatile IS DISTINCT FROM 's' OR c.proname = 'current_setting'
      ),
      'depends_on_row_only', NOT EXISTS (
        SELECT
        FROM pg_catalog.regexp_matches(p.polqual::text, '[{]([A-Z]+)', 'g') AS node(match)
        WHERE node.match[1] <> ALL ('{VAR,CONST,OPEXPR,FUNCEXPR,BOOLEXPR,RELABELTYPE,NULLTEST,BOOLEANTEST,
          SCALARARRAYOPEXPR,DISTINCTEXPR,NULLIFEXPR,CASEEXPR,CASEWHEN,CASETESTEXPR,COALESCEEXPR,ARRAYEXPR}'::text[])
      ) AND NOT EXISTS (
        SELECT
        FROM pg_catalog.regexp_matches(p.polqual::text, ':(?:op)?funcid ([0-9]+)', 'g') AS called(match)
        LEFT JOIN pg_catalog.pg_proc f ON f.oid = called.match[1]::oid
        WHERE f.provolatile IS DISTINCT FROM 'i' OR f.oid >= 16384
      )
    ) ORDER BY p.polname)
    FROM pg_catalog.pg_policy p
    WHERE p.polrelid = f.oid AND p.polcmd IN ('r', '*') AND p.polqual IS NOT NULL
  ), '[]')
)
FROM followed f
JOIN pg_catalog.pg_namespace n ON n.oid = f.relnamespace
"""


def _may_be_taken(role: str) -> str:
    """Return the condition that the server may take a role, as it would to SELECT: no other role is anybody's here."""
    option = "CASE WHEN pg_catalog.current_setting('server_version_num')::int4 < 160000 THEN 'MEMBER' ELSE 'SET' END"
    return f"pg_catalog.pg_has_role({role}.oid, {option})"


_CALLED = """
  SELECT f.oid, f.proowner, f.prosecdef
  FROM pg_catalog.pg_proc f
  WHERE f.oid >= 16384 AND f.oid IN (
    SELECT called.match[1]::oid
    FROM pg_catalog.pg_publication_tables p
    JOIN pg_catalog.pg_namespace n ON n.nspname = p.schemaname
    JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relname = p.tablename
    JOIN pg_catalog.pg_policy o ON o.polrelid = c.oid AND o.polcmd IN ('r', '*') AND o.polqual IS NOT NULL
    CROSS JOIN LATERAL pg_catalog.regexp_matches(o.polqual::text, ':funcid ([0-9]+)', 'g') AS called(match)
    WHERE p.pubname = ANY ($1::text[])
  )
"""

ROLES = f"""
SELECT pg_catalog.md5(pg_catalog.string_agg(
  pg_catalog.concat_ws(' ', r.rolname, r.rolsuper, r.rolbypassrls, {_may_be_taken("r")}, g.oid), ','
  ORDER BY r.oid, g.oid
))
FROM pg_catalog.pg_roles r
JOIN pg_catalog.pg_roles g ON pg_catalog.pg_has_role(r.oid, g.oid, 'USAGE')
WHERE r.rolname = ANY ($1::text[])
"""
"""One text that differs when these roles are, or inherit, something else: roles have no event triggers."""

RIGHTS = f"""
SELECT pg_catalog.json_build_object(
  'role', r.rolname,
  'table', c.oid::int8,
  'bypasses', r.rolsuper OR r.rolbypassrls
    OR pg_catalog.pg_has_role(r.oid, c.relowner, 'USAGE') AND NOT c.relforcerowsecurity,
  'readable', (
    SELECT COALESCE(pg_catalog.json_agg(a.attname), '[]')
    FROM pg_catalog.pg_attribute a
    WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
      AND pg_catalog.has_schema_privilege(r.oid, c.relnamespace, 'USAGE')
      AND pg_catalog.has_column_privilege(r.oid, c.oid, a.attnum, 'SELECT')
  ),
  'policies', (
    SELECT COALESCE(pg_catalog.json_agg(p.oid::int8 ORDER BY p.polname), '[]')
    FROM pg_catalog.pg_policy p
    WHERE p.polrelid = c.oid AND p.polcmd IN ('r', '*') AND p.polqual IS NOT NULL AND EXISTS (
      SELECT FROM pg_catalog.unnest(p.polroles) AS given(role)
      WHERE given.role = 0 OR pg_catalog.pg_has_role(r.oid, given.role, 'USAGE')
    )
  )
)
FROM pg_catalog.pg_roles r, pg_catalog.pg_class c
WHERE c.oid IN (
  SELECT c.oid
  FROM pg_catalog.pg_publication_tables p
  JOIN pg_catalog.pg_namespace n ON n.nspname = p.schemaname
  JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relname = p.tablename
  WHERE p.pubname = ANY ($1::text[])
) AND (
  r.rolname = ANY ($2::text[]) AND {_may_be_taken("r")}
  OR r.oid IN (SELECT f.proowner FROM ({_CALLED}) AS f WHERE f.prosecdef)
)
"""

TYPES = """
WITH RECURSIVE reached AS (
  SELECT a.atttypid AS oid
  FROM pg_catalog.pg_publication_tables p
  JOIN pg_catalog.pg_namespace n ON n.nspname = p.schemaname
  JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relname = p.tablename
  JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
  WHERE p.pubname = $1
  UNION
  SELECT inner_type.oid
  FROM reached
  JOIN pg_catalog.pg_type t ON t.oid = reached.oid
  CROSS JOIN LATERAL (
    SELECT t.typelem AS oid WHERE t.typsubscript = 'pg_catalog.array_subscript_handler'::pg_catalog.regproc
    UNION ALL SELECT t.typbasetype WHERE t.typtype = 'd'
    UNION ALL SELECT a.atttypid FROM pg_catalog.pg_attribute a
      WHERE a.attrelid = t.typrelid AND t.typtype = 'c' AND a.attnum > 0 AND NOT a.attisdropped
  ) AS inner_type
)
SELECT pg_catalog.json_build_object(
  'oid', t.oid::int8,
  'name', t.typname,
  'kind', CASE WHEN t.typsubscript = 'pg_catalog.array_subscript_handler'::pg_catalog.regproc THEN 'a'
    ELSE t.typtype::text END,
  'element_oid', CASE WHEN t.typtype <> 'd' THEN t.typelem::int8 ELSE 0 END,
  'base_oid', t.typbasetype::int8,
  'delimiter', COALESCE((SELECT e.typdelim FROM pg_catalog.pg_type e WHERE e.oid = t.typelem), ','),
  'fields', COALESCE((
    SELECT pg_catalog.json_agg(pg_catalog.json_build_array(a.attname, a.atttypid::int8) ORDER BY a.attnum)
    FROM pg_catalog.pg_attribute a
    WHERE a.attrelid = t.typrelid AND t.typtype = 'c' AND a.attnum > 0 AND NOT a.attisdropped
  ), '[]')
)
FROM reached
JOIN pg_catalog.pg_type t ON t.oid = reached.oid
"""

FACTS = f"""
SELECT pg_catalog.json_build_object(
  'functions', (
    SELECT COALESCE(pg_catalog.json_agg(pg_catalog.json_build_object(
      'name', f.proname,
      'source', f.prosrc,
      'callers', (
        SELECT COALESCE(pg_catalog.json_agg(r.rolname ORDER BY r.rolname), '[]')
        FROM pg_catalog.pg_roles r
        WHERE (r.rolname = ANY ($2::text[]) OR r.oid IN (SELECT d.proowner FROM ({_CALLED}) AS d WHERE d.prosecdef))
          AND pg_catalog.has_schema_privilege(r.oid, n.oid, 'USAGE')
          AND pg_catalog.has_function_privilege(r.oid, f.oid, 'EXECUTE')
      )
    ) ORDER BY f.proname), '[]')
    FROM pg_catalog.pg_proc f
    JOIN pg_catalog.pg_namespace n ON n.oid = f.pronamespace
    JOIN pg_catalog.pg_language l ON l.oid = f.prolang
    JOIN (VALUES ('uid', 'uuid'), ('role', 'text'), ('jwt', 'jsonb')) AS known(name, type) ON known.name = f.proname
    WHERE n.nspname = 'auth' AND f.pronargs = 0 AND l.lanname = 'sql' AND NOT f.prosecdef AND f.proconfig IS NULL
      AND f.prorettype = ('pg_catalog.' || known.type)::pg_catalog.regtype AND NOT f.proretset
  ),
  'called', (
    SELECT COALESCE(pg_catalog.json_agg(pg_catalog.json_build_object(
      'schema', n.nspname,
      'name', f.proname,
      'parameters', (
        SELECT COALESCE(pg_catalog.json_agg(
          pg_catalog.json_build_array(COALESCE(f.proargnames[place], ''), f.proargtypes[place - 1]::int8) ORDER BY place
        ), '[]')
        FROM pg_catalog.generate_series(1, f.pronargs) AS place
      ),
      'returns_set', f.proretset,
      'is_definer', f.prosecdef,
      'owner', o.rolname,
      'settings', f.proconfig,
      'by_name_alone', pg_catalog.pg_function_is_visible(f.oid),
      'is_atomic', f.prosqlbody IS NOT NULL,
      'body', COALESCE(pg_catalog.pg_get_function_sqlbody(f.oid), f.prosrc),
      'callers', (
        SELECT COALESCE(pg_catalog.json_agg(r.rolname ORDER BY r.rolname), '[]')
        FROM pg_catalog.pg_roles r
        WHERE r.rolname = ANY ($2::text[]) AND pg_catalog.has_function_privilege(r.oid, f.oid, 'EXECUTE')
      )
    ) ORDER BY f.oid), '[]')
    FROM ({_CALLED}) AS c
    JOIN pg_catalog.pg_proc f ON f.oid = c.oid
    JOIN pg_catalog.pg_namespace n ON n.oid = f.pronamespace
    JOIN pg_catalog.pg_language l ON l.oid = f.prolang
    JOIN pg_catalog.pg_roles o ON o.oid = f.proowner
    WHERE l.lanname = 'sql' AND f.prokind = 'f' AND f.provolatile IN ('s', 'v')
      AND f.proargmodes IS NULL AND f.provariadic = 0 AND f.prosupport = 0
  ),
  'announces_changes', (
    SELECT pg_catalog.count(*) = 2 FROM pg_catalog.pg_event_trigger
    WHERE evtname IN ('millstream_ddl', 'millstream_drop') AND evtenabled IN ('O', 'A')
  ),
  'roles', (
    SELECT COALESCE(pg_catalog.json_agg(r.rolname), '[]')
    FROM pg_catalog.pg_roles r
    WHERE r.rolname = ANY ($2::text[]) AND {_may_be_taken("r")}
  )
)
"""
