"""Foreign text in a document that a CI runner may read line by line: shown, never obeyed.

A runner of GitHub Actions reads what a step prints.  A line that begins with ``::``, blanks aside,
is a workflow command, and so is ``##[`` anywhere in a line; Azure Pipelines has ``##vso[`` beside
it, TeamCity ``##teamcity[``.
https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands
https://learn.microsoft.com/azure/devops/pipelines/scripts/logging-commands
"""

from __future__ import annotations

import re

from cmtool.redact import visible

_COMMAND = re.compile(r"^([^\S\n]*):(?=:)", re.MULTILINE)
_OLDER_COMMAND = re.compile(r"#(?=#[a-z]*\[)")
_NO_CHARACTERS = re.compile("[\ufffe\uffff]")


def inert(text: str, *, multiline: bool = False) -> str:
    r"""Give the text as :func:`cmtool.redact.visible` does, and with nothing for a runner to obey.

    The first character of a workflow command becomes an escape such as ``\x3a``; so do the two
    code points that are no characters and that XML 1.0 (section 2.2) cannot hold.
    """
    shown = _NO_CHARACTERS.sub(_escaped, visible(text, multiline=multiline))
    return _OLDER_COMMAND.sub(r"\\x23", _COMMAND.sub(r"\1\\x3a", shown))


def _escaped(found: re.Match[str]) -> str:
    return f"\\u{ord(found[0]):04x}"
