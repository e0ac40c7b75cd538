"""Sends mail by SMTP (RFC 5321) with the standard library's client, in a few threads of its own.

One connection a mail: mails are rare, and servers end idle connections. Certificates are verified; a server that does
not offer STARTTLS where it is asked for gets no mail. When full: `send` waits for a thread.

Life cycle: `close` gives up what has not begun and does not wait for what has.
"""

from __future__ import annotations

import asyncio
import contextlib
import smtplib
import ssl
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from email.message import EmailMessage

from millstream.mail.settings import MailSettings
from millstream.mail.transport import MailRefused, MailServerUnavailable

_PERMANENT = 500


class SmtpTransport:
    """The mail server of one project."""

    def __init__(self, settings: MailSettings) -> None:
        self._settings = settings
        self._threads = ThreadPoolExecutor(settings.smtp_connections, thread_name_prefix="smtp")

    async def send(self, message: EmailMessage) -> None:
        """Return when the server accepted the mail. Raises MailRefused or MailServerUnavailable."""
        await asyncio.get_running_loop().run_in_executor(self._threads, self._send, message)

    def close(self) -> None:
        """End the threads."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _send(self, message: EmailMessage) -> None:
        try:
            with self._connected() as server:
                server.send_message(message)
        except smtplib.SMTPRecipientsRefused as error:
            codes = [code for code, _ in error.recipients.values()]
            raise _named(max(codes, default=_PERMANENT), "recipient") from error
        except smtplib.SMTPAuthenticationError as error:
            raise MailServerUnavailable(f"The mail server refuses our account ({error.smtp_code})") from error
        except smtplib.SMTPResponseException as error:
            raise _named(error.smtp_code, "mail") from error
        except smtplib.SMTPNotSupportedError as error:
            raise MailRefused("The mail server does not support what this mail needs") from error
        except (OSError, smtplib.SMTPException) as error:
            raise MailServerUnavailable(f"The mail server cannot be reached: {type(error).__name__}") from error
        except ValueError as error:
            raise MailRefused("The mail has an address that cannot be written") from error

    @contextlib.contextmanager
    def _connected(self) -> Iterator[smtplib.SMTP]:
        settings = self._settings
        host, port, timeout = settings.smtp_host or "", settings.smtp_port, settings.smtp_timeout_seconds
        if settings.smtp_security == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(host, port, timeout=timeout, context=ssl.create_default_context())
        else:
            server = smtplib.SMTP(host, port, timeout=timeout)
        with server:
            if settings.smtp_security == "starttls":
                _encrypt(server)
            if settings.smtp_user:
                server.login(settings.smtp_user, settings.smtp_password or "")
            yield server


def _encrypt(server: smtplib.SMTP) -> None:
    try:
        server.starttls(context=ssl.create_default_context())
    except smtplib.SMTPNotSupportedError as error:
        raise MailServerUnavailable("The mail server does not offer STARTTLS") from error


def _named(code: int, what: str) -> MailRefused | MailServerUnavailable:
    if code >= _PERMANENT:
        return MailRefused(f"The mail server refused the {what} ({code})")
    return MailServerUnavailable(f"The mail server put the {what} off ({code})")
