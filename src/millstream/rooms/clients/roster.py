"""Every connected client of a project, by session and by person."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Generic, Protocol, TypeVar

from millstream.identity import Claims


class Listed(Protocol):
    """What the roster needs to know of a client."""

    @property
    def claims(self) -> Claims:
        """Who it is."""
        ...

    @property
    def pid(self) -> str:
        """The secret id of its session."""
        ...


One = TypeVar("One", bound=Listed)


class Roster(Generic[One]):
    """Clients as they come and go. A client stays the same person for as long as it is listed."""

    __slots__ = ("_by_pid", "_by_subject")

    def __init__(self) -> None:
        self._by_pid: dict[str, One] = {}
        self._by_subject: dict[str, dict[str, One]] = {}

    def __iter__(self) -> Iterator[One]:
        return iter(list(self._by_pid.values()))

    def __len__(self) -> int:
        return len(self._by_pid)

    def add(self, one: One) -> None:
        """List a client."""
        self._by_pid[one.pid] = one
        if one.claims.subject is not None:
            self._by_subject.setdefault(one.claims.subject, {})[one.pid] = one

    def remove(self, one: One) -> None:
        """Forget a client."""
        if self._by_pid.get(one.pid) is not one:
            return
        del self._by_pid[one.pid]
        subject = one.claims.subject
        if subject is not None:
            del self._by_subject[subject][one.pid]
            if not self._by_subject[subject]:
                del self._by_subject[subject]

    def of_session(self, pid: object) -> One | None:
        """Return the client of a session, if it is connected."""
        return self._by_pid.get(pid) if isinstance(pid, str) else None

    def of_person(self, subject: str) -> list[One]:
        """Return the clients of a person."""
        return list(self._by_subject.get(subject, {}).values())
