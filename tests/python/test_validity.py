from __future__ import annotations

import sys

import pytest

from sis_migrate.python.validity import fault

FAULTS = {
    "does not parse": ("x = 1\n", "x = (\n", "parse"),
    "keyword twice": ("f(a=1)\n", "f(a=1, a=2)\n", "compile"),
    "future import below code": (
        "from __future__ import annotations\n",
        "import a\nfrom __future__ import annotations\n",
        "compile",
    ),
    "return outside of a function": ("def f():\n  return 1\n", "return 1\n", "compile"),
    "quotes again in an f-string": ('f"{x}"\n', 'f"{f("a")}"\n', "parse"),
    "quotes again in a nested f-string": ("f\"{f'{x}'}\"\n", "f\"{f'{f('a')}'}\"\n", "parse"),
    "quotes again in a string in an f-string": ('f"{x}"\n', 'f"{f(\'"\')}"\n', "parse"),
    "three quotes in three quotes": ("f'''{x}'''\n", "f'''{f('a')}{f('''a''')}'''\n", "parse"),
    "backslash in an f-string": ("f'{x}'\n", "f'{f(\"\\n\")}'\n", "parse"),
    "comment in an f-string": ("f'''{x}'''\n", "f'''{x # c\n}'''\n", "parse"),
    "line end in an f-string": ("f'{x}'\n", "f'{f(\n)}'\n", "parse"),
}


@pytest.mark.parametrize(("old", "new", "word"), FAULTS.values(), ids=FAULTS)
def test_fault_on_every_version_of_python(old: str, new: str, word: str) -> None:
    assert word in fault(old, new, "a.py")


RIGHT = {
    "other quotes in an f-string": ('f"{x}"\n', "f\"{f('a')}\"\n"),
    "three quotes around two kinds": ("f'''{x}'''\n", "f'''{f('a')}{f(\"b\")}'''\n"),
    "line end in three quotes": ("f'''{x}'''\n", "f'''{f(\n)}'''\n"),
    "text beside the fields": ("f'{x}'\n", "f'\\n # {x:>{y}} {{ \"'\n"),
    "a fault that was there before": ("return 1\n", "return 2\n"),
    "a warning about user code": ("x = '\\d'\n", "x is 1\n"),
}


@pytest.mark.parametrize(("old", "new"), RIGHT.values(), ids=RIGHT)
def test_no_fault(old: str, new: str) -> None:
    assert fault(old, new, "a.py") == ""


def test_too_deep_to_compile_is_not_the_edits_fault() -> None:
    deep = "x = " + "-" * 900 + "1\n"
    assert "compile" not in fault(deep, deep + "y = 1\n", "a.py")


@pytest.mark.skipif(sys.version_info < (3, 12), reason="Python 3.11 does not parse such a file")
def test_an_f_string_that_needed_a_newer_python_before_is_left() -> None:
    assert fault('f"{f("a")}"\n', 'f"{g("a")}"\n', "a.py") == ""
    assert fault('f"{f("a")}"\n', 'f"{f("a")}" f"{f("b")}"\n', "a.py")
