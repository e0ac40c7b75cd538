"""Phoenix channel messages without I/O: serializers 1.0.0 and 2.0.0, and the protocol of one connection."""
