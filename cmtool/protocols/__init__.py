"""The protocols of the gateway, one file each.  A new protocol is a file and a row here."""

from __future__ import annotations

from cmtool.model import Protocol
from cmtool.protocols.base import Content, Dialect, Prompt, Signal, StreamMachine
from cmtool.protocols.chat import Chat
from cmtool.protocols.messages import Messages
from cmtool.protocols.responses import Responses

__all__ = ["DIALECTS", "Content", "Dialect", "Prompt", "Signal", "StreamMachine"]

DIALECTS: dict[Protocol, Dialect] = {
    dialect.protocol: dialect for dialect in (Chat(), Responses(), Messages())
}
