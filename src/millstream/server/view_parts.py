"""What lists of the admin view share: a part of a long one, and the e-mail addresses of those who are in them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from heapq import nsmallest
from typing import Any, TypeVar

from millstream.identity import Claims

Entry = TypeVar("Entry")
MOST_SHOWN = 200


def part(
    entries: Collection[Entry],
    search: str,
    words_of: Callable[[Entry], Iterable[str]],
    key: Callable[[Entry], Any],
    show: Callable[[Entry], dict[str, Any]],
) -> dict[str, Any]:
    """Return what fits, in order, and how many there are of all and of those; only what is shown is built."""
    fitting = entries
    if search:
        fitting = [each for each in entries if any(search in word.lower() for word in words_of(each))]
    shown = [show(each) for each in nsmallest(MOST_SHOWN, fitting, key)]
    return {"total": len(entries), "fitting": len(fitting), "shown": shown}


def emails_of(callers: Iterable[Claims]) -> dict[str, str]:
    """Return the e-mail address of each caller, by subject, as far as the tokens say one."""
    said = {claims.subject: claims.payload().get("email") for claims in callers if claims.subject is not None}
    return {subject: str(email) for subject, email in said.items() if email}
