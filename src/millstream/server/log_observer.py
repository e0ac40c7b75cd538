"""Turns observations into log lines: `text` for people, `json` for programs. All else in Millstream is silent."""

from __future__ import annotations

import json
import logging
import re
import sys
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

from millstream.observe import Level, Observation, Observer

_WORD = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def log_observer(*, level: str = "info", form: str = "text", project: str | None = None) -> Observer:
    """Return an observer that writes one line per observation at `level` or above to standard error."""
    least = Level[level.upper()]
    render = _as_json if form == "json" else _as_text
    logger = _logger()

    def observe(observation: Observation) -> None:
        if observation.level >= least:
            logger.log(observation.level, render(observation, project))

    return observe


def all_of(*observers: Observer) -> Observer:
    """Return one observer that tells each of the given ones, in order."""

    def observe(observation: Observation) -> None:
        for observer in observers:
            observer(observation)

    return observe


def _logger() -> logging.Logger:
    """Return the one logger, whose lines go to standard error as they are."""
    logger = logging.getLogger("millstream")
    if not logger.handlers:
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(logging.Formatter("%(message)s"))
        logger.addHandler(handler)
        logger.setLevel(logging.DEBUG)
        logger.propagate = False
    return logger


def _values(observation: Observation) -> dict[str, Any]:
    return {field.name: getattr(observation, field.name) for field in fields(observation)}


def _as_text(observation: Observation, project: str | None) -> str:
    """Render `12:04:31 warning slot lagging: slot=millstream bytes=123`."""
    now = datetime.now(UTC).astimezone().strftime("%H:%M:%S")
    name = _WORD.sub(" ", type(observation).__name__).lower()
    values = " ".join(f"{key}={value}" for key, value in _values(observation).items())
    where = f"[{project}] " if project else ""
    return f"{now} {observation.level.name.lower():<7} {where}{name}" + (f": {values}" if values else "")


def _as_json(observation: Observation, project: str | None) -> str:
    line = {
        "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "level": observation.level.name.lower(),
        "event": _WORD.sub("_", type(observation).__name__).lower(),
        **({"project": project} if project else {}),
        **_values(observation),
    }
    return json.dumps(line, default=str, ensure_ascii=False)
