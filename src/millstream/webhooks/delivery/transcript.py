"""What the log of attempts says of a request and its answer: bounded, harmless to show, without secrets. Pure.

Gets headers and texts from `sender` as they went over the wire; a receiver may answer anything. What it says comes out
as text that a terminal, a page and PostgreSQL take, and what it repeats of our secrets is hidden.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

LONGEST_TEXT = 500
LONGEST_SECRET = 4000
"""As long as a header's value may be: so much more is read of an answer, that none is cut in the middle and kept."""

_HIDDEN = "(hidden)"
_SHORTEST_SECRET = 6
_MOST_HEADERS = 40
_SIGNED = frozenset({"webhook-signature", "x-hub-signature-256", "stripe-signature", "authorization"})
# Controls but tab and newline, lone halves of characters, and what turns the direction of a line or ends it.
_UNSAFE = dict.fromkeys(
    [*range(9), *range(11, 32), *range(127, 160), 0x061C, 0x200E, 0x200F, *range(0x2028, 0x202F),
     *range(0x2066, 0x206A), *range(0xD800, 0xE000)],
    "\N{REPLACEMENT CHARACTER}",
)  # fmt: skip


def plain(text: str) -> str:
    """Return the text with a mark in place of each character that is no text."""
    if text.isascii() and text.isprintable():  # as nearly all are
        return text
    return text.replace("\r\n", "\n").translate(_UNSAFE)


def secrets_of(headers: Mapping[str, str], own: Collection[str]) -> tuple[str, ...]:
    """Return the values of a request that nobody may read: signatures, and headers that its owner added (`own`)."""
    hidden = _hidden_names(own)
    found = [value for name, value in headers.items() if name.lower() in hidden]
    # A receiver may repeat a token without the word before it.
    texts = dict.fromkeys([text for value in found for text in (value, value.rpartition(" ")[2])])
    return tuple([text for text in texts if len(text) >= _SHORTEST_SECRET])


def _hidden_names(own: Collection[str]) -> frozenset[str]:
    return _SIGNED | {name.lower() for name in own} if own else _SIGNED


def without_secrets(text: str, secrets: Iterable[str]) -> str:
    """Return the text of a receiver with what it repeats of our secrets hidden."""
    for secret in secrets:
        text = text.replace(secret, _HIDDEN)
    return text


def request_headers(headers: Mapping[str, str], own: Collection[str]) -> dict[str, str]:
    """Return the headers of a request, with the values hidden that nobody may read."""
    hidden = _hidden_names(own)
    return {name: _HIDDEN if name.lower() in hidden else value for name, value in headers.items()}


def response_headers(headers: Mapping[str, str], secrets: Iterable[str]) -> dict[str, str]:
    """Return the first headers of an answer, each cut to a bound."""
    return {
        plain(name[:LONGEST_TEXT]): _HIDDEN
        if name.lower() == "set-cookie"
        else plain(without_secrets(value, secrets)[:LONGEST_TEXT])
        for name, value in list(headers.items())[:_MOST_HEADERS]
    }


def response_body(kept: bytes, most: int, secrets: Iterable[str]) -> str:
    """Return the beginning of an answer's body as text of at most so many characters."""
    return plain(without_secrets(kept.decode(errors="replace"), secrets))[:most]
