"""Media types: what `Accept` asks for, what a body says it is, and the `Content-Type` that goes out. Pure."""

from __future__ import annotations

from dataclasses import dataclass

JSON = "application/json"
CSV = "text/csv"
OPENAPI = "application/openapi+json"
OCTETS = "application/octet-stream"
URL_ENCODED = "application/x-www-form-urlencoded"
ANY = "*/*"
OBJECT = "application/vnd.pgrst.object+json"
ARRAY = "application/vnd.pgrst.array+json"
PLAN = "application/vnd.pgrst.plan"
TEXT = "text/plain"
XML = "text/xml"
GEO = "application/geo+json"

_WITH_CHARSET = frozenset({JSON, CSV, OPENAPI, URL_ENCODED, TEXT, XML, GEO, ANY})
_PLAN_OPTIONS = ("analyze", "verbose", "settings", "buffers", "wal")


@dataclass(frozen=True, slots=True)
class MediaType:
    """One media type with the parameters that mean something; `wrapped` is what a plan is asked for."""

    name: str
    nulls_stripped: bool = False
    plan_format: str | None = None
    plan_options: tuple[str, ...] = ()
    wrapped: str = JSON

    @property
    def mime(self) -> str:
        """Return the media type as it is named in headers and errors."""
        if self.plan_format is not None:
            options = f"; options={'|'.join(self.plan_options)}" if self.plan_options else ""
            return f'{PLAN}+{self.plan_format}; for="{self.wrapped}"{options}'
        return f"{self.name};nulls=stripped" if self.nulls_stripped else self.name

    @property
    def content_type(self) -> str:
        """Return the value of `Content-Type`."""
        plain = self.name in _WITH_CHARSET or self.name in {OBJECT, ARRAY} or self.plan_format is not None
        return f"{self.mime}; charset=utf-8" if plain else self.mime


def parse_media_type(text: str) -> MediaType:
    """Read one media type with its parameters."""
    name, *parameters = [part.strip() for part in text.split(";")]
    name = name.lower() if name.isascii() else name
    stripped = parameters[:1] == ["nulls=stripped"]
    if name in {"application/vnd.pgrst.object+json", "application/vnd.pgrst.object"}:
        return MediaType(OBJECT, stripped)
    if name in {"application/vnd.pgrst.array+json", "application/vnd.pgrst.array"}:
        return MediaType(ARRAY, nulls_stripped=True) if stripped else MediaType(JSON)
    if name in {PLAN, f"{PLAN}+text", f"{PLAN}+json"}:
        return _plan(name, parameters)
    return MediaType(name or ANY)


def _plan(name: str, parameters: list[str]) -> MediaType:
    given = dict(part.partition("=")[::2] for part in parameters)
    asked = given.get("options", "").split("|")
    wrapped = parse_media_type(given.get("for", JSON).strip('"')).name
    options = tuple(option for option in _PLAN_OPTIONS if option in asked)
    return MediaType(
        PLAN, plan_format="json" if name.endswith("json") else "text", plan_options=options, wrapped=wrapped
    )


def parse_accept(header: str) -> tuple[MediaType, ...]:
    """Read `Accept`, best first: by quality, then in the client's order. No header accepts anything."""
    ranked: list[tuple[float, int, MediaType]] = []
    for index, text in enumerate(_split(header)):
        quality, kept = 1.0, []
        for part in text.split(";"):
            if part.strip().startswith("q="):
                quality = _quality(part.strip()[2:])
            else:
                kept.append(part)
        ranked.append((-quality, index, parse_media_type(";".join(kept))))
    ranked.sort(key=lambda entry: entry[:2])
    return tuple(media for _, _, media in ranked) or (MediaType(ANY),)


def _split(header: str) -> list[str]:
    return [part for part in (piece.strip() for piece in header.split(",")) if part]


def _quality(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0
