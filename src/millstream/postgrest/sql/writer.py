"""Collects the parameters of a statement while its text is written, and quotes names. Pure.

Text comes from the schema cache or from this package; a value only ever becomes `$n`. `bind` puts the values of one
request into the places that the plan's first request left.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias

from millstream.postgrest.grammar.terms import Form, Operand
from millstream.postgrest.query_params import array_literal, list_operand
from millstream.postgrest.schema_cache import Name


class Whole(Enum):
    """A parameter that is no operand: the body of the request."""

    BODY = "body"


@dataclass(frozen=True, slots=True)
class ArrayOf:
    """Several operands that make one array parameter."""

    operands: tuple[Operand, ...]


Parameter: TypeAlias = Operand | ArrayOf | Whole


@dataclass(frozen=True, slots=True)
class SqlText:
    """A statement: text with `$1…$n`, and what each of them stands for."""

    text: str
    parameters: tuple[Parameter, ...] = ()


class Writer:
    """The parameters and the alias names of one statement."""

    def __init__(self) -> None:
        self._parameters: list[Parameter] = []
        self._aliases = 0

    def parameter(self, value: Parameter) -> str:
        """Return the placeholder of a new parameter."""
        self._parameters.append(value)
        return f"${len(self._parameters)}"

    def alias(self) -> str:
        """Return a quoted alias that no relation or column of a sane schema has."""
        self._aliases += 1
        return f'"~{self._aliases}"'

    def finish(self, text: str) -> SqlText:
        """Return the statement with the parameters collected so far."""
        return SqlText(text, tuple(self._parameters))


def identifier(name: str) -> str:
    """Quote a name."""
    return '"' + name.replace('"', '""') + '"'


def qualified(name: Name) -> str:
    """Quote a name with its schema."""
    return f"{identifier(name.schema)}.{identifier(name.name)}"


def literal(text: str) -> str:
    """Quote a text that comes from the catalog as a string constant."""
    quoted = "'" + text.replace("'", "''").replace("\\", "\\\\") + "'"
    return f"E{quoted}" if "\\" in text else quoted


def bind(
    parameters: Sequence[Parameter], values: Sequence[str | None], body: str | bytes | None
) -> tuple[str | bytes | None, ...]:
    """Return the parameters of one request: its slot values where the plan has slots, and its body."""
    return tuple(_bound(parameter, values, body) for parameter in parameters)


def _bound(parameter: Parameter, values: Sequence[str | None], body: str | bytes | None) -> str | bytes | None:
    if isinstance(parameter, Operand):
        return _operand(parameter, values)
    if isinstance(parameter, ArrayOf):
        return array_literal([_operand(operand, values) for operand in parameter.operands])
    return body


def _operand(operand: Operand, values: Sequence[str | None]) -> str:
    text = operand.text if operand.slot is None else values[operand.slot] or ""
    if operand.form is Form.PLAIN:
        return text
    return list_operand(text) if operand.form is Form.LIST else text.replace("*", "%")
