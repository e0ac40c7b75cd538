"""A project's mail, put together from its settings: the outbox for the features, the delivery behind it.

Three cases: with a mail server mails are sent; without one a project that still has development keys, which never
leaves loopback, keeps them for its inbox; any other project without a mail server has no outbox, and what needs mail
is refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from millstream.auth.settings import development_defaults
from millstream.mail.delivery import Delivery
from millstream.mail.outbox import Outbox
from millstream.mail.smtp import SmtpTransport
from millstream.mail.templates import load_templates
from millstream.observe import Observer
from millstream.postgres.pool import Pool
from millstream.server.project_settings import ProjectSettings


@dataclass(frozen=True, slots=True)
class ProjectMail:
    """What of mail a project has."""

    outbox: Outbox | None
    delivery: Delivery

    @property
    def has_inbox(self) -> bool:
        """Say whether mails are kept for a look instead of being sent."""
        return self.outbox is not None and not self.outbox.delivers


@contextmanager
def project_mail(settings: ProjectSettings, pool: Pool, observe: Observer) -> Iterator[ProjectMail]:
    """Build the mail of a project; its threads end with the block."""
    transport = SmtpTransport(settings.mail) if settings.mail.smtp_host else None
    templates = load_templates(
        settings.mail.templates, site_name=settings.mail.site_name, site_url=settings.auth.site_url
    )
    has_outbox = transport is not None or bool(development_defaults(settings.auth))
    outbox = Outbox(templates, delivers=transport is not None) if has_outbox else None
    try:
        yield ProjectMail(outbox, Delivery(pool, settings.mail, transport, observe, outbox))
    finally:
        if transport is not None:
            transport.close()
