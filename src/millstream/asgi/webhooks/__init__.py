"""Webhooks over HTTP: their administration below `/webhooks/v1`."""
