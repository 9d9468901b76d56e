from __future__ import annotations

import codecs
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sis_codemods.dependencies.channel import ChannelError, names_in, unknown
from sis_codemods.dependencies.larger_map import NO_MAP, Larger

CHANNELDATA = {
    "channeldata_version": 1,
    "packages": {"pandas": {"version": "2.2.3"}, "acme-sdk": {}, "libfoo": None},
    "subdirs": ["noarch"],
}
REPODATA = {
    "info": {"subdir": "linux-64"},
    "packages": {
        "pandas-2.2.3-py311_0.tar.bz2": {"name": "pandas"},
        "libfoo-1.0-h1_0.tar.bz2": {},
    },
    "packages.conda": {
        "acme-sdk-1.0-py311_0.conda": {"name": "acme-sdk"},
        "acme-sdk-1.1-py311_0.conda": {"name": "acme-sdk"},
    },
}
ROWS = [
    {"PACKAGE_NAME": "pandas", "VERSION": "2.2.3", "LANGUAGE": "python"},
    {"PACKAGE_NAME": "acme-sdk", "VERSION": "1.0", "LANGUAGE": "python"},
    {"PACKAGE_NAME": "com.snowflake:snowpark", "VERSION": "1.0", "LANGUAGE": "java"},
    {"package_name": "libfoo"},
    {"PACKAGE_NAME": None},
    "a line",
]

LISTS = [
    pytest.param(CHANNELDATA, id="channeldata.json"),
    pytest.param(REPODATA, id="repodata.json"),
    pytest.param(ROWS, id="rows"),
    pytest.param([[], ROWS], id="rows of the second of two statements"),
]


def saved(folder: Path, document: Any) -> Path:
    path = folder / "list.json"
    path.write_text(json.dumps(document))
    return path


@pytest.mark.parametrize("document", LISTS)
def test_reads_the_names(tmp_path: Path, document: Any) -> None:
    assert names_in(saved(tmp_path, document)) == ("acme-sdk", "libfoo", "pandas")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_reads_what_a_shell_has_written(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "list.json"
    path.write_bytes(json.dumps(ROWS).encode(encoding))
    assert len(names_in(path)) == 3


def test_finds_the_names_that_nobody_knows() -> None:
    names = ("acme-sdk", "libfoo", "pandas", "snowbooks", "ours", "theirs")
    larger = Larger({"theirs": ("theirs",)})
    assert unknown(names, {"ours": "our-project"}, larger) == ("acme-sdk",)
    assert unknown(names, {}, NO_MAP) == ("acme-sdk", "ours", "theirs")


WRONG = [
    pytest.param(b"", "not JSON", id="nothing"),
    pytest.param(b"<html>", "not JSON", id="a page"),
    pytest.param(b"\xff\xfe\xfa", "not JSON", id="no text"),
    pytest.param(b"[" * 100_000, "not JSON", id="endless depth"),
    pytest.param(b"7", "lists no packages", id="a number"),
    pytest.param(b'{"packages": ["pandas"]}', "lists no packages", id="another shape"),
    pytest.param(b'[{"NAME": "pandas"}]', "lists no packages", id="another query"),
    pytest.param(codecs.BOM_UTF8 + b"{}", "lists no packages", id="an empty object"),
]


@pytest.mark.parametrize(("data", "words"), WRONG)
def test_says_what_to_save_instead(tmp_path: Path, data: bytes, words: str) -> None:
    path = tmp_path / "list.json"
    path.write_bytes(data)
    with pytest.raises(ChannelError, match=words) as caught:
        names_in(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert "save a conda channel's channeldata.json" in str(caught.value)


def test_says_when_the_file_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(ChannelError, match="absent: cannot be read: No such file"):
        names_in(tmp_path / "absent")


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["packages", "packages.conda", "PACKAGE_NAME", "name", "a-1-0.conda"]),
            inner,
            max_size=3,
        )
    ),
    max_leaves=12,
)


@given(_VALUES)
def test_any_document_gives_names_or_a_word(
    tmp_path_factory: pytest.TempPathFactory, document: Any
) -> None:
    path = saved(tmp_path_factory.getbasetemp(), document)
    try:
        names = names_in(path)
    except ChannelError:
        return
    assert names
    assert all(name.strip() for name in names)
