"""Who is connected: a connection with its sockets, one for each namespace, and what they may ask."""
