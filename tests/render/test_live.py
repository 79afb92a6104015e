from __future__ import annotations

import io
import re

import pytest

from cmtool.model import Check, Group, Status
from cmtool.render.live import LiveChecks
from cmtool.render.progress import SilentChecks, progress

PLAN = {"key": Group.CONFIGURATION, "auth": Group.ACCOUNT, "chat": Group.INFERENCE}
HIDE, SHOW = "\x1b[?25l", "\x1b[?25h"


@pytest.fixture(autouse=True)
def a_terminal_that_moves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")


def finished(name: str, status: Status = Status.OK, summary: str = "all well") -> Check:
    return Check(id=name, group=PLAN[name], title=name, status=status, summary=summary)


def test_the_tree_moves_and_clears_itself() -> None:
    stream = io.StringIO()
    with LiveChecks(stream, plan=PLAN, width=60) as live:
        live.started("key")
        live.finished(finished("key"))
        live.started("auth")
    text = stream.getvalue()
    assert text.startswith(HIDE)
    assert "✓" in text
    assert "all well" in text
    last = text.rpartition(SHOW)[2]
    assert SHOW in text
    assert last.count("\x1b[2K") == len(PLAN) + 3  # and a heading for each group
    assert "auth" not in last


def interrupted(live: LiveChecks) -> None:
    with live:
        live.started("chat")
        raise KeyboardInterrupt


def test_an_interrupt_gives_the_cursor_back() -> None:
    stream = io.StringIO()
    with pytest.raises(KeyboardInterrupt):
        interrupted(LiveChecks(stream, plan=PLAN, width=60))
    assert stream.getvalue().count(HIDE) == stream.getvalue().count(SHOW) == 1


def test_what_a_server_says_is_not_obeyed() -> None:
    stream = io.StringIO()
    with LiveChecks(stream, plan=PLAN, width=100) as live:
        live.finished(finished("chat", Status.FAIL, "\x1b]0;owned\x07 [bold]x[/] :smile:"))
    text = stream.getvalue()
    assert "\x1b]0;" not in text
    assert "\\x1b]0;owned\\x07 [bold]x[/] :smile:" in text


def test_ascii_terminals_get_ascii() -> None:
    stream = io.StringIO()
    with LiveChecks(stream, plan=PLAN, width=60, ascii_only=True) as live:
        live.started("key")
        live.finished(finished("auth", Status.WARN, "0.00 USD · held"))
    assert stream.getvalue().isascii()


def test_without_colour_only_the_cursor_moves() -> None:
    stream = io.StringIO()
    with LiveChecks(stream, plan=PLAN, width=60, color=False) as live:
        live.finished(finished("key", Status.FAIL))
    assert re.search(r"\x1b\[[0-9;]*m", stream.getvalue()) is None


def test_silence_writes_nothing() -> None:
    stream = io.StringIO()
    with progress(stream, plan=PLAN, width=60, moving=False) as live:
        live.started("key")
        live.finished(finished("key"))
    assert isinstance(live, SilentChecks)
    assert stream.getvalue() == ""


def test_a_terminal_gets_the_moving_kind() -> None:
    assert isinstance(progress(io.StringIO(), plan=PLAN, width=60, moving=True), LiveChecks)
