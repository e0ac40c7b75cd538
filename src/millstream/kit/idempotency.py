"""Calls that may be repeated: the same Idempotency-Key gives the same answer, and the work is done once.

Used in operations as a decorator and in routes as `once`. Work and memory are one transaction: an answer is remembered
if and only if what it tells of was committed. Calls with the same key at the same time wait for the first. A refusal
rolls back and is not remembered, so whoever was refused may try again with the same key.
"""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Awaitable, Callable, Mapping
from decimal import Decimal
from typing import Any, Concatenate, ParamSpec, TypeVar, cast, overload

from millstream.app import BackgroundTask, Context
from millstream.kit.upkeep import call_every
from millstream.operations.answer import render_answer

HOURS = 24.0
Parameters = ParamSpec("Parameters")
Answer = TypeVar("Answer")
_Function = Callable[Concatenate[Context, Parameters], Awaitable[Answer]]


@overload
def idempotent(function: _Function[Parameters, Answer], /) -> _Function[Parameters, Answer]: ...


@overload
def idempotent(*, hours: float) -> Callable[[_Function[Parameters, Answer]], _Function[Parameters, Answer]]: ...


def idempotent(function: Any = None, /, *, hours: float = HOURS) -> Any:
    """Remember an operation's answers for the callers who give a key; stands below `@operation`.

    A repeated call gets the first answer as JSON values, which are the same bytes to a client.
    """
    if function is None:
        return lambda decorated: _remembering(decorated, hours)
    return _remembering(function, hours)


def _remembering(function: _Function[Parameters, Answer], hours: float) -> _Function[Parameters, Answer]:
    name = function.__name__

    @functools.wraps(function)
    async def run(context: Context, /, *args: Parameters.args, **kwargs: Parameters.kwargs) -> Answer:
        async def work() -> Answer:
            return await function(context, *args, **kwargs)

        return await once(context, name, {"*": args, **kwargs}, work, hours=hours)

    return run


async def once(
    context: Context,
    name: str,
    arguments: Mapping[str, Any],
    work: Callable[[], Awaitable[Answer]],
    *,
    hours: float = HOURS,
) -> Answer:
    """Do the work, or return its answer of the first time; without a key it is simply done.

    `name` tells operations apart, `arguments` are what must be the same for the key to mean the same call.
    """
    key = context.idempotency_key
    if key is None:
        return await work()
    digest = hashlib.sha256(render_answer(sorted(arguments.items()))).digest()
    cursor = await context.sql.execute("select kit.answer_before(%s, %s, %s)::text as answer", (name, key, digest))
    [row] = await cursor.fetchall()
    if row["answer"] is not None:
        # Numbers keep their digits: 12.50 stays 12.50.
        return cast("Answer", json.loads(row["answer"], parse_float=Decimal))
    answer = await work()
    await context.sql.execute(
        "select kit.remember_answer(%s, %s, %s, %s::json, %s)",
        (name, key, digest, render_answer(answer).decode(), hours),
    )
    return answer


def forget_idempotency_keys(*, seconds: float = 600) -> BackgroundTask:
    """Return the task that removes answers which are kept no longer."""
    return call_every("kit.forget_answers", seconds=seconds, name="forget idempotency keys")
