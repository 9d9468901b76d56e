"""A server on this machine in place of the one that has a larger map, without TLS."""

from __future__ import annotations

import http.client
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

Answer = Callable[[BaseHTTPRequestHandler], None]


def body(data: bytes, status: int = 200, length: int | None = None) -> Answer:
    """An answer with this body, which may claim to be longer than it is."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        handler.send_header("Content-Length", str(len(data) if length is None else length))
        handler.end_headers()
        handler.wfile.write(data)

    return answer


def redirect(target: str) -> Answer:
    """An answer that sends on to another address; ``{host}`` in it is this server."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(302)
        handler.send_header("Location", target.format(host=handler.headers["Host"]))
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    return answer


def drops(handler: BaseHTTPRequestHandler) -> None:
    """An answer that comes byte by byte and does not end."""
    handler.send_response(200)
    handler.end_headers()
    for _ in range(500):
        handler.wfile.write(b" ")
        time.sleep(0.02)


def silence(handler: BaseHTTPRequestHandler) -> None:
    """No answer for a while."""
    time.sleep(1)


def no_http(handler: BaseHTTPRequestHandler) -> None:
    """Something that is no answer."""
    handler.wfile.write(b"hello\r\n")


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: Any, client_address: Any) -> None:
        """The other side has hung up, as it should."""


@contextmanager
def serving(answers: Mapping[str, Answer]) -> Iterator[str]:
    """Serve answers by path; the address of the server, as if it spoke TLS."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answers[self.path](self)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - its name
            pass

    with _Server(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        yield f"https://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def without_tls(patch: pytest.MonkeyPatch) -> None:
    """Let urllib speak plain HTTP to https addresses, and no proxy come in between."""

    class Plain(urllib.request.HTTPSHandler):
        def https_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
            return self.do_open(http.client.HTTPConnection, req)

    patch.setattr(urllib.request, "HTTPSHandler", Plain)
    without_proxy(patch)


def without_proxy(patch: pytest.MonkeyPatch) -> None:
    """Ask the server itself, whatever this machine's settings are."""
    patch.setattr(urllib.request, "getproxies", dict)
