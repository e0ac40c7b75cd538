"""What can be wrong with the declaration of a live view: raised when the application is imported, or opened."""

from __future__ import annotations

from typing import ClassVar

from millstream.errors import MillstreamError


class LiveViewInvalid(MillstreamError):
    """A view's declaration contradicts itself; the message says where."""

    code: ClassVar[str] = "live_view_invalid"
