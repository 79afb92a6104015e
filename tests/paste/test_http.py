"""Answers with their heads, as command-line clients print them, and calls that got none."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from cmtool.model import Protocol
from cmtool.paste import forms
from cmtool.paste.base import Form
from tests.paste.case import MODEL, REQUEST_ID, Case, check, explained

AT = datetime(2026, 11, 22, 10, 0, 0, tzinfo=UTC)
BODY = (
    '{"error": {"message": "No wallet yet.", "type": "billing_error", "param": null, '
    '"code": "no_wallet"}}'
)
HEAD = f"""content-type: application/json
date: Sun, 22 Nov 2026 10:00:00 GMT
x-request-id: {REQUEST_ID}
set-cookie: session=topsecretcookie
"""
VERBOSE = f"""* Host api.crossmodel.ai:443 was resolved.
* IPv4: 203.0.113.7
*   Trying 203.0.113.7:443...
* Connected to api.crossmodel.ai (203.0.113.7) port 443
* ALPN: curl offers h2,http/1.1
* SSL connection using TLSv1.3 / TLS_AES_128_GCM_SHA256
* using HTTP/2
> POST /v1/chat/completions HTTP/2
> Host: api.crossmodel.ai
> User-Agent: curl/8.10.1
> Authorization: Bearer cm-4f9a8b7c6d5e4f3a2b1c0d9e
> Content-Type: application/json
>
* upload completely sent off: 91 bytes
< HTTP/2 402
< content-type: application/json
< date: Sun, 22 Nov 2026 10:00:00 GMT
< x-request-id: {REQUEST_ID}
<
{{ [132 bytes data]
{BODY}
* Connection #0 to host api.crossmodel.ai left intact
"""
HTTPIE = f"""POST /v1/messages HTTP/1.1
Accept: application/json, */*;q=0.5
Content-Type: application/json
Host: api.crossmodel.ai
x-api-key: cm-4f9a8b7c6d5e4f3a2b1c0d9e

{{
    "max_tokens": 16,
    "model": "{MODEL}"
}}


HTTP/1.1 401 Unauthorized
Content-Type: application/json
Date: Sun, 22 Nov 2026 10:00:00 GMT
x-request-id: {REQUEST_ID}

{{
    "error": {{
        "message": "Invalid API key.",
        "type": "authentication_error"
    }},
    "type": "error"
}}
"""
WGET = f"""--2026-11-22 10:00:00--  https://api.crossmodel.ai/v1/models
Resolving api.crossmodel.ai (api.crossmodel.ai)... 203.0.113.7
HTTP request sent, awaiting response...
  HTTP/1.1 402 Payment Required
  Content-Type: application/json
  Date: Sun, 22 Nov 2026 10:00:00 GMT
  x-request-id: {REQUEST_ID}
2026-11-22 10:00:01 ERROR 402: Payment Required.
"""
NGINX = (
    "<html>\n<head><title>502 Bad Gateway</title></head>\n<body>\n<center><h1>502 Bad Gateway"
    "</h1></center>\n<hr><center>nginx</center>\n</body>\n</html>\n"
)


def _head(
    text: str,
    form: Form,
    identifier: str | None = "no_wallet",
    status: int | None = 402,
    *,
    protocol: Protocol | None = None,
    model: str | None = None,
) -> Case:
    return Case(
        text=text,
        form=form,
        identifier=identifier,
        status=status,
        protocol=protocol,
        request_id=REQUEST_ID,
        model=model,
        sent_at=AT,
    )


CHAT, RESPONSES, MESSAGES = Protocol
HEADS = [
    pytest.param(_head(f"HTTP/1.1 402 Payment Required\n{HEAD}\n{BODY}", forms.CURL), id="http-1"),
    pytest.param(_head(f"HTTP/2 402 \r\n{HEAD}\r\n{BODY}", forms.CURL), id="http-2"),
    pytest.param(_head(f"HTTP/3 402\n{HEAD}\n{BODY}\n", forms.CURL), id="http-3"),
    pytest.param(
        _head(
            f"$ curl -i https://api.crossmodel.ai/v1/responses\nHTTP/2 402\n{HEAD}\n{BODY}\n$ ",
            forms.CURL,
            protocol=RESPONSES,
        ),
        id="with-the-command",
    ),
    pytest.param(
        _head(f"HTTP/1.1 200 Connection established\n\nHTTP/2 402\n{HEAD}\n{BODY}", forms.CURL),
        id="through-a-proxy",
    ),
    pytest.param(
        _head(
            f"HTTP/1.1 100 Continue\n\nHTTP/1.1 402 Payment Required\n{HEAD}\n{BODY}", forms.CURL
        ),
        id="after-100",
    ),
    pytest.param(_head(f"HTTP/2 402\n{HEAD}\n{BODY[:-3]}", forms.CURL), id="cut-in-the-code"),
    pytest.param(_head(VERBOSE, forms.TRACE, protocol=CHAT), id="curl-v"),
    pytest.param(
        _head("".join(f"> {line}\n" for line in VERBOSE.splitlines()), forms.TRACE, protocol=CHAT),
        id="curl-v-quoted",
    ),
    pytest.param(
        _head(HTTPIE, forms.HTTPIE, "invalid_api_key", 401, protocol=MESSAGES, model=MODEL),
        id="httpie-v",
    ),
    pytest.param(_head(WGET, forms.CURL, "billing_error"), id="wget-s"),
    pytest.param(
        _head(
            "".join(f"HTTP/1.1 {s} X\n{HEAD}\n{BODY}\n" for s in (401, 402)),
            forms.CURL,
        ),
        id="two-answers",
    ),
]


@pytest.mark.parametrize("case", HEADS)
def test_a_head(case: Case) -> None:
    got = check(case)
    assert "topsecretcookie" not in repr(got)
    assert "cm-4f9a8b7c" not in repr(got)


PAGES = [
    pytest.param(
        f"HTTP/1.1 502 Bad Gateway\nserver: nginx\n\n{NGINX}",
        "intermediary_error",
        502,
        forms.CURL,
        id="nginx",
    ),
    pytest.param(NGINX, "intermediary_error", 502, forms.PAGE, id="nginx-alone"),
    pytest.param(
        f"it says\n{NGINX}\nwhat now?", "intermediary_error", 502, forms.PAGE, id="within-words"
    ),
    pytest.param(NGINX[:60], "intermediary_error", 502, forms.PAGE, id="cut"),
    pytest.param(
        "<!DOCTYPE html><html><head><title>Just a moment...</title></head><body>"
        "<script src='/cdn-cgi/challenge-platform/x.js'></script></body></html>",
        "not_the_gateway",
        None,
        forms.PAGE,
        id="challenge",
    ),
    pytest.param(
        "<html><head><title>Guest Wi-Fi</title></head><body>Accept the terms to go "
        "online</body></html>",
        "not_the_gateway",
        None,
        forms.PAGE,
        id="portal",
    ),
    pytest.param("error code: 522", "intermediary_error", 522, forms.EXCEPTION, id="cloudflare"),
    pytest.param(
        "upstream connect error or disconnect/reset before headers. reset reason: "
        "connection failure",
        "not_the_gateway",
        None,
        forms.EXCEPTION,
        id="envoy",
    ),
    pytest.param("404 page not found", "not_the_gateway", 404, forms.EXCEPTION, id="go-mux"),
    pytest.param(
        "HTTP/1.1 307 Temporary Redirect\nlocation: https://api.crossmodel.ai/v1/models\n",
        "redirected",
        307,
        forms.CURL,
        id="redirect",
    ),
    pytest.param(
        "HTTP/1.1 407 Proxy Authentication Required\nproxy-authenticate: Basic\n\n"
        "<html><body>Log in</body></html>",
        "proxy_auth_required",
        407,
        forms.CURL,
        id="proxy",
    ),
    pytest.param(
        "HTTP/1.1 200 OK\ncontent-type: text/html\n\n<html><title>Wi-Fi</title></html>",
        "not_the_gateway",
        200,
        forms.CURL,
        id="portal-200",
    ),
    pytest.param(
        'HTTP/2 404\ncontent-type: application/json\n\n{"detail":"Not Found"}',
        "not_the_gateway",
        404,
        forms.CURL,
        id="wrong-path",
    ),
    pytest.param(
        f'HTTP/2 500\nx-request-id: {REQUEST_ID}\n\n{{"oops": 1}}',
        "malformed_response",
        500,
        forms.CURL,
        id="no-shape",
    ),
    pytest.param(
        f'HTTP/2 200\nx-request-id: {REQUEST_ID}\n\n{{"id": "chatcmpl-1", "object": "chat',
        "malformed_response",
        200,
        forms.CURL,
        id="cut-success",
    ),
    pytest.param(
        f"HTTP/2 402\nx-request-id: {REQUEST_ID}\n\n{BODY[:40]}",
        "malformed_response",
        402,
        forms.CURL,
        id="cut-error",
    ),
    pytest.param(
        f"HTTP/2 402\ncontent-type: application/json\n\n{BODY[:40]}",
        "billing_error",
        402,
        forms.CURL,
        id="cut-error-untraced",
    ),
]


@pytest.mark.parametrize(("text", "identifier", "status", "form"), PAGES)
def test_what_others_answer(text: str, identifier: str, status: int | None, form: Form) -> None:
    got = explained(text)
    assert got is not None
    assert got.diagnosis is not None
    assert (got.diagnosis.id, got.diagnosis.status) == (identifier, status)
    assert got.recognised.forms[0] == form.name
    assert got.support is not None


CONNECTIONS = {
    "dns_failure": (
        "curl: (6) Could not resolve host: api.crossmodel.ai",
        "wget: unable to resolve host address ‘api.crossmodel.ai’",
        ("http: error: ConnectionError: HTTPSConnectionPool(host='api.crossmodel.ai', port=443): "
        'Max retries exceeded with url: /v1/models (Caused by NameResolutionError("<urllib3.'
        "connection.HTTPSConnection object at 0x7f>: Failed to resolve 'api.crossmodel.ai'\"))"),
        "Error: getaddrinfo EAI_AGAIN api.crossmodel.ai",
        ('Post "https://api.crossmodel.ai/v1/responses": dial tcp: lookup api.crossmodel.ai: no '
        "such host"),
        "java.net.UnknownHostException: api.crossmodel.ai",
        "System.Net.Http.HttpRequestException: No such host is known. (api.crossmodel.ai:443)",
        ("error sending request for url (https://api.crossmodel.ai/v1/models): error trying to "
        "connect: dns error: failed to lookup address information: Name or service not known"),
        "curl: (28) Resolving timed out after 5000 milliseconds",
    ),
    "connection_refused": (
        "curl: (7) Failed to connect to localhost port 8080 after 0 ms: Couldn't connect to server",
        "Error: connect ECONNREFUSED 127.0.0.1:8080",
        "dial tcp 127.0.0.1:8080: connect: connection refused",
        "java.net.ConnectException: Connection refused",
        "tcp connect error: Connection refused (os error 111)",
        "ConnectionRefusedError: [Errno 111] Connect call failed ('127.0.0.1', 8080)",
    ),
    "connection_timeout": (
        "httpx.ConnectTimeout: timed out",
        ("curl: (28) Failed to connect to api.crossmodel.ai port 443 after 133000 ms: Connection "
        "timed out"),
        "ConnectTimeoutError: Connect Timeout Error\n  code: 'UND_ERR_CONNECT_TIMEOUT'",
        'Post "https://api.crossmodel.ai/v1/messages": dial tcp 203.0.113.7:443: i/o timeout',
        "java.net.http.HttpConnectTimeoutException: HTTP connect timed out",
        "curl: (7) Failed to connect: Connection timed out",
    ),
    "network_unreachable": (
        "curl: (7) Couldn't connect to server: Network is unreachable",
        "java.net.NoRouteToHostException: No route to host",
        "TypeError: fetch failed",
        "APIConnectionError: Connection error.",
        "litellm.APIConnectionError: APIConnectionError: OpenAIException - Connection error.",
    ),
    "connection_reset": (
        "curl: (56) Recv failure: Connection reset by peer",
        "curl: (52) Empty reply from server",
        "Error: socket hang up",
        "httpx.RemoteProtocolError: Server disconnected without sending a response.",
        'Post "https://api.crossmodel.ai/v1/messages": EOF',
        "http.client.RemoteDisconnected: Remote end closed connection without response",
        "hyper::Error(IncompleteMessage): connection closed before message completed",
    ),
    "stream_disconnected": (
        ("httpx.RemoteProtocolError: peer closed connection without sending complete message body "
        "(incomplete chunked read)"),
        "curl: (18) transfer closed with outstanding read data remaining",
        "curl: (92) HTTP/2 stream 1 was not closed cleanly: INTERNAL_ERROR (err 2)",
        "Error: Premature close",
        "net::ERR_INCOMPLETE_CHUNKED_ENCODING 200 (OK)",
    ),
    "response_timeout": (
        "curl: (28) Operation timed out after 30001 milliseconds with 0 bytes received",
        "httpx.ReadTimeout: The read operation timed out",
        "context deadline exceeded (Client.Timeout exceeded while awaiting headers)",
        "java.net.SocketTimeoutException: Read timed out",
        ("System.Threading.Tasks.TaskCanceledException: The request was canceled due to the "
        "configured HttpClient.Timeout of 100 seconds elapsing."),
        "AxiosError: timeout of 30000ms exceeded",
        "HeadersTimeoutError: Headers Timeout Error code: 'UND_ERR_HEADERS_TIMEOUT'",
    ),
    "tls_untrusted": (
        "curl: (60) SSL certificate problem: unable to get local issuer certificate",
        "Error: self-signed certificate in certificate chain code: 'SELF_SIGNED_CERT_IN_CHAIN'",
        "x509: certificate signed by unknown authority",
        ("javax.net.ssl.SSLHandshakeException: PKIX path building failed: unable to find valid "
        "certification path to requested target"),
        "invalid peer certificate: UnknownIssuer",
        ("AuthenticationException: The remote certificate is invalid because of errors in the "
        "certificate chain: PartialChain"),
    ),
    "tls_expired": (
        "curl: (60) SSL certificate problem: certificate has expired",
        "Error: certificate has expired code: 'CERT_HAS_EXPIRED'",
        "x509: certificate has expired or is not yet valid: current time 2031-01-01 is after",
    ),
    "tls_hostname_mismatch": (
        "curl: (60) SSL: no alternative certificate subject name matches target host name",
        "Error [ERR_TLS_CERT_ALTNAME_INVALID]: Hostname/IP does not match certificate's altnames",
        "x509: certificate is valid for proxy.example, not api.crossmodel.ai",
    ),
    "tls_failure": (
        "curl: (35) OpenSSL/3.0.13: error:0A00010B:SSL routines::wrong version number",
        "net/http: TLS handshake timeout",
        "Error: write EPROTO 80B0:error:0A00010B:SSL routines:ssl3_get_record:wrong version number",
        "http: server gave HTTP response to HTTPS client",
    ),
    "proxy_unusable": (
        "curl: (5) Could not resolve proxy: proxy.example",
        "curl: (56) CONNECT tunnel failed, response 403",
        "httpx.ProxyError: 403 Forbidden",
        "proxyconnect tcp: dial tcp 10.0.0.1:3128: connect: connection refused",
        "net::ERR_PROXY_CONNECTION_FAILED",
    ),
    "proxy_auth_required": (
        "httpx.ProxyError: 407 Proxy Authentication Required",
        "curl: (56) Received HTTP code 407 from proxy after CONNECT",
    ),
    "redirected": (
        "httpx.TooManyRedirects: Exceeded maximum allowed redirects.",
        "curl: (47) Maximum (50) redirects followed",
    ),
    "key_malformed": (
        "httpx.LocalProtocolError: Illegal header value b'Bearer ***\\n'",
        'TypeError: Headers.append: "Bearer ***" is an invalid header value.',
        'net/http: invalid header field value for "Authorization"',
        "UnicodeEncodeError: 'ascii' codec can't encode character '\\u200b' in position 9",
    ),
    "key_missing": (
        "OpenAIError: The OPENAI_API_KEY environment variable is missing or empty",
        "AI_LoadAPIKeyError: OpenAI API key is missing. Pass it using the 'apiKey' parameter",
    ),
    "base_url_invalid": (
        "httpx.UnsupportedProtocol: Request URL is missing an 'http://' or 'https://' protocol.",
        "TypeError: Failed to parse URL from api.crossmodel.ai/v1/chat/completions",
        "curl: (3) URL rejected: Malformed input to a URL function",
    ),
}  # fmt: skip


PATHS = {
    "/v1/chat/completions": Protocol.CHAT,
    "/v1/responses": Protocol.RESPONSES,
    "/v1/messages": Protocol.MESSAGES,
}


@pytest.mark.parametrize(
    ("text", "identifier"),
    [
        pytest.param(text, identifier, id=f"{identifier}-{number}")
        for identifier, texts in CONNECTIONS.items()
        for number, text in enumerate(texts)
    ],
)
def test_a_call_without_an_answer(text: str, identifier: str) -> None:
    protocol = next((p for path, p in PATHS.items() if path in text), None)
    got = check(Case(text=text, form=forms.CONNECTION, identifier=identifier, protocol=protocol))
    assert got.support is None
    assert got.diagnosis is not None
    assert any(text.partition("\n")[0][:60] in fact for fact in got.diagnosis.evidence)


def test_a_failure_without_a_cause_says_so_and_asks_for_the_rest() -> None:
    got = explained("openai.APIConnectionError: Connection error.")
    assert got is not None
    assert got.diagnosis is not None
    assert "leaves open why" in got.diagnosis.title
    assert "Paste the whole traceback" in got.recognised.surer[0]
