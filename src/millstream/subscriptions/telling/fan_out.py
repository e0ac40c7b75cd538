"""From a change and the answers about it to frames and the mailboxes that get them.

`router` hands over each change when its answers are there, and delivers what comes out. Pure. The payload is built
once for all who may see the same of the change, the frame once for all whose serializer, topic and ids are equal; a
channel gets one frame for all its bindings that select the same columns.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from millstream.change import Operation, RowChange
from millstream.policy.access import Access
from millstream.pubsub.mailbox import Mailbox
from millstream.subscriptions.cohort import Cohort
from millstream.subscriptions.telling.consider import Candidate, holds
from millstream.subscriptions.telling.payload import Context, Form, PayloadBuilder
from millstream.subscriptions.telling.relation_view import RelationView
from millstream.websocket.frames import text_frame


@dataclass(slots=True)
class Told:
    """A change with its candidates."""

    change: RowChange
    context: Context
    view: RelationView
    candidates: list[Candidate]
    is_too_large: bool


class _Edition(NamedTuple):
    """What of the change is told: equal editions are equal payloads. Without a form the row has left."""

    builder: PayloadBuilder
    form: Form | None
    sees_old: bool


def fan_out(told: Told, answers: Sequence[bool]) -> Iterator[tuple[bytes, Sequence[Mailbox]]]:
    """Yield each frame with all mailboxes that get it."""
    if len(told.candidates) == 1:
        yield from _only(told, told.candidates[0], answers)
        return
    payloads: dict[_Edition, bytes] = {}
    frames: dict[tuple[object, str, tuple[int, ...], _Edition], list[Candidate]] = {}
    for (cohort, edition), group in _groups(told, answers).items():
        ids = tuple(sorted({candidate.entry.binding.id for candidate in group}))
        frames.setdefault((cohort.serializer, cohort.topic, ids, edition), []).append(group[0])
    for (_, topic, ids, edition), firsts in frames.items():
        data = payloads.get(edition)
        if data is None:
            data = payloads[edition] = _build(told, edition)
        frame = text_frame(firsts[0].entry.cohort.serializer.encode_postgres_changes(topic, ids, data))
        yield frame, _members(firsts)


def _only(told: Told, candidate: Candidate, answers: Sequence[bool]) -> Iterator[tuple[bytes, Sequence[Mailbox]]]:
    """Yield the frame of a change that concerns one binding, which is most of them: nothing is shared."""
    edition = _edition(told, candidate, answers)
    if edition is not None:
        cohort, data = candidate.entry.cohort, _build(told, edition)
        changes = cohort.serializer.encode_postgres_changes(cohort.topic, (candidate.entry.binding.id,), data)
        yield text_frame(changes), candidate.members


def _groups(told: Told, answers: Sequence[bool]) -> dict[tuple[Cohort, _Edition], list[Candidate]]:
    groups: dict[tuple[Cohort, _Edition], list[Candidate]] = {}
    for candidate in told.candidates:
        edition = _edition(told, candidate, answers)
        if edition is not None:
            groups.setdefault((candidate.entry.cohort, edition), []).append(candidate)
    return groups


def _edition(told: Told, candidate: Candidate, answers: Sequence[bool]) -> _Edition | None:
    """Return what the candidate is told, None for nothing."""
    builder = told.view.builder(candidate.access, candidate.entry.binding.select)
    if candidate.now is not None and holds(candidate.now, answers):
        if not candidate.hears:
            return None
        return _Edition(builder, _form(told, candidate.access), holds((candidate.sees_old,), answers))
    if candidate.before is not None and candidate.access.sees_key and holds(candidate.before, answers):
        return _Edition(builder, None, sees_old=True)
    return None


def _form(told: Told, access: Access) -> Form:
    if not access.table.primary_key and told.change.operation is not Operation.DELETE:
        return Form.NO_PRIMARY_KEY
    if not access.sees_key:
        return Form.UNAUTHORIZED
    return Form.TOO_LARGE if told.is_too_large else Form.WHOLE


def _build(told: Told, edition: _Edition) -> bytes:
    if edition.form is None:
        return edition.builder.build_leave(told.change, told.context)
    return edition.builder.build(told.change, told.context, form=edition.form, sees_old=edition.sees_old)


def _members(candidates: Sequence[Candidate]) -> Sequence[Mailbox]:
    if len(candidates) == 1:
        return candidates[0].members
    return [mailbox for candidate in candidates for mailbox in candidate.members]
