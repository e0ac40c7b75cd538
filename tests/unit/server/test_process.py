"""A server has as many open files as the system gives it, and says so when its sockets need more."""

from __future__ import annotations

import gc
import resource

import pytest

from millstream.server import process
from millstream.server.process import FILES_BESIDES_SOCKETS, OpenFilesLimited, prepare_process


@pytest.fixture(autouse=True)
def _leave_the_tests_process_alone():
    files, threshold = resource.getrlimit(resource.RLIMIT_NOFILE), gc.get_threshold()
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, files)
    gc.set_threshold(*threshold)


def test_the_limit_of_open_files_is_raised_as_far_as_it_goes():
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, most))
    prepare_process(sockets=1, observe=pytest.fail)
    assert resource.getrlimit(resource.RLIMIT_NOFILE) == (most, most)


def test_a_limit_below_the_allowed_sockets_is_told(monkeypatch):
    said = []
    monkeypatch.setattr(process.resource, "getrlimit", lambda _: (64, 1024))
    monkeypatch.setattr(process.resource, "setrlimit", lambda *_: None)
    prepare_process(sockets=10_000, observe=said.append)
    assert said == [OpenFilesLimited(1024, 10_000 + FILES_BESIDES_SOCKETS)]
