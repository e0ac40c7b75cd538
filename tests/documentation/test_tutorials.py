"""The tutorials do what they say: every command of theirs is run, in one shell, beside a demo."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import signal
import sys
from pathlib import Path

import pytest

from tests.fixtures.command import running
from tests.fixtures.debian_postgres import free_port
from tests.fixtures.postgres import Database

ROOT = Path(__file__).resolve().parents[2]
BLOCK = re.compile(r"^```console\n(.*?)^```", re.MULTILINE | re.DOTALL)
SECONDS = 300


def script_of(tutorial: Path) -> tuple[str, list[str]]:
    """Return the commands as one script, and what the tutorial says that they print."""
    lines = [line for block in BLOCK.findall(tutorial.read_text()) for line in block.splitlines()]
    commands = [line[2:] for line in lines if line.startswith("$ ")]
    return "set -eo pipefail\n" + "\n".join(commands), [line for line in lines if not line.startswith("$ ")]


@pytest.mark.timeout(SECONDS + 100)
@pytest.mark.skipif(not Path("/usr/bin/curl").exists(), reason="the tutorial calls curl, which is not installed here")
async def test_the_first_webhook(database: Database, tmp_path: Path) -> None:
    script, printed = script_of(ROOT / "docs/tutorials/first-webhook.md")
    url = f"http://127.0.0.1:{free_port()}"
    environment = {
        "DATABASE_URL": database.url,
        "MILLSTREAM_SLOT": database.slot,
        "MILLSTREAM_PORT": url.rpartition(":")[2],
        "MILLSTREAM_APP": "lodgetix",
    }
    commands = tmp_path / "bin"
    commands.mkdir()
    millstream = commands / "millstream"
    millstream.write_text(f"#!{sys.executable}\nfrom millstream.cli.main import main\nmain()\n")
    millstream.chmod(0o755)
    async with asyncio.timeout(SECONDS + 60), running("demo", folder=tmp_path, environment=environment) as demo:
        await demo.line("Open")
        path = f"{commands}{os.pathsep}{os.environ['PATH']}"
        said = tmp_path / "said.txt"
        with said.open("wb") as output:
            reader = await asyncio.create_subprocess_exec(
                "bash", "-m", "-c", script, cwd=tmp_path, stdout=output, stderr=output,
                env={**environment, "PATH": path, "URL": url}, start_new_session=True,
            )  # fmt: skip
        try:
            async with asyncio.timeout(SECONDS):
                await reader.wait()
        except TimeoutError:
            pytest.fail(f"The tutorial did not come to its end:\n{said.read_text()}")
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(reader.pid, signal.SIGKILL)  # whatever a command left behind
    text = said.read_text()
    assert reader.returncode == 0, text
    for line in printed:
        assert line in text, (line, text)
