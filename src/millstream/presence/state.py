"""The presences of one topic: which connections are there, under which key, and what they tell of themselves.

Receives track and untrack of members from `channels.presence`; returns the difference that each makes. Pure: refs are
handed in, so that equal calls give equal states.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

from millstream.presence.diff import NO_CHANGE, Diff, Meta, Presences


class PresenceState:
    """Who is present in one topic. A member (one joined channel) is present at most once, under one key."""

    __slots__ = ("_members",)

    def __init__(self) -> None:
        self._members: dict[Hashable, tuple[str, Mapping[str, Any], Meta]] = {}

    def __len__(self) -> int:
        return len(self._members)

    def track(self, member: Hashable, key: str, payload: Mapping[str, Any], *, ref: str) -> Diff:
        """Let a member be present, or tell something new of itself; an equal payload changes nothing.

        `ref` must never have been used in this topic before; clients tell an update from a second connection by it.
        """
        known = self._members.get(member)
        if known is None:
            meta: Meta = {"phx_ref": ref, **_own(payload)}
            self._members[member] = (key, payload, meta)
            return Diff({key: (meta,)}, {})
        if self.tells(member, key, payload):
            return NO_CHANGE
        old_key, _, old_meta = known
        meta = {"phx_ref": ref, "phx_ref_prev": old_meta["phx_ref"], **_own(payload)}
        self._members[member] = (key, payload, meta)
        return Diff({key: (meta,)}, {old_key: (old_meta,)})

    def tells(self, member: Hashable, key: str, payload: Mapping[str, Any]) -> bool:
        """Say whether the member is present with exactly this already."""
        known = self._members.get(member)
        return known is not None and known[:2] == (key, payload)

    def untrack(self, member: Hashable) -> Diff:
        """Let a member go; one that is not present changes nothing."""
        known = self._members.pop(member, None)
        return NO_CHANGE if known is None else Diff({}, {known[0]: (known[2],)})

    def present(self) -> Presences:
        """Return everybody who is present, in order of arrival."""
        found: dict[str, list[Meta]] = {}
        for key, _, meta in self._members.values():
            found.setdefault(key, []).append(meta)
        return {key: tuple(metas) for key, metas in found.items()}


def _own(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the member tells, without refs that only we may give."""
    return {name: value for name, value in payload.items() if name not in {"phx_ref", "phx_ref_prev"}}
