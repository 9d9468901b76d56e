"""Bytes to text and back without losing one of them."""

from __future__ import annotations

import codecs
import io
import re
import tokenize
from dataclasses import dataclass

_NEWLINE = re.compile(r"\r\n|\r|\n")


class TextError(Exception):
    """The bytes are not text that can be edited; the message says why, for the reader."""

    def __init__(self, message: str, line: int | None = None) -> None:
        super().__init__(message)
        self.line = line


@dataclass(frozen=True, slots=True)
class TextFile:
    """A decoded file: ``text`` has the file's own line ends and no byte order mark."""

    text: str
    encoding: str
    bom: bytes = b""

    @property
    def newline(self) -> str:
        """The line end of the first line, ``\\n`` where there is none."""
        match = _NEWLINE.search(self.text)
        return match.group() if match else "\n"

    def encode(self, text: str) -> bytes:
        """``text`` as this file's bytes; TextError where its encoding lacks a character."""
        try:
            return self.bom + text.encode(self.encoding)
        except UnicodeEncodeError as error:
            raise TextError(
                f"the file's encoding, {self.encoding}, has no {error.object[error.start]!r}"
            ) from error
        except UnicodeError as error:  # codecs such as idna, which encode more than characters
            raise TextError(f"cannot be encoded as {self.encoding}: {error}") from error


def decode(data: bytes, *, python: bool = False) -> TextFile:
    """Decode a file: by its BOM, by its PEP 263 comment when ``python``, else as UTF-8.

    Raises TextError, with the line where it is known, for bytes that do not decode, for NUL bytes
    and for text that would not encode to the same bytes again.
    """
    bom = codecs.BOM_UTF8 if data.startswith(codecs.BOM_UTF8) else b""
    encoding = _python_encoding(data) if python else "utf-8"
    try:
        text = data[len(bom) :].decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, len(bom) + error.start) + 1
        raise TextError(
            f"not valid {encoding}: byte 0x{data[len(bom) + error.start]:02x}", line
        ) from error
    except (LookupError, ValueError) as error:  # codecs that are none for source code, such as hex
        raise TextError(f"cannot be decoded as {encoding}: {error}", 1) from error
    if "\0" in text:
        raise TextError("contains a NUL byte", text.count("\n", 0, text.index("\0")) + 1)
    result = TextFile(text, encoding, bom)
    if result.encode(text) != data:
        raise TextError(f"does not survive decoding and encoding as {encoding}")
    return result


def _python_encoding(data: bytes) -> str:
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
    except SyntaxError as error:
        if b"coding" not in b"".join(data.splitlines(keepends=True)[:2]):
            return "utf-8"  # whose decoding tells which byte is wrong
        raise TextError(str(error.msg), 1) from error
    return "utf-8" if encoding == "utf-8-sig" else encoding


class Lines:
    """Line and column arithmetic for one text; lines end as Python's own tokenizer ends them."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.starts = [0, *(match.end() for match in _NEWLINE.finditer(text))]

    def offset(self, line: int, column: int) -> int:
        """The offset of a 1-based line and 0-based code-point column."""
        return self.starts[line - 1] + column

    def offset_utf8(self, line: int, column: int) -> int:
        """The offset of a 1-based line and 0-based UTF-8 byte column, as ``ast`` counts them."""
        start = self.starts[line - 1]
        end = self.starts[line] if line < len(self.starts) else len(self.text)
        content = self.text[start:end]
        if content.isascii():
            return start + column
        return start + len(
            content.encode("utf-8", "surrogatepass")[:column].decode("utf-8", "ignore")
        )

    def position(self, offset: int) -> tuple[int, int]:
        """The 1-based line and 1-based code-point column of an offset."""
        low, high = 0, len(self.starts)
        while high - low > 1:
            middle = (low + high) // 2
            if self.starts[middle] <= offset:
                low = middle
            else:
                high = middle
        return low + 1, offset - self.starts[low] + 1

    def end_of_line(self, offset: int) -> int:
        """The offset just past the line end of the line that ``offset`` is in."""
        line, _ = self.position(offset)
        return self.starts[line] if line < len(self.starts) else len(self.text)
