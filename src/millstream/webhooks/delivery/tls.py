"""The TLS of an endpoint that has certificates of its own: authorities beside the system's, and one to show.

Contexts are kept by content, a few hundred at most, since making one reads all authorities of the system.
"""

from __future__ import annotations

import functools
import os
import ssl
import tempfile
from pathlib import Path
from typing import ClassVar

from millstream.errors import MillstreamError
from millstream.webhooks.endpoints.transport import Transport


class CertificateInvalid(MillstreamError):
    """Raised for certificates or a key of an endpoint that cannot be read, or do not belong together."""

    code: ClassVar[str] = "webhook_certificate_invalid"
    status: ClassVar[int] = 422


def tls_context(transport: Transport) -> ssl.SSLContext:
    """Return the context of an endpoint's connections; raises CertificateInvalid."""
    return _context(transport.ca_certificates, transport.client_certificate, transport.client_key)


@functools.lru_cache(maxsize=256)
def _context(authorities: str | None, certificate: str | None, key: str | None) -> ssl.SSLContext:
    context = ssl.create_default_context()
    try:
        if authorities is not None:
            context.load_verify_locations(cadata=authorities)
        if certificate is not None:
            _load_certificate(context, certificate, key)
    except (ssl.SSLError, ValueError) as error:
        raise CertificateInvalid("The certificates, or the key that belongs to them, cannot be read.") from error
    return context


def _load_certificate(context: ssl.SSLContext, certificate: str, key: str | None) -> None:
    """Load a certificate with its key, which OpenSSL takes from a file alone: one that nobody else may read."""
    descriptor, name = tempfile.mkstemp(prefix="millstream-")
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(f"{certificate}\n{key or ''}\n")
        # Without a password: one that is asked for would be asked for on the terminal.
        context.load_cert_chain(name, password="")
    finally:
        Path(name).unlink()
