"""The ladder: the versions that an app asks for, let go step by step until they fit together.

Each rung changes as little as it can: first the lines that uv names, Snowflake's own packages
before others, and of a line first the patch release, then the minor one, then its upper end.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sis_migrate.resolver.uv import Cause, Resolution, Why

if TYPE_CHECKING:
    from packaging.requirements import Requirement

MAX_RUNGS = 40
Resolver = Callable[[Sequence[str], bool], Resolution]
"""Lines, and whether projects without a wheel may be built: ``resolver.uv.resolve``."""


@dataclass(frozen=True, slots=True)
class Relaxation:
    """One line that had to change; ``after`` is "" where it had to go. ``reason`` is a clause."""

    before: str
    after: str
    reason: str


@dataclass(frozen=True, slots=True)
class Ladder:
    """Where the climb ended: the lines, what was changed in them, and uv's answer to them.

    ``built`` are projects that have no wheel at all and are built when they are installed.
    """

    requirements: tuple[str, ...]
    relaxations: tuple[Relaxation, ...]
    built: tuple[str, ...]
    resolution: Resolution

    @property
    def resolved(self) -> bool:
        """Whether the lines fit together."""
        return self.resolution.cause is None


def climb(requirements: Sequence[str], resolver: Resolver) -> Ladder:
    """Relax requirements (PEP 508 lines) until ``resolver`` finds versions, or nothing is left.

    The resolver's errors pass through. A project that does not exist has its line taken out.
    """
    lines = list(requirements)
    steps: list[Relaxation] = []
    built: list[str] = []
    resolution = resolver(lines, False)
    for _ in range(MAX_RUNGS):
        cause = resolution.cause
        if cause is None:
            break
        rung = _rung(lines, cause)
        if rung:
            index, after = rung
            steps.append(Relaxation(lines[index], after, _reason(cause)))
            lines[index : index + 1] = [after] if after else []
        elif cause.why is Why.NO_WHEEL and cause.projects and cause.projects[0] not in built:
            # No version has one: then the version that was asked for is as good as any.
            built.append(cause.projects[0])
            steps = _restore(lines, steps, cause.projects[0])
        else:
            break
        resolution = resolver(lines, bool(built))
    return Ladder(tuple(lines), _joined(steps), tuple(built), resolution)


def without_wheel(ladder: Ladder, resolver: Resolver) -> tuple[str, ...]:
    """The pins without a wheel that an installer which may build would take for the ladder's lines.

    It is not bound to what resolves with wheels alone, and may well take a newer release that has
    none. The resolver's errors pass through.
    """
    if not ladder.resolved or ladder.built:
        return ()
    pins = resolver(ladder.requirements, True).pins
    others = [pin for pin in pins if pin not in ladder.resolution.pins]
    return tuple(pin for pin in others if _has_no_wheel(pin, resolver))


def _has_no_wheel(pin: str, resolver: Resolver) -> bool:
    cause = resolver([pin], False).cause
    return cause is not None and cause.why is Why.NO_WHEEL


def _restore(lines: list[str], steps: Sequence[Relaxation], project: str) -> list[Relaxation]:
    """Put a project's line back as it was; the other steps."""
    kept = [step for step in steps if not _is_about(step.before, project)]
    undone = [step for step in steps if _is_about(step.before, project)]
    if undone:
        lines[lines.index(undone[-1].after)] = undone[0].before
    return kept


def _is_about(line: str, project: str) -> bool:
    found = _parse(line)
    return found is not None and _name(found) == project


def _rung(lines: Sequence[str], cause: Cause) -> tuple[int, str] | None:
    """The next line to change, by its index, and what becomes of it ("": it goes)."""
    if not cause.why.is_about_packages:
        return None
    parsed = [_parse(line) for line in lines]
    named = [i for i, found in enumerate(parsed) if found and _name(found) in cause.projects]
    if cause.why is Why.NOT_FOUND:
        return (named[0], "") if named else None
    # Snowflake's packages first: they are made to work together at their newest. Streamlit last.
    others = [i for i in range(len(lines)) if i not in named] if cause.why is Why.CONFLICT else []
    for indexes in (named, others):
        for index in sorted(indexes, key=lambda i: _rank(parsed[i])):
            found = parsed[index]
            after = relaxed(found, cause.why) if found else ""
            if after:
                return index, after
    return None


def _rank(requirement: Requirement | None) -> int:
    name = _name(requirement) if requirement else ""
    return 0 if name.startswith("snowflake") else 2 if name == "streamlit" else 1


def relaxed(requirement: Requirement, why: Why) -> str:
    """The line, one step more open; "" where it is as open as it may be."""
    clauses = sorted(str(clause) for clause in requirement.specifier)
    if not clauses or (_name(requirement) == "streamlit" and not _pin(clauses)):
        return ""
    new = _opened(clauses, why)
    extras = f"[{','.join(sorted(requirement.extras))}]" if requirement.extras else ""
    marker = f" ; {requirement.marker}" if requirement.marker else ""
    return f"{requirement.name}{extras}{new}{marker}"


def _opened(clauses: Sequence[str], why: Why) -> str:
    """A specifier one step more open: ``==1.2.3``, ``>=1.2.3,<2``, ``>=1.2.3``, any version."""
    pin = _pin(clauses)
    if pin:
        version = pin.lstrip("=~").removesuffix(".*")
        if (
            why is Why.NO_VERSION
            and pin.startswith("==")
            and version.count(".") == 2
            and pin.endswith(version)
        ):
            return f"=={version}.*"  # conda's 4.8.0 is 4.8.0.76 on PyPI
        epoch, _, release = version.rpartition("!")
        major = int(release.split(".")[0])
        return f">={version},<{epoch + '!' if epoch else ''}{major + 1}"
    ends = [clause for clause in clauses if clause.startswith("<")]
    return ",".join(clause for clause in clauses if clause not in ends) if ends else ""


def _pin(clauses: Sequence[str]) -> str:
    return next((clause for clause in clauses if clause.startswith(("==", "~="))), "")


def _parse(line: str) -> Requirement | None:
    from packaging.requirements import InvalidRequirement, Requirement

    try:
        return Requirement(line)
    except InvalidRequirement:
        return None


def _name(requirement: Requirement) -> str:
    from packaging.utils import canonicalize_name

    return canonicalize_name(requirement.name)


def _reason(cause: Cause) -> str:
    if cause.why is Why.CONFLICT:
        return "no versions fit together otherwise"
    return {
        Why.NO_VERSION: "PyPI does not have that version",
        Why.NOT_FOUND: "PyPI has no project of that name",
        Why.NO_WHEEL: "there is no build of that version for Python 3.11",
    }[cause.why]


def _joined(relaxations: Sequence[Relaxation]) -> tuple[Relaxation, ...]:
    """One relaxation a line, from what it was at first, and why, to what it is at last."""
    joined: list[Relaxation] = []
    for step in relaxations:
        earlier = next((r for r in joined if r.after == step.before), None)
        if earlier:
            joined.remove(earlier)
        joined.append(replace(earlier, after=step.after) if earlier else step)
    return tuple(joined)
