from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sis_migrate.documents.requirements import parse_requirements

FORMS = [
    pytest.param("pandas", ("pandas", (), ""), id="a bare name"),
    pytest.param("pandas==2.0  # why", ("pandas", (), "==2.0"), id="a pin and a comment"),
    pytest.param("pandas >= 2 , < 3", ("pandas", (), ">=2,<3"), id="a range with blanks"),
    pytest.param("pandas (>=2)", ("pandas", (), ">=2"), id="the old parentheses"),
    pytest.param("pandas[a, b]~=2.0 ; x", ("pandas", ("a", "b"), "~=2.0"), id="extras and marker"),
    pytest.param("a==1 --hash=sha256:0 \\", ("a", (), "==1"), id="a hash"),
    pytest.param("foo @ https://host/foo.whl", ("foo", (), ""), id="a name with an address"),
    pytest.param("./wheels/foo_bar-1-py3-none-any.whl", ("foo_bar", (), ""), id="a wheel"),
    pytest.param("-e git+https://host/x#egg=foo", ("foo", (), ""), id="an egg"),
]


@pytest.mark.parametrize(("text", "expected"), FORMS)
def test_reads_a_line(text: str, expected: tuple[str, tuple[str, ...], str]) -> None:
    (line,) = parse_requirements(text).lines
    assert (line.name, line.extras, line.specifier) == expected


@pytest.mark.parametrize(
    "text",
    ["", "# pandas", "-r more.txt", "--hash=x", "https://host/x.whl", "./x.whl", "git+https://h/x"],
)
def test_passes_over_what_names_no_project(text: str) -> None:
    assert parse_requirements(text).lines == ()


def test_gives_the_files_that_are_included() -> None:
    text = "-r a.txt\n --requirement=b.txt\n-rc.txt\n# -r d.txt\n"
    assert parse_requirements(text).includes == ("a.txt", "b.txt", "c.txt")


def test_gives_places() -> None:
    text = "# c\r\npandas == 2.0 # x\r\nnumpy\r\n"
    pandas, numpy = parse_requirements(text).lines
    assert text[pandas.start : pandas.end] == "== 2.0"
    assert (pandas.number, numpy.number) == (2, 3)
    assert pandas.with_specifier(">=2") == "pandas >=2 # x"
    assert numpy.with_specifier(">=2") == "numpy>=2"
    assert text[: numpy.start] == "# c\r\npandas == 2.0 # x\r\nnumpy"


def test_joins_lines_that_end_in_a_backslash() -> None:
    text = 'a>=1, \\\r\n  <2 ; \\\r\n  x == "1"\r\nb # c \\\r\nd \\\r\n'
    a, b, d = parse_requirements(text).lines
    assert (a.specifier, a.marker, text[a.start : a.end]) == (">=1,<2", 'x == "1"', a.raw[1:13])
    assert [line.number for line in (a, b, d)] == [1, 4, 5]
    assert (b.requirement, d.requirement) == ("b", "d")


UNREAD = ["???", "pandas 2.0", "Not A Req", "requests[", "${FOO}", "$FOO", "a (2.0)"]


@pytest.mark.parametrize("text", UNREAD)
def test_keeps_apart_what_no_installer_can_read(text: str) -> None:
    found = parse_requirements(f"pandas\n{text}  # why\n")
    assert [line.name for line in found.lines] == ["pandas"]
    assert [(option.text, option.number) for option in found.unread] == [(text, 2)]


@pytest.mark.parametrize(
    "text",
    [
        "# c",
        "a",
        "a # c",
        "a==1 ; x",
        "a --hash=x",
        "-e .",
        "./a",
        "/a",
        "git+ssh://h/x",
        "a \\",
        "",
    ],
)
def test_finds_nothing_unread_in_what_is_read(text: str) -> None:
    assert parse_requirements(text).unread == ()


ADDRESSES = [
    pytest.param("foo@git+https://h/x", "git+https://h/x", id="without blanks"),
    pytest.param("foo[a] @ file:///x/y.whl ; x", "file:///x/y.whl", id="extras and a marker"),
    pytest.param("git+ssh://git@h/x#egg=foo", "git+ssh://git@h/x#egg=foo", id="no name"),
]


@pytest.mark.parametrize(("text", "address"), ADDRESSES)
def test_tells_an_address_from_its_name(text: str, address: str) -> None:
    (line,) = parse_requirements(text).lines
    assert (line.direct, line.address) == (True, address)


@settings(deadline=None)  # a shared machine may be slow
@given(st.text(alphabet="ab=[]<> ,;#-r.1\n\r@\\", max_size=60))
def test_never_fails(text: str) -> None:
    for line in parse_requirements(text).lines:
        assert text[line.start : line.end] == line.raw[line.column :][: line.end - line.start]


AS_INSTALLERS_READ = [
    pytest.param("pandas [x, y] >= 2 # c", "pandas[x,y]>=2", id="blanks and a comment"),
    pytest.param('a==1;python_version<"4"  # c', 'a==1 ; python_version<"4"', id="a marker"),
    pytest.param("a==1 ; x --hash=sha256:0 \\", "a==1 ; x", id="a marker and a hash"),
    pytest.param("a @ https://h/a.whl  # c", "a @ https://h/a.whl", id="an address"),
    pytest.param("./w/a-1-x.whl --hash=sha256:0", "./w/a-1-x.whl", id="a wheel"),
]


@pytest.mark.parametrize(("text", "requirement"), AS_INSTALLERS_READ)
def test_gives_a_line_as_installers_read_it(text: str, requirement: str) -> None:
    (line,) = parse_requirements(text).lines
    assert line.requirement == requirement
    assert line.direct is ("a @" in text or ".whl" in text)


def test_gives_options_and_constraints() -> None:
    found = parse_requirements(
        "-c limits.txt\n--pre # c\n-e .\ngit+https://h/x\ngit+https://h/x#egg=foo\n./x-1.whl\n-r a\n"
    )
    assert [reference.file for reference in found.limited_by] == ["limits.txt"]
    assert [(option.text, option.number) for option in found.options] == [
        ("-c limits.txt", 1),
        ("--pre", 2),
        ("-e .", 3),
        ("git+https://h/x", 4),
    ]


@pytest.mark.parametrize(
    ("text", "hashed"),
    [
        ("a==1 --hash=sha256:0\n", True),
        ("a==1 \\\n    --hash=sha256:0\n", True),
        ("--require-hashes\n", True),
        ("a==1 # --hash=sha256:0\n", False),
        ("--hashes\n", False),
    ],
)
def test_knows_hashes(text: str, hashed: bool) -> None:
    assert parse_requirements(text).hashed is hashed
