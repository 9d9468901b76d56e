from __future__ import annotations

import pytest

from paths.path_case import run
from sis_codemods.paths.app_paths import codemod
from sis_migrate.model import Status

ENTRY = "apps/one/main.py"
FILES = {"apps/one/data/a.csv": "", "apps/one/logo.png": "", "common.json": "", "pages/p.py": ""}
HEAD = "import pandas as pd\nimport streamlit as st\nfrom pathlib import Path\n"

BREAKS = {
    "data": ("pd.read_csv('data/a.csv')\n", "pd.read_csv('apps/one/data/a.csv')\n"),
    "open": ('open("data/a.csv")\n', 'open("apps/one/data/a.csv")\n'),
    "open for reading bytes": ("open('logo.png', 'rb')\n", "open('apps/one/logo.png', 'rb')\n"),
    "path": ("Path('data/a.csv').read_text()\n", "Path('apps/one/data/a.csv').read_text()\n"),
    "path opened": ("Path('data/a.csv').open()\n", "Path('apps/one/data/a.csv').open()\n"),
    "image": ("st.sidebar.image('./logo.png')\n", "st.sidebar.image('apps/one/logo.png')\n"),
    "image in a column": ("col.image('logo.png')\n", "col.image('apps/one/logo.png')\n"),
    "logo": (
        "st.logo('logo.png', icon_image='logo.png')\n",
        "st.logo('apps/one/logo.png', icon_image='apps/one/logo.png')\n",
    ),
    "avatar": (
        "st.chat_message('a', avatar='logo.png')\n",
        "st.chat_message('a', avatar='apps/one/logo.png')\n",
    ),
    "icon of the page": (
        "st.set_page_config(page_icon='logo.png')\n",
        "st.set_page_config(page_icon='apps/one/logo.png')\n",
    ),
    "name": ("P = 'data/a.csv'\npd.read_csv(P)\n", "P = 'apps/one/data/a.csv'\npd.read_csv(P)\n"),
    "backslashes": (
        "pd.read_csv(r'data\\a.csv')\n",
        "pd.read_csv('apps/one/data/a.csv')\n",
    ),
    "page": ("st.switch_page('pages/p.py')\n", "st.switch_page('../../pages/p.py')\n"),
}


@pytest.mark.parametrize(("before", "after"), BREAKS.values(), ids=BREAKS)
def test_path_that_breaks(before: str, after: str) -> None:
    result = run({ENTRY: HEAD + before, **FILES}, codemod, entry=ENTRY)
    assert result.texts[ENTRY] == HEAD + after
    assert {f.status for f in result.findings} == {Status.REVIEW}
    again = run(result.texts, codemod, entry=ENTRY)
    assert (again.texts, again.findings) == (result.texts, ())


def test_path_made_of_parts_is_only_reported() -> None:
    code = "import os\nopen(os.path.join('data', 'a.csv'))\n"
    [finding] = run({ENTRY: code, **FILES}, codemod, entry=ENTRY).findings
    assert finding.status is Status.MANUAL
    assert "'apps/one/data/a.csv'" in finding.remedy


@pytest.mark.parametrize("path", ["f'data/{x}.csv'", "'data/' + x", "os.path.join('data', x)"])
def test_computed_path_is_reported_where_the_folders_differ(path: str) -> None:
    code = f"import os\nopen({path})\n"
    [finding] = run({ENTRY: code, **FILES}, codemod, entry=ENTRY).findings
    assert finding.status is Status.REVIEW
    assert run({"streamlit_app.py": code}, codemod).findings == ()


RIGHT = {
    "from the root": "open('common.json')\n",
    "folder": "import streamlit.components.v1 as c\nc.declare_component('x', url='u')\n",
    "address": "st.image('https://x/logo.png')\n",
    "emoji": "st.set_page_config(page_icon='🧊')\nst.chat_message('a', avatar=':material/x:')\n",
    "object": "st.image(picture)\npd.read_csv(st.file_uploader('x'))\n",
    "below the file": "open(Path(__file__).parent / 'data/a.csv')\n",
    "written": "open('data/a.csv', 'w')\n",
    "absolute": "open('/snowflake/session/token')\n",
    "other open": "db.open('data/a.csv')\n",
    "text that is no picture": "st.image('data/a.csv')\n",
    "missing": "open('nowhere.csv')\n",
    "page by name": "from streamlit_extras import switch_page\nswitch_page('p')\n",
    "tool": "if __name__ == '__main__':\n    pass\n",
}


@pytest.mark.parametrize("code", RIGHT.values(), ids=RIGHT)
def test_nothing_to_say(code: str) -> None:
    result = run({ENTRY: HEAD + code, **FILES}, codemod, entry=ENTRY)
    assert result.texts[ENTRY] == HEAD + code
    assert result.findings == ()


def test_an_app_with_its_entry_point_in_the_root_is_left() -> None:
    files = {"streamlit_app.py": "open('data/a.csv')\n", "data/a.csv": ""}
    assert run(files, codemod).findings == ()


UNCERTAIN = {
    "another working folder": "import os\nos.chdir('src')\nopen('settings.json')\n",
    "a name of two uses": (
        "import os\nC = 'settings.json'\nopen(C)\n"
        "open(os.path.join(os.path.dirname(__file__), C))\n"
    ),
}


@pytest.mark.parametrize("code", UNCERTAIN.values(), ids=UNCERTAIN)
def test_path_that_may_be_right_is_only_reported(code: str) -> None:
    files = {"src/app.py": code, "src/settings.json": "{}"}
    result = run(files, codemod, entry="src/app.py")
    assert result.texts == files
    assert [f.status for f in result.findings] == [Status.REVIEW]


def test_name_that_is_tested_and_opened() -> None:
    code = "import os\nC = 'settings.json'\nif os.path.exists(C):\n    open(C)\n"
    files = {"src/app.py": code, "src/settings.json": "{}"}
    result = run(files, codemod, entry="src/app.py")
    assert result.texts["src/app.py"] == code.replace("settings", "src/settings")


def test_json_in_the_place_of_a_path() -> None:
    code = f"import pandas as pd\npd.read_json('[{'1, ' * 200}1]')\nopen('{'x' * 300}')\n"
    assert run({"src/app.py": code}, codemod, entry="src/app.py").findings == ()
