"""The tutorials do what they say: every file of theirs is written and every command run, in one shell."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import signal
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.fixtures.command import running
from tests.fixtures.debian_postgres import free_port
from tests.fixtures.postgres import Database

ROOT = Path(__file__).resolve().parents[2]
BLOCK = re.compile(r"^```(console|\w+ \S+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
SECONDS = 300
UMD = ROOT / "node_modules/@supabase/supabase-js/dist/umd/supabase.js"

needs_curl = pytest.mark.skipif(
    not Path("/usr/bin/curl").exists(), reason="the tutorial calls curl, which is not installed here"
)


def script_of(tutorial: Path) -> tuple[str, list[str]]:
    """Return the commands as one script, and what the tutorial says that they print.

    A block whose language is followed by a path is a file, written where the tutorial shows it.
    """
    script, printed = ["set -eo pipefail"], []
    for kind, text in BLOCK.findall(tutorial.read_text()):
        if kind != "console":
            path = kind.split()[1]
            script += [f"mkdir -p {Path(path).parent}", f"cat > {path} <<'END_OF_FILE'", text + "END_OF_FILE"]
            continue
        lines = text.splitlines()
        script += [line[2:] for line in lines if line.startswith("$ ")]
        printed += [line for line in lines if not line.startswith("$ ")]
    return "\n".join(script), printed


def checkout_at(folder: Path) -> Path:
    """Make what looks like a checkout with its environment, of the one that runs this test."""
    commands = folder / ".venv" / "bin"
    commands.mkdir(parents=True)
    millstream, python = commands / "millstream", commands / "python"
    millstream.write_text(f"#!{sys.executable}\nfrom millstream.cli.main import main\nmain()\n")
    python.write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    for command in (millstream, python):
        command.chmod(0o755)
    (folder / "node_modules").symlink_to(ROOT / "node_modules")
    return folder


async def follow(tutorial: str, *, folder: Path, environment: Mapping[str, str], checkout: Path) -> None:
    """Do what a tutorial says, in one shell, and compare what that prints."""
    script, printed = script_of(ROOT / "docs/tutorials" / tutorial)
    path = f"{checkout / '.venv/bin'}{os.pathsep}{os.environ['PATH']}"
    said = folder / "said.txt"
    with said.open("wb") as output:
        reader = await asyncio.create_subprocess_exec(
            "bash", "-m", "-c", script, cwd=folder, stdout=output, stderr=output,
            env={**environment, "PATH": path}, start_new_session=True,
        )  # fmt: skip
    try:
        async with asyncio.timeout(SECONDS):
            await reader.wait()
    except TimeoutError:
        pytest.fail(f"The tutorial did not come to its end:\n{said.read_text()}")
    finally:
        end_session(reader.pid)
    text = said.read_text()
    assert reader.returncode == 0, text
    for line in printed:
        assert line in text, (line, text)


def end_session(number: int) -> None:
    """Kill whatever the commands of a session left behind; each job has a process group of its own."""
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            fields = stat.read_text().rpartition(")")[2].split()
            if int(fields[3]) == number:
                os.kill(int(stat.parent.name), signal.SIGKILL)


@needs_curl
@pytest.mark.timeout(SECONDS + 100)
async def test_the_first_webhook(database: Database, tmp_path: Path) -> None:
    url = f"http://127.0.0.1:{free_port()}"
    environment = environment_of(database, url, MILLSTREAM_APP="lodgetix")
    checkout = checkout_at(tmp_path / "checkout")
    async with asyncio.timeout(SECONDS + 60), running("demo", folder=tmp_path, environment=environment) as demo:
        await demo.line("Open")
        await follow("first-webhook.md", folder=tmp_path, environment={**environment, "URL": url}, checkout=checkout)


@needs_curl
@pytest.mark.skipif(not UMD.exists(), reason="the tutorial uses supabase-js, which `make web` installs")
@pytest.mark.timeout(SECONDS + 100)
async def test_the_first_app(database: Database, tmp_path: Path) -> None:
    url = f"http://127.0.0.1:{free_port()}"
    checkout = checkout_at(tmp_path / "checkout")
    folder = tmp_path / "empty"
    folder.mkdir()
    environment = environment_of(database, url, URL=url, MILLSTREAM=str(checkout), HOME=str(tmp_path))
    await follow("first-app.md", folder=folder, environment=environment, checkout=checkout)


def environment_of(database: Database, url: str, **more: str) -> dict[str, str]:
    return {
        "DATABASE_URL": database.url,
        "MILLSTREAM_SLOT": database.slot,
        "MILLSTREAM_PORT": url.rpartition(":")[2],
        **more,
    }
