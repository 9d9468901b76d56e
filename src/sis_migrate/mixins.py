"""What a project file says of an entity, with what it takes from others.

Source: "About project definition files",
https://docs.snowflake.com/en/developer-guide/snowflake-cli/project-definitions/about
"""

from __future__ import annotations

from typing import Any


def effective(own: Any, mixins: Any) -> dict[str, Any]:
    """An entity's values laid over those of its mixins, lists joined, as the CLI does it."""
    values: Any = own if isinstance(own, dict) else {}
    meta = values.get("meta")
    names = meta.get("use_mixins") if isinstance(meta, dict) else None
    merged: Any = {}
    listed = names if isinstance(names, list) else [names]
    for name in listed:
        if isinstance(mixins, dict) and isinstance(name, str):
            merged = _laid_over(merged, mixins.get(name))
    return dict(_laid_over(merged, values))


def _laid_over(left: Any, right: Any) -> Any:
    if isinstance(left, dict) and isinstance(right, dict):
        return {**left, **{key: _laid_over(left.get(key), value) for key, value in right.items()}}
    if isinstance(left, list) and isinstance(right, list):
        return [*left, *(item for item in right if item not in left)]
    return left if right is None else right
