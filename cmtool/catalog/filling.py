"""From a row of the catalogue to a finding: the row's texts, filled with what a run saw."""

from __future__ import annotations

import shlex
from collections.abc import Iterable

from cmtool.catalog.row import Row
from cmtool.catalog.wording import PUBLIC_BASE_URL
from cmtool.model import Finding, Severity

_NO_MODEL = "the model"
_ITS_BASE_URL = f'"${{CROSSMODEL_API_URL:-{PUBLIC_BASE_URL}}}"'  # in a shell, where nothing tells


def fill(  # noqa: PLR0913 - one argument for each thing that a run can know
    row: Row,
    *,
    model: str | None = None,
    base_url: str | None = None,
    severity: Severity | None = None,
    evidence: Iterable[str] = (),
    first_actions: Iterable[str] = (),
    first_commands: Iterable[str] = (),
    check: str | None = None,
    predicted: bool = False,
) -> Finding:
    """Give the finding for a row.

    ``first_actions`` and ``first_commands`` are what this run knows better than the row (the
    nearest model IDs, the line that is missing from a file); they come before the row's own.
    """
    words = {"model": model or _NO_MODEL, "base_url": base_url or "the base URL"}
    lines = {
        "model": shlex.quote(model) if model else "",
        "base_url": shlex.quote(base_url) if base_url else _ITS_BASE_URL,
        "url": shlex.quote(base_url or PUBLIC_BASE_URL),
    }
    return Finding(
        id=row.id,
        severity=severity or row.severity,
        title=row.title,
        phase=row.phase,
        exit_code=row.exit_code,
        step=row.step,
        type=row.type,
        cause=row.cause.format_map(words),
        actions=(*first_actions, *(action.format_map(words) for action in row.actions)),
        commands=(
            *first_commands,
            *(
                line.format_map(lines).strip()
                for line in row.commands
                if model or _stands_alone(line)
            ),
        ),
        retryable=row.retryable,
        documented=row.documented,
        predicted=predicted,
        docs_url=row.docs_url,
        check=check,
        evidence=tuple(evidence),
    )


def _stands_alone(command: str) -> bool:
    """Say whether a command is still one when no model is known: an option needs its value."""
    before, _, _ = command.partition("{model}")
    return before == command or not before.rstrip().rpartition(" ")[2].startswith("-")
