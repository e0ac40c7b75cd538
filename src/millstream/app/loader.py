"""Finds an application by its name: the object `app` of the module `millstream_apps.<name>.app`.

Called by `server` and `cli` with a name from the settings; imports the application, which declares and runs nothing.
"""

from __future__ import annotations

import importlib
import pkgutil
from importlib.util import find_spec
from pathlib import Path

import millstream_apps
from millstream.app.declaration import App
from millstream.app.errors import AppInvalid, AppUnknown


def use_apps_folder(folder: Path | None) -> None:
    """Let the packages in a folder be applications too, beside the installed ones; nothing for None.

    Raises AppInvalid for what is no folder.
    """
    if folder is None:
        return
    if not folder.is_dir():
        raise AppInvalid(f"There is no folder {folder} of applications.", hint="MILLSTREAM_APPS_FOLDER names it.")
    place = str(folder.resolve())
    if place not in millstream_apps.__path__:
        millstream_apps.__path__.append(place)
        importlib.invalidate_caches()


def installed_apps() -> list[str]:
    """Return the names of the installed applications, sorted: the packages that have a module `app`."""
    packages = [found.name for found in pkgutil.iter_modules(millstream_apps.__path__) if found.ispkg]
    return sorted(name for name in packages if find_spec(f"millstream_apps.{name}.app") is not None)


def load_app(name: str) -> App:
    """Return the application of a name; raise AppUnknown, or AppInvalid when its module holds no such `App`."""
    names = installed_apps()
    if name not in names:
        raise AppUnknown(f"There is no application {name!r}.", hint=f"Installed are: {', '.join(names) or 'none'}.")
    module = importlib.import_module(f"millstream_apps.{name}.app")
    app = getattr(module, "app", None)
    if not isinstance(app, App) or app.name != name:
        raise AppInvalid(f"{module.__name__} declares no application {name!r} under the name `app`.")
    return app
