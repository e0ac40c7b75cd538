"""The messages of `realtime.messages`: broadcast from the log, read again for a replay, kept by day."""
