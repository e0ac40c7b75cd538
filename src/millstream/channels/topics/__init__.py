"""Where clients meet: the groups of a topic that share frames, what is sent to them, and who is present.

Nothing here knows a socket or a right; a joined channel is a `Member`.
"""
