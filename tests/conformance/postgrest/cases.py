"""One conformance case: read from YAML, turned into a request, its answer compared as the rules of the data set say."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from tests.conformance.postgrest.tokens import sign

_UNSAFE = re.compile(rb"[\x00-\x20\"<>{}|\\^`\x7f-\xff]|%(?![0-9A-Fa-f]{2})")
_WRITES = {"POST", "PATCH", "PUT", "DELETE"}
_STEP = re.compile(r"\.(\w+)|\['([^']*)'\]|\[(\d+)\]")
ABSENT = object()


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class Case:
    """A case as the file has it; `area` is the first segment of its feature."""

    id: int
    feature: str
    config: dict[str, Any]
    schema: str | None
    request: dict[str, Any]
    expect: dict[str, Any]
    preconditions: list[str] = field(default_factory=list)

    @property
    def area(self) -> str:
        return self.feature.partition("/")[0]

    @property
    def config_key(self) -> tuple[tuple[str, str], ...]:
        return tuple(sorted((name, repr(value)) for name, value in self.config.items()))

    def target(self) -> bytes:
        path = self.request["path"].encode()
        return _UNSAFE.sub(lambda match: b"".join(b"%%%02X" % byte for byte in match.group()), path)

    def headers(self) -> dict[str, str]:
        headers = {"host": "test", "accept": "*/*"}
        headers |= {name.lower(): str(value) for name, value in (self.request.get("headers") or {}).items()}
        profiled = {"accept-profile", "content-profile"} & headers.keys()
        default = self.config["db-schemas"].split(", ")[0]
        if self.schema not in (None, default) and not profiled:
            kind = "content" if self.request["method"] in _WRITES else "accept"
            headers[f"{kind}-profile"] = self.schema or ""
        if "jwt" in self.request:
            headers["authorization"] = f"Bearer {sign(self.request['jwt']['payload'])}"
        return headers

    def body(self) -> bytes:
        request = self.request
        if "body_json" in request:
            return orjson.dumps(request["body_json"])
        if "body_raw" in request:
            return str(request["body_raw"]).encode()
        body = request.get("body")
        if body is None:
            return b""
        return body.encode() if isinstance(body, str) else orjson.dumps(body)


def load_cases(folder: Path) -> list[Case]:
    import yaml

    cases = []
    for file in sorted(folder.glob("*.yaml")):
        raw = yaml.safe_load(file.read_text())
        cases.append(
            Case(
                raw["id"],
                raw["feature"],
                raw.get("config") or {},
                raw.get("schema"),
                raw["request"],
                raw["expect"],
                raw.get("preconditions") or [],
            )
        )
    return cases


def differences(case: Case, answer: Answer) -> list[str]:
    """Return what is not as the case expects it; empty when it passes."""
    found: list[str] = []
    for name, expected in case.expect.items():
        found += COMPARISONS[name](expected, answer)
    return found


def _status(expected: int, answer: Answer) -> Iterator[str]:
    if answer.status != expected:
        yield f"status {answer.status}, not {expected}: {answer.body[:300]!r}"


def _headers(expected: Mapping[str, Any], answer: Answer) -> Iterator[str]:
    for name, value in expected.items():
        if answer.headers.get(name.lower()) != str(value):
            yield f"{name}: {answer.headers.get(name.lower())!r}, not {value!r}"


def _present(expected: list[str], answer: Answer) -> Iterator[str]:
    yield from (f"{name} is missing" for name in expected if name.lower() not in answer.headers)


def _absent(expected: list[str], answer: Answer) -> Iterator[str]:
    yield from (f"{name} is there" for name in expected if name.lower() in answer.headers)


def _match(expected: Mapping[str, str], answer: Answer) -> Iterator[str]:
    for name, pattern in expected.items():
        if not re.search(pattern, answer.headers.get(name.lower(), "")):
            yield f"{name}: {answer.headers.get(name.lower())!r} does not match {pattern!r}"


def _absent_in_value(expected: Mapping[str, list[str]], answer: Answer) -> Iterator[str]:
    for name, parts in expected.items():
        value = answer.headers.get(name.lower(), "")
        yield from (f"{name} contains {part!r}" for part in parts if part in value)


def _no_blank(_: bool, answer: Answer) -> Iterator[str]:
    yield from (f"blank header {name!r}" for name, value in answer.headers.items() if not name or not value.strip())


def _json(expected: Any, answer: Answer) -> Iterator[str]:
    if expected is None or expected == "":
        if answer.body:
            yield f"body {answer.body[:200]!r}, not empty"
        return
    try:
        value = orjson.loads(answer.body)
    except orjson.JSONDecodeError:
        yield f"body is no JSON: {answer.body[:200]!r}"
        return
    if not equal(value, expected):
        yield f"body {answer.body[:600].decode()}, not {orjson.dumps(expected)[:600].decode()}"


def _raw(expected: str, answer: Answer) -> Iterator[str]:
    if answer.body.decode() != expected:
        yield f"body {answer.body[:300]!r}, not {expected!r}"


def _contains(expected: str | list[str], answer: Answer) -> Iterator[str]:
    parts = [expected] if isinstance(expected, str) else expected
    yield from (f"body {answer.body[:300]!r} lacks {part!r}" for part in parts if part not in answer.body.decode())


def _jsonpath(expected: list[dict[str, Any]], answer: Answer) -> Iterator[str]:
    for test in expected:
        found = look_up(orjson.loads(answer.body), test["path"])
        if test.get("absent") and found is not ABSENT:
            yield f"{test['path']} is there"
        if (test.get("present") or test.get("exists")) and found is ABSENT:
            yield f"{test['path']} is missing"
        if "equals" in test and not equal(found, test["equals"]):
            yield f"{test['path']} is {found!r}, not {test['equals']!r}"


COMPARISONS: dict[str, Any] = {
    "status": _status,
    "headers": _headers,
    "headers_present": _present,
    "headers_absent": _absent,
    "headers_match": _match,
    "headers_absent_in_value": _absent_in_value,
    "headers_no_blank": _no_blank,
    "body_exact": _json,
    "body_json": _json,
    "body_raw": _raw,
    "body_contains": _contains,
    "body_jsonpath": _jsonpath,
}


def equal(left: Any, right: Any) -> bool:
    """Compare as JSON: keys in any order, 1 equals 1.0, a boolean is no number."""
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(equal(left[key], right[key]) for key in left)
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(equal, left, right))
    return bool(left == right)


def look_up(value: Any, path: str) -> Any:
    """Follow a path of the data set's subset of JSONPath; ABSENT where it leads nowhere."""
    for name, quoted, index in _STEP.findall(path.removeprefix("$")):
        if index:
            if not isinstance(value, list) or int(index) >= len(value):
                return ABSENT
            value = value[int(index)]
        elif not isinstance(value, dict) or (name or quoted) not in value:
            return ABSENT
        else:
            value = value[name or quoted]
    return value
