"""The table of scenarios: a way for the gateway to behave is a row."""

from __future__ import annotations

from cmtool.catalog import ROWS
from cmtool.sandbox import faults, forms, pages
from cmtool.sandbox.accounts import Wallet, tpm_message
from cmtool.sandbox.answers import (
    always,
    code_rules,
    documented,
    echo_key,
    everywhere,
    on_posts,
    on_served,
    undocumented,
)
from cmtool.sandbox.dialect import StreamError
from cmtool.sandbox.endpoints import Endpoint
from cmtool.sandbox.headers import charset_type, stopped_clock, untraced
from cmtool.sandbox.scenario import HEALTHY, Pace, Rule, Scenario
from cmtool.sandbox.speech import Speech
from cmtool.sandbox.wire import Hangup, Silence

_CODES = (
    "missing_api_key",
    "invalid_api_key",
    "api_key_inactive",
    "user_inactive",
    "insufficient_balance",
    "no_wallet",
    "model_not_found",
    "rate_limit_exceeded",
    "provider_error",
    "model_unavailable",
    "internal_error",
    "db_error",
    "invalid_json",
    "invalid_messages",
    "unsupported_parameter",
    "unsupported_responses_feature",
)
_STREAM_CODES = (
    "provider_error",
    "model_unavailable",
    "rate_limit_exceeded",
    "internal_error",
    "insufficient_balance",
)
_WALLETS = {
    "insufficient_balance": Wallet(balance_micro=0, uncollected_micro=20_000),
    "no_wallet": Wallet(balance_micro=0),
}
_UNKNOWN_ERROR = StreamError(
    code="upstream_hiccup",
    type="upstream_error",
    message="The upstream connection hiccuped.",
)
_EMPTY = Wallet(balance_micro=0, lenient=True)
_TWO_GENERATIONS = Wallet(balance_micro=200, price_micro=100)
_SEPARATORS = Speech(words=("one\u2028", "line\u0085", "still ", "the\u2028same "))


def _dashes(code: str) -> str:
    return code.replace("_", "-")


def _code(code: str) -> Scenario:
    return Scenario(
        name=_dashes(code),
        title=f"{ROWS[code].statuses[0]} {code}",
        expects=code,
        rules=code_rules(code),
        wallet=_WALLETS.get(code, Wallet()),
    )


def _stream_code(code: str) -> Scenario:
    return Scenario(
        name=f"stream-{_dashes(code)}",
        title=f"{code} inside the open stream",
        expects=code,
        fault=faults.errors_as(code),
    )


_RECOVERING = (
    Scenario(
        name="flaky",
        title="503 twice for each path, then it works",
        warns=("recovered",),
        rules=on_posts(documented("model_unavailable"), times=2),
    ),
    Scenario(
        name="flaky-auth",
        title="401 once for the key, then it works",
        warns=("recovered",),
        rules=on_served(documented("invalid_api_key"), times=1),
    ),
    Scenario(
        name="flaky-drop",
        title="the connection is closed without an answer once for each path, then it works",
        warns=("recovered",),
        rules=everywhere(always(Hangup()), times=1),
    ),
    Scenario(
        name="retry-after",
        title="429 with Retry-After: 1 once for each path, then it works",
        warns=("recovered",),
        rules=on_posts(
            documented("rate_limit_exceeded", None, ("retry-after", "1")),
            times=1,
        ),
    ),
)

_ACCOUNT = (
    Scenario(
        name="rate-limit-tokens",
        title="429 whose message names the tokens per minute",
        expects="rate_limit_exceeded",
        rules=on_posts(documented("rate_limit_exceeded", tpm_message(100_000))),
    ),
    Scenario(
        name="wallet-runs-dry",
        title="the wallet pays for two generations, then 402",
        expects="insufficient_balance",
        wallet=_TWO_GENERATIONS,
    ),
    Scenario(
        name="empty-wallet-works",
        title="the balance is zero, yet requests succeed",
        warns=("balance_empty",),
        wallet=_EMPTY,
    ),
    Scenario(
        name="alias",
        title="the model my-alias works though the list lacks it",
        aliases=("my-alias",),
    ),
    Scenario(
        name="model-substituted",
        title="another model answers than the one asked for",
        warns=("model_substituted",),
        served_model="z-ai/glm-4.7",
    ),
    Scenario(
        name="no-trace",
        title="answers carry neither x-request-id nor x-crossmodel-model",
        warns=("trace_missing",),
        headers=untraced,
    ),
    Scenario(
        name="clock-skew",
        title="the Date header is one day off",
        warns=("clock_skew",),
        headers=stopped_clock,
    ),
)

_ODD_ANSWERS = (
    Scenario(
        name="one-protocol",
        title="Messages answers 400 for this model, the two others work",
        expects="invalid_request_error",
        rules=(
            Rule(
                where=frozenset({Endpoint.MESSAGES}),
                answer=documented(
                    "invalid_request_error", "This model is not served with this protocol."
                ),
            ),
        ),
    ),
    Scenario(
        name="usage-broken",
        title="the wallet and usage figures answer 500, the rest works",
        expects="db_error",
        rules=(
            Rule(
                where=frozenset({Endpoint.USAGE, Endpoint.CREDITS}),
                answer=documented("db_error"),
            ),
        ),
    ),
    Scenario(
        name="models-broken",
        title="the model list answers 500, inference works",
        expects="internal_error",
        rules=(Rule(where=frozenset({Endpoint.MODELS}), answer=documented("internal_error")),),
    ),
    Scenario(
        name="lying-status",
        title="401 whose body says insufficient_balance",
        expects="insufficient_balance",
        rules=on_posts(documented("insufficient_balance", status=401)),
        wallet=_WALLETS["insufficient_balance"],
    ),
    Scenario(
        name="error-200",
        title="status 200 with a JSON error where a stream was asked for",
        expects="insufficient_balance",
        rules=on_posts(documented("insufficient_balance", status=200)),
        wallet=_WALLETS["insufficient_balance"],
    ),
    Scenario(
        name="undocumented",
        title="418 in the gateway's shape with a code that is not documented",
        expects="undocumented_error",
        rules=on_posts(
            undocumented(418, "teapot_error", "teapot_mode", "The gateway is a teapot today."),
        ),
    ),
    Scenario(
        name="anthropic-overloaded",
        title="Messages answers 529 overloaded_error, the two others work",
        expects="undocumented_error",
        rules=(
            Rule(
                where=frozenset({Endpoint.MESSAGES}),
                answer=undocumented(529, "overloaded_error", "overloaded_error", "Overloaded"),
            ),
        ),
    ),
    Scenario(
        name="echo-key",
        title="a 400 that repeats the key in its message and headers",
        expects="invalid_messages",
        rules=on_posts(echo_key),
    ),
    Scenario(
        name="malformed",
        title="a 200 whose JSON is cut in the middle, everywhere",
        expects="malformed_response",
        rules=on_served(lambda call: pages.cut_json(call.trace)),
    ),
    Scenario(
        name="empty-200",
        title="a 200 with an empty body, everywhere",
        expects="malformed_response",
        rules=on_served(lambda call: pages.empty(call.trace)),
    ),
)

_FOREIGN = (
    Scenario(
        name="html-502",
        title="an nginx error page, everywhere",
        expects="intermediary_error",
        rules=everywhere(always(pages.NGINX_502)),
    ),
    Scenario(
        name="cloudflare-522",
        title="a Cloudflare error page, everywhere",
        expects="intermediary_error",
        rules=everywhere(always(pages.CLOUDFLARE_522)),
    ),
    Scenario(
        name="captive-portal",
        title="the sign-in page of a guest network, everywhere",
        expects="not_the_gateway",
        rules=everywhere(always(pages.CAPTIVE_PORTAL)),
    ),
    Scenario(
        name="website",
        title="a web page instead of the API, everywhere",
        expects="not_the_gateway",
        rules=everywhere(always(pages.WEBSITE)),
    ),
    Scenario(
        name="redirect",
        title="a redirect to another origin, everywhere",
        expects="redirected",
        rules=everywhere(lambda call: pages.redirect(call.request.path)),
    ),
)

_CONNECTION = (
    Scenario(
        name="drop",
        title="the connection is closed without an answer, always",
        expects="connection_reset",
        rules=everywhere(always(Hangup())),
    ),
    Scenario(
        name="reset",
        title="the connection is reset without an answer, always",
        expects="connection_reset",
        rules=everywhere(always(Hangup(reset=True))),
    ),
    Scenario(
        name="no-answer",
        title="the request is read and never answered",
        expects="response_timeout",
        rules=everywhere(always(Silence())),
    ),
    Scenario(
        name="slow",
        title="every answer takes 300 ms, every first token 500 ms more",
        pace=Pace(delay_s=0.3, first_token_s=0.5),
    ),
)

_STREAMS = (
    Scenario(
        name="buffered",
        title="the whole stream arrives in one burst at the end",
        warns=("stream_buffered",),
        form=forms.buffered,
        pace=Pace(first_token_s=0.2, token_s=0.03),
    ),
    Scenario(
        name="not-sse",
        title="the complete JSON answer where a stream was asked for",
        expects="stream_not_sse",
        streams=False,
    ),
    Scenario(
        name="truncated",
        title="streams end cleanly in the middle, without the terminal event",
        expects="stream_truncated",
        fault=faults.truncated,
    ),
    Scenario(
        name="disconnected",
        title="the connection breaks in the middle of a stream",
        expects="stream_disconnected",
        fault=faults.disconnected,
    ),
    Scenario(
        name="stalled",
        title="streams stop after a few deltas and stay open",
        expects="stream_stalled",
        fault=faults.stalled,
    ),
    Scenario(
        name="keepalive-stalled",
        title="streams stop after a few deltas, only comments or pings go on",
        expects="stream_stalled",
        fault=faults.keepalive_stalled,
    ),
    Scenario(
        name="stream-empty",
        title="streams are complete but carry no delta",
        expects="stream_empty",
        speech=Speech(silent=True),
    ),
    Scenario(
        name="stream-malformed",
        title="a data line that is not JSON in the middle of a stream",
        expects="stream_malformed",
        fault=faults.malformed,
    ),
    Scenario(
        name="stream-error",
        title="an error event whose code is not documented",
        expects="stream_error",
        fault=faults.errors(_UNKNOWN_ERROR),
    ),
    Scenario(
        name="response-failed",
        title="response.failed in the stream; an error event in the other protocols",
        expects="stream_error",
        fault=faults.fails(_UNKNOWN_ERROR),
    ),
    *map(_stream_code, _STREAM_CODES),
)

_LAWFUL = (
    Scenario(name="odd-crlf", title="lines of a stream end with CR LF", form=forms.crlf),
    Scenario(name="odd-cr", title="lines of a stream end with CR", form=forms.lone_cr),
    Scenario(name="odd-bom", title="streams begin with a byte order mark", form=forms.bom),
    Scenario(name="odd-bytes", title="streams arrive byte by byte", form=forms.single_bytes),
    Scenario(
        name="odd-separators",
        title="the text holds U+2028 and U+0085, which end no line",
        speech=_SEPARATORS,
    ),
    Scenario(name="odd-comments", title="a comment stands between all events", form=forms.comments),
    Scenario(
        name="odd-content-type",
        title="Content-Type: Text/Event-Stream; Charset=ISO-8859-1",
        headers=charset_type,
    ),
    Scenario(
        name="odd-blocks", title="blocks without data stand between events", form=forms.blocks
    ),
    Scenario(
        name="odd-data-lines",
        title="the data of an event spreads over several lines",
        form=forms.data_lines,
    ),
    Scenario(
        name="reasoning",
        title="reasoning deltas come before the text",
        speech=Speech(reasoning=True),
    ),
    Scenario(name="tool-call", title="the deltas are a tool call only", speech=Speech(tool=True)),
)

SCENARIOS: dict[str, Scenario] = {
    scenario.name: scenario
    for scenario in (
        Scenario(name=HEALTHY, title="everything works as documented"),
        *map(_code, _CODES),
        *_RECOVERING,
        *_ACCOUNT,
        *_ODD_ANSWERS,
        *_FOREIGN,
        *_CONNECTION,
        *_STREAMS,
        *_LAWFUL,
    )
}
