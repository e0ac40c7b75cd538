"""Where an application is served and with which key its pages open it, as its own portal is told.

Asked once by `millstream simulate`: one server may have several applications below their names, or one at its root.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import aiohttp

from millstream.errors import MillstreamError


class ServerUnknown(MillstreamError):
    """No server answers there, or it does not serve this application."""

    code: ClassVar[str] = "server_unknown"


@dataclass(frozen=True, slots=True)
class Server:
    """A project's URL, its prefix included, and the key of anonymous callers."""

    url: str
    key: str


async def find_server(session: aiohttp.ClientSession, url: str, app: str) -> Server:
    """Return where the application is served below a URL; raises ServerUnknown."""
    base = url.rstrip("/")
    for found in (f"{base}/{app}", base):
        try:
            async with session.get(f"{found}/config.json") as answer:
                config = await answer.json() if answer.ok else None
        except (aiohttp.ClientConnectionError, TimeoutError) as error:
            raise ServerUnknown(
                f"No server answers at {base}.", hint="Start one, for instance with `make run`, or give --url."
            ) from error
        except (aiohttp.ClientError, ValueError):
            continue
        if isinstance(config, dict) and config.get("name") == app and isinstance(config.get("anonKey"), str):
            return Server(found, config["anonKey"])
    raise ServerUnknown(f"The server at {base} does not serve {app}.", hint="MILLSTREAM_APP says what it serves.")
