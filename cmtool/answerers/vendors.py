"""Signatures of other vendors of models, to whom a call goes when its base URL was not applied."""

from __future__ import annotations

from functools import partial

from cmtool.answerers.signature import Signature
from cmtool.catalog.parties import Party

_vendor = partial(Signature, party=Party.VENDOR)

VENDORS = (
    _vendor(
        name="Azure OpenAI",
        headers=(("azureml-model-session", ""), ("x-ms-rai-invoked", "")),
        body=(r"access denied due to invalid subscription key", r"\.openai\.azure\.com"),
    ),
    _vendor(
        name="OpenAI",
        headers=(("openai-version", ""), ("openai-processing-ms", "")),
        body=(r"platform\.openai\.com", r"help\.openai\.com"),
    ),
    _vendor(
        name="Anthropic",
        headers=(("anthropic-organization-id", ""), ("request-id", r"^req_01")),
        body=(r"console\.anthropic\.com", r"docs\.anthropic\.com", r"platform\.claude\.com"),
    ),
    _vendor(
        name="Google (Gemini)",
        body=(
            r"generativelanguage\.googleapis\.com|aiplatform\.googleapis\.com",
            r"type\.googleapis\.com/google\.rpc",
            r'"error":\s*\{\s*"code":\s*\d{3},\s*"message":.{0,1500}"status":\s*"[A-Z_]{5,30}"',
        ),
    ),
    _vendor(name="AWS Bedrock", passing=(("x-amzn-bedrock-invocation-latency", ""),)),
    _vendor(
        name="Mistral",
        headers=(("mistral-correlation-id", ""),),
        body=(r"(api|console|docs)\.mistral\.ai",),
    ),
    _vendor(
        name="Groq",
        headers=(("x-groq-region", ""),),
        body=(r"console\.groq\.com", r'"x_groq"'),
    ),
    _vendor(
        name="DeepSeek",
        headers=(("x-ds-trace-id", ""),),
        body=(r'"authentication fails', r"(platform|api-docs)\.deepseek\.com"),
    ),
    _vendor(name="xAI", body=(r"(console|docs)\.x\.ai\b",)),
    _vendor(name="Together", body=(r"api\.together\.(ai|xyz)", r"docs\.together\.ai")),
    _vendor(name="Fireworks", body=(r"\b(app|docs)?\.?fireworks\.ai\b",)),
    _vendor(name="Cohere", body=(r"(dashboard|docs|os)\.cohere\.(com|ai)",)),
    _vendor(name="Perplexity", body=(r"(www|docs|api)\.perplexity\.ai",)),
    _vendor(
        name="Moonshot",
        body=(r"platform\.(moonshot|kimi)\.(cn|ai|com)", r'"invalid_authentication_error"'),
    ),
    _vendor(
        name="Alibaba Cloud (DashScope)",
        headers=(("x-dashscope-request-id", ""),),
        body=(r"(dashscope|help|bailian)[a-z.-]{0,30}\.(aliyuncs|aliyun)\.com",),
    ),
    _vendor(name="Zhipu (Z.ai)", body=(r"(open\.bigmodel\.cn|docs\.z\.ai)",)),
    _vendor(name="MiniMax", body=(r'"base_resp":\s*\{\s*"status_code"',)),
    _vendor(name="SiliconFlow", headers=(("x-siliconcloud-trace-id", ""),)),
    _vendor(name="Cerebras", body=(r"(cloud|inference-docs)\.cerebras\.ai",)),
    _vendor(
        name="NVIDIA",
        headers=(("nvcf-reqid", ""), ("nvcf-status", "")),
        body=(r"(build|integrate\.api)\.nvidia\.com",),
    ),
    _vendor(
        name="Hugging Face",
        headers=(("x-inference-provider", ""),),
        body=(r"(router\.)?huggingface\.co/",),
    ),
    _vendor(name="Replicate", body=(r"(api\.)?replicate\.com/",)),
    _vendor(
        name="OpenRouter",
        headers=(("x-openrouter-id", ""),),
        body=(r"openrouter\.ai", r'"message":\s*"no auth credentials found"'),
    ),
)
