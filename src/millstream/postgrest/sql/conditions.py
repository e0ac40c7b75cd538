"""Fields, comparisons and orders as SQL expressions over an alias. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from millstream.postgrest.grammar.filters import FULL_TEXT, OPERATORS
from millstream.postgrest.grammar.terms import JsonStep, Operand
from millstream.postgrest.plan import Comparison, Condition, ConditionGroup, EmbedIsNull, FieldRef, Ordering
from millstream.postgrest.sql.writer import Writer, identifier


def field_sql(writer: Writer, alias: str, of: FieldRef, *, formatted: bool = False) -> str:
    """Return a field of the aliased relation; `formatted` applies the function that shows the type."""
    column = f"{alias}.{'*' if of.name == '*' else identifier(of.name)}"
    if of.path:
        base = f"to_jsonb({column})" if of.wrapped else column
        return base + "".join(_step(writer, step) for step in of.path)
    return f"{of.function}({column})" if formatted and of.function is not None else column


def _step(writer: Writer, step: JsonStep) -> str:
    arrow = "->>" if step.as_text else "->"
    if step.index is not None:
        return f"{arrow}{writer.parameter(Operand(step.index))}::int"
    return f"{arrow}{writer.parameter(Operand(step.key or ''))}"


def condition_sql(writer: Writer, alias: str, condition: Condition, children: Sequence[str]) -> str:
    """Return a condition. `children` are the expressions that are null where an embed has no rows."""
    if isinstance(condition, ConditionGroup):
        joined = f" {condition.operator.upper()} ".join(
            condition_sql(writer, alias, member, children) for member in condition.members
        )
        return f"NOT ({joined})" if condition.negated else f"({joined})"
    if isinstance(condition, EmbedIsNull):
        return f"{children[condition.child]} IS {'NOT ' if condition.negated else ''}NULL"
    return comparison_sql(writer, alias, condition)


def comparison_sql(writer: Writer, alias: str, one: Comparison) -> str:
    """Return one comparison."""
    field = field_sql(writer, alias, one.field)
    if one.operator in FULL_TEXT:
        text = _full_text(writer, field, one)
    elif one.operator == "is":
        text = f"{field} IS {one.keyword}"
    else:
        text = f"{field} {_compared(writer, one)}"
    return f"NOT {text}" if one.negated else text


def _compared(writer: Writer, one: Comparison) -> str:
    assert one.operand is not None  # noqa: S101 - every operator but `is` has one
    value = writer.parameter(one.operand)
    parser = one.field.function
    if one.operator == "in":
        return f"= ANY ((SELECT {parser}(unnest({value}::text[]))))" if parser else f"= ANY ({value})"
    if one.quantifier is not None:
        return f"{OPERATORS[one.operator]} {one.quantifier.upper()} ({value})"
    return f"{OPERATORS[one.operator]} {f'{parser}({value})' if parser else value}"


def _full_text(writer: Writer, field: str, one: Comparison) -> str:
    assert one.operand is not None  # noqa: S101 - the grammar gives every full-text filter one
    document = field
    if one.to_tsvector:
        document = f"to_tsvector({_language(writer, one)}{field})"
    query = f"{FULL_TEXT[one.operator]}({_language(writer, one)}{writer.parameter(one.operand)})"
    return f"{document} @@ {query}"


def _language(writer: Writer, one: Comparison) -> str:
    return "" if one.language is None else f"{writer.parameter(Operand(one.language))}, "


def ordering_sql(writer: Writer, alias: str, order: Sequence[Ordering], children: Sequence[str]) -> str:
    """Return ` ORDER BY …`, or nothing. `children` are the aliases of the embeds."""
    terms = []
    for one in order:
        owner = alias if one.child is None else children[one.child]
        direction = f" {one.direction.upper()}" if one.direction else ""
        nulls = f" NULLS {one.nulls.removeprefix('nulls').upper()}" if one.nulls else ""
        terms.append(f"{field_sql(writer, owner, one.field)}{direction}{nulls}")
    return f" ORDER BY {', '.join(terms)}" if terms else ""
