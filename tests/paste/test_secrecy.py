"""No key, password or cookie of a paste is kept, whoever gave it out, however it stands there."""

from __future__ import annotations

import base64

import pytest

from cmtool.paste import read
from cmtool.paste.secrecy import secrets_of
from tests.paste.case import explained

LOGIN = base64.b64encode(b"alice:hunter2secret").decode()
HEX = "0123456789abcdef0123456789abcdef"
BODY = '{"error": {"message": "No.", "type": "billing_error", "code": "no_wallet"}}'
VENDORS = (
    *("github_pat_11ABCDEFG0abcdefghijklmnop", "AKIAIOSFODNN7EXAMPLE", "gsk_abcdefghijklmnop1234"),
    *("xoxb-123456789012-abcdefghijkl", "nvapi-abcdefghijklmnop1234567890", "r8_abcdefghijkl12345"),
    *("pplx-abcdefghijklmnop1234567890", "glpat-abcdefghij1234567890", "ya29.a0AfH6SMBabcdefghij"),
    *(
        "fw_abcdefghijklmnop12345678",
        "csk-abcdefghijklmnop1234567890",
        "tgp_v1_abcdefghijklmn12345",
    ),
    *("sk-ant-api03-abcdefghijklmnop-1234567890", "AIzaSyA1234567890abcdefghijklmnopqrstuv"),
    *(
        "hf_abcdefghijklmnopqrstuvwx1",
        "cm-4f9a8b7c6d5e4f3a2b1c0d9e",
        "sk_live_abcdefghijklmnop1234",
    ),
)
NAMED = {
    "header": (f"Connection refused: x-api-key: {HEX}", HEX),
    "azure": (f"ERROR 401 Unauthorized (api-key: {HEX})", HEX),
    "json-field": (f'{{"level": "error", "api_key": "{HEX}", "status": 402}}', HEX),
    "python-field": (f"Error code: 402 - no, {{'api_key': '{HEX}'}}", HEX),
    "query": (f"ENOTFOUND https://a.example/?key=1&token={HEX}", HEX),
    "basic": (f"curl: (6) Could not resolve host: -H 'Authorization: Basic {LOGIN}'", LOGIN),
    "bearer": (f"curl: (6) no host in Authorization: Bearer {HEX}", HEX),
    "password-of-basic": (f"ENOTFOUND Proxy-Authorization: Basic {LOGIN} hunter2secret", "hunter2"),
    "curl-user": ("$ curl -u alice:hunter2secret\ncurl: (6) hunter2secret", "hunter2secret"),
    "curl-proxy-user": ("curl --proxy-user=a:hunter2secret\ncurl: (7) hunter2secret", "hunter2"),
    "cookie": ("Cookie: theme=dark; sid=topsecret12345\nECONNREFUSED topsecret12345", "topsecret"),
    "curl-cookie": ("curl -b 'sid=topsecret12345'\nECONNREFUSED topsecret12345", "topsecret12345"),
    "session": ("ECONNRESET session_id=topsecret12345", "topsecret12345"),
    "jwt": ("ECONNRESET eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.SflKxwRJSMeK", "SflKxw"),
    "elsewhere": (f"> x-api-key: {HEX}\n{BODY.replace('No.', f'The key {HEX} is empty.')}", HEX),
    "har": (f'ECONNRESET {{"name": "x-api-key",\n  "value": "{HEX}"}}\nECONNRESET {HEX}', HEX),
    "status": (f"HTTP 402\n{HEX} password={HEX}", HEX),
}


@pytest.mark.parametrize("name", NAMED)
def test_a_secret_is_known_by_the_name_before_it(name: str) -> None:
    text, secret = NAMED[name]
    assert secret in text
    got = explained(text)
    assert got is not None
    assert secret not in repr(got)


@pytest.mark.parametrize("key", VENDORS)
def test_a_key_is_known_by_its_form(key: str) -> None:
    got = explained(BODY.replace("No.", f"The key {key} is wrong."))
    assert got is not None
    assert got.diagnosis is not None
    assert key not in repr(got)


# What has a name of a secret before it, and is none.
WORDS = (
    *("api_key client option must be set", "code: insufficient_balance", "key=value", "token: 12"),
    *("api_key=$CROSSMODEL_API_KEY", "Authorization: Bearer ***", "max_tokens=16000", "key: null"),
    *("Authorization: Bearer <your key here>", "api_key='your-api-key-goes-here'", "-u", "cookie:"),
    *("password: [redacted by the tool]", "key = insufficient_balance", "Basic authentication"),
)


@pytest.mark.parametrize("text", WORDS)
def test_words_are_no_secrets(text: str) -> None:
    assert secrets_of(text) == ()


def test_the_secrets_of_a_paste_are_told_to_whoever_shows_it() -> None:
    assert HEX in read(f"x-api-key: {HEX}".encode()).secrets


def test_of_many_secrets_a_bounded_number_is_kept() -> None:
    many = "\n".join(f"password=hunter{number:08}" for number in range(5000))
    assert 0 < len(secrets_of(many)) <= 100
