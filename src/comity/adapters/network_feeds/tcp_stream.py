"""Bytes of a TCP connection that we open: SBS-1, Beast, Cursor on Target, ASTERIX."""

import asyncio
from collections.abc import AsyncGenerator

from comity.adapters.network_feeds.feed_loop import SourceError

CONNECT_S_MAX = 10.0
SILENCE_S_MAX = 60.0  # a dead connection may never say so; receivers send every second or heartbeat
CHUNK_BYTES = 65_536


class TcpSource:
    """A server that sends as soon as one connects."""

    is_documents = False

    def __init__(self, host: str, port: int, silence_s_max: float = SILENCE_S_MAX) -> None:
        self._host = host
        self._port = port
        self._silence_s_max = silence_s_max

    async def chunks(self) -> AsyncGenerator[bytes, None]:
        """One connection; see `ByteSource`."""
        try:
            reader, writer = await asyncio.wait_for(
                asyncio.open_connection(self._host, self._port), CONNECT_S_MAX
            )
        except TimeoutError as error:
            raise SourceError(f"no connection within {CONNECT_S_MAX:.0f} s") from error
        try:
            yield b""
            while True:
                try:
                    chunk = await asyncio.wait_for(reader.read(CHUNK_BYTES), self._silence_s_max)
                except TimeoutError as error:
                    raise SourceError(f"silent for {self._silence_s_max:.0f} s") from error
                if not chunk:
                    return
                yield chunk
        finally:
            writer.close()
