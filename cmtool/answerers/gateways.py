"""Signatures of other gateways for models, and of programs that run models themselves."""

from __future__ import annotations

from functools import partial

from cmtool.answerers.signature import Signature
from cmtool.catalog.parties import Party

_gateway = partial(Signature, party=Party.GATEWAY)
_model_server = partial(Signature, party=Party.MODEL_SERVER)

GATEWAYS = (
    _gateway(
        name="a LiteLLM proxy",
        headers=(("x-litellm-call-id", ""), ("x-litellm-version", "")),
        body=(
            r'"message":\s*"litellm\.',
            r'"message":\s*"authentication error, (invalid proxy|no api key|expired)',
            r"litellm virtual key expected",
        ),
        page=(r"<title>[^<]{0,40}litellm",),
    ),
    _gateway(
        name="Portkey",
        headers=(("x-portkey-trace-id", ""), ("x-portkey-last-used-option-index", "")),
        body=(r"x-portkey-(api-key|config|provider)",),
    ),
    _gateway(name="Helicone", headers=(("helicone-id", ""), ("helicone-status", ""))),
    _gateway(
        name="Cloudflare AI Gateway",
        headers=(("cf-aig-log-id", ""), ("cf-aig-event-id", "")),
        body=(r"gateway\.ai\.cloudflare\.com",),
    ),
    _gateway(
        name="a New API or One API relay",
        headers=(("x-oneapi-request-id", ""), ("x-new-api-version", "")),
        body=(r'"type":\s*"(new|one|rix|shell)_api_error"',),
    ),
    _gateway(name="Open WebUI", page=(r"<title>open webui",)),
    _gateway(name="LibreChat", page=(r"<title>librechat",)),
    _model_server(
        name="Ollama",
        body=(r"^ollama is running", r"not found, try pulling it first"),
    ),
    _model_server(
        name="LM Studio",
        body=(r"unexpected endpoint or method\. \((get|post) /", r"lm studio"),
    ),
    _model_server(
        name="a llama.cpp server",
        headers=(("server", r"^llama\.cpp"),),
        body=(r'"message":\s*"file not found",\s*"type":\s*"not_found_error"',),
    ),
    _model_server(
        name="a vLLM server",
        body=(
            r'^\s*\{"object":\s*"error",\s*"message":',
            r'"type":\s*"(NotFoundError|BadRequestError)",\s*"param":\s*[^,]{1,80},\s*"code":\s*\d',
        ),
    ),
    _model_server(
        name="a text-generation-inference server",
        body=(r'"error_type":\s*"(validation|generation|overloaded|incomplete_generation)"',),
    ),
    _model_server(name="LocalAI", page=(r"<title>[^<]{0,40}localai",)),
    _model_server(name="text-generation-webui", page=(r"<title>text generation web ui",)),
)
