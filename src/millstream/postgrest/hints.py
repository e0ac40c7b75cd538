"""The names that a mistyped one may have meant, and the errors that offer them. Pure.

Similarity is that of PostgREST: candidates share pieces of two or three characters with the name, the best by edit
distance wins when it reaches the threshold.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from millstream.postgrest.errors import DialectError
from millstream.postgrest.schema_cache import (
    AnyRelationship,
    Function,
    Name,
    Relationship,
    SchemaCache,
)

NAME_SCORE = 0.75
ARGUMENTS_SCORE = 0.33
MAX_CANDIDATES = 500


def similarity(one: str, other: str) -> float:
    """Return 1 minus the edit distance as a share of the longer text."""
    if not one or not other:
        return 0.0
    before = list(range(len(other) + 1))
    for row, left in enumerate(one, 1):
        after = [row]
        for column, right in enumerate(other, 1):
            after.append(min(after[-1] + 1, before[column] + 1, before[column - 1] + (left != right)))
        before = after
    return 1 - before[-1] / max(len(one), len(other))


def closest(name: str, candidates: Iterable[str], least: float) -> str | None:
    """Return the candidate that is most like the name, if it is as like as that."""
    scored = [(similarity(name.lower(), candidate.lower()), candidate) for candidate in candidates]
    best = max(scored, default=None, key=lambda pair: pair[0])
    return best[1] if best is not None and best[0] >= least else None


class RelationshipNotFound(DialectError):
    """No relationship leads from the one relation to the other."""

    code = "PGRST200"
    status = 400

    def __init__(self, origin: Name, target: str, hint: str | None, cache: SchemaCache) -> None:
        using = f"' using the hint '{hint}" if hint is not None else ""
        super().__init__(
            f"Could not find a relationship between '{origin.name}' and '{target}' in the schema cache",
            details=f"Searched for a foreign key relationship between '{origin.name}' and '{target}{using}' in the"
            f" schema '{origin.schema}', but no matches were found.",
            hint=_relationship_hint(origin, target, cache),
        )


def _relationship_hint(origin: Name, target: str, cache: SchemaCache) -> str | None:
    found = cache.relationships.get(origin)
    if found is None:
        parents = [source.name for source in cache.relationships if source.schema == origin.schema]
        meant, written = closest(origin.name, parents, ARGUMENTS_SCORE), origin.name
    else:
        children = {one.target.name for one in found if one.target.schema == origin.schema}
        meant, written = (None if target in children else closest(target, sorted(children), ARGUMENTS_SCORE)), target
    return f"Perhaps you meant '{meant}' instead of '{written}'." if meant else None


class RelationshipAmbiguous(DialectError):
    """Several relationships lead from the one relation to the other; `details` lists them."""

    code = "PGRST201"
    status = 300

    def __init__(self, origin: str, target: str, choices: Sequence[AnyRelationship]) -> None:
        named = [one for one in choices if isinstance(one, Relationship)]
        hints = ", ".join(f"'{one.target.name}!{_hint_of(one)}'" for one in named)
        super().__init__(
            f"Could not embed because more than one relationship was found for '{origin}' and '{target}'",
            hint=f"Try changing '{target}' to one of the following: {hints}. Find the desired relationship in the"
            " 'details' key.",
        )
        self.choices = [_described(one) for one in named]

    def body(self) -> dict[str, object]:
        """Return the parts with the choices as `details`."""
        return {"code": self.code, "message": self.message, "details": self.choices, "hint": self.hint}


def _hint_of(one: Relationship) -> str:
    return one.junction.table.name if one.junction else one.constraint


def _described(one: Relationship) -> dict[str, str]:
    if one.junction is not None:
        junction = one.junction
        left = _columns(middle for _, middle in junction.source_columns)
        right = _columns(middle for _, middle in junction.target_columns)
        how = f"{junction.table.name} using {junction.source_constraint}{left} and {junction.target_constraint}{right}"
    else:
        left, right = (_columns(column[side] for column in one.columns) for side in (0, 1))
        how = f"{one.constraint} using {one.source.name}{left} and {one.target.name}{right}"
    embedding = f"{one.source.name} with {one.target.name}"
    return {"cardinality": one.cardinality.words, "relationship": how, "embedding": embedding}


def _columns(names: Iterable[str]) -> str:
    return f"({', '.join(names)})"


class FunctionNotFound(DialectError):
    """No function of that name takes these arguments."""

    code = "PGRST202"
    status = 404

    def __init__(
        self, name: Name, arguments: Sequence[str], cache: SchemaCache, *, raw_type: str | None, json_body: bool
    ) -> None:
        called = f"{name.schema}.{name.name}"
        named = f"({', '.join(arguments)})" if arguments else " without parameters"
        plural = "s" if len(arguments) > 1 else ""
        with_ = f" with parameter{plural} {', '.join(arguments)}" if arguments else " without parameters"
        if raw_type is not None:
            named, with_ = "", f" with a single unnamed {raw_type} parameter"
        elif json_body:
            with_ += " or with a single unnamed json/jsonb parameter"
        super().__init__(
            f"Could not find the function {called}{named} in the schema cache",
            details=f"Searched for the function {called}{with_}, but no matches were found in the schema cache.",
            hint=None if raw_type is not None else _function_hint(name, arguments, cache),
        )


def _function_hint(name: Name, arguments: Sequence[str], cache: SchemaCache) -> str | None:
    overloads = cache.functions.get(name, ())
    if overloads:
        lists = [_columns(sorted(one.name for one in function.parameters)) for function in overloads]
        meant = closest(_columns(arguments), lists, ARGUMENTS_SCORE)
        return f"Perhaps you meant to call the function {name.schema}.{name.name}{meant}" if meant else None
    names = [one.name for one in cache.functions if one.schema == name.schema]
    meant = closest(name.name, names, NAME_SCORE)
    return f"Perhaps you meant to call the function {name.schema}.{meant}" if meant else None


class FunctionAmbiguous(DialectError):
    """Several overloads take these arguments."""

    code = "PGRST203"
    status = 300

    def __init__(self, choices: Iterable[Function]) -> None:
        listed = ", ".join(
            f"{one.name.schema}.{one.name.name}({', '.join(f'{p.name} => {p.type}' for p in one.parameters)})"
            for one in choices
        )
        super().__init__(
            f"Could not choose the best candidate function between: {listed}",
            hint="Try renaming the parameters or the function itself in the database so function overloading can be"
            " resolved",
        )


class ColumnNotFound(DialectError):
    """The body or `columns` names a column that the relation does not have."""

    code = "PGRST204"
    status = 400

    def __init__(self, table: str, column: str) -> None:
        super().__init__(f"Could not find the '{column}' column of '{table}' in the schema cache")


class TableNotFound(DialectError):
    """No relation of that name is in the schema."""

    code = "PGRST205"
    status = 404

    def __init__(self, name: Name, cache: SchemaCache) -> None:
        names = [table.name for table in cache.tables if table.schema == name.schema]
        meant = closest(name.name, names, NAME_SCORE) if len(names) < MAX_CANDIDATES else None
        super().__init__(
            f"Could not find the table '{name.schema}.{name.name}' in the schema cache",
            hint=f"Perhaps you meant the table '{name.schema}.{meant}'" if meant else None,
        )
