"""Which function a request calls: by name and the names of its arguments, overloads and raw bodies included. Pure."""

from __future__ import annotations

from collections.abc import Collection

from millstream.postgrest.grammar.terms import Operand
from millstream.postgrest.hints import FunctionAmbiguous, FunctionNotFound
from millstream.postgrest.media import JSON
from millstream.postgrest.payload import RAW_TYPES, Payload
from millstream.postgrest.plan import Argument, Call
from millstream.postgrest.request import Request
from millstream.postgrest.schema_cache import Function, Name, Parameter, SchemaCache, Table


def plan_call(request: Request, payload: Payload, cache: SchemaCache) -> Call:
    """Plan the call; raise `FunctionNotFound` or `FunctionAmbiguous` when not exactly one function fits."""
    posted = request.method == "POST"
    arguments = request.query.arguments if not posted else ()
    keys = payload.keys if posted else tuple(dict.fromkeys(name for name, _ in arguments))
    function = find_function(cache, Name(request.schema, request.name), keys, request.content_type, posted=posted)
    parameters = function.parameters
    if len(parameters) == 1 and not parameters[0].name:
        return Call(function, whole_body=True)
    wanted = tuple(parameter for parameter in parameters if parameter.name in keys)
    if posted:
        return Call(function, from_body=wanted, is_object=payload.is_object)
    given = tuple(_argument(parameter, arguments) for parameter in wanted)
    return Call(function, given=tuple(one for one in given if one.operands))


def _argument(parameter: Parameter, arguments: tuple[tuple[str, Operand], ...]) -> Argument:
    operands = tuple(operand for name, operand in arguments if name == parameter.name)
    return Argument(parameter, operands if parameter.variadic else operands[-1:])


def find_function(
    cache: SchemaCache, name: Name, keys: Collection[str], content_type: str, *, posted: bool
) -> Function:
    """Return the one function that takes exactly these named arguments, or else the whole body."""
    overloads = cache.functions.get(name, ())
    raw_type = RAW_TYPES.get(content_type) if posted else None
    named = [one for one in overloads if _takes(one, frozenset(keys), raw=raw_type is not None)]
    whole = [one for one in overloads if posted and _takes_whole_body(one, content_type)]
    found = named or whole
    if not found:
        listed = sorted(keys)
        raise FunctionNotFound(name, listed, cache, raw_type=raw_type, json_body=posted and content_type == JSON)
    if len(found) > 1:
        raise FunctionAmbiguous(found)
    return found[0]


def _takes(function: Function, keys: frozenset[str], *, raw: bool) -> bool:
    if not function.parameters:
        return not keys and not raw
    if raw:
        return False
    required = {one.name for one in function.parameters if one.required}
    return required <= keys <= {one.name for one in function.parameters}


def _takes_whole_body(function: Function, content_type: str) -> bool:
    if len(function.parameters) != 1 or function.parameters[0].name:
        return False
    kind = function.parameters[0].type
    return kind in {"json", "jsonb"} if content_type == JSON else kind == RAW_TYPES.get(content_type)


def call_source(function: Function, cache: SchemaCache) -> tuple[Name, Table | None]:
    """Return what the function's rows are rows of: a known relation, so that it can embed, or nothing but itself."""
    returned = function.returns.type
    table = cache.tables.get(returned) if function.returns.composite else None
    return (returned, table) if table is not None else (function.name, None)
