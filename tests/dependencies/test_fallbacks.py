from __future__ import annotations

import pytest

from dependency_case import ENTRY, convert, packages
from sis_migrate.model import Status

START = "import streamlit as st\n"
ATTEMPT = f"{START}try:\n    import ujson as j\nexcept ImportError:\n    import simplejson as j\n"
STREAMLIT = "streamlit>=1.55,<1.68"


def environment(*specs: str) -> str:
    return "dependencies:\n" + "".join(f"  - {spec}\n" for spec in ("streamlit", *specs))


LISTED = [
    pytest.param([], ["simplejson"], id="neither"),
    pytest.param(["ujson=5.10.0"], ["ujson==5.10.0"], id="the first"),
    pytest.param(["simplejson"], ["simplejson"], id="the last"),
]


@pytest.mark.parametrize(("specs", "lines"), LISTED)
def test_one_of_two_must_be_there(specs: list[str], lines: list[str]) -> None:
    outcome = convert({ENTRY: ATTEMPT, "environment.yml": environment(*specs)})
    assert packages(outcome) == [STREAMLIT, *lines]


def test_says_why_it_is_added() -> None:
    outcome = convert({ENTRY: ATTEMPT, "environment.yml": environment()})
    words = f"simplejson is added: {ENTRY} imports simplejson where ujson is missing"
    assert outcome.about(words).status is Status.FIXED


def test_says_what_is_missing() -> None:
    inner = (
        "    try:\n        import orjson as j\n    except ImportError:\n        import ujson as j\n"
    )
    text = f"{START}try:\n    import json, _snowflake\nexcept ImportError:\n{inner}"
    outcome = convert({ENTRY: text, "environment.yml": environment()})
    outcome.about(f"ujson is added: {ENTRY} imports ujson where _snowflake and orjson are missing")


NOT_NEEDED = [
    pytest.param("import yaml", "import ruamel.yaml", id="the container has the first"),
    pytest.param("import acme", "import simplejson", id="a listed package may bring the first"),
    pytest.param("import ujson", "ujson = None", id="the app does without"),
    pytest.param("import our_private", "import simplejson", id="a person decides on the first"),
]


@pytest.mark.parametrize(("first", "last"), NOT_NEEDED)
def test_the_last_is_not_always_needed(first: str, last: str) -> None:
    text = f"{START}try:\n    {first}\nexcept ImportError:\n    {last}\n"
    pip = "  - pip:\n    - acme-sdk\n"
    yml = f"{environment('our-private=1.0')}{pip}"
    outcome = convert({ENTRY: text, "environment.yml": yml})
    names = [line.partition(":")[0] for line in packages(outcome)]
    assert names == [STREAMLIT, "# our-private=1.0", "acme-sdk"]


def test_a_file_that_imports_the_first_elsewhere_settles_it() -> None:
    text = f"{ATTEMPT}import helper\n"
    outcome = convert(
        {ENTRY: text, "helper.py": "import ujson\n", "environment.yml": environment()}
    )
    assert packages(outcome) == [STREAMLIT, "ujson"]


def test_a_module_that_nobody_knows_is_asked_about() -> None:
    text = f"{START}try:\n    import acme_fast\nexcept ImportError:\n    import acme_slow\n"
    outcome = convert({ENTRY: text, "environment.yml": environment()})
    found = outcome.about("imports acme_slow where acme_fast is missing, which no listed package")
    assert found.status is Status.MANUAL
