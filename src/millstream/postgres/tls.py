"""TLS to the database as libpq's `sslmode` means it, and the certificate's hash for SCRAM channel binding.

Called by `wire` when it dials. `require` encrypts without knowing the peer unless a root certificate is given;
`verify-ca` and `verify-full` know it, and nothing here ever falls back to plain text for them.
"""

from __future__ import annotations

import ssl

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.hashes import MD5, SHA1, SHA256, Hash

from millstream.postgres.errors import TlsUnavailable
from millstream.postgres.settings import Address

_MODES = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")


def demands_tls(address: Address) -> bool:
    """Tell whether a plain connection is out of the question."""
    _require_known(address.sslmode)
    return address.sslmode in {"require", "verify-ca", "verify-full"} and not address.is_socket


def tries_tls(address: Address) -> bool:
    """Tell whether to ask the server for TLS at all."""
    _require_known(address.sslmode)
    return address.sslmode != "disable" and not address.is_socket


def tls_context(address: Address) -> ssl.SSLContext:
    """Build the context for the address; raise TlsUnavailable when its root certificate cannot be read."""
    root = address.sslrootcert
    try:
        context = ssl.create_default_context(cafile=None if root == "system" else root)
    except (OSError, ssl.SSLError) as error:
        raise TlsUnavailable(f"The root certificate of the database cannot be read: {error}.") from error
    context.check_hostname = address.sslmode == "verify-full"
    if not address.sslmode.startswith("verify") and not (root and address.sslmode == "require"):
        context.verify_mode = ssl.CERT_NONE
    return context


def certificate_hash(certificate: bytes) -> bytes | None:
    """Hash a DER certificate for `tls-server-end-point` (RFC 5929 section 4.1); None where that is not defined."""
    try:
        algorithm = x509.load_der_x509_certificate(certificate).signature_hash_algorithm
    except (ValueError, UnsupportedAlgorithm):
        return None
    if algorithm is None:
        return None
    digest = Hash(SHA256() if isinstance(algorithm, MD5 | SHA1) else algorithm)
    digest.update(certificate)
    return digest.finalize()


def _require_known(mode: str) -> None:
    if mode not in _MODES:
        raise TlsUnavailable(f"The sslmode {mode!r} does not exist.", hint=f"Use one of {', '.join(_MODES)}.")
