"""Which certificates are trusted: those of the system, and those that the environment names."""

from __future__ import annotations

import os
import re
import ssl
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from cmtool.redact import cut, visible

_HASHED = re.compile(r"[0-9a-fA-F]{8}\.[0-9]+")  # openssl-rehash(1): the names it looks for
_PEM_START, _LONGEST_PATH = "-----BEGIN", 200
_PEM = b"-----BEGIN CERTIFICATE-----"
_TRUSTED_PEM = b"-----BEGIN TRUSTED CERTIFICATE-----"
_DER = b"\x30\x82"
_LOOKED_AT = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class CaVariable:
    """A variable that names certificates, and who reads it.

    ``file`` and ``folder`` say which of the two it may name.
    """

    name: str
    readers: str
    file: bool = True
    folder: bool = False


# https://www.python-httpx.org/environment_variables, https://everything.curl.dev/usingcurl/tls/verify,
# the SSL certificate section of the advanced usage of requests, https://nodejs.org/api/cli.html.
CA_VARIABLES = (
    CaVariable(
        name="SSL_CERT_FILE",
        readers="httpx, and with it the OpenAI and Anthropic SDKs for Python, OpenSSL and curl",
    ),
    CaVariable(
        name="SSL_CERT_DIR",
        readers="httpx, and with it the OpenAI and Anthropic SDKs for Python, OpenSSL and curl",
        file=False,
        folder=True,
    ),
    CaVariable(name="REQUESTS_CA_BUNDLE", readers="requests", folder=True),
    CaVariable(name="CURL_CA_BUNDLE", readers="curl and requests", folder=True),
    CaVariable(name="NODE_EXTRA_CA_CERTS", readers="Node.js, and with it the JavaScript SDKs"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Store:
    """Where a system keeps its certificates: files, and folders of hashed names."""

    files: tuple[str, ...]
    folders: tuple[str, ...] = ()

    def file(self) -> str | None:
        """Give the first file that is there and holds something."""
        return next((path for path in self.files if _size(path)), None)

    def folder(self) -> str | None:
        """Give the first folder that is there and holds certificates."""
        return next((path for path in self.folders if _is_hashed(path)), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """Whom a run trusts.

    ``bundled`` says that the system has no certificates, so that the bundle of certifi is used.
    """

    context: ssl.SSLContext
    bundled: bool = False


def system_store() -> Store:
    """Give the places that OpenSSL was built for, then those of the Linux distributions.

    Whatever the environment says; on Windows and macOS the system itself verifies.
    """
    built = ssl.get_default_verify_paths()
    return Store(
        files=(
            built.openssl_cafile,
            "/etc/ssl/certs/ca-certificates.crt",  # Debian, Ubuntu, Alpine
            "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",  # Fedora, RHEL
            "/etc/pki/tls/certs/ca-bundle.crt",  # older ones of them
            "/etc/ssl/ca-bundle.pem",  # SUSE
            "/etc/ssl/cert.pem",  # BSD, OpenWrt
        ),
        folders=(built.openssl_capath, "/etc/ssl/certs"),
    )


def trust(environ: Mapping[str, str], store: Store | None, *, inherited: bool = True) -> Trust:
    """Trust what the system trusts, and what SSL_CERT_FILE and SSL_CERT_DIR name besides.

    ``store`` is where the system keeps its certificates, None where it verifies by itself.  A
    system without any, such as a slim container, gets the bundle of certifi, unless the
    environment names one.  ``inherited`` False leaves the process's own system store out.
    """
    file = environ.get("SSL_CERT_FILE", "")
    if file and _exists(file) and not _is_file(file):
        inherited = False  # OpenSSL itself would read that pipe, and wait for ever
    context = _system_context() if inherited else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    named = [name for name in _named(environ) if _load(context, *name)]
    overridden = any(environ.get(name) for name in ("SSL_CERT_FILE", "SSL_CERT_DIR"))
    if store is None:
        return Trust(context=context)
    kept, folder = store.file(), store.folder()
    bundled = not (named or kept or folder)
    if bundled:
        kept = bundle()
    if bundled or overridden or not inherited:  # OpenSSL looks nowhere else than they say
        _load(context, kept, folder)
    return Trust(context=context, bundled=bundled)


def bundle() -> str:
    """Give the path of certifi's bundle, which httpx and requests trust by themselves."""
    import certifi  # noqa: PLC0415 - start-up time: only a failure or a bare system needs it

    return certifi.where()


def told(variable: str, path: str, why: str) -> str:
    """Say what a variable names and why it is of no use; what is no path is not repeated."""
    if _PEM_START in path:
        return f"{variable} holds a certificate or a key itself, in place of the path of a file."
    return f"{variable} names {cut(visible(path), _LONGEST_PATH)}, {why}."


def unusable(path: str, variable: CaVariable) -> str | None:
    """Say why no certificates can be taken from a path, as a clause; None when they can."""
    if variable.folder and not variable.file:
        why = [_unusable_one(part, variable) for part in path.split(os.pathsep) if part]
        return next((reason for reason in why if reason), None)
    return _unusable_one(path, variable)


def _unusable_one(path: str, variable: CaVariable) -> str | None:
    if not _exists(path):
        return f"which is not there{_unexpanded(path)}"
    if _is_folder(path):
        if not variable.folder:
            return "which is a directory, while a file is wanted"
        return (
            None
            if _is_hashed(path)
            else (
                "a directory in which no certificate has the name that OpenSSL looks for; "
                "openssl rehash makes these names"
            )
        )
    if not _is_file(path):
        return "which is no file: a pipe or a device"
    if not variable.file:
        return "which is a file, while a directory is wanted; a file belongs into SSL_CERT_FILE"
    return _unreadable(path)


def _unreadable(path: str) -> str | None:
    try:
        with Path(path).open("rb") as file:
            content = file.read(_LOOKED_AT)
    except OSError as exc:
        return f"which cannot be read ({exc.strerror or exc})"
    if not content.strip():
        return "which is empty"
    if _PEM not in content and _TRUSTED_PEM not in content:
        form = " but one in DER form" if content.startswith(_DER) else ""
        return f"in which there is no certificate in PEM form{form}"
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cafile=path)
    except OSError as exc:  # an SSLError is one
        return f"from which no certificate can be read ({exc.strerror or exc})"
    return None


def _unexpanded(path: str) -> str:
    """Say what a shell would have taken off or filled in, and a file of variables does not."""
    if path[:1] in {'"', "'"}:
        return "; the quotes are part of the value"
    if path.startswith("~") or "$" in path or "%" in path:
        return f"; {path[:1] if path.startswith('~') else 'a variable'} in it was not filled in"
    if path != path.strip():
        return "; a blank or line end belongs to the value"
    return ""


def _system_context() -> ssl.SSLContext:
    import truststore  # noqa: PLC0415 - only an https address needs it

    return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def _named(environ: Mapping[str, str]) -> Iterator[tuple[str | None, str | None]]:
    if (file := environ.get("SSL_CERT_FILE")) and _is_file(file):
        yield file, None
    for folder in environ.get("SSL_CERT_DIR", "").split(os.pathsep):
        if folder and _is_hashed(folder):
            yield None, folder


def _load(context: ssl.SSLContext, file: str | None, folder: str | None) -> bool:
    """Add certificates; False when there are none, which the check `environment` tells."""
    try:
        if file or folder:
            context.load_verify_locations(cafile=file, capath=folder)
    except (OSError, ValueError):  # an SSLError is an OSError; no path at all is a ValueError
        return False
    return bool(file or folder)


def _size(path: str) -> int:
    try:
        return Path(path).stat().st_size if Path(path).is_file() else 0
    except (OSError, ValueError):
        return 0


def _is_hashed(path: str) -> bool:
    try:
        return any(_HASHED.fullmatch(entry.name) for entry in Path(path).iterdir())
    except (OSError, ValueError):
        return False


def _exists(path: str) -> bool:
    return os.path.exists(path)  # noqa: PTH110 - the value may be no path at all


def _is_file(path: str) -> bool:
    return os.path.isfile(path)  # noqa: PTH113 - likewise


def _is_folder(path: str) -> bool:
    return os.path.isdir(path)  # noqa: PTH112 - likewise
