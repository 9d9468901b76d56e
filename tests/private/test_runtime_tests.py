from __future__ import annotations

import pytest

from codemod_case import check_fixed, check_found, check_noop
from sis_codemods.private.runtime_tests import codemod
from sis_migrate.model import Status

HEAD = "import os\nimport sys\nimport importlib.util\n"
TEST = 'os.path.exists("/snowflake/session/token")'

TESTS = {
    "folder of imports": ("'snowflake_import_directory' in sys._xoptions", TEST),
    "no folder of imports": ("'snowflake_import_directory' not in sys._xoptions", f"not {TEST}"),
    "loaded module": ("'_snowflake' in sys.modules", TEST),
    "findable module": ("importlib.util.find_spec('_snowflake') is not None", TEST),
    "no findable module": ("importlib.util.find_spec('_snowflake') is None", f"not {TEST}"),
    "truth of a findable module": ("bool(importlib.util.find_spec('_snowflake'))", f"bool({TEST})"),
    "home": ("os.environ.get('HOME') == '/home/udf'", TEST),
    "other home": ("os.path.expanduser('~') != '/home/udf'", f"not {TEST}"),
    "working folder": ("'appRoot' in os.getcwd()", TEST),
    "part of a condition": ("a and '_snowflake' in sys.modules", f"a and {TEST}"),
}


@pytest.mark.parametrize(("before", "after"), TESTS.values(), ids=TESTS)
def test_becomes_a_test_for_the_container(before: str, after: str) -> None:
    source = f"{HEAD}if {{}}:\n    pass\nx = {{}}\n"
    check_fixed(
        source.format(before, before), source.format(after, after), codemod, status=Status.REVIEW
    )


def test_option_as_a_condition() -> None:
    option = "sys._xoptions.get('snowflake_import_directory')"
    check_fixed(
        f"{HEAD}if not {option}:\n    pass\n",
        f"{HEAD}if not {TEST}:\n    pass\n",
        codemod,
        status=Status.REVIEW,
    )


NOOPS = {
    "other option": "import sys\nx = 'dev' in sys._xoptions\n",
    "another container": "x = '_snowflake' in names\n",
    "the folder itself": "import sys\nd = sys._xoptions.get('snowflake_import_directory')\n",
    "other home": "import os\nx = os.environ['HOME'] == '/home/me'\n",
    "a key of that name": "x = options['appRoot']\n",
    "a text that stands alone": "'/home/udf'\n",
}
LOOKS = {
    "order": "x = home < '/home/udf'\n",
    "chain": "x = a == b == '/home/udf'\n",
    "a path": "p = '/home/udf/x'\n",
    "beginning": "x = cwd.startswith('/home/udf')\n",
    "part of a path": "x = '/home/udf' in cwd\n",
    "working folder in a name": "x = 'appRoot' in cwd\n",
}


@pytest.mark.parametrize("source", NOOPS.values(), ids=NOOPS)
def test_noop(source: str) -> None:
    check_noop(source, codemod)


@pytest.mark.parametrize("source", LOOKS.values(), ids=LOOKS)
def test_other_looks_at_the_folders_are_found(source: str) -> None:
    check_found(source, codemod, "folder of a warehouse", line=1, status=Status.REVIEW)
