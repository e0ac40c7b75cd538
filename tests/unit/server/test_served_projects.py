"""What MILLSTREAM_APP chooses, and what each application of a server has for itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from millstream.app.errors import AppUnknown
from millstream.app.loader import installed_apps
from millstream.auth.settings import AuthSettings
from millstream.server.project_settings import ProjectSettings
from millstream.server.served_projects import (
    AppNotChosen,
    DatabaseShared,
    Served,
    one_project,
    project_settings_of,
    served_apps,
)
from millstream.server.settings import ServerSettings, environment_of, read_settings

URL = "postgresql://millstream@db/app"


def settings_for(app: str | None, **environ: str) -> list[ProjectSettings]:
    return project_settings_of(served_apps(ServerSettings(app=app), environ), ServerSettings(), environ)


def test_without_a_word_every_installed_application_is_served_below_its_name() -> None:
    assert served_apps(read_settings(ServerSettings, {}), {}) == Served(tuple(installed_apps()), by_name=True)


def test_one_application_is_served_at_the_root_and_several_below_their_names() -> None:
    [alone] = settings_for("lodgetix")
    assert (alone.name, alone.app, alone.prefix) == ("lodgetix", "lodgetix", "")
    assert Served(("a", "b"), by_name=True).prefix_of("b") == "/b"
    assert served_apps(ServerSettings(app="lodgetix, lodgetix,"), {}) == Served(("lodgetix",))


def test_an_empty_choice_serves_the_tables_alone() -> None:
    wanted = read_settings(ServerSettings, {"MILLSTREAM_APP": ""}).app
    [alone] = settings_for(wanted, DATABASE_URL=URL)
    assert (alone.app, alone.prefix, alone.database.url, alone.wal.slot) == (None, "", URL, "millstream")


def test_an_unknown_application_is_refused_before_anything_starts() -> None:
    with pytest.raises(AppUnknown, match="no_such_app"):
        served_apps(ServerSettings(app="lodgetix,no_such_app"), {})


def test_one_database_has_one_application() -> None:
    [alone] = settings_for("all", DATABASE_URL=URL)
    assert (alone.app, alone.prefix, alone.database.url, alone.wal.slot) == ("lodgetix", "", URL, "millstream")
    several = Served(("lodgetix", "notes"), by_name=True)
    with pytest.raises(DatabaseShared, match="lodgetix, notes"):
        project_settings_of(several, ServerSettings(), {"DATABASE_URL": URL})


def test_with_databases_of_their_own_those_applications_are_served_that_have_one() -> None:
    environ = {"DATABASE_URL": URL, "DATABASE_URL_LODGETIX": f"{URL}2"}
    [only] = settings_for("all", **environ)
    assert (only.app, only.prefix, only.database.url, only.wal.slot) == (
        "lodgetix",
        "/lodgetix",
        f"{URL}2",
        "millstream_lodgetix",
    )


@pytest.mark.parametrize(
    ("environ", "slot"),
    [
        ({}, "millstream_lodgetix"),
        ({"MILLSTREAM_SLOT": "reader"}, "reader_lodgetix"),
        ({"MILLSTREAM_SLOT_LODGETIX": "mine"}, "mine"),
        ({"DATABASE_URL": URL}, "millstream"),
    ],
    ids=["embedded", "a common name", "its own name", "a database of its own"],
)
def test_projects_of_one_postgres_have_a_slot_each(environ: Mapping[str, str], slot: str) -> None:
    assert settings_for("lodgetix", **environ)[0].wal.slot == slot


def test_an_application_may_have_its_own_value_of_every_setting() -> None:
    environ = {"MILLSTREAM_JWT_SECRET": "a" * 40, "MILLSTREAM_JWT_SECRET_LODGETIX": "b" * 40}
    assert settings_for("lodgetix", **environ)[0].auth.jwt_secret == "b" * 40
    assert environment_of("notes", environ)["MILLSTREAM_JWT_SECRET"] == "a" * 40
    assert environment_of(None, environ) == environ


def issuers(**environ: str) -> Any:
    served = Served(("lodgetix",), by_name=True)
    return project_settings_of(served, ServerSettings(port=8000), environ)[0].auth


def test_a_token_of_one_application_is_for_no_other() -> None:
    auth = issuers()
    assert auth.jwt_issuers[0] == "http://127.0.0.1:8000/lodgetix/auth/v1"
    assert auth.site_url == "http://127.0.0.1:8000/lodgetix/"
    assert issuers(MILLSTREAM_JWT_ISSUERS="elsewhere").jwt_issuers == ("elsewhere",)
    assert issuers(MILLSTREAM_SITE_URL="https://shop.example").site_url == "https://shop.example"


def test_people_return_from_mails_to_the_port_that_is_served() -> None:
    [alone] = project_settings_of(Served(("lodgetix",)), ServerSettings(port=8000), {})
    assert alone.auth.site_url == "http://127.0.0.1:8000"
    assert alone.auth.jwt_issuers == AuthSettings().jwt_issuers


def test_a_command_wants_to_know_which_application_it_is_for() -> None:
    several = ServerSettings(app="all")
    environ = {"DATABASE_URL_LODGETIX": URL, "DATABASE_URL": URL}
    assert one_project(several, environ).app == "lodgetix"
    assert one_project(ServerSettings(app="lodgetix"), {}).app == "lodgetix"


def test_a_command_for_one_of_several_says_how_to_choose(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("millstream.server.served_projects.installed_apps", lambda: ["lodgetix", "notes"])
    with pytest.raises(AppNotChosen) as refused:
        one_project(ServerSettings(), {})
    assert refused.value.hint == "Say which one: MILLSTREAM_APP=lodgetix millstream …"
