from __future__ import annotations

from dependency_case import ENTRY, convert, packages
from sis_migrate.model import Status

START = "import streamlit as st\n"
YML = "dependencies:\n  - streamlit\n"
STREAMLIT = "streamlit>=1.55,<1.68"


def test_a_nested_file_of_a_package_s_name_is_no_reason_to_leave_it_out() -> None:
    outcome = convert(
        {
            ENTRY: f"{START}from services import openai\n",
            "services/openai.py": "import openai\n",
            "environment.yml": YML,
        }
    )
    assert packages(outcome) == [STREAMLIT, "openai"]
    assert outcome.said(Status.REVIEW) == []


def test_says_where_a_file_may_be_meant() -> None:
    outcome = convert(
        {
            ENTRY: f"{START}import lib.chat\n",
            "lib/chat.py": "import openai\nimport openai.types\n",
            "lib/openai.py": "",
            "environment.yml": YML,
        }
    )
    assert packages(outcome) == [STREAMLIT, "openai"]
    found = outcome.about("lib/chat.py imports openai, and the app has a lib/openai.py of its own")
    assert found.status is Status.REVIEW
    assert found.path.name == "chat.py"


def test_a_file_of_an_unknown_modules_name_is_never_a_package() -> None:
    outcome = convert(
        {
            ENTRY: f"{START}import reporting\n",
            "lib/reporting.py": "",
            "environment.yml": YML,
        }
    )
    assert packages(outcome) == [STREAMLIT]
    assert outcome.said(Status.MANUAL) == []
