"""A declaration that contradicts itself is refused when it is made; applications are found by name."""

from __future__ import annotations

from pathlib import Path

import pytest
from fastapi import APIRouter, WebSocket

import millstream_apps
from millstream.app import App, Context, every, operation
from millstream.app.errors import AppInvalid, AppUnknown
from millstream.app.loader import installed_apps, load_app, use_apps_folder


@operation
async def ping(context: Context) -> str:
    return "pong"


@every(seconds=1)
async def tidy(context: Context) -> None: ...


@pytest.fixture
def sql(tmp_path: Path) -> Path:
    (tmp_path / "sql" / "migrations").mkdir(parents=True)
    return tmp_path / "sql"


def test_an_application_says_where_its_sql_is(sql: Path) -> None:
    app = App(name="shop", title="Shop", sql=sql, operations=[ping], background=[tidy])
    assert (app.migrations.name, app.migrations.folder) == ("shop", sql)
    assert (tidy.name, tidy.seconds) == ("tidy", 1)


@pytest.mark.parametrize("name", ["", "Shop", "my-shop", "1shop", "shop "])
def test_a_name_that_is_no_identifier_is_refused(sql: Path, name: str) -> None:
    with pytest.raises(AppInvalid, match="identifier"):
        App(name=name, title="Shop", sql=sql)


def test_a_folder_without_migrations_is_refused(tmp_path: Path) -> None:
    with pytest.raises(AppInvalid, match="migrations"):
        App(name="shop", title="Shop", sql=tmp_path)


def test_two_operations_of_one_name_are_refused(sql: Path) -> None:
    with pytest.raises(AppInvalid, match="'ping' twice"):
        App(name="shop", title="Shop", sql=sql, operations=[ping, ping])


def test_two_background_tasks_of_one_name_are_refused(sql: Path) -> None:
    with pytest.raises(AppInvalid, match="'tidy' twice"):
        App(name="shop", title="Shop", sql=sql, background=[tidy, tidy])


def test_a_route_that_is_declared_twice_is_refused(sql: Path) -> None:
    routers = [APIRouter(), APIRouter(prefix="/notes")]
    for router, path in zip(routers, ["/notes/{note_id}", "/{note_id}"], strict=True):
        router.get(path)(lambda note_id: note_id)
    with pytest.raises(AppInvalid, match=r"GET /notes/\{note_id\} twice"):
        App(name="shop", title="Shop", sql=sql, routes=routers)


@pytest.mark.parametrize("path", ["/webhooks/orders", "/openapi.json"])
def test_a_route_where_millstream_serves_itself_is_refused(sql: Path, path: str) -> None:
    router = APIRouter()
    router.get(path)(lambda: None)
    with pytest.raises(AppInvalid, match="serves itself"):
        App(name="shop", title="Shop", sql=sql, routes=[router])


def test_a_route_for_sockets_is_refused(sql: Path) -> None:
    router = APIRouter()

    @router.websocket("/live")
    async def live(socket: WebSocket) -> None: ...

    with pytest.raises(AppInvalid, match="HTTP alone"):
        App(name="shop", title="Shop", sql=sql, routes=[router])


def test_every_installed_application_loads() -> None:
    assert "lodgetix" in installed_apps()
    assert [load_app(name).name for name in installed_apps()] == installed_apps()


def test_a_folder_of_ones_own_holds_applications_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(millstream_apps, "__path__", list(millstream_apps.__path__))
    own = tmp_path / "corner_shop"
    (own / "sql" / "migrations").mkdir(parents=True)
    (own / "__init__.py").touch()
    (own / "app.py").write_text(
        "from pathlib import Path\n"
        "from millstream.app import App\n"
        "app = App(name='corner_shop', title='Shop', sql=Path(__file__).with_name('sql'))\n"
    )
    use_apps_folder(tmp_path)
    assert {"corner_shop", "lodgetix"} <= set(installed_apps())
    assert load_app("corner_shop").title == "Shop"
    with pytest.raises(AppInvalid, match="no folder"):
        use_apps_folder(tmp_path / "gone")


def test_an_unknown_application_is_answered_with_those_that_are_there() -> None:
    with pytest.raises(AppUnknown) as caught:
        load_app("no_such_app")
    assert "lodgetix" in str(caught.value)
