"""Use `map` of pandas where the app's pandas has it.

**What it does.** `applymap` of data frames and their styles becomes `map`, if the dependency file asks
for pandas 2.1 or later. If it lets pandas 3 in besides older ones, the use is reported.

**Why.** pandas 3, which Streamlit admits from 1.56 on, has no `applymap`; pandas before 2.1 has no
`map` of data frames. Which is right is decided by what the dependency file admits.

**Example.** Nothing is edited without a dependency file: SIS201 keeps pandas below 3 in the one that it
writes, where `applymap` works. The first lines below are those of an app whose `requirements.txt` has
`pandas>=2.2`; here they stay.

Before:

```python
import pandas as pd

pd.DataFrame({"a": [1]}).style.applymap(lambda value: "color: red")
```

After:

```python
import pandas as pd

pd.DataFrame({"a": [1]}).style.applymap(lambda value: "color: red")
```

**What it leaves.** Apps whose pandas stays below 3 or is not listed.

**Safety.** Safe.

**Source.** "What's new in 2.1.0", https://pandas.pydata.org/docs/whatsnew/v2.1.0.html, and "What's new
in 3.0.0", https://pandas.pydata.org/docs/whatsnew/v3.0.0.html
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from sis_codemods.dependencies.target import Action, find_target
from sis_migrate.codemod import AppContext, PythonCodemod
from sis_migrate.documents.matchspec import SpecError, parse_spec
from sis_migrate.documents.pyproject import read_pyproject
from sis_migrate.documents.requirements import parse_requirements
from sis_migrate.documents.specifier import translate
from sis_migrate.model import Edit, Finding, Item, Safety
from sis_migrate.python.module import Module
from sis_migrate.textfile import TextError

if TYPE_CHECKING:
    import libcst as cst

_OLD, _NEW = "applymap", "map"
_CONDA_LINE = re.compile(r"""^\s*-\s*["']?([\w.-]+::)?(pandas\b[^"'#\n]*)""", re.MULTILINE)
_BEFORE_MAP = ("1.0.0", "1.5.3", "2.0.0", "2.0.3")

codemod = PythonCodemod(
    __name__,
    code="SIS351",
    name="applymap",
    summary="`applymap` of pandas becomes `map`",
    item=Item.DEPS,
    safety=Safety.SAFE,
    triggers=(_OLD.encode(),),
    app_triggers=(_OLD.encode(),),
)


@codemod.on_app
def uses(context: AppContext) -> Iterator[Edit | Finding]:
    """Look at each use, with the pandas that the dependency file asks for."""
    asked = _asked_for(context)
    if asked is None:
        return
    has_map = not _admits(asked, _BEFORE_MAP)
    if not has_map and not _admits(asked, ("3.0.0",)):
        return
    for module in context.modules.values():
        for node in module.source.nodes(ast.Attribute):
            if node.attr == _OLD and isinstance(node.ctx, ast.Load):
                yield _use(module, node, has_map=has_map)


def _use(module: Module, node: ast.Attribute, *, has_map: bool) -> Edit | Finding:
    if has_map:
        return module.rewrite(node, _renamed, "applymap() of pandas is map() from 2.1 on")
    return module.find(
        node,
        "pandas 3 has no applymap(), and the dependency file lets it in",
        remedy="Ask for `pandas<3` there; or for `pandas>=2.1`, and write `map` here.",
    )


def _asked_for(context: AppContext) -> str | None:
    """The specifier of pandas; None where it is not listed."""
    from packaging.utils import canonicalize_name

    target = find_target(context.app, context.workspace, context.settings)
    if target.action is not Action.COMPLETE:
        return _of_environment(context)
    try:
        text = context.workspace.read(target.path).text
    except (OSError, TextError):
        return None
    is_toml = target.path.suffix == ".toml"
    lines = read_pyproject(text).requires if is_toml else parse_requirements(text).lines
    return next((li.specifier for li in lines if canonicalize_name(li.name) == "pandas"), None)


def _of_environment(context: AppContext) -> str | None:
    """What environment.yml asks for, where that says a version; else SIS201 keeps pandas below 3."""
    if context.app.environment_file is None:
        return None
    try:
        text = context.workspace.read(context.app.environment_file).text
        match = _CONDA_LINE.search(text)
        found = translate(parse_spec(match[2]).version) if match else None
    except (OSError, TextError, SpecError):
        return None
    return f"{found.specifier},<3" if found and found.specifier else None


def _admits(specifier: str, versions: tuple[str, ...]) -> bool:
    from packaging.specifiers import InvalidSpecifier, SpecifierSet

    try:
        asked = SpecifierSet(specifier)
    except InvalidSpecifier:
        return True
    older = any(asked.contains(version) for version in versions)
    exact = [c.version for c in asked if c.operator in {"==", "==="}]
    return older or (versions is _BEFORE_MAP and any(_is_before_map(v) for v in exact))


def _is_before_map(version: str) -> bool:
    """Whether a version of an exact pin, ``1.4.*`` or ``2.0.1``, is one without ``map``."""
    parts = [int(part) for part in version.split(".")[:2] if part.isdigit()]
    return parts < [2, 1]


def _renamed(node: cst.CSTNode) -> cst.CSTNode:
    import libcst

    assert isinstance(node, libcst.Attribute)
    return node.with_changes(attr=node.attr.with_changes(value=_NEW))
