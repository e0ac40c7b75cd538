"""The types of what operations and routes are given in any application: texts of a length, times, prices, ratings."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

Time = AwareDatetime
Name = Annotated[str, Field(min_length=1, max_length=120)]
Email = Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+$", max_length=254)]
Phone = Annotated[str, Field(max_length=40)]
Zone = Annotated[str, Field(pattern=r"^[A-Za-z0-9_+\-]+(/[A-Za-z0-9_+\-]+)*$", max_length=64)]
Notes = Annotated[str, Field(max_length=2000)]
Text = Annotated[str, Field(max_length=1000)]
Reason = Annotated[str, Field(max_length=500)]
Code = Annotated[str, Field(min_length=1, max_length=100)]
Price = Annotated[Decimal, Field(ge=0, max_digits=12, decimal_places=2)]
Rating = Annotated[int, Field(ge=1, le=5)]
Severity = Literal["info", "success", "warning"]
