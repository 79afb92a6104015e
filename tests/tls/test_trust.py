"""Whom a run trusts, and which paths certificates cannot be taken from."""

from __future__ import annotations

import os
import shutil
import ssl
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import trustme

from cmtool.tls.trust import CA_VARIABLES, Store, bundle, system_store, told, trust, unusable

VARIABLES = {variable.name: variable for variable in CA_VARIABLES}
CA = trustme.CA(organization_name="Example Works", organization_unit_name="Root")
NOWHERE = Store(files=("/no/such/file",), folders=("/no/such/folder",))


def authorities(context: ssl.SSLContext) -> int:
    return len(context.get_ca_certs())


def written(folder: Path) -> str:
    CA.cert_pem.write_to_path(str(folder / "ca.pem"))
    return str(folder / "ca.pem")


def test_a_system_without_any_store_gets_the_bundle() -> None:
    bare = trust({}, NOWHERE, inherited=False)
    assert bare.bundled
    assert authorities(bare.context) > 50
    assert Path(bundle()).exists()


def test_a_system_with_a_store_gets_no_bundle(tmp_path: Path) -> None:
    found = trust({}, Store(files=("/no/such/file", written(tmp_path))), inherited=False)
    assert not found.bundled
    assert authorities(found.context) == 1


def test_an_empty_file_is_no_store(tmp_path: Path) -> None:
    (tmp_path / "empty.pem").touch()
    assert trust({}, Store(files=(str(tmp_path / "empty.pem"),)), inherited=False).bundled


def test_an_empty_folder_is_no_store(tmp_path: Path) -> None:
    assert trust({}, Store(files=(), folders=(str(tmp_path),)), inherited=False).bundled


def test_what_the_environment_names_comes_on_top_of_the_system(tmp_path: Path) -> None:
    other = trustme.CA()
    other.cert_pem.write_to_path(str(tmp_path / "other.pem"))
    store = Store(files=(str(tmp_path / "other.pem"),))
    found = trust({"SSL_CERT_FILE": written(tmp_path)}, store, inherited=False)
    assert not found.bundled
    assert authorities(found.context) == 2


def test_a_named_file_is_enough_where_the_system_has_none(tmp_path: Path) -> None:
    found = trust({"SSL_CERT_FILE": written(tmp_path)}, NOWHERE, inherited=False)
    assert not found.bundled
    assert authorities(found.context) == 1


@pytest.mark.parametrize("path", ["/no/such/file", "bad\0path", ""])
def test_a_named_file_that_cannot_be_used_is_passed_over(path: str) -> None:
    assert trust({"SSL_CERT_FILE": path}, NOWHERE, inherited=False).bundled


@pytest.mark.skipif(shutil.which("openssl") is None, reason="nobody makes the hashed names")
def test_a_named_folder_counts(tmp_path: Path) -> None:
    written(tmp_path)
    hashed = subprocess.run(["openssl", "rehash", str(tmp_path)], capture_output=True, check=False)
    if hashed.returncode:
        pytest.skip("this openssl makes no hashed names, as LibreSSL's")
    assert not trust({"SSL_CERT_DIR": str(tmp_path)}, NOWHERE, inherited=False).bundled
    assert unusable(str(tmp_path), VARIABLES["SSL_CERT_DIR"]) is None


def test_a_system_that_verifies_by_itself_gets_no_bundle() -> None:
    assert not trust({}, None).bundled


def test_the_store_of_this_system_is_found_whatever_the_environment_says(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = system_store()
    monkeypatch.setenv("SSL_CERT_FILE", "/no/such/file")
    assert system_store() == before


def content(data: bytes) -> Callable[[Path], str]:
    def write(folder: Path) -> str:
        (folder / "named.pem").write_bytes(data)
        return str(folder / "named.pem")

    return write


def folder(path: Path) -> str:
    return str(path)


def literally(text: str) -> Callable[[Path], str]:
    return lambda _: text


@pytest.mark.parametrize(
    ("variable", "path", "said"),
    [
        pytest.param("SSL_CERT_FILE", written, None, id="good"),
        pytest.param("NODE_EXTRA_CA_CERTS", written, None, id="good-node"),
        pytest.param("SSL_CERT_FILE", literally("/no/such"), "which is not there", id="nowhere"),
        pytest.param("SSL_CERT_FILE", literally("~/ca.pem"), "~ in it was not filled", id="tilde"),
        pytest.param("SSL_CERT_FILE", literally("$HOME/c"), "not filled in", id="variable"),
        pytest.param("SSL_CERT_FILE", literally('"/etc/ca"'), "quotes", id="quotes"),
        pytest.param("SSL_CERT_FILE", literally("/no/such\n"), "line end", id="line-end"),
        pytest.param("SSL_CERT_FILE", literally("a\0b"), "not there", id="no-path"),
        pytest.param("SSL_CERT_FILE", folder, "a file is wanted", id="folder-for-a-file"),
        pytest.param("NODE_EXTRA_CA_CERTS", folder, "a file is wanted", id="folder-for-node"),
        pytest.param("SSL_CERT_DIR", folder, "openssl rehash", id="folder-without-hashes"),
        pytest.param("REQUESTS_CA_BUNDLE", folder, "openssl rehash", id="requests-folder"),
        pytest.param("SSL_CERT_DIR", written, "a directory is wanted", id="file-for-a-folder"),
        pytest.param("SSL_CERT_FILE", content(b""), "which is empty", id="empty"),
        pytest.param("SSL_CERT_FILE", content(b" \n"), "which is empty", id="blank"),
        pytest.param("CURL_CA_BUNDLE", content(b"hello"), "no certificate in PEM", id="text"),
        pytest.param("CURL_CA_BUNDLE", content(b"\x30\x82\x03\x01"), "DER form", id="der"),
        pytest.param(
            "SSL_CERT_FILE",
            content(b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"),
            "no certificate can be read",
            id="damaged",
        ),
    ],
)
def test_what_a_variable_names(
    tmp_path: Path, variable: str, path: Callable[[Path], str], said: str | None
) -> None:
    why = unusable(path(tmp_path), VARIABLES[variable])
    assert why is None if said is None else why is not None and said in why


@pytest.mark.skipif(
    os.name == "nt" or os.geteuid() == 0, reason="the superuser may read everything"
)
def test_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    path = Path(written(tmp_path))
    path.chmod(0)
    assert "cannot be read" in (unusable(str(path), VARIABLES["SSL_CERT_FILE"]) or "")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
@pytest.mark.parametrize("variable", ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"])
def test_a_pipe_is_not_waited_for(tmp_path: Path, variable: str) -> None:
    pipe = str(tmp_path / "pipe")
    os.mkfifo(pipe)
    entry = VARIABLES[variable]
    assert unusable(pipe, entry) == "which is no file: a pipe or a device"
    assert trust({variable: pipe}, Store(files=(), folders=())).bundled


def test_a_certificate_in_place_of_its_path_is_not_repeated() -> None:
    said = told("SSL_CERT_FILE", "-----BEGIN PRIVATE KEY-----\nMIGH", "which is not there")
    assert said.startswith("SSL_CERT_FILE holds a certificate or a key itself")
    assert "MIGH" not in said
