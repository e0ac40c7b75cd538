"""The HTTP and WebSocket edge: routes, authentication, error shapes, the socket fast path."""
