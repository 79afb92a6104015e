"""Content encodings, undone a bounded piece at a time: a small answer cannot become a huge one."""

from __future__ import annotations

import zlib
from collections.abc import Iterator

ACCEPTED = "gzip, deflate"
_PIECE = 64 * 1024


class EncodingError(Exception):
    """The body is not in the encoding that its header announces, or in none that was offered."""


class Decompressor:
    """Undoes one ``Content-Encoding`` (RFC 9110, section 8.4)."""

    def __init__(self, encoding: str) -> None:
        """Undo ``encoding``, the header's value; raises EncodingError for one never offered."""
        name = encoding.strip().lower()
        self._raw_deflate_possible = name == "deflate"
        match name:
            case "" | "identity":
                self._inflate: zlib._Decompress | None = None
            case "gzip" | "x-gzip":
                self._inflate = zlib.decompressobj(16 + zlib.MAX_WBITS)
            case "deflate":
                self._inflate = zlib.decompressobj()
            case _:
                raise EncodingError(f"it is encoded as {encoding[:40]!r}, which was not offered")

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        """Give the pieces that a chunk decodes to, each of at most 64 KiB; raises EncodingError."""
        if self._inflate is None:
            yield chunk
            return
        pending = chunk
        while pending:
            piece = self._decompress(pending)
            if piece:
                yield piece
            pending = self._inflate.unconsumed_tail
            if self._inflate.eof:
                return

    def _decompress(self, data: bytes) -> bytes:
        assert self._inflate is not None  # noqa: S101 - for the type checker
        try:
            piece = self._inflate.decompress(data, _PIECE)
        except zlib.error as exc:
            if not self._raw_deflate_possible:
                raise EncodingError("it does not decode by its Content-Encoding") from exc
            # Some servers send raw deflate data under that name (RFC 9110, section 8.4.1.2).
            self._raw_deflate_possible = False
            self._inflate = zlib.decompressobj(-zlib.MAX_WBITS)
            return self._decompress(data)
        self._raw_deflate_possible = False
        return piece
