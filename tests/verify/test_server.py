from __future__ import annotations

from pathlib import Path

import pytest

from sis_migrate.verify import server
from sis_migrate.verify.limits import Limits
from sis_migrate.verify.server import Fault, Place


@pytest.mark.parametrize(
    ("line", "place"),
    [
        ('File "{root}/pages/1_One.py", line 7, in <module>', "pages/1_One.py:7"),
        ('File "{root}/app.py", line 7', "app.py:7"),
        ('File "/usr/lib/python3.11/json/decoder.py", line 7, in raw_decode', ""),
        ("rows = load()", ""),
    ],
)
def test_the_place_in_the_app_of_a_line_of_a_stack_trace(
    tmp_path: Path, line: str, place: str
) -> None:
    assert server._place(line.format(root=tmp_path), tmp_path) == place


def test_a_fault_is_placed_at_the_innermost_line_of_the_app(tmp_path: Path) -> None:
    stack = [
        f'File "{tmp_path}/app.py", line 3, in <module>',
        f'File "{tmp_path}/data.py", line 9, in load',
        'File "/usr/lib/python3.11/json/decoder.py", line 7, in raw_decode',
    ]
    said = {"exceptions": [{"type": "KeyError", "message": "'x'", "stack": stack}]}
    assert list(server._faults(said, tmp_path)) == [Fault("KeyError", "'x'", "data.py:9")]


def test_the_folder_of_the_copy_is_not_told(tmp_path: Path) -> None:
    said = {"exceptions": [{"type": "E", "message": f'File "{tmp_path}/app.py"', "stack": []}]}
    assert list(server._faults(said, tmp_path)) == [Fault("E", 'File "app.py"')]


def test_growth_is_from_first_to_last_and_nothing_where_it_was_not_measured() -> None:
    meters = [{"memory": 1e6, "sessions": 1}, {"memory": 4e6, "sessions": 7}]
    assert server._growth(meters) == (3.0, 6)
    assert server._growth([{}, meters[1]]) == (0.0, 0.0)


def test_log_lines_do_not_tell_why_a_server_has_ended() -> None:
    lines = [
        "Fatal Python error: Segmentation fault",
        "2026-03-01 09:00:00.123 Connecting to Snowflake using the default configuration",
        "2026-03-01T09:00:01Z INFO x",
    ]
    assert server.without_log(lines) == lines[:1]
    assert server.without_log(["7 rows on 2026-03-01"]) == ["7 rows on 2026-03-01"]


def test_every_viewer_is_a_new_person(tmp_path: Path) -> None:
    place = Place(tmp_path, tmp_path / "app.py", tmp_path, {}, False, Limits())
    assert [next(place.people) for _ in range(3)] == [101, 102, 103]
