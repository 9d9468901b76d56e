"""Viewers without a browser: ``python viewers.py SETTINGS`` (JSON, see ``main``).

Speaks Streamlit's own protocol, with the message types of the app's Streamlit.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Any

_websocket = import_module("sis_migrate_websocket")
_passes = import_module("sis_migrate_passes")
_TEXT = 400
_ROWS = 10_000
_QUIET = 1.0
_ALERTS = {1: "error", 2: "warning"}  # Alert.Format; the others are of no concern
_ARROW = {"arrow_data_frame", "arrow_table", "table", "dataframe"}
_SILENT = {"balloons", "empty", "exception", "favicon", "skeleton", "snow", "spinner"}
"""Elements without a text of the app's, or that come and go with time."""
_NO_TEXT = re.compile(
    r"(.*_)?(id|uuid|hash|key|url|src|markup|type|tag|icon|avatar|format|language|anchor|gap|styles)"
)
"""Fields that name, address or dress something: they differ by process or by release."""
_VALUES = {"default", "value"}
"""Fields whose numbers are what a widget shows."""
_NUMBER = re.compile(r"\d+")


class Viewer:
    """One viewer's session; ``pages`` are the pages that the server names, by their hashes.

    ``passes`` tells which of them run themselves again without end.
    ``person`` is the number that the viewer's name has, which is left out of what is shown: so all
    are shown the same, unless one is shown another's.
    """

    def __init__(self, socket: Any, person: int = 0) -> None:
        self._socket = socket
        self._own = re.compile(rf"(?i)(?<![a-z0-9])(viewer){person}(?![0-9])")
        self._known: dict[str, dict[str, Any]] = {}
        self._coming: asyncio.Task[bytes] | None = None
        self.passes = _passes.Passes()
        self._stopped = False
        self.pages: dict[str, str] = {}
        self.first = ""
        self._back = import_module("streamlit.proto.BackMsg_pb2").BackMsg
        self._forward = import_module("streamlit.proto.ForwardMsg_pb2").ForwardMsg

    async def run(self, page: str, timeout: float, *, name: str = "") -> dict[str, Any]:
        """Run a page (its hash, "" for the first) and tell what was shown.

        ``name`` is that of a page in its address, by which a browser asks for the one it opens.
        """
        shown: dict[str, Any] = {"state": "timeout", "exceptions": [], "elements": {}}
        shown["began"] = time.time()  # the emulator notes the time of what it refuses, too
        start = time.monotonic()
        self.passes.begin()
        try:
            await asyncio.wait_for(self._run(page, name, shown), timeout)
        except TimeoutError:
            if self.passes.late(page):
                shown["state"] = "again"
        except _websocket.ClosedError:
            shown["state"] = "closed"
        shown["seconds"] = time.monotonic() - start
        if shown["state"] == "again":
            await self._stop()
        for exception in shown["exceptions"]:
            exception["message"] = self._anybody(exception["message"])
        return shown

    def _anybody(self, text: str) -> str:
        return self._own.sub(r"\1", text)

    async def leave(self) -> None:
        """Close the browser's window."""
        if self._coming is not None:
            self._coming.cancel()
        await self._socket.close()

    async def _stop(self) -> None:
        """Press the button that stops a page, and read on until it has, or waits for itself."""
        message = self._back()
        message.stop_script = True
        with suppress(TimeoutError, _websocket.ClosedError):
            await self._socket.send(message.SerializeToString())
            unseen: dict[str, Any] = {"exceptions": [], "elements": {}}
            end = time.monotonic() + 5 * _QUIET
            while time.monotonic() < end:
                message = self._forward()
                message.ParseFromString(await asyncio.wait_for(self._receive(), _QUIET))
                if self._take(message, unseen):
                    break
        self._stopped = True

    async def _receive(self) -> bytes:
        """The next message; where nobody waits for it any more, it is the next one's."""
        if self._coming is None:
            self._coming = asyncio.ensure_future(self._socket.receive())
        await asyncio.wait({self._coming})
        found, self._coming = self._coming, None
        return found.result()

    async def _run(self, page: str, name: str, shown: dict[str, Any]) -> None:
        message = self._back()
        message.rerun_script.query_string = ""
        if page:
            message.rerun_script.page_script_hash = page
        message.rerun_script.page_name = name
        await self._socket.send(message.SerializeToString())
        while True:
            message = self._forward()
            message.ParseFromString(await self._receive())
            kind = message.WhichOneof("type")
            if self._stopped and kind == "script_finished":
                continue  # it is the end of what was stopped
            if self._take(message, shown):
                break
            if kind == "script_finished" and self.passes.ask(page):
                shown["state"] = "again"
                break
        if shown["state"] == "compile" and not shown["exceptions"]:  # its error comes last
            message = self._forward()
            message.ParseFromString(await asyncio.wait_for(self._receive(), 2))
            self._take(message, shown)

    def _take(self, message: Any, shown: dict[str, Any]) -> bool:
        """Note what a message shows; whether the run is over."""
        kind = message.WhichOneof("type")
        if kind == "new_session":
            self._stopped = False
            shown.update(exceptions=[], elements={})
            self._pages(message.new_session.app_pages)
        elif kind in {"navigation", "pages_changed"}:
            self.pages, self.first = {}, ""  # it knows better than the session's first message
            self._pages(getattr(message, kind).app_pages)
        elif kind == "session_event":
            if message.session_event.WhichOneof("type") == "script_compilation_exception":
                found = message.session_event.script_compilation_exception
                shown["exceptions"].append(_exception(found))
        elif kind == "delta" and message.delta.WhichOneof("type") in {"new_element", "add_block"}:
            element = _element(
                getattr(message.delta, message.delta.WhichOneof("type")), self._anybody
            )
            if message.hash:  # the server may refer to it later
                self._known[message.hash] = element
            _place(element, message.metadata.delta_path, shown)
        elif kind == "ref_hash" and message.ref_hash in self._known:
            _place(self._known[message.ref_hash], message.metadata.delta_path, shown)
        elif kind == "script_finished" and message.script_finished != 2:  # 2: it runs again
            shown["state"] = "compile" if message.script_finished == 1 else "finished"
            return True
        return False

    def _pages(self, pages: Any) -> None:
        for page in pages:
            name = getattr(page, "url_pathname", "") or page.page_name
            if getattr(page, "external_url", ""):
                continue
            self.pages[page.page_script_hash] = name
            if getattr(page, "is_default", False) or not self.first:
                self.first = page.page_script_hash


def _element(element: Any, anybody: Callable[[str], str]) -> dict[str, Any]:
    """What is kept of an element, which may be large: an exception, or a text to compare.

    ``anybody`` leaves out of a text who the viewer is.
    """
    if element.WhichOneof("type") != "exception":
        return {"text": next(_texts(element, anybody), None)}
    return {} if element.exception.is_warning else {"exception": _exception(element.exception)}


def _place(element: dict[str, Any], path: Any, shown: dict[str, Any]) -> None:
    """Note an element where it is on the page."""
    place = ".".join(map(str, path))
    if "exception" in element:
        shown["exceptions"].append(element["exception"])
    elif "text" in element:
        shown["elements"].pop(place, None)
        if element["text"]:
            shown["elements"][place] = element["text"]


def _exception(found: Any) -> dict[str, Any]:
    return {
        "type": found.type,
        "message": found.message[:2000],
        "stack": [line[:300] for line in list(found.stack_trace)[-40:]],
    }


def _texts(element: Any, anybody: Callable[[str], str]) -> Iterator[list[str]]:
    """The kind of an element, or of a block of elements, and its text; nothing without a text."""
    kind = str(element.WhichOneof("type"))
    value: Any = getattr(element, kind, None)
    if value is None or kind in _SILENT or kind.endswith("_chart"):
        return
    found = list(_fields(value))
    main = next((text for name, text in found if name in {"body", "code_text"}), "")
    rest = ", ".join(text for name, text in found if name not in {"body", "code_text"})
    if kind in _ARROW:
        inner = getattr(value, "arrow_data", value)  # older releases have one level less
        data = getattr(inner, "data", b"") or value.SerializeToString(deterministic=True)
        main, rest = _table(data, rest, anybody), ""
    elif kind == "alert":
        kind = _ALERTS.get(value.format, kind)
    text = f"{main} ({rest})" if main and rest else main or rest
    if text:
        yield [kind, _short(anybody(text))]


def _fields(message: Any) -> Iterator[tuple[str, str]]:
    """The texts of a message and of those in it, each with the name of its field."""
    for field, value in message.ListFields():
        if not _NO_TEXT.fullmatch(field.name):
            yield from _values(field.name, value)


def _values(name: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        if value:
            yield name, value
    elif isinstance(value, (bool, int, float)):
        if name in _VALUES:
            yield name, str(value)
    elif hasattr(value, "ListFields"):
        yield from _fields(value)
    elif not isinstance(value, bytes):
        for item in value.values() if hasattr(value, "values") else value:
            yield from _values(name, item)


def _short(text: str) -> str:
    """The text, of a long one the head and digests of the rest.

    One of them, of letters, stays the same where other numbers stand in it.
    """
    rest = text[_TEXT:]
    if not rest:
        return text
    words, numbers = (_digest(part) for part in (_NUMBER.sub("#", rest), rest))
    letters = words.translate(str.maketrans("0123456789", "ghijklmnop"))
    return f"{text[:_TEXT]}… and {len(rest)} more ({letters} {int(numbers, 16)})"


def _digest(text: str) -> str:
    return hashlib.sha1(text.encode("utf-8", "replace")).hexdigest()[:8]


def _table(data: bytes, texts: str, anybody: Callable[[str], str]) -> str:
    """A table as a text: what is in it, for the bytes of the same data differ once it was cached.

    ``texts`` are those around it, such as the names that its columns are given.
    """
    try:
        table = import_module("pyarrow.ipc").open_stream(data).read_all()
        content = repr(table.slice(0, _ROWS).to_pydict())
        size = f"of {table.num_rows} rows and {table.num_columns} columns"
    except Exception:
        content, size = repr(data), f"of {len(data)} bytes"
    return f"table {size}, {_digest(anybody(content + texts))}"


def _meter(path: str) -> Any:
    try:
        with open(path, encoding="utf-8") as file:
            return json.load(file)
    except (OSError, ValueError):
        return {}


class Together:
    """The viewers of a visit, who go from run to run together, as far as all are offered it."""

    def __init__(self, number: int, seconds: float) -> None:
        self._barrier = asyncio.Barrier(number)
        self._seconds = seconds
        self._offered: dict[int, dict[str, str]] = {}

    async def wait(self) -> None:
        """Until all are there; an error where one is missing."""
        await asyncio.wait_for(self._barrier.wait(), self._seconds)

    async def leave(self) -> None:
        """Let nobody wait any more."""
        await self._barrier.abort()

    async def offered(self, number: int, pages: dict[str, str]) -> dict[str, str]:
        """What all are offered; for a viewer who is offered these pages."""
        self._offered[number] = dict(pages)
        await self.wait()
        everyone = self._offered.values()
        return {
            page: name
            for page, name in self._offered[0].items()
            if all(page in other for other in everyone)
        }

    def difference(self) -> str:
        """Which pages not all are offered; "" where there is none."""
        names = {page: name for pages in self._offered.values() for page, name in pages.items()}
        told = []
        for page, name in names.items():
            viewers = [number + 1 for number, pages in self._offered.items() if page in pages]
            if len(viewers) < len(self._offered):
                who = ", ".join(map(str, sorted(viewers)))
                told.append(f"{name} only to viewer{'s' * (len(viewers) > 1)} {who}")
        return f"viewers are offered different pages: {'; '.join(told)}" if told else ""


async def _visit(settings: dict[str, Any], report: Any, number: int, together: Together) -> None:
    """One viewer's visit of every page."""
    viewer = None
    try:
        person = settings["people"][number]
        header = f"{import_module('sis_migrate_inside').VIEWER}: {person}\r\n"
        viewer = Viewer(await _websocket.Socket.open(settings["port"], header), person)
        await _pages(settings, report, number, viewer, together)
    except BaseException:
        await together.leave()
        raise
    finally:
        if viewer is not None:
            await viewer.leave()


async def _pages(
    settings: dict[str, Any], report: Any, number: int, viewer: Viewer, together: Together
) -> None:
    async def run(page: str, name: str, turn: int, opened: str = "") -> bool:
        await together.wait()
        if page in viewer.passes.endless:
            return True  # it has run often enough
        report({"doing": name or "the first page"})
        shown = await viewer.run(page, settings["timeout"], name=opened)
        report({"viewer": number, "page": name, "turn": turn, **shown})
        return shown["state"] not in {"closed", "timeout"}

    if settings["open"]:
        opened = settings["open"][number % len(settings["open"])]
        for turn in range(settings["reruns"]):
            if not await run("", opened, turn, opened):
                await together.leave()
                return
        return
    wanted: list[tuple[str, str]] = [("", "")]
    for page, name in wanted:
        for turn in range(settings["reruns"]):
            if not await run(page, name, turn):
                await together.leave()
                return
        if not page:
            common = await together.offered(number, viewer.pages)
            wanted += [item for item in common.items() if item[0] != viewer.first]


async def _all(settings: dict[str, Any], report: Any) -> None:
    before = _meter(settings["meter"])
    together = Together(settings["viewers"], settings["timeout"] + 5)
    everyone = [_visit(settings, report, n, together) for n in range(settings["viewers"])]
    for result in await asyncio.gather(*everyone, return_exceptions=True):
        if isinstance(result, BaseException) and not isinstance(result, asyncio.BrokenBarrierError):
            report({"broken": f"{type(result).__name__}: {result}"})
    if different := together.difference():
        report({"broken": different})
    await asyncio.sleep(0.3)
    report({"meter": [before, _meter(settings["meter"])]})


def _without_its_start() -> None:
    """Let ``streamlit.proto`` be imported without all of Streamlit, which takes a second or two."""
    spec = find_spec("streamlit")
    if spec is not None and spec.submodule_search_locations is not None:
        package = ModuleType("streamlit")
        package.__path__ = spec.submodule_search_locations
        sys.modules["streamlit"] = package


def main() -> None:
    """Visit every page of the app on ``port``, ``viewers`` at once, each ``reruns`` times.

    With ``open``, names of pages, each only opens one of them, another than the next viewer, and
    stays there.
    ``people`` are the numbers by which the app knows the viewers. ``timeout`` are seconds a run.
    Reports each run, and the file ``meter`` before and after.
    """
    inside = import_module("sis_migrate_inside")
    report = inside.reporting()
    inside.end_with_parent()
    _without_its_start()
    asyncio.run(_all(json.loads(sys.argv[1]), report))


if __name__ == "__main__":
    main()
