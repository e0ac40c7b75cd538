"""The rules of ARCHITECTURE.md that linters do not know, each a function from one source file to its violations."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 40
GRAB_BAGS = {"utils", "helpers", "common", "base", "core", "manager"}
ENVIRONMENT_READER = "src/millstream/server/settings.py"
GENERATED = (".gen.ts", "database.types.ts", "routeTree.gen.ts")


def python_files(*folders: str) -> list[Path]:
    """Return the Python files below the folders, tests of the applications included, built things not."""
    skipped = {"node_modules", "dist", "millstream_apps"}
    found = (path for folder in folders for path in sorted((ROOT / folder).rglob("*.py")))
    return [path for path in found if not skipped & set(path.relative_to(ROOT).parts)]


def long_file(path: Path, source: str) -> Iterator[str]:
    lines = source.count("\n")
    if lines > MAX_FILE_LINES and not path.name.endswith(GENERATED):
        yield f"{path}: {lines} lines, the cap is {MAX_FILE_LINES}"


def long_functions(path: Path, source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            body = node.body
            first = body[1] if len(body) > 1 and ast.get_docstring(node) is not None else body[0]
            lines = (node.end_lineno or 0) - first.lineno + 1
            if lines > MAX_FUNCTION_LINES:
                yield f"{path}:{node.lineno}: {node.name} has {lines} lines, the cap is {MAX_FUNCTION_LINES}"


def grab_bag_names(path: Path, source: str) -> Iterator[str]:
    for part in (*path.parts[:-1], path.stem):
        if part.lower() in GRAB_BAGS:
            yield f"{path}: {part!r} says nothing about what is inside"


def environment_reads(path: Path, source: str) -> Iterator[str]:
    if path.as_posix().endswith(ENVIRONMENT_READER):
        return
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute) and node.attr in {"environ", "getenv", "environb"}:
            yield f"{path}:{node.lineno}: the environment is read in {ENVIRONMENT_READER} only"
        if (
            isinstance(node, ast.ImportFrom)
            and node.module == "os"
            and any(a.name in {"environ", "getenv"} for a in node.names)
        ):
            yield f"{path}:{node.lineno}: the environment is read in {ENVIRONMENT_READER} only"


def loose_tasks(path: Path, source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        owner = ast.unparse(node.func.value)
        if node.func.attr == "ensure_future" or (
            node.func.attr == "create_task" and owner in {"asyncio", "loop", "self._loop"}
        ):
            yield f"{path}:{node.lineno}: a task belongs to a task group"


def sleeps(path: Path, source: str) -> Iterator[str]:
    tree = ast.parse(source)
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    yields_to_the_loop = {id(call.func) for call in calls if call.args and ast.unparse(call.args[0]) == "0"}
    for node in ast.walk(tree):
        sleeps_by_any_name = (
            isinstance(node, ast.Attribute) and node.attr == "sleep" and id(node) not in yields_to_the_loop
        )
        imported = isinstance(node, ast.ImportFrom) and any(name.name == "sleep" for name in node.names)
        if sleeps_by_any_name or imported:
            yield f"{path}:{node.lineno}: wait for a frame, an observation or an LSN instead of sleeping"


def missing_module_docstring(path: Path, source: str) -> Iterator[str]:
    tree = ast.parse(source)
    if tree.body and ast.get_docstring(tree) is None:
        yield f"{path}: a module says what it receives, hands on and promises"
