"""Frames out: hub, mailboxes and broker."""
