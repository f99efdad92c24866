"""Messages over a stream: four bytes of length, then MessagePack."""

import asyncio
from typing import Any, Generic, TypeVar

import msgspec

MESSAGE_BYTES_MAX = 64 << 20  # the volumes of 10,000 flights; beyond it somebody is out of step
LENGTH_BYTES = 4

In = TypeVar("In")
Out = TypeVar("Out")


class ChannelClosedError(Exception):
    """The other side is gone."""


class AirChannel(Generic[In, Out]):
    """One end."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, kind: Any
    ) -> None:
        """Take one end of a connected stream.

        Args:
            reader: bytes of the other side.
            writer: bytes to it.
            kind: the union of messages that the other side sends.
        """
        self._reader = reader
        self._writer = writer
        self._decoder: msgspec.msgpack.Decoder[In] = msgspec.msgpack.Decoder(kind)
        self._encoder = msgspec.msgpack.Encoder()

    @property
    def waiting_bytes(self) -> int:
        """What was sent and not yet taken by the system."""
        return self._writer.transport.get_write_buffer_size()

    def send(self, message: Out) -> None:
        """Hand a message over; what cannot be written at once waits in memory."""
        content = self._encoder.encode(message)
        self._writer.write(len(content).to_bytes(LENGTH_BYTES, "big") + content)

    async def receive(self) -> In:
        """The next message.

        Raises:
            ChannelClosedError: the other side is gone, or says what cannot be read.
        """
        try:
            length = int.from_bytes(await self._reader.readexactly(LENGTH_BYTES), "big")
            if length > MESSAGE_BYTES_MAX:
                raise ChannelClosedError(f"a message of {length} bytes")
            return self._decoder.decode(await self._reader.readexactly(length))
        except (OSError, asyncio.IncompleteReadError) as error:
            raise ChannelClosedError("the other side is gone") from error
        except msgspec.MsgspecError as error:
            raise ChannelClosedError(f"a message that cannot be read: {error}") from error

    def close(self) -> None:
        """End it."""
        self._writer.close()
