"""Follows the file of signing keys, so that a rotation needs no restart: a new key goes first, later the old one goes.

The file is looked at every few seconds. One that cannot be read, or is half written, changes nothing: the keys in use
go on, and an observation says so once.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from millstream.auth.auth import Auth
from millstream.auth.keys import SigningKeysInvalid, load_key_ring
from millstream.observe import Level, Observation


@dataclass(frozen=True, slots=True)
class SigningKeysChanged(Observation):
    """The file of signing keys was changed, and its keys are in use."""

    signs_with: str


@dataclass(frozen=True, slots=True)
class SigningKeysUnreadable(Observation):
    """The file of signing keys was changed into something that cannot be used; the keys before it are in use."""

    level: ClassVar[Level] = Level.ERROR
    reason: str


class KeyWatch:
    """Watches the signing keys of one project. Without a file there is nothing to watch."""

    def __init__(self, auth: Auth) -> None:
        self._auth = auth
        name = auth.settings.signing_keys_file
        self._path = Path(name) if name else None
        self._seen = _version(self._path)

    async def run(self) -> None:
        """Watch for ever."""
        while self._path is not None:
            await asyncio.sleep(self._auth.settings.signing_keys_poll_seconds)
            await self.check()

    async def check(self) -> None:
        """Use what the file says, if it has changed."""
        version = _version(self._path)
        if version is None or version == self._seen:
            return
        self._seen = version
        try:
            ring = await asyncio.to_thread(load_key_ring, self._auth.settings)
        except (SigningKeysInvalid, OSError) as error:
            self._auth.observe(SigningKeysUnreadable(str(error)))
            return
        self._auth.use_keys(ring)
        self._auth.observe(SigningKeysChanged(str(ring.signing()[0].get("kid", ""))))


def _version(path: Path | None) -> tuple[int, int, int] | None:
    """Return what differs between two contents of a file; None where there is none."""
    try:
        found = path.stat() if path is not None else None
    except OSError:
        return None
    return (found.st_mtime_ns, found.st_size, found.st_ino) if found is not None else None
