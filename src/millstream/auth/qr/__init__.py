"""QR codes (ISO/IEC 18004) for authenticators: bytes at error correction level M, as SVG. Pure.

`codewords` turns text into the code's bytes, `matrix` places them, `svg` draws. Nothing here knows what a code is for.
"""

from millstream.auth.qr.svg import qr_svg

__all__ = ["qr_svg"]
