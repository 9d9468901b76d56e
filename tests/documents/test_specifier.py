from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from packaging.specifiers import SpecifierSet

from sis_migrate.documents.matchspec import parse_spec
from sis_migrate.documents.specifier import translate

SAID = [
    pytest.param("", "", id="nothing is any version"),
    pytest.param("*", "", id="a star is any version"),
    pytest.param("*,*", "", id="stars in a list are any version"),
    pytest.param("*|1.2", "", id="a star as an alternative is any version"),
    pytest.param("=1", "==1.*", id="one component is a prefix"),
    pytest.param("=1.2", "==1.2.*", id="two components are a prefix"),
    pytest.param("=1.2.3", "==1.2.3", id="three components are exact on a warehouse"),
    pytest.param("=4.8.0.76", "==4.8.0.76", id="four components are exact"),
    pytest.param("=1.2.3.*", "==1.2.3.*", id="a star keeps the prefix"),
    pytest.param("=1.2*", "==1.2.*", id="a star without a dot"),
    pytest.param("1.2.*", "==1.2.*", id="a prefix after a blank"),
    pytest.param("==1.2.*", "==1.2.*", id="a prefix behind =="),
    pytest.param("1.2", "==1.2", id="a version after a blank is exact"),
    pytest.param("==1.2", "==1.2", id="an exact version"),
    pytest.param("===1.2", "==1.2", id="three equal signs"),
    pytest.param("!=1.2", "!=1.2", id="not a version"),
    pytest.param("!=1.2.*", "!=1.2.*", id="not a prefix"),
    pytest.param(">=1.2,<2", ">=1.2,<2", id="a range"),
    pytest.param(">=1.2,>=1.2", ">=1.2", id="the same twice"),
    pytest.param(">=1.2.*", ">=1.2", id="a star that means nothing"),
    pytest.param("<2.0a0", "<2.0", id="the idiom that excludes pre-releases"),
    pytest.param("<2.0a", "<2.0", id="the idiom without a number"),
    pytest.param("<2.dev0", "<2", id="the idiom with dev"),
    pytest.param("~=1.2.3", "~=1.2.3", id="compatible releases"),
    pytest.param("=1.2rc1", "==1.2rc1", id="a pre-release is no prefix"),
    pytest.param("=1.2-rc1", "==1.2rc1", id="a pre-release with a dash"),
    pytest.param("1.2.post1", "==1.2.post1", id="a post-release"),
    pytest.param("=1!1.2", "==1!1.2.*", id="an epoch"),
    pytest.param("=1.2.*|1.3.*", ">=1.2,<1.4", id="alternatives that touch"),
    pytest.param("1.3.*|1.2.*", ">=1.2,<1.4", id="alternatives that touch, the wrong way round"),
    pytest.param("1.2.*|>=1.3", ">=1.2", id="alternatives that touch, without an end"),
    pytest.param("<1.3|>=1.2,<2", "<2", id="alternatives that overlap, without a beginning"),
    pytest.param("1.*|1.2.*", "==1.*", id="an alternative within another"),
    pytest.param("=1!1.*|1!2.*", ">=1!1,<1!3", id="alternatives in an epoch"),
]


@pytest.mark.parametrize(("constraint", "expected"), SAID)
def test_says_the_same(constraint: str, expected: str) -> None:
    translation = translate(constraint)
    assert (translation.specifier, translation.notes) == (expected, ())
    assert not translation.manual


NARROWED = [
    pytest.param("=1.22.0|1.26.0", "", "==1.26.0", "alternatives", id="alternatives apart"),
    pytest.param("1.26.0|1.22.0", "", "==1.26.0", "alternatives", id="the higher one first"),
    pytest.param(">1|<0.5", "", ">1", "alternatives", id="alternatives that are no ranges"),
    pytest.param("!=1.2|1.2.*", "", "!=1.2", "alternatives", id="an alternative with a hole"),
    pytest.param("0.*|<0,1.*", "", "<0,==1.*", "alternatives", id="an alternative of nothing"),
    pytest.param("0.*|<1,>=2", "", "<1,>=2", "alternatives", id="an alternative the wrong way"),
    pytest.param("=1.2_1", "", "==1.2", "suffix", id="a suffix of conda's"),
    pytest.param("=1.2+cu118", "", "==1.2", "local", id="a local version"),
    pytest.param("1.2", "py_0", "==1.2", "build", id="a build"),
    pytest.param("", "*mkl*", "", "build", id="only a build"),
    pytest.param("1.2|*", "py_0", "", "build", id="a build of any version"),
]


@pytest.mark.parametrize(("constraint", "build", "expected", "words"), NARROWED)
def test_says_less_and_why(constraint: str, build: str, expected: str, words: str) -> None:
    translation = translate(constraint, build)
    assert translation.specifier == expected
    assert words in translation.notes[0]
    assert not translation.manual


UNSAYABLE = [
    pytest.param("=2023c", id="a letter"),
    pytest.param("=1.1.1t", id="a letter behind three components"),
    pytest.param("9e", id="a letter alone"),
    pytest.param("=1.*.3", id="a star in the middle"),
    pytest.param("^1[.]2$", id="a regular expression"),
    pytest.param("(>=1,<2)|>3", id="parentheses"),
    pytest.param("~=1", id="compatible with one component"),
    pytest.param(">=*", id="at least a star"),
    pytest.param(">=1.2,", id="nothing behind a comma"),
]


@pytest.mark.parametrize("constraint", UNSAYABLE)
def test_says_that_it_cannot_be_said(constraint: str) -> None:
    translation = translate(constraint)
    assert translation.manual
    assert translation.specifier == ""
    assert translation.notes


def test_a_star_for_the_build_is_any_build() -> None:
    assert not translate("1.2", "*").notes


releases = st.lists(st.integers(0, 12), min_size=1, max_size=4).map(
    lambda parts: ".".join(map(str, parts))
)
versions = st.one_of(releases, releases, releases.map(lambda release: f"1!{release}"))
atoms = st.one_of(
    st.tuples(st.sampled_from([">=", "<=", ">", "<", "!=", "==", "", "="]), versions).map("".join),
    versions.map(lambda v: f"~={v}"),
    versions.map(lambda v: f"{v}.*"),
    versions.map(lambda v: f"!={v}.*"),
)
constraints = st.lists(
    st.lists(atoms, min_size=1, max_size=3).map(",".join), min_size=1, max_size=3
).map("|".join)


@settings(deadline=None)  # a shared machine may be slow
@given(constraints)
def test_every_specifier_is_valid(constraint: str) -> None:
    SpecifierSet(translate(constraint).specifier)


# Where conda, as py-rattler implements it, and Snowflake's warehouse or PEP 440 differ.
#   `=1.2.3`             conda: the prefix 1.2.3.*; the warehouse: exactly 1.2.3
#   `=1.2.*` and `1.2*`  the same everywhere
#   `!=` in a list       the same everywhere
#   `==1.2.*`            conda drops the star; here it is the prefix that pip reads: not tried
#   `~=1.2.*`            conda refuses it; here it is `~=1.2`: not tried
#   `>1.2`               conda admits 1.2.0.1 and 1.2.post1, PEP 440 not the latter: no post here
def _in_conda(constraint: str) -> Any:
    rattler = pytest.importorskip("rattler", reason="py-rattler is not installed")
    return rattler.MatchSpec(
        f"pkg {_exact_pins(constraint)}" if constraint else "pkg", strict=False
    )


def _exact_pins(constraint: str) -> str:
    """The constraint with `=1.2.3` as the warehouse reads it."""
    parts = (part.split(",") for part in constraint.split("|"))
    return "|".join(",".join(map(_exact_pin, atoms)) for atoms in parts)


def _exact_pin(atom: str) -> str:
    if atom.startswith("=") and not atom.startswith("=="):
        return f"={atom}" if atom.count(".") > 1 else f"{atom[1:]}.*"
    return atom


@settings(deadline=None)  # a shared machine may be slow
@given(constraints, st.lists(versions, min_size=1, max_size=20))
def test_selects_what_conda_selects(constraint: str, candidates: list[str]) -> None:
    rattler = pytest.importorskip("rattler", reason="py-rattler is not installed")
    translation = translate(constraint)
    if translation.manual:
        return
    spec = _in_conda(constraint)
    admitted = SpecifierSet(translation.specifier)
    build = rattler.BuildString("0")
    for candidate in candidates:
        record = rattler.PackageRecord("pkg", candidate, build, 0, "noarch")
        if not translation.notes:
            assert admitted.contains(candidate) == spec.matches(record), candidate
        elif admitted.contains(candidate):
            assert spec.matches(record), candidate


starred = st.tuples(st.sampled_from(["=", " ", ">=", "!="]), versions.map(lambda v: f"{v}.*"))
bare = st.tuples(st.sampled_from(["=", "==", " ", " ==", ">=", "!=", "~="]), versions)
builds = st.tuples(st.sampled_from(["=", " "]), st.sampled_from(["py_0", "py*", "*"]))
entries = st.tuples(starred | bare, builds).map(lambda parts: "pkg" + "".join(sum(parts, ())))


@settings(deadline=None)  # a shared machine may be slow
@given(entries, st.lists(versions, min_size=1, max_size=20))
def test_selects_what_conda_selects_with_a_build(entry: str, candidates: list[str]) -> None:
    rattler = pytest.importorskip("rattler", reason="py-rattler is not installed")
    wanted, spec = parse_spec(entry), rattler.MatchSpec(entry, strict=False)
    translation = translate(wanted.version, wanted.build)
    if translation.manual:
        return
    admitted = SpecifierSet(translation.specifier)
    for candidate in candidates:
        record = rattler.PackageRecord("pkg", candidate, rattler.BuildString("py_0"), 0, "noarch")
        assert admitted.contains(candidate) == spec.matches(record), candidate
