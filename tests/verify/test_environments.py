from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest

from sis_migrate.resolver.uv import Cause, Resolution, UvError, Why
from sis_migrate.verify.environments import Environment, Environments

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the folders are laid out as on POSIX")


class Uv:
    """Stands in for uv: resolves everything to its own pins, and installs a file."""

    def __init__(self) -> None:
        self.installed: list[Path] = []
        self.resolved: list[bool] = []
        self.offline: list[bool] = []
        self.answers: list[Resolution] = []
        self.fails = False
        self.meanwhile: Path | None = None

    def resolve(
        self, requirements: Sequence[str], *, uv: str, build: bool = False, offline: bool = False
    ) -> Resolution:
        self.resolved.append(build)
        self.offline.append(offline)
        return self.answers.pop(0) if self.answers else Resolution(tuple(requirements))

    def resolve_file(
        self, path: Path, *, uv: str, build: bool = False, offline: bool = False
    ) -> Resolution:
        return self.resolve(path.read_text().split(), uv=uv, build=build, offline=offline)

    def install(self, found: Resolution, folder: Path, *, uv: str, beside: Path | None) -> Path:
        (folder / "bin").mkdir(parents=True)
        if self.fails:
            raise UvError("no space left")
        (folder / "bin" / "python").touch()
        self.installed.append(folder)
        if self.meanwhile:
            shutil.copytree(self.meanwhile, folder.with_name(folder.name.partition(".")[0]))
        return folder / "bin" / "python"


@pytest.fixture
def uv(monkeypatch: pytest.MonkeyPatch) -> Uv:
    made = Uv()
    monkeypatch.setattr("sis_migrate.resolver.uv.find_uv", lambda: "uv")
    monkeypatch.setattr("sis_migrate.resolver.uv.resolve", made.resolve)
    monkeypatch.setattr("sis_migrate.resolver.uv.resolve_file", made.resolve_file)
    monkeypatch.setattr("sis_migrate.resolver.uv.install", made.install)
    return made


def make(cache: Path, *requirements: str) -> Environment:
    made = Environments(cache).make(requirements)
    assert isinstance(made, Environment)
    return made


def test_an_environment_is_made_once(tmp_path: Path, uv: Uv) -> None:
    first, second = make(tmp_path, "a==1"), make(tmp_path, "a==1")
    assert (first.cached, second.cached) == (False, True)
    assert first.python == second.python
    assert len(uv.installed) == 1
    assert first.version("a") == "1"
    assert first.version("b") == ""


def test_other_packages_have_another_environment(tmp_path: Path, uv: Uv) -> None:
    assert make(tmp_path, "a==1").python != make(tmp_path, "a==2").python


def test_what_is_stopped_half_way_is_not_taken_for_an_environment(tmp_path: Path, uv: Uv) -> None:
    uv.fails = True
    with pytest.raises(UvError, match="no space left"):
        make(tmp_path, "a==1")
    assert list((tmp_path / "environments").iterdir()) == []
    uv.fails = False
    assert make(tmp_path, "a==1").python.exists()


def test_what_another_run_has_made_meanwhile_is_left_alone(tmp_path: Path, uv: Uv) -> None:
    other = make(tmp_path / "other", "a==1").python.parents[1]
    (other / "in use").touch()
    uv.meanwhile = other
    made = make(tmp_path / "own", "a==1").python.parents[1]
    assert (made / "in use").exists()
    assert [path.name for path in made.parent.iterdir()] == [made.name]


def test_a_folder_without_its_stamp_is_made_anew(tmp_path: Path, uv: Uv) -> None:
    made = make(tmp_path, "a==1")
    (made.python.parents[1] / "packages.txt").unlink()
    assert not make(tmp_path, "a==1").cached
    assert len(uv.installed) == 2


def test_a_project_without_a_wheel_is_built(tmp_path: Path, uv: Uv) -> None:
    uv.answers = [Resolution(cause=Cause(Why.NO_WHEEL, ("a",), ""))]
    assert make(tmp_path, "a==1").built
    assert uv.resolved == [False, True]


def test_the_reason_is_given_where_nothing_fits(tmp_path: Path, uv: Uv) -> None:
    cause = Cause(Why.NO_VERSION, ("a",), "there is no version of a==9")
    uv.answers = [Resolution(cause=cause)]
    assert Environments(tmp_path).make(["a==9"]) == cause


UNREACHABLE = Cause(Why.NETWORK, (), "dns error")


def test_without_an_index_an_environment_that_is_there_is_used(tmp_path: Path, uv: Uv) -> None:
    first = make(tmp_path, "a==1")
    stamp = first.python.parents[1] / "packages.txt"
    os.utime(stamp, (stamp.stat().st_atime, 1772366400))  # 1 March 2026, noon
    uv.answers = [Resolution(cause=UNREACHABLE), Resolution(("a==1",))]
    second = make(tmp_path, "a==1")
    assert uv.offline == [False, False, True]
    assert (second.python, second.cached) == (first.python, True)
    assert (second.unreachable, second.made) == (UNREACHABLE, "2026-03-01")
    assert first.unreachable is None


@pytest.mark.parametrize(
    "remembered",
    [
        pytest.param(Resolution(("a==2",)), id="another set than is there"),
        pytest.param(Resolution(cause=Cause(Why.CONFLICT, (), "")), id="not enough"),
    ],
)
def test_without_an_index_nothing_is_installed(
    tmp_path: Path, uv: Uv, remembered: Resolution
) -> None:
    make(tmp_path, "a==1")
    uv.answers = [Resolution(cause=UNREACHABLE), remembered]
    assert Environments(tmp_path).make(["a"]) == UNREACHABLE
    assert len(uv.installed) == 1


def from_file(cache: Path, folder: Path) -> Environment:
    made = Environments(cache).make(folder / "requirements.txt")
    assert isinstance(made, Environment)
    return made


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("./lib/a.whl", id="a path"),
        pytest.param("a @ lib/a.whl", id="a name and a path"),
        pytest.param("-e lib", id="a folder"),
        pytest.param("{folder}/lib/a.whl", id="a whole path"),
    ],
)
def test_files_among_the_packages_are_told_apart_by_their_content(
    tmp_path: Path, uv: Uv, line: str
) -> None:
    for name, content in (("one", "a"), ("two", "b"), ("three", "a")):
        folder = tmp_path / name
        (folder / "lib").mkdir(parents=True)
        (folder / "lib" / "a.whl").write_text(content)
        uv.answers.append(Resolution((line.format(folder=folder),)))
        (folder / "requirements.txt").touch()
    one, two, three = (from_file(tmp_path / "c", tmp_path / n) for n in ("one", "two", "three"))
    assert one.python != two.python
    assert one.python == three.python
    assert three.cached


def test_packages_of_another_index_have_another_environment(tmp_path: Path, uv: Uv) -> None:
    uv.answers = [Resolution(("a==1",), options=("--index-url https://packages.example.com",))]
    assert make(tmp_path, "a==1").python != make(tmp_path, "a==1").python


def test_no_password_is_written_into_the_cache(tmp_path: Path, uv: Uv) -> None:
    pins = ("a @ https://me:hunter2@packages.example.com/a.whl", "b==1")
    options = ("--index-url https://me:hunter2@packages.example.com/simple",)
    uv.answers = [Resolution(pins, options=options)]
    make(tmp_path, "a", "b")
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert files
    assert not any(b"hunter2" in os.fsencode(path) + path.read_bytes() for path in files)
