from __future__ import annotations

import pytest

from sis_codemods.private import rest_calls
from sis_codemods.switch.project_file_artifacts import codemod
from sis_migrate.app_run import AppRun
from sis_migrate.model import App, Item, Settings, Status
from sis_migrate.workspace import Workspace
from switch_case import CODE, REQUIRES, ROOT, check_document, check_same, run

HEAD = """\
definition_version: 2
entities:
  sales:
    type: streamlit
    main_file: streamlit_app.py
"""


def project(*items: str) -> str:
    listed = "".join(f"      - {item}\n" for item in items)
    return f"{HEAD}    artifacts:\n{listed}"


def test_dependency_file_stands_beside_the_environment_file() -> None:
    check_document(
        "snowflake.yml",
        project("environment.yml  # conda", "streamlit_app.py"),
        project("environment.yml  # conda", "pyproject.toml", "streamlit_app.py"),
        codemod,
        files={"pyproject.toml": REQUIRES, "environment.yml": "name: x\n"},
    )


def test_files_that_the_dependency_file_names() -> None:
    check_document(
        "snowflake.yml",
        project("streamlit_app.py", "requirements.txt"),
        project("streamlit_app.py", "requirements.txt", "base/r.txt", "base/c.txt"),
        codemod,
        files={
            "requirements.txt": "-r base/r.txt\n-r missing.txt\n-r ../outside.txt\nstreamlit\n",
            "base/r.txt": "-c c.txt\n",
            "base/c.txt": "pandas<3\n",
            "../outside.txt": "plotly\n",
        },
    )


def test_environment_file_that_is_gone_is_replaced() -> None:
    check_document(
        "snowflake.yml",
        project("environment.yml", "streamlit_app.py"),
        project("pyproject.toml", "streamlit_app.py"),
        codemod,
        files={"pyproject.toml": REQUIRES},
    )


def test_entry_with_a_destination() -> None:
    before = HEAD.replace("main_file", "title: x\n    main_file") + (
        "    artifacts:\n      - src: app/streamlit_app.py\n        dest: ./\n"
    )
    after = before + "      - src: app/pyproject.toml\n        dest: ./\n"
    yml = ROOT.parent / "snowflake.yml"
    entry = ROOT / "streamlit_app.py"
    contents = {yml: before, ROOT / "pyproject.toml": REQUIRES, entry: CODE}
    workspace = Workspace({path: text.encode() for path, text in contents.items()})
    app = App(ROOT, "sales", entry, (entry,), (entry,), project_file=yml)
    AppRun(app, workspace, Settings(), [codemod]).run()
    assert workspace.read_bytes(yml).decode() == after


def test_list_is_made_where_there_is_none() -> None:
    check_document(
        "snowflake.yml",
        HEAD,
        project("streamlit_app.py", "pyproject.toml"),
        codemod,
        files={"pyproject.toml": REQUIRES},
    )


def test_a_new_list_has_all_that_the_app_takes_along() -> None:
    files = {
        "streamlit_app.py": "import config\nopen('data.csv')\n",
        "config.py": "",
        "data.csv": "",
        "pages/a.py": "import views\n",
        "views.py": "",
        "pyproject.toml": REQUIRES,
    }
    names = ["streamlit_app.py", "pyproject.toml", "config.py", "data.csv", "views.py"]
    result = run({**files, "snowflake.yml": HEAD}, codemod)
    assert result.texts["snowflake.yml"] == project(*names)
    (found,) = result.findings
    assert found.status is Status.REVIEW
    check_same({**files, "snowflake.yml": project(*names)}, codemod)


def test_a_key_of_version_1_is_not_contradicted() -> None:
    text = HEAD + "    additional_source_files:\n      - config.py\n"
    check_same({"pyproject.toml": REQUIRES, "snowflake.yml": text}, codemod)


def test_modules_and_files_that_the_app_opens() -> None:
    code = (
        "import streamlit as st\nfrom lib import shown\nst.image('logo.png')\n"
        "df = open('data/x.csv').read()\nst.switch_page('views/more.py')\n"
        "if st.checkbox('x'):\n    open('sometimes.txt')\n    pages.append(st.Page('admin.py'))\n"
        "open('out.csv', 'w')\nst.write('notes.txt')\n"
    )
    names = ("logo.png", "data/x.csv", "sometimes.txt", "out.csv", "notes.txt")
    files = {
        "streamlit_app.py": code,
        "lib/__init__.py": "",
        "lib/shown.py": CODE,
        "views/more.py": CODE,
        "admin.py": CODE,
        "unused.py": CODE,
        **dict.fromkeys(names, "x"),
        "snowflake.yml": project("streamlit_app.py"),
    }
    result = run(files, codemod)
    assert {f.status for f in result.findings} == {Status.REVIEW}
    text = result.texts["snowflake.yml"] or ""
    added = text.removeprefix(project("streamlit_app.py")).split()[1::2]
    assert sorted(added) == ["admin.py", "data/x.csv", "lib/shown.py", "logo.png", "views/more.py"]


def test_modules_that_only_a_page_imports() -> None:
    files = {
        "pages/1_a.py": "import pages_lib\nimport streamlit_app\n",
        "pages_lib.py": "import deeper\n",
        "deeper.py": CODE,
        "snowflake.yml": project("streamlit_app.py", "pages/"),
    }
    result = run(files, codemod)
    text = project("streamlit_app.py", "pages/", "pages_lib.py", "deeper.py")
    assert result.texts["snowflake.yml"] == text
    assert not [f for f in result.findings if "Remove it" in f.remedy]


def test_module_that_the_migration_adds_for_a_page() -> None:
    page = "import _snowflake\n_snowflake.send_snow_api_request('GET', '/x', {}, {}, {}, {}, 1)\n"
    files = {"pages/1_a.py": page, "snowflake.yml": project("streamlit_app.py", "pages/")}
    result = run(files, rest_calls.codemod, codemod)
    added = [f for f in result.findings if "artifacts gain snow_api.py" in f.message]
    assert [(f.status, f.remedy) for f in added] == [(Status.FIXED, "")], result.findings


def test_secrets_are_not_uploaded() -> None:
    result = check_document(
        "snowflake.yml",
        project("streamlit_app.py", ".streamlit/secrets.toml", ".streamlit/"),
        project("streamlit_app.py", ".streamlit/config.toml"),
        codemod,
        files={".streamlit/secrets.toml": "a = 1\n", ".streamlit/config.toml": "[theme]\n"},
        status=Status.REVIEW,
    )
    assert {f.item for f in result.findings} == {Item.CONFIG}


@pytest.mark.parametrize(
    ("items", "files"),
    [
        pytest.param(["."], {"pyproject.toml": REQUIRES}, id="everything"),
        pytest.param(["*"], {"pyproject.toml": REQUIRES}, id="a pattern"),
        pytest.param(["*.toml", "streamlit_app.py"], {"pyproject.toml": REQUIRES}, id="by suffix"),
        pytest.param(["<% ctx.env.all %>"], {"pyproject.toml": REQUIRES}, id="template"),
        pytest.param(["streamlit_app.py", ".streamlit/"], {}, id="no secrets there"),
        pytest.param(["streamlit_app.py"], {"pages/a.py": CODE}, id="pages go by themselves"),
    ],
)
def test_left_alone(items: list[str], files: dict[str, str]) -> None:
    check_same({"snowflake.yml": project(*items), **files}, codemod)


def test_list_behind_an_alias_is_reported() -> None:
    text = "x: &files [streamlit_app.py]\n" + HEAD + "    artifacts: *files\n"
    check_same(
        {"snowflake.yml": text, "pyproject.toml": REQUIRES},
        codemod,
        words=["pyproject.toml is not uploaded"],
    )


def test_folder_with_secrets_alone_is_reported() -> None:
    files = {
        "snowflake.yml": project("streamlit_app.py", ".streamlit"),
        ".streamlit/secrets.toml": "a = 1\n",
    }
    check_same(files, codemod, words=["secrets.toml", "one by one"])
