"""Draws the picture of an event: rings and arches in two colours, the same for the same name. No file, no network."""

from __future__ import annotations

from hashlib import sha256
from urllib.parse import quote

WIDTH, HEIGHT = 1200, 500


def draw_poster(name: str, background: str, accent: str) -> str:
    """Return an SVG as a `data:` URL; `name` decides where the shapes are."""
    chance = sha256(name.encode()).digest()
    rings = "".join(
        f'<circle cx="{chance[n] * WIDTH // 255}" cy="{chance[n + 8] * HEIGHT // 255}" r="{40 + chance[n + 16]}" '
        f'fill="none" stroke="{accent}" stroke-opacity=".{2 + n % 5}" stroke-width="{2 + n * 2}"/>'
        for n in range(7)
    )
    arches = "".join(
        f'<path d="M{x} {HEIGHT}v-{90 + chance[n] // 2}a60 60 0 0 1 120 0v{90 + chance[n] // 2}z" '
        f'fill="{accent}" fill-opacity=".{12 + n * 4}"/>'
        for n, x in enumerate(range(-20, WIDTH, 150))
    )
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" preserveAspectRatio="xMidYMid slice">'
        f'<defs><linearGradient id="g" x2="1" y2="1"><stop stop-color="{background}"/>'
        f'<stop offset="1" stop-color="{background}" stop-opacity=".72"/></linearGradient></defs>'
        f'<path fill="#0b1020" d="M0 0h{WIDTH}v{HEIGHT}H0z"/><path fill="url(#g)" d="M0 0h{WIDTH}v{HEIGHT}H0z"/>'
        f"{rings}{arches}</svg>"
    )
    return "data:image/svg+xml," + quote(svg, safe="/:=,().-")
