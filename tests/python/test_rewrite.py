from __future__ import annotations

import ast
from typing import Any

import libcst as cst
import pytest

from sis_migrate.python.edits import NodeChange, PythonChange, Transformation
from sis_migrate.python.module import Module
from sis_migrate.python.rewrite import apply
from toys import changed, module_of, node, rewritten

EVERY = '''\
"""Doc."""
x = (a, b); y = c,
z: int = a.b.c[1:2, ::3]
p = [1, *q, (r)] + {**s, 't': u} | {v}
w = f"{x!r:>{width}} {y.z} {f(1)}" f'{x}'
lam = lambda a, *b, c=(1, 2), **d: (a)
g = (i for i in range(3) if i if not i)
h = f(i for i in j), f(*a, **b), f(x, y=z), f((i for i in j), 1)
k = a if b else c or d and not e
m = -a ** ~b @ c // d
n = a < b <= c in d is not e
(bb := 1)
cc = 'x' "y" \\
    'z'.z
del a.b, c[0]
a.b = c[0] = d, *e = f
a.b += 1
for i, (j, k) in x.y: pass
async def fn(a: int, /, b: str = "x", *c: float, d=None, **e: list[int]) -> dict[str, int]:
    global q
    async with a.b as c.d, e: await f
    async for x.y in z: await a
    aa = [i async for i in x]
    raise E from f
@dec.a(1)
class C(A.b, metaclass=M):
    x: "int"
    assert a, b
match x.y:
    case A.B if guard:
        call(v)
try:
    pass
except (A, B.c) as e:
    raise
with (open(a) as b, c):
    while not x: break
if zz: print(x, file=y)
elif a.b(c):
    pass
ret = (
    a  # comment
    .b(
        c,
    )
    [d]
)
'''
_NOT_ONE_NODE = (ast.FormattedValue, ast.Slice, ast.Starred)


@pytest.mark.parametrize("indented", [False, True], ids=["at the top", "in a function"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"], ids=["LF", "CRLF"])
def test_every_expression_can_be_replaced(newline: str, indented: bool) -> None:
    source = EVERY
    if indented:
        source = "async def outer():\n" + "".join(f"\t{line}\n" for line in EVERY.splitlines())
    module = module_of(source.replace("\n", newline))
    text, count = module.source.text, 0
    for expression in _expressions(module):
        start, end = module.source.start(expression), module.source.end(expression)
        if isinstance(expression, (ast.Tuple, ast.GeneratorExp)) and text[start] == "(":
            start, end = start + 1, end - 1
        result = rewritten(module, module.replace(expression, "new_name", "m"))
        assert result.failed == {}
        after = f"{text[:start]}new_name{text[end:]}"
        if "# comment" in text[start:end]:
            indent = "\t" if indented else ""
            after = after.replace("ret = ", f"# comment{newline}{indent}ret = ")
        assert result.text == after
        count += 1
    assert count > 170


@pytest.mark.parametrize(
    ("source", "after"),
    [
        ("x = 1\nold(  # one\n    a,  # two\n)\n", "x = 1\n# one\n# two\nnew\n"),
        ("if y:\n\tx = [old(  # one\n\t)]  # kept\n", "if y:\n\t# one\n\tx = [new]  # kept\n"),
        ("if old(  # one\n):\n    pass\n", "# one\nif new:\n    pass\n"),
        ("if x: a\nelif old(  # one\n):\n    b\n", "if x: a\n# one\nelif new:\n    b\n"),
    ],
    ids=["in arguments", "in an indented statement", "in a header", "in an elif"],
)  # fmt: skip
def test_comments_inside_a_replaced_expression_move_above_the_statement(
    source: str, after: str
) -> None:
    module = module_of(source)
    assert rewritten(module, module.replace(_call(module, "old"), "new", "m")).text == after


def test_a_comment_that_the_new_expression_has_is_not_doubled() -> None:
    module = module_of("old(\n    a,  # one\n)\n")
    call = _call(module, "old")
    keep = NodeChange(
        call, lambda old: cst.ensure_type(old, cst.Call).with_changes(func=cst.Name("new"))
    )
    assert changed(module, nodes=(keep,)).text == "new(\n    a,  # one\n)\n"


def test_a_comment_with_no_line_to_go_to_holds_the_edit_back() -> None:
    module = module_of("x = 1; old(  # one\n); old(  # two\n)\nif x: old(  # three\n)\n")
    whole = rewritten(module, module.replace(_call(module, "old"), "new", "m"))
    assert whole.text.startswith("# one\nx = 1; new; old(  # two\n)")
    last = node(module, "old(  # three\n)", ast.Call)
    assert isinstance(last, ast.Call)
    refused = rewritten(module, module.replace(last, "new", "m"))
    assert refused.failed == {0: "a comment inside it would be lost: # three"}


def _expressions(module: Module) -> list[ast.expr]:
    """The expressions outside of f-strings, whose places are not exact before Python 3.12."""
    in_strings = {
        id(child)
        for string in ast.walk(module.source.tree)
        if isinstance(string, ast.JoinedStr)
        for child in ast.walk(string)
        if child is not string
    }
    slices = [n.slice for n in ast.walk(module.source.tree) if isinstance(n, ast.Subscript)]
    bare = {id(s) for s in slices if isinstance(s, ast.Tuple)}
    return [
        n
        for n in ast.walk(module.source.tree)
        if isinstance(n, ast.expr)
        and not isinstance(n, _NOT_ONE_NODE)
        and id(n) not in in_strings | bare
    ]


@pytest.mark.parametrize(
    ("segment", "kind"),
    [("1:2", ast.Slice), ("*q", ast.Starred), ("{**s, 't': u}", ast.Dict)],
)
def test_what_libcst_has_no_expression_for_is_refused(segment: str, kind: type[ast.expr]) -> None:
    module = module_of(EVERY)
    expression = node(module, segment, kind)
    assert isinstance(expression, ast.expr)
    result = rewritten(module, module.replace(expression, "new", "m"))
    assert bool(result.failed) == (kind is not ast.Dict)
    assert (result.text == EVERY) == bool(result.failed)


FORMATTED = {
    "one": ("f'{old()}'", "f'{new(\"x\")}'"),
    "double quotes": ('f"{old()}"', "f\"{new('x')}\""),
    "three quotes": ('f"""\n{old()}"""', 'f"""\n{new(\'x\')}"""'),
    "raw": ("rF'{old()}'", "rF'{new(\"x\")}'"),
    "after another string": ("'a' f\"{old()}\"", "'a' f\"{new('x')}\""),
    "format": ("f'{a:{old()}}'", "f'{a:{new(\"x\")}}'"),
    "debug": ("f'{old()=}'", "f'{new(\"x\")=}'"),
    "conversion": ("f'ü{old()!r}'", "f'ü{new(\"x\")!r}'"),
    "in a nested one": ("f'''{f\"{old()}\"}'''", None),
    "in quotes of both kinds": ("f\"{f'{old()}'}\"", None),
}


@pytest.mark.parametrize(("source", "after"), FORMATTED.values(), ids=FORMATTED)
def test_in_an_f_string_the_result_parses_on_python_3_11(source: str, after: str | None) -> None:
    module = module_of(f"x = {source}\n")
    call = _call(module, "old")
    result = rewritten(module, module.replace(call, 'new("x")', "m"))
    if after is None:
        assert "3.11" in result.failed[0] or "parse" in result.failed[0]
        assert result.text == module.source.text
    else:
        assert result.text == f"x = {after}\n"


def test_equal_calls_in_f_strings_are_told_apart() -> None:
    module = module_of("x = f'{old()} {a} {old()}' + f'{old()}'\n")
    calls = [n for n in ast.walk(module.source.tree) if isinstance(n, ast.Call)]
    last = max(calls, key=lambda c: list(ast.walk(module.source.tree)).index(c))
    texts = {rewritten(module, module.replace(c, "new", "m")).text for c in calls}
    assert len(texts) == 3
    assert rewritten(module, module.replace(last, "new", "m")).text.count("old()") == 2


def test_everything_but_an_expression_can_be_rewritten() -> None:
    source = (
        "from a import b as c, d\n@e\nasync def f(g=1, *, h): pass\ntry: i(j=2)\nexcept K: pass\n"
    )
    module = module_of(source)
    for kind, libcst_kind in {
        ast.alias: cst.ImportAlias,
        ast.keyword: cst.Arg,
        ast.ImportFrom: cst.ImportFrom,
        ast.AsyncFunctionDef: cst.FunctionDef,
        ast.ExceptHandler: cst.ExceptHandler,
        ast.Try: cst.Try,
        ast.Expr: cst.Expr,
    }.items():
        seen: list[type[cst.CSTNode]] = []

        def remember(found: cst.CSTNode, seen: list[Any] = seen) -> cst.CSTNode:
            seen.append(type(found))
            return found

        target = next(n for n in ast.walk(module.source.tree) if isinstance(n, kind))
        result = rewritten(module, module.rewrite(target, remember, "m"))
        assert result.failed == {0: "it would change nothing"}
        assert result.text == source
        assert seen == [libcst_kind]


class _Shout(cst.CSTTransformer):
    """Puts a name in capitals, and a statement after each expression statement."""

    def leave_Name(self, original_node: cst.Name, updated_node: cst.Name) -> cst.Name:
        return updated_node.with_changes(value=updated_node.value.upper())

    def leave_Expr(self, original_node: cst.Expr, updated_node: cst.Expr) -> Any:
        return cst.FlattenSentinel([updated_node, cst.Pass()])


TRANSFORMED = {
    "compound": (
        "a\nif b:  # c\n    d\n\n    # e\ng\n",
        "if",
        "a\nif B:  # c\n    D; pass\n\n    # e\ng\n",
    ),
    "elif only": (
        "if a:\n  b\nelif c:\n  d\nelse:\n  e\n",
        "elif",
        "if a:\n  b\nelif C:\n  D; pass\nelse:\n  E; pass\n",
    ),
    "decorated and indented": (
        "class A:\n  x\n\n  @a\n  def b(self):\n      c\n  y\n",
        "def",
        "class A:\n  x\n\n  @A\n  def B(SELF):\n      C; pass\n  y\n",
    ),
    "simple in a line": ("a; b = c; d\n", "b", "a; B = C; d\n"),
}


@pytest.mark.parametrize("newline", ["\n", "\r\n"], ids=["LF", "CRLF"])
@pytest.mark.parametrize(("source", "word", "after"), TRANSFORMED.values(), ids=TRANSFORMED)
def test_a_transformer_gets_one_statement(source: str, word: str, after: str, newline: str) -> None:
    module = module_of(source.replace("\n", newline))
    statement = next(
        n
        for n in ast.walk(module.source.tree)
        if isinstance(n, ast.stmt) and _starts(module, n).startswith(word)
    )
    result = changed(module, transformations=(Transformation(statement, _Shout),))
    assert result.text == after.replace("\n", newline)


def _starts(module: Module, statement: ast.stmt) -> str:
    start = module.source.lines.offset_utf8(statement.lineno, statement.col_offset)
    return module.source.text[start:]


class _Indent(cst.CSTTransformer):
    """Puts a block with a line into every function."""

    def leave_FunctionDef(
        self, original_node: cst.FunctionDef, updated_node: cst.FunctionDef
    ) -> cst.FunctionDef:
        block = cst.If(cst.Name("new"), cst.IndentedBlock([cst.parse_statement("x()")]))
        body = [*updated_node.body.body, block]
        return updated_node.with_changes(body=updated_node.body.with_changes(body=body))


@pytest.mark.parametrize("newline", ["\n", "\r\n"], ids=["LF", "CRLF"])
@pytest.mark.parametrize("unit", ["  ", "    ", "\t"], ids=["two", "four", "tab"])
def test_new_lines_take_the_files_indentation_and_line_end(unit: str, newline: str) -> None:
    lines = ["class A:", f"{unit}class B:", f"{unit * 2}def f():", f"{unit * 3}a", "b", ""]
    source = newline.join(lines)
    module = module_of(source)
    function = next(n for n in ast.walk(module.source.tree) if isinstance(n, ast.FunctionDef))
    result = changed(module, transformations=(Transformation(function, _Indent),))
    added = f"{unit * 3}if new:{newline}{unit * 4}x(){newline}"
    assert result.text == source.replace(f"{newline}b", f"{newline}{added}b")


class _Break(cst.CSTTransformer):
    def leave_Name(self, original_node: cst.Name, updated_node: cst.Name) -> cst.Name:
        return updated_node.with_changes(value="if")


class _Raise(cst.CSTTransformer):
    def leave_Name(self, original_node: cst.Name, updated_node: cst.Name) -> cst.Name:
        raise LookupError("no such thing\nat all")


@pytest.mark.parametrize(
    ("transformer", "words"),
    [(_Break, "would not parse"), (_Raise, "LookupError: no such thing")],
)
def test_a_faulty_transformer_changes_nothing(
    transformer: type[cst.CSTTransformer], words: str
) -> None:
    module = module_of("a = b\nc = d\n")
    bad = PythonChange(transformations=(Transformation(module.source.tree.body[0], transformer),))
    good = module.replace(node(module, "d", ast.Name), "new", "m")  # type: ignore[arg-type]
    result = apply(module, [good.change, bad], module.needed_elsewhere)
    assert list(result.failed) == [1]
    assert words in result.failed[1]
    assert result.text == module.source.text


def test_indentation_that_python_takes_and_libcst_does_not() -> None:
    source = "if 1:\n    if 2:\n\t    x\n\t    old()\n    y\n"
    module = module_of(source)
    assert rewritten(module, module.replace(_call(module, "old"), "new", "m")).text == (
        source.replace("old()", "new")
    )
    whole = Transformation(module.source.tree.body[0], _Shout)
    result = changed(module, transformations=(whole,))
    assert result.failed == {0: "libcst does not parse the statement"}


def test_a_handler_is_removed_with_its_statement_only() -> None:
    module = module_of("try: a\nexcept E: b\nc\n")
    statement = module.source.tree.body[0]
    assert changed(module, removals=(statement,)).text == "c\n"


def test_all_of_a_line_that_a_transformer_removes_is_a_pass() -> None:
    class Remove(cst.CSTTransformer):
        def leave_Expr(self, original_node: cst.Expr, updated_node: cst.Expr) -> Any:
            return cst.RemoveFromParent()

    module = module_of("if a:\n    b\nc\n")
    for place, after in ((0, "if a:\n    pass\nc\n"), (1, "if a:\n    b\npass\n")):
        statement = module.source.tree.body[place]
        result = changed(module, transformations=(Transformation(statement, Remove),))
        assert (result.failed, result.text) == ({}, after)


REMOVED = {
    "line": ("a\nb\nc\n", "b", "a\nc\n"),
    "with its comment": ("a\n# above\nb  # beside\nc\n", "b", "a\n# above\nc\n"),
    "first of the file": ("b\n\n\nc\n", "b", "c\n"),
    "last without final newline": ("a\nb", "b", "a\n"),
    "first in a line": ("b; c\n", "b", "c\n"),
    "last in a line": ("a; b\n", "b", "a\n"),
    "last with a semicolon": ("a; b;\n", "b", "a;\n"),
    "alone with a semicolon": ("a\nb;\nc\n", "b", "a\nc\n"),
    "middle of a line": ("a; b; c\n", "b", "a; c\n"),
    "only one of a block": ("if a:\n    b\nc\n", "b", "if a:\n    pass\nc\n"),
    "only one of a line": ("if a: b\nc\n", "b", "if a: pass\nc\n"),
    "of a one-line suite": ("if a: b; c\n", "b", "if a: c\n"),
    "of an else": ("if a:\n    c\nelse:\n    b\n", "b", "if a:\n    c\nelse:\n    pass\n"),
    "of a handler": ("try:\n    a\nexcept E: b\n", "b", "try:\n    a\nexcept E: pass\n"),
    "over lines": ("a\nb(\n  1,\n)\nc\n", "b(\n  1,\n)", "a\nc\n"),
    "compound": ("a\nif b:\n    c\nd\n", "if b:\n    c", "a\nd\n"),
    "decorated": ("a\n@x\ndef b(): pass\nd\n", "@x\ndef b(): pass", "a\nd\n"),
    "continued": ("a\nb \\\n  .c\nd\n", "b \\\n  .c", "a\nd\n"),
    "after a form feed": ("a\n\fb\nc\n", "b", "a\nc\n"),
}


@pytest.mark.parametrize("newline", ["\n", "\r\n"], ids=["LF", "CRLF"])
@pytest.mark.parametrize(("source", "gone", "after"), REMOVED.values(), ids=REMOVED)
def test_removed_statement(source: str, gone: str, after: str, newline: str) -> None:
    module = module_of(source.replace("\n", newline))
    statement = node(module, gone.replace("\n", newline), ast.stmt)
    assert changed(module, removals=(statement,)).text == after.replace("\n", newline)


def test_removing_all_of_a_block_leaves_one_pass() -> None:
    module = module_of("if a:\n    b\n    c; d\n    # e\n")
    statements = tuple(n for n in ast.walk(module.source.tree) if isinstance(n, ast.Expr))
    assert changed(module, removals=statements).text == "if a:\n    pass\n    # e\n"


def test_removing_all_of_a_line() -> None:
    module = module_of("a\nb; c\nd\n")
    _, b, c, _ = module.source.tree.body
    assert changed(module, removals=(b, c)).text == "a\nd\n"


def test_an_import_is_dropped_when_nothing_needs_it() -> None:
    module = module_of("from a import b, c, d\nb(); c()\n")
    imports = {b.name: b for b in module.names.imports()}
    edit = module.replace(_call(module, "b"), "new", "m", drops=[imports["b"], imports["c"]])
    assert rewritten(module, edit).text == "from a import c, d\nnew; c()\n"


def test_an_import_that_something_needs_stays() -> None:
    module = module_of("from a import b\nb(); __all__ = ['b']\nb\n")
    (binding,) = module.names.imports()
    edit = module.replace(_call(module, "b"), "new", "m", drops=[binding])
    assert rewritten(module, edit).text == "from a import b\nnew; __all__ = ['b']\nb\n"


def test_two_edits_that_need_one_import_get_it_once() -> None:
    source = "from p import a\nfrom p import b\n\na()\nb()\n"
    module = module_of(source)
    edits = []
    for name, binding in zip("ab", module.names.imports(), strict=True):
        call = _call(module, name)
        st = module.imports.name_for("streamlit", alias="st", at=call)
        removal = PythonChange(removals=(module.imports.statement(binding),))
        edit = module.replace(call, f"{st}.{name}", "m", imports=[st])
        merged = PythonChange(
            nodes=edit.change.nodes, needs=edit.change.needs, removals=removal.removals
        )
        edits.append(module.edit(call, merged, "m"))
    assert rewritten(module, *edits).text == "import streamlit as st\n\nst.a\nst.b\n"


def test_overlapping_edits_wait_for_the_earlier_one() -> None:
    module = module_of("f(g(h()))\nk()\n")
    edits = [module.replace(_call(module, n), "new", "m") for n in "hgk"]
    assert rewritten(module, *edits).deferred == {1: 0}
    assert rewritten(module, edits[1], edits[0]).deferred == {1: 0}
    assert rewritten(module, edits[0], edits[0]).deferred == {1: 0}


def test_edits_inside_of_one_that_keeps_its_parts_are_made_together() -> None:
    module = module_of("f(g())\n")

    def renamed(old: cst.CSTNode) -> cst.CSTNode:
        assert isinstance(old, cst.Call)
        return old.with_changes(func=cst.Name("new"))

    outer = module.rewrite(_call(module, "f"), renamed, "m")
    inner = module.replace(_call(module, "g"), "x", "m")
    assert rewritten(module, outer, inner).text == "new(x)\n"


def test_edits_inside_of_a_transformed_or_removed_statement_wait() -> None:
    module = module_of("if a:\n    f()\n")
    inner = module.replace(_call(module, "f"), "x", "m")
    (statement,) = module.source.tree.body
    whole = PythonChange(transformations=(Transformation(statement, _Shout),))
    gone = PythonChange(removals=(statement,))
    for change in (whole, gone):
        result = apply(module, [change, inner.change], module.needed_elsewhere)
        assert result.deferred == {1: 0}


def test_edits_that_are_right_alone_but_not_together_are_made_one_after_the_other() -> None:
    module = module_of("def f(a, b): pass\n")

    def renamed(old: cst.CSTNode) -> cst.CSTNode:
        return old.with_changes(name=cst.Name("c"))

    edits = [module.rewrite(node(module, name, ast.arg), renamed, "m") for name in "ab"]
    assert [rewritten(module, edit).failed for edit in edits] == [{}, {}]
    together = rewritten(module, *edits)
    assert (together.failed, together.deferred) == ({}, {1: 0})


def test_a_place_that_another_edit_removes_is_not_edited_as_well() -> None:
    module = module_of("import a, b\na()\n")
    alias = module.source.tree.body[0].names[0]  # type: ignore[attr-defined]
    remove = NodeChange(alias, lambda _: cst.RemoveFromParent())
    result = changed(module, nodes=(remove, NodeChange(alias, lambda old: old)))
    assert "removed by another edit" in result.failed[0]


def test_a_change_that_libcst_does_not_take_is_refused() -> None:
    module = module_of("x = a\n")
    result = changed(module, nodes=(NodeChange(node(module, "a", ast.Name), lambda _: cst.Pass()),))
    assert result.failed
    assert result.text == "x = a\n"


def test_a_node_without_a_place_is_refused() -> None:
    module = module_of("with a as b: pass\n")
    item = module.source.tree.body[0].items[0]  # type: ignore[attr-defined]
    result = changed(module, nodes=(NodeChange(item, lambda old: old),))
    assert result.failed


def test_an_edit_that_changes_nothing_makes_no_splice() -> None:
    module = module_of("x = a\n")
    name = node(module, "a", ast.Name)
    result = changed(module, nodes=(NodeChange(name, lambda old: old),))
    assert (result.text, result.splices) == ("x = a\n", ())


def test_splices_are_as_narrow_as_the_edit() -> None:
    module = module_of("x = [aa, old(), bb]\n")
    (splice,) = rewritten(module, module.replace(_call(module, "old"), "nix()", "m")).splices
    assert module.source.text[splice.start : splice.end] == "old"


def _call(module: Module, name: str) -> ast.Call:
    return next(
        n
        for n in ast.walk(module.source.tree)
        if isinstance(n, ast.Call) and isinstance(n.func, ast.Name) and n.func.id == name
    )
