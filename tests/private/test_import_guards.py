from __future__ import annotations

import pytest

from codemod_case import check_fixed, check_found, check_noop, migrate
from sis_codemods.private.import_guards import codemod
from sis_migrate.model import Status

OS = "import os\n"
TEST = 'os.path.exists("/snowflake/session/token")'

FIXED = {
    "unused": ("import _snowflake\nx = 1\n", "x = 1\n"),
    "unused name": ("from _snowflake import vectorized\nx = 1\n", "x = 1\n"),
    "beside another": ("import _snowflake, json\nx = json\n", "import json\nx = json\n"),
    "in a condition": ("if sis:\n    import _snowflake\n    run()\n", "if sis:\n    run()\n"),
    "guard that passes": (
        "try:\n    import _snowflake\nexcept ImportError:\n    pass\nx = 1\n",
        "x = 1\n",
    ),
    "guard that sets None": (
        "try:\n    import _snowflake\nexcept:\n    _snowflake = None\nx = 1\n",
        "x = 1\n",
    ),
    "migrated call with its import in one try": (
        "import snow_api\ntry:\n    import _snowflake\n    r = snow_api.send_snow_api_request(a)\n"
        "except ModuleNotFoundError:\n    pass\n",
        "import snow_api\ntry:\n    r = snow_api.send_snow_api_request(a)\n"
        "except ModuleNotFoundError:\n    pass\n",
    ),
}


@pytest.mark.parametrize(("before", "after"), FIXED.values(), ids=FIXED)
def test_fixed(before: str, after: str) -> None:
    check_fixed(before, after, codemod)


GUARDS = {
    "flag": (
        "try:\n    import _snowflake\n    IN_SF = True\nexcept ImportError:\n    IN_SF = False\n",
        f"IN_SF = {TEST}\n",
    ),
    "flag the other way round": (
        "try:\n    import _snowflake\n    LOCAL = False\nexcept Exception:\n    LOCAL = True\n",
        f"LOCAL = not {TEST}\n",
    ),
    "flag in else": (
        "try:\n    import _snowflake\nexcept ImportError:\n    A = False\nelse:\n    A = True\n",
        f"A = {TEST}\n",
    ),
    "flag set before": (
        "A = False\ntry:\n    import _snowflake\n    A = True\nexcept ImportError:\n    pass\n",
        f"A = False\nif {TEST}:\n    A = True\n",
    ),
    "mode": (
        "# Where?\ntry:\n    import _snowflake\n    mode = 'sis'  # there\n"
        "except ImportError:\n    # here\n    mode = 'local'\n",
        f"# Where?\nif {TEST}:\n    mode = 'sis'  # there\nelse:\n    # here\n    mode = 'local'\n",
    ),
    "work for local runs": (
        "try:\n    import _snowflake\nexcept ImportError:  # on a laptop\n    load_dotenv()\n",
        f"if not {TEST}:  # on a laptop\n    load_dotenv()\n",
    ),
    "early return": (
        "def f():\n    try:\n        import _snowflake  # noqa\n    except ImportError:\n"
        "        return None, None\n    return g()\n",
        f"def f():\n    if not {TEST}:\n        return None, None\n    return g()\n",
    ),
}


@pytest.mark.parametrize(("before", "after"), GUARDS.values(), ids=GUARDS)
def test_guard(before: str, after: str) -> None:
    check_fixed(OS + before, OS + after, codemod, status=Status.REVIEW)


def test_tests_of_the_name_and_then_its_guard() -> None:
    before = (
        "import os\ntry:\n    import _snowflake\nexcept ImportError:\n    _snowflake = None\n"
        "if _snowflake is None:\n    a()\nelif _snowflake and b:\n    c()\n"
    )
    result = migrate(before, codemod)
    assert result.text == f"import os\nif not {TEST}:\n    a()\nelif {TEST} and b:\n    c()\n"
    assert [f.status for f in result.findings] == [Status.FIXED, Status.REVIEW, Status.REVIEW]


REMOVED = {
    "try that does more": (
        "try:\n    import _snowflake\n    session = connect()\nexcept Exception:\n    local()\n",
        "try:\n    session = connect()\nexcept Exception:\n    local()\n",
    ),
    "handler that reads the error": (
        "try:\n    import _snowflake\nexcept ImportError as e:\n    log(e)\n",
        "try:\n    pass\nexcept ImportError as e:\n    log(e)\n",
    ),
    "several handlers": (
        "try:\n    import _snowflake\nexcept ImportError:\n    a()\nexcept OSError:\n    b()\n",
        "try:\n    pass\nexcept ImportError:\n    a()\nexcept OSError:\n    b()\n",
    ),
}


@pytest.mark.parametrize(("before", "after"), REMOVED.values(), ids=REMOVED)
def test_only_the_import_goes(before: str, after: str) -> None:
    result = check_fixed(before, after, codemod, status=Status.REVIEW)
    assert "local run" in result.findings[0].remedy


def test_module_handed_on() -> None:
    check_found("import _snowflake\nclient(_snowflake)\n", codemod, "handed on", line=2)


NOOPS = {
    "still used": "import _snowflake\n_snowflake.get_oauth_access_token('x')\n",
    "taken by another file's name": "__all__ = ['_snowflake']\nimport _snowflake\n",
    "in a procedure": "def p(s):\n    import _snowflake\nsession.sproc.register(p)\n",
    "other guard": "try:\n    import pandas\nexcept ImportError:\n    pandas = None\n",
    "ignored": "import _snowflake  # migrate: ignore[SIS503]\n",
}


@pytest.mark.parametrize("source", NOOPS.values(), ids=NOOPS)
def test_noop(source: str) -> None:
    check_noop(source, codemod)


def test_a_star_import_does_not_take_the_module() -> None:
    files = {
        "streamlit_app.py": "from helper import *\n",
        "helper.py": "import _snowflake\nx = 1\n",
    }
    assert migrate(files, codemod).texts["helper.py"] == "x = 1\n"


def test_another_file_takes_the_module() -> None:
    files = {
        "streamlit_app.py": "from helper import _snowflake\n_snowflake.get_oauth_access_token('x')\n",
        "helper.py": "import _snowflake\n",
    }
    assert migrate(files, codemod).texts == files


def test_star_import() -> None:
    check_found("from _snowflake import *\n", codemod, "does not exist", line=1)


def test_import_for_registered_functions_only() -> None:
    source = (
        "import _snowflake\nfrom snowflake.snowpark.functions import udf as u\n"
        "@u\ndef f():\n    return _snowflake.get_generic_secret_string('a')\n"
    )
    check_found(source, codemod, "fails in a container", line=1)
