"""Whether an edited text is still a Python file, and one that the container's Python 3.11 takes."""

from __future__ import annotations

import io
import re
import tokenize
import warnings
from contextlib import suppress

from sis_migrate.python.source import ParseError, parse_text

# From 3.12 on an f-string is several tokens, and may hold its own quotes again (PEP 701).
_START: int = getattr(tokenize, "FSTRING_START", -1)
_MIDDLE: int = getattr(tokenize, "FSTRING_MIDDLE", -1)
_END: int = getattr(tokenize, "FSTRING_END", -1)
_PREFIX = re.compile(r"[A-Za-z]*")


def fault(old: str, new: str, name: str) -> str:
    """Why ``new`` cannot take the place of ``old``, "" where it can.

    A fault that ``old`` has as well is none: what the compiler says to it, and f-strings that only
    Python 3.12 parses.
    """
    # The compiler sees more than the parser: a keyword given twice, a late `__future__` import.
    refusal = _compile_error(new, name)
    if refusal:
        try:
            parse_text(new, name)
        except ParseError as error:
            return f"the edited file would not parse ({error}, line {error.line})"
        if not _compile_error(old, name):
            return f"the edited file would not compile ({refusal})"
    if _newer_formats(new) > _newer_formats(old):
        return "the edited file would have an f-string that Python 3.11 does not parse"
    return ""


def _compile_error(text: str, name: str) -> str:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(text, name, "exec", dont_inherit=True)
    except SyntaxError as error:
        return f"{error.msg}, line {error.lineno}"
    except (ValueError, RecursionError, MemoryError) as error:
        return str(error) or type(error).__name__
    return ""


def _newer_formats(text: str) -> int:
    """The number of places in f-strings that Python 3.11 does not parse (0 when run on it)."""
    if _START < 0:
        return 0
    count = 0
    quotes: list[str] = []
    with suppress(tokenize.TokenError, SyntaxError):
        for token in tokenize.generate_tokens(io.StringIO(text, newline="").readline):
            if quotes and token.type not in (_MIDDLE, _END):
                count += _is_newer(token, quotes)
            if token.type == _START:
                quotes.append(_PREFIX.sub("", token.string, count=1))
            elif token.type == _END:
                quotes.pop()
    return count


def _is_newer(token: tokenize.TokenInfo, quotes: list[str]) -> bool:
    """Whether a token in an expression of f-strings with these quotes needs Python 3.12."""
    if token.type == tokenize.NL:
        return any(len(quote) == 1 for quote in quotes)
    if token.type == tokenize.COMMENT or "\\" in token.string:
        return True
    return any(quote in token.string for quote in quotes)
