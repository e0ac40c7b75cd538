"""What changed among the presences of a topic, in the shape of Phoenix's `presence_diff`.

Made by `state`; sent by `channels.presence`. Several differences of one moment are merged into one, so that a hundred
arrivals cost each member one frame. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

Meta = Mapping[str, Any]
"""What one connection tells of itself, with `phx_ref`, and `phx_ref_prev` after an update."""

Presences = Mapping[str, tuple[Meta, ...]]
"""Metas by presence key, oldest first; a key has as many as it has connections."""


@dataclass(frozen=True, slots=True)
class Diff:
    """Who came and who went. An update is both: the new meta joins, the one it replaces leaves."""

    joins: Presences
    leaves: Presences

    def __bool__(self) -> bool:
        return bool(self.joins or self.leaves)

    def payload(self) -> dict[str, Any]:
        """Return the payload of a `presence_diff` event."""
        return {"joins": presences_payload(self.joins), "leaves": presences_payload(self.leaves)}

    def merged(self, later: Diff) -> Diff:
        """Return one difference that does what this one and then the later one do.

        What came and went in between is never told: neither side mentions it.
        """
        came_and_went = _refs(self.joins) & _refs(later.leaves)
        return Diff(
            joins=_joined(_without(self.joins, came_and_went), later.joins),
            leaves=_joined(self.leaves, _without(later.leaves, came_and_went)),
        )


NO_CHANGE = Diff({}, {})


def presences_payload(presences: Presences) -> dict[str, Any]:
    """Return `{key: {"metas": [...]}}`, as both `presence_state` and `presence_diff` have it."""
    return {key: {"metas": list(metas)} for key, metas in presences.items()}


def _refs(presences: Presences) -> set[str]:
    return {meta["phx_ref"] for metas in presences.values() for meta in metas}


def _without(presences: Presences, refs: set[str]) -> Presences:
    kept = {key: tuple(meta for meta in metas if meta["phx_ref"] not in refs) for key, metas in presences.items()}
    return {key: metas for key, metas in kept.items() if metas}


def _joined(first: Presences, second: Presences) -> Presences:
    keys: Iterable[str] = dict.fromkeys([*first, *second])
    return {key: (*first.get(key, ()), *second.get(key, ())) for key in keys}
