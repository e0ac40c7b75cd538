"""Makes an operation of a typed async function: its name, its parameters as a JSON object, who may call it.

The signature is the contract: the first parameter takes the Context, the others are read from the JSON body by their
annotations (pydantic, strict), built once when the function is declared. No I/O.
"""

from __future__ import annotations

import inspect
import typing
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar, overload

from pydantic import BaseModel, ConfigDict, ValidationError, create_model

from millstream.operations.context import Context
from millstream.operations.errors import ArgumentsInvalid, BodyNotJson

Parameters = ParamSpec("Parameters")
Answer = TypeVar("Answer")

_NOT_AN_OBJECT = {"json_invalid", "model_type", "model_attributes_type"}


@dataclass(frozen=True, slots=True)
class Operation(Generic[Parameters, Answer]):
    """A function that clients may call by name. Calling it from Python runs the function, inside a given context."""

    name: str
    function: Callable[Concatenate[Context, Parameters], Awaitable[Answer]]
    arguments: type[BaseModel]
    guests: bool

    def __call__(self, context: Context, *args: Parameters.args, **kwargs: Parameters.kwargs) -> Awaitable[Answer]:
        """Run the function in a transaction that is open already."""
        return self.function(context, *args, **kwargs)

    def parse_body(self, body: bytes) -> dict[str, Any]:
        """Read the arguments from a JSON body, empty meaning none; raise ArgumentsInvalid or BodyNotJson."""
        try:
            return self._values(self.arguments.model_validate_json(body or b"{}"))
        except ValidationError as error:
            raise _refusal(error) from None

    def parse_arguments(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Check arguments that are Python values already, by the same rules."""
        try:
            return self._values(self.arguments.model_validate(dict(given)))
        except ValidationError as error:
            raise _refusal(error) from None

    @staticmethod
    def _values(arguments: BaseModel) -> dict[str, Any]:
        return {name: getattr(arguments, name) for name in type(arguments).model_fields}


@overload
def operation(
    function: Callable[Concatenate[Context, Parameters], Awaitable[Answer]], /
) -> Operation[Parameters, Answer]: ...


@overload
def operation(
    *, name: str | None = None, guests: bool = False
) -> Callable[
    [Callable[Concatenate[Context, Parameters], Awaitable[Answer]]],
    Operation[Parameters, Answer],
]: ...


def operation(function: Any = None, /, *, name: str | None = None, guests: bool = False) -> Any:
    """Declare an async function as an operation, called by its own name unless another is given.

    With `guests`, callers who are not signed in may call it too. The function may run more than once for one call, each
    time in a new transaction, so it must do nothing that a rollback does not undo.
    """
    if function is None:
        return lambda decorated: _declare(decorated, name, guests=guests)
    return _declare(function, name, guests=guests)


def _declare(function: Callable[..., Awaitable[Any]], name: str | None, *, guests: bool) -> Operation[..., Any]:
    called = name or function.__name__
    hints = typing.get_type_hints(function, include_extras=True)
    taken = list(inspect.signature(function).parameters.values())[1:]
    fields: dict[str, Any] = {
        parameter.name: (hints[parameter.name], ... if parameter.default is parameter.empty else parameter.default)
        for parameter in taken
    }
    arguments = create_model(
        f"{called} arguments", __config__=ConfigDict(extra="forbid", strict=True, frozen=True), **fields
    )
    return Operation(called, function, arguments, guests)


def _refusal(error: ValidationError) -> ArgumentsInvalid | BodyNotJson:
    faults = error.errors(include_url=False, include_context=False, include_input=False)
    if faults[0]["type"] in _NOT_AN_OBJECT and not faults[0]["loc"]:
        return BodyNotJson()
    fields = {".".join(str(part) for part in fault["loc"]): fault["msg"] for fault in faults}
    field, message = next(iter(fields.items()))
    return ArgumentsInvalid(f"{field}: {message}." if field else f"{message}.", facts={"fields": fields})
