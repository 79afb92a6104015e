"""Content encodings: every form that servers send, in every division into chunks, bounded."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable, Iterable
from contextlib import suppress
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cmtool.compression import ACCEPTED, Decompressor, EncodingError

TEXT = b'{"data": [{"id": "deepseek/deepseek-v4-flash"}]}' * 7
PIECE = 64 * 1024


def raw_deflate(data: bytes) -> bytes:
    squeeze = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    return squeeze.compress(data) + squeeze.flush()


def decoded(encoding: str, chunks: Iterable[bytes]) -> bytes:
    undo = Decompressor(encoding)
    return b"".join(piece for chunk in chunks for piece in undo.feed(chunk))


def bytewise(data: bytes) -> list[bytes]:
    return [data[at : at + 1] for at in range(len(data))]


FORMS = (
    pytest.param("gzip", gzip.compress, id="gzip"),
    pytest.param("x-gzip", gzip.compress, id="x-gzip"),
    pytest.param(" GZIP ", gzip.compress, id="spelt-otherwise"),
    pytest.param("deflate", zlib.compress, id="deflate-zlib"),
    pytest.param("deflate", raw_deflate, id="deflate-raw"),
    pytest.param("identity", bytes, id="identity"),
    pytest.param("", bytes, id="none"),
)


@pytest.mark.parametrize(("encoding", "encode"), FORMS)
def test_a_body_comes_out_whole_however_it_is_cut(
    encoding: str, encode: Callable[[bytes], bytes]
) -> None:
    body = encode(TEXT)
    assert decoded(encoding, [body]) == TEXT
    assert decoded(encoding, bytewise(body)) == TEXT
    assert decoded(encoding, [body[:1], b"", body[1:]]) == TEXT


@pytest.mark.parametrize("encode", [gzip.compress, zlib.compress, raw_deflate])
@pytest.mark.parametrize("size", [0, 1, PIECE - 1, PIECE, PIECE + 1, 66_050, 3 * PIECE + 515])
def test_no_size_loses_its_end(size: int, encode: Callable[[bytes], bytes]) -> None:
    encoding = "gzip" if encode is gzip.compress else "deflate"
    assert decoded(encoding, [encode(b"a" * size)]) == b"a" * size


@settings(deadline=None)  # the machine may be busy
@given(data=st.binary(max_size=3000), cuts=st.lists(st.integers(0, 3000), max_size=6))
def test_any_division_of_any_data_gives_the_data(data: bytes, cuts: list[int]) -> None:
    for encoding, body in (
        ("gzip", gzip.compress(data)),
        ("deflate", zlib.compress(data)),
        ("deflate", raw_deflate(data)),
    ):
        edges = [0, *sorted(min(cut, len(body)) for cut in cuts), len(body)]
        chunks = [body[a:b] for a, b in pairwise(edges)]
        assert decoded(encoding, chunks) == data


@settings(deadline=None)  # the machine may be busy
@given(encoding=st.sampled_from(["gzip", "deflate"]), chunks=st.lists(st.binary(max_size=200)))
def test_any_bytes_decode_or_raise_the_one_error(encoding: str, chunks: list[bytes]) -> None:
    with suppress(EncodingError):
        assert isinstance(decoded(encoding, chunks), bytes)


def test_a_bomb_comes_in_bounded_pieces_on_demand() -> None:
    bomb = gzip.compress(bytes(64 * 1024 * 1024))
    assert len(bomb) < PIECE + 1000
    pieces = Decompressor("gzip").feed(bomb)
    assert [len(next(pieces)) for _ in range(5)] == [PIECE] * 5


def test_an_event_is_given_out_as_soon_as_it_was_flushed() -> None:
    squeeze = zlib.compressobj(9, zlib.DEFLATED, 16 + zlib.MAX_WBITS)
    undo = Decompressor("gzip")
    for event in (b"data: one\n\n", b"data: two\n\n"):
        sent = squeeze.compress(event) + squeeze.flush(zlib.Z_SYNC_FLUSH)
        assert b"".join(undo.feed(sent)) == event


MEMBERS = gzip.compress(b"one, ") + gzip.compress(b"two, ") + gzip.compress(b"three")


@pytest.mark.parametrize(
    "chunks",
    [
        pytest.param([MEMBERS], id="one-chunk"),
        pytest.param(bytewise(MEMBERS), id="bytewise"),
        pytest.param([gzip.compress(w) for w in (b"one, ", b"two, ", b"three")], id="one-each"),
        pytest.param([MEMBERS + bytes(512)], id="padded"),
        pytest.param([MEMBERS, bytes(512), b"more"], id="padded-later"),
        pytest.param([MEMBERS + b"\x1f"], id="half-a-magic"),
    ],
)
def test_members_in_a_row_are_one_body(chunks: list[bytes]) -> None:
    assert decoded("gzip", chunks) == b"one, two, three"


def test_what_stands_behind_the_end_is_let_go() -> None:
    assert decoded("deflate", [zlib.compress(TEXT) + b"rest", b"and more"]) == TEXT


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        pytest.param("gzip", b"<html>not compressed</html>", id="plain-as-gzip"),
        pytest.param("gzip", zlib.compress(TEXT), id="deflate-as-gzip"),
        pytest.param("deflate", b"<html>not compressed</html>", id="plain-as-deflate"),
        pytest.param("deflate", gzip.compress(TEXT), id="gzip-as-deflate"),
        pytest.param("gzip", gzip.compress(TEXT)[:-8] + b"badcheck", id="wrong-checksum"),
        pytest.param("gzip", MEMBERS + b"\x1f\x8bgarbage in a member", id="broken-member"),
    ],
)
def test_garbage_is_an_encoding_error(encoding: str, body: bytes) -> None:
    with pytest.raises(EncodingError, match="does not decode by its Content-Encoding"):
        decoded(encoding, [body])


def test_a_body_cut_short_gives_what_had_come() -> None:
    assert TEXT.startswith(decoded("gzip", [gzip.compress(TEXT)[:-12]]))


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, gzip", "compress", "gzip;q=1", "\x1b["])
def test_an_encoding_that_was_not_offered_is_refused(encoding: str) -> None:
    with pytest.raises(EncodingError, match="was not offered") as caught:
        Decompressor(encoding)
    assert "\x1b" not in str(caught.value)


def test_what_is_offered_is_taken() -> None:
    for encoding in ACCEPTED.split(","):
        assert decoded(encoding, []) == b""
