"""Shows the long steps of a start: a spinner with all that last, then a line with its seconds for each that is done."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator

from rich.console import Console
from rich.status import Status
from rich.text import Text


class Steps:
    """The steps of one start, on one console. Where that is no terminal there are only the finished lines."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._lasting: list[str] = []
        self._status: Status | None = None

    @contextlib.contextmanager
    def step(self, title: str) -> Iterator[None]:
        """Show a step for the length of the block, others may last meanwhile; one that fails leaves no line."""
        begun = time.monotonic()
        self._lasting.append(title)
        self._show()
        try:
            yield
        finally:
            self._lasting.remove(title)
            self._show()
        seconds = time.monotonic() - begun
        self._console.print(Text.assemble(("✓ ", "green"), title, (f"  {seconds:.1f} s", "dim")))

    def note(self, text: str) -> None:
        """Show a line that belongs to the step before it."""
        self._console.print(Text.assemble("  ", (text, "dim")))

    def warn(self, text: str) -> None:
        """Show something that works less well than it could, with its remedy."""
        self._console.print(Text.assemble(("! ", "yellow"), text))

    def _show(self) -> None:
        """Keep one spinner for all that last: a console has room for one."""
        if not self._lasting:
            if self._status is not None:
                self._status.stop()
            self._status = None
            return
        text = f"{' · '.join(self._lasting)} …"
        if self._status is None:
            self._status = self._console.status(text)
            self._status.start()
        else:
            self._status.update(text)
