"""Phoenix channels of /realtime/v1: who joined what, and what a joined channel may do."""
