"""How many channels listen to which table, for whoever shows figures. Counted when asked, not kept. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from millstream.subscriptions.cohort import Cohort


@dataclass(slots=True)
class Listeners:
    """Those of one schema and table, either of which may be `*`.

    `cohorts` are groups that get the same frames; `filtered` counts the subscriptions that have a filter.
    """

    schema: str
    table: str
    subscriptions: int = 0
    cohorts: int = 0
    filtered: int = 0


def take_census(cohorts: Iterable[Cohort]) -> list[Listeners]:
    """Count by table, in order of name: a channel with several bindings of a table counts once for it."""
    found: dict[tuple[str, str], Listeners] = {}
    for cohort in cohorts:
        size = len(cohort)
        tables = {(binding.schema, binding.table) for binding in cohort.bindings}
        filtered = {(each.schema, each.table) for each in cohort.bindings if each.tests or each.conditions}
        for name in tables:
            listeners = found.get(name)
            if listeners is None:
                listeners = found[name] = Listeners(*name)
            listeners.subscriptions += size
            listeners.cohorts += 1
            listeners.filtered += size if name in filtered else 0
    return [found[name] for name in sorted(found)]
