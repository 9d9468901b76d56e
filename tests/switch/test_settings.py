from __future__ import annotations

from pathlib import Path

import pytest

from sis_migrate.configuration import ConfigurationError, load, settings

KEYS = """\
[tool.sis-migrate]
compute-pool = "pool"
query-warehouse = "wh"
runtime = "warehouse"
package-source = "integration:eai"
owner-role = "owner"
admin-role = "admin"
snowflake-cli = "3.31"
project-file = true
"""


def test_keys_of_the_switch(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(KEYS)
    run = settings(load(tmp_path), switch={"compute_pool": "other"})
    assert (run.compute_pool, run.query_warehouse, run.runtime) == ("other", "wh", "warehouse")
    assert (run.owner_role, run.admin_role, run.snowflake_cli) == ("owner", "admin", "3.31")
    assert run.package_source == "integration:eai"
    assert run.project_file
    assert not settings(load(tmp_path), project_file=False).project_file


@pytest.mark.parametrize(
    ("line", "words"),
    [
        pytest.param('runtime = "conda"', "container, warehouse or a runtime", id="runtime"),
        pytest.param('package-source = "pip"', "repository, integration or none", id="source"),
        pytest.param('snowflake-cli = "new"', "a version such as 3.31", id="CLI"),
        pytest.param("compute-pool = 1", "a string", id="pool"),
    ],
)
def test_wrong_value(tmp_path: Path, line: str, words: str) -> None:
    (tmp_path / "pyproject.toml").write_text(f"[tool.sis-migrate]\n{line}\n")
    with pytest.raises(ConfigurationError, match=words) as caught:
        load(tmp_path)
    assert caught.value.line == 2
