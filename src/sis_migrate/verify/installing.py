"""The first stage: the packages of an app, and whether its list of files can be deployed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sis_migrate.deployed import Deployed
from sis_migrate.resolver.uv import Cause, UvError, Why
from sis_migrate.verify.environments import Environment, Environments, Wanted
from sis_migrate.verify.verdicts import Stage, StageResult, Verdict


def install(
    environments: Environments, attempts: Sequence[Wanted]
) -> tuple[StageResult, Environment | None]:
    """Install the first set of requirements that can be; the result and the environment."""
    failed: StageResult | None = None
    for number, requirements in enumerate(attempts):
        try:
            made = environments.make(requirements)
        except UvError as error:
            failed = failed or _not_installed(error.cause, str(error), ())
            continue
        if isinstance(made, Environment):
            return _installed(made, loosened=number > 0), made
        failed = failed or _not_installed(made, _because(made), (made.words[:600],))
    assert failed is not None, "something is to be installed"
    return failed, None


def deployable(installed: StageResult, files: Deployed) -> StageResult:
    """The result of ``install`` for these files: a list with what is not there is not deployed."""
    if not files.absent or files.project_file is None:
        return installed
    line = (
        f"{files.project_file.name}: a deploy stops at artifacts that are not there: "
        f"{', '.join(files.absent)}; take them out, or add what they name"
    )
    lines = (installed.line, *installed.details)
    if installed.verdict is Verdict.FAILED:
        return replace(installed, details=(line, *installed.details))
    return replace(installed, verdict=Verdict.FAILED, line=line, details=lines)


def _not_installed(cause: Cause | None, words: str, details: tuple[str, ...]) -> StageResult:
    """Without an index, or an answer, nothing is known of the packages."""
    unknown = cause is not None and cause.why in {Why.NETWORK, Why.NO_ANSWER}
    verdict = Verdict.NOT_CHECKED if unknown else Verdict.FAILED
    return StageResult(Stage.INSTALL, verdict, words[:300], details)


def _installed(made: Environment, *, loosened: bool) -> StageResult:
    how = "from the cache" if made.cached else f"in {made.seconds:.0f} s"
    number = len(made.pins)
    line = f"{number} package{'s' * (number != 1)} {how}"
    if made.unreachable is not None:
        line = f"{made.unreachable.why}; the other stages run with {line}, installed on {made.made}"
    if made.built:
        line += ", some of them built from source"
    if loosened:
        line += "; not with the versions that were asked for, which cannot be had"
    if made.stale:
        line += "; uv.lock does not fit pyproject.toml any more: `uv lock` makes it anew"
    verdict = Verdict.PASSED if made.unreachable is None else Verdict.NOT_CHECKED
    return StageResult(Stage.INSTALL, verdict, line, seconds=made.seconds)


def _because(cause: Cause) -> str:
    projects = ", ".join(cause.projects[:4])
    if cause.why in {Why.BAD_INPUT, Why.NO_FILE} or (cause.why is Why.CONFLICT and not projects):
        return cause.words  # a file that is not there, or something else that uv does not like
    return f"{cause.why}: {projects}" if projects else str(cause.why)
