"""What stands where a key should: the words of examples, names never filled in, other things.

Pure.  Each says what it recognised, in the rest of a sentence that begins with where it stands.
"""

from __future__ import annotations

import re

from cmtool.credentials.contents import PREFIX

_EXAMPLE = "holds the stand-in of an example, not a key."
_UNFILLED = "holds the name of a variable that was never filled in."

# A value without the prefix that is a word, not a secret; with it, only what cannot be a key.
_STAND_IN = re.compile(
    r"""(?xi)
        <.*> | \[.*\] | \{.*\} | \(.*\)
      | (your|my|the|enter|insert|put|paste|add|replace)\b.* | (your|my)[-_ ]?.*key.*
      | .*(api[-_ ]?key|change[-_ ]?me|placeholder|key[-_ ]here|todo|fixme|redacted).*
      | (sk|pk|api|key)[-_](x{3,}|\.{2,}|…|your.*|<.*>|\*{2,}).* | x{3,} | \.{2,} | …
      | undefined | null | none | nil | nan | false | true | test | dummy | secret | token | key
      | hidden | removed | unset | empty | n/?a | tbd
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

_ADDRESS = " The variable for the address is CROSSMODEL_API_URL."
_FILE = " The option --api-key-file reads the key from a file."

_OTHER_THINGS = (
    (re.compile(r"(?i)https?://\S*|api\.crossmodel\.ai(?:/.*)?"), "an address", _ADDRESS),
    (re.compile(r"(?i)basic\s.+"), "a log-in of Basic authentication", ""),
    (re.compile(r"(?i)file://.+|@?~[/\\].+|@?\.{1,2}[/\\].+"), "the path of a file", _FILE),
    (re.compile(r"@?(?:[A-Za-z]:)(?:\\|/(?!/)).+|\\\\\w.+"), "the path of a file", _FILE),
    (re.compile(r"@?/(?:[\w.\-]+/)+[\w.\-]+"), "the path of a file", _FILE),
    (re.compile(r"[\w.\-]+\.(?:txt|key|pem|json|env|ya?ml)"), "the name of a file", _FILE),
    (re.compile(r"[\w.+\-]+@[\w\-]+\.[\w.\-]+"), "an e-mail address", ""),
    (re.compile(r"(?:anthropic|deepseek|gemini|openai|qwen|x-ai|z-ai)/[\w.\-]+"), "a model ID", ""),
    (re.compile(r"req_cm_\w+"), "an x-request-id", ""),
    (re.compile(r"\w+(?: \w+)+"), "words", ""),
)


def stand_in(text: str) -> str | None:
    """Say what a value is that was never replaced by a key; None when it is none of these."""
    manager = next((who for begins, who in _REFERENCES if text.startswith(begins)), None)
    if manager:
        return f"holds a reference to a secret of {manager}, which nothing has resolved."
    if _OWN_NAME.fullmatch(text):
        return "holds the variable's own name: " + _UNFILLED.removeprefix("holds ")
    if _UNEXPANDED.fullmatch(text):
        return _UNFILLED
    bare = text.removeprefix(PREFIX)
    form = _STAND_IN if bare == text else _STAND_IN_BEHIND_PREFIX
    return _EXAMPLE if form.fullmatch(bare) else None


def masked_at(text: str) -> int | None:
    """Give where a value was masked, counted from 0; None when it was not."""
    found = _MASKED.search(text)
    return found.start() if found else None


def not_a_key(text: str) -> tuple[str, str] | None:
    """Name what has a form of its own, and where it belongs; None for what may be some secret."""
    found = ((what, hint) for form, what, hint in _OTHER_THINGS if form.fullmatch(text))
    return next(found, None)
