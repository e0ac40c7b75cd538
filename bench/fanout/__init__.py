"""Fan-out of one frame to many sockets: Millstream beside node's `ws` and the raw limit of one `send()` per socket."""
