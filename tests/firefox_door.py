"""Firefox for tests, by a door: `python -m tests.firefox_door` in the place of the browser's own program.

Playwright speaks WebDriver BiDi to a Firefox as published, with one command that such a Firefox does not know yet
(the colours that a page is told to prefer). This program starts the Firefox named by FIREFOX with the arguments it
was given, tells its address as Firefox would, hands every message on, and answers that one command with nothing;
and it gives each download a name of its own.
"""

import asyncio
import contextlib
import json
import os
import re
import signal
import sys
from base64 import b64encode
from hashlib import sha1

NOT_KNOWN = frozenset({"emulation.setMediaFeaturesOverride"})
LISTENING = re.compile(rb"WebDriver BiDi listening on ws://127\.0\.0\.1:(\d+)")
GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # RFC 6455, 1.3
HEAD_BYTES_MAX = 1 << 16
CONTINUED, TEXT, CLOSE, PING, PONG = 0, 1, 8, 9, 10


async def main(arguments: list[str]) -> int:
    """Run the browser until it ends."""
    browser = await asyncio.create_subprocess_exec(
        os.environ["FIREFOX"], *arguments, stdout=sys.stderr, stderr=asyncio.subprocess.PIPE
    )
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, browser.terminate)
    assert browser.stderr is not None
    async for line in browser.stderr:
        found = LISTENING.search(line)
        if found is None:
            sys.stderr.buffer.write(line)
            sys.stderr.flush()
            continue
        inner = int(found[1])

        async def let_in(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await _hand_on(reader, writer, inner)  # noqa: B023  # told once

        server = await asyncio.start_server(let_in, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        print(f"WebDriver BiDi listening on ws://127.0.0.1:{port}", file=sys.stderr, flush=True)
    return await browser.wait()


async def _hand_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, inner: int) -> None:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    key = re.search(r"(?im)^sec-websocket-key: *(\S+)", head)
    assert key is not None, head
    path = head.split(" ", 2)[1]
    accept = b64encode(sha1((key[1] + GUID).encode()).digest()).decode()  # as the RFC has it
    to_reader, to_writer = await asyncio.open_connection("127.0.0.1", inner, limit=HEAD_BYTES_MAX)
    asked = (
        f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{inner}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Key: {b64encode(os.urandom(16)).decode()}\r\nSec-WebSocket-Version: 13\r\n\r\n"
    )
    to_writer.write(asked.encode())
    answer = await to_reader.readuntil(b"\r\n\r\n")
    if b" 101 " not in answer.partition(b"\r\n")[0]:
        writer.write(answer)
        writer.close()
        to_writer.close()
        return
    writer.write(
        (
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Accept: {accept}\r\n\r\n"
        ).encode()
    )

    async def asking() -> None:
        async for kind, sent in _messages(reader):
            message = sent
            told = json.loads(message) if kind == TEXT else {}
            if told.get("method") in NOT_KNOWN:
                _write(
                    writer,
                    TEXT,
                    json.dumps({"type": "success", "id": told["id"], "result": {}}).encode(),
                )
            elif kind == PING:
                _write(writer, PONG, message)
            else:
                if told.get("method") == "browsingContext.create":
                    # of the tabs of one window all but one are hidden
                    told["params"]["type"] = "window"
                    message = json.dumps(told).encode()
                _write(to_writer, kind, message, masked=True)
            await to_writer.drain()

    async def answering() -> None:
        async for kind, message in _messages(to_reader):
            if kind == PING:
                _write(to_writer, PONG, message, masked=True)
            else:
                _write(writer, kind, _download_named(message) if kind == TEXT else message)
            await writer.drain()

    ways = [asyncio.create_task(asking()), asyncio.create_task(answering())]
    with contextlib.suppress(OSError, asyncio.IncompleteReadError):
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
    for each in ways:
        each.cancel()
    await asyncio.gather(*ways, return_exceptions=True)
    writer.close()
    to_writer.close()


def _download_named(message: bytes) -> bytes:
    """A download that begins without going to a page has no id there, and Playwright passes over what has none."""
    if b"browsingContext.download" not in message:
        return message
    told = json.loads(message)
    if told.get("method") in {"browsingContext.downloadWillBegin", "browsingContext.downloadEnd"}:
        told["params"].setdefault("download", told["params"]["url"])
    return json.dumps(told).encode()


async def _messages(reader: asyncio.StreamReader):  # type: ignore[no-untyped-def]
    """Whole messages, (kind, content), until the other side goes."""
    whole, began = b"", TEXT
    while True:
        try:
            first, second = await reader.readexactly(2)
        except (asyncio.IncompleteReadError, ConnectionError):
            return
        size = second & 0x7F
        if size == 126:
            size = int.from_bytes(await reader.readexactly(2), "big")
        elif size == 127:
            size = int.from_bytes(await reader.readexactly(8), "big")
        mask = await reader.readexactly(4) if second & 0x80 else b""
        content = await reader.readexactly(size)
        if mask:
            content = _masked(content, mask)
        kind = first & 0x0F
        if kind >= CLOSE:
            yield kind, content
            continue
        began = began if kind == CONTINUED else kind
        whole += content
        if first & 0x80:
            yield began, whole
            whole = b""


def _write(
    writer: asyncio.StreamWriter, kind: int, content: bytes, *, masked: bool = False
) -> None:
    size = len(content)
    flag = 0x80 if masked else 0
    if size < 126:
        head = bytes([0x80 | kind, flag | size])
    elif size < 1 << 16:
        head = bytes([0x80 | kind, flag | 126]) + size.to_bytes(2, "big")
    else:
        head = bytes([0x80 | kind, flag | 127]) + size.to_bytes(8, "big")
    mask = os.urandom(4) if masked else b""
    writer.write(head + mask + (_masked(content, mask) if masked else content))


def _masked(content: bytes, mask: bytes) -> bytes:
    size = len(content)
    over = (mask * (size // 4 + 1))[:size]
    return (int.from_bytes(content, "big") ^ int.from_bytes(over, "big")).to_bytes(size, "big")


if __name__ == "__main__":
    sys.exit(asyncio.run(main(sys.argv[1:])))
