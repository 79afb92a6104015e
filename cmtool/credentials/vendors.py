"""Whose key it is that does not start with cm-: the prefixes that other vendors document.

A key of another vendor is never sent to the gateway, and never shown.
"""

from __future__ import annotations

import re

_VENDORS = {
    "sk-ant-": "Anthropic",
    "sk-or-": "OpenRouter",
    "sk-proj-": "OpenAI",
    "sk-svcacct-": "OpenAI",
    "sk-admin-": "OpenAI",
    "sk-lf-": "Langfuse",
    "pk-lf-": "Langfuse",
    "sk_live_": "Stripe",
    "sk_test_": "Stripe",
    "pk_live_": "Stripe",
    "pk_test_": "Stripe",
    "rk_live_": "Stripe",
    "rk_test_": "Stripe",
    "whsec_": "Stripe",
    "sk-": "OpenAI, DeepSeek or another vendor whose keys start with sk-",
    "sk_": "a vendor whose keys start with sk_, ElevenLabs for one",
    "gsk_": "Groq",
    "xai-": "xAI",
    "AIza": "Google",
    "ya29.": "Google (it is an access token)",
    "hf_": "Hugging Face",
    "api_org_": "Hugging Face",
    "pplx-": "Perplexity",
    "nvapi-": "NVIDIA",
    "r8_": "Replicate",
    "fw_": "Fireworks",
    "tgp_": "Together",
    "csk-": "Cerebras",
    "tvly-": "Tavily",
    "jina_": "Jina",
    "fc-": "Firecrawl",
    "rpa_": "RunPod",
    "vck_": "Vercel",
    "lsv2_": "LangSmith",
    "phc_": "PostHog",
    "ABSK": "Amazon Bedrock",
    "bedrock-api-key-": "Amazon Bedrock",
    "AKIA": "Amazon Web Services",
    "ASIA": "Amazon Web Services",
    "ghp_": "GitHub",
    "gho_": "GitHub",
    "ghu_": "GitHub",
    "ghs_": "GitHub",
    "ghr_": "GitHub",
    "github_pat_": "GitHub",
    "glpat-": "GitLab",
    "xoxb-": "Slack",
    "xoxp-": "Slack",
    "xapp-": "Slack",
    "npm_": "npm",
    "pypi-": "PyPI",
    "dckr_pat_": "Docker",
    "dop_v1_": "DigitalOcean",
    "SG.": "SendGrid",
    "lin_api_": "Linear",
    "ntn_": "Notion",
    "shpat_": "Shopify",
    "sbp_": "Supabase",
    "hvs.": "HashiCorp Vault",
    "eyJ": "a log-in session (it is a JSON web token)",
}
_LONGEST_FIRST = sorted(_VENDORS, key=len, reverse=True)


_KEY = re.compile(r"[\w\-]{10,}")


def is_a_secret(text: str) -> bool:
    """Say whether a text looks like a key, ours or that of a known vendor, rather than a name."""
    ours = text.startswith("cm-") or vendor_of(text) is not None
    return ours and _KEY.fullmatch(text) is not None


def vendor_of(key: str) -> str | None:
    """Name the vendor whose documented prefix a key has; None for a prefix of nobody known."""
    prefix = next((prefix for prefix in _LONGEST_FIRST if key.startswith(prefix)), None)
    return _VENDORS[prefix] if prefix else None


_TELLING = 6  # characters of a prefix that does not stand in a key by chance


def vendor_within(text: str) -> tuple[int, str] | None:
    """Say where in a text the key of another vendor begins, counted from 0, and whose it is.

    It stands behind a blank, or right behind another key.
    """
    for word in re.finditer(r"(?<=\s)\S+", text):
        if vendor := vendor_of(word[0]):
            return word.start(), vendor
    places = (
        (text.find(prefix, 1), prefix) for prefix in _LONGEST_FIRST if len(prefix) >= _TELLING
    )
    return next(((at, _VENDORS[prefix]) for at, prefix in places if at > 0), None)
