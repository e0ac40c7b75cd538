"""Who is at the other end of a connection, and how long and how often somebody unknown may stay there."""
