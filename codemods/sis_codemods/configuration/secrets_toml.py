"""Warn of a ``secrets.toml`` that would be deployed with the app.

**What it does.** Reports ``.streamlit/secrets.toml`` files in the app's folder that hold anything,
most urgently ``[connections.snowflake]``, and says whether the project file uploads them.

**Why.** A warehouse does not read the file. A container does, and what is in it wins over Snowflake's
secrets of the same names: an old value hides the current one, and anyone who may read the stage
reads it. ``[connections.snowflake]`` wins over the app's own connection, so that all viewers would
query with somebody's personal login.

**Example.**

Before:

```toml
[connections.snowflake]
account = "myaccount"
```

After:

```toml
[connections.snowflake]
account = "myaccount"
```

**What it leaves.** The file, which local runs need. The artifacts of ``snowflake.yml`` lose it
(SIS703).

**Safety.** It finds only.

**Source.** "Manage secrets and configure your Streamlit app",
https://docs.snowflake.com/en/developer-guide/streamlit/app-development/secrets-and-configuration
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path

from sis_codemods.configuration.files import header_spans, is_uploaded, streamlit_files
from sis_migrate.codemod import AppContext, DocumentCodemod
from sis_migrate.model import Finding, Item, Safety, Span, Status
from sis_migrate.textfile import TextError

CONNECTION = "connections.snowflake"

codemod = DocumentCodemod(
    __name__,
    code="SIS621",
    name="secrets-toml",
    summary="A secrets.toml that a container would read in the place of Snowflake's secrets",
    item=Item.CONFIG,
    safety=Safety.REPORT,
    order=910,
)


@codemod.on_app
def deployed(context: AppContext) -> Iterator[Finding]:
    """A finding for each file; none where the project file is known to leave it out."""
    for path in streamlit_files(context, "secrets.toml"):
        uploaded = is_uploaded(context, path)
        if uploaded is False:
            continue
        try:
            text = context.workspace.read(path).text
        except OSError:
            continue
        except TextError as error:
            yield Finding(
                path,
                f"cannot be read: {error}",
                Status.MANUAL,
                remedy="Mend the file: a container that it is uploaded to fails on it.",
            )
            continue
        if _is_empty(text):
            continue
        what, span = _contents(text)
        yield Finding(
            path,
            f"security: {'is uploaded' if uploaded else 'if it is uploaded'} with the app, {what}",
            Status.MANUAL,
            span=span,
            remedy=_remedy(context, path),
        )


def _is_empty(text: str) -> bool:
    return not any(line.strip() and not line.strip().startswith("#") for line in text.splitlines())


def _contents(text: str) -> tuple[str, Span | None]:
    spans = header_spans(text)
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = getattr(error, "lineno", None)
        return (
            "a container fails on it: it is not valid TOML, and no secret can be read",
            Span(line, 1, line, 1) if line else None,
        )
    connections = data.get("connections")
    if isinstance(connections, dict) and "snowflake" in connections:
        return (
            "its [connections.snowflake] takes the place of the app's own connection in a "
            "container: every viewer queries with that login",
            spans.get(CONNECTION) or spans.get("connections"),
        )
    names = ", ".join(sorted(data))
    return f"its values ({names}) win over Snowflake's secrets in a container", None


def _remedy(context: AppContext, path: Path) -> str:
    project = context.app.project_file
    where = f"the artifacts of {project.name}" if project else "what is uploaded"
    return (
        f"Leave it out of {where} and remove it from the app's stage; attach the values as "
        "Snowflake secrets."
    )
