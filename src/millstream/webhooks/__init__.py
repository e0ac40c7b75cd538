"""Webhooks: what was committed reaches the endpoints outside, exactly once into the outbox, at least once out of it.

`capture` turns changes of the log into events and deliveries, `delivery` sends them, `endpoints` says whereto, and
`signing` proves who sent them. Everything that must not be forgotten is a row of the schema `webhooks`.
"""
