from __future__ import annotations

from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from sis_migrate import codemod as registry
from sis_migrate.codemod import DocumentCodemod, RegistryError, allowed, selected
from sis_migrate.model import Edit, Item, NewFile, Safety, Settings
from toys import python_codemod


def installed(
    monkeypatch: pytest.MonkeyPatch, folder: Path, **modules: str
) -> tuple[registry.Codemod, ...]:
    """The codemods of packages ``<name>_pack`` made of these modules."""
    monkeypatch.syspath_prepend(str(folder))
    entries = []
    for name, text in modules.items():
        package = folder / f"{name}_pack"
        (package / "inner").mkdir(parents=True)
        (package / "__init__.py").write_text("")
        (package / "inner" / "__init__.py").write_text("")
        (package / "inner" / "one.py").write_text(text)
        entries.append(EntryPoint(name, package.name, registry.GROUP))
    monkeypatch.setattr(registry, "entry_points", lambda group: entries)
    return registry.load()


MADE = (
    '"""The documentation.\n\nMore.\n"""\n'
    "from toys import python_codemod\ncodemod = python_codemod({code!r})\nother = 1\n"
)


def test_every_module_of_a_package_is_looked_at(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    found = installed(
        monkeypatch, tmp_path, zz=MADE.format(code="SIS902"), aa=MADE.format(code="SIS903")
    )
    assert [c.code for c in found] == ["SIS902", "SIS903"]


def test_a_module_without_a_codemod_is_passed_over(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert installed(monkeypatch, tmp_path, bb="codemod = 1\n") == ()


def test_a_code_that_two_codemods_use(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    text = MADE.format(code="SIS902")
    with pytest.raises(RegistryError, match="both use the code SIS902"):
        installed(monkeypatch, tmp_path, cc=text, dd=text)


def test_a_package_that_cannot_be_imported(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with pytest.raises(RegistryError, match="'ee_pack' cannot be imported: No module named 'nope'"):
        installed(monkeypatch, tmp_path, ee="import nope\n")


def test_the_documentation_is_the_modules_docstring() -> None:
    assert python_codemod().documentation == "Small codemods for tests of the engine, and one file as the engine sees it."  # fmt: skip  # noqa: E501


@pytest.mark.parametrize("code", ["", "SIS1", "sis101", "SIS1011x", "101"])
def test_what_is_no_code(code: str) -> None:
    with pytest.raises(RegistryError, match="is not a code"):
        python_codemod(code)


@pytest.mark.parametrize(
    ("settings", "codes"),
    [
        (Settings(), ["SIS101", "ABC1234"]),
        (Settings(select=("SIS1",)), ["SIS101", "SIS102"]),
        (Settings(select=("SIS102", "ABC")), ["SIS102", "ABC1234"]),
        (Settings(ignore=("SIS",)), ["ABC1234"]),
        (Settings(select=("SIS",), ignore=("SIS102",)), ["SIS101"]),
        (Settings(ignore=("X",)), ["SIS101", "ABC1234"]),
    ],
)
def test_selection_by_codes_and_prefixes(settings: Settings, codes: list[str]) -> None:
    quiet = DocumentCodemod(
        "m", code="SIS102", name="n", summary="s", item=Item.DEPS, safety=Safety.SAFE, default=False
    )
    every = [python_codemod("SIS101"), quiet, python_codemod("ABC1234")]
    assert [c.code for c in selected(every, settings)] == codes


@pytest.mark.parametrize(
    ("safety", "settings", "expected"),
    [
        (Safety.SAFE, Settings(), True),
        (Safety.REVIEW, Settings(), True),
        (Safety.OPT_IN, Settings(), False),
        (Safety.OPT_IN, Settings(unsafe=True), True),
        (Safety.OPT_IN, Settings(select=("SIS101",)), True),
        (Safety.OPT_IN, Settings(select=("SIS1",)), False),
        (Safety.REPORT, Settings(unsafe=True, select=("SIS101",)), False),
    ],
)
def test_which_edits_a_run_may_make(safety: Safety, settings: Settings, expected: bool) -> None:
    assert allowed(Edit(Path("/a"), NewFile(""), "m", "SIS101", safety), settings) is expected
