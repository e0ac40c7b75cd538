"""What can be wrong with a replication stream. None of it heals by reading on: the tailer connects anew."""

from __future__ import annotations

from typing import ClassVar

from millstream.errors import MillstreamError


class MalformedLogMessage(MillstreamError):
    """The stream held something that pgoutput cannot have written."""

    code: ClassVar[str] = "log_malformed"
    status: ClassVar[int] = 502
