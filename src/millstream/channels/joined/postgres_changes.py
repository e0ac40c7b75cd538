"""The row changes of a channel: what `subscriptions` is asked for, and the reply that echoes the bindings.

A reply lists every map as it was sent, in order, with the id under which its changes will come: clients compare both.
Pure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from millstream.subscriptions.bindings.binding import BindingRequest, binding_id
from millstream.subscriptions.resume import ResumeRequest, Resumption

Json = Mapping[str, Any]


def binding_requests(maps: Sequence[Json]) -> list[BindingRequest]:
    """Read the bindings of a join."""
    return [BindingRequest.from_map(each) for each in maps]


def resume_request(raw: Json | None) -> ResumeRequest | None:
    """Read how far the client has come; None when it does not say."""
    return None if raw is None else ResumeRequest.from_map(raw)


def reply_response(maps: Sequence[Json], resumption: Resumption | None = None) -> bytes:
    """Encode the response of an accepted join; who asked to resume finds the answer under `resume`."""
    response: dict[str, Any] = {"postgres_changes": [{**each, "id": binding_id(each)} for each in maps]}
    if resumption is not None:
        response["resume"] = resumption.as_map()
    return orjson.dumps(response)
