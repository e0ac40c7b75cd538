"""The `Prefer` header (RFC 7240): what the dialect knows of it, and what it says back in `Preference-Applied`. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

_CHOICES: dict[str, tuple[str, ...]] = {
    "resolution": ("merge-duplicates", "ignore-duplicates"),
    "return": ("representation", "minimal", "headers-only"),
    "count": ("exact", "planned", "estimated", "none"),
    "tx": ("commit", "rollback"),
    "missing": ("default", "null"),
    "handling": ("strict", "lenient"),
}


@dataclass(frozen=True, slots=True)
class Preferences:
    """What the client prefers; None where it does not say. Of a repeated preference the first counts."""

    resolution: str | None = None
    representation: str | None = None
    count: str | None = None
    transaction: str | None = None
    missing: str | None = None
    handling: str | None = None
    timezone: str | None = None
    max_affected: int | None = None
    unknown: tuple[str, ...] = ()

    @property
    def strict(self) -> bool:
        """Say whether unknown preferences are an error."""
        return self.handling == "strict"

    @property
    def counts(self) -> bool:
        """Say whether the total of all matching rows is wanted, in whatever precision."""
        return self.count in {"exact", "planned", "estimated"}


def parse_preferences(header: str) -> Preferences:
    """Read a `Prefer` header, several headers joined with commas. Nothing in it is an error here."""
    known: dict[str, str] = {}
    unknown: list[str] = []
    for text in (part.strip() for part in header.split(",")):
        name, _, value = text.partition("=")
        accepted = value in _CHOICES.get(name, ()) or name in {"timezone", "max-affected"}
        if accepted:
            known.setdefault(name, value)
        elif text:
            unknown.append(text)
    limit = known.get("max-affected", "")
    count = known.get("count")
    return Preferences(
        resolution=known.get("resolution"),
        representation=known.get("return"),
        count=None if count == "none" else count,
        transaction=known.get("tx"),
        missing=known.get("missing"),
        handling=known.get("handling"),
        timezone=known.get("timezone"),
        max_affected=int(limit) if limit.isascii() and limit.isdigit() and len(limit) < 19 else None,
        unknown=tuple(unknown),
    )


_APPLIED = (
    ("resolution", "resolution"),
    ("missing", "missing"),
    ("representation", "return"),
    ("count", "count"),
    ("transaction", "tx"),
    ("handling", "handling"),
    ("timezone", "timezone"),
)


def applied(preferences: Preferences, of: Iterable[str]) -> str | None:
    """Return the value of `Preference-Applied` for these fields, or None when none was given."""
    wanted = frozenset(of)
    parts = [
        f"{name}={value}"
        for attribute, name in _APPLIED
        if attribute in wanted and (value := getattr(preferences, attribute)) is not None
    ]
    if "max_affected" in wanted and preferences.strict and preferences.max_affected is not None:
        parts.append(f"max-affected={preferences.max_affected}")
    return ", ".join(parts) or None
