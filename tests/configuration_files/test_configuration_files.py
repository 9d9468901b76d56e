from __future__ import annotations

import pytest

from codemod_case import check_found, check_noop
from paths.path_case import run
from sis_codemods.configuration import config_toml, secrets_toml, telemetry
from sis_migrate.model import Finding, Item, Status

CONFIG, SECRETS = ".streamlit/config.toml", ".streamlit/secrets.toml"
PROJECT = """\
definition_version: 2
entities:
  app:
    type: streamlit
    main_file: streamlit_app.py
    artifacts: [streamlit_app.py, {}]
"""


def _config(text: str) -> tuple[Finding, ...]:
    return run({"streamlit_app.py": "", CONFIG: text}, config_toml.codemod).findings


def _secrets(text: str, **files: str) -> tuple[Finding, ...]:
    named = {name.replace("_", "."): content for name, content in files.items()}
    return run({"streamlit_app.py": "", SECRETS: text, **named}, secrets_toml.codemod).findings


IGNORED = {
    "sleep timer": ("[snowflake.sleep]\nstreamlitSleepTimeoutMinutes = 8\n", "sleep timer", 1),
    "sleep timer below its parent": ("[snowflake]\n[snowflake.sleep]\na = 1\n", "sleep timer", 2),
    "server port": ("[theme]\na = 1\n[server]\nport = 1\n", "ignored", 3),
    "upload size": ("[server]\nmaxUploadSize = 10\n", "another that sizes", 1),
    "static files": ("[server]\nenableStaticServing = true\n", "static files", 1),
    "browser": ("[browser]\ngatherUsageStats = false\n", "ignored", 1),
    "logger": ("\n[ logger ]\nlevel = 'info'\n", "ignored", 2),
    "option of the client": (
        "[client]\ntoolbarMode = 'x'\nshowErrorDetails = 1\n",
        "toolbarMode",
        1,
    ),
}


@pytest.mark.parametrize(("text", "words", "line"), IGNORED.values(), ids=IGNORED)
def test_ignored(text: str, words: str, line: int) -> None:
    [finding] = _config(text)
    assert words in finding.message
    assert finding.span is not None
    assert (finding.span.line, finding.status) == (line, Status.REVIEW)
    assert finding.item is Item.CONFIG


TAKEN_OVER = {
    "theme": "[theme]\nbase = 'light'\n[theme.sidebar]\na = 1\n",
    "client": "[client]\nshowErrorDetails = true\n",
    "global": "[global]\ndisableWidgetStateDuplicationWarning = true\n",
    "runner": "[runner]\nfastReruns = true\n",
    "empty": "",
    "empty section": "[server]\n",
}


@pytest.mark.parametrize("text", TAKEN_OVER.values(), ids=TAKEN_OVER)
def test_taken_over(text: str) -> None:
    assert _config(text) == ()


def test_config_that_is_not_toml() -> None:
    [finding] = _config("[theme\n")
    assert finding.status is Status.MANUAL


def test_config_of_the_root_and_of_the_entry_points_folder() -> None:
    text = "[browser]\na = 1\n"
    files = {"a/main.py": "", CONFIG: text, f"a/{CONFIG}": text, f"b/{CONFIG}": text}
    found = run(files, config_toml.codemod, entry="a/main.py").findings
    assert [f.path.relative_to("/app").as_posix() for f in found] == [CONFIG, f"a/{CONFIG}"]


CONNECTION = "[connections.snowflake]\naccount = 'x'\n"


def test_connection_of_ones_own_is_the_worst() -> None:
    [finding] = _secrets(f"a = 1\n{CONNECTION}")
    assert finding.message.startswith("security: if it is uploaded")
    assert "every viewer" in finding.message
    assert finding.span is not None
    assert finding.span.line == 2


def test_secrets_that_would_win() -> None:
    [finding] = _secrets("key = 'x'\n[mail]\nuser = 'y'\n")
    assert "(key, mail)" in finding.message


def test_secrets_that_are_not_toml() -> None:
    [finding] = _secrets("[connections.snowflake]\naccount = ...\n")
    assert "not valid TOML" in finding.message


def test_secrets_that_are_uploaded() -> None:
    [finding] = _secrets(CONNECTION, snowflake_yml=PROJECT.format(".streamlit/"))
    assert finding.message.startswith("security: is uploaded")


@pytest.mark.parametrize("text", ["", "# nothing\n\n"], ids=["empty", "only comments"])
def test_secrets_without_content(text: str) -> None:
    assert _secrets(text) == ()


def test_secrets_that_the_project_file_leaves_out() -> None:
    assert _secrets(CONNECTION, snowflake_yml=PROJECT.format(CONFIG)) == ()


def test_tracing_is_found_once_in_a_file() -> None:
    source = (
        "from snowflake import telemetry\n\ndef f():\n    telemetry.add_event('a')\n"
        "telemetry.set_span_attribute('b', 1)\n"
    )
    check_found(source, telemetry.codemod, "2 calls", "logging", line=4)


NO_TRACING = {
    "unused": "from snowflake import telemetry\n",
    "own module": "import telemetry\ntelemetry.add_event('a')\n",
    "procedure": "from snowflake import telemetry\ndef p(s):\n    telemetry.add_event('a')\n"
    "session.sproc.register(p)\n",
    "logging": "import logging\nlogging.info('telemetry')\n",
}


@pytest.mark.parametrize("source", NO_TRACING.values(), ids=NO_TRACING)
def test_no_tracing(source: str) -> None:
    check_noop(source, telemetry.codemod)
