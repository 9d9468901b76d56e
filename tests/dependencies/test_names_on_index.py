"""Whether projects bring the modules that our tables say: a sample, from the package index."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from sis_codemods.dependencies.names import canonical, lookup
from sis_migrate.resolver.uv import UvError, find_uv, resolve

# Small ones without other files than Python's, most of which do not bring a module of their name.
SAMPLE = (
    "beautifulsoup4", "fonttools", "gitpython", "imbalanced-learn", "libpysal", "libusb1",
    "markdown-it-py", "python-dateutil", "python-docx", "python-dotenv", "python-slugify",
    "ruamel.yaml", "snowflake-sqlalchemy", "streamlit-on-hover-tabs", "streamlit-toggle-switch",
    "tortoise-orm", "websocket-client",
)  # fmt: skip
# Versions as conda has them, of packages whose project counts in another way.
PINS = (
    ("opencv", "==4.12.0.*"), ("py-xgboost-cpu", "==1.7.3"), ("py-xgboost-cpu", "==2.0.3"),
)  # fmt: skip


@pytest.fixture(scope="module")
def uv() -> str:
    try:
        found = find_uv()
    except UvError as error:
        pytest.skip(str(error))
    if resolve(["packaging==24.0"], uv=found).cause:
        pytest.skip("no network")
    return found


@pytest.mark.needs_uv
def test_projects_bring_the_modules_of_the_table(uv: str, tmp_path: Path) -> None:
    rules = [lookup(name, {}) for name in SAMPLE]
    projects = [canonical(rule.pypi) for rule in rules]
    wheels = ["--no-deps", "--python-version", "3.11", "--only-binary", ":all:"]
    command = [uv, "pip", "install", "--quiet", "--target", str(tmp_path), *wheels, *projects]
    subprocess.run(command, check=True)
    for rule in rules:
        for module in rule.imports:
            place = tmp_path.joinpath(*module.split("."))
            assert place.is_dir() or place.with_suffix(".py").exists(), (rule.name, module)


@pytest.mark.needs_uv
@pytest.mark.parametrize(("name", "specifier"), PINS)
def test_the_project_has_the_version(uv: str, name: str, specifier: str) -> None:
    assert resolve([f"{lookup(name, {}).pypi}{specifier}"], uv=uv).cause is None
