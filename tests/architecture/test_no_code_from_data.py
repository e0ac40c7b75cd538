"""Nothing that arrives as data ever becomes code (attack group 31): no pickles, no eval, no YAML that makes objects."""

import ast

import pytest

from tests.architecture.rules import ROOT, python_files

MODULES = {"pickle", "cPickle", "marshal", "shelve", "dill", "jinja2", "mako", "cloudpickle"}
CALLS = {"eval", "exec", "compile", "__import__", "yaml.load", "yaml.unsafe_load", "yaml.full_load"}


def code_from_data(source: str) -> list[str]:
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found += [name.name for name in node.names if name.name.split(".")[0] in MODULES]
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in MODULES:
            found.append(node.module or "")
        if isinstance(node, ast.Call) and ast.unparse(node.func) in CALLS:
            found.append(ast.unparse(node.func))
    return found


def test_the_product_makes_no_code_of_data():
    files = python_files("src", "apps")
    assert files
    found = {str(path.relative_to(ROOT)): code_from_data(path.read_text(encoding="utf-8")) for path in files}
    assert {path: names for path, names in found.items() if names} == {}


@pytest.mark.parametrize("source", ["import pickle", "from marshal import loads", "eval(x)", "yaml.load(x)", "exec(x)"])
def test_it_would_be_noticed(source):
    assert code_from_data(source)
