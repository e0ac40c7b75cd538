"""Which relationship an embedded name means: by relation, constraint or column, narrowed by a hint. Pure.

The rules are PostgREST's, deprecated ones included, since existing clients rely on them.
"""

from __future__ import annotations

from millstream.postgrest.hints import RelationshipAmbiguous, RelationshipNotFound
from millstream.postgrest.schema_cache import (
    AnyRelationship,
    Cardinality,
    ComputedRelationship,
    Name,
    Relationship,
    SchemaCache,
)


def find_relationship(cache: SchemaCache, origin: Name, target: str, hint: str | None) -> AnyRelationship:
    """Return the one relationship that is meant; raise when there is none or more than one."""
    candidates = cache.relationships.get(origin, ())
    found = [one for one in candidates if one.target.schema == origin.schema and _is_meant(one, target, hint)]
    if not found:
        raise RelationshipNotFound(origin, target, hint, cache)
    if len(found) > 1:
        found = [one for one in found if _stays_in(origin.schema, one)] or found
    if len(found) > 1:
        raise RelationshipAmbiguous(origin.name, target, found)
    return found[0]


def _stays_in(schema: str, one: AnyRelationship) -> bool:
    """Say whether no other schema lies on the way: views of one junction in several schemas are no ambiguity."""
    junction = None if isinstance(one, ComputedRelationship) else one.junction
    return junction is None or junction.table.schema == schema


def _is_meant(one: AnyRelationship, target: str, hint: str | None) -> bool:
    if isinstance(one, ComputedRelationship):
        return one.function.name == target
    if one.is_self:
        return _is_meant_of_itself(one, target, hint)
    if hint is None:
        by_key = not one.target_is_view and target in (one.constraint, _only_column(one, 0))
        return one.target.name == target or (by_key and one.junction is None)
    return one.target.name == target and _fits_hint(one, hint)


def _is_meant_of_itself(one: Relationship, target: str, hint: str | None) -> bool:
    """Tell the two directions of a key to its own table apart: its name means the children, the column the parent."""
    if one.cardinality is Cardinality.ONE_TO_MANY and one.target.name == target:
        return hint is None or _only_column(one, 1) == hint
    return hint is None and one.cardinality is Cardinality.MANY_TO_ONE and _only_column(one, 0) == target


def _fits_hint(one: Relationship, hint: str) -> bool:
    if one.junction is not None:
        return one.junction.table.name == hint
    return hint in (one.constraint, _only_column(one, 0), _only_column(one, 1))


def _only_column(one: Relationship, side: int) -> str | None:
    return one.columns[0][side] if len(one.columns) == 1 else None
