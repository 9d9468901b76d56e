from __future__ import annotations

import pytest

from codemod_case import check_fixed, check_found, check_noop
from sis_codemods.private.udf_modules import codemod
from sis_migrate.model import Status

ST = "import streamlit as st\n"
IMPORT = "from snowflake.snowpark.files import SnowflakeFile\n"
STREAM = 'st.connection("snowflake").session().file.get_stream('

OPENED = {
    "literal": ("f = SnowflakeFile.open('@s/a.pdf', 'rb')\n", f"f = {STREAM}'@s/a.pdf')\n"),
    "formatted": ("f = SnowflakeFile.open(f'@s/{n}', 'rb')\n", f"f = {STREAM}f'@s/{{n}}')\n"),
    "with": (
        "with SnowflakeFile.open('@s/a', 'rb', require_scoped_url=False) as f:\n    f.read()\n",
        f"with {STREAM}'@s/a') as f:\n    f.read()\n",
    ),
}


@pytest.mark.parametrize(("before", "after"), OPENED.values(), ids=OPENED)
def test_stage_file_is_opened_by_the_session(before: str, after: str) -> None:
    check_fixed(ST + IMPORT + before, ST + after, codemod, status=Status.REVIEW)


FOUND = {
    "URL": ("SnowflakeFile.open(url, 'rb')\n", "get_stream"),
    "text mode": ("SnowflakeFile.open('@s/a')\n", "get_stream"),
    "new result": ("SnowflakeFile.open_new_result('w')\n", "functions and procedures"),
    "folder of imports": ("d = sys._xoptions['snowflake_import_directory']\n", "relative"),
    "folder of imports by get": (
        "d = sys._xoptions.get('snowflake_import_directory')\n",
        "IMPORTS",
    ),
    "vectorized": ("@vectorized(input=DataFrame)\ndef f(df): ...\n", "file of its own"),
    "unknown name": ("_snowflake.magic()\n", "_snowflake.magic is no function"),
    "unknown name handed on": ("f = _snowflake.magic\n", "documented"),
    "Cortex Analyst by an argument": (
        "_snowflake.post('analyst', {})\n",
        "/api/v2/cortex/analyst/message",
    ),
    "Cortex Analyst by a keyword": ("_snowflake.post(to='Analyst')\n", "cortex/analyst/message"),
    "Cortex Analyst by the name": ("_snowflake.send_message({})\n", "cortex/analyst/message"),
    "Cortex Agents by the name": ("_snowflake.run_agent({})\n", "/api/v2/cortex/agent:run"),
}


@pytest.mark.parametrize(("source", "words"), FOUND.values(), ids=FOUND)
def test_found(source: str, words: str) -> None:
    head = f"{IMPORT}import sys, _snowflake; from _snowflake import vectorized\n"
    check_found(head + source, codemod, words, line=3)


NOOPS = {
    "a test of the folder": "import sys\nif sys._xoptions.get('snowflake_import_directory'): ...\n",
    "registered": "def f(u):\n    from snowflake.snowpark.files import SnowflakeFile\n"
    "    return SnowflakeFile.open(u, 'rb')\nsession.udf.register(f)\n",
    "in SQL": "q = '''SnowflakeFile.open(u)'''\n",
    "own class": "class SnowflakeFile: ...\nSnowflakeFile.open('@s/a', 'rb')\n",
    "unused import": f"{IMPORT}x = 1\n",
    "what other codemods do": "import _snowflake\n_snowflake.get_oauth_access_token('x')\n",
}


@pytest.mark.parametrize("source", NOOPS.values(), ids=NOOPS)
def test_noop(source: str) -> None:
    check_noop(source, codemod)
