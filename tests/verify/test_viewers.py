"""The viewers program, with a small server in the place of Streamlit."""

from __future__ import annotations

import asyncio
import json
import re
import struct
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from contextlib import asynccontextmanager
from importlib.util import module_from_spec, spec_from_file_location
from itertools import repeat
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

PROGRAMS = Path(__file__).parents[2] / "src" / "sis_migrate" / "verify" / "programs"
WELCOME = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n"


class Part:
    """A message or a part of one: its fields, of which ``WhichOneof`` names the first."""

    def __init__(self, fields: dict[str, Any] | None = None) -> None:
        self.__dict__.update({name: part(value) for name, value in (fields or {}).items()})

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return "" if name.endswith(("hash", "name", "url", "pathname")) else Part()

    def __bool__(self) -> bool:
        return bool(self.__dict__)

    def ListFields(self) -> list[tuple[SimpleNamespace, Any]]:
        return [(SimpleNamespace(name=n), value) for n, value in self.__dict__.items() if value]

    def WhichOneof(self, _: str) -> str | None:
        return next((name for name in self.__dict__ if name not in {"metadata", "hash"}), None)

    def ParseFromString(self, data: bytes) -> None:
        self.__init__(json.loads(data))  # type: ignore[misc]

    def SerializeToString(self, **_: Any) -> bytes:
        return repr(sorted(self.__dict__.items())).encode()


def part(value: Any) -> Any:
    if isinstance(value, dict) and not isinstance(value, Names):
        return Part(value)
    return [part(item) for item in value] if isinstance(value, list) else value


class Names(dict[str, str]):
    """A field with names: no part of a message."""


class Back:
    """The message with which a viewer asks for a page."""

    def __init__(self) -> None:
        self.rerun_script = Part({"page_script_hash": ""})
        self.stop_script = False

    def SerializeToString(self) -> bytes:
        return b"stop" if self.stop_script else str(self.rerun_script.page_script_hash).encode()


@pytest.fixture
def program(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The program, with messages of our own for Streamlit's."""
    monkeypatch.syspath_prepend(PROGRAMS / "site")
    for name, message in (("BackMsg", Back), ("ForwardMsg", Part)):
        module = ModuleType(f"streamlit.proto.{name}_pb2")
        setattr(module, name, message)
        monkeypatch.setitem(sys.modules, module.__name__, module)
    spec = spec_from_file_location("viewers", PROGRAMS / "viewers.py")
    assert spec is not None
    assert spec.loader is not None
    loaded = module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded


class Peer:
    """The server's end of a connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def receive(self) -> tuple[int, bytes]:
        """Opcode and content of the next frame, which a mask of zeros hides from nobody."""
        first, second = await self.reader.readexactly(2)
        size = second & 0x7F
        assert second & 0x80, "what a client sends is masked"
        if size >= 126:
            form = "!H" if size == 126 else "!Q"
            (size,) = struct.unpack(form, await self.reader.readexactly(struct.calcsize(form)))
        assert await self.reader.readexactly(4) == bytes(4)
        return first & 0x0F, await self.reader.readexactly(size)

    def send(self, data: bytes, opcode: int = 2, *, last: bool = True) -> None:
        """Send one frame."""
        size = len(data)
        head = bytes([opcode | (0x80 if last else 0)])
        if size < 126:
            head += bytes([size])
        else:
            head += bytes([126]) + struct.pack("!H", size) if size < 1 << 16 else (
                bytes([127]) + struct.pack("!Q", size)
            )  # fmt: skip
        self.writer.write(head + data)

    def tell(self, **fields: Any) -> None:
        """Send one message."""
        self.send(json.dumps(fields).encode())


Talk = Callable[[Peer], Awaitable[None]]
Client = Callable[[int], Awaitable[Any]]


async def served(talk: Talk, client: Client, answers: Iterator[bytes]) -> Any:
    """What a client gets from a server that answers, and talks, so."""
    connections: set[asyncio.Task[None]] = set()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        connections.add(task)
        try:
            asked = await reader.readuntil(b"\r\n\r\n")
            assert asked.startswith(b"GET /_stcore/stream HTTP/1.1\r\n")
            answer = next(answers)
            writer.write(answer)
            if answer is WELCOME:
                await talk(Peer(reader, writer))
        except asyncio.IncompleteReadError:
            pass  # the viewer has gone
        finally:
            writer.close()
            await writer.wait_closed()

    async with await asyncio.start_server(connected, "127.0.0.1", 0) as server:
        found = await asyncio.wait_for(client(server.sockets[0].getsockname()[1]), 30)
        await asyncio.gather(*connections)
        return found


@asynccontextmanager
async def opened(program: ModuleType, port: int) -> AsyncIterator[Any]:
    """A connection of the program's, closed at the end."""
    socket = await program._websocket.Socket.open(port)
    try:
        yield socket
    finally:
        await socket.close()


def talked(talk: Talk, client: Client, *answers: bytes) -> Any:
    """The same, with one of the answers a connection; a welcome for each without them."""
    return asyncio.run(served(talk, client, iter(answers) if answers else repeat(WELCOME)))


@pytest.mark.parametrize("size", [0, 1, 125, 126, 65_535, 65_536, 200_000])
def test_a_message_of_any_length_comes_and_goes(program: ModuleType, size: int) -> None:
    async def talk(peer: Peer) -> None:
        opcode, data = await peer.receive()
        peer.send(bytes([opcode]) + data)

    async def client(port: int) -> Any:
        async with opened(program, port) as socket:
            await socket.send(b"x" * size)
            return await socket.receive()

    assert talked(talk, client) == b"\x02" + b"x" * size


def test_a_message_in_fragments_is_put_together_and_pings_are_answered(program: ModuleType) -> None:
    async def talk(peer: Peer) -> None:
        peer.send(b"one ", last=False)
        peer.send(b"are you there", 9)
        peer.send(b"", 10)
        peer.send(b"two ", 0, last=False)
        peer.send(b"three", 0)
        opcode, data = await peer.receive()
        peer.send(bytes([opcode]) + data)

    async def client(port: int) -> Any:
        async with opened(program, port) as socket:
            return [await socket.receive(), await socket.receive()]

    assert talked(talk, client) == [b"one two three", b"\x0aare you there"]


@pytest.mark.parametrize(
    ("frames", "message"),
    [
        pytest.param([(b"", 8)], "the server has closed the connection", id="a goodbye"),
        pytest.param([], "the server has gone", id="none"),
    ],
)
def test_a_server_that_goes_is_noticed(
    program: ModuleType, frames: list[tuple[bytes, int]], message: str
) -> None:
    async def talk(peer: Peer) -> None:
        for data, opcode in frames:
            peer.send(data, opcode)

    async def client(port: int) -> None:
        async with opened(program, port) as socket:
            await socket.receive()

    with pytest.raises(program._websocket.ClosedError, match=message):
        talked(talk, client)


async def nothing(peer: Peer) -> None:
    """Say nothing."""


def test_a_server_that_does_not_want_to_is_quoted(program: ModuleType) -> None:
    with pytest.raises(program._websocket.ClosedError, match=r"HTTP/1\.1 403 Forbidden"):
        talked(nothing, program._websocket.Socket.open, b"HTTP/1.1 403 Forbidden\r\n\r\n")


def element(place: int, text: str = "", **others: Any) -> dict[str, Any]:
    """A message that shows an element at a place."""
    kind = others.pop("kind", "markdown")
    return {
        "delta": {"new_element": {kind: {"body": text, **others}}},
        "metadata": {"delta_path": [0, place]},
    }


def shown(program: ModuleType, *runs: Iterable[dict[str, Any]]) -> list[Any]:
    """What a viewer is shown by runs of the first page, each of these messages."""

    async def talk(peer: Peer) -> None:
        for run in runs:
            await peer.receive()
            for fields in run:
                peer.tell(**fields)

    async def client(port: int) -> list[Any]:
        async with opened(program, port) as socket:
            viewer = program.Viewer(socket)
            return [await viewer.run("", 10) for _ in runs]

    found: list[Any] = talked(talk, client)
    return found


DONE: dict[str, Any] = {"script_finished": 0}
FAULT: dict[str, Any] = {
    "type": "KeyError",
    "message": "'x'",
    "stack_trace": ["line 1"],
    "is_warning": False,
}
KEY_ERROR = {"type": "KeyError", "message": "'x'", "stack": ["line 1"]}


def test_texts_are_told_by_their_place(program: ModuleType) -> None:
    run: list[dict[str, Any]] = [
        {"new_session": {"app_pages": []}},
        element(0, "first"),
        element(1, "second"),
        element(0, "again", kind="alert", format=1),
        element(1, kind="button"),  # which has no text to compare, and is there instead
        DONE,
    ]
    ((found),) = shown(program, run)
    assert found["state"] == "finished"
    assert found["elements"] == {"0.0": ["error", "again"]}


def test_a_table_is_told_by_what_is_in_it(
    program: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    def opened(data: bytes) -> Any:
        kept = SimpleNamespace(to_pydict=lambda: {"a": [data.split()[0]]})
        table = SimpleNamespace(num_rows=1, num_columns=1, slice=lambda first, rows: kept)
        return SimpleNamespace(read_all=lambda: table)

    monkeypatch.setitem(sys.modules, "pyarrow.ipc", SimpleNamespace(open_stream=opened))
    fresh, cached, other, broken = (
        program._table(d, "", str) for d in (b"1 x", b"1 y", b"2 x", b"")
    )
    assert fresh == cached
    assert fresh.startswith("table of 1 rows and 1 columns, ")
    assert len({fresh, other, broken}) == 3
    assert broken.startswith("table of 0 bytes, ")


def test_what_the_server_refers_to_is_shown_where_it_says(program: ModuleType) -> None:
    first = [{**element(0, "large"), "hash": "h"}, DONE]
    exception = {**element(1, kind="exception", **FAULT), "hash": "e"}
    refers: list[dict[str, Any]] = [
        {"new_session": {"app_pages": []}},
        {"ref_hash": "h", "metadata": {"delta_path": [0, 3]}},
        {"ref_hash": "e", "metadata": {"delta_path": [0, 4]}},
        {"ref_hash": "unknown", "metadata": {"delta_path": [0, 5]}},
        DONE,
    ]
    found = shown(program, [exception, *first], refers)[1]
    assert found["elements"] == {"0.3": ["markdown", "large"]}
    assert found["exceptions"] == [KEY_ERROR]


def test_of_what_may_be_referred_to_only_the_text_is_kept(program: ModuleType) -> None:
    viewer = program.Viewer(None)
    page: dict[str, Any] = {"exceptions": [], "elements": {}}
    viewer._take(Part({**element(0, "x" * 1_000_000), "hash": "h"}), page)
    kind, text = viewer._known["h"]["text"]
    assert kind == "markdown"
    assert text.startswith("x" * 400 + "… and 999600 more (")
    assert len(text) < 460


def test_of_a_long_text_the_rest_counts_too(program: ModuleType) -> None:
    texts = ["x" * 400, *("x" * 400 + rest for rest in ("took 1 s", "took 2 s", "took it"))]
    short = [program._short(text) for text in texts]
    assert len(set(short)) == 4
    one, two, other = (re.sub(r"\d+", "#", text) for text in short[1:])
    assert one == two != other


TEXTS = {
    "options, and the number of the chosen": (
        {"selectbox": {"id": "$$ID-1-None", "label": "People", "default": 1, "options": ["a", "b"]}},
        ["selectbox", "People, 1, a, b"],
    ),
    "a value": (
        {"number_input": {"label": "N", "format": "%d", "default": 5, "step": 1, "form_id": "f"}},
        ["number_input", "N, 5"],
    ),
    "an expander": ({"expandable": {"label": "Viewers: 2", "icon": "x"}}, ["expandable", "Viewers: 2"]),
    "what a text is about": (
        {"metric": {"label": "Sales", "body": "12", "delta": "3"}}, ["metric", "12 (Sales, 3)"],
    ),
    "what is further in": (
        {"imgs": {"imgs": [{"url": "/media/1.png", "caption": "Map"}], "width": 3}}, ["imgs", "Map"],
    ),
    "names by place": ({"map": {"names": Names(a="one")}}, ["map", "one"]),
    "a chart": ({"plotly_chart": {"spec": "{}"}}, None),
    "how blocks are laid out": ({"column": {"weight": 1.0, "gap": "small"}}, None),
    "bytes": ({"audio": {"data": b"1"}}, None),
    "what comes and goes": ({"spinner": {"text": "a"}}, None),
}  # fmt: skip


@pytest.mark.parametrize(("fields", "text"), TEXTS.values(), ids=TEXTS)
def test_the_texts_of_an_element(
    program: ModuleType, fields: dict[str, Any], text: list[str] | None
) -> None:
    assert program._element(Part(fields), str) == {"text": text}


def test_an_expander_is_told_by_its_place(program: ModuleType) -> None:
    block = {
        "delta": {"add_block": {"expandable": {"label": "Viewers: 2"}}},
        "metadata": {"delta_path": [0, 1]},
    }
    ((found),) = shown(program, [element(0, "a"), block, DONE])
    assert found["elements"] == {"0.0": ["markdown", "a"], "0.1": ["expandable", "Viewers: 2"]}


@pytest.mark.parametrize(
    ("messages", "state", "exceptions"),
    [
        pytest.param(
            [element(0, kind="exception", **FAULT), DONE], "finished", [KEY_ERROR], id="shown"
        ),
        pytest.param(
            [element(0, kind="exception", **FAULT | {"is_warning": True}), DONE], "finished", [],
            id="a warning",
        ),
        pytest.param(
            [
                {"script_finished": 1},
                {"session_event": {"script_compilation_exception": FAULT}},
            ],
            "compile", [KEY_ERROR],
            id="a script that does not parse",
        ),
        pytest.param(
            [element(0, kind="exception", **FAULT), {"script_finished": 2},
             {"new_session": {"app_pages": []}}, DONE],
            "finished", [],
            id="it runs again",
        ),
        pytest.param([], "closed", [], id="the server goes"),
    ],
)  # fmt: skip
def test_how_a_run_ends(
    program: ModuleType, messages: list[dict[str, Any]], state: str, exceptions: list[Any]
) -> None:
    (found,) = shown(program, messages)
    assert (found["state"], found["exceptions"]) == (state, exceptions)


AGAIN: dict[str, Any] = {"script_finished": 2}
SESSION: dict[str, Any] = {"new_session": {"app_pages": []}}


def refreshed(program: ModuleType, *turns: list[dict[str, Any]], seconds: float = 10) -> list[Any]:
    """What a viewer is shown by turns of a page that may have to be stopped; what stopping says."""

    async def talk(peer: Peer) -> None:
        for turn in turns:
            while (await peer.receive())[1] == b"stop":
                pass
            for fields in turn:
                await asyncio.sleep(fields.get("wait", 0))
                peer.tell(**fields)
        while (await peer.receive())[0] != 8:
            pass

    async def client(port: int) -> list[Any]:
        viewer = program.Viewer(await program._websocket.Socket.open(port))
        try:
            found = [await viewer.run("", seconds) for _ in turns]
            return [(run["state"], run["elements"].get("0.0")) for run in found]
        finally:
            await viewer.leave()

    found: list[Any] = talked(talk, client)
    return found


def test_a_page_that_refreshes_itself_is_left_as_shown(
    program: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(program, "_QUIET", 0.1)
    monkeypatch.setattr(program._passes, "_MOST", 3)
    passes = [[SESSION, element(0, f"{n}"), AGAIN] for n in range(3)]
    stopped = [SESSION, element(0, "stopped"), DONE]
    first = [*passes[0], *passes[1], *passes[2], *stopped]
    # The next turn is told of the end of what was stopped.
    second = [DONE, SESSION, element(0, "last"), DONE]
    assert refreshed(program, first, second) == [
        ("again", ["markdown", "2"]),
        ("finished", ["markdown", "last"]),
    ]


def test_a_page_that_refreshes_itself_is_run_once(
    program: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(program, "_QUIET", 0.1)
    monkeypatch.setattr(program._passes, "_MOST", 1)
    reports: list[dict[str, Any]] = []

    async def talk(peer: Peer) -> None:
        while True:
            opcode, data = await peer.receive()
            if opcode == 8:
                return
            if data == b"h-other":
                peer.tell(**SESSION)
                peer.tell(**DONE)
            elif data != b"stop":
                peer.tell(**pages("main", "other"))
                peer.tell(**AGAIN)

    async def client(port: int) -> None:
        await program._all(settings(port, 1), reports.append)

    talked(talk, client)
    runs = [(r["page"], r["turn"], r["state"]) for r in reports if "viewer" in r]
    assert runs == [("", 0, "again"), ("other", 0, "finished"), ("other", 1, "finished")]


def test_a_page_that_refreshes_itself_slowly_is_left_after_its_second_pass(
    program: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(program, "_QUIET", 0.1)
    monkeypatch.setattr(program._passes, "_SECONDS", 0.3)
    slow = [SESSION, element(0, "now"), {**AGAIN, "wait": 0.2}]
    assert refreshed(program, [*slow, *slow]) == [("again", ["markdown", "now"])]


@pytest.mark.parametrize(
    ("first", "state"),
    [pytest.param(0.6, "again", id="as long as before"), pytest.param(0.0, "timeout", id="hangs")],
)
def test_a_second_pass_that_does_not_come_to_its_end(
    program: ModuleType, monkeypatch: pytest.MonkeyPatch, first: float, state: str
) -> None:
    monkeypatch.setattr(program, "_QUIET", 0.1)
    turn = [SESSION, {**AGAIN, "wait": first}, SESSION, element(0, "now")]
    assert refreshed(program, turn, seconds=1) == [(state, ["markdown", "now"])]


def test_a_page_that_runs_once_more_is_followed_to_its_end(program: ModuleType) -> None:
    turn = [SESSION, element(0, "first"), AGAIN, SESSION, element(0, "second"), DONE]
    assert refreshed(program, turn, turn) == [("finished", ["markdown", "second"])] * 2


def pages(*names: str) -> dict[str, Any]:
    """What names pages; the first is the one that opens."""
    found = [{"page_script_hash": f"h-{name}", "page_name": name} for name in names]
    return {"navigation": {"app_pages": found}}


def visited(program: ModuleType, *offered: tuple[str, ...]) -> list[dict[str, Any]]:
    """The reports of a visit of viewers, each of whom is offered these pages."""
    left = list(offered)
    reports: list[dict[str, Any]] = []

    async def talk(peer: Peer) -> None:
        own = left.pop(0)
        while True:
            opcode, data = await peer.receive()
            if opcode == 8:
                return
            peer.tell(**pages(*own))
            peer.tell(**element(0, data.decode()))
            peer.tell(**DONE)

    async def client(port: int) -> None:
        await program._all(settings(port, len(offered)), reports.append)

    talked(talk, client)
    return reports


def settings(port: int, viewers: int) -> dict[str, Any]:
    chosen = {"port": port, "viewers": viewers, "reruns": 2, "open": [], "people": [7, 8, 9]}
    return {**chosen, "timeout": 10, "meter": "no-such-file"}


def test_every_viewer_runs_every_page(program: ModuleType) -> None:
    reports = visited(program, ("main", "other"), ("main", "other"))
    runs = [(r["viewer"], r["page"], r["turn"]) for r in reports if "viewer" in r]
    assert sorted(runs) == [(v, p, t) for v in (0, 1) for p in ("", "other") for t in (0, 1)]
    assert not any("broken" in report for report in reports)
    assert reports[-1] == {"meter": [{}, {}]}


def test_viewers_who_are_offered_different_pages_go_on_with_the_common_ones(
    program: ModuleType,
) -> None:
    reports = visited(program, ("main", "a", "b"), ("main", "b"), ("main", "b", "c", "a"))
    runs = {(r["viewer"], r["page"]) for r in reports if "viewer" in r}
    assert runs == {(v, p) for v in (0, 1, 2) for p in ("", "b")}
    (told,) = [report["broken"] for report in reports if "broken" in report]
    assert told.startswith("viewers are offered different pages: ")
    # Which of them connects first is left open.
    a, c = sorted(told.partition(": ")[2].split("; "))
    assert a in {f"a only to viewers {pair}" for pair in ("1, 2", "1, 3", "2, 3")}
    assert c in {f"c only to viewer {one}" for one in "123"}
    assert "meter" in reports[-1]


def test_a_viewer_who_is_not_let_in_does_not_keep_the_others_waiting(program: ModuleType) -> None:
    reports: list[dict[str, Any]] = []

    async def talk(peer: Peer) -> None:
        await peer.receive()

    async def client(port: int) -> None:
        chosen = settings(port, 2) | {"timeout": 10_000}
        await program._all(chosen, reports.append)

    talked(talk, client, WELCOME, b"HTTP/1.1 503 Full\r\n\r\n")
    assert [r["broken"] for r in reports if "broken" in r] == ["ClosedError: HTTP/1.1 503 Full"]


def test_who_the_viewer_is_is_left_out(program: ModuleType) -> None:
    viewer = program.Viewer(None, 7)
    texts = ["Hello viewer7@example.com", "VIEWER7", "viewer77@example.com", "viewer8", "aviewer7"]
    assert [viewer._anybody(text) for text in texts] == [
        "Hello viewer@example.com", "VIEWER", "viewer77@example.com", "viewer8", "aviewer7",
    ]  # fmt: skip
    page: dict[str, Any] = {"exceptions": [], "elements": {}}
    for place, text in enumerate(("x " * 200 + "viewer7", "x " * 200 + "viewer8")):
        viewer._take(Part(element(place, text)), page)
    own, other = page["elements"].values()
    assert own == ["markdown", program._short("x " * 200 + "viewer")]
    assert other != own


def test_an_exception_names_no_viewer(program: ModuleType) -> None:
    fault = element(0, kind="exception", **FAULT | {"message": "viewer0@example.com"})
    ((found),) = shown(program, [fault, DONE])
    assert found["exceptions"] == [KEY_ERROR | {"message": "viewer@example.com"}]
