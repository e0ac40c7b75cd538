"""How row changes look to clients that join without `config`: the event is INSERT, UPDATE or DELETE, the payload bare.

Such clients name what they follow in the topic (`realtime:public:orders`). Everything else is as in the serializer that
they speak. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import orjson

from millstream.phoenix.serializer import Serializer
from millstream.phoenix.serializer_v1 import SERIALIZER_V1, SerializerV1
from millstream.phoenix.serializer_v2 import SERIALIZER_V2, SerializerV2


class LegacyV1(SerializerV1):
    """Serializer 1.0.0 for a channel in legacy mode."""

    def encode_postgres_changes(self, topic: str, ids: Sequence[int], data: bytes) -> bytes:
        """Encode the change under its own event; `ids` mean nothing to these clients."""
        del ids
        return self.encode_push(topic, _event(data), data)


class LegacyV2(SerializerV2):
    """Serializer 2.0.0 for a channel in legacy mode."""

    def encode_postgres_changes(self, topic: str, ids: Sequence[int], data: bytes) -> bytes:
        """Encode the change under its own event; `ids` mean nothing to these clients."""
        del ids
        return self.encode_push(topic, _event(data), data)


LEGACY: Mapping[str, Serializer] = {SERIALIZER_V1.vsn: LegacyV1(), SERIALIZER_V2.vsn: LegacyV2()}


def _event(data: bytes) -> str:
    return str(orjson.loads(data)["type"])
