"""The only reader of the environment and of the user's files."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from cmtool.catalog.wording import PUBLIC_BASE_URL
from cmtool.errors import UsageError
from cmtool.model import Secret
from cmtool.settings import DotEnv, NamedKey, Settings
from cmtool.settings.variables import KEY_VARIABLE, URL_VARIABLE, meant_by
from cmtool.userfiles import (
    ENV_FILE_LIMIT,
    in_time,
    nearest_dotenv,
    read_file,
    read_key_file,
    read_stdin,
)

BASE_URL_VARIABLES = ("CROSSMODEL_API_URL", "CROSSMODEL_BASE_URL")
MODEL_VARIABLE = "CROSSMODEL_MODEL"
_LONGEST_VALUE = 8192  # characters of a variable that may be a key
_NARROWEST, _WIDEST = 20, 500  # columns that somebody may mean
_KEY_NAMED = ("KEY", "TOKEN", "SECRET", "CREDENTIAL")

_RELEVANT = frozenset(
    {
        *BASE_URL_VARIABLES,
        "OPENAI_API_KEY",
        "OPENAI_API_BASE",
        "OPENAI_BASE_URL",
        "ANTHROPIC_API_KEY",
        "ANTHROPIC_API_URL",
        "ANTHROPIC_AUTH_TOKEN",
        "ANTHROPIC_BASE_URL",
        "SSL_CERT_FILE",
        "SSL_CERT_DIR",
        "REQUESTS_CA_BUNDLE",
        "CURL_CA_BUNDLE",
        "NODE_EXTRA_CA_CERTS",
    }
)
_PROXIES = frozenset({"HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"})


def _is_relevant(name: str) -> bool:
    """Say whether a variable bears on the calls; those of proxies do however they are written."""
    return name in _RELEVANT or name.upper() in _PROXIES


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


def columns() -> int | None:
    """Give the columns that ``COLUMNS`` asks for; None where it names no number that can be meant.

    POSIX (XBD 8.3) has it outweigh what the system tells; here it speaks where no terminal does.
    """
    named = os.environ.get("COLUMNS", "").strip()
    number = int(named) if re.fullmatch("[0-9]{1,9}", named) else 0
    return number if _NARROWEST <= number <= _WIDEST else None


def github() -> tuple[bool, str | None]:
    """Say whether this is a GitHub Actions run, and name the file of the step's summary.

    https://docs.github.com/actions/reference/workflows-and-actions/variables.
    """
    active = os.environ.get("GITHUB_ACTIONS") == "true"
    return active, os.environ.get("GITHUB_STEP_SUMMARY") if active else None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sources:
    """The variables that count, and which of them come from the file of ``--env-file``."""

    variables: Mapping[str, str] = field(repr=False)
    file: str | None = None
    named: DotEnv | None = None
    in_file: frozenset[str] = frozenset()
    outweighed: str | None = field(default=None, repr=False)
    remarks: list[str] = field(default_factory=list)

    def where(self, name: str) -> str:
        """Name a variable in words, with the file when it comes from there."""
        return f"{name} in {self.file}" if self.file_of(name) else name

    def file_of(self, name: str) -> str | None:
        """Give the file that a variable comes from, None for the environment."""
        return self.file if name in self.in_file else None

    def source(self, name: str) -> str:
        """Name the source of a variable as the report does."""
        return f"file:{self.file}" if name in self.in_file else f"env:{name}"


def load(  # noqa: PLR0913 - one argument for each option
    environ: Mapping[str, str],
    *,
    base_url: str | None = None,
    api_key_file: str | None = None,
    env_file: str | None = None,
    model: str | None = None,
    timeout_s: float = 60.0,
) -> Settings:
    """Gather what is configured; an option outweighs its variable, a variable that of a file.

    Raises UsageError for a file that cannot be read, or not within ``timeout_s``, and for a
    text that can be no model ID.
    """
    sources = _sources(environ, env_file, timeout_s)
    variables = sources.variables
    key, where, source = _key(sources, api_key_file, timeout_s)
    url, url_where = _base_url(sources, base_url)
    return Settings(
        key=None if key is None else Secret(key),
        key_where=where,
        key_source=source if key is not None else None,
        base_url=url,
        base_url_where=url_where,
        model=_model(variables, model),
        environ={name: value for name, value in variables.items() if _is_relevant(name)},
        dotenv=_dotenv(),
        env_file=env_file,
        named=sources.named,
        outweighed=_named(sources.outweighed),
        other_keys=tuple(_other_keys(sources)),
        misnamed_urls=() if base_url is not None else tuple(_misnamed_urls(variables)),
        file_remarks=tuple(sources.remarks),
    )


def _sources(environ: Mapping[str, str], file: str | None, timeout_s: float) -> _Sources:
    """Lay the environment over the variables of a file, as python-dotenv does by default."""
    if file is None:
        return _Sources(variables=environ)
    from cmtool.settings.encodings import decoded  # noqa: PLC0415 - start-up time: few name a file
    from cmtool.settings.envfiles import parsed, read  # noqa: PLC0415 - likewise

    path, what = _path(file, "--env-file"), f"The file {file} of --env-file"
    text = decoded(in_time(partial(read_file, path, what, ENV_FILE_LIMIT), timeout_s))
    if "\0" in text.text:
        raise UsageError(f"{what} {(text.trouble or '').partition(';')[0]}.")
    watched = {KEY_VARIABLE, *_RELEVANT, *_PROXIES, *(name.lower() for name in _PROXIES)}
    in_text, remarks = parsed(text.text, file, watched, environ)
    if text.trouble:
        remarks.append(f"{file} {text.trouble}.")
    named = read(text.text, file)
    remarks += [f"{file}: {said[0].lower()}{said[1:]}" for said in named.broken]
    return _Sources(
        variables={**in_text, **environ},
        file=file,
        named=named,
        in_file=frozenset(in_text) - frozenset(environ),
        outweighed=in_text.get(KEY_VARIABLE) if KEY_VARIABLE in environ else None,
        remarks=remarks,
    )


def _path(given: str, option: str) -> Path:
    """Give the path of a file that an option names; no shell expands ``~`` behind a ``=``.

    Raises UsageError for nothing, and for a key itself, which it does not repeat.
    """
    from cmtool.credentials import is_a_secret  # noqa: PLC0415 - start-up time: few name a file

    if not given.strip():
        raise UsageError(f"{option} takes the path of a file; what was given is empty.")
    if is_a_secret(given) and not os.path.lexists(given):
        raise UsageError(
            f"{option} takes the path of a file; what was given looks like a key and is not "
            "repeated here. Put it into CROSSMODEL_API_KEY instead, and take it out of the "
            "shell's history."
        )
    try:
        return Path(given).expanduser()
    except RuntimeError:  # nobody knows that user, or where home is
        return Path(given)


def _key(sources: _Sources, file: str | None, timeout_s: float) -> tuple[str | None, str, str]:
    if file is None:
        key = sources.variables.get(KEY_VARIABLE)
        return key, sources.where(KEY_VARIABLE), sources.source(KEY_VARIABLE)
    read = read_stdin if file == "-" else partial(read_key_file, _path(file, "--api-key-file"))
    key, trouble = _key_text(in_time(read, timeout_s), file)
    if trouble:
        sources.remarks.append(trouble)
    if file == "-":
        return key, "standard input", "stdin"
    return key, file, f"file:{file}"


def _key_text(content: bytes, file: str) -> tuple[str, str | None]:
    """Give the text of a key file without the line end, which is the file's, and its trouble."""
    from cmtool.settings.encodings import decoded  # noqa: PLC0415 - start-up time: few name a file

    text = decoded(content)
    where = "The text on standard input" if file == "-" else file
    told = text.trouble and "\0" not in text.text  # of a NUL the judge of the key speaks
    trouble = f"{where} {text.trouble}." if told else None
    return text.text.removesuffix("\n").removesuffix("\r"), trouble


def _base_url(sources: _Sources, option: str | None) -> tuple[str, str]:
    if option is not None:
        return option, "--base-url"
    for variable in BASE_URL_VARIABLES:
        if sources.variables.get(variable, "").strip():
            return sources.variables[variable], sources.where(variable)
    return PUBLIC_BASE_URL, "the default"


def _model(environ: Mapping[str, str], option: str | None) -> str | None:
    asked = option if option is not None else environ.get(MODEL_VARIABLE) or None
    if asked is None:
        return None
    from cmtool.modelids import problem  # noqa: PLC0415 - start-up time: `errors` has no model

    if (why := problem(asked)) is not None:
        raise UsageError(why)
    return asked


def _named(outweighed: str | None) -> NamedKey | None:
    return NamedKey(name=KEY_VARIABLE, key=Secret(outweighed)) if outweighed else None


def _other_keys(sources: _Sources) -> Iterator[NamedKey]:
    """Give the keys of the gateway that other variables hold whose name is that of a key."""
    from cmtool.credentials import PREFIX, bare  # noqa: PLC0415 - start-up time

    for name, value in sorted(sources.variables.items()):
        if name == KEY_VARIABLE or PREFIX not in value or len(value) > _LONGEST_VALUE:
            continue
        named = any(word in name.upper() for word in _KEY_NAMED)
        if (named or meant_by(name) == KEY_VARIABLE) and bare(value).startswith(PREFIX):
            yield NamedKey(name=name, key=Secret(value), file=sources.file_of(name))


def _misnamed_urls(variables: Mapping[str, str]) -> Iterator[str]:
    """Give variables that nobody reads, though they hold an address and are named like its own."""
    if any(variables.get(variable, "").strip() for variable in BASE_URL_VARIABLES):
        return
    for name in sorted(variables):
        if "://" in variables[name] and meant_by(name) == URL_VARIABLE:
            yield name


def _dotenv() -> DotEnv | None:
    """Look at the nearest ``.env`` file for keys of the gateway; it is not loaded."""
    found = nearest_dotenv()
    if found is None:
        return None
    from cmtool.settings.encodings import decoded  # noqa: PLC0415 - start-up time: only where there is one
    from cmtool.settings.envfiles import read  # noqa: PLC0415 - likewise

    path, content = found
    text = decoded(content)
    return read(text.text, str(path), text.trouble)
