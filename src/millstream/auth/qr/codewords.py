"""The bytes of a QR code: data with header and padding, in blocks, with Reed-Solomon codewords, interleaved.

Section numbers are those of ISO/IEC 18004:2015. Only byte mode and error correction level M.
"""

from __future__ import annotations

from itertools import zip_longest

# Of versions 1 to 20: error correction codewords a block, and blocks (table 9, level M).
_CORRECTION = (10, 16, 26, 18, 24, 16, 18, 22, 22, 26, 30, 22, 22, 24, 24, 28, 28, 26, 26, 26)
_BLOCKS = (1, 1, 1, 2, 2, 4, 4, 4, 5, 5, 5, 8, 9, 9, 10, 10, 11, 13, 14, 16)
LARGEST_VERSION = len(_BLOCKS)
_BYTE_MODE = 0b0100
_PADDING = (0xEC, 0x11)
_FIELD = 0x11D  # the polynomial of GF(256), section 7.5.2


def smallest_version(length: int) -> int:
    """Return the version that holds so many bytes. Raises ValueError when none does."""
    for version in range(1, LARGEST_VERSION + 1):
        if 4 + _count_bits(version) + 8 * length <= 8 * data_capacity(version):
            return version
    raise ValueError(f"{length} bytes do not fit into a QR code")


def data_capacity(version: int) -> int:
    """Return how many codewords of a version are data."""
    return raw_capacity(version) - _CORRECTION[version - 1] * _BLOCKS[version - 1]


def raw_capacity(version: int) -> int:
    """Return how many whole codewords fit between the patterns of a version (section 6.3)."""
    modules = (16 * version + 128) * version + 64
    if version >= 2:
        alignments = version // 7 + 2
        modules -= (25 * alignments - 10) * alignments - 55
    if version >= 7:
        modules -= 36
    return modules // 8


def build_codewords(content: bytes, version: int) -> bytes:
    """Return all codewords of a code, in the order in which they are placed."""
    data = _data(content, version)
    correction, count = _CORRECTION[version - 1], _BLOCKS[version - 1]
    short, longer = divmod(len(data), count)
    blocks, at = [], 0
    for number in range(count):
        size = short + (number >= count - longer)
        blocks.append(data[at : at + size])
        at += size
    columns = [*zip_longest(*blocks), *zip(*(remainder(block, correction) for block in blocks), strict=True)]
    return bytes(octet for column in columns for octet in column if octet is not None)


def remainder(block: bytes, degree: int) -> bytes:
    """Return the Reed-Solomon codewords of a block (section 7.5.2)."""
    divisor = _divisor(degree)
    result = [0] * degree
    for octet in block:
        factor = octet ^ result.pop(0)
        result.append(0)
        result = [value ^ _multiply(part, factor) for value, part in zip(result, divisor, strict=True)]
    return bytes(result)


def _data(content: bytes, version: int) -> bytes:
    capacity = data_capacity(version)
    bits = f"{_BYTE_MODE:04b}{len(content):0{_count_bits(version)}b}" + "".join(f"{octet:08b}" for octet in content)
    bits += "0" * min(4, 8 * capacity - len(bits))
    bits += "0" * (-len(bits) % 8)
    data = bytes(int(bits[at : at + 8], 2) for at in range(0, len(bits), 8))
    padding = bytes(_PADDING[number % 2] for number in range(capacity - len(data)))
    return data + padding


def _count_bits(version: int) -> int:
    return 8 if version <= 9 else 16


def _divisor(degree: int) -> list[int]:
    """Return the generator polynomial without its leading one."""
    result = [0] * (degree - 1) + [1]
    root = 1
    for _ in range(degree):
        following = [*result[1:], 0]
        result = [_multiply(value, root) ^ after for value, after in zip(result, following, strict=True)]
        root = _multiply(root, 2)
    return result


def _multiply(left: int, right: int) -> int:
    product = 0
    for position in range(7, -1, -1):
        product = (product << 1) ^ ((product >> 7) * _FIELD)
        product ^= ((right >> position) & 1) * left
    return product
