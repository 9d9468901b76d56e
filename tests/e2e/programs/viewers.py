"""Viewers without a browser: ``python viewers.py PORT VIEWERS RUNS``. Run by the e2e environment's
Python.

Each viewer opens a WebSocket session, all at once, and runs the script RUNS times. Prints JSON: for
each viewer the list of its runs, each run the list of the texts that the page showed; an exception
is ``!Type: message``.
"""

from __future__ import annotations

import asyncio
import json
import sys
from importlib import import_module
from typing import Any

_TIMEOUT = 40.0


async def viewer(port: int, number: int, runs: int) -> list[list[str]]:
    """One viewer's runs."""
    connect = import_module("websockets").connect
    address = f"ws://127.0.0.1:{port}/_stcore/stream"
    shown: list[list[str]] = []
    async with connect(address, max_size=None, open_timeout=_TIMEOUT) as socket:
        for _ in range(runs):
            message = import_module("streamlit.proto.BackMsg_pb2").BackMsg()
            message.rerun_script.query_string = f"viewer={number}"
            await socket.send(message.SerializeToString())
            shown.append(await asyncio.wait_for(_run(socket), _TIMEOUT))
    return shown


async def _run(socket: Any) -> list[str]:
    texts: list[str] = []
    while True:
        message = import_module("streamlit.proto.ForwardMsg_pb2").ForwardMsg()
        message.ParseFromString(await socket.recv())
        kind = message.WhichOneof("type")
        if kind == "delta" and message.delta.WhichOneof("type") == "new_element":
            texts += _text(message.delta.new_element)
        elif kind == "script_finished":
            return texts


def _text(element: Any) -> list[str]:
    match element.WhichOneof("type"):
        case "markdown":
            return [element.markdown.body]
        case "text":
            return [element.text.body]
        case "alert":
            return [element.alert.body]
        case "exception":
            return [f"!{element.exception.type}: {element.exception.message}"]
    return []


async def _main() -> None:
    port, viewers, runs = map(int, sys.argv[1:4])
    everyone = [viewer(port, number, runs) for number in range(viewers)]
    json.dump(await asyncio.gather(*everyone), sys.stdout)


if __name__ == "__main__":
    asyncio.run(_main())
