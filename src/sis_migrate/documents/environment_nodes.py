"""The nodes of an ``environment.yml`` as YAML has them: their kinds, places and texts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from sis_migrate.model import Span

if TYPE_CHECKING:
    from yaml.nodes import MappingNode, Node

TEMPLATE = re.compile(r"<!!?.*?!!?>|<%.*?%>|\{\{.*?\}\}|\{%.*?%\}")
NULL = "tag:yaml.org,2002:null"
_COMMENT = re.compile(r"(?:^|\s)#.*")


class EnvironmentFileError(Exception):
    """The file as a whole cannot be read; the message says why, ``line`` is 1-based or None."""

    def __init__(self, message: str, line: int | None = None) -> None:
        super().__init__(message)
        self.line = line


def compose(text: str) -> MappingNode | None:
    """The mapping at the top of the file, None where it is empty; EnvironmentFileError for others."""
    import yaml

    try:
        # The pure Python loader: libyaml's marks are off by one behind a byte order mark.
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        raise EnvironmentFileError(
            _why(text, error.problem), mark.line + 1 if mark else None
        ) from error
    except yaml.YAMLError as error:
        raise EnvironmentFileError(f"not readable as YAML: {error}".splitlines()[0]) from error
    except RecursionError as error:
        raise EnvironmentFileError("nested too deeply to be an environment file") from error
    if root is None or root.tag == NULL:
        return None
    if not isinstance(root, yaml.MappingNode):
        line = root.start_mark.line + 1
        raise EnvironmentFileError("not an environment file: there are no keys at the top", line)
    return root


def _why(text: str, problem: str | None) -> str:
    if problem == "but found another document":
        return "not an environment file: there is more than one document in it"
    if TEMPLATE.search(text):
        return "a template that is not YAML before it is rendered"
    if problem and "'\\t'" in problem:
        return "not readable as YAML: a tab where only spaces may be"
    return f"not readable as YAML: {problem}"


def kind(node: Node) -> str:
    """``scalar``, ``sequence`` or ``mapping``, without importing yaml for isinstance."""
    return type(node).__name__.removesuffix("Node").lower()


def line_of(node: Node) -> int:
    """The 1-based line that a node begins in."""
    return int(node.start_mark.line) + 1


def span_of(node: Node) -> Span:
    """The place of a node."""
    start, end = node.start_mark, node.end_mark
    return Span(start.line + 1, start.column + 1, end.line + 1, end.column + 1)


def source(node: Node, lines: Sequence[str]) -> str:
    """The text of a node in one line, without comments; ``lines`` are those of the file."""
    start, end = node.start_mark, node.end_mark
    rows = [*lines[start.line : end.line], *(row[: end.column] for row in lines[end.line :][:1])]
    rows[0] = rows[0][start.column :]
    return " ".join(" ".join(_COMMENT.sub("", row) for row in rows).split())
