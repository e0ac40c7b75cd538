"""Receivers that many use, with the limits that they document: how often, how large, and in which words. Pure.

A preset gives an endpoint its defaults when it is made, and says how an event reads: most take our envelope, a chat
takes a sentence.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import orjson

_CHAT_TEXT = 1900


@dataclass(frozen=True, slots=True)
class Preset:
    """Defaults of an endpoint. `most_bytes` is the largest body; a larger one is sent without its data."""

    title: str
    retry: str = "standard"
    timeout_ms: int = 15000
    rate_per_second: float | None = None
    max_in_flight: int = 10
    most_bytes: int = 20 << 20
    render: Callable[[Mapping[str, object]], Mapping[str, object]] | None = None


def _sentence(envelope: Mapping[str, object]) -> str:
    data = orjson.dumps(envelope.get("data"), option=orjson.OPT_INDENT_2).decode()
    return f"{envelope.get('type')} at {envelope.get('timestamp')}\n```\n{data}"[:_CHAT_TEXT] + "\n```"


PRESETS: Mapping[str, Preset] = {
    "standard": Preset("Any receiver of Standard Webhooks"),
    # 300 requests in 10 s, 5 MB; answers at once from a queue of its own.
    "make": Preset("Make.com", retry="make", timeout_ms=40000, rate_per_second=25, most_bytes=5 << 20),
    "n8n": Preset("n8n", timeout_ms=30000, rate_per_second=25, most_bytes=16 << 20),
    "zapier": Preset("Zapier", timeout_ms=30000, rate_per_second=25, most_bytes=10 << 20),
    "slack": Preset(
        "Slack", rate_per_second=1, max_in_flight=1, most_bytes=40_000, render=lambda event: {"text": _sentence(event)}
    ),
    "discord": Preset(
        "Discord", rate_per_second=2, max_in_flight=1, most_bytes=40_000,
        render=lambda event: {"content": _sentence(event)},
    ),
}  # fmt: skip


def render_body(preset: str, body: str, event_type: str) -> bytes:
    """Return the bytes to send for a stored event: as it is wherever the receiver takes it so."""
    rules = PRESETS[preset]
    content = body.encode()
    if rules.render is None and len(content) <= rules.most_bytes:
        return content
    envelope = orjson.loads(content)
    if rules.render is not None:
        return orjson.dumps(rules.render(envelope))
    thin = {"truncated": True, "bytes": len(content)}
    return orjson.dumps({**envelope, "type": event_type, "data": thin})
