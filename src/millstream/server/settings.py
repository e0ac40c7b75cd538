"""The only reader of the environment: fills any package's settings class from variables, with clear errors.

A settings class says for each field its variable, meaning and default (`millstream.setting`); this module turns text
into the field's type. Nothing else in Millstream looks at the environment, and nothing global keeps what was read.
"""

from __future__ import annotations

import os
import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar, TypeVar

from millstream.errors import MillstreamError
from millstream.setting import setting, settings_of

Settings = TypeVar("Settings")

_TRUE = {"1", "true", "yes", "on"}
_FALSE = {"0", "false", "no", "off"}


class InvalidSetting(MillstreamError):
    """A variable of the environment does not have the form that its setting needs."""

    code: ClassVar[str] = "invalid_setting"
    status: ClassVar[int] = 500


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """Where the process listens and what it serves."""

    host: str = setting(
        "127.0.0.1", env="HOST", doc="Address to listen on. Development keys are refused outside loopback."
    )
    port: int = setting(54321, env="PORT", doc="Port to listen on, for HTTP and WebSocket alike.")
    public_url: str | None = setting(
        None,
        env="PUBLIC_URL",
        doc="URL that users see, when a proxy stands in front; by default made of host and port.",
    )
    app_url: str | None = setting(
        None, env="=NEXT_PUBLIC_APP_URL", doc="Another name of MILLSTREAM_PUBLIC_URL, used where that is not set."
    )
    app: str | None = setting(
        "all",
        env="APP",
        doc="Application to serve: one at the root, several with commas or `all` each below its name. Empty serves the"
        " project's tables alone. With one `DATABASE_URL`, `all` is lodgetix.",
    )
    apps_folder: Path | None = setting(  # noqa: RUF009 -- None never changes
        None, env="APPS_FOLDER", doc="Folder whose packages are applications too, beside those of Millstream."
    )
    demo_now: datetime | None = setting(  # noqa: RUF009 -- None never changes
        None,
        env="DEMO_NOW",
        doc="Time around which demo data is made, such as 2026-03-02T09:00Z, for screenshots that stay alike; empty for"
        " now. Everything else goes by the real clock.",
    )
    log_level: str = setting("info", env="LOG_LEVEL", doc="Least level that is printed: debug, info, warning or error.")
    log_format: str = setting(
        "text", env="LOG_FORMAT", doc="`text` for people or `json`, one object a line, for programs."
    )

    @property
    def url(self) -> str:
        """Return the URL of the root, without a slash at its end."""
        shown = f"[{self.host}]" if ":" in self.host else self.host
        return (self.public_url or self.app_url or f"http://{shown}:{self.port}").rstrip("/")


def read_settings(cls: type[Settings], environ: Mapping[str, str] | None = None, **given: Any) -> Settings:
    """Build a settings object from the environment; `given` fields win over variables, None means not given.

    Raises InvalidSetting naming the variable and what it must look like; the value of a secret is never repeated.
    """
    source = os.environ if environ is None else environ
    hints = typing.get_type_hints(cls)
    values: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    for name, info in settings_of(cls).items():
        text = source.get(info.variable)
        if name in values or text is None:
            continue
        try:
            values[name] = _convert(text, hints[name])
        except ValueError as error:
            shown = "" if info.secret else f", not {text!r}"
            raise InvalidSetting(f"{info.variable} must be {error}{shown}.", hint=info.doc) from None
    return cls(**values)


def environment_of(app: str | None, environ: Mapping[str, str] | None = None) -> Mapping[str, str]:
    """Return the environment as an application sees it: a variable of its own, `<NAME>_<APP>`, stands for `<NAME>`."""
    source = os.environ if environ is None else environ
    suffix = f"_{app.upper()}" if app else ""
    own = {name.removesuffix(suffix): text for name, text in source.items() if suffix and name.endswith(suffix)}
    return {**source, **own}


def own_value_of(variable: str, app: str, environ: Mapping[str, str] | None = None) -> str | None:
    """Return the value that a variable has for one application alone."""
    source = os.environ if environ is None else environ
    return source.get(f"{variable}_{app.upper()}")


def _convert(text: str, wanted: Any) -> Any:
    """Turn text into the wanted type; a ValueError's message says what it must be."""
    arms = [arm for arm in typing.get_args(wanted) if arm is not types.NoneType]
    optional = isinstance(wanted, types.UnionType) and len(arms) < len(typing.get_args(wanted))
    if optional and not text:
        return None
    kind = arms[0] if optional else wanted
    if typing.get_origin(kind) is tuple:
        return tuple(part.strip() for part in text.split(",") if part.strip())
    convert = _CONVERTERS.get(kind)
    return convert(text) if convert is not None else text


def _boolean(text: str) -> bool:
    lowered = text.strip().lower()
    if lowered not in _TRUE | _FALSE:
        raise ValueError("true or false")
    return lowered in _TRUE


def _number(kind: type[int | float], words: str) -> Callable[[str], Any]:
    def convert(text: str) -> Any:
        try:
            value = kind(text)
        except ValueError:
            raise ValueError(words) from None
        if value < 0:
            raise ValueError(f"{words}, not negative")
        return value

    return convert


def _time(text: str) -> datetime:
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError("a time such as 2026-03-02T09:00Z") from None
    return read if read.tzinfo is not None else read.replace(tzinfo=UTC)


_CONVERTERS: dict[Any, Callable[[str], Any]] = {
    bool: _boolean,
    int: _number(int, "a whole number"),
    float: _number(float, "a number"),
    Path: Path,
    datetime: _time,
}
