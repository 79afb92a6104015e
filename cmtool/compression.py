"""Content encodings, undone a bounded piece at a time: a small answer cannot become a huge one."""

from __future__ import annotations

import zlib
from collections.abc import Iterator

ACCEPTED = "gzip, deflate"
_PIECE = 64 * 1024
_GZIP_MAGIC = b"\x1f\x8b"  # RFC 1952, section 2.3.1
_HEADER = 2  # bytes that tell what begins


class EncodingError(Exception):
    """The body is not in the encoding that its header announces, or in none that was offered."""


class Decompressor:
    """Undoes one ``Content-Encoding`` (RFC 9110, section 8.4)."""

    def __init__(self, encoding: str) -> None:
        """Undo ``encoding``, the header's value; raises EncodingError for one never offered."""
        name = encoding.strip().lower()
        if name not in {"", "identity", "gzip", "x-gzip", "deflate"}:
            raise EncodingError(f"it is encoded as {encoding!r}, which was not offered")
        self._plain = name in {"", "identity"}
        self._gzip = name in {"gzip", "x-gzip"}
        self._inflate: zlib._Decompress | None = None
        self._held = b""  # the beginning, while it is too short to tell what it is
        self._started = False
        self._over = False

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        """Give the pieces that a chunk decodes to, each of at most 64 KiB; raises EncodingError."""
        if self._plain:
            yield chunk
            return
        pending, more = self._held + chunk, True
        self._held = b""
        while pending or more:
            self._inflate = self._inflate or self._begin(pending)
            if self._inflate is None:
                return
            piece, pending = _decompress(self._inflate, pending)
            # A full piece may not be all: zlib can hold back output though it took all the input.
            more = len(piece) == _PIECE
            if piece:
                yield piece
            if self._inflate.eof:
                pending = self._inflate.unused_data
                self._inflate = None

    @property
    def unfinished(self) -> bool:
        """Whether the data that was fed ends before what it holds does."""
        return self._inflate is not None or bool(self._held)

    def _begin(self, start: bytes) -> zlib._Decompress | None:
        """Give what decodes the data that starts here; None when that is nothing, or unclear yet.

        A body may be several gzip members in a row (RFC 1952, section 2.2); whatever else stands
        behind the end is let go, as gzip programs do.
        """
        if self._over or len(start) < _HEADER:
            self._held = b"" if self._over else start
            return None
        if self._started and not (self._gzip and start.startswith(_GZIP_MAGIC)):
            self._over = True
            return None
        self._started = True
        if self._gzip:
            return zlib.decompressobj(16 + zlib.MAX_WBITS)
        return zlib.decompressobj(zlib.MAX_WBITS if _is_zlib(start) else -zlib.MAX_WBITS)


def unlabelled(body: bytes, most: int) -> bytes | None:
    """Give what a body holds that is gzip and does not say so; None for any other.

    At most ``most`` bytes of it.
    """
    if not body.startswith(_GZIP_MAGIC):
        return None
    try:
        return zlib.decompressobj(16 + zlib.MAX_WBITS).decompress(body, most)
    except zlib.error:
        return None


def _is_zlib(start: bytes) -> bool:
    """Tell zlib data from the raw deflate data that some servers send under that name.

    RFC 9110, section 8.4.1.2; the header is that of RFC 1950, section 2.2.
    """
    return start[0] & 0x0F == zlib.DEFLATED and int.from_bytes(start[:_HEADER]) % 31 == 0


def _decompress(inflate: zlib._Decompress, data: bytes) -> tuple[bytes, bytes]:
    """Give a piece, and what of the data has still to be decoded."""
    try:
        return inflate.decompress(data, _PIECE), inflate.unconsumed_tail
    except zlib.error as exc:
        raise EncodingError("it does not decode by its Content-Encoding") from exc
