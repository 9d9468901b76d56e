from __future__ import annotations

import pytest

from sis_codemods.private import rest_calls
from sis_codemods.switch.upload_lists import codemod
from sis_migrate.model import Status
from switch_case import REQUIRES, check_document, check_same, run

FILES = {"environment.yml": "name: x\n", "pyproject.toml": REQUIRES}


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        pytest.param(
            "a.sql",
            "PUT file://app/environment.yml @s AUTO_COMPRESS=FALSE; -- it\nSELECT 1;\n",
            None,
            id="comment behind the command",
        ),
        pytest.param(
            "a.sql",
            "PUT file://environment.yml @s;\nSELECT 1;\n",
            "PUT file://environment.yml @s;\nPUT file://pyproject.toml @s;\nSELECT 1;\n",
            id="PUT",
        ),
        pytest.param(
            "a.sql",
            "COPY FILES INTO @s FROM @g FILES = ('a.py',\n  'x/environment.yml');\n",
            "COPY FILES INTO @s FROM @g FILES = ('a.py',\n"
            "  'x/environment.yml', 'x/pyproject.toml');\n",
            id="list of files",
        ),
        pytest.param(
            "deploy.sh",
            "  snow stage copy environment.yml @s --overwrite\n",
            "  snow stage copy environment.yml @s --overwrite\n"
            "  snow stage copy pyproject.toml @s --overwrite\n",
            id="CLI",
        ),
        pytest.param(
            ".github/workflows/deploy.yml",
            "steps:\n  - run: snow stage copy environment.yml @s\n",
            "steps:\n  - run: snow stage copy environment.yml @s\n"
            "  - run: snow stage copy pyproject.toml @s\n",
            id="CI",
        ),
    ],
)
def test_completed(name: str, before: str, after: str | None) -> None:
    if after is None:
        check_same({name: before, **FILES}, codemod, words=["environment.yml is named here"])
        return
    check_document(name, before, after, codemod, files=FILES, status=Status.REVIEW)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        pytest.param("a.sql", "CALL put_to_stage('s', 'environment.yml', 'x');\n", id="procedure"),
        pytest.param(
            "a.sh", "for f in a.py environment.yml; do snow stage copy $f @s; done\n", id="loop"
        ),
        pytest.param("a.sh", "snow stage copy environment.yml \\\n  @s\n", id="continued line"),
        pytest.param(
            "a.yml",
            "steps:\n  - name: up\n    run: snow stage copy environment.yml @s\n",
            id="step that has a run key already",
        ),
        pytest.param("../deploy.py", "", id="nothing above the app"),
    ],
)
def test_reported(name: str, text: str) -> None:
    words = ["is not uploaded"] if text else []
    check_same({name: text, **FILES}, codemod, words=words)


def test_script_that_uploads_only_the_entry_point() -> None:
    script = "PUT file://streamlit_app.py @s;\n"
    check_same({"a.sql": script, **FILES}, codemod, words=["streamlit_app.py is uploaded here"])
    check_same({"a.sql": script + "PUT file://x/* @s;\n", **FILES}, codemod)


CALLS = "import _snowflake\n_snowflake.send_snow_api_request('GET', '/x', {}, {}, {}, {}, 1)\n"


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        pytest.param(
            "a.sql",
            "PUT file://streamlit_app.py @s;\nPUT file://environment.yml @s;\n",
            "PUT file://streamlit_app.py @s;\nPUT file://snow_api.py @s;\n"
            "PUT file://environment.yml @s;\nPUT file://pyproject.toml @s;\n",
            id="PUT",
        ),
        pytest.param(
            "a.sql",
            "COPY FILES INTO @s FROM @g FILES = ('a/streamlit_app.py', 'a/environment.yml');\n",
            "COPY FILES INTO @s FROM @g FILES = ('a/streamlit_app.py', 'a/snow_api.py', "
            "'a/environment.yml', 'a/pyproject.toml');\n",
            id="list of files",
        ),
        pytest.param(
            "deploy.sh",
            "echo copy streamlit_app.py\nsnow stage copy streamlit_app.py @s\n",
            "echo copy streamlit_app.py\nsnow stage copy streamlit_app.py @s\n"
            "snow stage copy snow_api.py @s\n",
            id="CLI",
        ),
        pytest.param("a.sql", "PUT file://*.py @s;\nPUT file://a/*.py @s;\n", None, id="pattern"),
    ],
)
def test_modules_that_the_migration_adds(name: str, before: str, after: str | None) -> None:
    files = {"streamlit_app.py": CALLS, name: before, **FILES}
    result = run(files, rest_calls.codemod, codemod)
    assert result.texts[name] == (after or before)
    again = run({n: t for n, t in result.texts.items() if t is not None}, codemod)
    assert again.texts[name] == result.texts[name]


def test_only_the_apps_own_entry_point_gets_a_twin() -> None:
    script = "PUT file://x/other/streamlit_app.py @a;\nPUT file://x/app/streamlit_app.py @b;\n"
    files = {"streamlit_app.py": CALLS, "../other/streamlit_app.py": "", "a.sql": script, **FILES}
    result = run(files, rest_calls.codemod, codemod)
    assert result.texts["a.sql"] == script + "PUT file://x/app/snow_api.py @b;\n"


def test_modules_that_no_edit_can_add_are_named() -> None:
    script = "for f in streamlit_app.py lib.py; do snow stage copy $f @s; done\n"
    result = run({"streamlit_app.py": CALLS, "a.sh": script, **FILES}, rest_calls.codemod, codemod)
    found = [f for f in result.findings if "snow_api.py, which the app now imports" in f.message]
    assert [(f.path.name, f.status) for f in found] == [("a.sh", Status.MANUAL)]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("-- PUT file://environment.yml @s;\n", id="comment"),
        pytest.param("PUT file://environment.yml @s;\nPUT file://pyproject.toml @s;\n", id="both"),
        pytest.param("PUT file://my-environment.yml @s;\n", id="another file"),
    ],
)
def test_left_alone(text: str) -> None:
    check_same({"a.sql": text, **FILES}, codemod)


def test_without_a_dependency_file_there_is_nothing_to_upload() -> None:
    files = {"a.sql": "PUT file://environment.yml @s;\n", "environment.yml": "name: x\n"}
    check_same(files, codemod)
