"""The forms in which passwords are stored: argon2id (RFC 9106) for all new ones, bcrypt of imported accounts to verify.

Slow on purpose: `auth.passwords` runs it off the event loop. Whatever the password's length, the work is that of the
stored hash.
"""

from __future__ import annotations

import re

import bcrypt
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

LONGEST_PASSWORD_BYTES = 256
_BCRYPT = re.compile(r"\$2[aby]\$(\d\d)\$[./A-Za-z0-9]{53}")
_LONGEST_BCRYPT_BYTES = 72
_BCRYPT_COSTS = range(4, 15)  # beyond it a sign-in would occupy a core for seconds


class HashUnreadable(ValueError):
    """The text is no hash that can be verified."""


class PasswordHashes:
    """Makes and verifies hashes, with the costs of one project."""

    def __init__(self, *, memory_kib: int, passes: int) -> None:
        self._argon2 = PasswordHasher(time_cost=passes, memory_cost=memory_kib, parallelism=1)

    def hash(self, password: str) -> str:
        """Return a new hash, with its parameters and salt, in the PHC string format."""
        return self._argon2.hash(password)

    def fits(self, password: str, stored: str) -> bool:
        """Say whether a password fits a hash. Raises HashUnreadable."""
        encoded = password.encode()
        is_too_long = len(encoded) > LONGEST_PASSWORD_BYTES
        if stored.startswith("$2"):
            return _fits_bcrypt(encoded, stored)
        try:
            self._argon2.verify(stored, "" if is_too_long else password)
        except InvalidHashError:
            raise HashUnreadable("neither argon2 nor bcrypt") from None
        except VerificationError:
            return False
        return not is_too_long

    def is_outdated(self, stored: str) -> bool:
        """Say whether a hash is of another kind or of other costs than new ones are."""
        return not stored.startswith("$argon2id$") or self._argon2.check_needs_rehash(stored)


def is_readable(stored: str) -> bool:
    """Say whether a hash is of a kind that can be verified, by its form."""
    return stored.startswith(("$argon2id$", "$argon2i$", "$argon2d$")) or _is_bcrypt(stored)


def _fits_bcrypt(encoded: bytes, stored: str) -> bool:
    """Compare with bcrypt, which knows 72 bytes: a longer password never fits, since none was ever set."""
    if not _is_bcrypt(stored):
        raise HashUnreadable("no bcrypt hash of a cost that we verify")
    try:
        fits = bcrypt.checkpw(encoded[:_LONGEST_BCRYPT_BYTES], stored.encode())
    except ValueError as error:
        raise HashUnreadable("no bcrypt hash") from error
    return fits and len(encoded) <= _LONGEST_BCRYPT_BYTES


def _is_bcrypt(stored: str) -> bool:
    match = _BCRYPT.fullmatch(stored)
    return match is not None and int(match[1]) in _BCRYPT_COSTS
