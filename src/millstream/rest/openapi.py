"""The root of the data API: which relations and functions there are, for whoever asks.

Receives the request from `handler`; asks PostgreSQL, as the caller, what he may see, and answers with the document that
`postgrest.openapi` builds.
"""

from __future__ import annotations

import orjson

from millstream.postgres.connection import Statement
from millstream.postgrest import media
from millstream.postgrest.errors import MediaTypeUnavailable, OpenApiDisabled
from millstream.postgrest.openapi import build_openapi
from millstream.postgrest.request import Request
from millstream.postgrest.response import Response
from millstream.postgrest.schema_cache import Name, SchemaCache
from millstream.rest.settings import DataApiSettings
from millstream.rest.transaction.runner import Opening, Runner

_VISIBLE = """
select json_build_object(
  'tables', (select coalesce(json_agg(c.relname), '[]') from pg_catalog.pg_class c
             where c.relnamespace = n.oid and c.relkind in ('r', 'v', 'm', 'f', 'p')
               and (pg_catalog.pg_has_role(c.relowner, 'usage')
                 or pg_catalog.has_table_privilege(c.oid, 'select, insert, update, delete')
                 or pg_catalog.has_any_column_privilege(c.oid, 'select, insert, update'))),
  'functions', (select coalesce(json_agg(p.proname), '[]') from pg_catalog.pg_proc p
                where p.pronamespace = n.oid and pg_catalog.has_function_privilege(p.oid, 'execute')))
from pg_catalog.pg_namespace n where n.nspname = $1
"""
_ACCEPTED = frozenset({media.OPENAPI, media.JSON, media.ANY})


async def describe_schema(
    request: Request,
    cache: SchemaCache,
    settings: DataApiSettings,
    runner: Runner,
    opening: Opening,
) -> Response:
    """Answer a request for the root; raise when the settings hide it or no accepted media type fits."""
    if settings.openapi_mode == "disabled":
        raise OpenApiDisabled
    if not any(one.name in _ACCEPTED for one in request.accept):
        raise MediaTypeUnavailable([one.mime for one in request.accept])
    result = await runner.query(Statement(_VISIBLE, (request.schema,)), opening)
    tables, functions = set(cache.tables), set(cache.functions)
    if settings.openapi_mode == "follow-privileges" and result.rows:
        visible = orjson.loads(result.rows[0][0] or b"{}")
        tables &= {Name(request.schema, name) for name in visible["tables"]}
        functions &= {Name(request.schema, name) for name in visible["functions"]}
    document = build_openapi(cache, request.schema, tables, functions, security=settings.openapi_security_active)
    wanted = next(one.name for one in request.accept if one.name in _ACCEPTED)
    media_type = media.JSON if wanted == media.JSON else media.OPENAPI
    headers = [("Content-Type", f"{media_type}; charset=utf-8")]
    headers += [("Content-Profile", request.schema)] if request.profiled else []
    return Response(200, headers, orjson.dumps(document) if request.wants_body else b"")
