"""The script that makes the table, on small wheels made here: no network, no real Streamlit."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "tools" / "streamlit_api.py"

OLD = {
    "streamlit/__init__.py": """
import os as _os
from typing import TYPE_CHECKING
from streamlit.delta_generator import DeltaGenerator as _DeltaGenerator
from streamlit.caching import cache_data as _cache_data
from streamlit.commands import rerun as _rerun
from streamlit.state import State as _State
from streamlit.deprecation_util import deprecate_func_name as _deprecate_func_name

if TYPE_CHECKING:
    from streamlit.commands import stop

_main = _DeltaGenerator()
sidebar = _DeltaGenerator()
picture = _main.picture
old_box = _main.old_box
cache_data = _cache_data
state = _State()
experimental_rerun = _deprecate_func_name(_rerun, "experimental_rerun", "2030-01-31")
""",
    "streamlit/delta_generator.py": """
from streamlit.elements.picture import PictureMixin

class DeltaGenerator(PictureMixin):
    def __init__(self, parent=None): ...
    def __getattr__(self, name): ...
    @property
    def height(self): ...
""",
    "streamlit/elements/__init__.py": "",
    "streamlit/elements/picture.py": '''
from typing import overload
from streamlit.deprecation_util import deprecate_func_name, show_deprecation_warning
from streamlit.metrics import gather_metrics

class PictureMixin:
    @overload
    def picture(self, image: str) -> None: ...
    @overload
    def picture(self, image: bytes, caption: str) -> None: ...
    @gather_metrics("picture")
    def picture(self, image, caption=None, stretch=None, *, link=None, shadow=None, **kwargs):
        """Shows.

        Parameters
        ----------
        image : str
            The picture.

        shadow : bool
            Whether it has one.

            .. deprecated::
               ``shadow`` will go.

        """
        if stretch is not None:
            show_deprecation_warning("`stretch` goes after 2031-12-31")
        if "spare" in kwargs:
            show_deprecation_warning("spare")

    @staticmethod
    def box(size, /, *sides): ...

    old_box = deprecate_func_name(box, "old_box", "2029-01-01")
''',
    "streamlit/caching.py": """
class CacheAPI:
    def __init__(self, metric): ...
    def __call__(self, func=None, *, ttl): ...
    def clear(self): ...

cache_data = CacheAPI("cache_data")
""",
    "streamlit/commands.py": "def rerun(): ...\ndef stop(): ...\n",
    "streamlit/state.py": """
from typing import MutableMapping

class State(MutableMapping):
    def to_dict(self): ...
    def __getattr__(self, key): ...
""",
    "streamlit/config.py": """
from enum import Enum

class Categories(Enum):
    SIDEBAR = "sidebar"
    DARK = "dark"

_create_option("client.fast", scriptable=True, default_val=True)
_create_option("client.old", deprecated=True, replaced_by="client.fast", expiration_date="2030-01-01")
_create_theme_options("color", categories=["theme", *list(Categories)])

@_create_option("logger.level")
def _level(): ...
""",
    "streamlit/deprecation_util.py": "def deprecate_func_name(func, old_name, date): ...\n",
    "streamlit/private.py": "import json\ndef gone(): ...\ndef kept(): ...\n",
    "streamlit/proto/Thing_pb2.py": "x = 1\n",
}
# What is gone, comes back, or is new.
MIDDLE = {
    **OLD,
    "streamlit/__init__.py": OLD["streamlit/__init__.py"].split("experimental_rerun")[0],
    "streamlit/elements/picture.py": """
class PictureMixin:
    def picture(self, image, caption=None, *, link=None, alt): ...
""",
    "streamlit/private.py": "def kept(): ...\n",
}
NEW = {
    **MIDDLE,
    "streamlit/elements/picture.py": """
class PictureMixin:
    def picture(self, image, caption=None, *, stretch=None, link=None, alt): ...
""",
}
del NEW["streamlit/private.py"]


def wheel(folder: Path, version: str, files: Mapping[str, str]) -> None:
    with zipfile.ZipFile(folder / f"streamlit-{version}-py3-none-any.whl", "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)


def run(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(SCRIPT), "--offline", "--wheels", str(folder), *options]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("wheels")
    wheel(folder, "1.9.0", {"streamlit/__init__.py": "never_read = 1"})
    wheel(folder, "1.9.2", OLD)
    wheel(folder, "1.10.0", MIDDLE)
    wheel(folder, "1.11.0", NEW)
    output = folder / "api.json"
    done = run(folder, "--output", str(output))
    assert done.returncode == 0, done.stderr
    again = folder / "again.json"
    run(folder, "--output", str(again))
    assert again.read_bytes() == output.read_bytes()
    found: dict[str, Any] = json.loads(output.read_text(encoding="utf-8"))
    return found


def test_releases_are_in_order_and_the_latest_patch_counts(table: dict[str, Any]) -> None:
    assert table["versions"] == ["1.9", "1.10", "1.11"]
    assert "streamlit.never_read" not in table["names"]


def test_parameters_with_positions_kinds_and_gaps(table: dict[str, Any]) -> None:
    assert table["names"]["streamlit.DeltaGenerator.picture"]["args"] == {
        "image": ["1.9- 0!"],
        "caption": ["1.9- 1"],
        "stretch": ["1.9-1.9 2", "1.11- ="],
        "link": ["1.9- ="],
        "shadow": ["1.9-1.9 ="],
        "alt": ["1.10- =!"],
        "kwargs": ["1.9-1.9 **"],
    }
    assert table["names"]["streamlit.DeltaGenerator.box"]["args"] == {
        "size": ["1.9-1.9 /0!"],
        "sides": ["1.9-1.9 *"],
    }


def test_command_is_written_as_the_same_as_the_method(table: dict[str, Any]) -> None:
    assert table["names"]["streamlit.picture"] == {
        "in": ["1.9-"],
        "same": "streamlit.DeltaGenerator.picture",
    }
    assert table["names"]["streamlit.sidebar"]["is"] == "streamlit.DeltaGenerator"


def test_deprecations(table: dict[str, Any]) -> None:
    names = table["names"]
    assert names["streamlit.DeltaGenerator.picture"]["deprecated"] == {
        "stretch": ["1.9-1.9 2031-12-31"],
        "shadow": ["1.9-1.9"],
        "spare": ["1.9-1.9"],
    }
    assert names["streamlit.experimental_rerun"] == {
        "in": ["1.9-1.9"],
        "args": {},
        "deprecated": {"": ["1.9-1.9 2030-01-31"]},
    }
    assert names["streamlit.DeltaGenerator.old_box"]["deprecated"] == {"": ["1.9-1.9 2029-01-01"]}


def test_objects_have_the_members_of_their_class(table: dict[str, Any]) -> None:
    names = table["names"]
    assert names["streamlit.cache_data"]["args"] == {"func": ["1.9- 0"], "ttl": ["1.9- =!"]}
    assert names["streamlit.cache_data"]["closed"] == ["1.9-"]
    assert names["streamlit.cache_data.clear"]["args"] == {}
    assert "closed" not in names["streamlit.state"]
    assert names["streamlit.state.to_dict"]["in"] == ["1.9-"]
    assert names["streamlit.state.get"]["args"] == {"key": ["1.9- 0!"], "default": ["1.9- 1"]}
    assert names["streamlit.DeltaGenerator"]["closed"] == ["1.9-"]
    assert names["streamlit.DeltaGenerator.height"] == {"in": ["1.9-"]}


def test_what_only_type_checkers_see_is_not_there(table: dict[str, Any]) -> None:
    assert "streamlit.stop" not in table["names"]


def test_modules_and_their_names(table: dict[str, Any]) -> None:
    assert table["modules"]["streamlit.private"] == {
        "in": ["1.9-1.10"],
        "names": {"": "kept", "1.9-1.9": "gone"},
    }
    assert table["modules"]["streamlit.proto.Thing_pb2"] == {"in": ["1.9-"]}


def test_config_options(table: dict[str, Any]) -> None:
    assert table["options"] == {
        "client.fast": {"in": ["1.9-"], "scriptable": ["1.9-"]},
        "client.old": {
            "in": ["1.9-"],
            "deprecated": ["1.9-"],
            "replaced_by": "client.fast",
            "expires": "2030-01-01",
        },
        "logger.level": {"in": ["1.9-"]},
        "theme.color": {"in": ["1.9-"]},
        "theme.dark.color": {"in": ["1.9-"]},
        "theme.sidebar.color": {"in": ["1.9-"]},
    }


def test_folder_without_wheels_says_what_to_do(tmp_path: Path) -> None:
    done = run(tmp_path)
    assert done.returncode == 2
    assert "run without --offline" in done.stderr


def test_help_says_how_to_use_it() -> None:
    done = subprocess.run(
        [sys.executable, str(SCRIPT), "--help"], capture_output=True, text=True, check=True
    )
    assert "python tools/streamlit_api.py --wheels" in done.stdout
    assert "--offline" in done.stdout
