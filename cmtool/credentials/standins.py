"""What stands where a key should: the words of examples, names never filled in, other things.

Pure.  Each says what it recognised, in the rest of a sentence that begins with where it stands.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from cmtool.credentials.contents import PREFIX


@dataclass(frozen=True, slots=True, kw_only=True)
class StandIn:
    """What stands in a key's place: the rest of a sentence, and what to do first about it."""

    said: str
    action: str | None = None


_EXAMPLE = StandIn(said="holds the stand-in of an example, not a key.")
_UNFILLED = StandIn(
    said="holds the name of a variable that was never filled in.",
    action=(
        "See that the variable it names is set where the value is filled in; a shell fills in "
        "nothing between single quotes, and docker --env-file nothing at all."
    ),
)
_COMMAND_OF_A_SHELL = StandIn(
    said="holds a command that a shell was to run, not what the command gives.",
    action=(
        "Let a shell run it: it does so outside of single quotes only, and neither a .env file "
        "nor docker --env-file does so at all."
    ),
)
_OWN = StandIn(
    said="holds the variable's own name: it was never filled in.", action=_UNFILLED.action
)

# A value without the prefix that is a word, not a secret; with it, only what cannot be a key.
_STAND_IN = re.compile(
    r"""(?xi)
        (?!.*://) (?:
        <.*> | \[.*\] | \{.*\} | \(.*\)
      | (your|my|the|enter|insert|put|paste|add|replace)\b.* | (your|my)[-_ ]?.*key.*
      | .*(api[-_ ]?key|change[-_ ]?me|placeholder|key[-_ ]here|todo|fixme|redacted).*
      | (sk|pk|api|key)[-_](x{3,}|\.{2,}|…|your.*|<.*>|\*{2,}).* | x{3,} | \.{2,} | …
      | undefined | null | none | nil | nan | false | true | test | dummy | secret | token | key
      | hidden | removed | unset | empty | n/?a | tbd )
    """
)
_STAND_IN_BEHIND_PREFIX = re.compile(
    r"""(?xi)
        <.*> | \[.*\] | \{.*\} | \(.*\)
      | (your|insert|paste|enter|replace)([-_ ].*)? | your[-_]?(api[-_]?)?key.* | key[-_]here
      | (my|the|api)[-_]?(api[-_]?)?key | key | example | placeholder | change[-_]?me
      | x{3,} | [x.•…_\-]{3,} | undefined | null | none
    """
)
_UNEXPANDED = re.compile(
    r"""(?xs)
        \$.+ | %\w+% | .*\$\{[^}]+\}.* | .*\{\{.*\}\}.* | \#\{.+\}\#? | @@?\w+@@? | __\w+__ | `.+`
      | (process\.env|os\.environ|os\.getenv|import\.meta\.env|secrets|env|vars)[.\[(].*
      | .*%CROSSMODEL_API_KEY%.*
    """
)
_COMMAND = re.compile(r"(?s)\$\(.+\)|`[^`]*\s[^`]*`")
_OWN_NAME = re.compile(r"(?i)[$%]?crossmodel_api_key%?")
_MASKED = re.compile(r"[*•●]{2,}|…|\.{3}")

_REFERENCES = (
    ("op://", "1Password"),
    ("vault:", "HashiCorp Vault"),
    ("vault://", "HashiCorp Vault"),
    ("$ANSIBLE_VAULT", "Ansible Vault"),
    ("!vault", "Ansible Vault"),
    ("arn:aws:secretsmanager:", "AWS Secrets Manager"),
    ("arn:aws:ssm:", "AWS Systems Manager"),
    ("{{resolve:", "AWS CloudFormation"),
    ("awssm://", "AWS Secrets Manager"),
    ("aws-sm://", "AWS Secrets Manager"),
    ("ssm://", "AWS Systems Manager"),
    ("gcpsm://", "Google Secret Manager"),
    ("sm://", "Google Secret Manager"),
    ("projects/", "Google Secret Manager"),
    ("@Microsoft.KeyVault(", "Azure Key Vault"),
    ("akv://", "Azure Key Vault"),
    ("secretref:", "Azure Container Apps"),
    ("doppler://", "Doppler"),
    ("infisical://", "Infisical"),
    ("bws://", "Bitwarden"),
    ("keepass://", "KeePass"),
    ("keyring:", "a keyring"),
    ("keychain:", "a keychain"),
    ("ref+", "vals"),
    ("ENC[", "SOPS"),
)

_RESOLVE = {"1Password": "Let 1Password resolve it, and run the program with: op run -- PROGRAM"}

_ADDRESS = (
    "Put the address into CROSSMODEL_API_URL and the key into its own variable; they may have been "
    "swapped."
)
_FILE = "To read the key from a file, name the file with --api-key-file, not in the variable."
_KEY = "Put the key itself there; it starts with cm-."

_OTHER_THINGS = (
    (re.compile(r"(?i)https?://\S*|api\.crossmodel\.ai(?:/.*)?"), "an address", _ADDRESS),
    (re.compile(r"(?i)basic\s.+"), "a log-in of Basic authentication", _KEY),
    (re.compile(r"(?i)file://.+|@?~[/\\].+|@?\.{1,2}[/\\].+"), "the path of a file", _FILE),
    (re.compile(r"@?(?:[A-Za-z]:)(?:\\|/(?!/)).+|\\\\\w.+"), "the path of a file", _FILE),
    (re.compile(r"@?/(?:[\w.\-]+/)+[\w.\-]+"), "the path of a file", _FILE),
    (re.compile(r"[\w.\-]+\.(?:txt|key|pem|json|env|ya?ml)"), "the name of a file", _FILE),
    (re.compile(r"[\w.+\-]+@[\w\-]+\.[\w.\-]+"), "an e-mail address", _KEY),
    (
        re.compile(r"(?:anthropic|deepseek|gemini|openai|qwen|x-ai|z-ai)/[\w.\-]+"),
        "a model ID",
        _KEY,
    ),
    (re.compile(r"req_cm_\w+"), "an x-request-id", _KEY),
    (re.compile(r"\w+(?: \w+)+"), "words", _KEY),
)


def stand_in(text: str) -> StandIn | None:
    """Say what a value is that was never replaced by a key; None when it is none of these."""
    manager = next((who for begins, who in _REFERENCES if text.startswith(begins)), None)
    if manager:
        return StandIn(
            said=f"holds a reference to a secret of {manager}, which nothing has resolved.",
            action=_RESOLVE.get(manager, "Start the program with what resolves such references."),
        )
    if _OWN_NAME.fullmatch(text):
        return _OWN
    bare = text.removeprefix(PREFIX)
    if _COMMAND.fullmatch(bare):
        return _COMMAND_OF_A_SHELL
    if _UNEXPANDED.fullmatch(bare):
        return _UNFILLED
    form = _STAND_IN if bare == text else _STAND_IN_BEHIND_PREFIX
    return _EXAMPLE if form.fullmatch(bare) else None


def masked(place: int) -> StandIn:
    """Say that a key was masked; ``place`` counts from 1 in the value as found."""
    return StandIn(
        said=f"holds a masked copy of a key: character {place} stands for what was left out.",
        action="Copy the whole key from where you stored it; a list or a log shows it masked.",
    )


def masked_at(text: str) -> int | None:
    """Give where a value was masked, counted from 0; None when it was not."""
    found = _MASKED.search(text)
    return found.start() if found else None


def not_a_key(text: str) -> tuple[str, str] | None:
    """Name what has a form of its own, and what to do first; None for what may be some secret."""
    found = ((what, hint) for form, what, hint in _OTHER_THINGS if form.fullmatch(text))
    return next(found, None)
