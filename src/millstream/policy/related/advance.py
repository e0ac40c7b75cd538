"""What a transaction changes in the tables that policies look into, as those see it who judge its rows. Values only.

Made by `related_tables` for each transaction; used by `subscriptions.telling.teller`, `consider` and `registry`.
"""

from __future__ import annotations

from dataclasses import dataclass

from millstream.change import Transaction
from millstream.policy.predicates.term import NOTHING_RELATED, Dependency, Related


@dataclass(frozen=True, slots=True)
class Advance:
    """What a transaction changes: rows are judged by what is related `now`, or was `before` it.

    `moved` tells which rows went or came, `turned` which tables became known or unknown.
    """

    now: Related
    before: Related
    moved: frozenset[Dependency] = frozenset()
    turned: frozenset[int] = frozenset()

    @property
    def is_still(self) -> bool:
        """Tell whether nothing changes."""
        return not self.moved and not self.turned


STILL = Advance(NOTHING_RELATED, NOTHING_RELATED)
"""No other table is known."""


def nothing_related(transaction: Transaction) -> Advance:  # noqa: ARG001  as `RelatedTables.advance`
    """Return that no other table is known."""
    return STILL
