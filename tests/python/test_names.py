from __future__ import annotations

import ast

import pytest

from sis_migrate.python.names import UNKNOWN, BindingKind, Names
from toys import module_of

F = "pkg.mod.f"

CERTAIN = {
    "from import": "from pkg.mod import f\nUSE(f)",
    "aliased": "from pkg.mod import f as g\nUSE(g)",
    "through the module": "import pkg.mod\nUSE(pkg.mod.f)",
    "through an aliased module": "import pkg.mod as m\nUSE(m.f)",
    "through the package": "from pkg import mod\nUSE(mod.f)",
    "assigned": "from pkg.mod import f\ng = f\nUSE(g)",
    "annotated assignment": "from pkg.mod import f\ng: object = f\nUSE(g)",
    "assigned twice": "from pkg.mod import f\ng = f\nh = g\nUSE(h)",
    "walrus": "from pkg.mod import f\nif (g := f): USE(g)",
    "walrus in place": "from pkg.mod import f\nUSE((g := f))",
    "walrus out of a comprehension": "from pkg.mod import f\n[(g := f) for _ in x]\nUSE(g)",
    "conditional expression of one meaning": "from pkg.mod import f\ng = f if a else None\nUSE(g)",
    "None where the import fails": (
        "try:\n    from pkg.mod import f\nexcept ImportError:\n    f = None\nUSE(f)"
    ),
    "in a function": "from pkg.mod import f\ndef a():\n    USE(f)",
    "imported in the function": "def a():\n    from pkg.mod import f\n    USE(f)",
    "global": "def a():\n    global f\n    from pkg.mod import f\ndef b():\n    USE(f)",
    "global where it is used": "from pkg.mod import f\ndef a():\n    global f\n    USE(f)",
    "nonlocal": (
        "def a():\n    f = None\n    def b():\n        nonlocal f\n"
        "        from pkg.mod import f\n    USE(f)"
    ),
    "in a class body": "from pkg.mod import f\nclass A:\n    USE(f)",
    "class attribute seen in the class": "class A:\n    from pkg.mod import f\n    USE(f)",
    "class attribute not seen in methods": (
        "from pkg.mod import f\nclass A:\n    f = 1\n    def m(self):\n        USE(f)"
    ),
    "default argument is outside": "from pkg.mod import f\ndef a(f=USE(f)): pass",
    "decorator is outside": "from pkg.mod import f\n@USE(f)\ndef a(f): pass",
    "decorator of a class": "from pkg.mod import f\n@USE(f)\nclass A:\n    f = 1",
    "annotation is outside": "from pkg.mod import f\ndef a(f: USE(f)): pass",
    "first iterable is outside": "from pkg.mod import f\nx = [1 for f in USE(f)]",
    "lambda": "from pkg.mod import f\nx = lambda a: USE(f)",
    "star import": "from pkg.mod import *\nUSE(f)",
    "other parameter": "from pkg.mod import f\ndef a(g, /, *h, i, **j): USE(f)",
    "deleted elsewhere": "from pkg.mod import f\ndef a():\n    f = 1\n    del f\nUSE(f)",
    "same name in another function": "from pkg.mod import f\ndef a(): f = 1\ndef b(): USE(f)",
    "f-string": "from pkg.mod import f\nx = f'{USE(f)!r:>{USE(f)}}'",
}


def meanings(source: str) -> list[frozenset[str]]:
    """What the arguments of ``USE(…)`` may stand for."""
    names = module_of(source).names
    return [
        names.possible(n.args[0])
        for n in ast.walk(names.module_scope.node)
        if isinstance(n, ast.Call) and isinstance(n.func, ast.Name) and n.func.id == "USE"
    ]


@pytest.mark.parametrize("source", CERTAIN.values(), ids=CERTAIN)
def test_certain(source: str) -> None:
    found = meanings(source)
    assert found
    assert set(found) == {frozenset({F})}


UNCERTAIN = {
    "bound again": ("from pkg.mod import f\nf = g()\nUSE(f)", {F, UNKNOWN}),
    "own function": ("from pkg.mod import f\ndef f(): pass\nUSE(f)", {F, "main.f"}),
    "two modules": (
        "try:\n    from pkg.mod import f\nexcept ImportError:\n    from other import f\nUSE(f)",
        {F, "other.f"},
    ),
    "conditional expression": (
        "from pkg.mod import f\ng = f if a else h.i\nUSE(g)",
        {F, UNKNOWN},
    ),
    "long conditional expression": (
        "from pkg.mod import f\ng = " + "f if a else " * 500 + "b\nUSE(g)",
        {F, UNKNOWN},
    ),
    "loop": ("from pkg.mod import f\nfor f in x: pass\nUSE(f)", {F, UNKNOWN}),
    "with": ("from pkg.mod import f\nwith x as f: pass\nUSE(f)", {F, UNKNOWN}),
    "except": (
        "from pkg.mod import f\ntry: pass\nexcept E as f: pass\nUSE(f)",
        {F, UNKNOWN},
    ),
    "pattern": ("from pkg.mod import f\nmatch x:\n    case f: pass\nUSE(f)", {F, UNKNOWN}),
    "star pattern": ("from pkg.mod import f\nmatch x:\n    case [*f]: pass\nUSE(f)", {F, UNKNOWN}),
    "rest pattern": (
        "from pkg.mod import f\nmatch x:\n    case {**f}: pass\nUSE(f)",
        {F, UNKNOWN},
    ),
    "unpacked": ("from pkg.mod import f\nf, g = x\nUSE(f)", {F, UNKNOWN}),
    "augmented": ("from pkg.mod import f\nf += 1\nUSE(f)", {F, UNKNOWN}),
    "deleted": ("from pkg.mod import f\ndel f\nUSE(f)", {F, UNKNOWN}),
    "two star imports": (
        "from pkg.mod import *\nfrom other import *\nUSE(f)",
        {F, "other.f", UNKNOWN},
    ),
    "attribute of itself": (
        "import pkg.mod as f\nf = f.f\nUSE(f)",
        {"pkg.mod", UNKNOWN},
    ),
    "attribute of itself in a circle": (
        "import pkg.mod as f\ng = f\nf = g.f\nUSE(f)",
        {"pkg.mod", UNKNOWN},
    ),
    "parameter": ("from pkg.mod import f\ndef a(f): USE(f)", {UNKNOWN}),
    "starred parameter": ("from pkg.mod import f\ndef a(*f): USE(f)", {UNKNOWN}),
    "lambda parameter": ("from pkg.mod import f\na = lambda f: USE(f)", {UNKNOWN}),
    "comprehension variable": ("from pkg.mod import f\na = [USE(f) for f in x]", {UNKNOWN}),
    "unbound": ("USE(f)", {UNKNOWN}),
    "call": ("USE(f())", {UNKNOWN}),
    "attribute of a call": ("USE(f().g)", {UNKNOWN}),
    "own class": ("class f: pass\nUSE(f)", {"main.f"}),
    "own function in a function": ("def a():\n    def f(): pass\n    USE(f)", {"main.<locals>.f"}),
    "builtin": ("USE(print)", {"builtins.print"}),
    "only declared": ("f: int\nUSE(f)", set()),
}


@pytest.mark.parametrize(("source", "expected"), UNCERTAIN.values(), ids=UNCERTAIN)
def test_possible(source: str, expected: set[str]) -> None:
    module = module_of(source)
    uses = [n for n in ast.walk(module.source.tree) if isinstance(n, ast.Call) and n.args]
    assert meanings(source) == [expected]
    certain = len(expected) == 1 and UNKNOWN not in expected
    assert module.resolve(uses[-1].args[0]) == (min(expected) if certain else None)


@pytest.mark.parametrize("first", ["a", "b"])
def test_names_in_a_circle_have_the_same_meaning_whichever_is_asked_first(first: str) -> None:
    names = module_of("from pkg.mod import f\na = b\nb = a\nb = f\n").names
    for name in (first, "a", "b"):
        assert names.possible_name(name, names.module_scope) == {F}


@pytest.mark.parametrize("first", ["main.py", "other.py", "third.py"])
def test_files_in_a_circle(first: str) -> None:
    module = module_of(
        {
            "main.py": "from other import f\nfrom third import g\n",
            "other.py": "from third import f\nfrom main import g\n",
            "third.py": "from main import f\nfrom other import g\nfrom pkg.mod import f\n",
        }
    )
    modules = {path.name: m for path, m in module.project.modules.items()}
    for name in (first, *modules):
        names = modules[name].names
        assert names.possible_name("f", names.module_scope) == {F}
        assert names.possible_name("g", names.module_scope) == frozenset()


def test_star_imports_in_a_circle_of_many_files_end() -> None:
    files = {f"m{i}": "".join(f"from m{j} import *\n" for j in range(12)) for i in range(12)}
    files["m11"] += "from pkg.mod import f\n"
    module = module_of({f"{n}.py": t for n, t in files.items()} | {"main.py": "from m0 import *\n"})
    names = module.names
    assert names.possible_name("f", names.module_scope) >= {F}


def test_a_long_way_from_name_to_name_is_not_followed_but_ends() -> None:
    lines = ["from pkg.mod import f as n0", *(f"n{i + 1} = n{i}" for i in range(2_000))]
    names = module_of("\n".join(lines)).names
    assert names.possible_name("n20", names.module_scope) == {F}
    assert names.possible_name("n2000", names.module_scope) == {UNKNOWN}
    assert names.possible_name("n45", names.module_scope) == {F}


def test_through_the_apps_own_files() -> None:
    module = module_of(
        {
            "main.py": "import lib\nfrom lib import g\nfrom bare import *\nUSE = [lib.g, lib.h, g]\n",
            "lib.py": "from pkg.mod import f as g\nclass h: pass\n",
            "bare.py": "from pkg.mod import f\n",
        }
    )
    names = module.names
    values = module.source.tree.body[3].value.elts  # type: ignore[attr-defined]
    assert [names.resolve(v) for v in values] == [F, "lib.h", F]
    assert names.possible_name("f", names.module_scope) == {F}
    assert names.possible_name("nothing", names.module_scope) == {UNKNOWN}


def test_bindings_references_and_imports() -> None:
    source = "from pkg.mod import f\nf()\ndef a(f): f()\nclass A:\n    x = f\n"
    names = module_of(source).names
    (binding,) = names.imports()
    assert (binding.name, binding.kind, binding.target) == ("f", BindingKind.IMPORT, F)
    assert [n.lineno for n in names.references(binding)] == [2, 5]
    assert [b.kind for b in names.bindings(names.references(binding)[0])] == [BindingKind.IMPORT]
    assert names.binds("a")
    assert not names.binds("x1")
    assert names.statement(names.references(binding)[0]).lineno == 2


def test_unbound_names_have_no_bindings() -> None:
    names = module_of("f()\n").names
    call = names.module_scope.node.body[0].value.func  # type: ignore[attr-defined]
    assert names.bindings(call) == []


def test_names_of_a_lone_tree() -> None:
    names = Names(ast.parse("from . import a\nfrom .b import c\n"))
    assert [b.target for b in names.imports()] == ["..a", ".b.c"]


def test_nothing_is_too_deep() -> None:
    deep = "x" + ".a()" * 300 + "\n"
    nested = "".join(" " * i + "if x:\n" for i in range(90)) + " " * 90 + "from pkg.mod import f\n"
    names = module_of(deep + nested).names
    assert names.possible_name("f", names.module_scope) == {F}
