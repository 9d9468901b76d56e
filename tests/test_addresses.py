from __future__ import annotations

import pytest

from sis_migrate.addresses import without_secrets

TEXTS = [
    pytest.param("lib @ https://me:pw@h/x.whl", "lib @ https://****@h/x.whl", id="a password"),
    pytest.param("-e git+ssh://tok@h/x#egg=x", "-e git+ssh://****@h/x#egg=x", id="a user"),
    pytest.param("https://me:p@ss/w:rd@h/x", "https://****@h/x", id="any character"),
    pytest.param("https://h/x.whl?token=abc#egg=x", "https://h/x.whl?****#egg=x", id="a query"),
    pytest.param("https://h/t/abc-1/main::x", "https://h/t/****/main::x", id="a token of conda's"),
    pytest.param("git+https://h:84/x.git@v1", "git+https://h:84/x.git@v1", id="a port and a tag"),
    pytest.param("https://h/x?a=b: why", "https://h/x?****: why", id="a colon behind it"),
    pytest.param("name@h, a: b@c", "name@h, a: b@c", id="no address"),
]


@pytest.mark.parametrize(("text", "expected"), TEXTS)
def test_leaves_out_what_lets_somebody_in(text: str, expected: str) -> None:
    assert without_secrets(text) == expected
    assert without_secrets(expected) == expected
