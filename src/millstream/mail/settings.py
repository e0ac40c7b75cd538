"""How mail leaves: the SMTP server, the sender, the templates. Without a server nothing leaves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from millstream.errors import MillstreamError
from millstream.setting import setting

SECURITIES = ("starttls", "tls", "none")


class SmtpSecurityUnknown(MillstreamError):
    """The kind of encryption towards the mail server is none that we know."""

    code: ClassVar[str] = "smtp_security_unknown"


@dataclass(frozen=True, slots=True)
class MailSettings:
    """Mails to people: by which server, from whom, in which words."""

    smtp_host: str | None = setting(
        None,
        env="SMTP_HOST",
        doc="Mail server. Without one, mails are only kept for a look while the project has its development keys, and "
        "routes that need mail are refused otherwise.",
    )
    smtp_port: int = setting(587, env="SMTP_PORT", doc="Port of the mail server.")
    smtp_user: str | None = setting(None, env="SMTP_USER", doc="Account at the mail server; empty signs in as nobody.")
    smtp_password: str | None = setting(None, env="SMTP_PASSWORD", doc="Password of that account.", secret=True)
    smtp_security: str = setting(
        "starttls", env="SMTP_SECURITY", doc="`starttls` or `tls`, both with a verified certificate, or `none`."
    )
    smtp_timeout_seconds: float = setting(
        15.0, env="SMTP_TIMEOUT_SECONDS", doc="How long the mail server may take for each answer."
    )
    smtp_connections: int = setting(2, env="SMTP_CONNECTIONS", doc="Mails sent at the same time.")
    sender: str = setting(
        "Millstream <no-reply@localhost>", env="MAIL_FROM", doc="Sender of all mails, as `Name <address>`."
    )
    site_name: str = setting("Millstream", env="SITE_NAME", doc="Name of the site, as mails say it.")
    templates: str | None = setting(
        None,
        env="MAIL_TEMPLATES",
        doc="Folder whose files take the place of the built-in templates of the same name, such as `recovery.txt`.",
    )
    attempts: int = setting(
        7, env="MAIL_ATTEMPTS", doc="How often a mail is tried before it is given up; seven take about half an hour."
    )
    poll_seconds: float = setting(
        5.0, env="MAIL_POLL_SECONDS", doc="How often the outbox is looked through for retries; new mails do not wait."
    )
    keep_days: int = setting(
        30, env="MAIL_KEEP_DAYS", doc="How long it is remembered that a mail was sent; its text is forgotten at once."
    )

    def __post_init__(self) -> None:
        if self.smtp_security not in SECURITIES:
            raise SmtpSecurityUnknown(f"MILLSTREAM_SMTP_SECURITY must be one of {', '.join(SECURITIES)}.")
