"""What a proxy asks for with 407, and what is said of it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cmtool.routing.challenges import demand, schemes


@pytest.mark.parametrize(
    ("header", "found"),
    [
        pytest.param("", (), id="none"),
        pytest.param('Basic realm="proxy"', ("Basic",), id="basic"),
        pytest.param("basic", ("Basic",), id="bare"),
        pytest.param("NTLM", ("NTLM",), id="ntlm"),
        pytest.param("Negotiate, NTLM", ("Negotiate", "NTLM"), id="two"),
        pytest.param('Negotiate, Basic realm="a, NTLM, b"', ("Negotiate", "Basic"), id="quoted"),
        pytest.param(
            'Digest realm="r", qop="auth", nonce="n", algorithm=MD5, Basic realm="r"',
            ("Digest", "Basic"),
            id="parameters",
        ),
        pytest.param("NTLM TlRMTVNTUAAC==", ("NTLM",), id="token"),
        pytest.param('Basic realm="a\\"b, c"', ("Basic",), id="escaped-quote"),
        pytest.param("NTLM, NTLM", ("NTLM",), id="twice"),
        pytest.param("Sesame open", ("Sesame",), id="unknown"),
    ],
)
def test_the_schemes(header: str, found: tuple[str, ...]) -> None:
    assert schemes(header) == found


@pytest.mark.parametrize(
    ("header", "login", "said", "first"),
    [
        pytest.param("Basic", None, "kind Basic, and P holds none", "Write the login", id="basic"),
        pytest.param("", None, "asks for a login, and P holds none", "Write the", id="unnamed"),
        pytest.param("Basic", ("u", "p"), "refused it. It asks for Basic", "Correct", id="refused"),
        pytest.param("", ("u", "p"), "login of P and refused it.", "Correct", id="refused-unnamed"),
        pytest.param("Basic", ("u", ""), "no password", "Correct", id="user-only"),
        pytest.param("NTLM, Negotiate", None, "NTLM or Negotiate only", "helper", id="ntlm"),
        pytest.param("Negotiate", ("u", "p"), "Negotiate only", "helper", id="negotiate-with"),
        pytest.param("Digest realm=r", ("u", "p"), "Digest only", "helper", id="digest"),
        pytest.param("NTLM, Basic realm=r", None, "NTLM or Basic", "Write the login", id="choice"),
    ],
)
def test_what_is_wanted(header: str, login: tuple[str, str] | None, said: str, first: str) -> None:
    wanted = demand(header, variable="P", login=login)
    assert said in wanted.details[0]
    assert first in wanted.actions[0]
    assert "P" in wanted.actions[0]


@settings(deadline=None, max_examples=100)
@given(st.text(max_size=200))
def test_no_header_makes_it_fail(header: str) -> None:
    assert demand(header).actions
    assert all(len(name) <= 31 for name in schemes(header))
