"""How a package declares a setting where it is used; only `server.settings` reads values from the environment.

A settings class is a frozen dataclass whose fields are made by `setting`: its documentation, unit and secrecy travel
with it, so that the reference table in `docs/reference/settings.md` is generated and cannot be forgotten.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, cast


@dataclass(frozen=True, slots=True)
class SettingInfo:
    """What the reference page and the reader of the environment need to know of one setting."""

    variable: str
    doc: str
    secret: bool


def setting(default: Any, *, env: str, doc: str, secret: bool = False) -> Any:
    """Declare a dataclass field that may be given as the environment variable `MILLSTREAM_<env>`.

    A name that is already a convention of the field, such as DATABASE_URL, is taken whole when it starts with "=".
    """
    variable = env[1:] if env.startswith("=") else f"MILLSTREAM_{env}"
    info = SettingInfo(variable=variable, doc=doc, secret=secret)
    return field(default=default, metadata={"setting": info}, repr=not secret)


def settings_of(cls: type[Any]) -> Mapping[str, SettingInfo]:
    """Return the settings that a settings class declares, by field name, in order of declaration."""
    return {f.name: cast(SettingInfo, f.metadata["setting"]) for f in fields(cls) if "setting" in f.metadata}
