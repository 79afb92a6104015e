"""The checks of what the user configured: nothing is sent."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from dataclasses import replace

from cmtool import catalog
from cmtool.address.clienturls import remarks as remarks_on_urls
from cmtool.address.clienturls import with_the_other
from cmtool.checks.facts import Run
from cmtool.checks.graph import CheckSpec, Result
from cmtool.credentials import conflicts, how_to_load, misshapen, reads_variable, usable
from cmtool.model import Finding, Group, Severity, Status
from cmtool.redact import fingerprint
from cmtool.routing.routes import remarks_on
from cmtool.settings import DotEnv
from cmtool.tls.trust import CA_VARIABLES, told, unusable


async def key(run: Run) -> Result:
    """Look at the key itself: present, from where, its form."""
    verdict = run.key
    if verdict.finding is not None:
        return Result(
            status=Status.FAIL,
            summary=verdict.finding.evidence[0].rstrip("."),
            findings=(verdict.finding,),
            blocking=verdict.key is None,
        )
    shown = fingerprint(verdict.key.reveal()) if verdict.key else ""
    return Result(status=Status.OK, summary=f"{shown} from {run.settings.key_where}")


async def base_url(run: Run) -> Result:
    """Look at the base URL: a URL, https, the host, exactly one /v1."""
    finding = run.address.finding
    if finding is None:
        return Result(status=Status.OK, summary=run.address.summary)
    blocking = run.address.base_url is None
    return Result(
        status=Status.FAIL,
        summary=finding.evidence[0].rstrip("."),
        findings=(with_the_other(finding, run.settings) if blocking else finding,),
        blocking=blocking,
    )


async def environment(run: Run) -> Result:
    """Look at what else in the environment bears on the calls."""
    findings = tuple(_remarks(run))
    direct = run.route.why_direct
    if findings:
        failed = any(finding.severity is Severity.ERROR for finding in findings)
        said = "; ".join(finding.evidence[0].rstrip(".") for finding in findings)
        return Result(
            status=Status.FAIL if failed else Status.WARN,
            summary=f"{said}; {direct}" if direct else said,
            findings=findings,
        )
    return Result(status=Status.OK, summary=f"{direct or 'no proxy'}, no conflicting variables")


def _remarks(run: Run) -> Iterator[Finding]:
    environ = run.settings.environ
    yield from remarks_on(run.route)
    for entry in CA_VARIABLES:
        path = environ.get(entry.name)
        if path and (why := unusable(path, entry)) is not None:
            yield _remark(
                "ca_file_missing",
                f"{told(entry.name, path, why)} It is read by {entry.readers}.",
            )
    yield from remarks_on_urls(run.settings, run.address.base_url)
    for variable in run.settings.misnamed_urls:
        said = f"{variable} holds an address, but its name is not CROSSMODEL_API_URL."
        yield _remark("variable_misnamed", said)
    yield from _key_remarks(run)


def _key_remarks(run: Run) -> Iterator[Finding]:
    """Give what there is to say of keys in other places, and of the files that were read."""
    settings, key = run.settings, run.key.key
    if key is not None and (said := list(conflicts(settings, key.reveal()))):
        yield _remark("key_conflict", *said)
    for place, problems in misshapen(settings):
        action, line = place.remedy
        finding = catalog.fill(
            catalog.row("key_malformed"),
            severity=Severity.WARNING,
            evidence=problems,
            first_commands=[line] if line else [],
            check="environment",
        )
        yield replace(finding, actions=(f"{action} In bash or zsh: {line}" if line else action,))
    if settings.file_remarks:
        yield _remark("file_oddity", *settings.file_remarks)
    dotenv = settings.dotenv
    raw = settings.key.reveal() if settings.key else ""
    if dotenv is not None and usable(dotenv) and not raw.strip() and reads_variable(settings):
        told = settings.env_file is not None or settings.key is not None
        yield _not_exported(dotenv, outweighed=told)


def _not_exported(dotenv: DotEnv, *, outweighed: bool) -> Finding:
    names = ", ".join((*dotenv.key_variables, *dotenv.others))
    holds = f"{dotenv.path} holds {names}, the environment does not."
    return catalog.fill(
        catalog.row("key_not_exported"),
        evidence=(holds, *dotenv.remarks),
        first_actions=[how_to_load(dotenv)],
        first_commands=[]
        if outweighed
        else [f"cmtool doctor --env-file {shlex.quote(dotenv.path)}"],
        check="environment",
    )


def _remark(identifier: str, *evidence: str) -> Finding:
    return catalog.fill(catalog.row(identifier), evidence=evidence, check="environment")


CHECKS = (
    CheckSpec(id="key", group=Group.CONFIGURATION, title="the API key", run=key),
    CheckSpec(id="base-url", group=Group.CONFIGURATION, title="the base URL", run=base_url),
    CheckSpec(
        id="environment", group=Group.CONFIGURATION, title="the environment", run=environment
    ),
)
