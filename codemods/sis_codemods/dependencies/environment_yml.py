"""Lists the app's packages where the container looks for them.

**What it does.** Reads `environment.yml` and the app's imports and writes `pyproject.toml` (with
`--requirements`: `requirements.txt`) beside it: PyPI's names for conda's, PEP 440 versions for
conda's, Python 3.11, a Streamlit that the container runs, and the packages that the app imports
but that only the warehouse brought along. Where the app already has one of the two files for the
container, what is missing is added to it and the rest stays: of a warehouse app's file only versions
that do not work are exchanged, and a Streamlit without an end gets one; a file of an app that runs
in a container already keeps its versions.

**Why.** The container runtime ignores `environment.yml` and installs with uv from PyPI's names. It
runs Python 3.11 and Streamlit 1.50 or later; from 1.55 on, rows that `conn.query(params=…)` fetched
for one viewer cannot reach another. Pins that cannot be installed or imported there are let rise to
the first release that can (a dated table of measured floors), and so are pins that leave no Streamlit
or Snowpark that they go with; pandas stays below 3 where the code
relies on what it changed. With `--resolve`, uv is asked whether the versions fit together, and what
does not is relaxed step by step, each step with a finding.

**Example.**

Before, `environment.yml`:

```yaml
name: sales
channels:
  - snowflake
dependencies:
  - python=3.8.*
  - streamlit=1.35.0
  - pandas=2.0.3
  - python-graphviz=  # the org chart
  - openssl
```

After, `pyproject.toml`:

```toml
[project]
name = "sales"
version = "0.1.0"
requires-python = "==3.11.*"
dependencies = [
    "streamlit>=1.55,<1.68",
    "pandas>=2.1.2,<3",
    "graphviz",  # the org chart
    # openssl: not on PyPI
]
```

**What it leaves.** `environment.yml` itself, unless `--remove-environment` is given and the new
file has all of it, if only in comments: the container ignores it, and going back needs it. Names
that this tool does not know, packages of private channels and those that only exist in Snowflake
are commented out and reported: a PyPI project of the same name may belong to anybody. Where both
files exist, or `pyproject.toml` describes a package to be built or lists packages in another way,
nothing is written and the finding says what to choose; a `requirements.txt` that is chosen beside a
`[project]` begins with what that lists. An app that imports only what the container has anyway gets
no file where it has no `environment.yml`, or with `dependency-file = "none"`: it then needs no
package source, but runs on whatever Streamlit the container comes with.

**Safety.** Safe: the versions are the app's own wherever they work, and each that is not has a
finding of its own.

**Source.** "Managing dependencies for your Streamlit app",
https://docs.snowflake.com/en/developer-guide/streamlit/app-development/dependency-management
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sis_codemods.dependencies.asking import ask_about, ask_uv
from sis_codemods.dependencies.base_image import lacks, nothing_needed
from sis_codemods.dependencies.beside import (
    has_deployed_lock,
    landing_elsewhere,
    lock_without_project,
    second_environment,
    stale_lock,
    undeployed_requirements,
    why_removed,
)
from sis_codemods.dependencies.choices import Choices
from sis_codemods.dependencies.complete import How, completion
from sis_codemods.dependencies.convert import plan
from sis_codemods.dependencies.entries import Note, Plan
from sis_codemods.dependencies.imported import code_of
from sis_codemods.dependencies.imports import Import, third_party
from sis_codemods.dependencies.larger_map import cache_file, load
from sis_codemods.dependencies.listed import listed_in, why_unread
from sis_codemods.dependencies.pandas_3 import reason_to_stay
from sis_codemods.dependencies.render import below, project_table, requirements
from sis_codemods.dependencies.resolved import resolved
from sis_codemods.dependencies.taken_over import taken_over
from sis_codemods.dependencies.target import Action, Target, find_target, folders_of, not_uploaded
from sis_migrate.addresses import without_secrets
from sis_migrate.apps import import_roots
from sis_migrate.codemod import AppContext, DocumentCodemod, Result
from sis_migrate.model import (
    Edit,
    EditGroup,
    Finding,
    Item,
    NewFile,
    RemoveFile,
    Runtime,
    Safety,
    Span,
    Status,
)

if TYPE_CHECKING:
    from sis_migrate.documents.conda import Environment

codemod = DocumentCodemod(
    __name__,
    code="SIS201",
    name="environment-yml",
    summary="lists the app's packages in pyproject.toml or requirements.txt",
    item=Item.DEPS,
    safety=Safety.SAFE,
    covers=(Item.PYTHON, Item.STREAMLIT),
)


@dataclass(frozen=True)
class _Run:
    """One app's way through the codemod; ``group`` holds what is written and removed together."""

    context: AppContext
    target: Target
    plan: Plan
    imports: tuple[Import, ...]
    old_pandas: Note | None
    name: str
    group: EditGroup | None

    @property
    def about(self) -> Path:
        """The file that the notes about packages are about."""
        return self.context.app.environment_file or self.target.path


@codemod.on_app
def list_packages(context: AppContext) -> Iterator[Result]:
    """Write or complete the app's dependency file."""
    from sis_migrate.documents.conda import EnvironmentFileError
    from sis_migrate.textfile import TextError

    app, settings = context.app, context.settings
    try:
        environment = _environment(context)
    except (OSError, TextError, EnvironmentFileError) as error:
        assert app.environment_file
        yield _unreadable(app.environment_file, error)
        return
    sources = [module.source for module in context.modules.values()]
    away = frozenset(not_uploaded(app, context.workspace))
    sources = [source for source in sources if source.path not in away]
    folders = import_roots(app, context.workspace)
    imports = third_party(app, sources, away, folders)
    target = find_target(app, context.workspace, settings)
    old_pandas = reason_to_stay(sources)
    choices = Choices(
        package_map=settings.package_map,
        streamlit=settings.streamlit,
        larger=load(cache_file()),
        old_pandas=old_pandas,
        home=app.environment_file.parent if app.environment_file else app.root,
        folder=target.path.parent,
        workspace=context.workspace,
        listed=listed_in(folders_of(app), context.workspace),
    )
    run = _Run(
        context=context,
        target=target,
        plan=plan(environment, imports, choices),
        imports=imports,
        old_pandas=old_pandas,
        name=environment.name or app.name or target.path.parent.name,
        group=EditGroup("environment-yml") if settings.remove_environment else None,
    )
    yield from second_environment(app, context.workspace)
    is_written = yield from _written(run)
    if is_written and settings.remove_environment and app.environment_file:
        message = why_removed(run.plan, target.path)
        yield Edit(app.environment_file, RemoveFile(), message, group=run.group)


def _written(run: _Run) -> Generator[Result, None, bool]:
    """Write what is to be written; True where the container then has all that could be listed."""
    target = run.target
    if target.note:
        yield _finding(run, target.note)
    if target.action is Action.NOTHING:
        return False
    yield from landing_elsewhere(target.path, run.context.app, run.context.workspace)
    if target.action is Action.COMPLETE or target.instead_of:
        return (yield from _complete(run))
    yield from _create(run)
    return True


def _environment(context: AppContext) -> Environment:
    """The app's environment.yml, an empty one where there is none."""
    from sis_migrate.documents.conda import Environment, parse_environment

    path = context.app.environment_file
    if path is None or not context.workspace.exists(path):
        return Environment()
    return parse_environment(context.workspace.read(path).text)


def _unreadable(path: Path, error: Exception) -> Finding:
    line = getattr(error, "line", None)
    message = f"No dependency file is written, because {path.name} {why_unread(error)}"
    remedy = "Mend the file and run again, or list the packages in a pyproject.toml yourself."
    span = Span(line, 1, line, 1) if line else None
    return Finding(path, message, Status.ERROR, span=span, remedy=remedy)


def _finding(run: _Run, note: Note) -> Finding:
    return Finding(
        note.path or run.about,
        without_secrets(note.message),
        note.status,
        span=note.span,
        remedy=without_secrets(note.remedy),
        item=note.item,
    )


def _create(run: _Run) -> Iterator[Result]:
    """A new file, or a new table at the end of one that only holds settings of tools."""
    app, path, packages = run.context.app, run.target.path, run.plan
    # Which release of a project the container has is not known: some lack what the app imports.
    ends = {guard.package for guard in code_of(run.imports, None).guards}
    missing = lacks((entry.name for entry in packages.active), ends)
    unwanted = run.context.settings.dependency_file == "none"
    if not missing and (unwanted or app.environment_file is None):
        if unwanted or app.runtime is not Runtime.CONTAINER:
            yield nothing_needed(app)
        return
    if unwanted:
        message = f"A dependency file is needed all the same: for {', '.join(missing)}"
        yield Finding(path, message, Status.REVIEW, remedy="Leave these packages out of the app.")
    yield from undeployed_requirements(path, app, run.context.workspace)
    yield from lock_without_project(path, app, run.context.workspace)
    if run.context.settings.resolve:
        packages = resolved(packages, ask_uv, path.parent)
    yield from (_finding(run, note) for note in packages.notes)
    count = len(packages.active)
    message = f"{count} package{'s' if count > 1 else ''} listed in {path.name}"
    if path.name == "requirements.txt":
        yield Edit(path, NewFile(requirements(packages)), message, group=run.group)
        return
    table = project_table(run.name, packages)
    if run.target.action is Action.CREATE:
        yield Edit(path, NewFile(table), message, group=run.group)
        return
    text = run.context.workspace.read(path).text
    yield Edit(path, below(text, table), message, group=run.group)


def _complete(run: _Run) -> Generator[Result, None, bool]:
    """What is missing from the file that the container reads; False where it stays so."""
    from sis_migrate.textfile import TextError

    target, workspace = run.target, run.context.workspace
    path, source = target.path, target.instead_of
    try:
        begun = taken_over(path, source, workspace) if source else None
        text = begun.text if begun else None
        found = completion(path, workspace, run.plan, run.imports, _how(run), text)
    except (OSError, TextError) as error:
        yield _unreadable(path, error)
        return False
    yield from (_finding(run, note) for note in (*(begun.notes if begun else ()), *found.notes))
    taken = [f"{begun.count} taken over from pyproject.toml"] if begun and begun.count else []
    message = f"{path.name}: {', '.join([*taken, *filter(None, [found.message])])}"
    changes = begun.changes(path, found.splices) if begun and not found.is_left else found.splices
    for number, (changed, change) in enumerate(changes):
        yield Edit(changed, change, message, silent=number > 0, group=run.group)
    if any(changed == path for changed, _ in found.splices):
        yield from stale_lock(path, run.context.app, workspace)
    return not (found.is_left or found.leaves_open)


def _how(run: _Run) -> How:
    app, workspace, settings = run.context.app, run.context.workspace, run.context.settings
    path = run.target.path
    return How(
        root=app.root,
        container=app.runtime is Runtime.CONTAINER,
        uploaded=app.project_file is not None,
        streamlit=settings.streamlit,
        resolver=ask_about(path, workspace) if settings.resolve else None,
        old_pandas=run.old_pandas,
        locked=has_deployed_lock(path, app, workspace),
    )
