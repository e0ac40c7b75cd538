"""Who is present in the topics of a project, and what everybody who watches a topic hears of it.

Called by `joined.presence` for track and untrack, by `joined.channel` when one begins to watch and when it ends;
`presence.state` knows who is there. Once per loop tick each changed topic sends one `presence_diff` to those who watch,
then one `presence_state`, encoded once, to those who have just begun to: nobody is told the same thing twice.
"""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import orjson

from millstream.channels.topics.groups import Feed, Group, Topic
from millstream.channels.topics.member import Member
from millstream.phoenix import SERIALIZERS
from millstream.presence import Diff, PresenceState, merge, presences_payload
from millstream.pubsub import Hub
from millstream.websocket.frames import text_frame


class _Gathering:
    """The presences of one topic, and what is still to be said of them."""

    __slots__ = ("diffs", "newcomers", "state")

    def __init__(self) -> None:
        self.state = PresenceState()
        self.diffs: list[Diff] = []
        self.newcomers: dict[Member, None] = {}


class Presence:
    """Who is present in which topic of a project."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._gatherings: dict[Topic, _Gathering] = {}
        self._changed: dict[Topic, None] = {}
        # Clients compare refs even across a restart of the server, so that they must differ then, too.
        self._ref_prefix = uuid4().hex[:8]
        self._refs = 0

    def __len__(self) -> int:
        return sum(len(gathering.state) for gathering in self._gatherings.values())

    def census(self) -> list[tuple[Topic, dict[str, int]]]:
        """Return each topic in which somebody is present, with the number of connections by key."""
        return [
            (topic, {key: len(metas) for key, metas in gathering.state.present().items()})
            for topic, gathering in self._gatherings.items()
        ]

    def watch(self, member: Member) -> None:
        """Have a member hear who is there, and from then on who comes and goes."""
        self._gathering(member.home).newcomers[member] = None

    def track(self, member: Member, payload: dict[str, Any]) -> None:
        """Let a member be present; what it tells anew takes the place of what it told before."""
        self._refs += 1
        ref = f"{self._ref_prefix}{self._refs:x}"
        gathering = self._gathering(member.home)
        gathering.diffs.append(gathering.state.track(member, member.presence_key, payload, ref=ref))

    def tells(self, member: Member, payload: dict[str, Any]) -> bool:
        """Say whether the member is present with this payload already."""
        gathering = self._gatherings.get(member.home)
        return gathering is not None and gathering.state.tells(member, member.presence_key, payload)

    def untrack(self, member: Member) -> None:
        """Let a member be absent."""
        gathering = self._gatherings.get(member.home)
        diff = gathering.state.untrack(member) if gathering is not None else None
        if diff:
            self._gathering(member.home).diffs.append(diff)

    def forget(self, member: Member) -> None:
        """Let a member that ends be absent and hear nothing more."""
        self._hub.unsubscribe(_watchers(member.home, member.serializer.vsn), member.mailbox)
        gathering = self._gatherings.get(member.home)
        if gathering is not None:
            gathering.newcomers.pop(member, None)
        self.untrack(member)

    def _gathering(self, topic: Topic) -> _Gathering:
        """Return the topic's gathering, of which something will have to be said at the end of this tick."""
        if not self._changed:
            self._hub.call_soon(self._tell)
        self._changed[topic] = None
        gathering = self._gatherings.get(topic)
        if gathering is None:
            gathering = self._gatherings[topic] = _Gathering()
        return gathering

    def _tell(self) -> None:
        changed, self._changed = self._changed, {}
        for topic in changed:
            gathering = self._gatherings[topic]
            self._tell_watchers(topic, gathering)
            self._tell_newcomers(topic, gathering)
            if not gathering.state:
                del self._gatherings[topic]

    def _tell_watchers(self, topic: Topic, gathering: _Gathering) -> None:
        diff = merge(gathering.diffs)
        gathering.diffs.clear()
        if not diff:
            return
        payload = orjson.dumps(diff.payload())
        for serializer in SERIALIZERS.values():
            watchers = _watchers(topic, serializer.vsn)
            if self._hub.has_members(watchers):
                frame = text_frame(serializer.encode_push(topic.name, "presence_diff", payload))
                self._hub.publish(watchers, frame)

    def _tell_newcomers(self, topic: Topic, gathering: _Gathering) -> None:
        if not gathering.newcomers:
            return
        payload = orjson.dumps(presences_payload(gathering.state.present()))
        for member in gathering.newcomers:
            member.push("presence_state", payload)
            self._hub.subscribe(_watchers(topic, member.serializer.vsn), member.mailbox)
        gathering.newcomers.clear()


def _watchers(topic: Topic, vsn: str) -> Group:
    return Group(topic, Feed.PRESENCE, vsn)
