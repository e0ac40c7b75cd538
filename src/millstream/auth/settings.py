"""The settings of one project's auth: keys and secrets, lifetimes, what sign-up allows, costs and limits.

`server.settings` fills `AuthSettings` from the environment; everything else in `auth` receives it. The defaults of
the secrets are the public ones of the Supabase CLI, so that existing client code runs unedited in development;
`development_defaults` names those still in use, and the server refuses to leave loopback with any of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from millstream.errors import MillstreamError
from millstream.setting import setting, settings_of

DEVELOPMENT_JWT_SECRET = "super-secret-jwt-token-with-at-least-32-characters-long"  # noqa: S105 - public on purpose
DEVELOPMENT_PUBLISHABLE_KEY = "sb_publishable_ACJWlzQHlZjBrEguHvfOxg_3BJgxAaH"
DEVELOPMENT_SECRET_KEY = "sb_secret_N7UND0UgjKTVK-Uodkm0Hg_xSvEMPvz"  # noqa: S105 - public on purpose

MINIMUM_SECRET_LENGTH = 32


LONGEST_ACCESS_TOKEN_SECONDS = 7 * 86_400


class AccessTokenTooLong(MillstreamError):
    """Access tokens would live longer than the ends of sessions are remembered."""

    code: ClassVar[str] = "access_token_too_long"


class JwtSecretTooShort(MillstreamError):
    """The shared secret could be found by trying: RFC 7518 section 3.2 wants as many bits as the hash has."""

    code: ClassVar[str] = "jwt_secret_too_short"


@dataclass(frozen=True, slots=True)
class AuthSettings:
    """Who may sign in, how, and for how long."""

    jwt_secret: str = setting(
        DEVELOPMENT_JWT_SECRET,
        env="JWT_SECRET",
        doc="Shared secret of HS256 tokens and legacy API keys, at least 32 characters.",
        secret=True,
    )
    encryption_keys: tuple[str, ...] = setting(
        (),
        env="ENCRYPTION_KEYS",
        doc="Key material by which secrets of authenticators are encrypted at rest, the newest first, separated by "
        "commas; behind them comes the shared secret, which alone does it by default.",
        secret=True,
    )
    signing_keys_file: str | None = setting(
        None,
        env="SIGNING_KEYS_FILE",
        doc="JWK set: its first private key signs access tokens, all verify. Made with an ES256 key when missing. "
        "Without it tokens are signed HS256 with the shared secret.",
    )
    signing_keys_poll_seconds: float = setting(
        5.0,
        env="SIGNING_KEYS_POLL_SECONDS",
        doc="How often that file is looked at, so that a rotation needs no restart.",
    )
    publishable_keys: tuple[str, ...] = setting(
        (DEVELOPMENT_PUBLISHABLE_KEY,),
        env="PUBLISHABLE_KEYS",
        doc="Opaque `sb_publishable_…` keys that stand for the role anon, separated by commas.",
    )
    secret_keys: tuple[str, ...] = setting(
        (DEVELOPMENT_SECRET_KEY,),
        env="SECRET_KEYS",
        doc="Opaque `sb_secret_…` keys that stand for the role service_role, separated by commas.",
        secret=True,
    )
    secret_keys_from_browsers: bool = setting(
        False, env="SECRET_KEYS_FROM_BROWSERS", doc="Whether a secret key is accepted from a web browser."
    )
    api_key_required: bool = setting(
        False, env="API_KEY_REQUIRED", doc="Whether a request without any key is refused instead of being anon."
    )
    jwt_audience: str | None = setting(
        None, env="JWT_AUDIENCE", doc="Audience that a token's `aud` must hold where it has one; empty accepts any."
    )
    jwt_issuers: tuple[str, ...] = setting(
        (), env="JWT_ISSUERS", doc="Issuers whose tokens are accepted, compared whole; empty accepts any."
    )
    clock_leeway_seconds: int = setting(
        30, env="CLOCK_LEEWAY_SECONDS", doc="By how much another clock may differ when exp, nbf and iat are judged."
    )
    token_cache_size: int = setting(
        10_000, env="TOKEN_CACHE_SIZE", doc="Verified access tokens remembered until they expire."
    )
    access_token_seconds: int = setting(3600, env="ACCESS_TOKEN_SECONDS", doc="Lifetime of an access token.")
    refresh_reuse_seconds: int = setting(
        10,
        env="REFRESH_REUSE_SECONDS",
        doc="How long a used refresh token still returns its session (two tabs at once); later use revokes it.",
    )
    session_seconds: int = setting(
        0, env="SESSION_SECONDS", doc="Longest life of a session from sign-in, however often refreshed; 0 is unlimited."
    )
    site_url: str = setting(
        "http://127.0.0.1:54321", env="SITE_URL", doc="URL of the site that people return to from mails."
    )
    redirect_urls: tuple[str, ...] = setting(
        (),
        env="REDIRECT_URLS",
        doc="URLs beside the site's whose origin mailed links may lead to; another scheme must be listed whole.",
    )
    issuer: str | None = setting(
        None, env="JWT_ISSUER", doc="`iss` of issued tokens; by default the URL of this project's auth API."
    )
    oidc_providers: str = setting(
        "",
        env="OIDC_PROVIDERS",
        doc='Identity providers that speak OpenID Connect, as JSON by name: `{"google": {"issuer": '
        '"https://accounts.google.com", "client_id": "…", "client_secret": "…"}}`; `scopes` may be given.',
        secret=True,
    )
    one_time_token_seconds: int = setting(
        3600, env="ONE_TIME_TOKEN_SECONDS", doc="How long a link or code that proves an address counts."
    )
    sign_up: bool = setting(True, env="SIGN_UP", doc="Whether people may make accounts themselves.")
    autoconfirm: bool = setting(
        True, env="AUTOCONFIRM", doc="Whether a new address counts as confirmed without a mail."
    )
    confirm_change_twice: bool = setting(
        True, env="CONFIRM_CHANGE_TWICE", doc="Whether a change of address needs the old address's word, too."
    )
    reauthenticate_for_password: bool = setting(
        False,
        env="REAUTHENTICATE_FOR_PASSWORD",
        doc="Whether a new password needs a mailed code when the sign-in is older than a day.",
    )
    even_answer_ms: int = setting(
        250,
        env="EVEN_ANSWER_MS",
        doc="Least time of an answer that must not tell, by being quick, that an address is unknown.",
    )
    anonymous_sign_in: bool = setting(
        True, env="ANONYMOUS_SIGN_IN", doc="Whether guests may get an account without an address."
    )
    create_organisations: bool = setting(
        True, env="CREATE_ORGANISATIONS", doc="Whether people may make organisations, which they then own."
    )
    organisations_per_account: int = setting(
        20, env="ORGANISATIONS_PER_ACCOUNT", doc="Organisations that one account may make and own."
    )
    invitation_days: int = setting(
        7, env="INVITATION_DAYS", doc="How long an invitation to an organisation may be accepted."
    )
    invitation_page: str = setting(
        "/invitation",
        env="INVITATION_PAGE",
        doc="Page of the site that accepts invitations to organisations: a path, or a whole URL.",
    )
    password_length: int = setting(6, env="PASSWORD_LENGTH", doc="Least number of characters in a password.")
    hash_memory_kib: int = setting(19_456, env="HASH_MEMORY_KIB", doc="Memory of one argon2id hash, in KiB.")
    hash_passes: int = setting(2, env="HASH_PASSES", doc="Passes of one argon2id hash over its memory.")
    hash_workers: int = setting(
        0, env="HASH_WORKERS", doc="Passwords hashed at the same time; 0 is one for every two cores."
    )
    hash_queue: int = setting(
        32, env="HASH_QUEUE", doc="Passwords that may wait to be hashed; the next one is refused with 429."
    )
    token_requests_per_hour: int = setting(
        1800, env="TOKEN_REQUESTS_PER_HOUR", doc="Sign-ins and refreshes from one network address."
    )
    sign_ups_per_hour: int = setting(120, env="SIGN_UPS_PER_HOUR", doc="Sign-ups from one network address.")
    anonymous_sign_ins_per_hour: int = setting(
        30, env="ANONYMOUS_SIGN_INS_PER_HOUR", doc="Anonymous sign-ins from one network address."
    )
    verifications_per_hour: int = setting(
        360, env="VERIFICATIONS_PER_HOUR", doc="Links and codes verified from one network address."
    )
    mails_per_hour: int = setting(30, env="MAILS_PER_HOUR", doc="Mails by order of one network address.")
    mails_per_hour_to_one: int = setting(
        12, env="MAILS_PER_HOUR_TO_ONE", doc="Mails to one address, whoever orders them."
    )
    failed_sign_ins_per_hour: int = setting(
        30, env="FAILED_SIGN_INS_PER_HOUR", doc="Wrong passwords, or wrong codes, for one account before it must wait."
    )

    def __post_init__(self) -> None:
        if not 0 < self.access_token_seconds <= LONGEST_ACCESS_TOKEN_SECONDS:
            raise AccessTokenTooLong(
                f"MILLSTREAM_ACCESS_TOKEN_SECONDS must be between 1 and {LONGEST_ACCESS_TOKEN_SECONDS}, a week."
            )
        if len(self.jwt_secret) < MINIMUM_SECRET_LENGTH:
            raise JwtSecretTooShort(
                f"MILLSTREAM_JWT_SECRET must have at least {MINIMUM_SECRET_LENGTH} characters.",
                hint="`openssl rand -base64 48` makes a good one.",
            )


def development_defaults(settings: AuthSettings) -> tuple[str, ...]:
    """Name the variables whose value is a development default known to everybody; empty is fit for other hosts."""
    variables = settings_of(AuthSettings)
    in_use = {
        "jwt_secret": settings.jwt_secret == DEVELOPMENT_JWT_SECRET,
        "publishable_keys": DEVELOPMENT_PUBLISHABLE_KEY in settings.publishable_keys,
        "secret_keys": DEVELOPMENT_SECRET_KEY in settings.secret_keys,
    }
    return tuple(variables[name].variable for name, is_default in in_use.items() if is_default)
