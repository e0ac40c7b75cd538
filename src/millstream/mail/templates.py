"""Writes letters from templates: a text and an HTML file for each occasion, built in or a project's own.

A text file begins with a line `Subject: …` and an empty line. Values enter by `$name`: escaped in HTML, on one line in
the subject, never read as a template again. A project's file that names an unknown placeholder is refused when the
project starts and not when somebody waits for a mail.
"""

from __future__ import annotations

import html
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import ClassVar

from millstream.errors import MillstreamError
from millstream.mail.letter import PLACEHOLDERS, Letter, Occasion

_SUBJECT = "Subject: "
_LAYOUT = "layout.html"


class MailTemplateInvalid(MillstreamError):
    """A template has no subject, or names something that no mail knows."""

    code: ClassVar[str] = "mail_template_invalid"


@dataclass(frozen=True, slots=True)
class _Parts:
    subject: Template
    text: Template
    html: Template


class Templates:
    """The templates of one project."""

    def __init__(self, parts: Mapping[Occasion, _Parts], layout: Template, site_name: str, site_url: str) -> None:
        self._parts = parts
        self._layout = layout
        self._always = {"site_name": site_name, "site_url": site_url}
        self.site_url = site_url

    def write(self, occasion: Occasion, recipient: str, values: Mapping[str, str]) -> Letter:
        """Return the letter for an occasion; `values` are some of PLACEHOLDERS, beside the site and the address."""
        parts = self._parts[occasion]
        known = {**dict.fromkeys(PLACEHOLDERS, ""), **self._always, "address": recipient, **values}
        escaped = {name: html.escape(value) for name, value in known.items()}
        subject = " ".join(parts.subject.substitute(known).split())
        content = parts.html.substitute(escaped)
        page = self._layout.substitute(escaped, subject=html.escape(subject), content=content)
        return Letter(occasion, recipient, subject, parts.text.substitute(known), page)


def load_templates(folder: str | None, *, site_name: str, site_url: str) -> Templates:
    """Read every template. Raises MailTemplateInvalid."""
    built_in = files("millstream.mail") / "letters"

    def read(name: str) -> str:
        own = Path(folder) / name if folder else None
        return (own if own is not None and own.is_file() else built_in / name).read_text(encoding="utf-8")

    parts = {each: _parse(each, read(f"{each}.txt"), read(f"{each}.html")) for each in Occasion}
    layout = _template(_LAYOUT, read(_LAYOUT), PLACEHOLDERS | {"subject", "content"})
    return Templates(parts, layout, site_name, site_url)


def _parse(occasion: Occasion, text: str, page: str) -> _Parts:
    name = f"{occasion}.txt"
    first, _, body = text.partition("\n")
    if not first.startswith(_SUBJECT):
        raise MailTemplateInvalid(f"The mail template {name} must begin with a line 'Subject: …'.")
    return _Parts(
        subject=_template(name, first.removeprefix(_SUBJECT), PLACEHOLDERS),
        text=_template(name, body.lstrip("\n"), PLACEHOLDERS),
        html=_template(f"{occasion}.html", page, PLACEHOLDERS),
    )


def _template(name: str, text: str, known: frozenset[str]) -> Template:
    template = Template(text)
    if not template.is_valid():
        raise MailTemplateInvalid(f"The mail template {name} has a stray '$'.", hint="Write $$ for a dollar sign.")
    unknown = set(template.get_identifiers()) - known
    if unknown:
        raise MailTemplateInvalid(
            f"The mail template {name} names {', '.join(sorted(unknown))}, which no mail knows.",
            hint=f"A template may name {', '.join(sorted(known))}.",
        )
    return template
