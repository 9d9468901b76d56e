"""The values that the table of Streamlit's API answers with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Version = tuple[int, int]


def minor(text: str) -> Version:
    """The minor release of a version: `1.50.2` gives `(1, 50)`.

    Raises:
        ValueError: if the text does not begin with two numbers.
    """
    numbers = text.split(".")
    if len(numbers) < 2:
        raise ValueError(f"a version needs two numbers, like 1.50, not {text!r}")
    return int(numbers[0]), int(numbers[1])


@dataclass(frozen=True, slots=True)
class Interval:
    """Releases from `first` to `last`, both included; `last` is None where it has not ended."""

    first: Version
    last: Version | None

    def __contains__(self, version: Version) -> bool:
        return self.first <= version and (self.last is None or version <= self.last)


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a callable in one release; `position` is None unless it may be positional."""

    name: str
    kind: Literal["positional-only", "positional", "keyword-only", "*", "**"]
    position: int | None
    required: bool


@dataclass(frozen=True, slots=True)
class Signature:
    """The parameters of a callable in one release, in order; a method's without `self`."""

    parameters: tuple[Parameter, ...]

    @property
    def positional(self) -> tuple[Parameter, ...]:
        """Those that a positional argument may fill, in order."""
        return tuple(each for each in self.parameters if each.position is not None)

    @property
    def max_positional(self) -> int | None:
        """How many positional arguments a call may have; None: any number."""
        if any(each.kind == "*" for each in self.parameters):
            return None
        return len(self.positional)

    @property
    def takes_any_keyword(self) -> bool:
        return any(each.kind == "**" for each in self.parameters)

    @property
    def keywords(self) -> frozenset[str]:
        """The names that a call may give as keywords, beyond what `**` takes."""
        kinds = {"positional", "keyword-only"}
        return frozenset(each.name for each in self.parameters if each.kind in kinds)

    def accepts(self, keyword: str) -> bool:
        """Whether a call with this keyword is one that Python lets through."""
        return self.takes_any_keyword or keyword in self.keywords


@dataclass(frozen=True, slots=True)
class Deprecation:
    """Since when Streamlit warns (or documents it), and the date it announced for the removal."""

    since: Version
    removal_date: str | None


@dataclass(frozen=True, slots=True)
class ConfigOption:
    """A config option in one release.

    Attributes:
        scriptable: whether `st.set_option` may set it in that release.
        deprecated: whether it is deprecated in that release.
        replaced_by: the option that Streamlit itself names as its successor.
    """

    name: str
    scriptable: bool
    deprecated: bool
    replaced_by: str | None


@dataclass(frozen=True, slots=True)
class Successor:
    """What takes the place of a name or of one of its parameters.

    Attributes:
        new: the qualified name, the parameter, or None where there is nothing to put in its place.
        kind: `rename`: the same under another name; `rewrite`: a codemod can change the code around
            it; `manual`: a person has to.
        since: the oldest release with the successor; None if it is not Streamlit's.
        deprecated: the release that began to warn, where the table cannot tell.
        note: what differs, for the finding.
        source: where that is said.
    """

    old: str
    parameter: str | None
    new: str | None
    kind: Literal["rename", "rewrite", "manual"]
    since: Version | None
    deprecated: Version | None
    note: str
    source: str
