"""The modules of a QR code: patterns for finding and aligning, the codewords between them, the mask that reads best.

Section numbers are those of ISO/IEC 18004:2015. A matrix is a list of rows; True is dark.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import groupby, pairwise

Matrix = list[list[bool]]

_LEVEL_M = 0b00
_MASKS: tuple[Callable[[int, int], int], ...] = (
    lambda x, y: (x + y) % 2,
    lambda _, y: y % 2,
    lambda x, _: x % 3,
    lambda x, y: (x + y) % 3,
    lambda x, y: (x // 3 + y // 2) % 2,
    lambda x, y: x * y % 2 + x * y % 3,
    lambda x, y: (x * y % 2 + x * y % 3) % 2,
    lambda x, y: ((x + y) % 2 + x * y % 3) % 2,
)
_FINDER_LIKE = ("10111010000", "00001011101")


def build_matrix(codewords: bytes, version: int) -> Matrix:
    """Return the code with the mask that has the least penalty (section 7.8)."""
    candidates = [_Drawing(version).draw(codewords, mask) for mask in range(len(_MASKS))]
    return min(candidates, key=penalty)


def penalty(matrix: Matrix) -> int:
    """Return how much of a code could mislead a reader (section 7.8.3)."""
    size = len(matrix)
    lines = ["".join("01"[dark] for dark in line) for line in (*matrix, *zip(*matrix, strict=True))]
    runs = sum(length - 2 for line in lines for length in _run_lengths(line) if length >= 5)
    blocks = sum(
        above[x : x + 2] in ([True, True], [False, False]) and above[x : x + 2] == below[x : x + 2]
        for above, below in pairwise(matrix)
        for x in range(size - 1)
    )
    finders = sum(line.startswith(shape, at) for line in lines for shape in _FINDER_LIKE for at in range(size - 10))
    dark = sum(map(sum, matrix))
    return runs + 3 * blocks + 40 * finders + 10 * (abs(20 * dark - 10 * size * size) // (size * size))


def _run_lengths(line: str) -> list[int]:
    return [len(list(run)) for _, run in groupby(line)]


class _Drawing:
    """A code while it is drawn: `_fixed` holds the places of patterns, which neither data nor mask may touch."""

    def __init__(self, version: int) -> None:
        self._version = version
        self._size = 17 + 4 * version
        self._dark: Matrix = [[False] * self._size for _ in range(self._size)]
        self._fixed: Matrix = [[False] * self._size for _ in range(self._size)]

    def draw(self, codewords: bytes, mask: int) -> Matrix:
        """Draw everything, and return the matrix."""
        self._draw_timing()
        self._draw_finders()
        self._draw_alignments()
        self._draw_format(mask)
        self._draw_version()
        self._draw_codewords(codewords, _MASKS[mask])
        return self._dark

    def _fix(self, x: int, y: int, dark: bool) -> None:
        self._dark[y][x] = dark
        self._fixed[y][x] = True

    def _draw_timing(self) -> None:
        for at in range(self._size):
            self._fix(6, at, at % 2 == 0)
            self._fix(at, 6, at % 2 == 0)

    def _draw_finders(self) -> None:
        for center_x, center_y in ((3, 3), (self._size - 4, 3), (3, self._size - 4)):
            for y in range(max(0, center_y - 4), min(self._size, center_y + 5)):
                for x in range(max(0, center_x - 4), min(self._size, center_x + 5)):
                    self._fix(x, y, max(abs(x - center_x), abs(y - center_y)) not in {2, 4})

    def _draw_alignments(self) -> None:
        centers = alignment_centers(self._version)
        last = len(centers) - 1
        in_corners = {(0, 0), (0, last), (last, 0)}
        for row, center_y in enumerate(centers):
            for column, center_x in enumerate(centers):
                if (row, column) in in_corners:
                    continue
                for y in range(-2, 3):
                    for x in range(-2, 3):
                        self._fix(center_x + x, center_y + y, max(abs(x), abs(y)) != 1)

    def _draw_format(self, mask: int) -> None:
        bits, size = format_bits(mask), self._size
        first = [(8, 0), (8, 1), (8, 2), (8, 3), (8, 4), (8, 5), (8, 7), (8, 8), (7, 8)]
        first += [(14 - number, 8) for number in range(9, 15)]
        second = [(size - 1 - number, 8) for number in range(8)] + [(8, size - 15 + number) for number in range(8, 15)]
        for places in (first, second):
            for number, (x, y) in enumerate(places):
                self._fix(x, y, bool(bits >> number & 1))
        self._fix(8, size - 8, dark=True)

    def _draw_version(self) -> None:
        if self._version < 7:
            return
        bits = version_bits(self._version)
        for number in range(18):
            along, across = self._size - 11 + number % 3, number // 3
            self._fix(along, across, bool(bits >> number & 1))
            self._fix(across, along, bool(bits >> number & 1))

    def _draw_codewords(self, codewords: bytes, mask: Callable[[int, int], int]) -> None:
        """Fill in zigzag, two columns at a time from the right (section 7.7.3), masked."""
        bits = iter("".join(f"{octet:08b}" for octet in codewords))
        for right in (*range(self._size - 1, 6, -2), 5, 3, 1):
            upward = (right + 1) & 2 == 0
            for y in reversed(range(self._size)) if upward else range(self._size):
                for x in (right, right - 1):
                    if not self._fixed[y][x]:
                        self._dark[y][x] = (next(bits, "0") == "1") ^ (mask(x, y) == 0)


def alignment_centers(version: int) -> list[int]:
    """Return the rows, and columns, on which alignment patterns lie (annex E)."""
    if version == 1:
        return []
    count, size = version // 7 + 2, 17 + 4 * version
    step = (version * 8 + count * 3 + 5) // (count * 4 - 4) * 2
    return [6, *reversed([size - 7 - number * step for number in range(count - 1)])]


def format_bits(mask: int) -> int:
    """Return level and mask with their own error correction (annex C)."""
    data = _LEVEL_M << 3 | mask
    rest = data
    for _ in range(10):
        rest = (rest << 1) ^ ((rest >> 9) * 0x537)
    return (data << 10 | rest) ^ 0x5412


def version_bits(version: int) -> int:
    """Return a version with its own error correction (annex D)."""
    rest = version
    for _ in range(12):
        rest = (rest << 1) ^ ((rest >> 11) * 0x1F25)
    return version << 12 | rest
