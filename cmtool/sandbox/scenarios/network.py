"""Scenarios in which others answer instead of the gateway, or nobody does."""

from __future__ import annotations

from cmtool.sandbox import pages
from cmtool.sandbox.answers import always, everywhere
from cmtool.sandbox.scenario import Pace, Scenario
from cmtool.sandbox.wire import Hangup, Silence

FOREIGN = (
    Scenario(
        name="html-502",
        title="an nginx error page, everywhere",
        expects="intermediary_error",
        rules=everywhere(always(pages.NGINX_502)),
    ),
    Scenario(
        name="cloudflare-522",
        title="a Cloudflare error page, everywhere",
        expects="intermediary_error",
        rules=everywhere(always(pages.CLOUDFLARE_522)),
    ),
    Scenario(
        name="aws-504",
        title="an error page of an AWS load balancer, everywhere",
        expects="intermediary_error",
        rules=everywhere(always(pages.AWS_504)),
    ),
    Scenario(
        name="varnish-503",
        title="a Varnish error page, everywhere",
        expects="intermediary_error",
        rules=everywhere(always(pages.VARNISH_503)),
    ),
    Scenario(
        name="proxy-403",
        title="the refusal of a corporate proxy, everywhere",
        expects="intermediary_error",
        rules=everywhere(always(pages.BLOCKED_403)),
    ),
    Scenario(
        name="proxy-407",
        title="a proxy asks for its own password, everywhere",
        expects="proxy_auth_required",
        rules=everywhere(always(pages.PROXY_407)),
    ),
    Scenario(
        name="captive-portal",
        title="the sign-in page of a guest network, everywhere",
        expects="not_the_gateway",
        rules=everywhere(always(pages.CAPTIVE_PORTAL)),
    ),
    Scenario(
        name="website",
        title="a web page instead of the API, everywhere",
        expects="not_the_gateway",
        rules=everywhere(always(pages.WEBSITE)),
    ),
    Scenario(
        name="redirect",
        title="a redirect to another origin, everywhere",
        expects="redirected",
        rules=everywhere(lambda call: pages.redirect(call.request.path)),
    ),
)

CONNECTION = (
    Scenario(
        name="drop",
        title="the connection is closed without an answer, always",
        expects="connection_reset",
        rules=everywhere(always(Hangup())),
    ),
    Scenario(
        name="reset",
        title="the connection is reset without an answer, always",
        expects="connection_reset",
        rules=everywhere(always(Hangup(reset=True))),
    ),
    Scenario(
        name="no-answer",
        title="the request is read and never answered",
        expects="response_timeout",
        rules=everywhere(always(Silence())),
    ),
    Scenario(
        name="slow",
        title="every answer takes 300 ms, every first token 500 ms more",
        pace=Pace(delay_s=0.3, first_token_s=0.5),
    ),
)
