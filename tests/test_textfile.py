from __future__ import annotations

import codecs
import encodings.aliases

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sis_migrate.textfile import Lines, TextError, decode

NEWLINES = st.sampled_from(["\n", "\r\n", "\r"])
LINES = st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8))


@given(LINES, st.lists(NEWLINES), st.booleans())
def test_decoding_and_encoding_gives_the_same_bytes(
    lines: list[str], ends: list[str], bom: bool
) -> None:
    text = "".join(line + end for line, end in zip(lines, [*ends, *["\n"] * 99], strict=False))
    data = (codecs.BOM_UTF8 if bom else b"") + text.encode()
    file = decode(data)
    assert file.encode(file.text) == data


@given(st.binary(max_size=60), st.booleans())
def test_any_bytes_round_trip_or_are_refused(data: bytes, python: bool) -> None:
    try:
        file = decode(data, python=python)
    except TextError:
        return
    assert file.encode(file.text) == data


@pytest.mark.parametrize("codec", sorted({*encodings.aliases.aliases.values(), "idna", "punycode"}))
def test_a_declared_encoding_never_raises_anything_else(codec: str) -> None:
    for body in (b"x = 'abc'\n", b"x = '\xff\xfe\x80'\r\n", b"x = '+AGE-'\n"):
        try:
            file = decode(b"# coding: " + codec.encode() + b"\n" + body, python=True)
            file.encode(file.text + "\N{GRINNING FACE}")
        except TextError:
            continue


def test_the_comment_names_the_encoding_of_python_only() -> None:
    data = "# -*- coding: latin-1 -*-\nx = 'ä'\n".encode("latin-1")
    assert decode(data, python=True).text.endswith("x = 'ä'\n")
    assert decode(data, python=True).encode("ä") == b"\xe4"
    with pytest.raises(TextError, match="not valid utf-8: byte 0xe4") as caught:
        decode(data)
    assert caught.value.line == 2


def test_a_character_that_the_encoding_lacks_is_named() -> None:
    file = decode(b"# coding: ascii\n", python=True)
    with pytest.raises(TextError, match="'ä'"):
        file.encode("ä")


def test_a_codec_that_encodes_more_than_characters() -> None:
    file = decode(b"# coding: idna", python=True)
    with pytest.raises(TextError, match="idna"):
        file.encode("a" * 99 + ".")


REFUSED = {
    "NUL byte": (b"a\nb\0c", "NUL", 2),
    "NUL byte at the end": (b"x = 1\n\0", "NUL", 2),
    "unknown encoding": (b"# coding: nosuch\n", "nosuch", 1),
    "codec that is no text encoding": (b"# coding: hex\n", "hex", 1),
    "BOM and another encoding": (codecs.BOM_UTF8 + b"# coding: latin-1\n", "encoding", 1),
    "UTF-16": ("x = 1\n".encode("utf-16"), "byte 0xff", 1),
    "not UTF-8 on the second line": (b"\n# \xff\n", "byte 0xff", 2),
    "encoding that does not come back": (b"# coding: utf-7\nx = '+AGE-'\n", "utf-7", None),
    "cut off sequence": (b"ok\nok\n\xc3", "0xc3", 3),
}


@pytest.mark.parametrize(("data", "words", "line"), REFUSED.values(), ids=REFUSED)
def test_refused_with_the_reason_and_the_line(data: bytes, words: str, line: int | None) -> None:
    with pytest.raises(TextError, match=words) as caught:
        decode(data, python=True)
    assert caught.value.line == line


@pytest.mark.parametrize(
    ("text", "newline"),
    [("a", "\n"), ("a\r\nb\n", "\r\n"), ("a\rb\n", "\r"), ("a\nb\r\n", "\n")],
)
def test_the_first_line_end_is_the_files(text: str, newline: str) -> None:
    assert decode(text.encode()).newline == newline


@given(LINES, st.lists(NEWLINES))
def test_offset_and_position_are_each_others_inverse(lines: list[str], ends: list[str]) -> None:
    text = "".join(line + end for line, end in zip(lines, [*ends, *["\n"] * 99], strict=False))
    table = Lines(text)
    for offset in range(len(text) + 1):
        line, column = table.position(offset)
        assert table.offset(line, column - 1) == offset
        assert table.end_of_line(offset) >= offset
        rest = text[offset : table.end_of_line(offset)].removesuffix("\n").removesuffix("\r")
        assert "\n" not in rest
        start = table.offset(line, 0)
        assert table.offset_utf8(line, len(text[start:offset].encode())) == offset
