from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from millstream.mail.delivery import compose
from millstream.mail.outbox import DueMail
from millstream.mail.retry_schedule import wait_after
from millstream.mail.settings import MailSettings, SmtpSecurityUnknown
from millstream.mail.transport import MailRefused

ID = UUID("6f1c0c1e-6f64-4b7b-9c39-0f0f6f1f2a10")


def due(**other):
    values = {"recipient": "ada@example.org", "subject": "Grüße", "text": "Hello\n", "html": "<p>Hello</p>"}
    return DueMail(id=ID, attempt=1, **{**values, **other})


def test_a_mail_travels_as_text_and_html_under_an_id_of_its_own():
    message = compose(due(), "Lodge <tickets@lodge.example>")
    assert message["Message-ID"] == f"<{ID}@lodge.example>"
    assert (message["From"], message["To"], message["Subject"]) == (
        "Lodge <tickets@lodge.example>",
        "ada@example.org",
        "Grüße",
    )
    assert message["Auto-Submitted"] == "auto-generated"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    assert b"\nSubject: =?utf-8?" in message.as_bytes()


@pytest.mark.parametrize("field", ["recipient", "subject"])
def test_a_line_break_cannot_begin_another_header(field):
    with pytest.raises(MailRefused):
        compose(due(**{field: "x@example.org\r\nBcc: eve@example.org"}), "no-reply@localhost")


def test_retries_become_rarer_and_end_before_most_links_do():
    waits = [wait_after(attempt) for attempt in range(1, MailSettings().attempts)]
    assert waits[:3] == [timedelta(seconds=5), timedelta(seconds=15), timedelta(seconds=45)]
    assert sum(waits, timedelta()) < timedelta(minutes=45)


@given(attempt=st.integers(min_value=1, max_value=10**6))
def test_a_wait_never_shrinks_and_never_passes_an_hour(attempt):
    assert wait_after(attempt) <= wait_after(attempt + 1) <= timedelta(hours=1)


def test_an_unknown_kind_of_encryption_is_refused():
    with pytest.raises(SmtpSecurityUnknown):
        MailSettings(smtp_security="ssl3")
