"""Which headers an endpoint may add to its requests. Pure.

What frames the request and what proves it are ours. Source: RFC 9110, 5.1 and 5.5; RFC 9112, 11.1 on smuggling.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from millstream.webhooks.administration.errors import HeaderRefused

_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}")
_VALUE = re.compile(r"[\t\x20-\x7e]{0,4000}")
_OURS = frozenset(
    {"host", "content-length", "content-type", "content-encoding", "transfer-encoding", "connection", "keep-alive",
     "upgrade", "te", "trailer", "expect", "proxy-authorization", "proxy-connection", "user-agent",
     "x-hub-signature-256", "stripe-signature"}
)  # fmt: skip


def check_headers(headers: Mapping[str, str]) -> None:
    """Raise HeaderRefused for the first header that may not be."""
    for name, value in headers.items():
        lowered = name.lower()
        if not _NAME.fullmatch(name):
            raise HeaderRefused("The name of a header has letters, digits and dashes.")
        if lowered in _OURS or lowered.startswith("webhook-"):
            raise HeaderRefused(f"The header {name} is set by the sender.")
        if not _VALUE.fullmatch(value):
            raise HeaderRefused(f"The value of the header {name} holds what no header may, or is too long.")
