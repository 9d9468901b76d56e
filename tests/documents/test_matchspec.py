from __future__ import annotations

import pytest

from sis_migrate.documents.matchspec import MatchSpec, SpecError, parse_spec

FORMS = [
    pytest.param("numpy", MatchSpec("numpy"), id="a bare name"),
    pytest.param("  numpy  ", MatchSpec("numpy"), id="blanks around a name"),
    pytest.param("NumPy", MatchSpec("NumPy"), id="the case of a name is kept"),
    pytest.param("numpy=1.26", MatchSpec("numpy", "=1.26"), id="a prefix"),
    pytest.param("numpy = 1.26", MatchSpec("numpy", "=1.26"), id="a prefix with blanks"),
    pytest.param("numpy 1.26", MatchSpec("numpy", "1.26"), id="a version after a blank"),
    pytest.param("numpy==1.26", MatchSpec("numpy", "==1.26"), id="an exact version"),
    pytest.param("numpy=", MatchSpec("numpy"), id="the package picker's empty version"),
    pytest.param("numpy=*", MatchSpec("numpy"), id="any version by a star"),
    pytest.param("numpy *", MatchSpec("numpy"), id="a star after a blank"),
    pytest.param("numpy=1.26.*", MatchSpec("numpy", "=1.26.*"), id="a prefix with a star"),
    pytest.param("numpy >=1.2, <2", MatchSpec("numpy", ">=1.2,<2"), id="a list with blanks"),
    pytest.param("numpy>= 1.2", MatchSpec("numpy", ">=1.2"), id="a blank behind the operator"),
    pytest.param("numpy=1.2|1.3.*", MatchSpec("numpy", "=1.2|1.3.*"), id="alternatives"),
    pytest.param("numpy=1.2=py_0", MatchSpec("numpy", "1.2", "py_0"), id="a build behind ="),
    pytest.param("numpy 1.2 py_0", MatchSpec("numpy", "1.2", "py_0"), id="a build after a blank"),
    pytest.param("numpy==1.2=*mkl*", MatchSpec("numpy", "==1.2", "*mkl*"), id="a build pattern"),
    pytest.param("numpy=*=*mkl*", MatchSpec("numpy", "", "*mkl*"), id="only a build"),
    pytest.param("numpy=1!1.2", MatchSpec("numpy", "=1!1.2"), id="an epoch"),
    pytest.param("conda-forge::numpy", MatchSpec("numpy", channel="conda-forge"), id="a channel"),
    pytest.param(
        "main/linux-64::numpy>1",
        MatchSpec("numpy", ">1", channel="main/linux-64"),
        id="a channel with a platform",
    ),
    pytest.param(
        "https://host/pkgs/main::numpy",
        MatchSpec("numpy", channel="https://host/pkgs/main"),
        id="a channel by its address",
    ),
    pytest.param("numpy[version='>=1,<2']", MatchSpec("numpy", ">=1,<2"), id="version in brackets"),
    pytest.param("numpy[version=1.2]", MatchSpec("numpy", "1.2"), id="bare version in brackets"),
    pytest.param(
        "numpy=1.2[build=py_0, channel=main]",
        MatchSpec("numpy", "=1.2", "py_0", "main"),
        id="several keys in brackets",
    ),
    pytest.param(
        "dask[array, complete]=2024.1",
        MatchSpec("dask", "=2024.1", extras=("array", "complete")),
        id="pip's extras",
    ),
    pytest.param("numpy # the array library", MatchSpec("numpy"), id="a comment inside"),
    pytest.param("numpy (optional)", MatchSpec("numpy"), id="conda's optional mark"),
    pytest.param("ruamel.yaml", MatchSpec("ruamel.yaml"), id="a dot in the name"),
    pytest.param("_libgcc_mutex", MatchSpec("_libgcc_mutex"), id="an underscore in front"),
]


@pytest.mark.parametrize(("text", "expected"), FORMS)
def test_reads(text: str, expected: MatchSpec) -> None:
    assert parse_spec(text) == expected


REFUSED = [
    pytest.param("", "empty", id="nothing"),
    pytest.param("# only words", "empty", id="only a comment"),
    pytest.param("*", "name", id="a star for a name"),
    pytest.param(">=1.2", "name", id="no name"),
    pytest.param("numpy==", "operator", id="an operator without a version"),
    pytest.param("numpy>=1.2,<", "operator", id="an operator without a version in a list"),
    pytest.param("numpy>=1 <2", "comma", id="two constraints without a comma"),
    pytest.param("numpy 1.2 py_0 more", "more than", id="too many parts"),
    pytest.param("numpy; python_version<'3.9'", "after its name", id="a marker of pip's"),
    pytest.param("numpy @ file:x", "after its name", id="an address of pip's"),
    pytest.param("numpy[", "bracket", id="an open bracket"),
    pytest.param("numpy[!]", "brackets", id="brackets that say nothing"),
    pytest.param("numpy-1.2-py_0.conda", "package file", id="a package file"),
    pytest.param("https://host/numpy-1.2-py_0.tar.bz2", "package file", id="an address"),
    pytest.param("numpy[url=https://host/x]", "package file", id="an address in brackets"),
]


@pytest.mark.parametrize(("text", "words"), REFUSED)
def test_refuses(text: str, words: str) -> None:
    with pytest.raises(SpecError, match=words):
        parse_spec(text)
