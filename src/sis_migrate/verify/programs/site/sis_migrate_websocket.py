"""A WebSocket connection to the Streamlit of this machine (RFC 6455, as much of it as is needed)."""

from __future__ import annotations

import asyncio
import base64
import os
import struct


class ClosedError(Exception):
    """The server has closed the connection."""


class Socket:
    """An open connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    async def open(cls, port: int, header: str = "") -> Socket:
        """Connect, with a header line more; ClosedError where the server does not want to."""
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        key = base64.b64encode(os.urandom(16)).decode()
        writer.write(
            f"GET /_stcore/stream HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\n"
            f"Sec-WebSocket-Version: 13\r\n{header}\r\n".encode()
        )
        try:
            answer = await reader.readuntil(b"\r\n\r\n")
        except (asyncio.IncompleteReadError, OSError) as error:
            writer.close()
            raise ClosedError("the server has gone") from error
        if b" 101 " not in answer.split(b"\r\n")[0]:
            writer.close()
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
        except OSError:
            pass
        finally:
            self._writer.close()

    async def _read(self, size: int) -> bytes:
        try:
            return await self._reader.readexactly(size)
        except (asyncio.IncompleteReadError, OSError) as error:
            raise ClosedError("the server has gone") from error
