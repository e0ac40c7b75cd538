"""What the delivery asks of a way to send mail, and the failures that it tells apart."""

from __future__ import annotations

from email.message import EmailMessage
from typing import ClassVar, Protocol

from millstream.errors import MillstreamError


class MailRefused(MillstreamError):
    """The mail server will not take this mail, now or later: an unknown recipient, a broken address."""

    code: ClassVar[str] = "mail_refused"


class MailServerUnavailable(MillstreamError):
    """The mail server cannot be reached, does not let us in or is busy: to be tried again."""

    code: ClassVar[str] = "mail_server_unavailable"


class Transport(Protocol):
    """A way to send one mail. Called by several tasks at once."""

    async def send(self, message: EmailMessage) -> None:
        """Return when the mail was accepted. Raises MailRefused or MailServerUnavailable."""
