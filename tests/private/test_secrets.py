from __future__ import annotations

import pytest

from codemod_case import check_fixed, check_found, check_noop, migrate
from sis_codemods.private.secrets import codemod
from sis_migrate.model import Status

ST = "import streamlit as st\n"
IMPORT = "import _snowflake\n"

CALLS = {
    "literal": (
        "key = _snowflake.get_generic_secret_string('my_key')\n",
        "key = st.secrets['my_key']\n",
    ),
    "name in a variable": (
        "key = _snowflake.get_generic_secret_string(NAME)\n",
        "key = st.secrets[NAME]\n",
    ),
    "keyword": (
        "key = _snowflake.get_generic_secret_string(secret_name='k')\n",
        "key = st.secrets['k']\n",
    ),
    "name computed": (
        "key = _snowflake.get_generic_secret_string(f'{env}_key')\n",
        "key = st.secrets[f'{env}_key']\n",
    ),
    "password with its fields": (
        "c = _snowflake.get_username_password('c')\nlogin(c.username, c.password)\n",
        "c = st.secrets['c']\nlogin(c.username, c.password)\n",
    ),
    "field at once": (
        "user = _snowflake.get_username_password('c').username\n",
        "user = st.secrets['c'].username\n",
    ),
    "argument": (
        "client = OpenAI(api_key=_snowflake.get_generic_secret_string('k'))\n",
        "client = OpenAI(api_key=st.secrets['k'])\n",
    ),
    "over lines": (
        "x['K'] = _snowflake.get_generic_secret_string(\n    'k'\n)  # the key\n",
        "x['K'] = st.secrets['k']  # the key\n",
    ),
    "in a broad try": (
        "try:\n    k = _snowflake.get_generic_secret_string('k')\nexcept Exception:\n    k = None\n",
        "try:\n    k = st.secrets['k']\nexcept Exception:\n    k = None\n",
    ),
}


@pytest.mark.parametrize(("before", "after"), CALLS.values(), ids=CALLS)
def test_call(before: str, after: str) -> None:
    check_fixed(ST + IMPORT + before, ST + after, codemod)


IMPORTS = {
    "alias": ("import _snowflake as sf\n", "sf.get_generic_secret_string('k')"),
    "from": (
        "from _snowflake import get_generic_secret_string\n",
        "get_generic_secret_string('k')",
    ),
    "from with an alias": (
        "from _snowflake import get_generic_secret_string as secret\n",
        "secret('k')",
    ),
}


@pytest.mark.parametrize(("statement", "call"), IMPORTS.values(), ids=IMPORTS)
def test_import_form(statement: str, call: str) -> None:
    check_fixed(ST + statement + f"k = {call}\n", ST + "k = st.secrets['k']\n", codemod)


def test_streamlit_is_imported_where_it_is_not() -> None:
    check_fixed(
        f"{IMPORT}\ndef key():\n    return _snowflake.get_generic_secret_string('k')\n",
        f"{ST}\ndef key():\n    return st.secrets['k']\n",
        codemod,
        indented=False,
    )


def test_import_in_a_try_is_another_codemods_work() -> None:
    guard = "try:\n    import _snowflake\nexcept ImportError:\n    pass\n"
    check_fixed(
        f"{ST}{guard}k = _snowflake.get_generic_secret_string('k')\n",
        f"{ST}{guard}k = st.secrets['k']\n",
        codemod,
    )


REVIEWED = {
    "narrow handler": (
        f"{ST}{IMPORT}try:\n    k = _snowflake.get_generic_secret_string('k')\n"
        "except ValueError:\n    k = None\n",
        f"{ST}try:\n    k = st.secrets['k']\nexcept ValueError:\n    k = None\n",
    ),
    "Snowpark's own function": (
        f"{ST}from snowflake.snowpark.secrets import get_generic_secret_string\n"
        "k = get_generic_secret_string('k')\n",
        f"{ST}k = st.secrets['k']\n",
    ),
}


@pytest.mark.parametrize(("before", "after"), REVIEWED.values(), ids=REVIEWED)
def test_to_review(before: str, after: str) -> None:
    check_fixed(before, after, codemod, status=Status.REVIEW)


def test_stand_in_for_local_runs_is_uncertain() -> None:
    source = (
        "try:\n    from _snowflake import get_generic_secret_string\nexcept ImportError:\n"
        "    def get_generic_secret_string(name): ...\nk = get_generic_secret_string('k')\n"
    )
    check_found(source, codemod, "another function", line=5)


FOUND = {
    "no argument": ("_snowflake.get_generic_secret_string()\n", "one argument"),
    "starred": ("_snowflake.get_username_password(*names)\n", "one argument"),
    "keywords in a mapping": ("_snowflake.get_username_password(**names)\n", "one argument"),
    "handed on": ("keys = map(_snowflake.get_generic_secret_string, names)\n", "handed on"),
}


@pytest.mark.parametrize(("source", "words"), FOUND.values(), ids=FOUND)
def test_found(source: str, words: str) -> None:
    check_found(IMPORT + source, codemod, words, line=2)


NOOPS = {
    "own function": "def get_generic_secret_string(n): ...\nk = get_generic_secret_string('k')\n",
    "another object's method": "k = vault.get_generic_secret_string('k')\n",
    "already migrated": f"{ST}k = st.secrets['k']  # was get_generic_secret_string\n",
    "procedure by decorator": "from snowflake.snowpark.functions import sproc\n"
    "import _snowflake\n@sproc(secrets={'k': 's'})\ndef p(session):\n"
    "    return _snowflake.get_generic_secret_string('k')\n",
    "procedure that is registered": "import _snowflake\ndef p(session):\n"
    "    return _snowflake.get_generic_secret_string('k')\n"
    "session.sproc.register(p, name='P')\n",
    "function that is registered": "def f(x):\n    import _snowflake\n    def g():\n"
    "        return _snowflake.get_generic_secret_string('k')\n    return g()\n"
    "session.udf.register(func=f)\n",
    "ignored": "import _snowflake\n"
    "k = _snowflake.get_generic_secret_string('k')  # migrate: ignore[SIS501]\n",
}


@pytest.mark.parametrize("source", NOOPS.values(), ids=NOOPS)
def test_noop(source: str) -> None:
    check_noop(source, codemod)


def test_a_registered_function_of_another_file_is_left() -> None:
    files = {
        "streamlit_app.py": "import work\nsession.sproc.register(work.run, name='R')\n",
        "work.py": "import _snowflake\ndef run(s):\n"
        "    return _snowflake.get_generic_secret_string('k')\n",
    }
    assert migrate(files, codemod).findings == ()


def test_registered_by_another_name() -> None:
    source = (
        "import _snowflake\nfrom snowflake.snowpark.functions import udf as u\n"
        "@u\ndef f():\n    return _snowflake.get_generic_secret_string('a')\n"
    )
    check_noop(source, codemod)
