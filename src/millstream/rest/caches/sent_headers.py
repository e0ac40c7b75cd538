"""The headers of a request, and what transactions are told of them, made once for clients that send the same again.

Made by `asgi.rest` from what came over the wire; `rest.handler` reads them. Most clients send equal headers with every
request, so those that came last are kept, a bounded number of them and none that is large. No I/O.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any

import orjson

from millstream.rest.transaction.runner import Opening

_MOST_KEPT = 512
_LARGEST_KEPT_BYTES = 8 * 1024
_MOST_OPENINGS = 8

Raw = Sequence[tuple[bytes, bytes]]


class SentHeaders(dict[str, str]):
    """Headers by name in lower case; those given more than once are joined. Never changed once made."""

    def __init__(self, headers: Iterable[tuple[str, str]] = ()) -> None:
        super().__init__(headers)
        self._openings: dict[Any, Opening] = {}

    @classmethod
    def of(cls, raw: Raw) -> SentHeaders:
        """Decode headers as they came."""
        headers = cls()
        for name, value in raw:
            key, text = name.decode("latin-1"), value.decode("latin-1")
            if key in headers:
                text = f"{headers[key]}{'; ' if key == 'cookie' else ', '}{text}"
            headers[key] = text
        return headers

    @cached_property
    def json(self) -> str:
        """Return all but cookies as the setting `request.headers`."""
        return orjson.dumps({name: value for name, value in self.items() if name != "cookie"}).decode()

    @cached_property
    def cookies(self) -> str:
        """Return the cookies as the setting `request.cookies`."""
        pairs = (part.partition("=") for part in self.get("cookie", "").split(";"))
        return orjson.dumps({name.strip(): value.strip() for name, _, value in pairs if name.strip()}).decode()

    def opening(self, key: Any) -> Opening | None:
        """Return the opening that was kept under a key that names all else it is made of."""
        return self._openings.get(key)

    def keep_opening(self, key: Any, opening: Opening) -> None:
        """Keep an opening for the next request; only a few."""
        if len(self._openings) >= _MOST_OPENINGS:
            self._openings.clear()
        self._openings[key] = opening


class HeaderMemory:
    """The headers that came last; the least recently used go first."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[tuple[bytes, bytes], ...], SentHeaders] = OrderedDict()

    def read(self, raw: Raw) -> SentHeaders:
        """Return the headers, decoded now or before."""
        key = tuple(raw)
        found = self._kept.get(key)
        if found is not None:
            self._kept.move_to_end(key)
            return found
        headers = SentHeaders.of(raw)
        if sum(len(name) + len(value) for name, value in raw) <= _LARGEST_KEPT_BYTES:
            self._kept[key] = headers
            if len(self._kept) > _MOST_KEPT:
                self._kept.popitem(last=False)
        return headers
