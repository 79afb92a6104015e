"""Exceptions and errors of SDKs in several languages, and of what stands over them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from cmtool.model import Protocol
from cmtool.paste import forms
from tests.paste.case import MODEL, REQUEST_ID, Case, check, explained

BALANCE = (
    "{'error': {'message': 'Insufficient balance: top up the account.', 'type': 'billing_error',"
    " 'param': None, 'code': 'insufficient_balance'}}"
)
JSON = (
    '{"error":{"message":"Insufficient balance: top up the account.","type":"billing_error",'
    '"param":null,"code":"insufficient_balance"}}'
)
ANTHROPIC = "{'type': 'error', 'error': {'type': 'billing_error', 'message': 'Add credit.'}}"
ANTHROPIC_JSON = '{"type":"error","error":{"type":"billing_error","message":"Add credit."}}'
TRACEBACK = """Traceback (most recent call last):
  File "/srv/app/main.py", line 12, in <module>
    reply = client.chat.completions.create(
            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
  File "/srv/venv/lib/python3.12/site-packages/openai/resources/chat/completions\
/completions.py", line 1147, in create
    return self._post(
  File "/srv/venv/lib/python3.12/site-packages/openai/_base_client.py", line 1047, in request
    raise self._make_status_error_from_response(err.response) from None
"""
REFUSED = """Traceback (most recent call last):
  File "/srv/venv/lib/python3.12/site-packages/httpcore/_exceptions.py", line 14, in map_exceptions
    raise to_exc(exc) from exc
httpcore.ConnectError: {root}

The above exception was the direct cause of the following exception:

Traceback (most recent call last):
  File "/srv/venv/lib/python3.12/site-packages/httpx/_transports/default.py", line 118, in map
    raise mapped_exc(message) from exc
httpx.ConnectError: {root}

The above exception was the direct cause of the following exception:

Traceback (most recent call last):
  File "/srv/app/main.py", line 12, in <module>
    client.{call}.create(model="deepseek/deepseek-v4-flash")
  File "/srv/venv/lib/python3.12/site-packages/openai/_base_client.py", line 1014, in request
    raise APIConnectionError(request=request) from err
openai.APIConnectionError: Connection error.
"""
NODE = """AuthenticationError: 401 Invalid API key provided.
    at APIError.generate (file:///srv/app/node_modules/openai/core/error.mjs:45:20)
    at OpenAI.makeStatusError (file:///srv/app/node_modules/openai/client.mjs:164:32)
    at process.processTicksAndRejections (node:internal/process/task_queues:105:5)
    at async file:///srv/app/main.mjs:7:16 {
  status: 401,
  headers: Headers {
    date: 'Sun, 22 Nov 2026 10:00:00 GMT',
    'content-type': 'application/json',
    'x-request-id': 'req_cm_01JDX3K7Q2',
    'set-cookie': 'session=topsecretcookie'
  },
  requestID: 'req_cm_01JDX3K7Q2',
  error: {
    message: 'Invalid API key provided.',
    type: 'authentication_error',
    param: null,
    code: 'invalid_api_key'
  },
  code: 'invalid_api_key',
  param: null,
  type: 'authentication_error'
}

Node.js v22.11.0
"""
NODE_ANTHROPIC = """RateLimitError: 429 {"type":"error","error":{"type":"rate_limit_error",\
"message":"Over 60 requests per minute."}}
    at APIError.generate (/srv/app/node_modules/@anthropic-ai/sdk/core/error.js:55:20)
    at Anthropic.makeStatusError (/srv/app/node_modules/@anthropic-ai/sdk/client.js:155:32) {
  status: 429,
  headers: Headers {},
  requestID: 'req_cm_01JDX3K7Q2',
  error: {
    type: 'error',
    error: {
      type: 'rate_limit_error',
      message: 'Over 60 requests per minute.'
    }
  }
}
"""
NODE_BARE = """AuthenticationError: 401 status code (no body)
    at APIError.generate (/srv/app/node_modules/openai/error.js:47:20)
    at OpenAI.makeStatusError (/srv/app/node_modules/openai/core.js:255:33) {
  status: 401,
  headers: { 'content-length': '0', server: 'nginx' },
  error: undefined,
  code: undefined,
  param: undefined,
  type: undefined
}
"""
NODE_REFUSED = """APIConnectionError: Connection error.
    at OpenAI.makeRequest (file:///srv/app/node_modules/openai/client.mjs:310:19)
    at async file:///srv/app/main.mjs:7:16 {
  status: undefined,
  headers: undefined,
  requestID: undefined,
  error: undefined,
  code: undefined,
  param: undefined,
  type: undefined,
  [cause]: TypeError: fetch failed
      at node:internal/deps/undici/undici:13502:13 {
    [cause]: Error: getaddrinfo ENOTFOUND api.crossmodl.ai
        at GetAddrInfoReqWrap.onlookupall [as oncomplete] (node:dns:122:26) {
      errno: -3008,
      code: 'ENOTFOUND',
      syscall: 'getaddrinfo',
      hostname: 'api.crossmodl.ai'
    }
  }
}
"""
VERCEL = """AI_APICallError: Insufficient balance: top up the account.
    at file:///srv/app/node_modules/@ai-sdk/provider-utils/dist/index.mjs:421:14
    at async postToApi (file:///srv/app/node_modules/@ai-sdk/provider-utils/dist/index.mjs:310:28) {
  cause: undefined,
  url: 'https://api.crossmodel.ai/v1/chat/completions',
  requestBodyValues: { model: 'deepseek/deepseek-v4-flash', messages: [ [Object] ] },
  statusCode: 402,
  responseHeaders: {
    'content-type': 'application/json',
    'x-request-id': 'req_cm_01JDX3K7Q2'
  },
  responseBody: '{"error":{"message":"Insufficient balance: top up the account.",\
"type":"billing_error","param":null,"code":"insufficient_balance"}}',
  isRetryable: false,
  data: {
    error: {
      message: 'Insufficient balance: top up the account.',
      type: 'billing_error',
      param: null,
      code: 'insufficient_balance'
    }
  },
  [Symbol(vercel.ai.error)]: true
}
"""
AXIOS = """AxiosError: Request failed with status code 402
    at settle (/srv/app/node_modules/axios/dist/node/axios.cjs:2053:12)
    at IncomingMessage.handleStreamEnd (/srv/app/node_modules/axios/dist/node/axios.cjs:3170:11) {
  code: 'ERR_BAD_REQUEST',
  config: {
    headers: Object [AxiosHeaders] {
      Authorization: 'Bearer cm-4f9a8b7c6d5e4f3a2b1c0d9e'
    },
    url: 'https://api.crossmodel.ai/v1/chat/completions'
  },
  response: {
    status: 402,
    statusText: 'Payment Required',
    data: { error: { message: 'Top up.', type: 'billing_error', param: null, code: 'no_wallet' } }
  }
}
"""
GO = (
    'POST "https://api.crossmodel.ai/v1/{path}": 402 Payment Required (Request-ID:'
    " req_cm_01JDX3K7Q2) {body}"
)

SENT_AT = datetime(2026, 11, 22, 10, tzinfo=UTC)
OPENAI, OF_ANTHROPIC = forms.OPENAI, forms.ANTHROPIC
CHAT, RESPONSES, MESSAGES = Protocol

CASES = [
    pytest.param(
        Case(
            text=f"openai.APIStatusError: Error code: 402 - {BALANCE}",
            form=OPENAI,
            identifier="insufficient_balance",
            status=402,
            message="Insufficient balance: top up the account.",
        ),
        id="openai-python",
    ),
    pytest.param(
        Case(
            text=f"{TRACEBACK}openai.APIStatusError: Error code: 402 - {BALANCE}",
            form=OPENAI,
            identifier="insufficient_balance",
            status=402,
            protocol=CHAT,
        ),
        id="openai-python-traceback",
    ),
    pytest.param(
        Case(
            text="openai.APIStatusError: Error code: 402 - Insufficient balance: top up.",
            form=OPENAI,
            identifier="insufficient_balance",
            status=402,
            message="Insufficient balance: top up.",
        ),
        id="openai-python-message-alone",
    ),
    pytest.param(
        Case(
            text="openai.AuthenticationError: Error code: 401 - Invalid API key provided.",
            form=OPENAI,
            identifier="invalid_api_key",
            status=401,
        ),
        id="openai-python-message-of-a-key",
    ),
    pytest.param(
        Case(
            text="openai.RateLimitError: Error code: 429 - Over 100000 tokens per minute (TPM).",
            form=OPENAI,
            identifier="rate_limit_exceeded",
            status=429,
        ),
        id="openai-python-message-of-a-limit",
    ),
    pytest.param(
        Case(
            text="openai.NotFoundError: Error code: 404 - The model gpt-5 does not exist.",
            form=OPENAI,
            identifier="model_not_found",
            status=404,
        ),
        id="openai-python-message-of-a-model",
    ),
    pytest.param(
        Case(
            text="openai.InternalServerError: Error code: 502",
            form=OPENAI,
            identifier="provider_error",
            status=502,
        ),
        id="openai-python-no-message",
    ),
    pytest.param(
        Case(
            text="openai.InternalServerError: Error code: 503 - {'error': {'message': 'Busy.', "
            "'type': 'api_error', 'param': None, 'code': 'model_unavailable'}}",
            form=OPENAI,
            identifier="model_unavailable",
            status=503,
        ),
        id="openai-python-503",
    ),
    pytest.param(
        Case(
            text="openai.NotFoundError: Error code: 404 - {'detail': 'Not Found'}",
            form=OPENAI,
            identifier="not_the_gateway",
            status=404,
        ),
        id="openai-python-wrong-path",
    ),
    pytest.param(
        Case(
            text="AuthenticationError(\"Error code: 401 - {'error': {'message': 'Disabled.', "
            "'type': 'authentication_error', 'param': None, 'code': 'api_key_inactive'}}\")",
            form=OPENAI,
            identifier="api_key_inactive",
            status=401,
        ),
        id="openai-python-repr",
    ),
    pytest.param(
        Case(
            text="openai.BadRequestError: Error code: 400 - {'error': {'message': \"Don't send "
            "'logit_bias'.\", 'type': 'invalid_request_error', 'param': 'logit_bias', 'code': "
            "'unsupported_parameter'}}",
            form=OPENAI,
            identifier="unsupported_parameter",
            status=400,
            message="Don't send 'logit_bias'.",
        ),
        id="openai-python-quotes-in-message",
    ),
    pytest.param(
        Case(
            text=f"anthropic.APIStatusError: Error code: 402 - {ANTHROPIC}",
            form=OF_ANTHROPIC,
            identifier="billing_error",
            status=402,
            protocol=MESSAGES,
            message="Add credit.",
        ),
        id="anthropic-python",
    ),
    pytest.param(
        Case(
            text="anthropic.NotFoundError: Error code: 404 - {'type': 'error', 'error': {'type': "
            "'invalid_request_error', 'message': 'No model of that name.'}, 'request_id': "
            f"'{REQUEST_ID}'}}",
            form=OF_ANTHROPIC,
            identifier="model_not_found",
            status=404,
            protocol=MESSAGES,
            request_id=REQUEST_ID,
        ),
        id="anthropic-python-request-id",
    ),
    pytest.param(
        Case(
            text="anthropic.InternalServerError: <html>\n<head><title>502 Bad Gateway"
            "</title></head>\n<body>\n<center><h1>502 Bad Gateway</h1></center>\n<hr>"
            "<center>nginx</center>\n</body>\n</html>",
            form=forms.PAGE,
            identifier="intermediary_error",
            status=502,
        ),
        id="anthropic-python-page",
    ),
    pytest.param(
        Case(
            text="anthropic._exceptions.OverloadedError: Error code: 529 - {'type': 'error', "
            "'error': {'type': 'overloaded_error', 'message': 'Overloaded'}}",
            form=OF_ANTHROPIC,
            identifier="undocumented_error",
            status=529,
            protocol=MESSAGES,
        ),
        id="anthropic-python-overloaded",
    ),
    pytest.param(
        Case(
            text="openai.APIConnectionError: Connection error.",
            form=forms.CONNECTION,
            identifier="network_unreachable",
        ),
        id="openai-python-connection-error",
    ),
    pytest.param(
        Case(
            text="openai.APITimeoutError: Request timed out.",
            form=forms.CONNECTION,
            identifier="response_timeout",
        ),
        id="openai-python-timeout",
    ),
    pytest.param(
        Case(
            text="anthropic.APITimeoutError: Request timed out or interrupted.",
            form=forms.CONNECTION,
            identifier="response_timeout",
        ),
        id="anthropic-python-timeout",
    ),
    *(
        pytest.param(
            Case(
                text=REFUSED.format(root=root, call=call),
                form=forms.CONNECTION,
                identifier=identifier,
                model=MODEL,
            ),
            id=f"openai-python-cause-{name}",
        )
        for name, root, call, identifier in (
            ("refused", "[Errno 111] Connection refused", "chat.completions", "connection_refused"),
            (
                "windows",
                (
                    "[WinError 10061] No connection could be made because the target machine "
                    "actively refused it"
                ),
                "responses",
                "connection_refused",
            ),
            ("dns", "[Errno -2] Name or service not known", "responses", "dns_failure"),
            (
                "mac-dns",
                "[Errno 8] nodename nor servname provided, or not known",
                "chat.completions",
                "dns_failure",
            ),
            ("route", "[Errno 113] No route to host", "responses", "network_unreachable"),
            (
                "issuer",
                (
                    "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: unable to get "
                    "local issuer certificate (_ssl.c:1006)"
                ),
                "responses",
                "tls_untrusted",
            ),
            (
                "expired",
                (
                    "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: certificate "
                    "has expired (_ssl.c:1006)"
                ),
                "responses",
                "tls_expired",
            ),
            (
                "host",
                (
                    "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: Hostname "
                    "mismatch, certificate is not valid for 'api.crossmodel.ai'. (_ssl.c:1006)"
                ),
                "responses",
                "tls_hostname_mismatch",
            ),
            (
                "plain",
                "[SSL: WRONG_VERSION_NUMBER] wrong version number (_ssl.c:1006)",
                "responses",
                "tls_failure",
            ),
            ("key", "Illegal header value b'Bearer ***\\n'", "responses", "key_malformed"),
        )
    ),
    pytest.param(
        Case(
            text=NODE,
            form=forms.JAVASCRIPT,
            identifier="invalid_api_key",
            status=401,
            request_id=REQUEST_ID,
            sent_at=SENT_AT,
        ),
        id="openai-node",
    ),
    pytest.param(
        Case(
            text=NODE_ANTHROPIC,
            form=forms.JAVASCRIPT,
            identifier="rate_limit_exceeded",
            status=429,
            request_id=REQUEST_ID,
        ),
        id="anthropic-node",
    ),
    pytest.param(
        Case(
            text='AuthenticationError: 401 {"type":"error","error":{"type":"authentication_error",'
            '"message":"Invalid API key."}}',
            form=forms.JAVASCRIPT,
            identifier="invalid_api_key",
            status=401,
        ),
        id="anthropic-node-message",
    ),
    pytest.param(
        Case(
            text="BadRequestError: 400 The request body is not valid JSON.",
            form=forms.JAVASCRIPT,
            identifier="invalid_json",
            status=400,
        ),
        id="openai-node-message",
    ),
    pytest.param(
        Case(
            text=NODE_BARE,
            form=forms.JAVASCRIPT,
            identifier="authentication_error",
            status=401,
        ),
        id="openai-node-no-body",
    ),
    pytest.param(
        Case(text=NODE_REFUSED, form=forms.CONNECTION, identifier="dns_failure"),
        id="openai-node-cause",
    ),
    pytest.param(
        Case(
            text=VERCEL,
            form=forms.WRAPPED,
            identifier="insufficient_balance",
            status=402,
            protocol=CHAT,
            request_id=REQUEST_ID,
            model="deepseek/deepseek-v4-flash",
        ),
        id="vercel-ai",
    ),
    pytest.param(
        Case(
            text="RetryError [AI_RetryError]: Failed after 3 attempts. Last error: "
            "Rate limit exceeded\n    at retry (file:///a/node_modules/ai/dist/index.mjs:1:2) {\n"
            "  reason: 'maxRetriesExceeded',\n  lastError: APICallError [AI_APICallError]: Rate "
            "limit exceeded\n      at file:///a/node_modules/x.mjs:1:2 {\n    statusCode: 429,\n"
            '    responseBody: \'{"error":{"message":"Rate limit exceeded","type":'
            '"rate_limit_error","param":null,"code":"rate_limit_exceeded"}}\'\n  }\n}',
            form=forms.WRAPPED,
            identifier="rate_limit_exceeded",
            status=429,
        ),
        id="vercel-ai-retry",
    ),
    pytest.param(
        Case(text=AXIOS, form=forms.JAVASCRIPT, identifier="no_wallet", status=402, protocol=CHAT),
        id="axios",
    ),
    pytest.param(
        Case(
            text=f"litellm.exceptions.APIError: litellm.APIError: OpenAIException - {JSON}",
            form=forms.WRAPPED,
            identifier="insufficient_balance",
        ),
        id="litellm-body",
    ),
    pytest.param(
        Case(
            text="litellm.RateLimitError: RateLimitError: OpenAIException - Over 60 requests per "
            "minute (RPM) for this key. Received Model Group=fast\nAvailable Model Group "
            "Fallbacks=None LiteLLM Retried: 2 times, LiteLLM Max Retries: 3",
            form=forms.WRAPPED,
            identifier="rate_limit_exceeded",
            status=429,
        ),
        id="litellm-words",
    ),
    pytest.param(
        Case(
            text="litellm.AuthenticationError: AuthenticationError: OpenAIException - Error code: "
            "401 - {'error': {'message': 'x', 'type': 'authentication_error', 'param': None, "
            "'code': 'user_inactive'}}",
            form=forms.WRAPPED,
            identifier="user_inactive",
            status=401,
        ),
        id="litellm-python",
    ),
    pytest.param(
        Case(
            text="litellm.exceptions.ServiceUnavailableError: litellm.ServiceUnavailableError: "
            "ServiceUnavailableError: OpenAIException - The model is temporarily unavailable.",
            form=forms.WRAPPED,
            identifier="model_unavailable",
            status=503,
        ),
        id="litellm-503",
    ),
    pytest.param(
        Case(
            text="litellm.Timeout: APITimeoutError - Request timed out.",
            form=forms.CONNECTION,
            identifier="response_timeout",
        ),
        id="litellm-timeout",
    ),
    pytest.param(
        Case(
            text="instructor.exceptions.InstructorRetryException: <failed_attempts>\n\n"
            '<generation number="1">\n<exception>\n    Error code: 402 - ' + BALANCE + "\n"
            "</exception>\n</generation>\n\n</failed_attempts>\n\n<last_exception>\n"
            "    Error code: 402 - " + BALANCE + "\n</last_exception>",
            form=forms.WRAPPED,
            identifier="insufficient_balance",
            status=402,
        ),
        id="instructor",
    ),
    pytest.param(
        Case(
            text='  File "/srv/lib/python3.12/site-packages/langchain_openai/chat_models/base.py", '
            f"line 925, in _generate\nopenai.APIStatusError: Error code: 402 - {BALANCE}\n"
            "During task with name 'agent' and id '5f7c'",
            form=forms.WRAPPED,
            identifier="insufficient_balance",
            status=402,
        ),
        id="langchain",
    ),
    pytest.param(
        Case(
            text=GO.format(path="chat/completions", body=JSON.removeprefix('{"error":')[:-1]),
            form=forms.EXCEPTION,
            identifier="insufficient_balance",
            status=402,
            protocol=CHAT,
            request_id=REQUEST_ID,
        ),
        id="openai-go",
    ),
    pytest.param(
        Case(
            text=GO.format(path="messages", body=ANTHROPIC_JSON),
            form=forms.EXCEPTION,
            identifier="billing_error",
            status=402,
            protocol=MESSAGES,
            request_id=REQUEST_ID,
        ),
        id="anthropic-go",
    ),
    pytest.param(
        Case(
            text="error, status code: 402, status: 402 Payment Required, message: The account has "
            "no wallet yet.",
            form=forms.EXCEPTION,
            identifier="no_wallet",
            status=402,
        ),
        id="go-openai-community",
    ),
    pytest.param(
        Case(
            text="com.openai.errors.UnauthorizedException: 401: Invalid API key provided.\n"
            "\tat com.openai.core.handlers.ErrorHandler.handle(ErrorHandler.kt:55)",
            form=OPENAI,
            identifier="invalid_api_key",
            status=401,
        ),
        id="openai-java",
    ),
    pytest.param(
        Case(
            text="System.ClientModel.ClientResultException: HTTP 402 (billing_error: "
            "insufficient_balance)\n\nInsufficient balance.\n   at OpenAI.ClientPipelineExtensions"
            ".ProcessMessageAsync()",
            form=forms.IDENTIFIER,
            identifier="insufficient_balance",
            status=402,
        ),
        id="openai-dotnet",
    ),
    pytest.param(
        Case(
            text='Error: ApiError(ApiError { message: "Insufficient balance.", type: Some("'
            'billing_error"), param: None, code: Some("insufficient_balance") })',
            form=forms.EXCEPTION,
            identifier="insufficient_balance",
        ),
        id="rust-debug",
    ),
    pytest.param(
        Case(
            text="billing_error: Insufficient balance. (param: null) (code: insufficient_balance)",
            form=forms.IDENTIFIER,
            identifier="insufficient_balance",
        ),
        id="rust-display",
    ),
    pytest.param(
        Case(
            text='the server responded with status 402 (Faraday::ClientError)\n{"error" => '
            '{"message" => "Top up.", "type" => "billing_error", "param" => nil, '
            '"code" => "no_wallet"}}',
            form=forms.EXCEPTION,
            identifier="no_wallet",
            status=402,
        ),
        id="ruby",
    ),
    pytest.param(
        Case(
            text="requests.exceptions.HTTPError: 402 Client Error: Payment Required for url: "
            "https://api.crossmodel.ai/v1/responses",
            form=forms.EXCEPTION,
            identifier="billing_error",
            status=402,
            protocol=RESPONSES,
        ),
        id="requests",
    ),
    pytest.param(
        Case(
            text="httpx.HTTPStatusError: Client error '401 Unauthorized' for url "
            "'https://api.crossmodel.ai/v1/messages'\nFor more information check: "
            "https://developer.mozilla.org/en-US/docs/Web/HTTP/Status/401",
            form=forms.EXCEPTION,
            identifier="authentication_error",
            status=401,
            protocol=MESSAGES,
        ),
        id="httpx",
    ),
    pytest.param(
        Case(
            text="urllib.error.HTTPError: HTTP Error 429: Too Many Requests",
            form=forms.EXCEPTION,
            identifier="rate_limit_exceeded",
            status=429,
        ),
        id="urllib",
    ),
    pytest.param(
        Case(
            text="aiohttp.client_exceptions.ClientResponseError: 503, message='Service "
            "Unavailable', url=URL('https://api.crossmodel.ai/v1/chat/completions')",
            form=forms.EXCEPTION,
            identifier="model_unavailable",
            status=503,
            protocol=CHAT,
        ),
        id="aiohttp",
    ),
    pytest.param(
        Case(
            text="System.Net.Http.HttpRequestException: Response status code does not indicate "
            "success: 402 (Payment Required).",
            form=forms.EXCEPTION,
            identifier="billing_error",
            status=402,
        ),
        id="dotnet",
    ),
    pytest.param(
        Case(
            text="java.io.IOException: Server returned HTTP response code: 402 for URL: "
            "https://api.crossmodel.ai/v1/chat/completions",
            form=forms.EXCEPTION,
            identifier="billing_error",
            status=402,
            protocol=CHAT,
        ),
        id="java",
    ),
    pytest.param(
        Case(
            text="openai.OpenAIError: The api_key client option must be set either by passing "
            "api_key to the client or by setting the OPENAI_API_KEY environment variable",
            form=forms.CONNECTION,
            identifier="key_missing",
        ),
        id="openai-python-no-key",
    ),
    pytest.param(
        Case(
            text=f"API Error: 402 {ANTHROPIC_JSON}",
            form=forms.EXCEPTION,
            identifier="billing_error",
            status=402,
        ),
        id="claude-code",
    ),
]


@pytest.mark.parametrize("case", CASES)
def test_an_sdk(case: Case) -> None:
    check(case)


@pytest.mark.parametrize("text", [NODE, AXIOS, VERCEL], ids=["node", "axios", "vercel"])
def test_no_header_of_a_request_and_no_cookie_is_kept(text: str) -> None:
    got = repr(explained(text))
    assert "diagnosis=Finding" in got
    assert "topsecretcookie" not in got
    assert "cm-4f9a8b7c" not in got
