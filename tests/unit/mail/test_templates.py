from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from millstream.mail.letter import PLACEHOLDERS, Occasion
from millstream.mail.templates import MailTemplateInvalid, load_templates

TEMPLATES = load_templates(None, site_name="Lodge & Tix", site_url="https://lodge.example")
LINK = "https://lodge.example/auth/v1/verify?token=abc&type=recovery"
GIVEN = {"link": LINK, "code": "012345", "new_address": "new@example.org", "title": "A booking", "body": "At nine."}


@pytest.mark.parametrize("occasion", list(Occasion), ids=str)
def test_every_occasion_has_a_letter_whose_two_forms_say_the_same(occasion):
    letter = TEMPLATES.write(occasion, "ada@example.org", GIVEN)
    assert (letter.occasion, letter.recipient) == (occasion, "ada@example.org")
    assert letter.subject
    if occasion is Occasion.NOTIFICATION:
        assert letter.subject == "A booking"
        assert "At nine." in letter.text
        assert "At nine." in letter.html
    elif occasion is not Occasion.ORGANISATION_INVITATION:
        assert "012345" in letter.text
        assert "012345" in letter.html
    assert "$" not in letter.text + letter.html
    if occasion is not Occasion.REAUTHENTICATION:
        assert LINK in letter.text
        assert LINK.replace("&", "&amp;") in letter.html
    assert "Lodge &amp; Tix" in letter.html


def test_a_change_of_address_says_where_the_account_moves():
    letter = TEMPLATES.write(Occasion.EMAIL_CHANGE, "ada@example.org", GIVEN)
    assert "new@example.org" in letter.text
    assert "new@example.org" in letter.html


@given(values=st.fixed_dictionaries({}, optional=dict.fromkeys(PLACEHOLDERS - {"site_name", "site_url"}, st.text())))
def test_values_never_become_markup_template_or_a_second_header(values):
    letter = TEMPLATES.write(Occasion.REAUTHENTICATION, "ada@example.org", values)
    assert len(letter.subject.splitlines()) <= 1
    plain = TEMPLATES.write(Occasion.REAUTHENTICATION, "ada@example.org", dict.fromkeys(values, ""))
    assert letter.html.count("<") == plain.html.count("<")


def test_a_projects_file_takes_the_place_of_ours(tmp_path):
    (tmp_path / "recovery.txt").write_text("Subject: Forgot it, $address?\n\nHere: $link costs $$0\n")
    letter = load_templates(str(tmp_path), site_name="X", site_url="").write(Occasion.RECOVERY, "a@b.c", GIVEN)
    assert letter.subject == "Forgot it, a@b.c?"
    assert letter.text == f"Here: {LINK} costs $0\n"
    assert "Choose a new password" in letter.html


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("Hello\n\n$link", "must begin with a line 'Subject:"),
        ("Subject: Hello\n\n$password", "names password"),
        ("Subject: 5 $ off\n\n$link", "stray"),
    ],
    ids=["no subject", "unknown name", "stray dollar"],
)
def test_a_template_that_cannot_work_is_refused_when_it_is_read(tmp_path, text, problem):
    (tmp_path / "recovery.txt").write_text(text)
    with pytest.raises(MailTemplateInvalid, match=problem):
        load_templates(str(tmp_path), site_name="X", site_url="")
