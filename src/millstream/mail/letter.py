"""The mails that Millstream writes, and what each may say. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Occasion(StrEnum):
    """What a mail is for; also the name of its template."""

    CONFIRMATION = "confirmation"
    MAGIC_LINK = "magic_link"
    RECOVERY = "recovery"
    INVITATION = "invitation"
    ORGANISATION_INVITATION = "organisation_invitation"
    EMAIL_CHANGE = "email_change"
    REAUTHENTICATION = "reauthentication"
    NOTIFICATION = "notification"


PLACEHOLDERS = frozenset(
    {
        "site_name",
        "site_url",
        "address",
        "new_address",
        "link",
        "code",
        "organisation",
        "role",
        "inviter",
        "title",
        "body",
    }
)
"""What a template may name, as `$name`. All of them are always given; what does not apply is empty."""


@dataclass(frozen=True, slots=True)
class Letter:
    """One mail, written out. `text` and `html` say the same."""

    occasion: Occasion
    recipient: str
    subject: str
    text: str
    html: str
