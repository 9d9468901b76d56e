from __future__ import annotations

import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from sis_migrate.resolver import uv as module
from sis_migrate.resolver.uv import (
    Resolution,
    UvError,
    Why,
    cause_of,
    find_uv,
    install,
    resolve,
    resolve_file,
    resolve_project,
)

OUTPUTS = [
    pytest.param(
        "error: No solution found when resolving dependencies\n"
        "  cause: Because there is no version of pandas==2.0.99 and you require pandas==2.0.99, we"
        " can conclude that your requirements are unsatisfiable.\n",
        Why.NO_VERSION,
        ("pandas",),
        id="no such version",
    ),
    pytest.param(
        "  × No solution found when resolving dependencies:\n"
        "  ╰─▶ Because there are no versions of Foo.Bar[x]>=3 and you require\n"
        "      foo-bar[x]>=3, we can conclude that your requirements are\n"
        "      unsatisfiable.\n",
        Why.NO_VERSION,
        ("foo-bar",),
        id="the older form with a frame",
    ),
    pytest.param(
        "  cause: Because snowbooks was not found in the package registry and you require it\n",
        Why.NOT_FOUND,
        ("snowbooks",),
        id="no such project",
    ),
    pytest.param(
        "  cause: Because all versions of pydotplus have no usable wheels and you require\n"
        "         pydotplus, we can conclude that your requirements are unsatisfiable.\n"
        "\nhint: Wheels are required for `pydotplus` because building is disabled\n",
        Why.NO_WHEEL,
        ("pydotplus",),
        id="no wheel of any version",
    ),
    pytest.param(
        "Because numpy==1.21.0 has no usable wheels and you require numpy==1.21.0",
        Why.NO_WHEEL,
        ("numpy",),
        id="no wheel of a version",
    ),
    pytest.param(
        "Because there is no version of six==1.99 and your project depends on six==1.99, we can",
        Why.NO_VERSION,
        ("six",),
        id="no such version for a project",
    ),
    pytest.param(
        "cause: Because sgmllib3k==1.0.0 has no usable wheels and only sgmllib3k==1.0.0 is"
        " available, we can conclude that all versions of sgmllib3k cannot be used.\n"
        "       And because feedparser==6.0.10 depends on sgmllib3k and you require"
        " feedparser==6.0.10, we can conclude that your requirements are unsatisfiable.\n",
        Why.NO_WHEEL,
        ("sgmllib3k",),
        id="no wheel of what a requirement needs",
    ),
    pytest.param(
        "cause: Because modin==0.29.0 has no usable wheels and snowpark[modin]>=1.25.0 depends on"
        " modin>=0.29.0, we can conclude that snowpark[modin]>=1.25.0 depends on pandas>=2.2. (1)\n"
        "       And because we know from (1) that snowpark[modin]>=1.25.0 depends on pandas>=2.2"
        " and all versions of xyz have no usable wheels, we can conclude that streamlit>=1.55"
        " depends on pandas>=2.2.\n"
        "       And because you require streamlit>=1.55 and pandas==2.1.4, we can conclude that"
        " your requirements are unsatisfiable.\n",
        Why.CONFLICT,
        ("modin", "snowpark", "pandas", "streamlit"),
        id="a conflict in which a version without a wheel is one reason of many",
    ),
    pytest.param(
        "cause: Because there is no version of b==9 and a==1 depends on b==9, we can conclude that"
        " a==1 cannot be used. And because you require a==1, we can",
        Why.CONFLICT,
        ("b", "a"),
        id="no version of what a requirement needs",
    ),
    pytest.param(
        "cause: Because modin==0.28.1 depends on pandas==2.2.1 and you require pandas<2, they are "
        "incompatible",
        Why.CONFLICT,
        ("modin", "pandas"),
        id="a conflict",
    ),
    pytest.param(
        "error: Request failed\n  cause: error sending request for url\n  cause: dns error\n",
        Why.NETWORK,
        (),
        id="no network",
    ),
    pytest.param(
        "error: Distribution not found at: file:///app/w/foo-1.0-py3-none-any.whl",
        Why.NO_FILE,
        (),
        id="no such wheel",
    ),
    pytest.param(
        "error: Error parsing included file in `-` at position 18\n  cause: failed to read from file"
        " `/app/limits.txt`: No such file or directory (os error 2)",
        Why.NO_FILE,
        (),
        id="no such file",
    ),
]


@pytest.mark.parametrize(("output", "why", "projects"), OUTPUTS)
def test_understands_what_uv_says(output: str, why: Why, projects: tuple[str, ...]) -> None:
    cause = cause_of(output, 1)
    assert (cause.why, cause.projects) == (why, projects)
    assert "\n" not in cause.words
    assert "hint" not in cause.words


def test_input_that_uv_cannot_read_is_its_own_cause() -> None:
    assert cause_of("error: Couldn't parse requirement", 2).why is Why.BAD_INPUT


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("found `@` foo[ @@ https://me:secret@host/x ^", "found `@` foo[ @@ https://****@host/x ^"),
        ("Failed to read `https://secret@host/l` now", "Failed to read `https://****@host/l` now"),
        (
            "Failed to fetch: (https://host/s/?token=secret)",
            "Failed to fetch: (https://host/s/?****)",
        ),
        ("parse `https://user:pa/ss@h/x` now", "parse `https://****@h/x` now"),
        ("parse https://user:p@ss/w:rd@h/x", "parse https://****@h/x"),
        ("at git+https://host/a/b@v1, me@host", "at git+https://host/a/b@v1, me@host"),
        ("write to me@host about why? so=what", "write to me@host about why? so=what"),
    ],
)
def test_what_lets_somebody_in_is_not_told(said: str, told: str) -> None:
    assert cause_of(said, 2).words == told


def stub(folder: Path, body: str) -> str:
    """A command that does what a stub of uv has to do."""
    path = folder / "uv"
    path.write_text(f"#!{sys.executable}\nimport os, sys, pathlib\n{textwrap.dedent(body)}")
    path.chmod(0o755)
    return str(path)


def test_gives_the_versions(tmp_path: Path) -> None:
    uv = stub(tmp_path, "print(*sorted(sys.stdin.read().split()), sep='\\n\\n')")
    assert resolve(["b", "a"], uv=uv).pins == ("a", "b")


def test_builds_only_when_asked(tmp_path: Path) -> None:
    said = "there is no version of a==1 and you require a==1"
    uv = stub(tmp_path, f"sys.exit({said!r} if '--no-build' in sys.argv else 0)")
    assert resolve(["a==1"], uv=uv, build=True).cause is None
    failed = resolve(["a==1"], uv=uv).cause
    assert failed is not None
    assert failed.why is Why.NO_VERSION


def test_where_packages_come_from_is_no_package(tmp_path: Path) -> None:
    uv = stub(tmp_path, "print('--find-links ./wheels\\n\\na==1')")
    found = resolve(["a"], uv=uv)
    assert (found.pins, found.options) == (("a==1",), ("--find-links ./wheels",))


def test_what_is_installed_stays_when_its_folder_goes(tmp_path: Path) -> None:
    said = tmp_path / "said"
    uv = stub(tmp_path, f"pathlib.Path({str(said)!r}).write_text(os.getcwd() + sys.stdin.read())")
    found = Resolution(("-e ./own", "a==1"), options=("--find-links w",))
    install(found, tmp_path / "env", uv=uv, beside=tmp_path)
    assert said.read_text() == f"{tmp_path}--find-links w\n./own\na==1"


def test_a_file_is_read_where_it_lies(tmp_path: Path) -> None:
    uv = stub(tmp_path, "print(os.getcwd() + '=' + sys.argv[3])")
    path = tmp_path / "app" / "requirements.txt"
    path.parent.mkdir()
    path.touch()
    assert resolve_file(path, uv=uv).pins == (f"{path.parent}=requirements.txt",)


def test_a_lock_beside_the_project_is_heeded(tmp_path: Path) -> None:
    uv = stub(
        tmp_path, "print('locked==1' if sys.argv[1] == 'export' else sys.stdin.read().strip())"
    )
    (tmp_path / "uv.lock").touch()
    assert resolve_file(tmp_path / "pyproject.toml", uv=uv).pins == ("locked==1",)


@pytest.mark.parametrize(
    ("error", "stale"),
    [
        pytest.param("error: The lockfile at `uv.lock` needs to be updated", True, id="older"),
        pytest.param(
            "Because there is no version of six==9 and your project depends on six==9, we", True,
            id="what its project asks for now is not to be had",
        ),
        pytest.param("error: error sending request for url", False, id="nobody knows"),
    ],
)  # fmt: skip
def test_a_lock_that_does_not_fit_its_project_is_heeded_and_told(
    tmp_path: Path, error: str, stale: bool
) -> None:
    uv = stub(
        tmp_path,
        f"""
        if "--locked" in sys.argv:
            sys.exit({error!r})
        print("locked==1" if "--frozen" in sys.argv else sys.stdin.read().strip())
        """,
    )
    (tmp_path / "uv.lock").touch()
    found = resolve_file(tmp_path / "pyproject.toml", uv=uv)
    assert (found.pins, found.stale) == (("locked==1",), stale)


def test_a_lock_that_cannot_be_used_is_a_cause(tmp_path: Path) -> None:
    uv = stub(tmp_path, "sys.exit('error: the lock is broken')")
    (tmp_path / "uv.lock").touch()
    found = resolve_file(tmp_path / "pyproject.toml", uv=uv)
    assert found.cause is not None
    assert "the lock is broken" in found.cause.words


def test_relative_paths_count_from_the_folder(tmp_path: Path) -> None:
    uv = stub(tmp_path, "print(pathlib.Path.cwd().name)")
    (tmp_path / "app").mkdir()
    assert resolve(["./x.whl"], uv=uv, folder=tmp_path / "app").pins == ("app",)


def test_a_project_is_asked_about_from_a_folder_of_its_own(tmp_path: Path) -> None:
    uv = stub(tmp_path, "print(pathlib.Path(sys.argv[3]).read_text())")
    pins = resolve_project("[project]\nname = 'x'\n", uv=uv).pins
    assert pins == ("[project]", "name = 'x'")


def test_says_when_uv_does_not_answer(tmp_path: Path) -> None:
    uv = stub(tmp_path, "import time; time.sleep(20)")
    with pytest.raises(UvError, match="did not answer within 0 s") as raised:
        resolve(["a"], uv=uv, timeout=0.2)
    assert raised.value.cause is not None
    assert raised.value.cause.why is Why.NO_ANSWER


@pytest.mark.skipif(sys.platform != "linux", reason="processes are looked up in /proc")
def test_what_uv_has_started_ends_with_it(tmp_path: Path) -> None:
    told = tmp_path / "pid"
    uv = stub(
        tmp_path,
        f"""
        import pathlib, subprocess, time
        child = subprocess.Popen(["sleep", "60"], start_new_session=True)
        pathlib.Path({str(told)!r}).write_text(str(child.pid))
        time.sleep(60)
        """,
    )
    with pytest.raises(UvError):
        resolve(["a"], uv=uv, timeout=2)
    state = Path("/proc", told.read_text(), "stat")
    assert not state.exists() or state.read_text().rpartition(")")[2].split()[0] == "Z"


def test_says_when_uv_cannot_be_started(tmp_path: Path) -> None:
    with pytest.raises(UvError, match="cannot be started"):
        resolve(["a"], uv=str(tmp_path / "none"))


def test_finds_uv_on_the_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "uv", None)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UvError, match="not installed"):
        find_uv()
    assert find_uv.__module__ == module.__name__
    path = stub(tmp_path, "")
    assert find_uv() == path


def test_prefers_the_installed_uv(monkeypatch: pytest.MonkeyPatch) -> None:
    class Installed:
        @staticmethod
        def find_uv_bin() -> str:
            return "the extra's"

    monkeypatch.setitem(sys.modules, "uv", Installed)
    assert find_uv() == "the extra's"


def test_installs_into_an_environment_of_its_own(tmp_path: Path) -> None:
    uv = stub(
        tmp_path, "pathlib.Path(sys.argv[0] + '.log').open('a').write(' '.join(sys.argv[1:]))"
    )
    python = install(Resolution(("a==1",)), tmp_path / "env", uv=uv)
    assert python.is_relative_to(tmp_path / "env")
    log = (tmp_path / "uv.log").read_text()
    assert "venv --quiet --python 3.11" in log
    assert "pip sync --quiet" in log


def test_says_what_could_not_be_installed(tmp_path: Path) -> None:
    uv = stub(tmp_path, "sys.exit('error: no disk' if 'sync' in sys.argv else 0)")
    with pytest.raises(UvError, match="could not be installed: no disk"):
        install(Resolution(("a==1",)), tmp_path / "env", uv=uv)
    uv = stub(tmp_path, "sys.exit('error: no Python')")
    with pytest.raises(UvError, match=r"no environment with Python 3\.11"):
        install(Resolution(("a==1",)), tmp_path / "env", uv=uv)


@pytest.mark.parametrize(
    ("said", "why"),
    [("error: error sending request for url", Why.NETWORK), ("error: no disk", Why.CONFLICT)],
)
def test_why_it_could_not_be_installed_is_known(tmp_path: Path, said: str, why: Why) -> None:
    uv = stub(tmp_path, f"sys.exit({said!r} if 'sync' in sys.argv else 0)")
    with pytest.raises(UvError) as raised:
        install(Resolution(("a==1",)), tmp_path / "env", uv=uv)
    assert raised.value.cause is not None
    assert raised.value.cause.why is why


@pytest.mark.needs_uv
def test_agrees_with_the_real_uv() -> None:
    try:
        uv = find_uv()
    except UvError as error:
        pytest.skip(str(error))
    answer = resolve(["packaging==99.0"], uv=uv)
    if answer.cause and answer.cause.why is Why.NETWORK:
        pytest.skip("no network")
    assert answer.cause is not None
    assert (answer.cause.why, answer.cause.projects) == (Why.NO_VERSION, ("packaging",))
    assert resolve(["packaging==24.0"], uv=uv).pins == ("packaging==24.0",)
    limited = (
        '[project]\nname = "x"\nversion = "0"\ndependencies = ["packaging"]\n'
        '[tool.uv]\nconstraint-dependencies = ["packaging==24.0"]\n'
    )
    assert resolve_project(limited, uv=uv).pins == ("packaging==24.0",)
    refused = resolve(["packaging=24"], uv=uv).cause
    assert refused is not None
    assert refused.why is Why.BAD_INPUT


@pytest.mark.needs_uv
def test_the_real_uv_follows_what_a_file_refers_to(tmp_path: Path) -> None:
    try:
        uv = find_uv()
    except UvError as error:
        pytest.skip(str(error))
    (tmp_path / "more.txt").write_text("packaging")
    (tmp_path / "limits.txt").write_text("packaging<24.1")
    (tmp_path / "requirements.txt").write_text("-r more.txt\n-c limits.txt\n")
    (tmp_path / "pyproject.toml").write_text(
        "[project]\nname = 'a'\nversion = '0'\nrequires-python = '==3.11.*'\n"
        "dependencies = ['packaging']\n[tool.uv]\nconstraint-dependencies = ['packaging<24.1']\n"
    )
    answers = [resolve_file(tmp_path / n, uv=uv) for n in ("requirements.txt", "pyproject.toml")]
    if any(a.cause and a.cause.why is Why.NETWORK for a in answers):
        pytest.skip("no network")
    assert [answer.pins for answer in answers] == [("packaging==24.0",)] * 2


@pytest.mark.needs_uv
def test_the_real_uv_takes_a_lock_as_it_is(tmp_path: Path) -> None:
    try:
        uv = find_uv()
    except UvError as error:
        pytest.skip(str(error))
    project = tmp_path / "pyproject.toml"
    text = "[project]\nname = 'a'\nversion = '0'\nrequires-python = '==3.11.*'\n"
    project.write_text(f"{text}dependencies = ['packaging==24.0']\n")
    made = subprocess.run([uv, "lock"], cwd=tmp_path, capture_output=True, text=True, check=False)
    if made.returncode and cause_of(made.stderr, made.returncode).why is Why.NETWORK:
        pytest.skip("no network")
    fresh = resolve_file(project, uv=uv)
    assert (fresh.pins, fresh.stale) == (("packaging==24.0",), False)
    project.write_text(f"{text}dependencies = ['packaging==24.1']\n")
    lock = (tmp_path / "uv.lock").read_bytes()
    found = resolve_file(project, uv=uv)
    assert (found.pins, found.stale) == (("packaging==24.0",), True)
    assert (tmp_path / "uv.lock").read_bytes() == lock


@pytest.mark.needs_uv
def test_what_the_real_uv_says_of_wheels(tmp_path: Path) -> None:
    try:
        uv = find_uv()
    except UvError as error:
        pytest.skip(str(error))
    answers = [resolve([line], uv=uv).cause for line in ("numpy==1.21.0", "feedparser==6.0.10")]
    if any(cause and cause.why is Why.NETWORK for cause in answers):
        pytest.skip("no network")
    assert [(cause.why, cause.projects) for cause in answers if cause] == [
        (Why.NO_WHEEL, ("numpy",)),
        (Why.NO_WHEEL, ("sgmllib3k",)),
    ]
