"""What people paste that is no error of a call at all, and what tells that it is that."""

from __future__ import annotations

import re
from enum import Enum

from cmtool.address.secrecy import is_key

_END = 4000  # characters of the end of a text, in which the last line of a traceback stands
_NO_TEXT = 0.1  # of a text that could not be read as such
_RAISED = re.compile(
    r"(?m)^(?:Uncaught )?((?:[\w.]{1,80}\.)?(?:Key|Type|Attribute|Index|Name|Value|Syntax|Import"
    r"|ModuleNotFound|ZeroDivision|Indentation|FileNotFound|UnboundLocal|Recursion|Reference|Range"
    r"|Assertion|JSONDecode|Lookup|Permission|NotImplemented|NullPointer|Validation)"
    r"(?:Error|Exception))\b"
)
_KEY = re.compile(r"(?:export |set )?(?:[A-Z_]{3,40}\s?[=:]\s?|Bearer )?[\"']?(\S{12,300}?)[\"']?")
_ADDRESS = re.compile(r"https?://\S{1,2000}")
_COMMAND = re.compile(r"(?:\$ )?(?:curl|http|wget|Invoke-(?:RestMethod|WebRequest))\s")


class Unlike(Enum):
    """What a text is that is no error."""

    PROGRAM = "program"
    KEY = "key"
    ADDRESS = "address"
    COMMAND = "command"
    BYTES = "bytes"


def unlike(text: str) -> tuple[Unlike, str] | None:
    """Say what a text is instead of an error, and the name in it that shows it."""
    bare = text.strip()
    if text.count("\ufffd") > len(text) * _NO_TEXT:
        return Unlike.BYTES, ""
    raised = _RAISED.findall(bare[-_END:])
    if raised:
        return Unlike.PROGRAM, raised[-1]
    if (found := _KEY.fullmatch(bare)) and is_key(found[1]):
        return Unlike.KEY, ""
    if _ADDRESS.fullmatch(bare):
        return Unlike.ADDRESS, ""
    return (Unlike.COMMAND, "") if _COMMAND.match(bare) else None
