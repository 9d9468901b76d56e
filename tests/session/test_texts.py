from __future__ import annotations

import pytest

from session.app_modules import modules
from sis_codemods.session.sql_facts import HOLE
from sis_codemods.session.texts import place, texts

TEMPLATES = {
    "literal": ('x = "USE a"', "USE a"),
    "adjacent literals": ('x = "USE " "a"', "USE a"),
    "f-string": ('x = f"USE {a}"', f"USE {HOLE}"),
    "f-string of a constant": ('A = 1\nB = "wh"\nx = f"USE {B}"', "USE wh"),
    "sum": ('x = "USE " + a + ";"', f"USE {HOLE};"),
    "percent": ('x = "USE %s at 5%%" % a', f"USE {HOLE} at 5%"),
    "percent with names": ('x = "USE %(a)s" % d', f"USE {HOLE}"),
    "format": ('x = "USE {} {{x}}".format(a)', f"USE {HOLE} {{x}}"),
    "dedent": ('import textwrap\nx = textwrap.dedent("USE a")', "USE a"),
    "strip": ('x = " USE a ".strip()', " USE a "),
    "nested f-string": ("x = f\"USE {f'{a}b'}\"", f"USE {HOLE}b"),
}


@pytest.mark.parametrize(("source", "template"), TEMPLATES.values(), ids=TEMPLATES)
def test_template(source: str, template: str) -> None:
    found = [t.template for t in texts(modules(source)["streamlit_app.py"])]
    assert template in found


@pytest.mark.parametrize(
    "source", ['"""USE a"""\n', "x = 5\n", "x = b'USE a'\n", 'x = ""\n'], ids=repr
)
def test_no_text(source: str) -> None:
    assert list(texts(modules(source)["streamlit_app.py"])) == []


def test_place_in_a_text_of_several_lines() -> None:
    module = modules('x = """\nselect 1;\nuse role x;\nuse role x\n"""\n')["streamlit_app.py"]
    (text,) = texts(module)
    at = text.template.rindex("use role x")
    span = place(module, text, at, at + 10)
    assert (span.line, span.column, span.end_column) == (4, 1, 11)


def test_place_that_is_not_written_so() -> None:
    module = modules('x = "use " "role x"\n')["streamlit_app.py"]
    (text,) = texts(module)
    assert place(module, text, 0, 10).line == 1
