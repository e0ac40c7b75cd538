"""Draws a QR code as SVG, small and without anything that a data URI would have to escape."""

from __future__ import annotations

from itertools import groupby

from millstream.auth.qr.codewords import build_codewords, smallest_version
from millstream.auth.qr.matrix import Matrix, build_matrix

_QUIET = 4  # modules of white around a code, section 6.3.8


def qr_svg(text: str) -> str:
    """Return a QR code for a text; dark on white also where the page is dark. Raises ValueError when it is too long."""
    content = text.encode()
    version = smallest_version(len(content))
    matrix = build_matrix(build_codewords(content, version), version)
    size = len(matrix) + 2 * _QUIET
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" shape-rendering="crispEdges">'
        f'<path fill="white" d="M0 0h{size}v{size}H0z"/><path d="{_path(matrix)}"/></svg>'
    )


def _path(matrix: Matrix) -> str:
    """Return one rectangle for each horizontal run of dark modules."""
    parts = []
    for y, row in enumerate(matrix, _QUIET):
        x = _QUIET
        for dark, run in groupby(row):
            width = len(list(run))
            if dark:
                parts.append(f"M{x} {y}h{width}v1h-{width}z")
            x += width
    return "".join(parts)
