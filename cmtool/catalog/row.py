"""What a row of the catalogue holds, and the answers that can be made from it."""

from __future__ import annotations

import dataclasses
import json
import re
from dataclasses import dataclass
from enum import StrEnum

from cmtool.errors import ExitCode
from cmtool.model import Phase, Protocol, Severity

DOCS = "https://www.crossmodel.ai/docs"
CONSOLE = "https://crossmodel.ai/console"
KEYS_PAGE = f"{CONSOLE}/api-keys"
CONTACT = "hello@crossmodel.ai"


class Origin(StrEnum):
    """Whose identifier it is: a documented ``code`` or error ``type`` of the gateway, or ours."""

    CODE = "code"
    FAMILY = "family"
    OURS = "ours"


class Shape(StrEnum):
    """The two documented shapes of an error body."""

    OPENAI = "openai"
    ANTHROPIC = "anthropic"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One answer under which the identifier is met.

    ``status`` is None where no answer comes; then ``body`` is what the user sees instead.
    ``protocol`` is None where it does not matter.
    """

    body: str
    status: int | None = None
    content_type: str = "application/json"
    headers: tuple[tuple[str, str], ...] = ()
    protocol: Protocol | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What an error comes down to where more is known than its code; it stands in for the row's."""

    title: str
    cause: str
    actions: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One identifier: what it means, why it happens, what to do, and how it looks.

    ``statuses`` are the HTTP statuses under which it is documented or usual; ``type`` the
    documented ``error.type``.  ``cause``, ``actions`` and ``commands`` are templates over
    ``{model}`` (the model asked for) and ``{base_url}``; commands also over ``{url}``, the base
    URL or else the public one.  ``message`` and
    ``param`` are what the gateway puts into its error object, ``phrases`` lower-case pieces of a
    message that leave no doubt about the code where the shape carries none.  ``samples`` are
    answers that are not the gateway's two error shapes; see :meth:`all_samples`.  ``readings`` are
    what its message may narrow it down to, behind the pattern that tells; see :meth:`told_by`.
    """

    id: str
    origin: Origin
    severity: Severity
    title: str
    cause: str
    actions: tuple[str, ...]
    exit_code: ExitCode
    phase: Phase
    commands: tuple[str, ...] = ()
    step: int | None = None
    statuses: tuple[int, ...] = ()
    type: str | None = None
    retryable: bool = False
    docs_url: str | None = None
    message: str | None = None
    param: str | None = None
    phrases: tuple[str, ...] = ()
    samples: tuple[Sample, ...] = ()
    readings: tuple[tuple[str, Reading], ...] = ()

    @property
    def documented(self) -> bool:
        """Whether the gateway's documentation names it."""
        return self.origin is not Origin.OURS

    def told_by(self, message: str) -> Row:
        """Give the row in the words of the one reading that a message allows; else as it is."""
        fitting = [r for p, r in self.readings if re.search(p, message, re.IGNORECASE)]
        if len(fitting) != 1:
            return self
        return self.read_as(fitting[0])

    def read_as(self, told: Reading) -> Row:
        """Give the row in the words of a reading."""
        return dataclasses.replace(self, title=told.title, cause=told.cause, actions=told.actions)

    def error_body(self, shape: Shape, message: str | None = None) -> str:
        """Give the gateway's error body for this row, as JSON text.

        Shapes: https://www.crossmodel.ai/docs/errors.
        """
        text = message or self.message or self.title
        if shape is Shape.OPENAI:
            code = self.id if self.origin is Origin.CODE else None
            error = {"message": text, "type": self.type, "param": self.param, "code": code}
            return json.dumps({"error": error})
        return json.dumps({"type": "error", "error": {"type": self.type, "message": text}})

    def all_samples(self) -> tuple[Sample, ...]:
        """Give a sample for every shape in which the identifier can arrive."""
        if self.origin is Origin.OURS:
            return self.samples
        documented = tuple(
            Sample(status=status, body=self.error_body(shape), protocol=protocol)
            for status in self.statuses
            for shape, protocol in (
                (Shape.OPENAI, Protocol.CHAT),
                (Shape.ANTHROPIC, Protocol.MESSAGES),
            )
        )
        return documented + self.samples
