"""Which projects a process serves and with which settings: no application, one at the root, several below their names.

`MILLSTREAM_APP` chooses; the server and every command ask here. Each application has a database, a slot and tokens of
its own. A variable that ends in `_<APP>` is that application's own value of a setting: `DATABASE_URL_LODGETIX`,
`MILLSTREAM_JWT_SECRET_LODGETIX`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar

from millstream.app.loader import installed_apps, load_app, use_apps_folder
from millstream.auth.settings import AuthSettings
from millstream.errors import MillstreamError
from millstream.server.project_settings import ProjectSettings, read_project_settings
from millstream.server.settings import ServerSettings, environment_of, own_value_of

ALL_APPS = "all"
APP_OF_ONE_DATABASE = "lodgetix"
"""What `all` means where DATABASE_URL names one database and no application has one of its own."""
KEY_ISSUERS = ("millstream", "millstream token", "supabase-demo")
"""Who issues API keys and the tokens of `millstream token`, as their `iss` says."""
_DATABASE_URL = "DATABASE_URL"
_SLOT = "MILLSTREAM_SLOT"


class AppNotChosen(MillstreamError):
    """A command works on one application, and several are served."""

    code: ClassVar[str] = "app_not_chosen"


class DatabaseShared(MillstreamError):
    """Several applications would share one database."""

    code: ClassVar[str] = "database_shared"


@dataclass(frozen=True, slots=True)
class Served:
    """The applications of a process; `by_name` says that each is served below its own name."""

    apps: tuple[str, ...] = ()
    by_name: bool = False

    def prefix_of(self, app: str) -> str:
        """Return the path below which an application is served."""
        return f"/{app}" if self.by_name else ""


def served_apps(server: ServerSettings, environ: Mapping[str, str] | None = None) -> Served:
    """Return what `MILLSTREAM_APP` chooses; raises AppUnknown for a name that is not installed."""
    use_apps_folder(server.apps_folder)
    wanted = server.app
    if wanted is None:
        return Served()
    if wanted == ALL_APPS:
        return _all_apps(environ)
    names = tuple(dict.fromkeys(name.strip() for name in wanted.split(",") if name.strip()))
    for name in names:
        load_app(name)
    return Served(names, by_name=len(names) > 1)


def _all_apps(environ: Mapping[str, str] | None) -> Served:
    if not environment_of(None, environ).get(_DATABASE_URL):
        return Served(tuple(installed_apps()), by_name=True)
    own = tuple(app for app in installed_apps() if own_value_of(_DATABASE_URL, app, environ))
    return Served(own, by_name=True) if own else Served((APP_OF_ONE_DATABASE,))


def project_settings_of(
    served: Served, server: ServerSettings, environ: Mapping[str, str] | None = None
) -> list[ProjectSettings]:
    """Return the settings of each project; a `database.url` of None means the embedded PostgreSQL."""
    if not served.apps:
        return [read_project_settings(environment_of(None, environ))]
    projects = [settings_of_app(app, served.prefix_of(app), server, environ) for app in served.apps]
    urls = [one.database.url for one in projects if one.database.url is not None]
    if len(set(urls)) < len(urls):
        raise DatabaseShared(
            f"The applications {', '.join(served.apps)} would share the database of DATABASE_URL.",
            hint="Give each its own, "
            + ", ".join(f"{_DATABASE_URL}_{app.upper()}" for app in served.apps)
            + f", or serve one: MILLSTREAM_APP={served.apps[0]}.",
        )
    return projects


def settings_of_app(
    app: str, prefix: str, server: ServerSettings, environ: Mapping[str, str] | None = None
) -> ProjectSettings:
    """Return the settings of one application's project, served at `prefix`."""
    settings = read_project_settings(environment_of(app, environ), name=app, app=app, prefix=prefix)
    auth, wal, url = settings.auth, settings.wal, f"{server.url}{prefix}"
    shares_server = settings.database.url is None or own_value_of(_DATABASE_URL, app, environ) is not None
    if shares_server and own_value_of(_SLOT, app, environ) is None:
        wal = replace(wal, slot=f"{wal.slot}_{app}")  # slots are a namespace of the whole PostgreSQL server
    if prefix and not auth.jwt_issuers:
        # Applications of one server share a secret unless they have their own; a token is still good for one alone.
        auth = replace(auth, jwt_issuers=(auth.issuer or f"{url}/auth/v1", *KEY_ISSUERS))
    if auth.site_url == AuthSettings().site_url:
        auth = replace(auth, site_url=f"{url}/" if prefix else url)
    return replace(settings, auth=auth, wal=wal)


def one_project(server: ServerSettings, environ: Mapping[str, str] | None = None) -> ProjectSettings:
    """Return the settings of the one project that a command works on; raises AppNotChosen where there are several."""
    projects = project_settings_of(served_apps(server, environ), server, environ)
    if len(projects) > 1:
        names = [str(one.app) for one in projects]
        raise AppNotChosen(
            f"This works on one application, and there are several: {', '.join(names)}.",
            hint=f"Say which one: MILLSTREAM_APP={names[0]} millstream …",
        )
    return projects[0]
