"""Phoenix channel messages without I/O: serializers 1.0.0 and 2.0.0, and the protocol of one connection.

`SERIALIZERS` holds the two singletons by the `vsn` that a client asks for; a client that asks for none gets 1.0.0.
"""

from collections.abc import Mapping

from millstream.phoenix.serializer import Serializer
from millstream.phoenix.serializer_v1 import SERIALIZER_V1
from millstream.phoenix.serializer_v2 import SERIALIZER_V2

DEFAULT_VSN = "1.0.0"
SERIALIZERS: Mapping[str, Serializer] = {each.vsn: each for each in (SERIALIZER_V1, SERIALIZER_V2)}

__all__ = ["DEFAULT_VSN", "SERIALIZERS", "SERIALIZER_V1", "SERIALIZER_V2", "Serializer"]
