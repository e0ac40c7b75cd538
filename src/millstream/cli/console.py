"""The terminal: what the commands print, and how an expected error looks there. No other package prints.

Results go to standard output, so that they can be piped; everything about them goes to standard error.
"""

from __future__ import annotations

import sys

from rich.console import Console
from rich.text import Text

from millstream.errors import MillstreamError

_PIPED_WIDTH = 1000


def output() -> Console:
    """Return the console of results; what is piped is never cut to the width of a terminal."""
    return Console(highlight=False, soft_wrap=True, width=None if sys.stdout.isatty() else _PIPED_WIDTH)


def messages() -> Console:
    """Return the console of everything else: progress, questions, errors."""
    return Console(stderr=True, highlight=False, soft_wrap=True)


def show_error(error: MillstreamError) -> None:
    """Print what went wrong, and below it what to do about it."""
    console = messages()
    console.print(Text.assemble(("error: ", "bold red"), error.message))
    if error.hint:
        console.print(Text.assemble(("  → ", "bold"), error.hint))


def show_done(what: str) -> None:
    """Print one thing that was done."""
    messages().print(Text.assemble(("✓ ", "green"), what))


def show_size(octets: float) -> str:
    """Render a number of bytes as people read it."""
    size = float(octets)
    for unit in ("B", "KiB", "MiB", "GiB"):
        if abs(size) < 1024:
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1024
    return f"{size:.1f} TiB"
