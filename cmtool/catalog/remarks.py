"""Rows for warnings: what deserves a remark though the calls work.

The exit code of a warning counts under ``--strict`` only.
"""

from __future__ import annotations

from functools import partial

from cmtool.catalog.row import CONSOLE, KEYS_PAGE, Origin, Row
from cmtool.catalog.wording import (
    AUTHENTICATION_PAGE,
    BILLING_PAGE,
    CONTACT_SUPPORT,
    ERRORS_PAGE,
    LIMITS_PAGE,
    MODELS_PAGE,
    PRODUCTION_PAGE,
    PUBLIC_BASE_URL,
    STREAMING_PAGE,
)
from cmtool.errors import ExitCode
from cmtool.model import Phase, Severity

_row = partial(
    Row,
    origin=Origin.OURS,
    severity=Severity.WARNING,
)

_CONFIGURATION: tuple[Row, ...] = (
    _row(
        id="key_conflict",
        title="two places hold different keys",
        cause=(
            "More than one place names a key, and they differ. Which one a program uses depends on "
            "the order in which it looks, so that one works and another is refused."
        ),
        actions=(
            f"See at {KEYS_PAGE} which of them is in use, and remove the other.",
            "Start the programs anew that still hold the old one.",
        ),
        commands=("cmtool doctor {model}",),
        exit_code=ExitCode.CONFIGURATION,
        phase=Phase.LOCAL,
        docs_url=AUTHENTICATION_PAGE,
    ),
    _row(
        id="base_url_conflict",
        title="two places name different base URLs",
        cause=(
            "The variables that name a base URL differ, or one is set that cmtool does not read. "
            "cmtool takes CROSSMODEL_API_URL, then CROSSMODEL_BASE_URL; another program may take "
            "another, and then the two call different addresses."
        ),
        actions=(
            (
                "Set them to the same address, or unset all but one; the public gateway is "
                f"{PUBLIC_BASE_URL}."
            ),
        ),
        commands=("cmtool doctor {model}",),
        exit_code=ExitCode.CONFIGURATION,
        phase=Phase.LOCAL,
        docs_url=AUTHENTICATION_PAGE,
    ),
    _row(
        id="client_base_url",
        title="the base URL variable of another client does not fit that client",
        cause=(
            "A variable that other clients read points here, but not in the way that they need. "
            "OpenAI clients take the base URL with /v1, Anthropic clients without it. cmtool "
            "does not use this variable."
        ),
        actions=("Start the programs anew that still hold the old value.",),
        commands=("cmtool doctor {model}",),
        exit_code=ExitCode.CONFIGURATION,
        phase=Phase.LOCAL,
        docs_url=AUTHENTICATION_PAGE,
    ),
    _row(
        id="foreign_key_sent",
        title="another vendor's key is sent to this gateway",
        cause=(
            "The base URL of an SDK of another vendor was set to this gateway, its key was not. "
            "The SDK sends that vendor's key here, where it is refused with 401, and where it "
            "does not belong."
        ),
        actions=(
            "Set the key of that SDK along with its base URL, or unset the base URL.",
            "If the other vendor's key was sent already, replace it there.",
        ),
        commands=("cmtool doctor {model}",),
        exit_code=ExitCode.CONFIGURATION,
        phase=Phase.LOCAL,
        docs_url=AUTHENTICATION_PAGE,
    ),
    _row(
        id="key_in_other_variable",
        title="a variable of another vendor holds a CrossModel key",
        cause=(
            "A cm- key sits in a variable that SDKs of another vendor read. Unless their base URL "
            "is set as well, they send the key to that vendor, which answers 401."
        ),
        actions=(
            (
                "Set the base URL of that SDK along with the key (OPENAI_BASE_URL with /v1, "
                "ANTHROPIC_BASE_URL without), or hand both to the client in code."
            ),
            "Keep the key in CROSSMODEL_API_KEY otherwise.",
        ),
        commands=("cmtool doctor {model}",),
        exit_code=ExitCode.CONFIGURATION,
        phase=Phase.LOCAL,
        docs_url=AUTHENTICATION_PAGE,
    ),
    _row(
        id="key_not_exported",
        title="a .env file here holds a key that the environment lacks",
        cause=(
            "The key stands in a .env file of this directory or of one above it, but was not "
            "exported: a program sees it only if it reads that file itself."
        ),
        actions=("Or let the program read the file when it starts.",),
        commands=("cmtool doctor {model}",),
        exit_code=ExitCode.CONFIGURATION,
        phase=Phase.LOCAL,
        docs_url=AUTHENTICATION_PAGE,
    ),
    _row(
        id="file_oddity",
        title="a file with settings is read differently by other programs",
        cause=(
            "cmtool could read the file that was named, but its encoding or one of its lines is "
            "such that other programs fail on it, or take another value from it."
        ),
        actions=(
            "Save the file as UTF-8 without a byte order mark, and correct the lines named above.",
            (
                "In Windows PowerShell write it with: Set-Content -Encoding ascii; the sign > "
                "writes UTF-16 there."
            ),
        ),
        commands=("cmtool doctor {model}",),
        exit_code=ExitCode.CONFIGURATION,
        phase=Phase.LOCAL,
    ),
    _row(
        id="variable_misnamed",
        title="a variable has almost the right name",
        cause=(
            "The variable holds an address, but no program looks for it under this name: the base "
            "URL is read from CROSSMODEL_API_URL. Requests go to the default address instead."
        ),
        actions=(
            "Rename the variable to CROSSMODEL_API_URL, or unset it if the default is meant.",
        ),
        commands=("cmtool doctor {model}",),
        exit_code=ExitCode.CONFIGURATION,
        phase=Phase.LOCAL,
        docs_url=AUTHENTICATION_PAGE,
    ),
    _row(
        id="proxy_in_use",
        title="requests go through a proxy",
        cause=(
            "The environment names a proxy for the gateway's host. It can buffer streams, cut long "
            "answers or demand a password, which then looks like a fault of the gateway."
        ),
        actions=(
            "If the proxy is not needed for this host, add the host to NO_PROXY.",
            (
                "If it is needed, let its owner turn off buffering and long-answer limits for the "
                "host."
            ),
        ),
        commands=("cmtool stream-test {model}",),
        exit_code=ExitCode.NETWORK,
        phase=Phase.LOCAL,
    ),
    _row(
        id="proxy_ambiguous",
        title="programs read the proxy variables in different ways",
        cause=(
            "There is no standard for these variables. As they are set, one program reaches the "
            "gateway through the proxy and another one does not, or through another proxy."
        ),
        actions=(
            "Set each variable in lower and in upper case to the same value, or in one case only.",
            (
                "In NO_PROXY list plain host names, parted by commas: without scheme, port, star, "
                "quotes or blanks."
            ),
            "In the login of a proxy write special characters percent-encoded (@ is %40).",
        ),
        commands=("cmtool doctor {model}",),
        exit_code=ExitCode.NETWORK,
        phase=Phase.LOCAL,
    ),
    _row(
        id="ca_file_missing",
        title="a variable names certificates that cannot be used",
        cause=(
            "A variable that names trusted certificates points at a path that does not exist or "
            "holds none. Programs that read it fail with a TLS error, or trust less than they "
            "should; cmtool itself goes on with the certificates of the system."
        ),
        actions=(
            "Correct the path, or unset the variable if no authority of its own is needed.",
            "In a container check that the file is mounted at that path.",
        ),
        commands=("cmtool doctor {model}",),
        exit_code=ExitCode.NETWORK,
        phase=Phase.LOCAL,
    ),
    _row(
        id="tls_inspected",
        title="the TLS connection is opened and inspected on the way",
        cause=(
            "The certificate does not come from a public authority, but from a product that "
            "inspects TLS. This system trusts it, so cmtool and the browser work; programs that "
            "bring their own bundle of authorities refuse it unless they are told."
        ),
        actions=(
            (
                "Where a program fails with a TLS error, name a PEM file that holds the product's "
                "root certificate together with the public ones in SSL_CERT_FILE (httpx, the "
                "Python SDKs), REQUESTS_CA_BUNDLE (requests) and NODE_EXTRA_CA_CERTS (Node.js)."
            ),
            "If streams arrive late or all at once, ask its owner to let the host pass unopened.",
        ),
        commands=("cmtool stream-test {model}",),
        exit_code=ExitCode.NETWORK,
        phase=Phase.CONNECT,
    ),
    _row(
        id="tls_not_strict",
        title="newer Pythons refuse the certificate of this connection",
        cause=(
            "The certificate lacks an extension that RFC 5280 demands. Python insists on it from "
            "3.13 on: httpx, and with it the OpenAI and Anthropic SDKs, refuse the connection "
            "there, while cmtool, curl, browsers and older Pythons take it. Certificates of "
            "inspecting proxies and of local authorities are often made so."
        ),
        actions=(
            (
                "Let whoever issues the certificate, mostly the owner of an inspecting proxy, "
                "issue it by RFC 5280, with an authority key identifier."
            ),
            "Until then a program that fails in the handshake works under Python 3.12.",
        ),
        exit_code=ExitCode.NETWORK,
        phase=Phase.CONNECT,
    ),
    _row(
        id="clock_skew",
        title="the clock of this machine is wrong",
        cause=(
            "The time here and the Date header of the answer differ by more than the network "
            "explains. Certificates can look expired then, and times in a problem report mislead."
        ),
        actions=(
            "Let the system set its clock from the network (NTP).",
            "In a virtual machine or container set the clock of the host.",
        ),
        commands=("cmtool doctor {model}",),
        exit_code=ExitCode.NETWORK,
        phase=Phase.CONNECT,
    ),
)

_ACCOUNT: tuple[Row, ...] = (
    _row(
        id="balance_empty",
        title="the wallet shows no money",
        cause=(
            "The balance is zero or below, or all of it is held by requests in flight. The next "
            "request may be refused with 402."
        ),
        actions=(
            f"Top up: {CONSOLE}",
            "If requests are in flight, look again when they are done.",
        ),
        commands=("cmtool balance",),
        exit_code=ExitCode.BILLING,
        phase=Phase.RESPONSE,
        step=2,
        docs_url=BILLING_PAGE,
    ),
    _row(
        id="success_rate_low",
        title="many requests of today failed",
        cause=(
            "Of the requests that the account made this UTC day, a notable part did not succeed, "
            "as /v1/usage counts them. The figure is up to 60 seconds old and covers the whole "
            "account, not this machine alone."
        ),
        actions=(
            (
                "Look into the logs of your programs for the failing requests, and let cmtool "
                "explain read their error bodies."
            ),
            "If they fail with 429, lower the number of requests at the same time.",
        ),
        commands=("cmtool balance", "cmtool explain"),
        exit_code=ExitCode.SERVICE,
        phase=Phase.RESPONSE,
        docs_url=PRODUCTION_PAGE,
    ),
    _row(
        id="catalogue_unavailable",
        title="the list of models could not be fetched",
        cause=(
            "GET /v1/models failed, while real requests succeeded. Only programs that read the "
            "list first are affected."
        ),
        actions=(
            "Try again after a short while.",
            CONTACT_SUPPORT,
        ),
        commands=("cmtool models",),
        exit_code=ExitCode.SERVICE,
        phase=Phase.RESPONSE,
        docs_url=MODELS_PAGE,
    ),
    _row(
        id="account_unavailable",
        title="the balance or the usage could not be fetched",
        cause=(
            "GET /v1/credits or GET /v1/usage failed, while real requests succeeded. Only the "
            "figures are missing."
        ),
        actions=(
            "Try again after a short while.",
            f"See the balance in the console meanwhile: {CONSOLE}",
        ),
        commands=("cmtool balance",),
        exit_code=ExitCode.SERVICE,
        phase=Phase.RESPONSE,
        docs_url=BILLING_PAGE,
    ),
)

_MODEL: tuple[Row, ...] = (
    _row(
        id="model_not_listed",
        title="the model is not in the live list",
        cause=(
            "GET /v1/models does not name {model}. It may be an alias that is not listed; else "
            "requests for it are answered with 404."
        ),
        actions=("Take the ID from the live list, unless it is an alias that you know to work.",),
        commands=("cmtool models --check {model}",),
        exit_code=ExitCode.MODEL,
        phase=Phase.RESPONSE,
        step=3,
        docs_url=MODELS_PAGE,
    ),
    _row(
        id="model_substituted",
        title="another model answered than the one asked for",
        cause=(
            "The x-crossmodel-model header names another model than {model}. An alias that stands "
            "for that model explains it."
        ),
        actions=(
            "If {model} is an alias, check that it stands for the model that you want.",
            CONTACT_SUPPORT,
        ),
        commands=("cmtool models --check {model}",),
        exit_code=ExitCode.MODEL,
        phase=Phase.RESPONSE,
        docs_url=ERRORS_PAGE,
    ),
)

_ANSWERS: tuple[Row, ...] = (
    _row(
        id="trace_missing",
        title="an answer carried no trace headers",
        cause=(
            "The gateway sends x-request-id and x-crossmodel-model with every success, and they "
            "were missing. A proxy on the way takes them off, or it answered from a cache."
        ),
        actions=(
            "Let whoever runs the proxy pass the two headers through: support asks for them.",
            "Note the time and the model of a failing request instead.",
        ),
        commands=("cmtool request {model}",),
        exit_code=ExitCode.UNRECOGNISED,
        phase=Phase.RESPONSE,
        docs_url=ERRORS_PAGE,
    ),
    _row(
        id="recovered",
        title="a request failed and then succeeded on a retry",
        cause=(
            "The first attempt met a fault that went away. A program without retries would have "
            "failed."
        ),
        actions=(
            (
                "Let your program retry 429, 500, 502, 503 and dropped connections, with waits of "
                "about 0.5, 1, 2 and 4 seconds and some jitter."
            ),
            "If it happens often, write to support with the x-request-id of the failed attempts.",
        ),
        commands=("cmtool doctor {model}",),
        exit_code=ExitCode.SERVICE,
        phase=Phase.RESPONSE,
        docs_url=PRODUCTION_PAGE,
    ),
    _row(
        id="stream_buffered",
        title="the stream arrived all at once",
        cause=(
            "The pieces of the answer came in one burst at the end, although the generation took "
            "time. A proxy on the way collects the answer before it passes it on."
        ),
        actions=(
            (
                "On your own proxy turn buffering and compression off for this path; nginx honours "
                "the response header X-Accel-Buffering: no."
            ),
            "Try without the proxy, or from another network.",
        ),
        commands=("cmtool stream-test {model}",),
        exit_code=ExitCode.STREAM,
        phase=Phase.STREAM,
        docs_url=STREAMING_PAGE,
    ),
    _row(
        id="streams_left_out",
        title="there was no time for every stream",
        cause=(
            "The deadline came before all streams that were asked for had been started: they took "
            "long, or they were spaced so that the key stays within its requests per minute."
        ),
        actions=(
            "Give the command more time with --timeout.",
            "Ask for fewer streams with --repeat, or for more at once with --concurrency.",
        ),
        commands=("cmtool stream-test {model} --timeout 300",),
        exit_code=ExitCode.STREAM,
        phase=Phase.LOCAL,
        docs_url=LIMITS_PAGE,
    ),
    _row(
        id="stream_remark",
        title="the stream bends a rule of its protocol",
        cause=(
            "A rule of the protocol was broken in a way that does not damage the generation: the "
            "text and the end are there. A strict client may stumble over it."
        ),
        actions=(
            "If your client fails on this stream, take one that tolerates it.",
            CONTACT_SUPPORT,
        ),
        commands=("cmtool stream-test {model}",),
        exit_code=ExitCode.STREAM,
        phase=Phase.STREAM,
        docs_url=STREAMING_PAGE,
    ),
)

ROWS: tuple[Row, ...] = (*_CONFIGURATION, *_ACCOUNT, *_MODEL, *_ANSWERS)
