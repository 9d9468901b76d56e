"""Addresses in texts for people."""

from __future__ import annotations

import re

_PASSWORD = re.compile(r"://[^\s/:@`]*:(?!\d+/)[^\s`]*@")
_USER = re.compile(r"://[^\s/@`]+@")
_QUERY = re.compile(r"(://[^\s?`]+\?)[^\s`'\")#]*[^\s`'\")#:,]")
_CONDA_TOKEN = re.compile(r"(?<=/t/)[^/\s]+(?=/)")


def without_secrets(text: str) -> str:
    """A text without what lets somebody in: names, passwords and queries of its addresses.

    A password may have any character in it, so it ends at the last ``@`` of its word. conda writes
    tokens as a folder behind ``t``.
    """
    text = _USER.sub("://****@", _PASSWORD.sub("://****@", text))
    return _CONDA_TOKEN.sub("****", _QUERY.sub(r"\1****", text))
