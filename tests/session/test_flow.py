from __future__ import annotations

import ast

import pytest

from session.app_modules import modules
from sis_codemods.session.flow import Followed, follow
from sis_codemods.session.texts import outermost

RUN = {
    "argument": 'session.sql("Q")',
    "keyword": 'session.sql(query="Q")',
    "name": 'q = "Q"\nsession.sql(q)',
    "annotated name": 'q: str = "Q"\nsession.sql(q)',
    "walrus": 'if (q := "Q"):\n    session.sql(q)',
    "two names": 'q = "Q"\np = q\nsession.sql(p)',
    "appended": 'q = "select 1;"\nq += "Q"\nsession.sql(q)',
    "f-string": 'p = "Q"\nsession.sql(f"{p} limit 1")',
    "concatenated": 'session.sql("Q" + tail)',
    "percent": 'session.sql("Q %s" % x)',
    "format": 'session.sql("Q {}".format(x))',
    "format later": 'q = "Q {}"\nsession.sql(q.format(x))',
    "dedent": 'import textwrap\nsession.sql(textwrap.dedent("Q"))',
    "strip": 'session.sql("Q".strip())',
    "triple quoted": 'session.sql("""\nQ\n""")',
    "conditional": 'session.sql("Q" if a else "select 1")',
    "loop over a list": 'for q in ["Q", "R"]:\n    session.sql(q)',
    "loop over a named list": 'qs = ["Q"]\nfor q in qs:\n    session.sql(q)',
    "list appended to": 'qs = []\nqs.append("Q")\nfor q in qs:\n    session.sql(q)',
    "loop over pairs": 'for q, n in [("Q", 1)]:\n    session.sql(q)',
    "comprehension": '[session.sql(q) for q in ("Q",)]',
    "dictionary": 'qs = {"a": "Q"}\nsession.sql(qs["a"])',
    "dictionary's get": 'qs = {"a": "Q"}\nsession.sql(qs.get("a"))',
    "stored in a dictionary": 'qs = {}\nqs["a"] = "Q"\nsession.sql(qs["a"])',
    "split": 'for q in "Q;R".split(";"):\n    session.sql(q)',
    "joined": 'session.sql(";".join(["Q", "R"]))',
    "function": 'def run(q):\n    return session.sql(q)\nrun("Q")',
    "function's keyword": 'def run(n, *, q):\n    return session.sql(q)\nrun(1, q="Q")',
    "function of a function": 'def a(q):\n    b(q)\ndef b(q):\n    session.sql(q)\na("Q")',
    "default": 'def run(q="Q"):\n    session.sql(q)',
    "returned": 'def q():\n    return "Q"\nsession.sql(q())',
    "method": 'class A:\n    def run(self, q):\n        self.s.sql(q)\nA().run("Q")',
    "method of self": "class A:\n    def run(self, q):\n        s.sql(q)\n"
    '    def f(self):\n        self.run("Q")',
    "attribute": 'class A:\n    def f(self):\n        self.q = "Q"\n'
    "    def g(self):\n        s.sql(self.q)",
    "session state": 'import streamlit as st\nst.session_state["q"] = "Q"\n'
    's.sql(st.session_state["q"])',
    "thread pool": 'pool.submit(session.sql, "Q")',
    "cursor": 'cur.execute("Q")',
    "pandas": 'import pandas as pd\npd.read_sql("Q", conn)',
    "likely wrapper of another package": 'from lib import run_query\nrun_query("Q")',
    "returned by a method": 'class A:\n    def q(self):\n        return "Q"\nsession.sql(A().q())',
    "returned by a function in a function": (
        'def f():\n    def q():\n        return "Q"\n    session.sql(q())'
    ),
    "yielded": 'def qs():\n    yield "Q"\nfor q in qs():\n    session.sql(q)',
    "default of a keyword": 'def run(*, q="Q"):\n    session.sql(q)',
    "any number of arguments": 'def run(*qs):\n    for q in qs:\n        session.sql(q)\nrun("Q")',
    "static method": "class A:\n    @staticmethod\n    def run(q):\n        s.sql(q)\nA.run('Q')",
    "own function in a thread pool": 'def run(q):\n    session.sql(q)\npool.submit(run, "Q")',
    "mapped": 'def run(q):\n    session.sql(q)\npool.map(run, ["Q"])',
    "unpacked": 'q, r = "Q", "R"\nsession.sql(q)',
    "starred": 'qs = [*["Q"]]\nsession.sql(qs[0])',
    "list of an attribute": "class A:\n    def f(self):\n        self.qs.append('Q')\n"
    "    def g(self):\n        for q in self.qs:\n            s.sql(q)",
    "sorted": 'for q in sorted(["Q", "R"]):\n    session.sql(q)',
    "or a default": 'session.sql(given or "Q")',
    "global name": 'def f():\n    global q\n    q = "Q"\ndef g():\n    session.sql(q)',
    "wrapper's keyword of another package": 'lib.execute_sql(statement="Q")',
    "connection's query": 'import streamlit as st\nst.connection("snowflake").query("Q")',
    "recursion": 'def run(q):\n    run(q)\n    session.sql(q)\nrun("Q")',
}  # fmt: skip

NOT_RUN = {
    "shown": 'import streamlit as st\nst.code("Q")',
    "printed": 'print("Q")',
    "bound as a value": 'session.sql("select ?", params=["Q"])',
    "second argument": 'session.sql("select ?", "Q")',
    "a value between quotes": "p = \"Q\"\nsession.sql(f\"select complete('m', '{p}')\")",
    "compared": 'if q == "Q":\n    session.sql("select 1")',
    "unused": 'q = "Q"',
    "argument that a function does not use": 'def f(q):\n    return 1\nf("Q")',
    "keyword that a function does not have": 'def f(**k):\n    session.sql(x)\nf(q="Q")',
    "part of an attribute": 'x = "Q".count',
    "returned and dropped": 'def f():\n    return "Q"\nf()',
    "test of a condition": 'session.sql("select 1" if "Q" else "select 2")',
    "class keyword": 'class A(B, q="Q"):\n    pass',
    "other name of another function": 'def f():\n    q = "Q"\ndef g(q):\n    session.sql(q)',
    "key of a dictionary that is shown": 'import streamlit as st\nst.write({"Q": 1})',
}


def _follow(source: str) -> Followed:
    module = modules(source)["streamlit_app.py"]
    node = next(
        n
        for n in ast.walk(module.source.tree)
        if isinstance(n, ast.Constant) and isinstance(n.value, str) and "Q" in n.value
    )
    return follow(module, outermost(module, node))


@pytest.mark.parametrize("source", RUN.values(), ids=RUN)
def test_is_run(source: str) -> None:
    assert len(_follow(source).runs) == 1


@pytest.mark.parametrize("source", NOT_RUN.values(), ids=NOT_RUN)
def test_is_not_run(source: str) -> None:
    followed = _follow(source)
    assert followed.runs == []
    assert not followed.lost


def test_goes_where_nobody_knows() -> None:
    assert _follow('from lib import show\nshow("Q")').lost


@pytest.mark.parametrize(
    "source",
    ['q = "update t "\nq += "Q"\ns.sql(q)', "s.sql(f\"{head} {'Q'}\")", 's.sql("{}".format("Q"))'],
    ids=["appended", "in an f-string", "formatted in"],
)
def test_is_only_a_fragment(source: str) -> None:
    assert _follow(source).fragment


def test_through_other_files() -> None:
    files = {
        "streamlit_app.py": "from queries import Q\nfrom db import run\nrun(Q)\n",
        "queries.py": 'Q = "Q"\n',
        "db.py": "def run(text):\n    return session.sql(text)\n",
    }
    module = modules(files)["queries.py"]
    text = module.source.tree.body[0]
    assert isinstance(text, ast.Assign)
    (run,) = follow(module, text.value).runs
    assert run.module.path.name == "db.py"
