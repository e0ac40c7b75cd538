"""A server has as many open files as the system gives it, and says so when its sockets need more."""

from __future__ import annotations

import gc
import resource

import pytest

from millstream.observe import Level
from millstream.server import process
from millstream.server.process import (
    FILES_BESIDES_SOCKETS,
    OpenFilesBelowCeilings,
    OpenFilesLimited,
    Sockets,
    prepare_process,
)


@pytest.fixture(autouse=True)
def _leave_the_tests_process_alone():
    files, threshold = resource.getrlimit(resource.RLIMIT_NOFILE), gc.get_threshold()
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, files)
    gc.set_threshold(*threshold)


class Limit:
    """The limit of open files as a system gives it; `refused` are soft limits that this one does not take."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, soft: int, hard: int, refused: tuple[int, ...] = ()) -> None:
        self.limits, self.refused = (soft, hard), refused
        monkeypatch.setattr(process.resource, "getrlimit", lambda _: self.limits)
        monkeypatch.setattr(process.resource, "setrlimit", self._set)

    def _set(self, _: int, limits: tuple[int, int]) -> None:
        if limits[0] in self.refused:
            raise ValueError("current limit exceeds maximum limit")
        self.limits = limits


def test_the_limit_of_open_files_is_raised_as_far_as_it_goes():
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, most))
    prepare_process([Sockets(asked=1, allowed=1)], observe=pytest.fail)
    assert resource.getrlimit(resource.RLIMIT_NOFILE) == (most, most)


def test_where_infinity_is_refused_the_limit_is_what_such_a_system_takes(monkeypatch):
    limit = Limit(monkeypatch, 256, resource.RLIM_INFINITY, refused=(resource.RLIM_INFINITY,))
    prepare_process([Sockets(asked=5_000, allowed=5_000)], observe=pytest.fail)
    assert limit.limits == (10_240, resource.RLIM_INFINITY)


def test_a_limit_that_is_higher_than_what_such_a_system_takes_stays(monkeypatch):
    limit = Limit(monkeypatch, 50_000, resource.RLIM_INFINITY, refused=(resource.RLIM_INFINITY,))
    prepare_process([Sockets(asked=40_000, allowed=40_000)], observe=pytest.fail)
    assert limit.limits == (50_000, resource.RLIM_INFINITY)


def test_sockets_that_were_asked_for_and_do_not_fit_are_told_with_what_to_do(monkeypatch):
    Limit(monkeypatch, 64, 1024)
    said = []
    prepare_process([Sockets(asked=10_000, allowed=10_000)], observe=said.append)
    [limited] = said
    needed = 10_000 + FILES_BESIDES_SOCKETS
    assert (type(limited), limited.limit, limited.needed) == (OpenFilesLimited, 1024, needed)
    assert f"`ulimit -n {needed}`" in limited.remedy


def test_the_sockets_that_several_applications_ask_for_add_up(monkeypatch):
    Limit(monkeypatch, 64, 1_500)
    said = []
    prepare_process([Sockets(asked=500, allowed=500)], observe=said.append)
    prepare_process([Sockets(asked=500, allowed=500)] * 2, observe=said.append)
    prepare_process([Sockets(asked=500, allowed=500)] * 3, observe=said.append)
    assert [one.needed for one in said] == [3 * (500 + FILES_BESIDES_SOCKETS)]


def test_ceilings_that_nobody_set_frighten_nobody(monkeypatch):
    Limit(monkeypatch, 1_024, 4_096)
    said = []
    prepare_process([Sockets(asked=0, allowed=10_000)] * 3, observe=said.append)
    assert said == [OpenFilesBelowCeilings(4_096, 30_000)]
    assert said[0].level < Level.WARNING


def test_too_few_files_to_try_anything_out_are_told_in_any_case(monkeypatch):
    Limit(monkeypatch, 64, 256)
    said = []
    prepare_process([Sockets(asked=0, allowed=10_000)], observe=said.append)
    assert [type(one) for one in said] == [OpenFilesLimited]
