"""The check of the model ID against the live list."""

from __future__ import annotations

from cmtool import catalog
from cmtool.checks.facts import Run
from cmtool.checks.graph import CheckSpec, Result
from cmtool.model import Finding, Group, ModelInfo, Severity, Status
from cmtool.modelids import cheap, nearest


async def model(run: Run) -> Result:
    """Look the model ID up, or choose a cheap one when the user named none."""
    facts, asked = run.facts, run.settings.model
    facts.model = asked
    if facts.models is None:
        return Result(status=Status.SKIP, summary="", blocked_by="auth", blocking=False)
    listed = {entry.id: entry for entry in facts.models}
    if asked is None:
        return _choose(run, tuple(listed))
    if asked in listed:
        return Result(status=Status.OK, summary=_listed(listed[asked]))
    facts.nearest = nearest(asked, tuple(listed))
    finding = _missing(run, asked, len(listed))
    return Result(
        status=Status.FAIL if finding.severity is Severity.ERROR else Status.WARN,
        summary=f"{asked} is not in the list of {len(listed)} models",
        findings=(finding,),
        details={"nearest": list(facts.nearest)},
        blocking=False,
    )


def _choose(run: Run, listed: tuple[str, ...]) -> Result:
    chosen = run.facts.model = cheap(listed)
    if chosen is not None:
        return Result(status=Status.OK, summary=f"{chosen}, a cheap one out of the list")
    row = catalog.row("model_not_found")
    summary, said = "the list is empty", "The list of models is empty: this key can use none."
    if listed:
        summary = f"none of the {len(listed)} listed models writes text"
        said = f"None of the {len(listed)} models in the list is known by its name to write text."
    finding = catalog.fill(row, evidence=[said], check="model", predicted=True)
    return Result(status=Status.FAIL, summary=summary, findings=(finding,))


def _listed(entry: ModelInfo) -> str:
    return f"{entry.id} is listed" + (f", owned by {entry.owned_by}" if entry.owned_by else "")


def _missing(run: Run, asked: str, number: int) -> Finding:
    decided = run.wishes.no_spend or run.wishes.list_decides
    return catalog.fill(
        catalog.row("model_not_found" if decided else "model_not_listed"),
        model=asked,
        evidence=[f"{asked} is not among the {number} models of GET /v1/models."],
        first_actions=suggestions(run.facts.nearest),
        check="model",
        predicted=decided and not run.wishes.list_decides,
    )


def suggestions(candidates: tuple[str, ...]) -> tuple[str, ...]:
    """Say which listed IDs may have been meant."""
    if not candidates:
        return ()
    best, *others = candidates
    also = f" Also near: {', '.join(others)}." if others else ""
    return (f"Use {best}, the nearest ID in the live list.{also}",)


CHECKS = (
    CheckSpec(
        id="model",
        group=Group.MODEL,
        title="the model ID",
        run=model,
        needs=("auth",),
    ),
)
