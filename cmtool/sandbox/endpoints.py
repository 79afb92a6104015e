"""The addresses that the gateway serves, and which one a request means."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import unquote

from cmtool.model import Protocol


class Endpoint(StrEnum):
    """Where a request goes; OTHER is every address that the gateway does not serve."""

    CHAT = "/v1/chat/completions"
    RESPONSES = "/v1/responses"
    MESSAGES = "/v1/messages"
    MODELS = "/v1/models"
    MODEL = "/v1/models/{id}"
    CREDITS = "/v1/credits"
    USAGE = "/v1/usage"
    OTHER = "other"


PROTOCOLS = {
    Endpoint.CHAT: Protocol.CHAT,
    Endpoint.RESPONSES: Protocol.RESPONSES,
    Endpoint.MESSAGES: Protocol.MESSAGES,
}
POSTS = frozenset(PROTOCOLS)
EVERYWHERE = frozenset(Endpoint)
SERVED = EVERYWHERE - {Endpoint.OTHER}
_MODEL_PREFIX = "/v1/models/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """An endpoint, and the model that its path names."""

    endpoint: Endpoint
    model_id: str = ""

    @property
    def method(self) -> str:
        """The one method that the endpoint takes."""
        return "POST" if self.endpoint in POSTS else "GET"


def route(path: str) -> Route:
    """Find the endpoint of a path; the slash of a model ID may be ``%2F`` or plain."""
    if path.startswith(_MODEL_PREFIX) and len(path) > len(_MODEL_PREFIX):
        return Route(endpoint=Endpoint.MODEL, model_id=unquote(path[len(_MODEL_PREFIX) :]))
    known = {str(endpoint): endpoint for endpoint in SERVED - {Endpoint.MODEL}}
    return Route(endpoint=known.get(path, Endpoint.OTHER))
