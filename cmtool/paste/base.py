"""What a pasted text can come to: the records that every form gives, and the names of the forms.

Nothing here is redacted yet: whoever asks for it takes the secrets out before anything is shown.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias

from cmtool.classify import ErrorObject
from cmtool.model import Protocol

FOUND_LIMIT = 100  # of one form in one paste
BODY_LIMIT = 64 * 1024  # characters of one body


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """One form that a paste can have: its name, as it follows "read as", and a tiny example."""

    name: str
    example: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a paste tells of a call besides its error; None and empty where it tells nothing.

    ``headers`` has lower-case names.  ``sent_at`` is known only where a zone stands with the
    time; ``clock`` is the time as it was written.
    """

    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    protocol: Protocol | None = None
    model: str | None = None
    method: str | None = None
    url: str | None = None
    sent_at: datetime | None = None
    clock: str | None = None

    def merged(self, other: Told) -> Told:
        """Give this with what only the other one tells."""
        values = {
            f.name: getattr(self, f.name) or getattr(other, f.name)
            for f in dataclasses.fields(self)
        }
        return Told(**{**values, "headers": {**other.headers, **self.headers}})


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An answer, or what a client says of one.

    ``body`` is the body as far as it was pasted, ``whole`` whether it came to its end, ``error``
    the error object that was found in it, ``said`` what the client said in its own words.
    ``guessed`` says that the status is only what the name of an exception stands for, ``streamed``
    that the error came inside an open stream.
    """

    form: Form
    place: int
    end: int
    told: Told
    body: str = ""
    whole: bool = True
    error: ErrorObject | None = None
    said: str = ""
    guessed: bool = False
    streamed: bool = False

    @property
    def weight(self) -> int:
        """How much it says, to compare two readings of one text."""
        return (2 if self.error else 1 if self.body or self.said else 0) + self.whole


@dataclass(frozen=True, slots=True, kw_only=True)
class Unanswered:
    """A call that got no answer: the identifier of why, and the line that says so.

    ``vague`` says that the line leaves the cause open, which other lines may name.
    """

    form: Form
    place: int
    end: int
    told: Told
    identifier: str
    said: str
    vague: bool = False

    @property
    def weight(self) -> int:
        """How much it says."""
        return 1 if self.vague else 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """A captured event stream, or a whole recording of cmtool with ``recording``.

    ``begins_inside`` says that its beginning is not in the paste, ``broken`` is the line that
    tells of a connection which broke behind it.
    """

    form: Form
    place: int
    end: int
    told: Told
    body: str
    recording: bool = False
    begins_inside: bool = False
    broken: str = ""

    @property
    def weight(self) -> int:
        """How much it says."""
        return 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """An identifier of the catalogue that stands in the text.

    ``certain`` says that it is a diagnosis of cmtool, ``body`` is the one that its report keeps.
    """

    form: Form
    place: int
    end: int
    told: Told
    identifier: str
    said: str = ""
    body: str = ""
    certain: bool = False

    @property
    def weight(self) -> int:
        """How much it says."""
        return 3 if self.certain else 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Healthy:
    """An answer or a report in which nothing is wrong."""

    form: Form
    place: int
    end: int
    told: Told
    body: str = ""

    @property
    def weight(self) -> int:
        """How much it says."""
        return 1


Found: TypeAlias = Answer | Unanswered | Capture | Named | Healthy


@dataclass(frozen=True, slots=True, kw_only=True)
class Hints:
    """What the user adds to the paste."""

    status: int | None = None
    protocol: Protocol | None = None
    model: str | None = None
