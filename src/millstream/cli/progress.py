"""Shows the long steps of a start, one after the other: a spinner while one lasts, then a line with its seconds."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator

from rich.console import Console
from rich.text import Text


class Steps:
    """The steps of one start, on one console. Where that is no terminal there are only the finished lines."""

    def __init__(self, console: Console) -> None:
        self._console = console

    @contextlib.contextmanager
    def step(self, title: str) -> Iterator[None]:
        """Show a step for the length of the block; a step that fails leaves no line, its error says more."""
        begun = time.monotonic()
        with self._console.status(f"{title} …"):
            yield
        seconds = time.monotonic() - begun
        self._console.print(Text.assemble(("✓ ", "green"), title, (f"  {seconds:.1f} s", "dim")))

    def note(self, text: str) -> None:
        """Show a line that belongs to the step before it."""
        self._console.print(Text.assemble("  ", (text, "dim")))

    def warn(self, text: str) -> None:
        """Show something that works less well than it could, with its remedy."""
        self._console.print(Text.assemble(("! ", "yellow"), text))
