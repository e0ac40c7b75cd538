"""Whether a project should be given work: looks at the database, the log, the slot and the schema cache.

Asked by `/ready` and by the admin view. Decides nothing about what to do; each problem says what and why in words that
anybody may read.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from millstream.asgi.health import Problem, Severity
from millstream.asgi.operator_settings import OperatorSettings
from millstream.rest.schema.watch import SchemaWatch
from millstream.server.vitals import Vital, Vitals
from millstream.wal.slot import SlotStatus
from millstream.wal.slot_watch import Alarm, alarm_of
from millstream.wal.tailer import LogState, Tailer

_NOT_STREAMING = {
    LogState.CONNECTING: ("log_disconnected", "The log is not being read; it is tried again and again."),
    LogState.WAITING: (
        "log_awaited",
        "Another server reads the log of this project; this one takes over when it ends.",
    ),
    LogState.LOST: (
        "slot_lost",
        "PostgreSQL has removed log that was not read yet: changes are missing. Run `millstream slot drop`.",
    ),
}


class Readiness:
    """The judge of one project."""

    def __init__(self, vitals: Vitals, tailer: Tailer, schema: SchemaWatch, settings: OperatorSettings) -> None:
        self._vitals = vitals
        self._tailer = tailer
        self._schema = schema
        self._settings = settings

    async def problems(self) -> Sequence[Problem]:
        """Return what is wrong now, the database first."""
        vital = await self._vitals.look()
        return [*self._of_database(vital), *self._of_log(vital), *of_slot(vital.slot)]

    def _of_database(self, vital: Vital) -> Iterator[Problem]:
        if vital.trouble is not None:
            yield Problem("database", Severity.FAILED, vital.trouble, "The database does not answer.")
        if not self._schema.loads:
            yield Problem("schema", Severity.FAILED, "schema_unknown", "The schema has not been read yet.")

    def _of_log(self, vital: Vital) -> Iterator[Problem]:
        if not self._tailer.streaming:
            code, why = _NOT_STREAMING.get(self._tailer.state, _NOT_STREAMING[LogState.CONNECTING])
            yield Problem("log", Severity.FAILED, code, why)
        elif vital.lag_seconds > self._settings.ready_seconds_behind:
            why = f"Changes wait for {vital.lag_seconds:.0f} seconds, {vital.lag_bytes} bytes of log."
            yield Problem("log", Severity.FAILED, "log_behind", why)


def of_slot(slot: SlotStatus | None) -> Iterator[Problem]:
    """Say how near a slot is to its loss, by the same measure as `wal.slot_watch`."""
    if slot is None:
        return
    if slot.lost:
        why = "PostgreSQL has given the slot up and removed log that was not read yet."
        yield Problem("slot", Severity.FAILED, "slot_lost", why)
        return
    alarm = alarm_of(slot)
    if alarm is not Alarm.NONE and slot.limit_bytes is not None:
        share = (
            f"The slot keeps {slot.retained_bytes} of {slot.limit_bytes} bytes of log; beyond that changes are lost."
        )
        severity = Severity.CRITICAL if alarm is Alarm.NEARLY_LOST else Severity.WARNING
        yield Problem("slot", severity, "slot_nearly_lost" if severity is Severity.CRITICAL else "slot_filling", share)
