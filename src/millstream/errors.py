"""The one error that callers of Millstream ever see, raised anywhere and rendered at the edge.

Every subclass fixes a `code` (stable, documented, what programs test) and a `status` (HTTP); the message is for people.
An edge that speaks another dialect (PostgREST, auth, Phoenix) renders the same four parts in its own shape.
"""

from __future__ import annotations

from typing import ClassVar


class MillstreamError(Exception):
    """Say what went wrong, in a form that a program and a person can act on.

    `message` is one sentence without secrets; `details` adds facts of this case; `hint` says what to do about it.
    """

    code: ClassVar[str] = "internal_error"
    status: ClassVar[int] = 500

    def __init__(self, message: str, *, details: str | None = None, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.details = details
        self.hint = hint

    def __str__(self) -> str:
        return self.message if self.hint is None else f"{self.message} {self.hint}"
