from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from discovery_case import ENV, LIB, SF, ST, build, entries, look, named, only
from git_repository import git, plain_git
from sis_migrate.model import Runtime, Settings, Status
from sis_migrate.pipeline import plan


@pytest.fixture(autouse=True)
def _plain_git() -> Iterator[None]:
    with plain_git():
        yield


def entity(**keys: str) -> str:
    return "entities:\n  my_app:\n    type: streamlit\n" + "".join(
        f"    {k}: {v}\n" for k, v in keys.items()
    )


@pytest.mark.parametrize(
    ("files", "root", "entry", "name", "runtime"),
    [
        pytest.param(
            {"snowflake.yml": entity(main_file="b.py"), "a.py": ST, "b.py": ST},
            ".",
            "b.py",
            "my_app",
            Runtime.UNKNOWN,
            id="main file",
        ),
        pytest.param(
            {"snowflake.yml": entity(main_file="src/b.py"), "src/b.py": ST},
            ".",
            "src/b.py",
            "my_app",
            Runtime.UNKNOWN,
            id="main file below",
        ),
        pytest.param(
            {"snowflake.yml": entity(), "streamlit_app.py": ST},
            ".",
            "streamlit_app.py",
            "my_app",
            Runtime.UNKNOWN,
            id="default",
        ),
        pytest.param(
            {"snowflake.yml": entity(main_file="gone.py"), "x.py": ST},
            ".",
            "x.py",
            ".",
            Runtime.UNKNOWN,
            id="main file is not there",
        ),
        pytest.param(
            {"snowflake.yml": entity(main_file="b.py"), "b.py": "import lib", "lib.py": LIB},
            ".",
            "b.py",
            "my_app",
            Runtime.UNKNOWN,
            id="main file without Streamlit",
        ),
        pytest.param(
            {"snowflake.yml": entity(main_file="b.py"), "b.py": "x = 1"},
            ".",
            "b.py",
            "my_app",
            Runtime.UNKNOWN,
            id="no Streamlit at all",
        ),
        pytest.param(
            {
                "snowflake.yml": entity(
                    main_file="b.py", artifacts="[a/x.py, {src: app/b.py, dest: ./}]"
                ),
                "app/b.py": ST,
            },
            "app",
            "app/b.py",
            "my_app",
            Runtime.UNKNOWN,
            id="artifact that is moved",
        ),
        pytest.param(
            {"snowflake.yml": entity(main_file="b.py", artifacts="['app/*']"), "app/b.py": ST},
            "app",
            "app/b.py",
            "my_app",
            Runtime.UNKNOWN,
            id="artifact folder",
        ),
        pytest.param(
            {
                "snowflake.yml": entity(compute_pool="p"),
                "streamlit_app.py": ST,
                "environment.yml": ENV,
            },
            ".",
            "streamlit_app.py",
            "my_app",
            Runtime.CONTAINER,
            id="container",
        ),
        pytest.param(
            {"snowflake.yml": "streamlit: {name: old, main_file: m.py}", "m.py": ST},
            ".",
            "m.py",
            "old",
            Runtime.UNKNOWN,
            id="version 1",
        ),
        pytest.param(
            {"snowflake.yml": "<!! if !!>\nstreamlit:\n  main_file: b.py", "a.py": ST, "b.py": ST},
            ".",
            "b.py",
            ".",
            Runtime.UNKNOWN,
            id="template",
        ),
        pytest.param(
            {"snowflake.yml": entity(main_file="<% ctx.env.m %>"), "a.py": ST},
            ".",
            "a.py",
            ".",
            Runtime.UNKNOWN,
            id="main file templated",
        ),
        pytest.param(
            {"environment.yml": ENV, "app/a.py": ST},
            ".",
            "app/a.py",
            ".",
            Runtime.WAREHOUSE,
            id="environment file above",
        ),
        pytest.param(
            {
                "d.sql": "CREATE STREAMLIT s.NAME ROOT_LOCATION='@x' MAIN_FILE='/b.py'",
                "a.py": ST,
                "b.py": ST,
            },
            ".",
            "b.py",
            "NAME",
            Runtime.WAREHOUSE,
            id="SQL",
        ),
        pytest.param(
            {
                "sql/d.sql": "CREATE STREAMLIT n FROM '/app/' MAIN_FILE='b.py'",
                "app/b.py": ST,
                "x/b.py": "x = 1",
            },
            "app",
            "app/b.py",
            "n",
            Runtime.UNKNOWN,
            id="SQL with a folder",
        ),
        pytest.param(
            {
                "d.sql": "CREATE STREAMLIT n FROM @r/branches/main/app MAIN_FILE='src/b.py'",
                "app/src/b.py": ST,
            },
            "app",
            "app/src/b.py",
            "n",
            Runtime.UNKNOWN,
            id="SQL with a subfolder",
        ),
        pytest.param(
            {"d.sql": "CREATE STREAMLIT $n MAIN_FILE='/b.py' COMPUTE_POOL=p", "b.py": ST},
            ".",
            "b.py",
            ".",
            Runtime.CONTAINER,
            id="SQL with a variable name",
        ),
        pytest.param(
            {"d.sql": "CREATE STREAMLIT n ROOT_LOCATION='@x' MAIN_FILE='/gone.py'", "b.py": SF},
            ".",
            "b.py",
            ".",
            Runtime.WAREHOUSE,
            id="SQL names what is not there",
        ),
    ],
)
def test_documents(
    tmp_path: Path, files: dict[str, str], root: str, entry: str, name: str, runtime: Runtime
) -> None:
    app = only(look(build(tmp_path, files)))
    assert named(tmp_path, app.root, app.entry_point) == [root, entry]
    assert app.name == (tmp_path.name if name == "." else name)
    assert app.runtime is runtime
    documents = [path for path in (app.project_file, *app.sql_files, app.environment_file) if path]
    assert set(documents) == {tmp_path / n for n in files if not n.endswith(".py")}


def test_one_app_for_each_named_entry_point(tmp_path: Path) -> None:
    sql = "CREATE STREAMLIT one MAIN_FILE='a.py'; CREATE STREAMLIT two MAIN_FILE='b.py';"
    build(
        tmp_path,
        {
            "s.sql": sql,
            "a.py": ST + "import lib, own",
            "b.py": ST + "import lib",
            "lib.py": LIB,
            "own.py": LIB,
            "rest.py": LIB,
        },
    )
    one, two = look(tmp_path).apps
    assert (one.name, two.name) == ("one", "two")
    assert named(tmp_path, *one.files) == ["a.py", "lib.py", "own.py", "rest.py"]
    assert named(tmp_path, *two.files) == ["b.py", "lib.py"]


def test_an_entry_point_without_streamlit_beside_another_app(tmp_path: Path) -> None:
    build(tmp_path, {"a/x.py": SF, "b/snowflake.yml": entity(main_file="y.py"), "b/y.py": "x = 1"})
    assert entries(tmp_path, look(tmp_path)) == ["a/x.py", "b/y.py"]


def test_sql_that_could_mean_two_files_names_none(tmp_path: Path) -> None:
    build(tmp_path, {"d.sql": "CREATE STREAMLIT n MAIN_FILE='b.py'", "x/b.py": SF, "y/b.py": SF})
    assert [app.name for app in look(tmp_path).apps] == ["x", "y"]


PUTS = """\
PUT file:///{{ dir }}/x/b.py @{{ db }}.S.ONE overwrite = true;
PUT 'file://y/b.py' @{{ db }}.S.TWO/sub;
CREATE STREAMLIT {{ db }}.S.n1 ROOT_LOCATION = '@{{ db }}.S.ONE' MAIN_FILE = 'b.py';
CREATE STREAMLIT {{ db }}.S.n2 ROOT_LOCATION = '@{{ db }}.S.TWO/sub' MAIN_FILE = '/b.py';
"""


@pytest.mark.parametrize(
    ("text", "names"),
    [
        pytest.param(PUTS, ["n1", "n2"], id="uploads"),
        pytest.param(
            "CREATE STREAMLIT n1 FROM @s/x MAIN_FILE='b.py';\n"
            "CREATE STREAMLIT n2 FROM @s/y MAIN_FILE='b.py';",
            ["n1", "n2"],
            id="folders of a stage",
        ),
        pytest.param(
            "CREATE STREAMLIT Y FROM @s MAIN_FILE='b.py';\n"
            "CREATE STREAMLIT z FROM @db.s.X MAIN_FILE='b.py';",
            ["z", "Y"],
            id="the object's name or its stage's",
        ),
    ],
)
def test_sql_for_several_apps_with_files_of_one_name(
    tmp_path: Path, text: str, names: list[str]
) -> None:
    build(tmp_path, {"d.sql": text, "x/b.py": SF, "y/b.py": SF})
    found = look(tmp_path)
    assert [app.name for app in found.apps] == names
    assert all(app.sql_files == (tmp_path / "d.sql",) for app in found.apps)
    assert found.findings == ()


def test_sql_means_the_file_beside_what_is_uploaded_with_it(tmp_path: Path) -> None:
    text = (
        "PUT file:///old/place/b.py @db.s.STREAMLIT1;\n"
        "PUT file:///old/place/environment.yml @db.s.STREAMLIT1;\n"
        "CREATE STREAMLIT db.s.roads ROOT_LOCATION = '@db.s.STREAMLIT1' MAIN_FILE = 'b.py';\n"
    )
    files = {"sql/d.sql": text, "streamlit/b.py": SF, "streamlit/one/b.py": SF}
    build(tmp_path, {**files, "streamlit/one/environment.yml": ENV})
    git(tmp_path, "init", "--quiet")
    found = {app.name: app for app in look(tmp_path).apps}
    assert found["roads"].entry_point == tmp_path / "streamlit/one/b.py"


def test_sql_that_no_app_is_migrated_with_is_a_finding(tmp_path: Path) -> None:
    text = (
        "CREATE STREAMLIT mine MAIN_FILE='c.py';\n\n"
        "CREATE OR REPLACE STREAMLIT db.s.whose FROM @s MAIN_FILE='b.py';\n"
        "CREATE STREAMLIT native FROM '/src' MAIN_FILE='b.py';\n"
        "CREATE STREAMLIT done FROM @s MAIN_FILE='b.py' COMPUTE_POOL=p;\n"
    )
    files = {"d.sql": text, "x/b.py": SF, "y/b.py": SF, "c.py": SF}
    (found,) = look(build(tmp_path, files)).findings
    assert (found.code, found.status, found.path) == ("SIS711", Status.MANUAL, tmp_path / "d.sql")
    assert (found.span and found.span.line) == 3
    assert found.message.endswith("its MAIN_FILE b.py could be x/b.py or y/b.py")
    migration = plan([tmp_path], Settings(), codemods=[])
    assert [f.code for app in migration.apps for f in app.findings] == ["SIS711"]
    assert migration.outside == ()
    other = plan([tmp_path], Settings(select=("SIS702",)))
    assert "SIS711" not in [f.code for f in other.findings()]


def test_sql_elsewhere_in_the_repository_names_the_app_of_a_given_folder(tmp_path: Path) -> None:
    build(
        tmp_path,
        {
            "sql/d.sql": "CREATE STREAMLIT n MAIN_FILE='b.py'",
            "app/b.py": ST,
            "app/c.py": ST,
            "other/x.py": SF,
        },
    )
    git(tmp_path, "init", "--quiet")
    app = only(look(tmp_path, "app"))
    assert (app.name, app.sql_files) == ("n", (tmp_path / "sql/d.sql",))


def test_documents_are_the_nearest_up_to_the_root(tmp_path: Path) -> None:
    build(
        tmp_path,
        {
            "requirements.txt": "",
            "a/environment.yml": ENV,
            "a/pyproject.toml": "",
            "a/src/x.py": ST,
            "a/src/requirements.txt": "",
        },
    )
    app = only(look(tmp_path))
    assert app.root == tmp_path / "a"
    assert named(tmp_path, app.requirements_file, app.pyproject_file) == [
        "a/src/requirements.txt",
        "a/pyproject.toml",
    ]
    assert app.evidence == ("a/environment.yml is beside it",)


def test_notes_on_project_files(tmp_path: Path) -> None:
    build(
        tmp_path,
        {
            "a/snowflake.yml": entity(main_file="gone.py"),
            "b/snowflake.yml": "<!! !!>\nstreamlit:\n  main_file: x.py",
            "b/x.py": ST,
        },
    )
    assert look(tmp_path).notes == (
        f"{tmp_path}/a/snowflake.yml: main_file gone.py is not there",
        f"{tmp_path}/b/snowflake.yml: not YAML before it is rendered; read line by line",
    )
