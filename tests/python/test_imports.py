from __future__ import annotations

import ast

import pytest

from sis_migrate.python.edits import PythonChange
from sis_migrate.python.rewrite import apply
from toys import module_of

HERE = "USE()"

NAMES = {
    "no import": (f"{HERE}\n", "st", "import streamlit as st\nUSE()\n"),
    "plain import": (f"import streamlit\n{HERE}\n", "streamlit", None),
    "alias": (f"import streamlit as sl\n{HERE}\n", "sl", None),
    "submodule only": (
        f"import streamlit.components.v1 as c\n{HERE}\n",
        "st",
        f"import streamlit.components.v1 as c\nimport streamlit as st\n{HERE}\n",
    ),
    "bound again": (
        f"import streamlit as st\nst = 1\n{HERE}\n",
        "streamlit",
        f"import streamlit as st\nimport streamlit\nst = 1\n{HERE}\n",
    ),
    "both names taken": (
        f"st = streamlit = 1\n{HERE}\n",
        "_st",
        f"import streamlit as _st\nst = streamlit = 1\n{HERE}\n",
    ),
    "all names taken": (
        f"st = streamlit = _st = _st2 = 1\n{HERE}\n",
        "_st3",
        f"import streamlit as _st3\nst = streamlit = _st = _st2 = 1\n{HERE}\n",
    ),
    "imported in the same branch": (f"if a:\n  import streamlit as st\n  {HERE}\n", "st", None),
    "imported in the other branch": (
        f"if a:\n  import streamlit as st\nelse:\n  {HERE}\n",
        "st",
        f"import streamlit as st\nif a:\n  import streamlit as st\nelse:\n  {HERE}\n",
    ),
    "imported in an elif": (
        f"if a:\n  pass\nelif b:\n  import streamlit as st\n{HERE}\n",
        "st",
        "import streamlit as st\nif a:\n  pass\nelif b:\n  import streamlit as st\n" f"{HERE}\n",
    ),
    "imported in a try": (
        f"try:\n  import streamlit as st\nexcept ImportError:\n  raise\n{HERE}\n",
        "st",
        None,
    ),
    "imported in a handler": (
        f"try:\n  a\nexcept E:\n  import streamlit as st\n{HERE}\n",
        "st",
        f"import streamlit as st\ntry:\n  a\nexcept E:\n  import streamlit as st\n{HERE}\n",
    ),
    "imported in a loop, used in it": (
        f"for a in b:\n  import streamlit as st\n  {HERE}\n", "st", None,
    ),
    "imported in a loop": (
        f"while a:\n  import streamlit as st\n{HERE}\n",
        "st",
        f"import streamlit as st\nwhile a:\n  import streamlit as st\n{HERE}\n",
    ),
    "imported in another case": (
        f"match a:\n  case 1:\n    import streamlit as st\n  case 2:\n    {HERE}\n",
        "st",
        "import streamlit as st\n"
        f"match a:\n  case 1:\n    import streamlit as st\n  case 2:\n    {HERE}\n",
    ),
    "imported in a with": (f"with a:\n  import streamlit as st\n{HERE}\n", "st", None),
    "imported in a class": (
        f"class A:\n  import streamlit as st\n{HERE}\n",
        "st",
        f"import streamlit as st\nclass A:\n  import streamlit as st\n{HERE}\n",
    ),
    "imported in the class around": (f"class A:\n  import streamlit as st\n  {HERE}\n", "st", None),
    "used in a lambda": (f"import streamlit as st\nx = lambda: {HERE}\n", "st", None),
    "used in a default": (
        f"def f(a={HERE}): pass\nimport streamlit as st\n",
        "st",
        f"import streamlit as st\ndef f(a={HERE}): pass\n",
    ),
    "used in a function, imported below": (
        f"def f():\n  {HERE}\nimport streamlit as st\n",
        "st",
        None,
    ),
    "imported below with others": (
        f"{HERE}\nimport streamlit as st, os\n",
        "st",
        f"import streamlit as st\n{HERE}\nimport streamlit as st, os\n",
    ),
    "imported below in an if": (
        f"{HERE}\nif a:\n  import streamlit as st\n",
        "st",
        f"import streamlit as st\n{HERE}\nif a:\n  import streamlit as st\n",
    ),
    "for type checkers only": (
        f"if typing.TYPE_CHECKING:\n  import streamlit as st\ndef f():\n  {HERE}\n",
        "st",
        "import streamlit as st\nif typing.TYPE_CHECKING:\n  import streamlit as st\n"
        f"def f():\n  {HERE}\n",
    ),
    "under a deep condition": (
        f"if {' + '.join('a' * 900)}:\n  import streamlit as st\n  {HERE}\n",
        "st",
        None,
    ),
    "parameter of that name": (
        f"def f(st, streamlit):\n  {HERE}\n",
        "_st",
        f"import streamlit as _st\ndef f(st, streamlit):\n  {HERE}\n",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("source", "name", "after"), NAMES.values(), ids=NAMES)
def test_name_of_streamlit(source: str, name: str, after: str | None) -> None:
    found, text = named(source)
    assert found == name
    assert text == (source if after is None else after)


PLACES = {
    "comment at the head": ("# Header\n\nUSE()\n", "# Header\n\nNEW\nUSE()\n"),
    "decorated first statement": ("@a\ndef f(): USE()\n", "NEW\n@a\ndef f(): USE()\n"),
    "docstring": ('"""D.\n\nd"""\nUSE()\n', '"""D.\n\nd"""\nNEW\nUSE()\n'),
    "bytes are no docstring": ("b'x'\nUSE()\n", "NEW\nb'x'\nUSE()\n"),
    "first block of imports": (
        "import a\n# c\nfrom b import c\n\nx = 1\nimport d\nUSE()\n",
        "import a\n# c\nfrom b import c\nNEW\n\nx = 1\nimport d\nUSE()\n",
    ),
    "import over lines": (
        "from a import (\n  b,\n)  # c\nUSE()\n",
        "from a import (\n  b,\n)  # c\nNEW\nUSE()\n",
    ),
    "import that shares the line": (
        "import a\nimport b; USE()\n",
        "import a\nNEW\nimport b; USE()\n",
    ),
    "no line but the first": ("import b; USE()\n", "NEW\nimport b; USE()\n"),
    "form feed": ("import a\n\f\nUSE()\n", "import a\nNEW\n\f\nUSE()\n"),
    "no final newline": ("import a\nUSE()", "import a\nNEW\nUSE()"),
    "imports end the file": ("def f(): USE()\n", "NEW\ndef f(): USE()\n"),
}  # fmt: skip


@pytest.mark.parametrize("newline", ["\n", "\r\n"], ids=["LF", "CRLF"])
@pytest.mark.parametrize(("source", "after"), PLACES.values(), ids=PLACES)
def test_place_of_a_new_import(source: str, after: str, newline: str) -> None:
    after = after.replace("NEW", "import streamlit as st")
    _, text = named(source.replace("\n", newline))
    assert text == after.replace("\n", newline)


def test_import_at_the_end_of_a_file_without_final_newline() -> None:
    module = module_of("import os")
    need = module.imports.name_for("streamlit", alias="st", at=module.source.tree.body[0]).need
    assert need
    result = apply(module, [PythonChange(needs=(need,))], module.needed_elsewhere)
    assert result.text in {"import os\nimport streamlit as st", "import streamlit as st\nimport os"}


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("from __future__ import annotations; USE()\n", id="after a future import"),
        pytest.param("'''D.'''; USE()\n", id="after the docstring"),
    ],
)
def test_no_line_is_free(source: str) -> None:
    name, text = named(source)
    assert name == "st"
    assert text.startswith("no line is free")


def test_statement_of_a_binding_and_modules_with_dots() -> None:
    module = module_of("import a.b.c\nimport a.b.c as d\nUSE()\n")
    last = module.source.tree.body[-1]
    assert str(module.imports.name_for("a.b.c", alias="x", at=last)) == "d"
    other = module_of("x = 1\nUSE()\n")
    need = other.imports.name_for("a.b", alias="x", at=other.source.tree.body[-1]).need
    assert need
    assert need.statement == "import a.b as _x"


def named(source: str) -> tuple[str, str]:
    """The name of Streamlit at ``USE()``, and the text with the import that it needs."""
    module = module_of(source)
    here = next(
        n
        for n in ast.walk(module.source.tree)
        if isinstance(n, ast.Call) and isinstance(n.func, ast.Name) and n.func.id == "USE"
    )
    name = module.imports.name_for("streamlit", alias="st", at=here)
    if name.need is None:
        return str(name), module.source.text
    result = apply(module, [PythonChange(needs=(name.need,))], module.needed_elsewhere)
    return str(name), result.failed.get(0, result.text)
