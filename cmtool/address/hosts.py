"""Whose host it is: the API's, a website's, another vendor's, this machine's, or a misspelling.

The hosts of the gateway are those that its documentation names; of the others only the domain.
"""

from __future__ import annotations

import re
import unicodedata
from ipaddress import ip_address

from cmtool.credentials.lookalikes import looks_like
from cmtool.typos import edits_between

API_HOST = "api.crossmodel.ai"
_DOMAIN = "crossmodel.ai"
_NAME = "crossmodel"

_WEBSITES = {
    "console.crossmodel.ai": "the console",
    "docs.crossmodel.ai": "the documentation",
    "www.crossmodel.ai": "the website",
    "crossmodel.ai": "the website",
}
_PAGES = {"/console": "the console", "/docs": "the documentation"}

_VENDORS = {
    "openai.com": "OpenAI",
    "chatgpt.com": "OpenAI",
    "openai.azure.com": "Microsoft (Azure OpenAI)",
    "services.ai.azure.com": "Microsoft (Azure AI)",
    "models.github.ai": "GitHub",
    "anthropic.com": "Anthropic",
    "claude.ai": "Anthropic",
    "claude.com": "Anthropic",
    "openrouter.ai": "OpenRouter",
    "deepseek.com": "DeepSeek",
    "googleapis.com": "Google",
    "groq.com": "Groq",
    "x.ai": "xAI",
    "mistral.ai": "Mistral",
    "cohere.com": "Cohere",
    "cohere.ai": "Cohere",
    "together.xyz": "Together",
    "together.ai": "Together",
    "fireworks.ai": "Fireworks",
    "perplexity.ai": "Perplexity",
    "cerebras.ai": "Cerebras",
    "sambanova.ai": "SambaNova",
    "replicate.com": "Replicate",
    "huggingface.co": "Hugging Face",
    "integrate.api.nvidia.com": "NVIDIA",
    "amazonaws.com": "Amazon Web Services",
    "moonshot.cn": "Moonshot",
    "moonshot.ai": "Moonshot",
    "aliyuncs.com": "Alibaba Cloud",
    "bigmodel.cn": "Zhipu",
    "z.ai": "Z.ai",
    "minimax.io": "MiniMax",
    "minimaxi.com": "MiniMax",
    "siliconflow.cn": "SiliconFlow",
    "siliconflow.com": "SiliconFlow",
    "volces.com": "Volcengine",
}
# A host of the user's own may stand below these: only what names a model service is another's.
_SERVICES = {
    "googleapis.com": re.compile(r"generativelanguage|aiplatform"),
    "amazonaws.com": re.compile(r"bedrock"),
    "aliyuncs.com": re.compile(r"dashscope"),
}
# RFC 2606, RFC 6761, RFC 6762, RFC 8375, and what networks of companies use.
_PRIVATE = frozenset(
    {
        *("arpa", "example", "invalid", "local", "localhost", "test"),
        *("corp", "home", "intern", "internal", "intra", "intranet", "lan", "localdomain"),
        *("private", "svc"),
    }
)
_TOPS = frozenset(
    {"ai", "app", "cn", "co", "com", "dev", "eu", "io", "me", "net", "org", "us", "xyz"}
)
_NEAR = 2  # a host that is that few edits away from the right one is a typing error


def website(host: str, path: str = "") -> str | None:
    """Say which pages of the vendor's a host serves; None when it serves none."""
    serves = _WEBSITES.get(host)
    if serves != "the website":
        return serves
    return next((page for start, page in _PAGES.items() if path.startswith(start)), serves)


def vendor(host: str) -> str | None:
    """Name the other vendor of models to whom a host belongs."""
    for domain, name in _VENDORS.items():
        if f".{host}".endswith(f".{domain}"):
            service = _SERVICES.get(domain)
            return name if service is None or service.search(host) else None
    return None


def misspelt(host: str) -> bool:
    """Say whether a host can only have been meant to be the API's.

    A host of the user's own that has the name in it, such as crossmodel.lan, is none of these.
    """
    is_near = edits_between(host, API_HOST, _NEAR) <= _NEAR
    if host == API_HOST or f".{host}".endswith(f".{_DOMAIN}"):
        return is_near and host != API_HOST
    *front, top = host.split(".")
    if top in _PRIVATE:
        return False
    has_service = front[:1] in (["api"], ["www"])
    match front[has_service:]:
        case []:
            return has_service and _is_named(top)
        case [name]:
            return is_near or (top in _TOPS and _is_named(name))
        case [name, "ai"]:
            return top in _TOPS and name == _NAME
    return is_near


def _is_named(label: str) -> bool:
    joined = label.replace("-", "").replace("_", "").removeprefix("api")
    return edits_between(joined, _NAME, _NEAR) <= _NEAR


def in_unicode(host: str) -> str:
    """Give a name as a person reads it: RFC 3490, section 4.2."""
    try:
        return host.encode("ascii").decode("idna") if "xn--" in host.lower() else host
    except UnicodeError:
        return host


def in_plain_letters(host: str) -> str:
    """Give the name that a person may take for a host: without accents, and in ASCII's letters."""
    apart = unicodedata.normalize("NFKD", host)
    bare = (char for char in apart if not unicodedata.combining(char))
    return "".join(looks_like(char) or char for char in bare).lower()


def is_dotless(host: str) -> bool:
    """Say whether only the network around this machine can know a name."""
    return "." not in host and ":" not in host


def is_unspecified(host: str) -> bool:
    """Say whether it is the address by which a server says that it listens everywhere."""
    try:
        return ip_address(host).is_unspecified
    except ValueError:
        return False
