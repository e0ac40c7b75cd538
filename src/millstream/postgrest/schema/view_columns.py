"""Where the columns of a view come from, read out of its stored query tree (`pg_rewrite.ev_action`).

Receives the tree's text from `rest.schema.loader`; says for each column of the view the relation and the column that it
shows unchanged. Expressions, aggregates and set operations have no origin. Pure: no catalog is asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

_MARK = re.compile(r"\\.|[{}()]")
_ENTRY = re.compile(r":resno (\d+) .*?:resorigtbl (\d+) :resorigcol (\d+)", re.DOTALL)

Origin = tuple[int, int]
"""A relation's oid and the number of its column."""


def parse_view_columns(tree: str) -> dict[int, Origin]:
    """Return the origin of each column of a view by column number; the node tree is that of its one SELECT rule."""
    start = _outer_target_list(tree)
    if start is None:
        return {}
    origins: dict[int, Origin] = {}
    for entry in _entries(tree, start):
        tail = entry[entry.rfind(":resno ") :]
        match = _ENTRY.match(tail)
        if match and match[2] != "0":
            origins[int(match[1])] = (int(match[2]), int(match[3]))
    return origins


def _outer_target_list(tree: str) -> int | None:
    """Return where the target list of the outermost query begins: the one at the depth of its own fields."""
    depth = 0
    for match in _WITH_TARGET.finditer(tree):
        mark = match.group()
        if mark in "{(":
            depth += 1
        elif mark in "})":
            depth -= 1
        elif mark == ":targetList (" and depth == 2:
            return match.end()
        elif mark.endswith("("):
            depth += 1
    return None


_WITH_TARGET = re.compile(r"\\.|:targetList \(|[{}()]")


def _entries(tree: str, start: int) -> Iterator[str]:
    depth, begin = 0, start
    for match in _MARK.finditer(tree, start):
        mark = match.group()
        if mark in "{(":
            if depth == 0:
                begin = match.start()
            depth += 1
        elif mark in "})":
            if depth == 0:
                return
            depth -= 1
            if depth == 0:
                yield tree[begin : match.end()]


def resolve_origins(views: Mapping[int, Mapping[int, Origin]]) -> dict[int, dict[int, Origin]]:
    """Follow views over views down to tables; each step is kept, so that a view also shows what its views show."""
    return {
        view: {column: _follow(views, origin) for column, origin in columns.items()} for view, columns in views.items()
    }


def _follow(views: Mapping[int, Mapping[int, Origin]], origin: Origin) -> Origin:
    seen = set()
    while origin[0] in views and origin not in seen:
        seen.add(origin)
        below = views[origin[0]].get(origin[1])
        if below is None:
            return origin
        origin = below
    return origin
