"""Writes the reference tables in docs/reference from the code; tests check that they are current."""

from __future__ import annotations

import dataclasses
import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import millstream
from millstream.errors import MillstreamError
from millstream.observe import Observation
from millstream.server.metrics import METRICS, PROCESS
from millstream.server.metrics_observer import BUCKETS
from millstream.setting import settings_of

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "reference"
GENERATED = "This page is written by `make docs`; change the code instead.\n"


def pages() -> dict[str, str]:
    """Return every generated page's text by file name."""
    modules = list(all_modules())
    return {
        "settings.md": settings_page(modules),
        "errors.md": errors_page(modules),
        "observations.md": observations_page(modules),
        "metrics.md": metrics_page(),
    }


def all_modules() -> Iterator[Any]:
    for info in pkgutil.walk_packages(millstream.__path__, "millstream."):
        yield importlib.import_module(info.name)


def classes(modules: list[Any], parent: type) -> list[type[Any]]:
    found = {
        value
        for module in modules
        for _, value in inspect.getmembers(module, inspect.isclass)
        if issubclass(value, parent) and value is not parent and value.__module__.startswith("millstream")
    }
    return sorted(found, key=lambda cls: (cls.__module__, cls.__name__))


def settings_page(modules: list[Any]) -> str:
    lines = [
        "# Settings",
        "",
        GENERATED,
        "Every setting is a variable of the environment; an empty value of an",
        "optional setting means none. A variable that ends in `_<APP>`, such as",
        "`DATABASE_URL_LODGETIX`, is the value for",
        "[one of several applications](../how-to/serve-several-applications.md).",
        "",
    ]
    owners = [cls for cls in classes(modules, object) if dataclasses.is_dataclass(cls) and settings_of(cls)]
    for cls in owners:
        lines += [f"## {sentence(cls)}", "", "| Variable | Default | Meaning |", "|---|---|---|"]
        defaults = {field.name: field.default for field in dataclasses.fields(cls)}
        for name, info in settings_of(cls).items():
            lines.append(f"| `{info.variable}` | {shown(defaults[name], secret=info.secret)} | {info.doc} |")
        lines.append("")
    return "\n".join(lines)


def shown(default: Any, *, secret: bool) -> str:
    if default in {None, (), ""}:
        return "none"
    if secret:
        return "a development value"
    return f"`{','.join(map(str, default)) if isinstance(default, tuple) else default}`"


def errors_page(modules: list[Any]) -> str:
    lines = ["# Errors", "", GENERATED, "| Code | HTTP status | Meaning |", "|---|---|---|"]
    rows = {
        (cls.code, cls.status, sentence(cls)) for cls in classes(modules, MillstreamError) if isinstance(cls.code, str)
    }
    return "\n".join([*lines, *(f"| `{code}` | {status} | {text} |" for code, status, text in sorted(rows)), ""])


def observations_page(modules: list[Any]) -> str:
    lines = [
        "# Observations",
        "",
        GENERATED,
        "What the server says happened, as log lines; tests wait for the same values.",
        "",
    ]
    lines += ["| Observation | Level | Fields | Meaning |", "|---|---|---|---|"]
    for cls in classes(modules, Observation):
        names = ", ".join(f"`{field.name}`" for field in dataclasses.fields(cls))
        lines.append(f"| `{cls.__name__}` | {cls.level.name.lower()} | {names} | {sentence(cls)} |")
    return "\n".join([*lines, ""])


def metrics_page() -> str:
    lines = [
        "# Metrics",
        "",
        GENERATED,
        "What `/metrics` shows; [how to watch a server](../how-to/watch-a-server.md) says who may read it.",
        "",
        "| Metric | Kind | Labels | Meaning |",
        "|---|---|---|---|",
    ]
    for metric in METRICS:
        labels = ", ".join(f"`{label}`" for label in metric.labels)
        lines.append(f"| `{metric.name}` | {metric.kind} | {labels} | {metric.doc} |")
    lines += ["", "Of the process, by the client library of Prometheus:", "", "| Metric | Meaning |", "|---|---|"]
    lines += [f"| `{name}` | {meaning} |" for name, meaning in PROCESS.items()]
    lines += ["", f"Buckets of the histograms, in seconds: {', '.join(f'{each:g}' for each in BUCKETS)}."]
    return "\n".join([*lines, ""])


def sentence(cls: type[Any]) -> str:
    """Return the first paragraph of a class's docstring on one line."""
    text = inspect.getdoc(cls) or cls.__name__
    return " ".join(text.split("\n\n")[0].split()).replace("|", "\\|")


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, text in pages().items():
        (FOLDER / name).write_text(text)


if __name__ == "__main__":
    main()
