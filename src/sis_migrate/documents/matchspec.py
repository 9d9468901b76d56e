"""One entry of a conda dependency list, such as ``numpy=1.26`` or ``conda-forge::h5py[build=py*]``.

Grammar: ``[channel[/subdir][:namespace]::]name[constraint][ build][[key=value, …]]``.
Source: "Package match specifications" in the conda documentation,
https://docs.conda.io/projects/conda-build/en/stable/resources/package-spec.html, and conda's own
behaviour where it differs: a version after a space is exact, one after ``=`` is a prefix, and a
build string turns the prefix into an exact version.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_OPTIONAL = re.compile(r"\s*\([^()]*\)\s*$")
_BRACKETS = re.compile(r"""\[((?:[^\]'"]|'[^']*'|"[^"]*")*)\]""")
_PAIR = re.compile(r"""([\w-]+)\s*=\s*('[^']*'|"[^"]*"|[^,]*)\s*(?:,|$)""")
_EXTRAS = re.compile(r"\s*[A-Za-z0-9][\w.-]*\s*(,\s*[A-Za-z0-9][\w.-]*\s*)*")
_NAME = re.compile(r"[A-Za-z0-9_][\w.+-]*")
_AROUND_COMMA = re.compile(r"\s*([,|])\s*")
_AFTER_OPERATOR = re.compile(r"(===|[=!<>~]=|[=<>])\s+")
_GLUED_BUILD = re.compile(r"(.*[^=<>!~,|])=([^=<>!~,|]+)")
_PACKAGE_FILE = re.compile(r"(?:\.conda|\.tar\.bz2|\.whl)$|^\w+://(?!.*::)")
_NO_VERSION = frozenset({"", "=", "*", "=*"})


class SpecError(ValueError):
    """The text is no match specification; the message says why, for the reader."""


@dataclass(frozen=True, slots=True)
class MatchSpec:
    """What one entry asks for.

    ``version`` is a constraint in conda's own syntax, "" for any; ``=1.2`` means a prefix, ``1.2``
    and ``==1.2`` exactly that version. ``extras`` are pip-style ones (``name[extra]=1.0``), which
    conda does not know and people write.
    """

    name: str
    version: str = ""
    build: str = ""
    channel: str = ""
    extras: tuple[str, ...] = ()


def parse_spec(text: str) -> MatchSpec:
    """Parse one entry; SpecError for what conda would refuse and for package files and URLs."""
    body = _OPTIONAL.sub("", text.split("#", 1)[0]).strip()
    if not body:
        raise SpecError("is empty")
    if _PACKAGE_FILE.search(body):
        raise SpecError("names a package file, which has no counterpart in a list of packages")
    body, keys, extras = _take_brackets(body)
    channel, body = _take_channel(body)
    match = _NAME.match(body)
    if match is None:
        raise SpecError("does not begin with a package name")
    version, build = _split_constraint(body[match.end() :].strip())
    return MatchSpec(
        name=match.group(),
        version=_plain(keys.get("version", version)),
        build=keys.get("build", build),
        channel=keys.get("channel", channel),
        extras=extras,
    )


def _take_brackets(body: str) -> tuple[str, dict[str, str], tuple[str, ...]]:
    """Split ``name[…]…``: the text without brackets, conda's keys, pip's extras."""
    keys: dict[str, str] = {}
    extras: tuple[str, ...] = ()
    for match in _BRACKETS.finditer(body):
        inside = match.group(1)
        if "=" in inside:
            keys |= {key: value.strip("'\" ") for key, value in _PAIR.findall(inside)}
        elif _EXTRAS.fullmatch(inside):
            extras = tuple(name.strip() for name in inside.split(","))
        else:
            raise SpecError(f"has brackets that say nothing: [{inside}]")
    if "url" in keys or "fn" in keys:
        raise SpecError("names a package file, which has no counterpart in a list of packages")
    rest = _BRACKETS.sub("", body)
    if "[" in rest or "]" in rest:
        raise SpecError("has an unbalanced bracket")
    return rest.strip(), keys, extras


def _take_channel(body: str) -> tuple[str, str]:
    channel, separator, rest = body.rpartition("::")
    return (channel.strip(), rest.strip()) if separator else ("", body)


def _split_constraint(rest: str) -> tuple[str, str]:
    """Split what follows the name into the version constraint and the build string."""
    if rest[:1] not in {"", "=", "<", ">", "!", "~", "*", "^"} and not rest[0].isdigit():
        raise SpecError(f"has {rest!r} after its name, which is not a version")
    parts = _AFTER_OPERATOR.sub(r"\1", _AROUND_COMMA.sub(r"\1", rest)).split()
    if len(parts) > 2:
        raise SpecError("has more than a name, a version and a build")
    version, build = (*parts, "", "")[:2]
    if build and build[0] in "<>=!~":
        raise SpecError("has two constraints without a comma between them")
    glued = _GLUED_BUILD.fullmatch(version)
    if not build and glued:
        version, build = glued.groups()
    if build and re.match(r"=[^=]", version):
        version = version[1:]
    return version, build


def _plain(version: str) -> str:
    """ "" for the several ways to ask for any version; SpecError for an operator alone."""
    if version in _NO_VERSION:
        return ""
    atoms = re.split(r"[,|]", version)
    if any(not atom.strip("=<>!~ ") for atom in atoms):
        raise SpecError("has an operator without a version")
    return version
