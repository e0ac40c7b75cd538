"""The description of an exposed schema as an OpenAPI 2.0 document: relations, their columns, functions. Pure.

Receives the schema cache and the names that the caller may see; `rest.openapi` answers requests for the root with it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from millstream.postgrest.schema_cache import Column, Function, Name, Parameter, Relationship, SchemaCache, Table

Json = dict[str, Any]
_TITLE = "Data API"
_DESCRIPTION = "The relations and functions of this schema, in the dialect of PostgREST."
_DIALECT = {"description": "PostgREST Documentation", "url": "https://postgrest.org/en/v14/references/api.html"}
_MEDIA = ["application/json", "application/vnd.pgrst.object+json;nulls=stripped", "text/csv"]
_TYPES: Mapping[str, str | None] = {
    "boolean": "boolean",
    "smallint": "integer",
    "integer": "integer",
    "bigint": "integer",
    "numeric": "number",
    "real": "number",
    "double precision": "number",
    "json": None,
    "jsonb": None,
}
_LITERAL = re.compile(r"'((?:[^']|'')*)'::[^()']+(?:\([^()]*\))?")
_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_SECURITY: Json = {
    "description": 'Add the token prepending "Bearer " (without quotes) to it',
    "in": "header",
    "name": "Authorization",
    "type": "apiKey",
}
_PARAMETERS: Json = {
    "select": {"in": "query", "name": "select", "type": "string", "description": "Filtering Columns"},
    "order": {"in": "query", "name": "order", "type": "string", "description": "Ordering"},
    "limit": {"in": "query", "name": "limit", "type": "string", "description": "Limiting and Pagination"},
    "offset": {"in": "query", "name": "offset", "type": "string", "description": "Limiting and Pagination"},
    "on_conflict": {"in": "query", "name": "on_conflict", "type": "string", "description": "On Conflict"},
    "prefer": {"in": "header", "name": "Prefer", "type": "string", "description": "Preference"},
    "range": {"in": "header", "name": "Range", "type": "string", "description": "Limiting and Pagination"},
}


def build_openapi(
    cache: SchemaCache,
    schema: str,
    tables: Collection[Name],
    functions: Collection[Name],
    *,
    security: bool = False,
) -> Json:
    """Return the document for those tables and functions of the schema."""
    shown = [cache.tables[name] for name in sorted(tables) if name.schema == schema and name in cache.tables]
    called = [
        cache.functions[name][0] for name in sorted(functions) if name.schema == schema and name in cache.functions
    ]
    title, description = _comment(cache.descriptions.get(schema))
    document: Json = {
        "swagger": "2.0",
        "info": {"title": title or _TITLE, "description": description or _DESCRIPTION, "version": "14"},
        "externalDocs": _DIALECT,
        "consumes": _MEDIA,
        "produces": _MEDIA,
        "paths": {
            "/": {"get": {"summary": "OpenAPI description (this document)", "responses": _responses(200)}},
            **{f"/{table.name.name}": _table_path(table) for table in shown},
            **{f"/rpc/{one.name.name}": _function_path(one) for one in called},
        },
        "definitions": {table.name.name: _definition(cache, table) for table in shown},
        "parameters": {**_PARAMETERS, **dict(_column_parameters(shown))},
    }
    if security:
        document |= {"security": [{"JWT": []}], "securityDefinitions": {"JWT": _SECURITY}}
    return document


def _comment(text: str | None) -> tuple[str | None, str | None]:
    """Split a comment into its first line and the rest."""
    first, _, rest = (text or "").partition("\n")
    return first or None, rest.lstrip("\n") or None


_PHRASES = {200: "OK", 201: "Created", 204: "No Content", 206: "Partial Content"}


def _responses(*statuses: int) -> Json:
    return {str(status): {"description": _PHRASES[status]} for status in statuses}


def _operation(tag: str, comment: str | None, parameters: Iterable[Json], responses: Json) -> Json:
    summary, description = _comment(comment)
    operation: Json = {"tags": [tag], "parameters": list(parameters), "responses": responses}
    operation |= {"summary": summary} if summary else {}
    return operation | ({"description": description} if description else {})


def _reference(name: str) -> Json:
    return {"$ref": f"#/parameters/{name}"}


def _table_path(table: Table) -> Json:
    name = table.name.name
    filters = [_reference(f"rowFilter.{name}.{column}") for column in table.columns]
    body = {"in": "body", "name": name, "required": False, "schema": {"$ref": f"#/definitions/{name}"}}
    rows = {"type": "array", "items": {"$ref": f"#/definitions/{name}"}}
    read = _responses(200, 206)
    read["200"]["schema"] = rows
    reading = [*filters, *map(_reference, ("select", "order", "range", "offset", "limit", "prefer"))]
    path = {"get": _operation(name, table.description, reading, read)}
    if table.insertable:
        inserting = [body, *map(_reference, ("select", "on_conflict", "prefer"))]
        path["post"] = _operation(name, table.description, inserting, _responses(201))
    if table.updatable:
        path["patch"] = _operation(name, table.description, [*filters, body, _reference("prefer")], _responses(204))
    if table.deletable:
        path["delete"] = _operation(name, table.description, [*filters, _reference("prefer")], _responses(204))
    return path


def _column_parameters(tables: Iterable[Table]) -> Iterable[tuple[str, Json]]:
    for table in tables:
        for column in table.columns:
            yield (
                f"rowFilter.{table.name.name}.{column}",
                {"in": "query", "name": column, "type": "string", "required": False},
            )


def _function_path(function: Function) -> Json:
    tag = f"(rpc) {function.name.name}"
    properties = {one.name: _type(one.type) for one in function.parameters}
    schema: Json = {"type": "object", "properties": properties}
    required = [one.name for one in function.parameters if one.required]
    schema |= {"required": required} if required else {}
    body = {"in": "body", "name": "args", "required": True, "schema": schema}
    path = {"post": _operation(tag, function.description, [body, _reference("prefer")], _responses(200))}
    if function.volatility != "v":
        given = [_query_parameter(one) for one in function.parameters]
        path["get"] = _operation(tag, function.description, given, _responses(200))
    return path


def _query_parameter(one: Parameter) -> Json:
    common: Json = {"in": "query", "name": one.name, "required": one.required}
    if not one.variadic:
        return {**common, "type": _type(one.type).get("type", "string"), "format": one.type}
    item = one.type.removesuffix("[]")
    items = {"format": item, "type": _type(item).get("type", "string")}
    return {**common, "required": False, "type": "array", "collectionFormat": "multi", "items": items}


def _type(name: str) -> Json:
    """Return the JSON type of an SQL type, with its own name as the format."""
    if name.endswith("[]"):
        item = _type(name[:-2])
        item.pop("format")
        return {"format": name, "type": "array", "items": item}
    kind = _TYPES.get(name, "string")
    return {"format": name} if kind is None else {"format": name, "type": kind}


def _definition(cache: SchemaCache, table: Table) -> Json:
    definition: Json = {
        "type": "object",
        "properties": {column.name: _property(cache, table, column) for column in table.columns.values()},
    }
    required = [column.name for column in table.columns.values() if not column.nullable]
    definition |= {"required": required} if required else {}
    return definition | ({"description": table.description} if table.description else {})


def _property(cache: SchemaCache, table: Table, column: Column) -> Json:
    found = _type(column.type)
    default = _default(column)
    found |= {} if default is None else {"default": default}
    found |= {"enum": list(column.enum)} if column.enum else {}
    found |= {"maxLength": column.max_length} if column.max_length is not None else {}
    notes = list(_notes(cache, table, column))
    note = "\n".join(["Note:", *notes]) if notes else None
    description = "\n\n".join(part for part in (column.description, note) if part)
    return found | ({"description": description} if description else {})


def _notes(cache: SchemaCache, table: Table, column: Column) -> Iterable[str]:
    if column.name in table.key:
        yield "This is a Primary Key.<pk/>"
    for one in cache.relationships.get(table.name, ()):
        if isinstance(one, Relationship) and one.to_one and not one.target_is_view and len(one.columns) == 1:
            source, target = one.columns[0]
            if source == column.name and one.target.schema == table.name.schema:
                name = one.target.name
                yield f"This is a Foreign Key to `{name}.{target}`.<fk table='{name}' column='{target}'/>"
                return


def _default(column: Column) -> str | float | bool | None:
    """Return a default that is a constant; what the database computes is not shown."""
    text = column.default or ""
    match = _LITERAL.fullmatch(text)
    if match is not None:
        text = match[1].replace("''", "'")
        if _TYPES.get(column.type, "string") == "string":
            return text
    if text in {"true", "false"}:
        return text == "true"
    if _NUMBER.fullmatch(text):
        return float(text) if "." in text else int(text)
    return None
