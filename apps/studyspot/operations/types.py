"""What operations are given of seats, beside the values of the kit."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

Gate = Annotated[str, Field(max_length=60)]
Attributes = Annotated[
    list[Literal["socket", "window", "quiet", "monitor", "standing", "accessible"]], Field(max_length=6)
]
