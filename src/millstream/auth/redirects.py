"""Decides where a link of a mail may send somebody afterwards, tokens in hand. Pure.

Only the site itself and origins or whole URLs that the project lists: anything else goes to the site, never to where
the link asks (RFC 9700 section 4.11).
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode, urlsplit, urlunsplit

from millstream.auth.settings import AuthSettings

_WEB = {"http", "https"}


def allowed_redirect(settings: AuthSettings, wanted: str | None) -> str:
    """Return the wanted URL where it is allowed, else the site's."""
    if not wanted:
        return settings.site_url
    if wanted in settings.redirect_urls:
        return wanted
    origin = _origin(wanted)
    allowed = {_origin(url) for url in (settings.site_url, *settings.redirect_urls)}
    return wanted if origin is not None and origin in allowed else settings.site_url


def with_fragment(url: str, values: Mapping[str, str]) -> str:
    """Return a URL that carries values in its fragment, which browsers do not send to servers."""
    return f"{url.partition('#')[0]}#{urlencode(values)}"


def with_query(url: str, values: Mapping[str, str]) -> str:
    """Return a URL that carries further values in its query, for what nobody else can use."""
    parts = urlsplit(url)
    query = "&".join(filter(None, [parts.query, urlencode(values)]))
    return urlunsplit(parts._replace(query=query, fragment=""))


def _origin(url: str) -> tuple[str, str] | None:
    """Return scheme and authority of a web URL; None for what browsers and we could read differently."""
    if any(character in url for character in "\\@\t\r\n ") or not url.isprintable():
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return (parts.scheme, parts.netloc.lower()) if parts.scheme in _WEB and parts.netloc else None
