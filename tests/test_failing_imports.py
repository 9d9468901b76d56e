"""The benchmark's look at which modules import."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Callable, Sequence
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path


def load() -> Callable[[Path, Sequence[str]], dict[str, str]]:
    """The function, from a folder of scripts that is no package."""
    path = Path(__file__).parents[1] / "benchmarks" / "failing_imports.py"
    spec = spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    found: Callable[[Path, Sequence[str]], dict[str, str]] = module.failing_imports
    return found


failing_imports = load()


def stub(folder: Path, body: str) -> str:
    """A command that stands in for an interpreter."""
    path = folder / "python"
    path.write_text(f"#!{sys.executable}\nimport sys\n{textwrap.dedent(body)}")
    path.chmod(0o755)
    return str(path)


HERE = Path(sys.executable)


def test_imports_modules_and_what_they_hold() -> None:
    assert (
        failing_imports(HERE, ["json", "os.path", "json.dumps", "xml.dom.minidom", "math.*"]) == {}
    )


def test_says_why_an_import_fails() -> None:
    failures = failing_imports(HERE, ["no_such_module", "json.no_such_name", "json.tool.x.y", "os"])
    assert set(failures) == {"no_such_module", "json.no_such_name", "json.tool.x.y"}
    assert "No module named" in failures["no_such_module"]
    assert "cannot import name 'no_such_name' from 'json'" in failures["json.no_such_name"]


def test_a_component_that_only_a_server_takes_is_no_failure(tmp_path: Path) -> None:
    body = "class StreamlitAPIException(Exception): pass\nraise StreamlitAPIException('no server')"
    (tmp_path / "component.py").write_text(body)
    python = stub(tmp_path, f"sys.path.insert(0, {str(tmp_path)!r})\nexec(sys.argv[-1])")
    assert failing_imports(Path(python), ["component", "absent"]).keys() == {"absent"}


def test_survives_a_module_that_does_not(tmp_path: Path) -> None:
    python = stub(
        tmp_path,
        """
        names = sys.stdin.read()
        if "deadly" in names:
            sys.exit(9)
        print('{"bad": "ImportError: x"}' if "bad" in names else "{}")
        """,
    )
    assert failing_imports(Path(python), ["json", "deadly", "bad"]) == {
        "deadly": "the interpreter dies",
        "bad": "ImportError: x",
    }


def test_what_a_module_prints_at_the_end_is_no_part_of_the_answer(tmp_path: Path) -> None:
    (tmp_path / "loud.py").write_text("import atexit\nprint('in')\natexit.register(print, 'out')")
    python = stub(tmp_path, f"sys.path.insert(0, {str(tmp_path)!r})\nexec(sys.argv[-1])")
    assert failing_imports(Path(python), ["loud", "absent"]).keys() == {"absent"}
