"""Settings come from the environment with clear errors, and unsafe defaults never leave this machine."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC

import pytest

from millstream.auth.settings import AuthSettings
from millstream.server.project_settings import (
    DevelopmentKeysExposed,
    ProjectSettings,
    is_loopback,
    read_project_settings,
    refuse_exposed_keys,
)
from millstream.server.settings import InvalidSetting, ServerSettings, read_settings

OWN_KEYS = AuthSettings(jwt_secret="a" * 40, publishable_keys=("sb_publishable_own",), secret_keys=("sb_secret_own",))


def test_what_is_not_set_has_its_default() -> None:
    assert read_settings(ServerSettings, {}) == ServerSettings()


def test_a_variable_is_read_as_its_settings_type() -> None:
    read = read_settings(ServerSettings, {"MILLSTREAM_PORT": "8080", "MILLSTREAM_APP": ""})
    assert (read.port, read.app) == (8080, None)


def test_a_given_value_wins_over_the_environment() -> None:
    assert read_settings(ServerSettings, {"MILLSTREAM_PORT": "8080"}, port=9).port == 9


def test_a_list_is_separated_by_commas() -> None:
    read = read_settings(AuthSettings, {"MILLSTREAM_PUBLISHABLE_KEYS": "one, two"})
    assert read.publishable_keys == ("one", "two")


@pytest.mark.parametrize("text", ["", "many", "-1", "1.5"])
def test_nonsense_names_the_variable_and_what_it_must_be(text: str) -> None:
    with pytest.raises(InvalidSetting, match="MILLSTREAM_PORT must be a whole number"):
        read_settings(ServerSettings, {"MILLSTREAM_PORT": text})


@pytest.mark.parametrize(
    ("text", "read"), [("", None), ("2026-03-02T10:00+01:00", "09:00"), ("2026-03-02 09:00", "09:00")]
)
def test_a_time_without_an_offset_is_utc(text: str, read: str | None) -> None:
    demo_now = read_settings(ServerSettings, {"MILLSTREAM_DEMO_NOW": text}).demo_now
    assert (demo_now and f"{demo_now.astimezone(UTC):%H:%M}") == read


def test_what_is_no_time_is_refused() -> None:
    with pytest.raises(InvalidSetting, match="MILLSTREAM_DEMO_NOW must be a time such as"):
        read_settings(ServerSettings, {"MILLSTREAM_DEMO_NOW": "noon"})


def test_a_secret_is_in_no_representation() -> None:
    settings = read_project_settings({"MILLSTREAM_JWT_SECRET": "x" * 40, "DATABASE_URL": "postgresql://u:hidden@h/d"})
    assert "x" * 40 not in repr(settings)
    assert "hidden" not in repr(settings)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.com"])
def test_development_keys_are_refused_outside_loopback(host: str) -> None:
    with pytest.raises(DevelopmentKeysExposed, match="MILLSTREAM_JWT_SECRET"):
        refuse_exposed_keys(ProjectSettings(), host)


@pytest.mark.parametrize("left_default", ["jwt_secret", "publishable_keys", "secret_keys"])
def test_one_development_key_is_enough_to_refuse(left_default: str) -> None:
    default = getattr(AuthSettings(), left_default)
    with pytest.raises(DevelopmentKeysExposed):
        refuse_exposed_keys(ProjectSettings(auth=replace(OWN_KEYS, **{left_default: default})), "0.0.0.0")


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "localhost"])
def test_development_keys_are_fine_on_loopback(host: str) -> None:
    assert is_loopback(host)
    refuse_exposed_keys(ProjectSettings(), host)


def test_own_keys_may_be_served_anywhere() -> None:
    refuse_exposed_keys(ProjectSettings(auth=OWN_KEYS), "0.0.0.0")


def test_the_defaults_are_safe() -> None:
    """Attack group 32, one by one: what nobody has set must not be open to the world."""
    server, project = ServerSettings(), ProjectSettings()
    assert is_loopback(server.host)
    assert project.auth.secret_keys_from_browsers is False
    assert project.auth.failed_sign_ins_per_hour > 0
    assert project.auth.hash_queue > 0
    assert project.database.statement_timeout_ms > 0
    assert project.policy.check_timeout_ms > 0
    assert project.data_api.plan_enabled is False
    assert project.data_api.schemas == ("public",)
    assert project.data_api.tx_end == "commit"
    assert 0 < project.data_api.max_body_bytes < 100_000_000
    assert 0 < project.channels.max_message_bytes <= 5_000_000
    assert 0 < project.channels.max_channels_per_socket <= 100
    assert project.mailboxes.max_bytes > 0
    assert project.operations.body_limit_bytes > 0
    assert project.operations.timeout_seconds > 0
