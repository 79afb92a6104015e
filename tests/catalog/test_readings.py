"""What the message of an error narrows it down to."""

from __future__ import annotations

import pytest

from cmtool import catalog
from cmtool.classify import Evidence, classify

ROW = catalog.row("rate_limit_exceeded")
REQUESTS, TOKENS, MONEY = (reading.title for _, reading in ROW.readings)


@pytest.mark.parametrize(
    ("message", "title"),
    [
        pytest.param("60 requests per minute (RPM) for this key.", REQUESTS, id="rpm"),
        pytest.param("Too many requests/min", REQUESTS, id="requests-a-minute"),
        pytest.param("100000 tokens per minute (TPM) for this key.", TOKENS, id="tpm"),
        pytest.param("Limit: 100,000 Tokens / min", TOKENS, id="tokens-a-minute"),
        pytest.param("You exceeded your current quota.", MONEY, id="quota"),
        pytest.param("Your credit is used up, top up.", MONEY, id="credit"),
        pytest.param("60 RPM or 100000 TPM exceeded.", ROW.title, id="two-limits"),
        pytest.param("Slow down.", ROW.title, id="neither"),
        pytest.param("The rpmfind mirror is busy.", ROW.title, id="part-of-a-word"),
    ],
)
def test_a_429_says_which_limit_it_is(message: str, title: str) -> None:
    finding = classify(Evidence(status=429, body=ROW.error_body(catalog.Shape.OPENAI, message)))
    assert finding is not None
    assert finding.id == ROW.id
    assert finding.title == title
    assert finding.message == message


def test_the_advice_belongs_to_the_limit() -> None:
    tokens = ROW.told_by("tokens per minute")
    assert "Lower the output cap, or shorten the input." in tokens.actions
    assert "cmtool balance" in ROW.told_by("balance").actions[0]
    assert ROW.told_by("") is ROW
