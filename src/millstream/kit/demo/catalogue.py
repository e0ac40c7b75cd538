"""Reads what a demo consists of from a TOML file beside the code, into the application's own dataclasses."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TypeVar

from pydantic import TypeAdapter

Catalogue = TypeVar("Catalogue")


def read_catalogue(path: Path, kind: type[Catalogue]) -> Catalogue:
    """Return the file as `kind`, a dataclass with a field for each of its tables; refuses what does not fit."""
    return TypeAdapter(kind).validate_python(tomllib.loads(path.read_text(encoding="utf-8")))
