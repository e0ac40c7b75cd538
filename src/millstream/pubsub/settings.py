"""How much may wait for one socket before it counts as a slow consumer."""

from __future__ import annotations

from dataclasses import dataclass

from millstream.setting import setting


@dataclass(frozen=True, slots=True)
class MailboxSettings:
    """The bounds of every mailbox of a project."""

    max_bytes: int = setting(
        4 * 1024 * 1024,
        env="MAILBOX_MAX_BYTES",
        doc="Bytes that may wait for a socket whose peer reads too slowly; one more and it is disconnected.",
    )
    max_frames: int = setting(
        10_000,
        env="MAILBOX_MAX_FRAMES",
        doc="Frames that may wait for a socket whose peer reads too slowly; one more and it is disconnected.",
    )
    high_water_bytes: int = setting(
        256 * 1024,
        env="MAILBOX_HIGH_WATER_BYTES",
        doc="Bytes that the transport may hold unsent before frames wait in the mailbox instead.",
    )
