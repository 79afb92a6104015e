"""The gateway's logic: a request comes in, a planned reply goes out; no sockets here.

Order and shapes: https://www.crossmodel.ai/docs/errors and
https://www.crossmodel.ai/docs/authentication.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from cmtool.catalog import Shape
from cmtool.model import Json, Protocol
from cmtool.sandbox import faults, modellist, pages
from cmtool.sandbox.accounts import Account, Limits
from cmtool.sandbox.answers import refusal
from cmtool.sandbox.asks import Ask, RefusedError, parse
from cmtool.sandbox.chat import CHAT
from cmtool.sandbox.dialect import Dialect, dump
from cmtool.sandbox.endpoints import POSTS, PROTOCOLS, Endpoint, Route, route
from cmtool.sandbox.headers import date_header, request_id, value_of
from cmtool.sandbox.messages import MESSAGES
from cmtool.sandbox.responses import RESPONSES
from cmtool.sandbox.scenario import Call, Pace, Rule, Scenario, keys_of
from cmtool.sandbox.speech import Generation, generate
from cmtool.sandbox.wire import (
    JSON,
    SSE,
    Answer,
    Event,
    Headers,
    Part,
    Reply,
    Request,
    Stream,
    WireStep,
    encode,
)

_DIALECTS: dict[Endpoint, Dialect] = {
    Endpoint.CHAT: CHAT,
    Endpoint.RESPONSES: RESPONSES,
    Endpoint.MESSAGES: MESSAGES,
}
_REQUEST_ID = "x-request-id"
_SUCCESS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What a sandbox is set up with; ``pace`` is the least every scenario waits."""

    pace: Pace
    reply_tokens: int
    limits: Limits
    monotonic: Callable[[], float]
    wall: Callable[[], datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A reply, with what the log tells of it."""

    reply: Reply
    delay_s: float
    scenario: str | None
    protocol: Protocol | None
    request_id: str | None
    key: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Caller:
    key: str | None
    scenario: Scenario | None
    shape: Shape


class Gateway:
    """Answers requests by the scenario of their key, and keeps every key's state."""

    def __init__(self, scenarios: dict[str, Scenario], settings: Settings) -> None:
        self._by_key = {
            key: scenario for name, scenario in scenarios.items() for key in keys_of(name)
        }
        self._settings = settings
        self._accounts: dict[str, Account] = {}
        self._applied: Counter[tuple[str, int, str]] = Counter()

    def handle(self, request: Request) -> Plan:
        """Plan the reply to one request; nothing that a client sends makes it raise."""
        caller = self._caller(request)
        trace = ((_REQUEST_ID, request_id(self._settings.wall())),)
        where = route(request.path)
        reply = self._reply(request, where, caller, trace)
        reply = self._with_headers(reply, caller.scenario)
        return Plan(
            reply=reply,
            delay_s=self._pace(caller.scenario).delay_s,
            scenario=caller.scenario.name if caller.scenario else None,
            protocol=PROTOCOLS.get(where.endpoint),
            request_id=_sent_id(reply),
            key=caller.key,
        )

    def _caller(self, request: Request) -> _Caller:
        key, shape = _credentials(request)
        return _Caller(key=key, shape=shape, scenario=self._by_key.get(key) if key else None)

    def _pace(self, scenario: Scenario | None) -> Pace:
        least = self._settings.pace
        own = scenario.pace if scenario else Pace()
        return Pace(
            delay_s=max(least.delay_s, own.delay_s),
            first_token_s=max(least.first_token_s, own.first_token_s),
            token_s=max(least.token_s, own.token_s),
        )

    def _reply(self, request: Request, where: Route, caller: _Caller, trace: Headers) -> Reply:
        ruled = self._ruled(request, where, caller, trace)
        if ruled is not None:
            return ruled
        if where.endpoint is Endpoint.OTHER:
            return pages.plain(404, "404 page not found\n")
        if request.method != where.method:
            return pages.plain(405, "405 method not allowed\n", ("allow", where.method))
        try:
            scenario, account = self._authenticate(caller)
            if where.endpoint not in POSTS:
                return _json(self._read(where, account), trace)
            return self._generate(request, where, scenario, account, trace)
        except RefusedError as error:
            return refusal(error, caller.shape, trace)

    def _ruled(
        self, request: Request, where: Route, caller: _Caller, trace: Headers
    ) -> Reply | None:
        if caller.scenario is None or caller.key is None:
            return None
        for place, rule in enumerate(caller.scenario.rules):
            if self._applies(rule, place, request, where, caller.key):
                call = Call(
                    request=request, route=where, key=caller.key, shape=caller.shape, trace=trace
                )
                if where.endpoint in POSTS:
                    self._account(caller.key, caller.scenario).count_failure()
                return rule.answer(call)
        return None

    def _applies(self, rule: Rule, place: int, request: Request, where: Route, key: str) -> bool:
        own_method = where.endpoint is Endpoint.OTHER or request.method == where.method
        if where.endpoint not in rule.where or not (own_method or Endpoint.OTHER in rule.where):
            return False
        if rule.times is None:
            return True
        counted = (key, place, "" if rule.per_key else request.path)
        self._applied[counted] += 1
        return self._applied[counted] <= rule.times

    def _authenticate(self, caller: _Caller) -> tuple[Scenario, Account]:
        if caller.key is None:
            raise RefusedError("missing_api_key")
        if caller.scenario is None:
            raise RefusedError("invalid_api_key")
        return caller.scenario, self._account(caller.key, caller.scenario)

    def _account(self, key: str, scenario: Scenario) -> Account:
        if key not in self._accounts:
            settings = self._settings
            self._accounts[key] = Account(
                scenario.wallet, settings.limits, settings.monotonic, settings.wall
            )
        return self._accounts[key]

    def _read(self, where: Route, account: Account) -> dict[str, Json]:
        if where.endpoint is Endpoint.CREDITS:
            return account.credits()
        if where.endpoint is Endpoint.USAGE:
            return account.usage()
        if where.endpoint is Endpoint.MODELS:
            return modellist.model_list()
        if where.model_id not in modellist.MODEL_IDS:
            raise RefusedError("model_not_found")
        return modellist.model_object(where.model_id)

    def _generate(
        self, request: Request, where: Route, scenario: Scenario, account: Account, trace: Headers
    ) -> Reply:
        dialect = _DIALECTS[where.endpoint]
        try:
            ask = _ask(request, dialect, scenario)
            charge = account.admit(ask.prompt_tokens, ask.cap)
        except RefusedError:
            account.count_failure()
            raise
        generation = self._generation(ask, scenario, value_of(trace, _REQUEST_ID) or "")
        headers = (*trace, ("x-crossmodel-model", generation.model))
        settle = partial(charge.settle, generation.prompt_tokens, generation.completion_tokens)
        if not (ask.stream and scenario.streams):
            answer = _json(dialect.document(generation), headers)
            return replace(answer, finish=partial(settle, ok=True))
        events = dialect.events(generation, ask)
        story = faults.Story(dialect=dialect, generation=generation)
        steps = self._steps(_settled(events, partial(settle, ok=True)), story, scenario)
        return Stream(headers=(*SSE, *headers), steps=steps, finish=partial(settle, ok=False))

    def _generation(self, ask: Ask, scenario: Scenario, ident: str) -> Generation:
        return generate(
            scenario.speech,
            ident=ident.removeprefix("req_cm_").lower(),
            model=scenario.served_model or ask.model,
            created=int(self._settings.wall().timestamp()),
            prompt_tokens=ask.prompt_tokens,
            cap=ask.cap,
            reply_tokens=self._settings.reply_tokens,
        )

    def _steps(
        self, events: Iterator[Event], story: faults.Story, scenario: Scenario
    ) -> Iterator[WireStep]:
        pace = self._pace(scenario)
        steps = faults.pace(events, pace.first_token_s, pace.token_s)
        if scenario.fault is not None:
            steps = scenario.fault(steps, story)
        wire = encode(steps)
        return wire if scenario.form is None else scenario.form(wire)

    def _with_headers(self, reply: Reply, scenario: Scenario | None) -> Reply:
        if not isinstance(reply, Answer | Stream):
            return reply
        headers = (date_header(self._settings.wall()), *reply.headers)
        if scenario is not None and scenario.headers is not None:
            headers = scenario.headers(headers)
        return replace(reply, headers=headers)


def _credentials(request: Request) -> tuple[str | None, Shape]:
    anthropic_key = request.headers.get("x-api-key", "").strip()
    if anthropic_key:
        return anthropic_key, Shape.ANTHROPIC
    authorization = request.headers.get("authorization", "").strip()
    scheme, _, token = authorization.partition(" ")
    if authorization:
        bearer = scheme.lower() == "bearer"
        return (token.strip() if bearer else authorization) or None, Shape.OPENAI
    on_messages = route(request.path).endpoint is Endpoint.MESSAGES
    return None, Shape.ANTHROPIC if on_messages else Shape.OPENAI


def _ask(request: Request, dialect: Dialect, scenario: Scenario) -> Ask:
    if request.oversized:
        raise RefusedError("invalid_request_error", "The request body is larger than 1 MiB.")
    ask = dialect.read(parse(request.body))
    if ask.model not in modellist.MODEL_IDS and ask.model not in scenario.aliases:
        raise RefusedError("model_not_found")
    return ask


def _settled(events: Iterator[Event], settle: Callable[[], None]) -> Iterator[Event]:
    """Settle the charge as soon as the terminal event is on its way."""
    for event in events:
        if event.part is Part.TERMINAL:
            settle()
        yield event


def _json(document: Json, headers: Headers) -> Answer:
    return Answer(status=_SUCCESS, headers=(JSON, *headers), body=dump(document).encode())


def _sent_id(reply: Reply) -> str | None:
    return value_of(reply.headers, _REQUEST_ID) if isinstance(reply, Answer | Stream) else None
