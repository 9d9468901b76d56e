"""SIS305: query parameters."""

from __future__ import annotations

import pytest

from codemod_case import check_fixed, check_found, check_noop, migrate
from sis_codemods.streamlit.query_params import codemod
from sis_migrate.model import Status

ST = "import streamlit as st\n"
GET, SET = "st.experimental_get_query_params()", "st.experimental_set_query_params"
LISTS = "{name: st.query_params.get_all(name) for name in st.query_params}"

LISTS_STAY = {
    "iterated": ("p = {}\nfor k in p:\n    f(k)\n", LISTS),
    "list of a name": ("p = {}\nf(p['a'])\n", LISTS),
    "handed on": ("p = {}\nf(p)\n", LISTS),
    "as an argument": ("f({})\n", LISTS),
    "second value": ("p = {}\nf(p['a'][1])\n", LISTS),
    "values that may be missing": ("v = {}.get('a')\nx = v[0] if v else None\n", LISTS),
    "default of another length": ("v = {}.get('a', [])[0]\n", LISTS),
    "default that is unpacked": ("v = {}.get('a', [*b])[0]\n", LISTS),
    "default by its name": ("v = {}.get('a', default=['b'])[0]\n", LISTS),
    "another method": ("v = {}.pop('a', ['b'])[0]\n", LISTS),
    "method that is handed on": ("v = {}.get\n", LISTS),
    "assigned to an attribute": ("self.p = {}\n", LISTS),
    "two names": ("a = b = {}\n", LISTS),
    "bound twice": ("p = {}\np = {}\n", LISTS),
    "changed": ("p = {}\np['a'] = ['b']\n", LISTS),
    "first value changed": ("p = {}\np['a'][0] = 'b'\n", LISTS),
    "walrus": ("if (p := {}):\n    pass\n", LISTS),
    "parameters are set, too": (f"p = {{}}\nf(p['a'][0])\n{SET}()\n", LISTS),
}  # fmt: skip


@pytest.mark.parametrize(("source", "new"), LISTS_STAY.values(), ids=LISTS_STAY)
def test_lists_stay(source: str, new: str) -> None:
    before = ST + source.replace("{}", GET)
    after = ST + source.replace("{}", new).replace(f"{SET}()", "st.query_params.clear()")
    check_fixed(before, after, codemod)


FIRST_VALUES = {
    "item": ("p = {}\nx = p['a'][0].lower()\n", "p = {}\nx = p['a'].lower()\n"),
    "asked before": (
        "p = {}\nif 'a' in p and 'b' not in p:\n    x = p[name][0]\n",
        "p = {}\nif 'a' in p and 'b' not in p:\n    x = p[name]\n",
    ),
    "default": ("p = {}\nx = p.get('a', ['b'])[0]\n", "p = {}\nx = p.get('a', 'b')\n"),
    "at once": ("x = {}['a'][0]\n", "x = {}['a']\n"),
    "default at once": ("x = {}.get('a', [1 + 1])[0]\n", "x = {}.get('a', 1 + 1)\n"),
    "annotated": ("p: dict = {}\nx = p['a'][0]\n", "p: dict = {}\nx = p['a']\n"),
    "in a function": (
        "def f():\n    p = {}\n    return p['a'][0]\n",
        "def f():\n    p = {}\n    return p['a']\n",
    ),
}


@pytest.mark.parametrize(("before", "after"), FIRST_VALUES.values(), ids=FIRST_VALUES)
def test_first_values_become_strings(before: str, after: str) -> None:
    before, after = before.replace("{}", GET), after.replace("{}", "st.query_params")
    result = check_fixed(ST + before, ST + after, codemod, status=Status.REVIEW)
    assert len(result.findings) == 1


ASKED = {
    "name that is asked": ("p = {}\nif 'a' in p:\n    f()\n", "st.query_params"),
    "asked at once": ("if 'a' in {}:\n    f()\n", "st.query_params"),
    "not used": ("p = {}\n", "st.query_params"),
}


@pytest.mark.parametrize(("source", "new"), ASKED.values(), ids=ASKED)
def test_asked(source: str, new: str) -> None:
    check_fixed(ST + source.replace("{}", GET), ST + source.replace("{}", new), codemod)


SETS = {
    "nothing": ("{}()\n", "st.query_params.clear()\n"),
    "some": ("{}(a=1, b=[2, 3])\n", 'st.query_params.from_dict({"a": 1, "b": [2, 3]})\n'),
    "dictionary": ("{}(**params)\n", "st.query_params.from_dict(params)\n"),
    "both": ("{}(**params, a=1)\n", 'st.query_params.from_dict({**params, "a": 1})\n'),
    "over lines": (
        "{}(\n    a=1,  # one\n    b=2,\n)\n",
        'st.query_params.from_dict({\n    "a": 1,  # one\n    "b": 2,\n})\n',
    ),
    "changed copy": (
        "{}(**{**p, 'a': 1})\n",
        "st.query_params.from_dict({**p, 'a': 1})\n",
    ),
    "in a lambda": ("f(lambda: {}(a=1))\n", 'f(lambda: st.query_params.from_dict({"a": 1}))\n'),
}


@pytest.mark.parametrize(("before", "after"), SETS.values(), ids=SETS)
def test_set(before: str, after: str) -> None:
    check_fixed(ST + before.replace("{}", SET), ST + after, codemod)


def test_get_within_set() -> None:
    check_fixed(
        ST + f"{SET}(**{{**{GET}, 'a': 1}})\n",
        ST + f"st.query_params.from_dict({{**{LISTS}, 'a': 1}})\n",
        codemod,
    )


def test_imports_by_name() -> None:
    check_fixed(
        "from streamlit import experimental_get_query_params, experimental_set_query_params as s\n"
        "x = experimental_get_query_params()\nf(x)\ns(a=1)\n",
        f'import streamlit as st\nx = {LISTS}\nf(x)\nst.query_params.from_dict({{"a": 1}})\n',
        codemod,
        indented=False,
    )


def test_unused_import_goes() -> None:
    check_fixed(
        "from streamlit import experimental_get_query_params, write\nwrite(1)\n",
        "from streamlit import write\nwrite(1)\n",
        codemod,
    )


def test_import_for_another_file_goes_with_its_use() -> None:
    files = {
        "streamlit_app.py": "from page import experimental_set_query_params\n"
        "experimental_set_query_params()\n",
        "page.py": "from streamlit import experimental_set_query_params\nimport streamlit as st\n",
    }
    assert migrate(files, codemod).texts == {
        "streamlit_app.py": "import streamlit as st\nst.query_params.clear()\n",
        "page.py": "import streamlit as st\n",
    }


LEFT = {
    "set handed on": (f"st.button('a', on_click={SET}, kwargs=k)\n", "handed on"),
    "get handed on": ("f(st.experimental_get_query_params)\n", "handed on"),
    "positional": (f"{SET}(params)\n", "never took"),
    "argument of get": ("st.experimental_get_query_params(a=1)\n", "never took"),
    "looked up": ('getattr(st, "experimental_get_query_params")()\n', "looked up"),
}


@pytest.mark.parametrize(("source", "words"), LEFT.values(), ids=LEFT)
def test_one_place_holds_back_every_use_of_the_app(source: str, words: str) -> None:
    check_found(ST + source + f"{SET}()\nx = {GET}\n", codemod, words, line=2)


def test_other_files_are_held_back_too() -> None:
    files = {
        "streamlit_app.py": f"{ST}import page\n{SET}()\n",
        "page.py": f"{ST}f = {SET}\n",
    }
    result = migrate(files, codemod)
    assert result.texts == files
    assert "page.py:2" in " ".join(f.message for f in result.findings)


def test_stand_in_for_streamlit() -> None:
    source = f"try:\n    {ST}except ImportError:\n    from fake import st\n{SET}()\n"
    check_found(source, codemod, "if this is Streamlit's", line=5)


def test_parameters_that_another_file_takes_stay_lists() -> None:
    files = {
        "streamlit_app.py": f"{ST}p = {GET}\nx = p['a'][0]\n",
        "page.py": "from streamlit_app import p\n",
    }
    after = f"{ST}p = {LISTS}\nx = p['a'][0]\n"
    assert migrate(files, codemod).texts["streamlit_app.py"] == after


NOOPS = {
    "new ones": ST + "st.query_params['a']\n",
    "own function": "def experimental_set_query_params(): ...\nexperimental_set_query_params()\n",
    "asked for": ST + f'if hasattr(st, "query_params"):\n    f()\nelse:\n    x = {GET}\n'
    '    {SET}(a=1)\n',
    "asked for with imports": "try:\n    from streamlit import query_params\nexcept ImportError:\n"
    "    from streamlit import experimental_get_query_params\n",
    "put there by the app": ST + f"{SET} = mine\n{SET}(a=1)\n",
    "looked up with a default": ST + 'getattr(st, "experimental_get_query_params", None)\n',
    "other name looked up": ST + 'getattr(st, "x")\nx = "experimental_get_query_params"\n',
    "looked up elsewhere": ST + 'getattr(a, "experimental_get_query_params")\n',
    "used in another file": "from other import experimental_get_query_params\n",
}  # fmt: skip


@pytest.mark.parametrize("source", NOOPS.values(), ids=NOOPS)
def test_noop(source: str) -> None:
    check_noop(source, codemod)


def test_import_that_is_still_used_stays() -> None:
    source = "from streamlit import experimental_get_query_params as g\nf(g)\n"
    check_found(source, codemod, "handed on", line=2)
