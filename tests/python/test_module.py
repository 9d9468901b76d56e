from __future__ import annotations

import ast
from pathlib import Path

import pytest

from sis_migrate.model import EditGroup, Finding, Item, Safety, Span, Status
from sis_migrate.python.graph import Role
from sis_migrate.python.module import Module
from sis_migrate.python.names import Binding
from toys import ROOT, module_of, rewritten

PLACES = {
    "argument": ("f(old())", "f(a or b)"),
    "keyword": ("f(k=old())", "f(k=a or b)"),
    "called": ("old()()", "(a or b)()"),
    "attribute": ("old().x", "(a or b).x"),
    "subscript": ("old()[0]", "(a or b)[0]"),
    "index": ("x[old()]", "x[(a or b)]"),
    "operand": ("old() + 1", "(a or b) + 1"),
    "assigned": ("x = old()", "x = a or b"),
    "walrus": ("(x := old())", "(x := a or b)"),
    "returned": ("def f(): return old()", "def f(): return a or b"),
    "condition": ("if old(): pass", "if a or b: pass"),
    "iterated": ("for x in old(): pass", "for x in (a or b): pass"),
    "context": ("with old(): pass", "with (a or b): pass"),
    "starred": ("f(*old())", "f(*(a or b))"),
    "parenthesised": ("x = (old()) + 1", "x = (a or b) + 1"),
    "element": ("[old(), 1]", "[(a or b), 1]"),
    "decorator": ("@old()\ndef f(): pass", "@a or b\ndef f(): pass"),
    "default": ("def f(x=old()): pass", "def f(x=(a or b)): pass"),
    "in an f-string": ("f'{old()}'", "f'{(a or b)}'"),
}


@pytest.mark.parametrize(("before", "after"), PLACES.values(), ids=PLACES)
def test_what_needs_parentheses_gets_them(before: str, after: str) -> None:
    module = module_of(before + "\n")
    result = rewritten(module, module.replace(call(module), "a or b", "m"))
    assert result.text == after + "\n"
    assert rewritten(module, module.replace(call(module), "c.d()", "m")).text.count("(a") == 0


def call(module: Module, name: str = "old") -> ast.Call:
    return next(
        n
        for n in ast.walk(module.source.tree)
        if isinstance(n, ast.Call) and isinstance(n.func, ast.Name) and n.func.id == name
    )


def test_an_edit_carries_what_it_is_given() -> None:
    module = module_of("x = old()\n")
    group = EditGroup("g")
    edits = [
        module.replace(call(module), "new", "m", group=group, safety=Safety.REVIEW, remedy="r",
                       oldest_streamlit="1.30"),
        module.rewrite(call(module), lambda old: old, "m", group=group, safety=Safety.REVIEW,
                       remedy="r", oldest_streamlit="1.30"),
    ]  # fmt: skip
    for edit in edits:
        assert edit.path == ROOT / "main.py"
        assert edit.span == Span(1, 5, 1, 10)
        assert (edit.group, edit.safety, edit.remedy) == (group, Safety.REVIEW, "r")
        assert (edit.oldest_streamlit, edit.message, edit.silent) == ("1.30", "m", False)


def test_a_finding_at_a_node_or_a_span() -> None:
    module = module_of("x = old()\n")
    span = Span(1, 5, 1, 10)
    expected = Finding(ROOT / "main.py", "m", Status.REVIEW, span=span, remedy="r", item=Item.DEPS)
    for place in (call(module), span):
        found = module.find(place, "m", status=Status.REVIEW, remedy="r", item=Item.DEPS)
        assert found == expected


def test_what_a_module_knows_of_its_app() -> None:
    module = module_of({"main.py": "import lib\n", "lib.py": "x = 1\n"})
    lib = module.project.modules[ROOT / "lib.py"]
    assert (module.role, lib.role) == (Role.SCRIPT, Role.SHARED)
    assert module.app.root == ROOT
    assert module.settings.select == ()
    assert module.resolve(ast.Constant(1)) is None


def test_what_is_worked_out_once() -> None:
    module = module_of("x = 1\n")
    asked: list[object] = []

    def make(of: object) -> int:
        asked.append(of)
        return len(asked)

    assert [module.once(make), module.once(make)] == [1, 1]
    assert [module.project.once(make), module.project.once(make)] == [2, 2]
    assert asked == [module, module.project]


NEEDED = {
    "imported by another file": ("from main import f\n", "", True),
    "star import in another file": ("from main import *\n", "", True),
    "through the module": ("import main\nmain.f()\n", "", True),
    "other name imported": ("from main import g\n", "g = 1\n", False),
    "another file that does not import it": ("f = 1\nx.f\n", "", False),
    "in __all__": ("", "__all__ = ['f']\n", True),
    "added to __all__": ("", "__all__ = []\n__all__ += ['f']\n", True),
    "not in __all__": ("", "__all__ = ['g']\n", False),
    "nowhere": ("", "", False),
}


@pytest.mark.parametrize(("other", "more", "needed"), NEEDED.values(), ids=NEEDED)
def test_an_import_that_others_need(other: str, more: str, needed: bool) -> None:
    module = module_of({"main.py": "from pkg.mod import f\n" + more, "other.py": other})
    assert module.needed_elsewhere(_import(module)) is needed


def test_an_import_in_a_function_is_needed_there_only() -> None:
    module = module_of({"main.py": "def a():\n  import f\n", "other.py": "from main import f\n"})
    assert not module.needed_elsewhere(_import(module))


def _import(module: Module) -> Binding:
    return next(iter(module.names.imports()))


def test_the_imports_behind_a_name() -> None:
    module = module_of("from pkg import f\ntry:\n  f = 1\nexcept E: pass\nf()\n")
    name = call(module, "f").func
    assert isinstance(name, ast.Name)
    assert [b.target for b in module.import_of(name)] == ["pkg.f"]


@pytest.mark.parametrize(
    ("dotted", "meaning"),
    [
        ("lib", {"lib"}),
        ("lib.f", {"pkg.f"}),
        ("lib.f.g", {"pkg.f.g"}),
        ("lib.nothing", {"?"}),
        ("lib.unsure.x", {"?"}),
        ("streamlit.lib", None),
        ("other", None),
        ("snowflake.x", None),
    ],
)
def test_where_a_dotted_name_leads(dotted: str, meaning: set[str] | None) -> None:
    files = {
        "main.py": "x = 1\n",
        "lib.py": "from pkg import f\nunsure = f()\n",
        "streamlit.py": "lib = 1\n",
        "snowflake.py": "x = 1\n",
    }
    module = module_of(files)
    assert module.project.follow(dotted, Path("/app/main.py")) == meaning
