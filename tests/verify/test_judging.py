from __future__ import annotations

import pytest

from sis_migrate.verify import judging
from sis_migrate.verify.emulator import MARK, Met, Refusal
from sis_migrate.verify.server import Fault
from sis_migrate.verify.stand_ins import SECRET

REFUSED = Refusal("show roles", "This statement is not supported")


@pytest.mark.parametrize(
    ("fault", "refusals", "hosts", "empty", "excuse"),
    [
        pytest.param(
            Fault("SnowparkSQLException", f"(1304): This statement is not supported {MARK}"),
            [REFUSED], [], [],
            "the emulator refuses `show roles`: This statement is not supported",
            id="the emulator's own error",
        ),
        pytest.param(
            Fault("KeyError", "'name'"), [REFUSED], [], [],
            "it follows on a statement that the emulator refused",
            id="an error after a refused statement",
        ),
        pytest.param(
            Fault("NameError", "name 'x' is not defined"), [REFUSED], [], ["sales"], "",
            id="no answer of Snowflake's causes a NameError",
        ),
        pytest.param(
            Fault("SnowparkSessionException", "(1403): No default Session is found."),
            [REFUSED], [], [], "",
            id="no session is the app's fault",
        ),
        pytest.param(
            Fault("AttributeError", "module 'streamlit' has no attribute 'cache'"),
            [REFUSED], [], [], "",
            id="a removed API is the app's fault",
        ),
        pytest.param(
            Fault("TypeError", "image() got an unexpected keyword argument 'use_column_width'"),
            [], [], ["sales"], "",
            id="a removed parameter is the app's fault",
        ),
        pytest.param(
            Fault("ConnectionError", "Max retries exceeded"), [], ["api.example.com"], [],
            "it needs api.example.com, and only this machine is contacted",
            id="a host that is not contacted",
        ),
        pytest.param(
            Fault("IndexError", "single positional indexer is out-of-bounds"), [], [], ["sales"],
            "it may come of empty tables (sales): give rows with --seed",
            id="an empty table",
        ),
        pytest.param(
            Fault("FileNotFoundError", f"No such file or directory: '{SECRET}'"), [], [], [],
            "it takes a secret for what our stand-in is not",
            id="a secret that is no path",
        ),
        pytest.param(Fault("KeyError", "'x'"), [], [], [], "", id="nothing was refused"),
        pytest.param(
            Fault("StreamlitAPIException", "This caller's rights connection can't be shared."),
            [], [], [], "",
            id="an error of Streamlit's",
        ),
        pytest.param(
            Fault("StreamlitAPIException", "Token header not found. Is this app running with …"),
            [], [], [], "there are no caller's rights here",
            id="no header of the viewer's",
        ),
        pytest.param(
            Fault("AssertionError", "no rows"), [], [], ["sales"],
            "it may come of empty tables (sales): give rows with --seed",
            id="the app itself says that there are no rows",
        ),
        pytest.param(
            Fault("StreamlitAPIException", "Slider `min_value` must be less than the `max_value`."),
            [], [], ["sales"],
            "it may come of empty tables (sales): give rows with --seed",
            id="Streamlit cannot show nothing",
        ),
        pytest.param(
            Fault("StreamlitAPIException", "`cache()` is not a valid Streamlit command."),
            [], [], ["sales"], "",
            id="a removed command is the app's fault",
        ),
    ],
)  # fmt: skip
def test_whose_fault_it_is(
    fault: Fault, refusals: list[Refusal], hosts: list[str], empty: list[str], excuse: str
) -> None:
    found = judging.excuse(fault, Met(tuple(refusals), tuple(hosts), tuple(empty)))
    assert found.startswith(excuse) if excuse else found == ""


@pytest.mark.parametrize(
    ("said", "hint"),
    [
        pytest.param(
            'Catalog Error: Table with name "BANK.OPS.A" does not exist because schema "BANK.OPS"…',
            True,
            id="a table",
        ),
        pytest.param("Object 'X' does not exist or not authorized.", True, id="an object"),
        pytest.param("Scalar Function with name f does not exist!", False, id="a function"),
        pytest.param("This statement is not supported", False, id="a statement"),
    ],
)
def test_what_is_not_there_may_be_given_with_a_seed(said: str, hint: bool) -> None:
    line = judging.refusal_line([Refusal("select * from bank.ops.a", said)])
    assert line.endswith("; give it with --seed") is hint


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        pytest.param("at 0x7f01", "at 0x7f02", True, id="addresses differ"),
        pytest.param(
            "in /tmp/a/app.py line 3", "in /tmp/b/app.py line 12", True, id="paths differ"
        ),
        pytest.param("no column A", "no column B", False, id="words differ"),
        pytest.param(
            """'st.query_params has no key "id". Did you forget to initialize it?'""",
            """'st.query_params has no key "id".'""",
            True,
            id="a release has a hint",
        ),
        pytest.param(
            'st.session_state has no attribute "a". Did you forget to initialize it? More info: '
            "https://docs.streamlit.io/library/advanced-features/session-state#initialization",
            'st.session_state has no attribute "a". Did you forget to initialize it? More info: '
            "https://docs.streamlit.io/develop/concepts/architecture/session-state#initialization",
            True,
            id="hints differ",
        ),
        pytest.param(
            """'st.query_params has no key "id". Did you forget to initialize it?'""",
            """'st.query_params has no key "name".'""",
            False,
            id="keys differ beside a hint",
        ),
    ],
)
def test_the_same_error_before_and_after(one: str, other: str, same: bool) -> None:
    assert judging.same(Fault("a.KeyError", one), [Fault("KeyError", other)]) is same


def test_a_fault_is_one_short_line() -> None:
    fault = Fault("pandas.errors.MergeError", "two\nlines " + "x" * 500, "app.py:3")
    assert fault.line.startswith("app.py:3: MergeError: two lines x")
    assert len(fault.line) < 300
