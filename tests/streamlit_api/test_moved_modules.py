from __future__ import annotations

import pytest

from codemod_case import check_fixed, check_noop, migrate
from sis_codemods.streamlit.absent_api import codemod as absent_api
from sis_codemods.streamlit.moved_modules import codemod
from sis_migrate.model import Settings, Status

NEW = "streamlit.runtime.scriptrunner"

IMPORTS = {
    "same name": (
        "from streamlit.script_run_context import get_script_run_ctx",
        f"from {NEW} import get_script_run_ctx",
    ),
    "name that changed": (
        "from streamlit.report_thread import get_report_ctx",
        f"from {NEW} import get_script_run_ctx as get_report_ctx",
    ),
    "alias": (
        "from streamlit.report_thread import get_report_ctx as ctx",
        f"from {NEW} import get_script_run_ctx as ctx",
    ),
    "several over lines": (
        "from streamlit.scriptrunner import (\n    RerunException,  # to rerun\n    StopException,\n)",
        f"from {NEW} import (\n    RerunException,  # to rerun\n    StopException,\n)",
    ),
    "inside the new package": (
        "from streamlit.runtime.scriptrunner.script_run_context import add_script_run_ctx",
        f"from {NEW} import add_script_run_ctx",
    ),
    "state": (
        "from streamlit.state import get_session_state",
        "from streamlit.runtime.state import get_session_state",
    ),
    "command line": (
        "from streamlit.cli import main",
        "from streamlit.web.cli import main",
    ),
    "uploaded file": (
        "from streamlit.uploaded_file_manager import UploadedFile",
        "from streamlit.runtime.uploaded_file_manager import UploadedFile",
    ),
    "helpers of widgets": (
        "from streamlit.type_util import Key, to_key",
        "from streamlit.elements.lib.utils import Key, to_key",
    ),
    "some stay": (
        "from streamlit.type_util import Key, is_type",
        "from streamlit.elements.lib.utils import Key\nfrom streamlit.type_util import is_type",
    ),
}


@pytest.mark.parametrize(("before", "after"), IMPORTS.values(), ids=IMPORTS)
def test_import(before: str, after: str) -> None:
    check_fixed(f"{before}\n", f"{after}\n", codemod)


def test_module() -> None:
    before = "import streamlit.report_thread as thread\n\nctx = thread.get_report_ctx()\n"
    after = f"import {NEW} as scriptrunner\n\nctx = scriptrunner.get_script_run_ctx()\n"
    check_fixed(before, after, codemod, indented=False)


def test_md5() -> None:
    before = "from streamlit.util import calc_md5\n\nh = calc_md5(str(p))\n"
    after = "import hashlib\n\nh = hashlib.md5(str(p).encode()).hexdigest()\n"
    check_fixed(before, after, codemod, indented=False)


def test_headers() -> None:
    name = "_get_websocket_headers"
    before = (
        f"import streamlit as st\nfrom streamlit.web.server.websocket_headers import {name}\n"
        f"user = {name}().get('X-User')\n"
    )
    after = "import streamlit as st\nuser = st.context.headers.get('X-User')\n"
    check_fixed(before, after, codemod, status=Status.REVIEW, indented=False)


RIGHT = {
    "already there": f"from {NEW} import get_script_run_ctx",
    "public": "from streamlit.errors import StreamlitAPIException",
    "fallback": f"try:\n    from {NEW} import get_script_run_ctx\nexcept ImportError:\n"
    "    from streamlit.scriptrunner import get_script_run_ctx",
    "command of the module itself": "import streamlit as st\nst.experimental_rerun()",
    "relative": "from .streamlit.state import a",
    "own function": "def calc_md5(a): ...\ncalc_md5('a')",
}


@pytest.mark.parametrize("source", RIGHT.values(), ids=RIGHT)
def test_right(source: str) -> None:
    check_noop(f"{source}\n", codemod)


@pytest.mark.parametrize(
    "source",
    [
        "from streamlit.source_util import get_pages",
        "from streamlit.server.server import Server",
        "from streamlit.elements.image import image_to_url",
    ],
)
def test_without_successor_is_reported(source: str) -> None:
    result = migrate(f"{source}\n", [absent_api, codemod])
    assert result.text == f"{source}\n"
    assert [f.status for f in result.findings] == [Status.MANUAL]
    assert "Use" in result.findings[0].remedy


def test_release_that_has_it() -> None:
    source = "from streamlit.runtime.scriptrunner.script_run_context import get_script_run_ctx\n"
    check_noop(source, codemod, settings=Settings(streamlit="==1.35.*"))
