"""Documents asked for again and again over HTTP: `aircraft.json`, OpenSky state vectors."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from typing import TYPE_CHECKING

from comity.adapters.network_feeds.feed_loop import SourceError

if TYPE_CHECKING:
    import httpx

BODY_BYTES_MAX = 64 << 20
ANSWER_S_MAX = 20.0


class HttpPollSource:
    """A document polled at an interval, its fetching and decoding included; redirects are not followed."""

    is_documents = True

    def __init__(
        self,
        address: str,
        every_s: float,
        headers: Mapping[str, str] | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._address = address
        self._every_s = every_s
        self._headers = dict(headers or {})
        self._sleep = sleep

    async def chunks(self) -> AsyncGenerator[bytes, None]:
        """One document after the other, until one cannot be had; see `ByteSource`."""
        import httpx  # noqa: PLC0415  # 0.3 s, and only where a feed is polled

        async with httpx.AsyncClient(timeout=ANSWER_S_MAX, headers=self._headers) as client:
            time_s = asyncio.get_running_loop().time
            while True:
                asked_s = time_s()
                try:
                    body = await self._document(client)
                except httpx.HTTPError as error:
                    raise SourceError(f"{type(error).__name__}: {error}") from error
                yield body  # comes back once it is decoded
                await self._sleep(max(self._every_s - (time_s() - asked_s), 0.0))

    async def _document(self, client: "httpx.AsyncClient") -> bytes:
        parts: list[bytes] = []
        size_bytes = 0
        async with client.stream("GET", self._address) as answer:
            if answer.status_code != 200:
                raise SourceError(f"status {answer.status_code}")
            async for part in answer.aiter_bytes():
                size_bytes += len(part)
                if size_bytes > BODY_BYTES_MAX:
                    raise SourceError(f"a document over {BODY_BYTES_MAX} bytes")
                parts.append(part)
        return b"".join(parts)
