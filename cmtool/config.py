"""The only reader of the environment and of the user's files."""

from __future__ import annotations

import codecs
import os
import re
import sys
import threading
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from cmtool.address import PUBLIC_BASE_URL
from cmtool.errors import CmtoolError, UsageError
from cmtool.model import Secret
from cmtool.settings import DotEnv, Settings

KEY_VARIABLE = "CROSSMODEL_API_KEY"
BASE_URL_VARIABLES = ("CROSSMODEL_API_URL", "CROSSMODEL_BASE_URL")
MODEL_VARIABLE = "CROSSMODEL_MODEL"
_KEY_FILE_LIMIT = 16 * 1024
_DOTENV_LIMIT = 256 * 1024
_KEY_LINE = re.compile(
    r"""(?xm) ^[ \t]* (?:export[ \t]+)? ([A-Za-z_]\w*) [ \t]*=[ \t]* ["']? cm-"""
)

_RELEVANT = frozenset(
    {
        *BASE_URL_VARIABLES,
        "OPENAI_API_KEY",
        "OPENAI_BASE_URL",
        "ANTHROPIC_API_KEY",
        "ANTHROPIC_AUTH_TOKEN",
        "ANTHROPIC_BASE_URL",
        "SSL_CERT_FILE",
        "SSL_CERT_DIR",
        "REQUESTS_CA_BUNDLE",
        "CURL_CA_BUNDLE",
        "NODE_EXTRA_CA_CERTS",
        "HTTP_PROXY",
        "HTTPS_PROXY",
        "ALL_PROXY",
        "NO_PROXY",
        "http_proxy",
        "https_proxy",
        "all_proxy",
        "no_proxy",
    }
)


def environment() -> Mapping[str, str]:
    """Give the process's environment."""
    return os.environ


def cache_folder() -> Path | None:
    """Give the folder for what may be lost, None where the environment names no place for it.

    ``XDG_CACHE_HOME`` where it is an absolute path, as the XDG base directory specification has
    it; on Windows ``LOCALAPPDATA``; else ``.cache`` of the home directory.  The completion scripts
    look for it in the same way.
    """
    named = os.environ.get("XDG_CACHE_HOME", "")
    if named.startswith("/"):
        return Path(named, "cmtool")
    if sys.platform == "win32":
        local = os.environ.get("LOCALAPPDATA")
        return Path(local, "cmtool") if local else None
    home = os.environ.get("HOME", "")
    return Path(home, ".cache", "cmtool") if home.startswith("/") else None


def plain_terminal() -> tuple[bool, bool]:
    """Say whether the environment asks for no colours, and whether the terminal cannot move.

    ``NO_COLOR``: https://no-color.org, set and not empty; ``TERM=dumb`` means both.
    """
    dumb = os.environ.get("TERM") == "dumb"
    return dumb or bool(os.environ.get("NO_COLOR")), dumb


def github() -> tuple[bool, str | None]:
    """Say whether this is a GitHub Actions run, and name the file of the step's summary.

    https://docs.github.com/actions/reference/workflows-and-actions/variables.
    """
    active = os.environ.get("GITHUB_ACTIONS") == "true"
    return active, os.environ.get("GITHUB_STEP_SUMMARY") if active else None


def load(
    environ: Mapping[str, str],
    *,
    base_url: str | None = None,
    api_key_file: str | None = None,
    model: str | None = None,
    timeout_s: float = 60.0,
) -> Settings:
    """Gather what is configured; an option outweighs its variable.

    Raises UsageError for a key file that cannot be read, or not within ``timeout_s``, and for a
    text that can be no model ID.
    """
    key, where, source = _key(environ, api_key_file, timeout_s)
    url, url_where = _base_url(environ, base_url)
    return Settings(
        key=None if key is None else Secret(key),
        key_where=where,
        key_source=source if key is not None else None,
        base_url=url,
        base_url_where=url_where,
        model=_model(environ, model),
        environ={name: environ[name] for name in _RELEVANT if name in environ},
        dotenv=_dotenv(Path(".env")),
    )


def _key(
    environ: Mapping[str, str], file: str | None, timeout_s: float
) -> tuple[str | None, str, str]:
    if file is None:
        return environ.get(KEY_VARIABLE), KEY_VARIABLE, f"env:{KEY_VARIABLE}"
    if file == "-":
        return _without_line_end(_in_time(_stdin, timeout_s)), "standard input", "stdin"
    content = _in_time(partial(_read_key_file, Path(file)), timeout_s)
    return _without_line_end(content), file, f"file:{file}"


def _in_time(read: Callable[[], str], timeout_s: float) -> str:
    """Read what may be a pipe that nobody writes to, in a thread that nobody waits for."""
    results: list[str | CmtoolError] = []

    def run() -> None:
        try:
            results.append(read())
        except CmtoolError as exc:
            results.append(exc)

    thread = threading.Thread(target=run, name="cmtool-key", daemon=True)
    thread.start()
    thread.join(timeout_s)
    if not results:
        raise UsageError(f"The key was to be read, but nothing came within {timeout_s:g} s.")
    if isinstance(results[0], CmtoolError):
        raise results[0]
    return results[0]


def _without_line_end(text: str) -> str:
    """Take off the line end with which a file ends: it belongs to the file, not to the key."""
    return text.removesuffix("\n").removesuffix("\r")


def _stdin() -> str:
    if sys.stdin is None or sys.stdin.closed:
        raise UsageError("--api-key-file - reads the key from standard input, which is closed.")
    try:
        content = sys.stdin.buffer.read(_KEY_FILE_LIMIT + 1)
    except OSError as exc:
        raise UsageError(f"No key can be read from standard input: {exc.strerror}.") from exc
    return _decoded(content, "The text on standard input")


def _read_key_file(path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(_KEY_FILE_LIMIT + 1)
    except IsADirectoryError as exc:
        raise UsageError(f"The key file {path} is a directory; name the file in it.") from exc
    except FileNotFoundError as exc:
        raise UsageError(f"The key file {path} does not exist.") from exc
    except (OSError, ValueError) as exc:
        reason = exc.strerror if isinstance(exc, OSError) and exc.strerror else exc
        raise UsageError(f"The key file {path} cannot be read: {reason}.") from exc
    return _decoded(content, f"The key file {path}")


def _decoded(content: bytes, what: str) -> str:
    """Give a key's text; Windows PowerShell writes files in UTF-16, with a byte order mark."""
    if len(content) > _KEY_FILE_LIMIT:
        raise UsageError(f"{what} is too large to hold only a key.")
    utf_16 = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    return content.decode(*(("utf-16", "replace") if utf_16 else ("utf-8-sig", "surrogateescape")))


def _base_url(environ: Mapping[str, str], option: str | None) -> tuple[str, str]:
    if option is not None:
        return option, "--base-url"
    for variable in BASE_URL_VARIABLES:
        if environ.get(variable, "").strip():
            return environ[variable], variable
    return PUBLIC_BASE_URL, "the default"


def _model(environ: Mapping[str, str], option: str | None) -> str | None:
    asked = option if option is not None else environ.get(MODEL_VARIABLE) or None
    if asked is None:
        return None
    from cmtool.modelids import problem  # noqa: PLC0415 - start-up time: `errors` has no model

    if (why := problem(asked)) is not None:
        raise UsageError(why)
    return asked


def _dotenv(path: Path) -> DotEnv | None:
    """Look at a ``.env`` file for keys of the gateway; their values are not kept."""
    try:
        if not path.is_file():  # a pipe of that name could keep the reader waiting
            return None
        with path.open("rb") as file:
            content = file.read(_DOTENV_LIMIT).decode("utf-8-sig", "replace")
    except OSError:
        return None
    names = dict.fromkeys(match[1] for match in _KEY_LINE.finditer(content))
    return DotEnv(path=str(path), key_variables=tuple(names))
