"""Random tables, policies, grants and callers, and the verdicts of all ways about each change: told, asked, selected.

Used by `test_verdicts`. What policies read of other tables changes between batches only, and within a batch each row
changes once: so that a SELECT after it, or before a DELETE, is the truth about each change.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count

import psycopg

from millstream.change import Operation, RowChange, Transaction
from millstream.identity import Claims
from millstream.policy.crowd_visibility import Callers
from millstream.policy.judgement import Request
from millstream.policy.predicates.audience import Audience
from millstream.policy.predicates.callers_query import may_be_asked_with_others
from millstream.policy.predicates.predicate import ALWAYS, NEVER, Proven
from tests.postgres.visibility.listening import Followed, Listener
from tests.postgres.visibility.random_policies import (
    CALLERS,
    COLUMNS,
    FIRST,
    KNOWN,
    LOOKING,
    OPERATIONS,
    OTHERS,
    READS,
    SECOND,
    TABLES,
    THIRD,
    TOGETHER,
)


@dataclass
class Tally:
    """How many verdicts were compared, and by which way the changes were told."""

    verdicts: int = 0
    in_process: int = 0
    related: int = 0
    asked: int = 0
    together: int = 0
    fixed: int = 0
    visible: int = 0
    batches: int = 0
    operations: dict[str, int] = field(default_factory=dict)

    def __str__(self) -> str:
        in_process = f"{self.in_process} in process, {self.related} of them by other tables"
        ways = f"{in_process}, {self.asked} asked, {self.together} of them with others, {self.fixed} fixed"
        return f"{self.verdicts} verdicts ({ways}; {self.visible} visible) in {self.batches} batches, {self.operations}"


class Trial:
    """A followed database under random policies, with everybody listening to everything."""

    def __init__(self, live: Followed, seed: int) -> None:
        self.live = live
        self.choose = random.Random(seed)
        self.tally = Tally()
        self.listeners: dict[tuple[str, str], Listener] = {}
        self.audiences = {name: Audience(claims) for name, claims in CALLERS.items()}
        self.granted = {(role, table): COLUMNS for role in ("anon", "authenticated") for table in TABLES}

    async def begin(self) -> None:
        await self.live.run(*(statement for table in TABLES for statement in self.policies(table)))
        await self.live.related.until_read()
        for name, claims in CALLERS.items():
            for table in TABLES:
                self.listeners[name, table] = await self.live.listen(claims, {"event": "*", "table": table})

    def condition(self, table: str, atoms: Sequence[str], depth: int = 2) -> str:
        """Return a condition; one of known atoms alone is known in process."""
        shape = self.choose.random()
        if depth == 0 or shape < 0.5:
            return self.choose.choice(atoms).format(table=table, read=READS[table])
        if shape < 0.6 and TOGETHER[0] in atoms:
            return f"not coalesce({self.condition(table, atoms, depth - 1)}, false)"
        word = " and " if shape < 0.8 else " or "
        return word.join(f"({self.condition(table, atoms, depth - 1)})" for _ in range(self.choose.choice((2, 2, 3))))

    def policies(self, table: str) -> list[str]:
        """Return statements that replace the policies of a table."""
        statements = [f"drop policy if exists p{number} on {table}" for number in range(4)]
        if self.choose.random() < 0.05:
            return [*statements, f"create policy p0 on {table} for select using (true)"]
        atoms = self.choose.choice((KNOWN, KNOWN + LOOKING, LOOKING, KNOWN + LOOKING + OTHERS, TOGETHER))
        for number in range(self.choose.choice((0, 1, 1, 1, 1, 1, 2, 2, 2, 2, 3))):
            kind = "restrictive" if number and self.choose.random() < 0.25 else "permissive"
            to = self.choose.choice(
                ("public", "public", "public", "authenticated", "authenticated", "anon", "anon, authenticated")
            )
            using = self.condition(table, atoms)
            statements.append(f"create policy p{number} on {table} as {kind} for select to {to} using ({using})")
        word = "disable" if self.choose.random() < 0.05 else "enable"
        statements.append(f"alter table {table} {word} row level security")
        return statements

    def grants(self, table: str) -> list[str]:
        role = self.choose.choice(("anon", "authenticated"))
        more = [column for column in COLUMNS[2:] if self.choose.random() < 0.7]
        columns = self.choose.choice((COLUMNS, COLUMNS, COLUMNS, ("id", "n", *more), ("id", "n", *more), ()))
        self.granted[role, table] = columns
        revoke = f"revoke select on {table} from {role}"
        return [revoke, f"grant select ({', '.join(columns)}) on {table} to {role}"] if columns else [revoke]

    def memberships(self) -> list[str]:
        owner = self.choose.choice((FIRST, SECOND, THIRD))
        n, number = self.choose.randint(0, 2), self.choose.randint(1, 6)
        role = self.choose.choice(("chief", "clerk", "a"))
        put = f"insert into ranks values ({n}, '{owner}', '{role}', null) on conflict (n, owner) do"
        ranks = (
            f"{put} update set role = excluded.role, since = now()",
            f"{put} nothing",
            "update ranks r set n = 2 - n where n <> 1 and not exists (select from ranks s where s.n = 2 - r.n)",
            f"update ranks set n = n where role = '{role}'",
            f"delete from ranks where owner = '{owner}' and n = {n}",
            "truncate ranks",
        )
        return [
            self.choose.choice(
                (
                    f"insert into members values ({number}, {n}, '{owner}') on conflict (id) do update set n = {n}",
                    f"delete from members where id = {number}",
                    f"insert into clearances values ('{owner}', {n}) on conflict (owner) do update set n = {n}",
                    f"delete from clearances where owner = '{owner}'",
                )
            ),
            self.choose.choice(ranks),
        ]

    async def rearrange(self) -> None:
        """Change policies, grants and memberships, in one transaction."""
        statements = self.memberships()
        for table in TABLES:
            if self.choose.random() < 0.4:
                statements += self.policies(table)
            if self.choose.random() < 0.15:
                statements += self.grants(table)
        await self.live.run(*statements)
        await self.live.related.until_read()

    async def selected(self, table: str) -> dict[str, set[int]]:
        """Return the keys of the rows that everybody may SELECT now."""
        seen = {}
        for name, claims in CALLERS.items():
            may = claims.role == "service_role" or self.granted[claims.role, table]
            seen[name] = await self.keys(claims, table) if may else set()
        return seen

    async def keys(self, claims: Claims, table: str) -> set[int]:
        try:
            return {row[0] for row in await self.live.select(claims, f"select id from {table}")}
        except psycopg.errors.InsufficientPrivilege:
            return set()  # a policy reads a table that the caller may not: whoever selects gets an error

    def value(self, column: str) -> str:
        return self.choose.choice(
            {
                "n": ("0", "1", "2", "null"),
                "owner": ("null", f"'{FIRST}'", f"'{SECOND}'", f"'{THIRD}'"),
                "org": ("null", "'a'", "'b'", "'it''s'", "'5'"),
                "public": ("true", "false", "null"),
                "status": ("'open'", "'shut'", "null"),
            }[column]
        )

    def write(self, table: str, key: int, operation: str) -> str:
        if operation == "delete":
            return f"delete from {table} where id = {key}"
        values = ", ".join(self.value(column) for column in COLUMNS[1:])
        if operation == "insert":
            return f"insert into {table} values ({key}, {values})"
        return f"update {table} set ({', '.join(COLUMNS[1:])}) = row({values}) where id = {key}"

    async def batch(self, rows: int) -> None:
        """Change rows of one table, in some transactions, and compare what all ways say of each."""
        table = self.choose.choice(TABLES)
        before = await self.selected(table)
        present = sorted(before["service"])
        self.choose.shuffle(present)
        fresh = (key for key in count() if key not in before["service"])
        statements = []
        for _ in range(rows):
            operation = self.choose.choice(OPERATIONS if len(present) > rows // 2 else ("insert",))
            key = next(fresh) if operation == "insert" or not present else present.pop()
            statements.append(self.write(table, key, operation if key in before["service"] else "insert"))
        for listener in self.listeners.values():
            listener.take()
        self.live.markers.transactions.clear()
        await self.transactions(statements)
        await self.live.told()
        changes = [
            (transaction, change)
            for transaction in self.live.markers.transactions
            for change in transaction.changes
            if change.relation.name == table
        ]
        assert len(changes) == rows
        await self.compare(table, changes, before, await self.selected(table))

    async def transactions(self, statements: list[str]) -> None:
        while statements:
            several = self.choose.randint(1, 5)
            async with self.live.admin.transaction():
                for statement in statements[:several]:
                    await self.live.admin.execute(statement.encode())
            statements = statements[several:]

    async def compare(
        self,
        table: str,
        changes: list[tuple[Transaction, RowChange]],
        before: dict[str, set[int]],
        after: dict[str, set[int]],
    ) -> None:
        exact = await self.asked(changes)
        together = await self.asked_together(changes)
        for name in CALLERS:
            told = {int(each["index_key"]): each for each in map(keyed, self.listeners[name, table].take())}
            for place, (_, change) in enumerate(changes):
                key = int(str((change.new or change.old or ())[0]))
                deleted = change.operation is Operation.DELETE
                may = key in (before if deleted else after)[name]
                found = told.pop(key, None)
                where = (name, table, change, found)
                assert (found is not None) is may, f"told is not what SELECT shows: {where}"
                assert exact[name, place] is may, f"asked is not what SELECT shows: {where}"
                assert together.get((name, place), may) is may, f"asked with others is not what SELECT shows: {where}"
                self.tally.together += (name, place) in together
                if found is not None and change.operation is Operation.UPDATE:
                    assert ("n" in found["old_record"]) is (key in before[name]), f"the old row: {where}"
                self.count(name, change, may=may)
            assert not told, f"{name} was told of {told}"
        self.tally.batches += 1

    async def asked(self, changes: list[tuple[Transaction, RowChange]]) -> dict[tuple[str, int], bool]:
        """Return the verdicts of PostgreSQL on the rows of the log, also where the answer is known in process."""
        places: list[tuple[str, int]] = []
        requests: list[Request] = []
        verdicts: dict[tuple[str, int], bool] = {}
        for name, audience in self.audiences.items():
            for place, (_, change) in enumerate(changes):
                access = self.live.catalog.current.access(audience.role, change.relation.oid)
                row = change.new or change.old
                if access is None or row is None or access.rule in (ALWAYS, NEVER):
                    verdicts[name, place] = access is not None and access.rule is ALWAYS
                else:
                    places.append((name, place))
                    requests.append(Request(audience, change.relation, row, change.new is not None))
        answers = await self.live.visibility.judge(requests, {transaction.xid for transaction, _ in changes})
        return verdicts | dict(zip(places, answers, strict=True))

    async def asked_together(self, changes: list[tuple[Transaction, RowChange]]) -> dict[tuple[str, int], bool]:
        """Return the verdicts of one statement for all callers of a role, where their policies allow for that."""
        verdicts: dict[tuple[str, int], bool] = {}
        relation, xids = changes[0][1].relation, {transaction.xid for transaction, _ in changes}
        rows = [change.new or change.old or () for _, change in changes]
        for role in ("anon", "authenticated"):
            access = self.live.catalog.current.access(role, relation.oid)
            callers = {
                audience: name
                for name, audience in self.audiences.items()
                if audience.role == role and may_be_asked_with_others(audience)
            }
            if access is None:
                continue
            found = await self.live.crowds.who_sees(access, relation, rows, Callers(tuple(callers)), xids)
            for place, visible in enumerate(found or ()):
                if visible is not None:
                    verdicts |= {(name, place): audience in visible for audience, name in callers.items()}
        return verdicts

    def count(self, name: str, change: RowChange, *, may: bool) -> None:
        access = self.live.catalog.current.access(self.audiences[name].role, change.relation.oid)
        assert access is not None
        tally = self.tally
        tally.verdicts += 1
        tally.visible += may
        tally.operations[change.operation] = tally.operations.get(change.operation, 0) + 1
        if isinstance(access.rule, Proven) and access.rule.covers(self.audiences[name]):
            tally.in_process += 1
            tally.related += bool(access.rule.reads)
        elif access.rule in (ALWAYS, NEVER):
            tally.fixed += 1
        else:
            tally.asked += 1


def keyed(told: dict) -> dict:
    """Add the key of the row that a payload tells of."""
    row = told["old_record"] if told["type"] == Operation.DELETE else told["record"]
    return {**told, "index_key": row["id"]}
