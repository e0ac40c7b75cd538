"""Asks PostgreSQL, before changes are considered, who of a crowd sees their rows.

Called by `teller` for the changes that it is about to consider. Only crowds that are large enough are asked about; of
the others, and where it cannot be asked in one statement, each caller is asked about alone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from millstream.change import Relation, Row, RowChange
from millstream.policy.crowd_visibility import CrowdVisibility
from millstream.policy.schema.snapshot import Snapshot
from millstream.subscriptions.registry import Registry
from millstream.subscriptions.telling.crowd import NOTHING_SEEN, Seen, Verdict

_ENOUGH = 4


async def look_ahead(
    changes: Iterable[RowChange],
    registry: Registry,
    snapshot: Snapshot,
    crowds: CrowdVisibility,
    xids: Collection[int],
) -> Seen:
    """Return who sees the new row of each change, or the old one of a DELETE."""
    seen = NOTHING_SEEN
    for relation, rows in _rows(changes, registry).items():
        for role, crowd in tuple(registry.crowds(relation)):
            access = snapshot.access(role, relation.oid)
            if access is None or len(crowd.members) < _ENOUGH:
                continue
            callers = crowd.callers
            found = await crowds.who_sees(access, relation, rows, callers, xids)
            seen = Seen() if seen is NOTHING_SEEN else seen
            for row, visible in zip(rows, found or (), strict=found is not None):
                if visible is not None:
                    seen.tell(role, crowd, row, Verdict(callers, visible))
    return seen


def _rows(changes: Iterable[RowChange], registry: Registry) -> dict[Relation, list[Row]]:
    found: dict[Relation, list[Row]] = {}
    for change in changes:
        old = change.old if change.old_is_whole else None
        row = change.new if change.new is not None else old
        if row is not None and next(registry.crowds(change.relation), None) is not None:
            found.setdefault(change.relation, []).append(row)
    return found
