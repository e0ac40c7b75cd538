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


NO_CHANGE = Diff({}, {})


def merge(diffs: Iterable[Diff]) -> Diff:
    """Return one difference that does what these do one after the other.

    What came and went in between is never told: neither side mentions it.
    """
    joins: dict[str, dict[str, Meta]] = {}
    leaves: dict[str, dict[str, Meta]] = {}
    for diff in diffs:
        for key, metas in diff.leaves.items():
            for meta in metas:
                if joins.get(key, {}).pop(meta["phx_ref"], None) is None:
                    leaves.setdefault(key, {})[meta["phx_ref"]] = meta
        for key, metas in diff.joins.items():
            joins.setdefault(key, {}).update((meta["phx_ref"], meta) for meta in metas)
    return Diff(_listed(joins), _listed(leaves))


def presences_payload(presences: Presences) -> dict[str, Any]:
    """Return `{key: {"metas": [...]}}`, as both `presence_state` and `presence_diff` have it."""
    return {key: {"metas": list(metas)} for key, metas in presences.items()}


def _listed(presences: Mapping[str, Mapping[str, Meta]]) -> Presences:
    return {key: tuple(metas.values()) for key, metas in presences.items() if metas}
