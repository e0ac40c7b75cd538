"""Reads the bodies of the auth API: bounded, a JSON object, with fields of the right type.

Raises RequestTooLarge, BadJson or ValidationFailed naming the field. Unknown fields are ignored, as clients of other
versions send them; whether a value makes sense is the flows' business.
"""

from __future__ import annotations

from typing import Any, TypeVar
from uuid import UUID

import orjson
from pydantic import BaseModel, ConfigDict, ValidationError
from starlette.requests import Request

from millstream.auth.errors import BadJson, PhoneProviderDisabled, RequestTooLarge, ValidationFailed
from millstream.auth.pkce import Challenge, parse_challenge

LONGEST_BODY = 65_536

Body = TypeVar("Body", bound=BaseModel)


class _Body(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class _ChallengeBody(_Body):
    """What a request that may begin a sign-in with PKCE brings along."""

    code_challenge: str | None = None
    code_challenge_method: str | None = None


class SignUpBody(_ChallengeBody):
    """`POST /signup`."""

    email: str | None = None
    phone: str | None = None
    password: str | None = None
    data: dict[str, Any] | None = None


class OtpBody(_ChallengeBody):
    """`POST /otp` and its older name `/magiclink`."""

    email: str | None = None
    phone: str | None = None
    create_user: bool = True
    data: dict[str, Any] | None = None


class RecoverBody(_ChallengeBody):
    """`POST /recover`."""

    email: str | None = None


class ResendBody(_ChallengeBody):
    """`POST /resend`."""

    type: str | None = None
    email: str | None = None
    phone: str | None = None


class InviteBody(_Body):
    """`POST /invite`."""

    email: str | None = None
    data: dict[str, Any] | None = None


class CodeBody(_Body):
    """`POST /token?grant_type=pkce`."""

    auth_code: str | None = None
    code_verifier: str | None = None


class PasswordBody(_Body):
    """`POST /token?grant_type=password`."""

    email: str | None = None
    phone: str | None = None
    password: str | None = None


class RefreshBody(_Body):
    """`POST /token?grant_type=refresh_token`."""

    refresh_token: str | None = None


class UpdateBody(_ChallengeBody):
    """`PUT /user`."""

    email: str | None = None
    phone: str | None = None
    password: str | None = None
    nonce: str | None = None
    data: dict[str, Any] | None = None


class AccountBody(_Body):
    """`POST /admin/users` and `PUT /admin/users/{id}`."""

    id: UUID | None = None
    email: str | None = None
    phone: str | None = None
    password: str | None = None
    password_hash: str | None = None
    email_confirm: bool | None = None
    role: str | None = None
    user_metadata: dict[str, Any] | None = None
    app_metadata: dict[str, Any] | None = None
    ban_duration: str | None = None


class VerifyBody(_Body):
    """`POST /verify`: a link's token as `token_hash`, or digits as `token` with their address."""

    type: str | None = None
    email: str | None = None
    phone: str | None = None
    token: str | None = None
    token_hash: str | None = None


class LinkBody(_Body):
    """`POST /admin/generate_link`."""

    type: str | None = None
    email: str | None = None
    new_email: str | None = None
    password: str | None = None
    data: dict[str, Any] | None = None
    redirect_to: str | None = None


class EnrollBody(_Body):
    """`POST /factors`."""

    factor_type: str | None = None
    friendly_name: str | None = None
    issuer: str | None = None


class AnswerBody(_Body):
    """`POST /factors/{id}/verify`."""

    challenge_id: UUID | None = None
    code: str | None = None


class OrganisationBody(_Body):
    """`POST /organisations` and `PATCH /organisations/{id}`."""

    name: str | None = None
    slug: str | None = None
    timezone: str | None = None
    currency: str | None = None
    settings: dict[str, Any] | None = None


class MemberBody(_Body):
    """`PATCH /organisations/{id}/members/{user_id}`, and with an address `POST /organisations/{id}/invitations`."""

    email: str | None = None
    role: str | None = None


class InvitationBody(_Body):
    """`POST /invitations/read` and `POST /invitations/accept`, with a password where there is no account yet."""

    token: str | None = None
    id: UUID | None = None
    password: str | None = None
    data: dict[str, Any] | None = None


class DeleteBody(_Body):
    """`DELETE /admin/users/{id}`, where the body may be missing."""

    should_soft_delete: bool = False


def challenge_of(body: _ChallengeBody) -> Challenge | None:
    """Return the challenge of a request. Raises ValidationFailed for half of one."""
    return parse_challenge(body.code_challenge, body.code_challenge_method)


async def read_body(request: Request, kind: type[Body]) -> Body:
    """Return the body of a request as a value of its kind; an empty body is an empty object."""
    content = await _read(request)
    try:
        document = orjson.loads(content) if content else {}
    except ValueError:
        raise BadJson("Could not parse request body as JSON") from None
    if not isinstance(document, dict):
        raise BadJson("The request body must be a JSON object")
    if b"\\u0000" in content and _holds_nul(document):
        raise ValidationFailed("Text may not contain the character U+0000")
    try:
        return kind.model_validate(document)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise ValidationFailed(f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from None


def refuse_phone(phone: str | None) -> None:
    """Raise PhoneProviderDisabled where a telephone number is given; an empty one is none."""
    if phone:
        raise PhoneProviderDisabled("Unsupported phone provider")


async def _read(request: Request) -> bytes:
    chunks: list[bytes] = []
    length = 0
    async for chunk in request.stream():
        length += len(chunk)
        if length > LONGEST_BODY:
            raise RequestTooLarge(f"The request body is longer than {LONGEST_BODY} bytes")
        chunks.append(chunk)
    return b"".join(chunks)


def _holds_nul(value: Any) -> bool:
    if isinstance(value, str):
        return "\0" in value
    if isinstance(value, dict):
        return any("\0" in key or _holds_nul(inner) for key, inner in value.items())
    return isinstance(value, list) and any(_holds_nul(inner) for inner in value)
