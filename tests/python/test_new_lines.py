from __future__ import annotations

import ast

import pytest

from sis_migrate.python.edits import Lines, PythonChange
from sis_migrate.python.rewrite import Rewritten, apply
from toys import module_of

NEW = "def f():\n    return 1\n"


def add(text: str, line: int, new: str, *, after: bool = False) -> Rewritten:
    module = module_of(text)
    statement = next(
        n for n in ast.walk(module.source.tree) if isinstance(n, ast.stmt) and n.lineno == line
    )
    change = PythonChange(lines=(Lines(statement, new, after),))
    return apply(module, [change], lambda _: False)


INSTEAD = {
    "a statement": ("a\nb\nc\n", 2, "x\ny\n", "a\nx\ny\nc\n"),
    "in a block": ("if a:\n    b\nc\n", 2, "if x:\n    y\n", "if a:\n    if x:\n        y\nc\n"),
    "with a comment": ("a\nb  # b\n", 2, "x\n", "a\nx  # b\n"),
    "over lines": ("a\nb(\n)\nc\n", 2, "x\n", "a\nx\nc\n"),
    "a compound statement": ("try:\n    a\nexcept E:\n    b\nc\n", 1, "x\n", "x\nc\n"),
    "without a newline at the end": ("a\nb", 2, "x\ny\n", "a\nx\ny"),
    "tabs": ("if a:\n\tb\n", 2, "if x:\n    y\n", "if a:\n\tif x:\n\t\ty\n"),
    "carriage returns": ("a\r\nb\r\n", 2, "x\ny\n", "a\r\nx\r\ny\r\n"),
}


@pytest.mark.parametrize(("text", "line", "new", "expected"), INSTEAD.values(), ids=INSTEAD)
def test_in_the_place_of_a_statement(text: str, line: int, new: str, expected: str) -> None:
    assert add(text, line, new).text == expected


AFTER = {
    "before code": ("import a\nb\n", f"import a\n\n\n{NEW}\n\nb\n"),
    "before one blank line": ("import a\n\nb\n", f"import a\n\n\n{NEW}\n\nb\n"),
    "before two blank lines": ("import a\n\n\nb\n", f"import a\n\n\n{NEW}\n\nb\n"),
    "at the end": ("import a\n", f"import a\n\n\n{NEW}"),
    "without a newline at the end": ("import a", f"import a\n\n\n{NEW}"),
}


@pytest.mark.parametrize(("text", "expected"), AFTER.values(), ids=AFTER)
def test_below_a_statement(text: str, expected: str) -> None:
    assert add(text, 1, NEW, after=True).text == expected


@pytest.mark.parametrize("text", ["a; b\n", "if a: b\n"], ids=["semicolon", "one-line block"])
def test_a_statement_that_shares_its_line(text: str) -> None:
    module = module_of(text)
    statement = next(
        n
        for n in ast.walk(module.source.tree)
        if isinstance(n, ast.Expr) and isinstance(n.value, ast.Name) and n.value.id == "b"
    )
    result = apply(module, [PythonChange(lines=(Lines(statement, "x\n"),))], lambda _: False)
    assert result.text == text
    assert "line" in result.failed[0]


def test_below_an_import_that_goes() -> None:
    module = module_of("import a\nimport b\n\nc\n")
    last = module.source.tree.body[1]
    change = PythonChange(removals=(last,), lines=(Lines(last, NEW, after=True),))
    assert apply(module, [change], lambda _: False).text == f"import a\n\n\n{NEW}\n\nc\n"


GUARDS = {
    "try": ("try:\n    import a\nexcept ImportError:\n    print(1)\nx\n", "x\n"),
    "if": ("if b:\n    import a\nx\n", "x\n"),
    "nested": ("if b:\n    try:\n        import a\n    except E:\n        c()\nx\n", "x\n"),
    "test that does something": ("if b():\n    import a\nx\n", "if b():\n    pass\nx\n"),
    "else": ("if b:\n    import a\nelse:\n    c\n", "if b:\n    pass\nelse:\n    c\n"),
    "elif": ("if b:\n    c\nelif d:\n    import a\n", "if b:\n    c\nelif d:\n    pass\n"),
    "finally": (
        "try:\n    import a\nfinally:\n    c\n", "try:\n    pass\nfinally:\n    c\n",
    ),
    "more in the block": ("if b:\n    import a\n    c\n", "if b:\n    c\n"),
    "a function": ("def f():\n    import a\n", "def f():\n    pass\n"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), GUARDS.values(), ids=GUARDS)
def test_guard_of_nothing_but_a_dropped_import_goes(text: str, expected: str) -> None:
    module = module_of(text)
    change = PythonChange(drops=tuple(module.names.imports()))
    assert apply(module, [change], lambda _: False).text == expected
