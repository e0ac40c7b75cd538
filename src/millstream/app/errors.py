"""What can be wrong with an application before it serves anybody: raised while it is declared or loaded."""

from __future__ import annotations

from typing import ClassVar

from millstream.errors import MillstreamError


class AppInvalid(MillstreamError):
    """An application's declaration contradicts itself; the message says where."""

    code: ClassVar[str] = "app_invalid"


class AppUnknown(MillstreamError):
    """No application of this name is installed."""

    code: ClassVar[str] = "app_unknown"
