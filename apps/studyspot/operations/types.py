"""The types of what operations are given."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

Time = AwareDatetime
Name = Annotated[str, Field(min_length=1, max_length=120)]
Notes = Annotated[str, Field(max_length=2000)]
Text = Annotated[str, Field(max_length=1000)]
Reason = Annotated[str, Field(max_length=500)]
Code = Annotated[str, Field(min_length=1, max_length=100)]
Gate = Annotated[str, Field(max_length=60)]
Price = Annotated[Decimal, Field(ge=0, max_digits=12, decimal_places=2)]
Rating = Annotated[int, Field(ge=1, le=5)]
Severity = Literal["info", "success", "warning"]
Attributes = Annotated[
    list[Literal["socket", "window", "quiet", "monitor", "standing", "accessible"]], Field(max_length=6)
]
