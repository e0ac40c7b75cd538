"""What every route of the administration is given: the project's webhooks, and who calls."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request

from millstream.identity import Claims
from millstream.webhooks.administration.access import Administration


def _administration(request: Request) -> Administration:
    administration: Administration = request.app.state.administration
    return administration


def _caller(request: Request) -> Claims:
    claims: Claims = request.app.state.authenticate(request.scope)
    return claims


Admin = Annotated[Administration, Depends(_administration)]
Caller = Annotated[Claims, Depends(_caller)]
