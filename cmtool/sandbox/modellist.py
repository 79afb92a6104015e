"""The models that the sandbox offers: those seen in the live catalogue."""

from __future__ import annotations

from cmtool.model import Json

_FIRST_CREATED = 1_767_225_600
_DAY_S = 86_400

MODEL_IDS = (
    "anthropic/claude-fable-5",
    "anthropic/claude-haiku-4-5",
    "anthropic/claude-opus-4-7",
    "anthropic/claude-opus-4-8",
    "anthropic/claude-opus-5",
    "anthropic/claude-sonnet-4-6",
    "anthropic/claude-sonnet-5",
    "deepseek/deepseek-v4-flash",
    "deepseek/deepseek-v4-flash-vision-exp",
    "deepseek/deepseek-v4-pro",
    "gemini/gemini-2.5-flash",
    "gemini/gemini-2.5-flash-lite",
    "gemini/gemini-2.5-pro",
    "gemini/gemini-3-flash-preview",
    "gemini/gemini-3.1-pro-preview",
    "gemini/gemini-3.5-flash",
    "gemini/gemini-3.5-flash-lite",
    "gemini/gemini-3.6-flash",
    "gemini/gemini-3.7-flash",
    "minimax/minimax-m2.7",
    "minimax/minimax-m3",
    "moonshot/kimi-k2.5",
    "moonshot/kimi-k2.6",
    "moonshot/kimi-k2.7-code",
    "moonshot/kimi-k3",
    "openai/gpt-4o-mini",
    "openai/gpt-5.4",
    "openai/gpt-5.4-mini",
    "openai/gpt-5.4-nano",
    "openai/gpt-5.5",
    "openai/gpt-5.5-pro",
    "openai/gpt-5.6-luna",
    "openai/gpt-5.6-sol",
    "openai/gpt-5.6-terra",
    "qwen/qwen3.6-flash",
    "qwen/qwen3.6-plus",
    "qwen/qwen3.7-flash",
    "qwen/qwen3.7-max",
    "qwen/qwen3.7-plus",
    "qwen/qwen3.8-flash",
    "qwen/qwen3.8-max",
    "tencent/hy3",
    "x-ai/grok-4.3",
    "x-ai/grok-4.5",
    "x-ai/grok-4.6",
    "x-ai/grok-build-0.1",
    "xiaomi/mimo-v2.5",
    "xiaomi/mimo-v2.5-pro",
    "z-ai/glm-4.7",
    "z-ai/glm-5",
    "z-ai/glm-5-turbo",
    "z-ai/glm-5.1",
    "z-ai/glm-5.2",
    "z-ai/glm-5.3",
    "z-ai/glm-5.3-flash",
)

_CREATED = {
    model_id: _FIRST_CREATED + _DAY_S * place for place, model_id in enumerate(sorted(MODEL_IDS))
}


def model_object(model_id: str) -> dict[str, Json]:
    """Give one model in the list's shape; KeyError when it is not listed.

    Shape: https://www.crossmodel.ai/docs/models-and-capabilities.
    """
    return {
        "id": model_id,
        "object": "model",
        "created": _CREATED[model_id],
        "owned_by": model_id.partition("/")[0],
    }


def model_list() -> dict[str, Json]:
    """Give the whole list as ``GET /v1/models`` answers it."""
    return {"object": "list", "data": [model_object(model_id) for model_id in MODEL_IDS]}
