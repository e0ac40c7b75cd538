"""What `millstream doctor` checks of the server's own settings: its port and its keys."""

from __future__ import annotations

import socket
from collections.abc import Iterator

from millstream.auth.settings import AuthSettings, development_defaults
from millstream.cli.check import Check, bad, good, worth_knowing
from millstream.errors import MillstreamError
from millstream.server.project_settings import is_loopback
from millstream.server.settings import ServerSettings
from millstream.server.supervisor import bind


def check_port(server: ServerSettings) -> Check:
    """Check that the server can listen, or that something listens there already."""
    subject = f"port {server.port}"
    try:
        bind(server.host, server.port).close()
    except MillstreamError as error:
        if _answers(server):
            return worth_knowing(
                subject, "something listens there", "If it is not Millstream, choose another port: MILLSTREAM_PORT."
            )
        return bad(subject, error.message, error.hint or "Choose another address: MILLSTREAM_HOST, MILLSTREAM_PORT.")
    return good(subject, f"free on {server.host}")


def check_keys(server: ServerSettings, auth: AuthSettings) -> Iterator[Check]:
    """Check that keys which everybody knows stay on this machine."""
    known = development_defaults(auth)
    if not known:
        yield good("keys", "your own")
    elif is_loopback(server.host):
        yield worth_knowing("keys", "of development, known to everybody", f"Before others connect, set {_list(known)}.")
    else:
        yield bad("keys", f"of development, and {server.host} is not loopback", f"Set {_list(known)}.")


def _answers(server: ServerSettings) -> bool:
    try:
        socket.create_connection((server.host, server.port), timeout=1).close()
    except OSError:
        return False
    return True


def _list(names: tuple[str, ...]) -> str:
    return ", ".join(names)
