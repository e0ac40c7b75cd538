"""Operations whose law is a function of the database: a name, what it says, and its parameters.

The function runs as the caller and answers with a row or a JSON object, which the caller gets without the columns that
the kit's macros keep for themselves. What it refuses becomes an error by the application's `errors`.
"""

from __future__ import annotations

import inspect
from typing import Any, get_args

from millstream.app import Context, Operation, operation
from millstream.kit.idempotency import idempotent as remember

Row = dict[str, Any]
_OWN_COLUMNS = frozenset({"blocked", "deleted_by", "search_text"})


async def call_function(context: Context, function: str, *arguments: Any) -> Row:
    """Call a function of the database as the caller; return its row or its JSON object as JSON values."""
    places = ", ".join(["%s"] * len(arguments))
    # A name that no column has: PostgreSQL would take the column for it.
    statement = f'select to_jsonb("its row") as answer from {function}({places}) as "its row"'
    [row] = await (await context.sql.execute(statement.encode(), arguments)).fetchall()
    return {name: value for name, value in row["answer"].items() if name not in _OWN_COLUMNS}


def sql_operation(name: str, says: str, /, *, idempotent: bool = False, **parameters: Any) -> Operation[..., Row]:
    """Declare the operation `name`, which calls the function of that name with its arguments in this order.

    `parameters` are types as in the signature of any operation; what may be None may be left out. `says` is what a
    docstring is. With `idempotent` the same Idempotency-Key gives the same answer.
    """

    async def call(context: Context, /, **arguments: Any) -> Row:
        return await call_function(context, name, *(arguments[one] for one in parameters))

    call.__name__, call.__doc__ = name, says
    call.__annotations__ = {"context": Context, **parameters, "return": Row}
    taken = [_parameter(one, annotation) for one, annotation in parameters.items()]
    call.__signature__ = inspect.Signature([_CONTEXT, *taken])  # type: ignore[attr-defined]
    return operation(remember(call) if idempotent else call)


_CONTEXT = inspect.Parameter("context", inspect.Parameter.POSITIONAL_OR_KEYWORD)


def _parameter(name: str, annotation: Any) -> inspect.Parameter:
    default = None if type(None) in get_args(annotation) else inspect.Parameter.empty
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default)
