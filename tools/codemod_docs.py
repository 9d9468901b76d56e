"""Make docs/codemods.md and the README's checklist table from the codemods themselves.

python tools/codemod_docs.py          write both
python tools/codemod_docs.py --check  exit 1 where one of them is stale
"""

from __future__ import annotations

import sys
from pathlib import Path

from sis_migrate.checklist import TITLES
from sis_migrate.codemod import Codemod, load

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "codemods.md"
README = ROOT / "README.md"
START, END = "<!-- checklist: made by tools/codemod_docs.py -->", "<!-- end of checklist -->"


def main(arguments: list[str]) -> int:
    """Write or check the generated texts; 1 where ``--check`` finds one stale."""
    codemods = load()
    wanted = {PAGE: page(codemods), README: readme(README.read_text("utf-8"), codemods)}
    stale = [p for p, text in wanted.items() if not p.exists() or p.read_text("utf-8") != text]
    if "--check" in arguments:
        for path in stale:
            print(f"{path.relative_to(ROOT)} is stale: run python tools/codemod_docs.py")
        return 1 if stale else 0
    for path in stale:
        path.write_text(wanted[path], "utf-8")
    return 0


def page(codemods: tuple[Codemod, ...]) -> str:
    """The reference of all codemods."""
    head = (
        "# The codemods\n\nMade from the codemods' own docstrings (`migrate explain CODE` prints "
        "the same). Do not edit.\n\n| code | name | what it does | checklist | safety |\n"
        "|---|---|---|---|---|\n"
    )
    rows = [
        f"| [{c.code}](#{c.code.lower()}-{c.name}) | {c.name} | {_cell(c.summary)} | {c.item} | "
        f"{c.safety}{'' if c.default else ', only when selected'} |\n"
        for c in codemods
    ]
    parts = [f"\n## {c.code} {c.name}\n\n{c.documentation}\n" for c in codemods]
    return "".join([head, *rows, *parts])


def readme(text: str, codemods: tuple[Codemod, ...]) -> str:
    """The README with its checklist table made anew."""
    before, _, rest = text.partition(START)
    _, _, after = rest.partition(END)
    rows = [f"| {item} | {title} | {_codes(item, codemods)} |\n" for item, title in TITLES.items()]
    table = "".join(["| item | what it asks for | codemods |\n|---|---|---|\n", *rows])
    return f"{before}{START}\n{table}{END}{after}"


def _codes(item: str, codemods: tuple[Codemod, ...]) -> str:
    return ", ".join(c.code for c in codemods if c.item == item) or "by hand"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
