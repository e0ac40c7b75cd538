"""The operating-system user that the embedded PostgreSQL runs as: ourselves, or somebody unprivileged when we are root.

PostgreSQL refuses to run as root. Nothing is created for it: an existing user takes the child process, chosen so that
a second start finds the same one. No file's permissions are ever widened.
"""

from __future__ import annotations

import os
import pwd
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from millstream.server.embedded_settings import UnprivilegedUserMissing

UNPRIVILEGED_USERS = ("postgres", "nobody")


class ChildUser(TypedDict, total=False):
    """The arguments of `subprocess.Popen` that change the user; empty where it stays the same."""

    user: int
    group: int
    extra_groups: list[int]


@dataclass(frozen=True, slots=True)
class Account:
    """A user by number, as files and processes know it."""

    name: str
    uid: int
    gid: int

    @property
    def is_ours(self) -> bool:
        """Say whether this is the user of the running process."""
        return self.uid == os.geteuid()

    @property
    def child_user(self) -> ChildUser:
        """Return what `subprocess.Popen` needs to run a child as this user."""
        return {} if self.is_ours else {"user": self.uid, "group": self.gid, "extra_groups": []}

    def can_enter(self, folder: Path) -> bool:
        """Say whether the user may walk down to `folder`, or to its nearest parent that exists."""
        folder = nearest_existing(folder.resolve())
        return self.is_ours or all(self._may_search(part.stat()) for part in (folder, *folder.parents))

    def give(self, path: Path) -> None:
        """Make the user the owner of a file or folder."""
        if not self.is_ours:
            os.chown(path, self.uid, self.gid)

    def _may_search(self, found: os.stat_result) -> bool:
        if found.st_uid == self.uid:
            return bool(found.st_mode & stat.S_IXUSR)
        if found.st_gid == self.gid:
            return bool(found.st_mode & stat.S_IXGRP)
        return bool(found.st_mode & stat.S_IXOTH)


def nearest_existing(path: Path) -> Path:
    """Return the path itself or its nearest parent that exists."""
    return next(part for part in (path, *path.parents) if part.exists())


def account_for(folder: Path) -> Account:
    """Choose who runs PostgreSQL with its files in `folder`.

    An ordinary user runs it himself. Root runs it as the owner of the folder (or of its nearest existing parent) when
    that is an ordinary user, otherwise as the first of UNPRIVILEGED_USERS that the machine has.
    """
    if os.geteuid() != 0:
        return _account(pwd.getpwuid(os.geteuid())) if _known(os.geteuid()) else _nameless()
    owner = nearest_existing(folder.absolute()).stat().st_uid
    if owner != 0 and _known(owner):
        return _account(pwd.getpwuid(owner))
    by_name = {entry.pw_name: entry for entry in pwd.getpwall()}
    for name in UNPRIVILEGED_USERS:
        if name in by_name and by_name[name].pw_uid != 0:
            return _account(by_name[name])
    raise UnprivilegedUserMissing(
        f"PostgreSQL refuses to run as root, and this machine has no user {' or '.join(UNPRIVILEGED_USERS)}.",
        hint="Run Millstream as an ordinary user, or set DATABASE_URL.",
    )


def _known(uid: int) -> bool:
    return any(entry.pw_uid == uid for entry in pwd.getpwall())


def _account(entry: pwd.struct_passwd) -> Account:
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def _nameless() -> Account:
    raise UnprivilegedUserMissing(
        f"The user number {os.geteuid()} has no name on this machine, which PostgreSQL needs.",
        hint="Run Millstream as a user that the machine knows, or set DATABASE_URL.",
    )
