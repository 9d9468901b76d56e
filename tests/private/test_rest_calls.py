from __future__ import annotations

import textwrap

import pytest

from codemod_case import check_found, check_noop, migrate
from sis_codemods.private.rest_calls import codemod
from sis_codemods.private.rest_client import SOURCE
from sis_migrate.model import Status

IMPORT = "import _snowflake\n"
CALL = 'resp = {}send_snow_api_request(\n    "POST", PATH, {{}}, {{}}, body, None, 30000\n)\n'
OLD, NEW = CALL.format("_snowflake."), CALL.format("snow_api.")

FORMS = {
    "plain": (IMPORT + OLD, "import snow_api\n" + NEW),
    "alias": (
        "import _snowflake as sf\n" + CALL.format("sf."),
        "import snow_api\n" + NEW,
    ),
    "from": (
        "from _snowflake import send_snow_api_request\n" + CALL.format(""),
        "import snow_api\n" + NEW,
    ),
    "with comments": (
        IMPORT
        + 'r = _snowflake.send_snow_api_request(  # type: ignore\n    "POST",  # method\n)\n',
        "import snow_api\n"
        'r = snow_api.send_snow_api_request(  # type: ignore\n    "POST",  # method\n)\n',
    ),
    "handed on": (
        IMPORT + "send = partial(_snowflake.send_snow_api_request, 'POST')\n",
        "import snow_api\nsend = partial(snow_api.send_snow_api_request, 'POST')\n",
    ),
    "import in a function": (
        "def ask():\n    import _snowflake\n" + textwrap.indent(OLD, "    "),
        "import snow_api\ndef ask():\n" + textwrap.indent(NEW, "    "),
    ),
    "import kept for another use": (
        IMPORT + OLD + "t = _snowflake.get_oauth_access_token('t')\n",
        "import _snowflake\nimport snow_api\n"
        + NEW
        + "t = _snowflake.get_oauth_access_token('t')\n",
    ),
    "the name is another's": (
        IMPORT + "def ask(snow_api):\n" + textwrap.indent(OLD, "    "),
        "import snow_api as _snow_api\ndef ask(snow_api):\n"
        + textwrap.indent(CALL.format("_snow_api."), "    "),
    ),
}


@pytest.mark.parametrize(("before", "after"), FORMS.values(), ids=FORMS)
def test_form(before: str, after: str) -> None:
    result = migrate(before, codemod)
    assert result.text == after
    assert result.texts["snow_api.py"] == SOURCE.read_text()
    assert {f.path.name: f.status for f in result.findings} == {
        "streamlit_app.py": Status.FIXED,
        "snow_api.py": Status.REVIEW,
    }
    again = migrate(result.texts, codemod)
    assert again.texts == result.texts
    assert again.findings == ()


def test_one_module_for_all_files() -> None:
    files = {
        "streamlit_app.py": "from lib import ask\nimport pages.chat\n" + IMPORT + OLD,
        "lib/ask.py": IMPORT + OLD,
        "lib/__init__.py": "",
    }
    result = migrate(files, codemod)
    assert [n for n in result.texts if n.endswith("snow_api.py")] == ["snow_api.py"]
    assert result.texts["lib/ask.py"] == "import snow_api\n" + NEW


def test_existing_module_of_another_kind_is_left() -> None:
    files = {"streamlit_app.py": "import snow_api\n" + IMPORT + OLD, "snow_api.py": "x = 1\n"}
    result = migrate(files, codemod)
    assert result.texts["snow_api.py"] == "x = 1\n"
    assert result.texts["snow_api_2.py"] == SOURCE.read_text()
    assert "snow_api_2.send_snow_api_request" in result.text


def test_module_of_an_earlier_run_is_used_even_if_edited() -> None:
    edited = SOURCE.read_text() + "\n# ours now\n"
    files = {"streamlit_app.py": IMPORT + OLD, "snow_api.py": edited}
    result = migrate(files, codemod)
    assert result.texts == {"streamlit_app.py": "import snow_api\n" + NEW, "snow_api.py": edited}


def test_a_package_of_that_name_that_is_imported_is_avoided() -> None:
    result = migrate("from snow_api import x\n" + IMPORT + OLD, codemod)
    assert "snow_api_2.py" in result.texts


FOUND = {
    "unknown keyword": ("_snowflake.send_snow_api_request('GET', p, retries=3)\n", "retries"),
    "too many arguments": (
        "_snowflake.send_snow_api_request('GET', p, {}, {}, {}, None, 1, 2)\n",
        "more arguments",
    ),
}


@pytest.mark.parametrize(("source", "words"), FOUND.values(), ids=FOUND)
def test_found(source: str, words: str) -> None:
    check_found(IMPORT + source, codemod, words, line=2)


def test_stand_in_is_uncertain() -> None:
    source = (
        "try:\n    import _snowflake\nexcept ImportError:\n    import fake as _snowflake\n" + OLD
    )
    check_found(source, codemod, "another function", line=5)


NOOPS = {
    "own function": "def send_snow_api_request(): ...\nsend_snow_api_request()\n",
    "procedure": "def p(session):\n    import _snowflake\n"
    "    return _snowflake.send_snow_api_request('GET', '/x')\nsession.sproc.register(p)\n",
    "in a text": "x = 'send_snow_api_request'\n",
    "ignored": IMPORT
    + "_snowflake.send_snow_api_request('GET', '/x')  # migrate: ignore[SIS502]\n",
}


@pytest.mark.parametrize("source", NOOPS.values(), ids=NOOPS)
def test_noop(source: str) -> None:
    check_noop(source, codemod)
