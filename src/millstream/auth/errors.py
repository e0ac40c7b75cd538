"""What can go wrong in auth, one class for each code, by the codes and statuses that auth-js knows.

Raised by the flows and by `auth.tokens`; `asgi.auth` renders them in the two shapes that clients read. The data API
and the socket render the same token errors in their own dialects, by class.
"""

from __future__ import annotations

from typing import ClassVar

from millstream.errors import MillstreamError


class AuthError(MillstreamError):
    """An expected refusal of auth. Never a 5xx: auth-js would take it for an outage and keep a dead session."""

    code: ClassVar[str] = "validation_failed"
    status: ClassVar[int] = 400


class ValidationFailed(AuthError):
    """A field of the request is missing or has the wrong form."""


class BadJson(AuthError):
    """The body is not the JSON object that the route needs."""

    code = "bad_json"


class RequestTooLarge(AuthError):
    """The body is longer than any honest one."""

    code = "request_too_large"
    status = 413


class RouteNotFound(AuthError):
    """Nothing is served at this path."""

    code = "not_found"
    status = 404


class NoAuthorization(AuthError):
    """The route needs an access token, and there is none."""

    code = "no_authorization"
    status = 401


class TokenRefused(AuthError):
    """An access token that does not count, whatever the reason; subclasses say which."""

    code = "bad_jwt"
    status = 403


class TokenMalformed(TokenRefused):
    """Not a JWT that we read: wrong form, size, algorithm, unknown critical header, or claims of wrong type."""


class TokenClaimMissing(TokenMalformed):
    """A claim that every token has, `role` or `exp`, is not there."""


class TokenTimeInvalid(TokenMalformed):
    """`exp`, `iat` or `nbf` is no time."""


class TokenSignatureInvalid(TokenRefused):
    """Nobody whose key we hold signed this."""


class TokenClaimsInvalid(TokenRefused):
    """The signature is right, but a claim says that the token is not for us."""


class TokenExpired(TokenClaimsInvalid):
    """`exp` has passed."""


class TokenNotYetValid(TokenClaimsInvalid):
    """`nbf` or `iat` lies in the future."""


class TokenRevoked(TokenClaimsInvalid):
    """The session of this token was ended; the token's own time is not over."""

    code = "session_not_found"


class ApiKeyUnknown(TokenRefused):
    """An opaque key that this project does not have."""

    code = "invalid_api_key"
    status = 401


class SecretKeyFromBrowser(TokenRefused):
    """A secret key came from a browser, where anybody can read it."""

    code = "secret_key_from_browser"
    status = 401


class ApiKeyMissing(AuthError):
    """The project wants a key with every request."""

    code = "no_api_key"
    status = 401


class NotAdmin(AuthError):
    """The route is for the service role."""

    code = "not_admin"
    status = 403


class InvalidCredentials(AuthError):
    """Wrong password, unknown address, or no password at all: deliberately the same."""

    code = "invalid_credentials"


class EmailNotConfirmed(AuthError):
    """The password is right, the address not yet confirmed."""

    code = "email_not_confirmed"


class UserBanned(AuthError):
    """The account is banned for now."""

    code = "user_banned"


class UserAlreadyExists(AuthError):
    """An account has this address already; said only where addresses need no confirmation."""

    code = "user_already_exists"
    status = 422


class EmailExists(AuthError):
    """Another account has the address that was asked for."""

    code = "email_exists"
    status = 422


class SignUpDisabled(AuthError):
    """The project takes no new accounts."""

    code = "signup_disabled"
    status = 422


class AnonymousProviderDisabled(AuthError):
    """The project takes no guests."""

    code = "anonymous_provider_disabled"
    status = 422


class PhoneProviderDisabled(AuthError):
    """Signing in by telephone is not offered."""

    code = "phone_provider_disabled"


class ProviderDisabled(AuthError):
    """An identity provider, or a whole way of signing in, is not offered here."""

    code = "provider_disabled"


class WeakPassword(AuthError):
    """The password breaks the rules; `reasons` as auth-js reads them: length, characters, pwned."""

    code = "weak_password"
    status = 422

    def __init__(self, message: str, *, reasons: tuple[str, ...]) -> None:
        super().__init__(message)
        self.reasons = reasons


class SamePassword(AuthError):
    """The new password is the old one."""

    code = "same_password"
    status = 422


class MailDisabled(AuthError):
    """The project sends no mail."""

    code = "email_provider_disabled"
    status = 422


class OtpDisabled(AuthError):
    """Signing in by mailed code or link is not offered."""

    code = "otp_disabled"
    status = 422


class ReauthenticationNeeded(AuthError):
    """A new password needs a mailed code, because the sign-in was long ago."""

    code = "reauthentication_needed"


class ReauthenticationNotValid(AuthError):
    """The mailed code that shall prove the user again does not count."""

    code = "reauthentication_not_valid"
    status = 422


class FlowStateNotFound(AuthError):
    """No sign-in with PKCE has this code (any more)."""

    code = "flow_state_not_found"
    status = 404


class FlowStateExpired(AuthError):
    """The code of a sign-in with PKCE was exchanged too late."""

    code = "flow_state_expired"
    status = 422


class BadCodeVerifier(AuthError):
    """The verifier does not meet the challenge that the sign-in began with (RFC 7636 section 4.6)."""

    code = "bad_code_verifier"


class InsufficientAal(AuthError):
    """The session was not raised by a second factor, and what is asked needs that."""

    code = "insufficient_aal"
    status = 403


class FactorNotFound(AuthError):
    """The account has no such factor."""

    code = "mfa_factor_not_found"
    status = 404


class FactorNameTaken(AuthError):
    """Another factor of the account has this name."""

    code = "mfa_factor_name_conflict"
    status = 422


class TooManyFactors(AuthError):
    """The account has as many factors as it may have."""

    code = "too_many_enrolled_mfa_factors"
    status = 422


class PhoneFactorsDisabled(AuthError):
    """Codes by telephone are not offered."""

    code = "mfa_phone_enroll_not_enabled"
    status = 422


class WebauthnFactorsDisabled(AuthError):
    """Security keys are not offered."""

    code = "mfa_webauthn_enroll_not_enabled"
    status = 422


class ChallengeExpired(AuthError):
    """The question that a code answers is too old, was answered before, or was never put."""

    code = "mfa_challenge_expired"
    status = 422


class CodeWrong(AuthError):
    """The authenticator's code does not count: wrong, of another time, or used before."""

    code = "mfa_verification_failed"
    status = 422


class RefreshTokenNotFound(AuthError):
    """No session has this refresh token (any more)."""

    code = "refresh_token_not_found"


class RefreshTokenAlreadyUsed(AuthError):
    """The refresh token was used before and the reuse window is over: its session is revoked."""

    code = "refresh_token_already_used"


class OtpExpired(AuthError):
    """A mailed link or code does not count: expired, used, or never made."""

    code = "otp_expired"
    status = 403


class SessionExpired(AuthError):
    """The session has reached the longest life that the project allows."""

    code = "session_expired"


class SessionNotFound(AuthError):
    """The token is good, its session was ended."""

    code = "session_not_found"
    status = 403


class UserNotFound(AuthError):
    """The token is good, its user is gone."""

    code = "user_not_found"
    status = 403


class AccountNotFound(AuthError):
    """An administrator asked for a user who is not there."""

    code = "user_not_found"
    status = 404


class LastOwner(AuthError):
    """An organisation would have no owner left; somebody else must become one first."""

    code = "last_owner"
    status = 409


class RateLimited(AuthError):
    """Too many requests from this address or for this account, or more passwords than the cores can hash."""

    code = "over_request_rate_limit"
    status = 429

    def __init__(self, message: str = "Request rate limit reached", *, retry_after_seconds: int = 1) -> None:
        super().__init__(message)
        self.retry_after_seconds = retry_after_seconds


class MailRateLimited(RateLimited):
    """Too many mails to one address, or by order of one network address."""

    code = "over_email_send_rate_limit"


class DatabaseUnavailable(MillstreamError):
    """The database does not answer. A 503 on purpose: clients keep the session and try again."""

    code: ClassVar[str] = "request_timeout"
    status: ClassVar[int] = 503


class DatabaseFailed(MillstreamError):
    """The database refused what auth did, and it is not the caller's doing."""

    code: ClassVar[str] = "unexpected_failure"
    status: ClassVar[int] = 500
