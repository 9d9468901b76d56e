from __future__ import annotations

import pytest

from codemod_case import ENTRY, migrate
from sis_codemods.streamlit.applymap import codemod
from sis_migrate.model import Status

SOURCE = "import pandas as pd\ndf.style.applymap(f)\ndf.applymap(str)\n"
NEW = SOURCE.replace("applymap", "map")


@pytest.mark.parametrize(
    "line", ["pandas>=2.1", "pandas==2.2.3", "pandas~=2.2", "pandas>=3", "Pandas==2.1.*"]
)
def test_pandas_that_has_map(line: str) -> None:
    files = {ENTRY: SOURCE, "requirements.txt": f"streamlit\n{line}\n"}
    result = migrate(files, codemod)
    assert result.text == NEW
    assert {f.status for f in result.findings} == {Status.FIXED}
    assert migrate({**files, ENTRY: NEW}, codemod).findings == ()


@pytest.mark.parametrize("line", ["pandas", "pandas>=1.5", "pandas>=2.0.1"])
def test_pandas_that_may_be_either(line: str) -> None:
    result = migrate({ENTRY: SOURCE, "requirements.txt": f"{line}\n"}, codemod)
    assert result.text == SOURCE
    assert [f.status for f in result.findings] == [Status.MANUAL] * 2


@pytest.mark.parametrize(
    "line", ["pandas<3", "pandas==1.5.3", "pandas==2.0.*", "pandas==1.4.2", "numpy", ""]
)
def test_pandas_that_keeps_applymap(line: str) -> None:
    result = migrate({ENTRY: SOURCE, "requirements.txt": f"{line}\n"}, codemod)
    assert result.text == SOURCE
    assert result.findings == ()


def test_list_in_pyproject() -> None:
    project = '[project]\nname = "a"\nversion = "1"\ndependencies = ["streamlit", "pandas>=2.2"]\n'
    assert migrate({ENTRY: SOURCE, "pyproject.toml": project}, codemod).text == NEW


def test_no_dependency_file() -> None:
    assert migrate(SOURCE, codemod).findings == ()
