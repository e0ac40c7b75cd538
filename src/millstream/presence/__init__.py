"""Who is here, without I/O: the presences of one topic and the differences that its members are told."""

from millstream.presence.diff import NO_CHANGE, Diff, Meta, Presences, merge, presences_payload
from millstream.presence.state import PresenceState

__all__ = ["NO_CHANGE", "Diff", "Meta", "PresenceState", "Presences", "merge", "presences_payload"]
