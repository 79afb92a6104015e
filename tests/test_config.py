"""Where the settings come from, and every way in which a file or standard input disappoints."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from cmtool.address import PUBLIC_BASE_URL
from cmtool.config import columns, environment, load, plain_terminal
from cmtool.errors import UsageError
from cmtool.settings import Settings
from tests.systems import posix

KEY = "cm-canary-0123456789"


@pytest.fixture(autouse=True)
def _in_an_empty_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def key_of(settings: Settings) -> str | None:
    return settings.key.reveal() if settings.key else None


def test_nothing_configured_is_the_public_gateway_without_a_key() -> None:
    settings = load({})
    assert (settings.key, settings.key_source, settings.key_where) == (
        None,
        None,
        "CROSSMODEL_API_KEY",
    )
    assert (settings.base_url, settings.base_url_where) == (PUBLIC_BASE_URL, "the default")
    assert (settings.model, settings.dotenv, dict(settings.environ)) == (None, None, {})


def test_the_key_of_the_environment_is_taken_as_it_is() -> None:
    settings = load({"CROSSMODEL_API_KEY": f" {KEY}\n"})
    assert key_of(settings) == f" {KEY}\n"
    assert settings.key_source == "env:CROSSMODEL_API_KEY"


def test_an_empty_key_is_another_thing_than_none() -> None:
    settings = load({"CROSSMODEL_API_KEY": ""})
    assert key_of(settings) == ""
    assert settings.key_source == "env:CROSSMODEL_API_KEY"


URL, OTHER = "https://one.test/v1", "https://two.test/v1"


@pytest.mark.parametrize(
    ("environ", "option", "base_url", "where"),
    [
        pytest.param({"CROSSMODEL_API_URL": URL}, None, URL, "CROSSMODEL_API_URL", id="api-url"),
        pytest.param({"CROSSMODEL_BASE_URL": URL}, None, URL, "CROSSMODEL_BASE_URL", id="base"),
        pytest.param(
            {"CROSSMODEL_BASE_URL": OTHER, "CROSSMODEL_API_URL": URL},
            None,
            URL,
            "CROSSMODEL_API_URL",
            id="both",
        ),
        pytest.param(
            {"CROSSMODEL_API_URL": " ", "CROSSMODEL_BASE_URL": URL},
            None,
            URL,
            "CROSSMODEL_BASE_URL",
            id="blank-is-unset",
        ),
        pytest.param({"CROSSMODEL_API_URL": OTHER}, URL, URL, "--base-url", id="option-wins"),
        pytest.param({"CROSSMODEL_API_URL": OTHER}, "", "", "--base-url", id="empty-option"),
        pytest.param({"OPENAI_BASE_URL": URL}, None, PUBLIC_BASE_URL, "the default", id="not-ours"),
    ],
)
def test_the_base_url(
    environ: Mapping[str, str], option: str | None, base_url: str, where: str
) -> None:
    settings = load(environ, base_url=option)
    assert (settings.base_url, settings.base_url_where) == (base_url, where)


@pytest.mark.parametrize(
    ("environ", "option", "model"),
    [
        pytest.param({"CROSSMODEL_MODEL": "a/b"}, None, "a/b", id="variable"),
        pytest.param({"CROSSMODEL_MODEL": "a/b"}, "c/d", "c/d", id="option-wins"),
        pytest.param({"CROSSMODEL_MODEL": ""}, None, None, id="empty-is-unset"),
        pytest.param({}, None, None, id="unset"),
    ],
)
def test_the_model(environ: Mapping[str, str], option: str | None, model: str | None) -> None:
    assert load(environ, model=option).model == model


@pytest.mark.parametrize("model", ["", " ", "a\nb", "a\x1b[31m", "m" * 300])
def test_a_text_that_can_be_no_model_is_a_wrong_usage(model: str) -> None:
    with pytest.raises(UsageError):
        load({}, model=model)


def test_only_the_variables_that_matter_are_kept() -> None:
    environ = {
        "HTTPS_PROXY": "http://p",
        "SSL_CERT_FILE": "/c.pem",
        "OPENAI_API_KEY": "sk-1",
        "HOME": "/home/x",
        "AWS_SECRET_ACCESS_KEY": "s3cret",
        "CROSSMODEL_API_KEY": KEY,
    }
    assert set(load(environ).environ) == {"HTTPS_PROXY", "SSL_CERT_FILE", "OPENAI_API_KEY"}


@pytest.mark.parametrize(
    ("content", "key"),
    [
        pytest.param(KEY.encode(), KEY, id="no-line-end"),
        pytest.param(f"{KEY}\n".encode(), KEY, id="line-end"),
        pytest.param(f"{KEY}\r\n".encode(), KEY, id="crlf"),
        pytest.param(f"{KEY}\n\n".encode(), f"{KEY}\n", id="only-one-is-the-files"),
        pytest.param(f"{KEY} \n".encode(), f"{KEY} ", id="a-blank-is-kept-for-the-key-check"),
        pytest.param(b"\xef\xbb\xbf" + KEY.encode(), KEY, id="bom"),
        pytest.param(f"{KEY}\r\n".encode("utf-16"), KEY, id="powershell"),
        pytest.param(b"\xfe\xff" + KEY.encode("utf-16-be"), KEY, id="utf-16-be"),
        pytest.param(b"\xff\xfe\x00", "\ufffd", id="half-a-character"),
        pytest.param(b"cm-\xff", "cm-ÿ", id="not-utf8"),
        pytest.param(b"", "", id="empty"),
        pytest.param(b"x" * 16384, "x" * 16384, id="largest"),
    ],
)
def test_a_key_file(tmp_path: Path, content: bytes, key: str) -> None:
    path = tmp_path / "key"
    path.write_bytes(content)
    settings = load({"CROSSMODEL_API_KEY": "cm-other"}, api_key_file=str(path))
    assert key_of(settings) == key
    assert (settings.key_where, settings.key_source) == (str(path), f"file:{path}")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        pytest.param("missing", "does not exist", id="missing"),
        pytest.param("no/such/directory", "does not exist", id="missing-directory"),
        pytest.param("large", "too large to hold only a key", id="too-large"),
        pytest.param("nul\0name", "cannot be read", id="nul-in-the-name"),
        pytest.param("n" * 5000, "cannot be read", id="name-too-long", marks=posix),
        pytest.param("folder", "is a directory; name the file in it", id="directory", marks=posix),
        pytest.param("large/below", "cannot be read", id="below-a-file", marks=posix),
    ],
)
def test_a_key_file_that_cannot_be_used_is_a_wrong_usage(
    tmp_path: Path, name: str, said: str
) -> None:
    (tmp_path / "large").write_bytes(b"x" * 16385)
    (tmp_path / "folder").mkdir()
    with pytest.raises(UsageError, match=said):
        load({}, api_key_file=name)


@posix
def test_a_key_file_may_be_a_pipe() -> None:
    reading, writing = os.pipe()
    os.write(writing, f"{KEY}\n".encode())
    os.close(writing)
    try:
        assert key_of(load({}, api_key_file=f"/dev/fd/{reading}")) == KEY
    finally:
        os.close(reading)


class Unreadable(io.RawIOBase):
    """Standard input that was opened for writing."""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object, /) -> int:
        del buffer
        raise OSError(9, "Bad file descriptor")


def standard_input(content: bytes) -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(content), encoding="ascii")


@pytest.mark.parametrize(
    ("content", "key"),
    [
        pytest.param(f"{KEY}\n".encode(), KEY, id="line"),
        pytest.param(b"\xef\xbb\xbf" + KEY.encode() + b"\r\n", KEY, id="bom-and-crlf"),
        pytest.param(KEY.encode("utf-16"), KEY, id="powershell"),
        pytest.param("cm-é".encode(), "cm-é", id="utf8-whatever-the-locale"),
        pytest.param(b"", "", id="empty"),
    ],
)
def test_standard_input(monkeypatch: pytest.MonkeyPatch, content: bytes, key: str) -> None:
    monkeypatch.setattr(sys, "stdin", standard_input(content))
    settings = load({}, api_key_file="-")
    assert key_of(settings) == key
    assert (settings.key_where, settings.key_source) == ("standard input", "stdin")


def closed() -> io.TextIOWrapper:
    stream = standard_input(b"")
    stream.close()
    return stream


@pytest.mark.parametrize(
    ("stream", "said"),
    [
        pytest.param(None, "which is closed", id="none"),
        pytest.param(closed(), "which is closed", id="closed"),
        pytest.param(
            io.TextIOWrapper(io.BufferedReader(Unreadable())),
            "standard input: Bad file descriptor",
            id="for-writing",
        ),
        pytest.param(standard_input(b"x" * 20000), "too large to hold only a key", id="too-large"),
    ],
)
def test_standard_input_that_cannot_be_used_is_a_wrong_usage(
    monkeypatch: pytest.MonkeyPatch, stream: io.TextIOWrapper | None, said: str
) -> None:
    monkeypatch.setattr(sys, "stdin", stream)
    with pytest.raises(UsageError, match=said):
        load({}, api_key_file="-")


@pytest.mark.parametrize(
    ("content", "names"),
    [
        pytest.param(f"CROSSMODEL_API_KEY={KEY}\n", ("CROSSMODEL_API_KEY",), id="plain"),
        pytest.param(f'export CM="{KEY}"', ("CM",), id="export-and-quotes"),
        pytest.param(f"export  CM = '{KEY}'", ("CM",), id="blanks"),
        pytest.param(f"\ufeffA={KEY}\r\nB={KEY}\r\n", ("A", "B"), id="bom-and-crlf"),
        pytest.param(f"A={KEY}\nA={KEY}\n", ("A",), id="twice"),
        pytest.param(f"# A={KEY}\n  #B={KEY}\n", (), id="comment"),
        pytest.param("OPENAI_API_KEY=sk-123\nURL=https://x/?cm-1\n", (), id="other-values"),
        pytest.param(f"A={KEY}\nnot a line\n=x\n\xff\n", ("A",), id="odd-lines"),
        pytest.param(f"A=\n{KEY}\n", (), id="value-on-the-next-line"),
        pytest.param("", (), id="empty"),
    ],
)
def test_a_dotenv_file_is_looked_at_and_not_loaded(
    tmp_path: Path, content: str, names: tuple[str, ...]
) -> None:
    (tmp_path / ".env").write_bytes(content.encode())
    settings = load({})
    assert settings.key is None
    assert settings.dotenv is not None
    assert (settings.dotenv.path, settings.dotenv.key_variables) == (".env", names)
    assert KEY not in repr(settings)


def test_a_dotenv_file_that_is_no_text_is_no_failure(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(bytes(range(256)) * 2000)
    settings = load({})
    assert settings.dotenv is not None
    assert settings.dotenv.key_variables == ()


def test_a_directory_named_dotenv_is_no_file(tmp_path: Path) -> None:
    (tmp_path / ".env").mkdir()
    assert load({}).dotenv is None


@posix
def test_a_pipe_named_dotenv_keeps_nobody_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / ".env")
    assert load({}).dotenv is None


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        pytest.param({}, (False, False), id="neither"),
        pytest.param({"NO_COLOR": "1"}, (True, False), id="no-color"),
        pytest.param({"NO_COLOR": ""}, (False, False), id="no-color-empty"),
        pytest.param({"TERM": "dumb"}, (True, True), id="dumb"),
        pytest.param({"TERM": "xterm-256color"}, (False, False), id="xterm"),
    ],
)
def test_what_the_environment_says_of_the_terminal(
    monkeypatch: pytest.MonkeyPatch, environ: dict[str, str], expected: tuple[bool, bool]
) -> None:
    for name in ("NO_COLOR", "TERM"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    assert plain_terminal() == expected


@pytest.mark.parametrize(
    ("named", "expected"),
    [
        pytest.param(None, None, id="unset"),
        pytest.param("60", 60, id="narrow"),
        pytest.param(" 120 ", 120, id="blanks"),
        pytest.param("20", 20, id="narrowest"),
        pytest.param("500", 500, id="widest"),
        pytest.param("19", None, id="too-narrow"),
        pytest.param("501", None, id="too-wide"),
        pytest.param("9" * 5000, None, id="thousands-of-digits"),
        pytest.param("0", None, id="nought"),
        pytest.param("-60", None, id="negative"),
        pytest.param("60.0", None, id="fraction"),
        pytest.param("", None, id="empty"),
        pytest.param("wide", None, id="word"),
        pytest.param("६०", None, id="other-digits"),
    ],
)
def test_the_columns_that_the_environment_names(
    monkeypatch: pytest.MonkeyPatch, named: str | None, expected: int | None
) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    if named is not None:
        monkeypatch.setenv("COLUMNS", named)
    assert columns() == expected


def test_the_environment_is_that_of_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CROSSMODEL_MODEL", "vendor/model")
    assert environment()["CROSSMODEL_MODEL"] == "vendor/model"
