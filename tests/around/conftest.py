"""One way to put a case to the program: the whole doctor in this process, and what it came to."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import InProcess, bare_world, cmtool, gateway

__all__ = ["bare_world", "cmtool", "gateway"]

KEY = "cm-canary-4b1d5c7e9f0a2468"
"""The key of every case that does not bring its own; it must never be seen."""

_GRACE_S = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosed:
    """What the doctor said: the report as JSON, and the page that a person reads."""

    report: dict[str, Any]
    page: str

    @property
    def id(self) -> str | None:
        diagnosis = self.report["diagnosis"]
        return diagnosis["id"] if diagnosis else None

    @property
    def exit_code(self) -> int:
        code: int = self.report["exit_code"]
        return code

    @property
    def warnings(self) -> list[str]:
        return [f["id"] for f in self.report["findings"] if f["severity"] == "warning"]

    def check(self, identifier: str) -> dict[str, Any]:
        found: dict[str, Any] = next(c for c in self.report["checks"] if c["id"] == identifier)
        return found

    @property
    def prose(self) -> str:
        """The page without its line breaks and indentation."""
        return " ".join(self.page.split())


@dataclass(kw_only=True)
class Doctor:
    """Runs ``cmtool doctor`` for a person and a program at once, and holds what always holds.

    There is a page and a document, no traceback, no secret, and an end in time.
    """

    run: InProcess
    document: Path

    def __call__(
        self,
        *argv: str,
        secrets: tuple[str, ...] = (),
        timeout_s: float = 10,
        **given: str | None,
    ) -> Diagnosed:
        """Give what the doctor said.

        ``given`` are variables of its environment, None for one that is not set; KEY is its key
        by default.
        """
        asked = {"CROSSMODEL_API_KEY": KEY, **given}
        variables = {name: value for name, value in asked.items() if value is not None}
        command = ("doctor", *argv, "--timeout", f"{timeout_s:g}", "--report", str(self.document))
        start = time.monotonic()
        ended = self.run(*command, **variables)
        took = time.monotonic() - start
        assert took < timeout_s + _GRACE_S
        written = self.document.read_text(encoding="utf-8")
        for text in (ended.out, ended.err, written):
            assert "Traceback" not in text
            for secret in (KEY, *secrets):
                assert secret not in text
        report = json.loads(written)
        assert report["exit_code"] == ended.code
        return Diagnosed(report=report, page=ended.out)


@pytest.fixture
def doctor(cmtool: InProcess, tmp_path_factory: pytest.TempPathFactory) -> Doctor:
    return Doctor(run=cmtool, document=tmp_path_factory.mktemp("report") / "report.json")
