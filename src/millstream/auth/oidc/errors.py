"""What can go wrong with identity providers, one class for each code, by the codes that auth-js knows."""

from __future__ import annotations

from typing import ClassVar

from millstream.auth.errors import AuthError
from millstream.errors import MillstreamError


class ProvidersInvalid(MillstreamError):
    """The setting of the identity providers cannot be read, or lacks something of a provider."""

    code: ClassVar[str] = "identity_providers_invalid"


class OAuthStateInvalid(AuthError):
    """The browser came back with a state that is unknown, used, too old, or of another browser."""

    code: ClassVar[str] = "bad_oauth_state"


class OAuthCallbackInvalid(AuthError):
    """The identity provider refused, or said something that cannot be believed."""

    code: ClassVar[str] = "bad_oauth_callback"


class ProviderUnavailable(AuthError):
    """The identity provider could not be reached. No 5xx: nothing is to be repeated with the same code."""

    code: ClassVar[str] = "oauth_provider_unavailable"


class ProviderEmailUnverified(AuthError):
    """The provider names no e-mail address, or does not say that it is verified."""

    code: ClassVar[str] = "provider_email_needs_verification"
    status: ClassVar[int] = 422


class IdentityTaken(AuthError):
    """The identity belongs to an account already."""

    code: ClassVar[str] = "identity_already_exists"
    status: ClassVar[int] = 422


class IdentityNotFound(AuthError):
    """The account has no such identity."""

    code: ClassVar[str] = "identity_not_found"
    status: ClassVar[int] = 404


class LastIdentity(AuthError):
    """The account has no other way to sign in."""

    code: ClassVar[str] = "single_identity_not_deletable"
    status: ClassVar[int] = 422
