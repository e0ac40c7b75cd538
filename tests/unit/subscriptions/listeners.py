"""Cohorts in a registry, and mailboxes that remember what they were given."""

from __future__ import annotations

import orjson

from millstream.change import Column, Relation, ReplicaIdentity
from millstream.identity import Claims
from millstream.phoenix import SERIALIZERS
from millstream.policy.predicates.audience import Audience
from millstream.policy.schema.snapshot import Snapshot
from millstream.policy.schema.table import Policy, Table, TableColumn, TableRights
from millstream.subscriptions.bindings.binding import Binding, BindingRequest
from millstream.subscriptions.bindings.filters import FilterColumn, LocalTest, compile_term, parse_filter

TYPES = {"id": (23, "int4"), "owner": (2950, "uuid"), "room": (23, "int4"), "body": (25, "text")}
SERVICE = Audience(Claims.from_token({"role": "service_role"}))


def user(number, **claims):
    subject = f"00000000-0000-0000-0000-{number:012}"
    return Audience(Claims.from_token({"role": "authenticated", "sub": subject, **claims}))


def relation(name="messages", *, full=True, schema="public"):
    return Relation(
        hash((schema, name)) % 10000,
        schema,
        name,
        ReplicaIdentity.FULL if full else ReplicaIdentity.DEFAULT,
        tuple(Column(n, oid, kind, in_key=full or n == "id") for n, (oid, kind) in TYPES.items()),
    )


def snapshot(*relations, expression=None):
    """Know these relations: without an expression no policy limits anybody, with one it limits `authenticated`."""
    columns = tuple(
        TableColumn(n, oid, kind, is_domain=False, generated=None, equality_is_bytewise=True, order_is_bytewise=True)
        for n, (oid, kind) in TYPES.items()
    )
    policies = {} if expression is None else {7: Policy("p", True, expression, frozenset(TYPES), False)}
    tables = {
        r.oid: Table(
            r.oid, r.schema, r.name, r.replica_identity, expression is not None, columns, ("id",),
            frozenset(c.name for c in r.columns if c.in_key), policies,
        )
        for r in relations
    }  # fmt: skip
    roles = frozenset({"authenticated", "service_role"})
    rights = {
        (role, oid): TableRights(frozenset(TYPES), role == "service_role", tuple(policies))
        for role in roles
        for oid in tables
    }
    known = {role: frozenset({"uid", "jwt", "role"}) for role in roles}
    return Snapshot(tables, rights, {}, roles, known, announces_changes=True)


def binding(table="messages", where="", *, event="*", schema="public", select=None, leave=False):
    request = BindingRequest.from_map(
        {"event": event, "schema": schema, "table": table, "filter": where, "select": select, "leave": leave}
    )
    terms = [
        compile_term(term, FilterColumn(term.column, *TYPES[term.column], False, True, True), term.values)
        for term in parse_filter(where)
    ]
    return Binding(
        request.id,
        request.event,
        request.schema,
        request.table,
        None if select is None else frozenset((*select, "id")),
        leave,
        tuple(term for term in terms if isinstance(term, LocalTest)),
        tuple(term for term in terms if not isinstance(term, LocalTest)),
        frozenset(term.column for term in terms),
    )


def join(registry, mailbox, *bindings, audience=SERVICE, topic="realtime:t", vsn="2.0.0"):
    key = (audience, topic, SERIALIZERS[vsn], tuple(str(b.id).encode() for b in bindings))
    return registry.join(key, bindings, mailbox)


def unframed(frame):
    assert frame[0] == 0x81
    start = {126: 4, 127: 10}.get(frame[1], 2)
    return orjson.loads(frame[start:])
