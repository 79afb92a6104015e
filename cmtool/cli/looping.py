"""Running what is asynchronous: one event loop for a command, whatever the environment asks."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from cmtool.cli.telling import show

T = TypeVar("T")


def complete(work: Coroutine[Any, Any, T]) -> T:
    """Give what the work comes to.

    asyncio's remarks for those who develop with it, which ``PYTHONDEVMODE`` asks for, would stand
    in the middle of what a person reads; faults that nobody waits for are told with ``--verbose``.
    """
    with asyncio.Runner(debug=False) as runner:
        runner.get_loop().set_exception_handler(_unseen)
        return runner.run(work)


def _unseen(_: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    if isinstance(error := context.get("exception"), BaseException):
        show(error)
