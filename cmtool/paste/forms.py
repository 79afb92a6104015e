"""The names of the forms that a paste can have, in the order in which they are told to a person."""

from __future__ import annotations

from cmtool.paste.base import Form

BODY = Form(name="an error body", example='{"error": {"message": "…", "code": "…"}}')
DOCUMENT = Form(name="an answer without an error", example='{"object": "chat.completion", …}')
OPENAI = Form(
    name="the text of an OpenAI SDK exception",
    example="openai.AuthenticationError: Error code: 401 - {'error': {…}}",
)
ANTHROPIC = Form(
    name="the text of an Anthropic SDK exception",
    example="anthropic.RateLimitError: Error code: 429 - {'type': 'error', …}",
)
JAVASCRIPT = Form(name="the text of a JavaScript SDK error", example="AuthenticationError: 401 {…}")
WRAPPED = Form(
    name="the text of an error that a framework wraps",
    example="litellm.RateLimitError: RateLimitError: OpenAIException - …",
)
EXCEPTION = Form(name="the text of an exception", example="HTTP Error 402: Payment Required")
CURL = Form(name="an answer with its head", example="HTTP/2 402, headers, body (curl -i)")
TRACE = Form(name="a trace of curl -v", example="< HTTP/2 402")
HTTPIE = Form(name="a whole exchange, as HTTPie prints it", example="POST /v1/… HTTP/1.1, …")
CONNECTION = Form(
    name="the message of a call that got no answer, or not all of it",
    example="curl: (6) Could not resolve host: …",
)
LOG = Form(name="lines of a log", example='{"level": "error", "err": {…}}')
HAR = Form(name="a HAR file", example='{"log": {"entries": […]}}')
STREAM = Form(name="a captured event stream", example='data: {"object": "chat.completion.chunk"…')
PAGE = Form(name="a page of HTML", example="<html>… 502 Bad Gateway …")
REPORT = Form(name="a report of cmtool", example='{"schema_version": 1, "command": "doctor", …}')
RECORDING = Form(name="a recording of cmtool", example='{"format": "cmtool-recording", …}')
STATUS = Form(name="a status", example="402, HTTP 429, status code 503")
IDENTIFIER = Form(name="an identifier", example="insufficient_balance")
WORDS = Form(name="an error in words", example="Insufficient balance")

FORMS = (
    *(BODY, DOCUMENT, OPENAI, ANTHROPIC, JAVASCRIPT, WRAPPED, EXCEPTION, CURL, TRACE, HTTPIE),
    *(CONNECTION, LOG, HAR, STREAM, PAGE, REPORT, RECORDING, STATUS, IDENTIFIER),
    WORDS,
)
