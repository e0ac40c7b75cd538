"""The row changes of a channel: what `subscriptions` is asked for, and the reply that echoes the bindings.

A reply lists every map as it was sent, in order, with the id under which its changes will come: clients compare both.
Pure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from millstream.subscriptions.subscription import BindingRequest, binding_id

Json = Mapping[str, Any]


def binding_requests(maps: Sequence[Json]) -> list[BindingRequest]:
    """Read the bindings of a join."""
    return [BindingRequest.from_map(each) for each in maps]


def reply_response(maps: Sequence[Json]) -> bytes:
    """Encode the response of an accepted join."""
    return orjson.dumps({"postgres_changes": [{**each, "id": binding_id(each)} for each in maps]})
