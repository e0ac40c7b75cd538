"""One joined channel: from its join to its end, its rights, and what its client does in it.

`channel` is what the others are about and imports none of them; a socket is known to it as its `Client`.
"""
