"""SIS301: whatever the target's releases lack is found, and nothing else."""

from __future__ import annotations

import pytest

from codemod_case import check_found, check_noop, migrate
from sis_codemods.streamlit.absent_api import codemod
from sis_codemods.streamlit.api import Api
from sis_codemods.streamlit.renames import codemod as renames
from sis_migrate.model import Settings

ST = "import streamlit as st\n"
ALONE = Settings(select=("SIS301",))

FOUND = {
    "removed command": ("st.experimental_rerun()\n", ("was removed in Streamlit 1.37", "st.rerun")),
    "handed on": ("f = st.experimental_rerun\n", ("1.37",)),
    "attribute of a removed one": ("st.experimental_user.email\n", ("st.experimental_user was",)),
    "removed within the range": ("st.bokeh_chart(f)\n", ("is gone from Streamlit 1.59 on",)),
    "method of a container": ("a, b = st.columns(2)\na.bokeh_chart(f)\n", ("1.59",)),
    "method of an element": ("c = st.line_chart(d)\nc.add_rows(e)\n", ("1.58", "Keep the whole")),
    "too new": ("st.grid()\n", ("is only there from Streamlit 1.67 on", "streamlit>=1.67")),
    "no such name": ("st.buton('x')\n", ("is not in Streamlit", "Check the name")),
    "no such name below a module": ("st.column_config.TextCol()\n", ("st.column_config.TextCol",)),
    "imported": ("from streamlit import cache\n", ("is gone from Streamlit 1.62 on",)),
    "imported under a name": ("from streamlit import experimental_rerun as r\n", ("1.37",)),
    "private module": ("import streamlit.report_thread as rt\n", ("streamlit.report_thread was",)),
    "name of a private module": (
        "from streamlit.source_util import get_pages\n",
        ("streamlit.source_util.get_pages was removed in Streamlit 1.44", "st.navigation"),
    ),
    "everything of a private module": ("from streamlit.report_thread import *\n", ("1.4",)),
    "looked up": ('getattr(st, "experimental_rerun")\n', ("1.37",)),
    "internal without a successor": ("st.event\n", ("Internal",)),
    "parameter removed in the range": (
        "st.plotly_chart(f, sharing='x')\n",
        ("the parameter `sharing` of st.plotly_chart is gone from Streamlit 1.57 on", "Drop it"),
    ),
    "parameter swallowed before": ("st.plotly_chart(f, mine=1)\n", ("1.57", "config")),
    "parameter with a gap": (
        "st.image(f, use_column_width=True)\n",
        ("is missing from Streamlit 1.61 to 1.64", '`width`'),
    ),
    "parameter that is too new": ("st.tabs(['a'], height=3)\n", ("only there from Streamlit 1.60",)),
    "parameter that never was": ("st.button('a', colour=1)\n", ("is not in Streamlit",)),
    "parameter on a container": ("st.empty().button('a', colour=1)\n", ("`colour`",)),
    "parameter in a partial": (
        "import functools\nfunctools.partial(st.button, colour=1)\n",
        ("`colour`",),
    ),
    "parameter beside hidden ones": ("st.button('a', *b, colour=1, **c)\n", ("`colour`",)),
    "too many positional": ("st.code('a', 'b', True)\n", ("takes 2 positional arguments",)),
    "too many in some releases": ("st.rerun('app')\n", ("in Streamlit 1.55 to 1.62",)),
    "position with another meaning": (
        "st.image(f, 'c', 100, True)\n",
        ("4th positional argument", "`clamp` or `use_column_width`"),
    ),
    "parameter that must be given now": ("st.pyplot()\n", ("needs `fig` from Streamlit 1.62",)),
    "after a test of something else": ('if hasattr(st, "dialog"):\n    st.event\n', ("st.event",)),
}  # fmt: skip


@pytest.mark.parametrize(("source", "words"), FOUND.values(), ids=FOUND)
def test_found(source: str, words: tuple[str, ...]) -> None:
    lines = source.count("\n") + 1
    check_found(ST + source, codemod, *words, line=lines, settings=ALONE)


def test_found_through_a_star() -> None:
    source = "from streamlit import *\nexperimental_rerun()\nmine()\nx = 1\nwrite(x)\n"
    result = migrate(source, codemod, settings=ALONE)
    assert [f.span.line for f in result.findings if f.span] == [2]


def test_import_of_a_module() -> None:
    check_found("import streamlit.server\n", codemod, "streamlit.server", line=1)


DOUBTFUL = {
    "stand-in for Streamlit": (
        f"try:\n    {ST}except ImportError:\n    from fake import st\nst.bokeh_chart(f)\n",
        5,
    ),
    "parameter of a usual name": (ST + "def f(col):\n    col.bokeh_chart(1)\n", 3),
    "argument on a usual name": (ST + "def f(col):\n    col.image(1, use_column_width=True)\n", 3),
}


@pytest.mark.parametrize(("source", "line"), DOUBTFUL.values(), ids=DOUBTFUL)
def test_found_with_doubt(source: str, line: int) -> None:
    check_found(source, codemod, "if this is Streamlit's", line=line, settings=ALONE)


NOOPS = {
    "what is there": ST + "st.write(1)\nst.dataframe(d, width='stretch')\n",
    "deprecated, but still there": ST + "st.dataframe(d, use_container_width=True)\n",
    "deprecated module, but still there": "from streamlit.components.v1 import html\nhtml('a')\n",
    "session state": ST + "st.session_state.anything.at_all\nst.session_state['x'].y\n",
    "secrets": ST + "st.secrets.db.password\n",
    "special names": ST + "st.__version__\nst.__doc__\nst.write.__name__\n",
    "column types": ST + "st.column_config.TextColumn('a', width='small')\n",
    "the app's own name below streamlit": "import streamlit_extras\nstreamlit_extras.cache\n",
    "another package's name": "import mylib as st\nst.experimental_rerun()\n",
    "own function": "def experimental_rerun(): ...\nexperimental_rerun()\n",
    "relative import": "from .streamlit import cache\n",
    "put there by the app": ST + "st.mine = 1\nst.mine\n",
    "command put there by the app": ST + "st.button = mine\nst.button('a', colour=1)\n",
    "stored and deleted": ST + "st.mine = 1\n",
    "asked for": ST + 'if hasattr(st, "grid"):\n    st.grid()\n',
    "asked by version": ST + 'if st.__version__ >= "1.67":\n    st.grid()\n',
    "with a fallback": ST
    + "try:\n    st.image(f, use_column_width=True)\nexcept TypeError:\n    st.image(f)\n",
    "another package's star": "from other import *\nexperimental_rerun()\n",
    "parameter that was always needed": ST + "st.button()\n",
    "hidden positional": ST + "st.code(*a)\n",
    "hidden keywords": ST + "st.pyplot(**a)\n",
    "keyword of another library's method": ST + "def f(col):\n    col.table(a=1)\n"
    "    col.map(f, 1)\n",
    "method of another library": ST + "df.map(f, na_action='ignore')\nwriter.add_rows(rows)\n",
    "getattr with a default": ST + 'getattr(st, "experimental_rerun", None)\n',
    "getattr of a variable": ST + "getattr(st, name)\n",
    "getattr of something else": ST + 'getattr(app, "experimental_rerun")\n',
    "own getattr": ST + 'def getattr(a, b): ...\ngetattr(st, "experimental_rerun")\n',
    "imports for type checkers": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n"
    "    from streamlit.report_thread import get_report_ctx\n",
    "name handed on by another module": ST + "import page\npage.experimental_rerun\n",
    "ignored": ST + "st.bokeh_chart(f)  # migrate: ignore[SIS301]\n",
}  # fmt: skip


@pytest.mark.parametrize("source", NOOPS.values(), ids=NOOPS)
def test_noop(source: str) -> None:
    check_noop(source, codemod, settings=ALONE)


def test_a_name_is_reported_where_it_is_imported_not_where_it_goes_on() -> None:
    files = {
        "streamlit_app.py": "import page\npage.cache(f)\n",
        "page.py": "from streamlit import cache\n",
    }
    found = migrate(files, codemod, settings=ALONE).findings
    assert [f.path.name for f in found] == ["page.py"]


def test_what_another_codemod_edits_is_not_reported_twice() -> None:
    source = ST + "st.experimental_rerun()\nst.code('a', 'b', True)\nst.write(1, key=2)\n"
    assert migrate(source, codemod).findings == ()
    assert len(migrate(source, [codemod, renames]).findings) == 1


def test_but_it_is_where_that_codemod_does_not_run() -> None:
    source = ST + "st.experimental_rerun()\n"
    ignored = Settings(ignore=("SIS303",))
    check_found(source, codemod, "1.37", line=2, settings=ignored)


def test_target() -> None:
    check_noop(ST + "st.bokeh_chart(f)\n", codemod, settings=Settings(streamlit="1.56"))
    check_noop(ST + "st.grid()\n", codemod, settings=Settings(streamlit="1.67"))
    only = Settings(select=("SIS301",), streamlit="1.62")
    source = ST + "st.image(f, use_column_width=True)\n"
    check_found(source, codemod, "is not in Streamlit", "`width`", line=2, settings=only)


def test_streamlits_own_list_of_removed_names_is_found() -> None:
    """The names of streamlit/command_suggestions.py in 1.67."""
    names = [
        n
        for n in Api.load().names()
        if n.startswith(("streamlit.experimental_", "streamlit.beta_"))
    ]
    gone = [n for n in names if n.count(".") == 1 and not Api.load().has(n, Api.load().newest)]
    assert len(gone) >= 15
    source = "import streamlit\n" + "".join(f"{name}\n" for name in gone)
    assert len(migrate(source, codemod, settings=ALONE).findings) == len(gone)
