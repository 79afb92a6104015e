"""What the user's configuration says, as it was found and before anybody has judged it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from cmtool.model import Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedKey:
    """A key of the gateway under the name of a variable.

    ``file`` is the one of ``--env-file`` where the variable comes from there, ``line`` its line.
    """

    name: str
    key: Secret
    line: int | None = None
    file: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DotEnv:
    """A ``.env`` file beside the user, looked at, never loaded unasked; or the one that was named.

    ``keys`` are those of the gateway that stand in it, ``remarks`` what is odd about it, each in
    a sentence; ``broken`` those of them that keep a shell from taking a key.  ``others`` are the
    further variables of cmtool in it.
    """

    path: str
    keys: tuple[NamedKey, ...] = ()
    remarks: tuple[str, ...] = ()
    broken: tuple[str, ...] = ()
    others: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def key_variables(self) -> tuple[str, ...]:
        """The names of the variables that hold keys, each once."""
        return tuple(dict.fromkeys(key.name for key in self.keys))


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Where the key, the address and the model come from, and what stands around them.

    ``key_where`` and ``base_url_where`` name the source in words, ``key_source`` as the report
    does (``env:NAME``, ``file:PATH``, ``stdin``, ``sandbox``).  ``environ`` holds the variables
    that matter here and nothing else, those of ``env_file`` (``--env-file``) among them, which
    ``named`` holds as it was read;
    ``outweighed`` is the key in that file where the environment has the variable too.
    ``other_keys`` are keys of the gateway in other variables, ``misnamed_urls`` variables whose
    name is almost that of the base URL, ``file_remarks`` sentences on the files that were read.
    """

    key: Secret | None
    key_where: str
    key_source: str | None
    base_url: str
    base_url_where: str
    model: str | None = None
    environ: Mapping[str, str] = field(default_factory=dict, repr=False)
    dotenv: DotEnv | None = None
    env_file: str | None = None
    named: DotEnv | None = None
    outweighed: NamedKey | None = None
    other_keys: tuple[NamedKey, ...] = ()
    misnamed_urls: tuple[str, ...] = ()
    file_remarks: tuple[str, ...] = ()
