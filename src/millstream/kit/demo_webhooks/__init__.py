"""Webhooks to look at in a demo: a receiver that is built in and can be made to fail, and weeks of deliveries."""

from millstream.kit.demo_webhooks.history import DemoEndpoint, make_endpoints
from millstream.kit.demo_webhooks.receiver import ReceiverUnknown, forget_received_webhooks, receiver_behaviour, router

__all__ = [
    "DemoEndpoint",
    "ReceiverUnknown",
    "forget_received_webhooks",
    "make_endpoints",
    "receiver_behaviour",
    "router",
]
