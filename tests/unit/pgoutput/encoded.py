"""Log messages as bytes, written as PostgreSQL writes them: the oracle of the decoder's tests. Strategies for them."""

import struct

from hypothesis import strategies as st

from millstream.change import UNCHANGED, Row
from millstream.pgoutput.messages import (
    Begin,
    Commit,
    Delete,
    EmittedMessage,
    Insert,
    LogicalMessage,
    Origin,
    RelationColumn,
    RelationMessage,
    Truncate,
    TypeMessage,
    Update,
)

texts = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=12)
names = texts.filter(bool)
oids = st.integers(0, 2**32 - 1)
times = st.integers(-(2**63), 2**63 - 1)
lsns = st.one_of(
    st.integers(0, 2**64 - 1), st.integers(2**32 - 3, 2**32 + 3), st.integers(2**63 - 3, 2**63 + 3), st.just(2**64 - 1)
)
rows = st.lists(st.none() | texts | st.just(UNCHANGED), max_size=6).map(tuple)
columns = st.builds(RelationColumn, names, oids, st.integers(-(2**31), 2**31 - 1), st.booleans())

messages: st.SearchStrategy[LogicalMessage] = st.one_of(
    st.builds(Begin, lsns, times, oids),
    st.builds(Commit, lsns, lsns, times),
    st.builds(Origin, lsns, texts),
    st.builds(RelationMessage, oids, names, names, st.sampled_from("dnfi"), st.lists(columns, max_size=5).map(tuple)),
    st.builds(TypeMessage, oids, names, names),
    st.builds(Insert, oids, rows),
    st.builds(Update, oids, rows, rows, st.booleans()),
    st.builds(Update, oids, rows, st.none(), st.just(False)),
    st.builds(Delete, oids, rows, st.booleans()),
    st.builds(Truncate, st.lists(oids, max_size=4).map(tuple), st.booleans(), st.booleans()),
    st.builds(EmittedMessage, st.booleans(), lsns, texts, st.binary(max_size=30)),
)


def encode(message: LogicalMessage) -> bytes:
    match message:
        case Begin(lsn, time, xid):
            return b"B" + struct.pack("!QqI", lsn, time, xid)
        case Commit(lsn, end, time):
            return b"C\0" + struct.pack("!QQq", lsn, end, time)
        case Origin(lsn, name):
            return b"O" + struct.pack("!Q", lsn) + z(name)
        case RelationMessage(oid, schema, name, identity, described):
            head = b"R" + struct.pack("!I", oid) + z("" if schema == "pg_catalog" else schema) + z(name)
            parts = [
                bytes([column.in_key]) + z(column.name) + struct.pack("!Ii", column.type_oid, column.type_modifier)
                for column in described
            ]
            return head + identity.encode() + struct.pack("!H", len(described)) + b"".join(parts)
        case TypeMessage(oid, schema, name):
            return b"Y" + struct.pack("!I", oid) + z("" if schema == "pg_catalog" else schema) + z(name)
        case Insert(oid, new):
            return b"I" + struct.pack("!I", oid) + b"N" + row(new)
        case Update(oid, new, old, whole):
            before = b"" if old is None else (b"O" if whole else b"K") + row(old)
            return b"U" + struct.pack("!I", oid) + before + b"N" + row(new)
        case Delete(oid, old, whole):
            return b"D" + struct.pack("!I", oid) + (b"O" if whole else b"K") + row(old)
        case Truncate(relation_oids, cascade, restart):
            return b"T" + struct.pack(
                f"!IB{len(relation_oids)}I", len(relation_oids), cascade | restart << 1, *relation_oids
            )
        case EmittedMessage(transactional, lsn, prefix, content):
            return b"M" + struct.pack("!BQ", transactional, lsn) + z(prefix) + struct.pack("!I", len(content)) + content


def row(values: Row) -> bytes:
    return struct.pack("!H", len(values)) + b"".join(map(value, values))


def value(given) -> bytes:
    if given is None:
        return b"n"
    if given is UNCHANGED:
        return b"u"
    return b"t" + struct.pack("!I", len(given.encode())) + given.encode()


def z(text: str) -> bytes:
    return text.encode() + b"\0"
