from __future__ import annotations

import pytest

from codemod_case import check_fixed, check_found, check_noop
from sis_codemods.paths.disk_writes import codemod
from sis_migrate.model import Status

HEAD = "import os\nimport tempfile\nimport pandas as pd\n"
MOVED = {
    "data frame": (
        "def f(df):\n    path = '/tmp/report.csv'\n    df.to_csv(path)\n    put(path)\n",
        "def f(df):\n    path = os.path.join(tempfile.mkdtemp(), 'report.csv')\n"
        "    df.to_csv(path)\n    put(path)\n",
    ),
    "opened": (
        'def f(data):\n    p = "out/a.wav"\n    with open(p, "wb") as g:\n        g.write(data)\n',
        'def f(data):\n    p = os.path.join(tempfile.mkdtemp(), "a.wav")\n'
        '    with open(p, "wb") as g:\n        g.write(data)\n',
    ),
}


@pytest.mark.parametrize(("before", "after"), MOVED.values(), ids=MOVED)
def test_moved(before: str, after: str) -> None:
    check_fixed(HEAD + before, HEAD + after, codemod, status=Status.REVIEW)


def test_imports_are_added() -> None:
    check_fixed(
        "import x\n\ndef f(df):\n    p = '/tmp/a.csv'\n    df.to_csv(p)\n",
        "import x\nimport os\nimport tempfile\n\ndef f(df):\n"
        "    p = os.path.join(tempfile.mkdtemp(), 'a.csv')\n    df.to_csv(p)\n",
        codemod,
        indented=False,
        status=Status.REVIEW,
    )


FOUND = {
    "literal": "open('speech.wav', 'wb').write(data)\n",
    "below tmp": "df.to_excel('/tmp/a.xlsx')\n",
    "appended": "def f():\n    p = 'log.txt'; open(p, 'a')\n",
    "by a name of the script": "P = 'a.csv'; df.to_csv(P)\n",
    "written and read elsewhere": "def f():\n    p = 'a.csv'; df.to_csv(p); open('a.csv')\n",
    "read first": "def f():\n    p = 'a.csv'; g = open(p); df.to_csv(p)\n",
    "database": "import sqlite3; sqlite3.connect('a.db')\n",
    "log": "import logging; logging.basicConfig(filename='a.log')\n",
    "figure": "fig.savefig('a.png')\n",
    "path": "from pathlib import Path; Path('a.txt').write_text('x')\n",
    "archive": "import zipfile; zipfile.ZipFile('a.zip', mode='w')\n",
}


@pytest.mark.parametrize("code", FOUND.values(), ids=FOUND)
def test_found(code: str) -> None:
    line = 5 if code.startswith("def") else 4
    check_found(HEAD + code, codemod, "all viewers write", line=line)


REVIEWED = {
    "computed name in tmp": "open(f'/tmp/{name}', 'wb')\n",
    "sum": "df.to_csv('/tmp/' + name)\n",
    "joined": "df.to_csv(os.path.join('/tmp', name))\n",
    "stage files": "session.file.get('@s/a.pdf', '/tmp')\n",
}


@pytest.mark.parametrize("code", REVIEWED.values(), ids=REVIEWED)
def test_to_review(code: str) -> None:
    check_found(HEAD + code, codemod, "share", line=4, status=Status.REVIEW)


NOOPS = {
    "read": "open('a.txt')\nopen('a.txt', 'rb')\n",
    "in memory": "import io\ndf.to_csv(io.StringIO())\ntext = df.to_csv(index=False)\n",
    "temporary": "with tempfile.NamedTemporaryFile() as f:\n    df.to_csv(f.name)\n",
    "own folder": "p = os.path.join(tempfile.mkdtemp(), 'a.csv')\ndf.to_csv(p)\n",
    "database in memory": "import sqlite3\nsqlite3.connect(':memory:')\n",
    "procedure": "def p(s):\n    open('/tmp/a', 'w')\nsession.sproc.register(p)\n",
    "another get": "settings.get('x', 'tmp')\n",
    "absolute folder": "open('/dev/null', 'w')\n",
}


@pytest.mark.parametrize("code", NOOPS.values(), ids=NOOPS)
def test_noop(code: str) -> None:
    check_noop(HEAD + code, codemod)


def test_a_name_that_only_a_download_bears_is_no_obstacle() -> None:
    code = (
        "def f(df):\n    p = {}\n    df.to_csv(p)\n    st.download_button('x', read(p), 'a.csv')\n"
    )
    check_fixed(
        HEAD + code.format("'/tmp/a.csv'"),
        HEAD + code.format("os.path.join(tempfile.mkdtemp(), 'a.csv')"),
        codemod,
        status=Status.REVIEW,
    )


def test_database_that_lasts_is_not_moved() -> None:
    source = 'import sqlite3\ndef f():\n    path = "app.db"\n    return sqlite3.connect(path)\n'
    check_found(source, codemod, "fixed name", line=4)
