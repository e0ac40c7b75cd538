"""Tables and rights as the catalog would give them."""

from __future__ import annotations

from millstream.change import Column, Relation, ReplicaIdentity
from millstream.policy.reading.surroundings import Surroundings
from millstream.policy.schema.table import Policy, Table, TableColumn, TableRights

INT4, TEXT, UUID = 23, 25, 2950
TYPE_NAMES = {INT4: ("int4", "integer"), TEXT: ("text", "text"), UUID: ("uuid", "uuid")}


def column(name, type_oid=TEXT, *, generated=None, is_domain=False):
    return TableColumn(
        name,
        type_oid,
        TYPE_NAMES[type_oid][1],
        is_domain,
        generated,
        equality_is_bytewise=True,
        order_is_bytewise=False,
    )


def policy(expression, *, permissive=True, needs=frozenset(), row_only=False):
    return Policy("a policy", permissive, expression, needs, row_only)


def table(*policies, columns=None, row_security=True, full=False, key=("id",), name="notes"):
    columns = columns or (column("id", INT4), column("owner", UUID), column("body"))
    stored = {c.name for c in columns if c.generated is None}
    return Table(
        oid=1,
        schema="public",
        name=name,
        replica_identity=ReplicaIdentity.FULL if full else ReplicaIdentity.DEFAULT,
        row_security=row_security,
        columns=tuple(columns),
        primary_key=tuple(key),
        identity_columns=frozenset(stored if full else key),
        policies=dict(enumerate(policies)),
    )


def rights(of, *, readable=None, bypasses=False):
    names = frozenset(c.name for c in of.columns) if readable is None else frozenset(readable)
    return TableRights(names, bypasses, tuple(of.policies))


def around(*, known=("uid", "role", "jwt"), role="authenticated", sources=(), functions=(), seen=None):
    """What a policy may name: other tables with what the role may do with them, and functions."""
    return Surroundings(
        role=role,
        known={role: known},
        search_path=("public", "extensions"),
        sources={(each.schema, each.name): each for each in sources},
        rights={(role, each.oid): rights(each) for each in sources} | (seen or {}),
        functions=tuple(functions),
    )


def relation(of, *, without=()):
    columns = [c for c in of.columns if c.generated is None and c.name not in without]
    return Relation(
        of.oid,
        of.schema,
        of.name,
        of.replica_identity,
        tuple(Column(c.name, c.type_oid, TYPE_NAMES[c.type_oid][0], c.name in of.identity_columns) for c in columns),
    )
