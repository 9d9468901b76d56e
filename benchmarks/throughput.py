"""Replace the session call in many apps: `migrate` beside a whole-file libcst codemod.

    python benchmarks/throughput.py [--files 400] [--share 0.5] [--repeat 3]

Both sides run in this one run, each in a process of its own, on the same generated files, of which
``--share`` hold the call. Times are medians; what carries over to another machine is the ratio.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HEAD = '''"""Page {n}."""

# Import python packages
import pandas as pd
import streamlit as st
{imports}

st.title("Page {n}")
{session}
'''
BLOCK = '''

def chart_{k}(frame: pd.DataFrame, column: str = "amount") -> None:
    """Draw the values of one column."""
    left, right = st.columns([2, 1])
    with left:
        st.bar_chart(frame, x="region", y=column, height=35 * len(frame) + 38)
    with right:
        for name, group in frame.groupby("region"):
            st.metric(f"{{name}}: {k}", value=round(float(group[column].sum()), 2))  # per region
'''
MIGRATE = """
import sys
from pathlib import Path
from sis_migrate.model import Settings
from sis_migrate.pipeline import plan
changes = plan([Path(sys.argv[1])], Settings(select=("SIS101",))).changes()
print(len(changes))
"""
LIBCST = """
import sys
from pathlib import Path
import libcst as cst
import libcst.matchers as m
from libcst.codemod import CodemodContext, VisitorBasedCodemodCommand
from libcst.codemod.visitors import RemoveImportsVisitor
from libcst.metadata import QualifiedNameProvider

NAME = "snowflake.snowpark.context.get_active_session"

class Replace(VisitorBasedCodemodCommand):
    METADATA_DEPENDENCIES = (QualifiedNameProvider,)
    def leave_Call(self, original_node, updated_node):
        names = self.get_metadata(QualifiedNameProvider, original_node.func, set())
        if any(name.name == NAME for name in names):
            module, _, name = NAME.rpartition(".")
            RemoveImportsVisitor.remove_unused_import(self.context, module, name)
            return cst.parse_expression('st.connection("snowflake").session()')
        return updated_node

changed = 0
for path in sorted(Path(sys.argv[1]).rglob("*.py")):
    text = path.read_text()
    if "get_active_session" in text:
        new = Replace(CodemodContext(filename=str(path))).transform_module(cst.parse_module(text))
        changed += new.code != text
print(changed)
"""


def main() -> None:
    """Generate the files, run both sides in turn, print the medians and the ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=400)
    parser.add_argument("--share", type=float, default=0.5, help="of the files, with the call")
    parser.add_argument("--repeat", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        size = generate(Path(folder), options.files, options.share)
        times: dict[str, list[float]] = {"migrate": [], "libcst": []}
        for _ in range(options.repeat):
            counts = {
                name: run(script, folder, times[name])
                for name, script in (("migrate", MIGRATE), ("libcst", LIBCST))
            }
    medians = {name: statistics.median(values) for name, values in times.items()}
    print(f"{options.files} files, {size / 1e6:.1f} MB, {counts['migrate']} changed by migrate, "
          f"{counts['libcst']} by libcst")  # fmt: skip
    for name, median in medians.items():
        print(f"{name:8} {median:6.2f} s")
    print(f"libcst / migrate: {medians['libcst'] / medians['migrate']:.1f}")


def generate(folder: Path, files: int, share: float) -> int:
    """Apps of ten pages each; returns the number of bytes written."""
    size = 0
    for n in range(files):
        wanted = n % 100 < share * 100
        text = HEAD.format(
            n=n,
            imports="from snowflake.snowpark.context import get_active_session" if wanted else "",
            session="session = get_active_session()" if wanted else "",
        )
        text += "".join(BLOCK.format(k=k) for k in range(20))
        app = folder / f"app{n // 10}"
        name = "streamlit_app.py" if n % 10 == 0 else f"pages/page_{n % 10}.py"
        path = app / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        if n % 10 == 0:
            (app / "environment.yml").write_text("channels: [snowflake]\ndependencies: [pandas]\n")
        size += len(text)
    return size


def run(script: str, folder: str, times: list[float]) -> str:
    """Run one side on the folder, note the seconds, and return the count it prints."""
    start = time.perf_counter()
    command = [sys.executable, "-c", script, folder]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    times.append(time.perf_counter() - start)
    return done.stdout.strip()


if __name__ == "__main__":
    main()
