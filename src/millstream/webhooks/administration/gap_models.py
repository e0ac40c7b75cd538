"""What goes in and out of looking at gaps and filling them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field


class Gap(BaseModel):
    """A time in which changes were not captured: the slot was gone. Open while `until` is not known."""

    id: int
    slot: str
    after_lsn: str
    before_lsn: str | None
    since: datetime | None
    until: datetime | None
    noticed_at: datetime
    filled_at: datetime | None
    rows_sent: int | None
    definitions: list[dict[str, Any]]


class Backfill(BaseModel):
    """How a gap is filled: `columns` says by table when a row was written, for events without `changed_at`."""

    model_config = ConfigDict(extra="forbid")

    columns: Annotated[dict[str, str], Field(max_length=100, examples=[{"orders": "updated_at"}])] = {}
    dry_run: bool = False


class Filled(BaseModel):
    """How many rows of a table are sent, as events of these types."""

    table: str
    types: list[str]
    rows: int


class Backfilled(BaseModel):
    """What a backfill sends, and by the type of event why it cannot send others."""

    gap: int
    dry_run: bool
    filled: list[Filled]
    left_out: dict[str, str]
