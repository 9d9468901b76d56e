"""Viewers without a browser: ``python viewers.py SETTINGS`` (JSON, see ``main``).

Speaks Streamlit's own protocol, with the message types of the app's Streamlit.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import os
import struct
import sys
import time
from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Any

_TEXT = 400
_ALERTS = {1: "error", 2: "warning"}  # Alert.Format; the others are of no concern
_ARROW = {"arrow_data_frame", "arrow_table", "table", "dataframe"}


class ClosedError(Exception):
    """The server has closed the connection."""


class Socket:
    """A WebSocket connection to Streamlit (RFC 6455, as much of it as is needed)."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    async def open(cls, port: int) -> Socket:
        """Connect; ClosedError where the server does not want to."""
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        key = base64.b64encode(os.urandom(16)).decode()
        writer.write(
            f"GET /_stcore/stream HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\n"
            "Sec-WebSocket-Version: 13\r\n\r\n".encode()
        )
        answer = await reader.readuntil(b"\r\n\r\n")
        if b" 101 " not in answer.split(b"\r\n")[0]:
            raise ClosedError(answer.split(b"\r\n")[0].decode("ascii", "replace"))
        return cls(reader, writer)

    async def send(self, data: bytes, opcode: int = 2) -> None:
        """Send one message."""
        size = len(data)
        head = bytes([0x80 | opcode])
        if size < 126:
            head += bytes([0x80 | size])
        elif size < 1 << 16:
            head += bytes([0x80 | 126]) + struct.pack("!H", size)
        else:
            head += bytes([0x80 | 127]) + struct.pack("!Q", size)
        self._writer.write(head + b"\0\0\0\0" + data)  # a mask of zeros masks nothing
        await self._writer.drain()

    async def receive(self) -> bytes:
        """The next message."""
        parts: list[bytes] = []
        while True:
            first, second = await self._read(2)
            size = second & 0x7F
            if size == 126:
                (size,) = struct.unpack("!H", await self._read(2))
            elif size == 127:
                (size,) = struct.unpack("!Q", await self._read(8))
            data = await self._read(size)
            opcode = first & 0x0F
            if opcode == 9:
                await self.send(data, 10)
            elif opcode == 8:
                raise ClosedError("the server has closed the connection")
            elif opcode != 10:
                parts.append(data)
                if first & 0x80:
                    return b"".join(parts)

    async def close(self) -> None:
        """Say goodbye."""
        try:
            await self.send(b"", 8)
            self._writer.close()
        except OSError:
            pass

    async def _read(self, size: int) -> bytes:
        try:
            return await self._reader.readexactly(size)
        except (asyncio.IncompleteReadError, OSError) as error:
            raise ClosedError("the server has gone") from error


class Viewer:
    """One viewer's session; ``pages`` are the pages that the server names, by their hashes."""

    def __init__(self, socket: Socket) -> None:
        self._socket = socket
        self._known: dict[str, Any] = {}
        self.pages: dict[str, str] = {}
        self.first = ""
        self._back = import_module("streamlit.proto.BackMsg_pb2").BackMsg
        self._forward = import_module("streamlit.proto.ForwardMsg_pb2").ForwardMsg

    async def run(self, page: str, timeout: float, *, name: str = "") -> dict[str, Any]:
        """Run a page (its hash, "" for the first) and tell what was shown.

        ``name`` is that of a page in its address, by which a browser asks for the one it opens.
        """
        shown: dict[str, Any] = {"state": "timeout", "exceptions": [], "elements": {}}
        start = time.monotonic()
        try:
            await asyncio.wait_for(self._run(page, name, shown), timeout)
        except TimeoutError:
            pass
        except ClosedError:
            shown["state"] = "closed"
        shown["seconds"] = time.monotonic() - start
        return shown

    async def leave(self) -> None:
        """Close the browser's window."""
        await self._socket.close()

    async def _run(self, page: str, name: str, shown: dict[str, Any]) -> None:
        message = self._back()
        message.rerun_script.query_string = ""
        if page:
            message.rerun_script.page_script_hash = page
        message.rerun_script.page_name = name
        await self._socket.send(message.SerializeToString())
        while True:
            message = self._forward()
            message.ParseFromString(await self._socket.receive())
            if message.WhichOneof("type") == "ref_hash":
                known = self._known.get(message.ref_hash)
                if known is None:
                    continue
                known.metadata.CopyFrom(message.metadata)
                message = known
            elif message.hash:
                self._known[message.hash] = message
            if self._take(message, shown):
                break
        if shown["state"] == "compile" and not shown["exceptions"]:  # its error comes last
            message = self._forward()
            message.ParseFromString(await asyncio.wait_for(self._socket.receive(), 2))
            self._take(message, shown)

    def _take(self, message: Any, shown: dict[str, Any]) -> bool:
        """Note what a message shows; whether the run is over."""
        kind = message.WhichOneof("type")
        if kind == "new_session":
            shown.update(exceptions=[], elements={})
            self._pages(message.new_session.app_pages)
        elif kind in {"navigation", "pages_changed"}:
            self.pages, self.first = {}, ""  # it knows better than the session's first message
            self._pages(getattr(message, kind).app_pages)
        elif kind == "session_event":
            if message.session_event.WhichOneof("type") == "script_compilation_exception":
                found = message.session_event.script_compilation_exception
                shown["exceptions"].append(_exception(found))
        elif kind == "delta" and message.delta.WhichOneof("type") == "new_element":
            element = message.delta.new_element
            if element.WhichOneof("type") == "exception":
                if not element.exception.is_warning:
                    shown["exceptions"].append(_exception(element.exception))
            else:
                place = ".".join(map(str, message.metadata.delta_path))
                shown["elements"].pop(place, None)
                for text in _texts(element):
                    shown["elements"][place] = text
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


def _exception(found: Any) -> dict[str, Any]:
    return {
        "type": found.type,
        "message": found.message[:2000],
        "stack": [line[:300] for line in list(found.stack_trace)[-40:]],
    }


def _texts(element: Any) -> Iterator[list[str]]:
    """The kind of an element and its text, of those whose text can be compared."""
    kind = str(element.WhichOneof("type"))
    value: Any = getattr(element, kind, None)
    if kind in {"markdown", "text", "heading", "alert", "json", "metric"}:
        text = str(value.body)
    elif kind in {"code", "code_text"}:
        text = str(value.code_text)
    elif kind in _ARROW:
        text = f"table {hashlib.sha1(value.SerializeToString(deterministic=True)).hexdigest()}"
    else:
        return
    if kind == "alert":
        kind = _ALERTS.get(value.format, kind)
    yield [kind, text[:_TEXT]]


def _meter(path: str) -> Any:
    try:
        with open(path, encoding="utf-8") as file:
            return json.load(file)
    except (OSError, ValueError):
        return {}


async def _visit(settings: dict[str, Any], report: Any, number: int, barrier: Any) -> bool:
    """One viewer's visit of every page; whether nothing went wrong."""
    clean = True
    viewer = Viewer(await Socket.open(settings["port"]))

    async def run(page: str, name: str, turn: int, opened: str = "") -> bool:
        nonlocal clean
        await asyncio.wait_for(barrier.wait(), settings["timeout"] + 5)
        report({"doing": name or "the first page"})
        shown = await viewer.run(page, settings["timeout"], name=opened)
        report({"viewer": number, "page": name, "turn": turn, **shown})
        clean = clean and not shown["exceptions"]
        return shown["state"] not in {"closed", "timeout"}

    pages = settings["open"]
    if pages:
        opened = pages[number % len(pages)]
        if not await run("", opened, 0, opened):
            await barrier.abort()
            return False
    wanted: list[tuple[str, str]] = [("", "")]
    for page, name in wanted:
        for turn in range(settings["reruns"]):
            if not await run(page, name, turn):
                await barrier.abort()
                return False
        if not page:
            wanted += [item for item in viewer.pages.items() if item[0] != viewer.first]
    await viewer.leave()
    return clean


async def _all(settings: dict[str, Any], report: Any) -> None:
    barrier = asyncio.Barrier(settings["viewers"])
    before = _meter(settings["meter"])
    for _ in range(settings["times"]):
        everyone = [_visit(settings, report, n, barrier) for n in range(settings["viewers"])]
        results = await asyncio.gather(*everyone, return_exceptions=True)
        errors = [r for r in results if isinstance(r, BaseException)]
        for error in errors:
            if not isinstance(error, asyncio.BrokenBarrierError):
                report({"broken": f"{type(error).__name__}: {error}"})
        if errors or not all(results):
            break
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

    That ``times`` over, with new viewers, unless something goes wrong. ``open`` are names of pages:
    each viewer comes to one of them first, another than the next viewer. ``timeout`` are seconds a
    run. Reports each run, and the file ``meter`` before and after.
    """
    inside = import_module("sis_migrate_inside")
    report = inside.reporting()
    inside.end_with_parent()
    _without_its_start()
    asyncio.run(_all(json.loads(sys.argv[1]), report))


if __name__ == "__main__":
    main()
