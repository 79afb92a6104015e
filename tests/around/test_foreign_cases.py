"""Answers that somebody else wrote in the gateway's place: who it was, and what helps."""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass

import pytest

from cmtool.catalog import Row, Shape, row
from tests.around.conftest import Doctor
from tests.around.servers import answering, listening, response

HTML = "text/html; charset=utf-8"
JSON = "application/json"
TEXT = "text/plain; charset=utf-8"
PROBLEM = "application/problem+json"

# What the first action must be about, by who answered.
BASE_URL = "1. Set the base URL to https://api.crossmodel.ai/v1"
APPLY = "1. Give the client the base URL https://api.crossmodel.ai/v1"
AGAIN = "1. Send the request again after a short while"
WAIT = "1. Wait for the server behind Cloudflare to come back"
ELSEWHERE = "1. Try from another network and without a VPN"
FEWER = "1. Send fewer requests at once"
SMALLER = "1. Send less: a shorter prompt"
ALLOW = "1. Ask whoever runs the network (IT, security) to allow the host"
SIGN_IN = "1. Open any page with http:// in the browser, sign in"
RELAY = "1. If it is no relay of yours: set the base URL"
HOST = "1. Check the host of the base URL"
HTTPS = "1. Begin the base URL with https://."
LOGIN = "1. Check the host of the base URL: the public gateway is https://api.crossmodel.ai/v1, and"
CERTIFICATE = (
    "1. Check the host of the base URL: the public gateway is https://api.crossmodel.ai/v1"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreign:
    """One answer as its author writes it, and what the page must say."""

    status: str
    body: str
    who: str
    does: str
    headers: tuple[str, ...] = ()
    content_type: str = HTML
    also: tuple[str, ...] = ()
    unsaid: tuple[str, ...] = ()
    id: str = "intermediary_error"


def page(title: str, *paragraphs: str, head: str = "") -> str:
    text = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    return (
        f"<!DOCTYPE html>\n<html><head>{head}<title>{title}</title></head>"
        f"<body><h1>{title}</h1>{text}</body></html>"
    )


def centered(status: str, server: str) -> str:
    return (
        f"<html>\r\n<head><title>{status}</title></head>\r\n<body>\r\n"
        f"<center><h1>{status}</h1></center>\r\n<hr><center>{server}</center>\r\n</body>\r\n</html>"
    )


def data(**fields: object) -> str:
    return json.dumps(fields, separators=(",", ":"))


def wrong_place(status: str, body: str, who: str, **more: object) -> Foreign:
    fields = {"does": BASE_URL, "id": "not_the_gateway", **more}
    return Foreign(status=status, body=body, who=who, **fields)  # type: ignore[arg-type]


RAY = ("Server: cloudflare", "CF-RAY: 8f1c2d3e4a5b6c7d-FRA")
REFERENCE = "cf-ray 8f1c2d3e4a5b6c7d-FRA"


def cloudflare(status: str, body: str, does: str, *also: str, **more: object) -> Foreign:
    fields = {"headers": RAY, **more}
    return Foreign(
        status=status,
        body=body,
        who="Cloudflare",
        does=does,
        also=(REFERENCE, *also),
        **fields,  # type: ignore[arg-type]
    )


def problem(status: int, code: int, title: str) -> str:
    return json.dumps(
        {
            "type": "https://developers.cloudflare.com/support/troubleshooting/",
            "title": f"Error {code}: {title}",
            "status": status,
            "detail": f"{title}, says the edge.",
            "instance": "8f1c2d3e4a5b6c7d",
            "error_code": code,
            "ray_id": "8f1c2d3e4a5b6c7d",
            "cloudflare_error": True,
            "retryable": False,
        }
    )


CDN = {
    "cloudflare-block": cloudflare(
        "403 Forbidden",
        page("Attention Required! | Cloudflare", "Sorry, you have been blocked"),
        ELSEWHERE,
        "it says nothing about the API key",
        'It says: "Attention Required! | Cloudflare"',
    ),
    "cloudflare-1020": cloudflare(
        "403 Forbidden",
        page("Access denied", "<span>Error code</span> <span>1020</span>", "Cloudflare Ray ID: 8f"),
        ELSEWHERE,
        "Cloudflare's error 1020: a firewall rule refused the request.",
    ),
    "cloudflare-1015": cloudflare(
        "429 Too Many Requests",
        page("You are being rate limited", "Error 1015", "Cloudflare Ray ID: 8f1c"),
        FEWER,
        "the key's requests a minute are not used up",
    ),
    "cloudflare-1009-problem": cloudflare(
        "403 Forbidden",
        problem(403, 1009, "Country banned"),
        ELSEWHERE,
        "Cloudflare's error 1009: the country or region",
        content_type=PROBLEM,
    ),
    "cloudflare-1010-json": cloudflare(
        "403 Forbidden",
        problem(403, 1010, "Access denied"),
        "1. Try with curl, to see whether it is this client alone",
        "error 1010",
        content_type=JSON,
    ),
    "cloudflare-markdown": cloudflare(
        "429 Too Many Requests",
        "---\nerror_code: 1015\nerror_name: rate_limited\nstatus: 429\nray_id: 8f1c\n---\n# Error",
        FEWER,
        "Cloudflare's error 1015",
        content_type="text/markdown",
    ),
    "cloudflare-520": cloudflare(
        "520 Unknown", page("520: Web server is returning an unknown error"), AGAIN, "error 520"
    ),
    "cloudflare-521": cloudflare(
        "521 Unknown", "error code: 521", WAIT, "refused the connection", content_type=TEXT
    ),
    "cloudflare-522": cloudflare(
        "522 Unknown", "error code: 522", WAIT, "did not accept", content_type=TEXT
    ),
    "cloudflare-523": cloudflare("523 Unknown", page("Origin is unreachable"), WAIT, "no way to"),
    "cloudflare-524": cloudflare(
        "524 Unknown", "error code: 524", "1. Stream the generation", content_type=TEXT
    ),
    "cloudflare-525": cloudflare("525 Unknown", page("SSL handshake failed"), WAIT, "agree on TLS"),
    "cloudflare-526": cloudflare("526 Unknown", page("Invalid SSL"), WAIT, "trust the certificate"),
    "cloudflare-1016": cloudflare(
        "530 Unknown", "error code: 1016", HOST, "error 1016", content_type=TEXT
    ),
    "cloudflare-tunnel": cloudflare(
        "530 Unknown", "error code: 1033", "1. If the tunnel is yours", content_type=TEXT
    ),
    "cloudflare-challenge": cloudflare(
        "403 Forbidden",
        page("Just a moment...", head='<script src="/cdn-cgi/challenge-platform/h"></script>'),
        "1. Check that the base URL has the host of the API",
        "wants proof that a person with a browser is asking",
        headers=(*RAY, "cf-mitigated: challenge"),
    ),
    "cloudflare-502": cloudflare("502 Bad Gateway", "error code: 502", AGAIN, content_type=TEXT),
    "nginx-behind-cloudflare": Foreign(
        status="504 Gateway Time-out",
        body=centered("504 Gateway Time-out", "nginx"),
        headers=RAY,
        who="nginx, behind Cloudflare",
        does=AGAIN,
        also=(REFERENCE,),
    ),
    "cloudfront-403": Foreign(
        status="403 Forbidden",
        body=page(
            "ERROR: The request could not be satisfied", "Generated by cloudfront (CloudFront)"
        ),
        headers=("Server: CloudFront", "X-Amz-Cf-Id: k3J9xq=="),
        who="Amazon CloudFront",
        does=ELSEWHERE,
        also=("x-amz-cf-id k3J9xq==",),
    ),
    "aws-waf": Foreign(
        status="403 Forbidden",
        body="",
        headers=("x-amzn-waf-action: block",),
        who="AWS WAF",
        does=ELSEWHERE,
    ),
    "aws-elb": Foreign(
        status="503 Service Temporarily Unavailable",
        body=centered("503 Service Temporarily Unavailable", "")[:150],
        headers=("Server: awselb/2.0",),
        who="an AWS load balancer",
        does=AGAIN,
    ),
    "aws-api-gateway": Foreign(
        status="403 Forbidden",
        body='{"message":"Missing Authentication Token"}',
        content_type=JSON,
        headers=("x-amzn-ErrorType: MissingAuthenticationTokenException", "x-amzn-RequestId: 6f1d"),
        who="an AWS API gateway",
        does=ELSEWHERE,
        also=("x-amzn-requestid 6f1d",),
    ),
    "azure-front-door": Foreign(
        status="503 Service Unavailable",
        body=page("Service unavailable", "Our services aren't available right now"),
        headers=("x-azure-ref: 20261122T100000Z-r1",),
        who="Azure Front Door",
        does=AGAIN,
        also=("x-azure-ref 20261122T100000Z-r1",),
    ),
    "azure-app-gateway": Foreign(
        status="502 Bad Gateway",
        body=centered("502 Bad Gateway", "Microsoft-Azure-Application-Gateway/v2"),
        headers=("Server: Microsoft-Azure-Application-Gateway/v2",),
        who="an Azure application gateway",
        does=AGAIN,
    ),
    "varnish": Foreign(
        status="503 Backend fetch failed",
        body=page("Error 503 Backend fetch failed", "Guru Meditation:", "XID: 32770"),
        headers=("X-Varnish: 32770", "Via: 1.1 varnish"),
        who="Varnish",
        does=AGAIN,
        also=("x-varnish 32770",),
    ),
    "fastly": Foreign(
        status="500 Domain Not Found",
        body="Fastly error: unknown domain: gw.example. Please check the domain",
        content_type=TEXT,
        headers=("X-Served-By: cache-fra-1",),
        who="Fastly",
        does=AGAIN,
    ),
    "akamai": Foreign(
        status="403 Forbidden",
        body=page("Access Denied", "Reference&#32;&#35;18&#46;2d351ab8&#46;155"),
        headers=("Server: AkamaiGHost",),
        who="Akamai",
        does=ELSEWHERE,
        also=("Reference 18.2d351ab8.155",),
    ),
    "imperva": Foreign(
        status="403 Forbidden",
        body=page("Request unsuccessful", "Incapsula incident ID: 1234000560-98765"),
        headers=("X-Iinfo: 1-2-3",),
        who="Imperva",
        does=ELSEWHERE,
    ),
    "big-ip": Foreign(
        status="403 Forbidden",
        body=page(
            "Request Rejected",
            "The requested URL was rejected. Please consult with your administrator.",
            "Your support ID is: 9876543210123",
        ),
        who="an F5 BIG-IP",
        does=ELSEWHERE,
        also=("Support ID 9876543210123",),
    ),
    "google-front-end": Foreign(
        status="502 Bad Gateway",
        body=page("Error 502 (Server Error)!!1", "502. That’s an error."),
        headers=("Via: 1.1 google",),
        who="a Google front end",
        does=AGAIN,
    ),
    "google-iap": Foreign(
        status="401 Unauthorized",
        body="Invalid IAP credentials: empty token",
        content_type=HTML,
        headers=("X-Goog-IAP-Generated-Response: true",),
        who="Google's Identity-Aware Proxy",
        does=ELSEWHERE,
        also=("it says nothing about the API key",),
    ),
}

PROXIES = {
    "nginx-502": Foreign(
        status="502 Bad Gateway",
        body=centered("502 Bad Gateway", "nginx/1.27.4"),
        headers=("Server: nginx/1.27.4",),
        who="nginx",
        does=AGAIN,
        also=('It says: "502 Bad Gateway"',),
    ),
    "nginx-413": Foreign(
        status="413 Request Entity Too Large",
        body=centered("413 Request Entity Too Large", "nginx"),
        who="nginx",
        does=SMALLER,
    ),
    "nginx-414": Foreign(
        status="414 Request-URI Too Large",
        body=centered("414 Request-URI Too Large", "nginx"),
        who="nginx",
        does=SMALLER,
    ),
    "nginx-403": Foreign(
        status="403 Forbidden", body=centered("403 Forbidden", "nginx"), who="nginx", does=ELSEWHERE
    ),
    "nginx-429": Foreign(
        status="429 Too Many Requests",
        body=centered("429 Too Many Requests", "openresty/1.25"),
        who="nginx",
        does=FEWER,
        also=("another key changes nothing",),
    ),
    "nginx-404": wrong_place("404 Not Found", centered("404 Not Found", "nginx"), "nginx"),
    "nginx-welcome": wrong_place("200 OK", page("Welcome to nginx!"), "nginx"),
    "apache-503": Foreign(
        status="503 Service Unavailable",
        body=page("503 Service Unavailable") + "<address>Apache/2.4.62 (Debian)</address>",
        who="Apache",
        does=AGAIN,
    ),
    "haproxy": Foreign(
        status="503 Service Unavailable",
        body="<html><body><h1>503 Service Unavailable</h1>\n"
        "No server is available to handle this request.\n</body></html>",
        who="HAProxy",
        does=AGAIN,
    ),
    "envoy": Foreign(
        status="503 Service Unavailable",
        body="upstream connect error or disconnect/reset before headers",
        content_type=TEXT,
        headers=("Server: istio-envoy",),
        who="Envoy",
        does=AGAIN,
    ),
    "istio-rbac": Foreign(
        status="403 Forbidden",
        body="RBAC: access denied",
        content_type=TEXT,
        who="Envoy",
        does=ELSEWHERE,
    ),
    "traefik": Foreign(
        status="502 Bad Gateway",
        body="Bad Gateway",
        content_type=TEXT,
        headers=("Server: Traefik",),
        who="Traefik",
        does=AGAIN,
    ),
    "caddy": Foreign(
        status="502 Bad Gateway", body="", headers=("Server: Caddy",), who="Caddy", does=AGAIN
    ),
    "kong": wrong_place(
        "404 Not Found",
        '{\n  "message":"no Route matched with those values"\n}',
        "Kong",
        content_type=JSON,
        headers=("Server: kong/3.8.0",),
    ),
    "tyk": Foreign(
        status="401 Unauthorized",
        body='{\n    "error": "Authorization field missing"\n}',
        content_type=JSON,
        headers=("X-Generator: tyk.io",),
        who="Tyk",
        does=ELSEWHERE,
    ),
    "apisix": wrong_place(
        "404 Not Found",
        '{"error_msg":"404 Route Not Found"}\n',
        "APISIX",
        headers=("Server: APISIX/3.6.0",),
        content_type=TEXT,
    ),
    "ingress": wrong_place(
        "404 Not Found", "default backend - 404", "a Kubernetes ingress", content_type=TEXT
    ),
}

PLATFORMS = {
    "vercel": wrong_place(
        "404 Not Found",
        "The deployment could not be found on Vercel.\n\nDEPLOYMENT_NOT_FOUND\n",
        "Vercel",
        headers=("X-Vercel-Error: DEPLOYMENT_NOT_FOUND", "X-Vercel-Id: fra1::abc"),
        content_type=TEXT,
        also=("x-vercel-id fra1::abc",),
    ),
    "netlify": wrong_place(
        "404 Not Found", "Not Found - Request ID: 01JABCDEF", "Netlify", content_type=TEXT
    ),
    "fly": Foreign(
        status="502 Bad Gateway",
        body="",
        headers=("Server: Fly/abc (2026-11-01)", "Fly-Request-Id: 01J-fra"),
        who="Fly.io",
        does=RELAY,
        also=("fly-request-id 01J-fra",),
    ),
    "render": wrong_place(
        "404 Not Found",
        "Not Found\n",
        "Render",
        headers=("x-render-routing: no-server",),
        content_type=TEXT,
    ),
    "heroku": Foreign(
        status="503 Service Unavailable",
        body=page(
            "Application Error",
            '<iframe src="//www.herokucdn.com/error-pages/application-error.html">',
        ),
        who="Heroku",
        does=RELAY,
    ),
    "railway": wrong_place(
        "404 Not Found",
        data(status="error", code=404, message="Application not found", request_id="abc"),
        "Railway",
        content_type=JSON,
    ),
    "github-pages": wrong_place(
        "404 Not Found",
        page("Site not found · GitHub Pages", "There isn't a GitHub Pages site here."),
        "GitHub Pages",
    ),
    "ngrok": wrong_place(
        "404 Not Found",
        page("ngrok", "The endpoint gw.ngrok.app is offline. ERR_NGROK_3200"),
        "ngrok",
        headers=("Ngrok-Error-Code: ERR_NGROK_3200",),
        also=("ERR_NGROK_3200",),
    ),
    "s3": Foreign(
        status="403 Forbidden",
        body='<?xml version="1.0"?>\n<Error><Code>AccessDenied</Code><Message>Access Denied'
        "</Message><RequestId>4442587FB7D0A2F9</RequestId></Error>",
        content_type="application/xml",
        headers=("Server: AmazonS3",),
        who="an Amazon S3 bucket",
        does=RELAY,
        also=("RequestId 4442587FB7D0A2F9",),
    ),
}

FRAMEWORKS = {
    "fastapi": wrong_place(
        "404 Not Found", '{"detail":"Not Found"}', "a FastAPI application", content_type=JSON
    ),
    "fastapi-422": Foreign(
        status="422 Unprocessable Entity",
        body='{"detail":[{"type":"missing","loc":["body","input"],"msg":"Field required"}]}',
        content_type=JSON,
        who="a FastAPI application",
        does=RELAY,
    ),
    "django": wrong_place(
        "404 Not Found",
        "<!doctype html><html><head><title>Not Found</title></head><body><h1>Not Found</h1><p>The "
        "requested resource was not found on this server.</p></body></html>",
        "a Django application",
    ),
    "django-rest": Foreign(
        status="401 Unauthorized",
        body='{"detail":"Authentication credentials were not provided."}',
        content_type=JSON,
        who="a Django application",
        does=RELAY,
        also=("it says nothing about the API key",),
    ),
    "express": wrong_place(
        "404 Not Found",
        "<!DOCTYPE html>\n<html><head><title>Error</title></head><body>"
        "<pre>Cannot GET /v1/models</pre></body></html>",
        "an Express application",
        headers=("X-Powered-By: Express",),
    ),
    "nestjs": wrong_place(
        "404 Not Found",
        '{"message":"Cannot GET /v1/models","error":"Not Found","statusCode":404}',
        "a NestJS or Fastify application",
        content_type=JSON,
    ),
    "spring": wrong_place(
        "404 Not Found",
        '{"timestamp":"2026-11-22T10:00:00.000+00:00","status":404,"error":"Not Found",'
        '"path":"/v1/models"}',
        "a Spring application",
        content_type=JSON,
    ),
    "rails": wrong_place(
        "404 Not Found",
        page("The page you were looking for doesn't exist (404)"),
        "a Rails application",
    ),
    "flask": wrong_place(
        "404 Not Found",
        "<!doctype html>\n<html lang=en>\n<title>404 Not Found</title>\n<h1>Not Found</h1>\n<p>The "
        "requested URL was not found on the server. If you entered the URL manually please check "
        "your spelling and try again.</p>\n",
        "a Flask application",
        headers=("Server: Werkzeug/3.1.3 Python/3.12.3",),
    ),
    "asp-net": wrong_place(
        "404 Not Found",
        '{"type":"https://tools.ietf.org/html/rfc9110#section-15.5.5","title":"Not Found",'
        '"status":404,"traceId":"00-4bf9-00"}',
        "an ASP.NET application",
        content_type=PROBLEM,
    ),
    "laravel": wrong_place(
        "404 Not Found",
        '{"message":"The route v1/models could not be found."}',
        "a Laravel application",
        content_type=JSON,
    ),
    "next-js": wrong_place(
        "404 Not Found",
        page(
            "404: This page could not be found.",
            head='<link rel="preload" href="/_next/static/css/a.css">',
        ),
        "a Next.js website",
    ),
    "go": wrong_place("404 Not Found", "404 page not found\n", "a Go program", content_type=TEXT),
    "http-server": wrong_place(
        "404 File not found",
        '<!DOCTYPE HTML>\n<html lang="en"><head><title>Error response</title></head><body>'
        "<h1>Error response</h1><p>Error code: 404</p></body></html>",
        "Python's http.server",
        headers=("Server: SimpleHTTP/0.6 Python/3.12.3",),
    ),
    "grpc-gateway": wrong_place(
        "404 Not Found",
        '{"code":5,"message":"Not Found","details":[]}',
        "a gRPC gateway",
        content_type=JSON,
    ),
    "single-page-website": wrong_place(
        "200 OK",
        '<!doctype html><html><head><title>Acme</title></head><body><div id="root"></div></body>',
        "a website (its page is made for a browser)",
    ),
    "own-website": wrong_place(
        "200 OK", page("CrossModel · one API for every model"), "the CrossModel website"
    ),
}


def filtered(who: str, *words: str, status: str = "403 Forbidden", **more: object) -> Foreign:
    place = {"id": "not_the_gateway"} if status.startswith("200") else {}
    fields = {"does": ALLOW, **place, **more}
    return Foreign(
        status=status,
        body=page(*words),
        who=who,
        **fields,  # type: ignore[arg-type]
    )


NETWORKS = {
    "zscaler": filtered("a Zscaler web filter", "Zscaler", "Sorry, the site is not allowed"),
    "netskope": filtered("a Netskope web filter", "Blocked", "Netskope: policy AI-apps"),
    "fortinet": filtered("a Fortinet web filter", "Web Filter Violation", "FortiGuard"),
    "palo-alto": filtered(
        "a Palo Alto Networks web filter", "Web Page Blocked", "Category: AI", status="200 OK"
    ),
    "umbrella": filtered("a Cisco Umbrella web filter", "This site is blocked", "Cisco Umbrella"),
    "forcepoint": filtered("a Forcepoint web filter", "Content blocked", "Forcepoint"),
    "blue-coat": filtered("a Blue Coat (Symantec) web filter", "Denied", "Blue Coat ProxySG"),
    "sophos": filtered("a Sophos web filter", "Blocked request", "Sophos Firewall"),
    "check-point": filtered("a Check Point web filter", "Blocked", "Check Point UserCheck"),
    "skyhigh": filtered("a Skyhigh (McAfee) web filter", "URL blocked", "McAfee Web Gateway"),
    "barracuda": filtered("a Barracuda web filter", "Blocked", "Barracuda Web Security Gateway"),
    "watchguard": filtered("a WatchGuard web filter", "Request denied by WatchGuard", "Proxy"),
    "untangle": filtered("an Untangle web filter", "Request blocked", "Untangle Web Filter"),
    "squidguard": filtered("a squidGuard (pfSense) web filter", "Denied", "pfSense squidGuard"),
    "some-filter": filtered(
        "a web filter of the network",
        "Access blocked",
        "This category is blocked by the acceptable use policy.",
    ),
    "squid": filtered(
        "a Squid proxy",
        "ERROR: The requested URL could not be retrieved",
        "Access Denied.",
        "Generated by proxy.corp.example (squid/6.6)",
        headers=("X-Squid-Error: ERR_ACCESS_DENIED 0", "Via: 1.1 proxy.corp.example (squid/6.6)"),
    ),
    "meraki": filtered(
        "a captive portal (Cisco Meraki)",
        "Welcome",
        '<a href="https://n1.network-auth.com/splash/">Go on</a>',
        status="200 OK",
        does=SIGN_IN,
    ),
    "unifi": filtered(
        "a captive portal (UniFi)",
        "Guest",
        '<a href="/guest/s/default/">Connect</a>',
        status="200 OK",
        does=SIGN_IN,
    ),
    "some-portal": filtered(
        "a captive portal (the log-in page of the network)",
        "Hotel Wi-Fi",
        "Please accept the terms of use.",
        status="200 OK",
        does=SIGN_IN,
    ),
    "portal-511": filtered(
        "a captive portal (the log-in page of the network)",
        "Network Authentication Required",
        "Log in to the guest network",
        status="511 Network Authentication Required",
        does=SIGN_IN,
    ),
}

OTHER_SERVICES = {
    "litellm": Foreign(
        status="401 Unauthorized",
        body=json.dumps(
            {
                "error": {
                    "message": "Authentication Error, Invalid proxy server token passed.",
                    "type": "auth_error",
                    "param": "None",
                    "code": "401",
                }
            }
        ),
        content_type=JSON,
        headers=("x-litellm-version: 1.60.0", "x-litellm-call-id: 6f1d"),
        who="a LiteLLM proxy",
        does=BASE_URL,
        also=("which is not CrossModel",),
    ),
    "openrouter": Foreign(
        status="401 Unauthorized",
        body='{"error":{"message":"No auth credentials found","code":401}}',
        content_type=JSON,
        headers=RAY,
        who="OpenRouter, behind Cloudflare",
        does=APPLY,
    ),
    "portkey": Foreign(
        status="400 Bad Request",
        body='{"status":"failure","message":"Either x-portkey-config or x-portkey-provider header'
        ' is required"}',
        content_type=JSON,
        who="Portkey",
        does=BASE_URL,
    ),
    "helicone": Foreign(
        status="500 Internal Server Error",
        body='{"error":"upstream"}',
        content_type=JSON,
        headers=("helicone-id: 9c1",),
        who="Helicone",
        does=BASE_URL,
        also=("helicone-id 9c1",),
    ),
    "one-api": Foreign(
        status="401 Unauthorized",
        body='{"error":{"message":"invalid token","type":"new_api_error","param":"","code":""}}',
        content_type=JSON,
        headers=("X-Oneapi-Request-Id: 2026112210",),
        who="a New API or One API relay",
        does=BASE_URL,
    ),
    "vllm": wrong_place(
        "404 Not Found",
        '{"object":"error","message":"The model `x` does not exist.","type":"NotFoundError",'
        '"param":null,"code":404}',
        "a vLLM server",
        content_type=JSON,
    ),
    "ollama": wrong_place("200 OK", "Ollama is running", "Ollama", content_type=TEXT),
    "lm-studio": Foreign(
        status="400 Bad Request",
        body='{"error":"Unexpected endpoint or method. (GET /v1/models/x)"}',
        content_type=JSON,
        who="LM Studio",
        does=BASE_URL,
    ),
    "llama-cpp": wrong_place(
        "404 Not Found",
        '{"error":{"code":404,"message":"File Not Found","type":"not_found_error"}}',
        "a llama.cpp server",
        headers=("Server: llama.cpp",),
        content_type=JSON,
    ),
    "tgi": Foreign(
        status="422 Unprocessable Entity",
        body='{"error":"Input validation error","error_type":"validation"}',
        content_type=JSON,
        who="a text-generation-inference server",
        does=BASE_URL,
    ),
    "openai-quota": Foreign(
        status="429 Too Many Requests",
        body=json.dumps(
            {
                "error": {
                    "message": "You exceeded your current quota, see https://platform.openai.com.",
                    "type": "insufficient_quota",
                    "param": None,
                    "code": "insufficient_quota",
                }
            }
        ),
        content_type=JSON,
        headers=("openai-version: 2020-10-01",),
        who="OpenAI",
        does=APPLY,
        also=("the key's requests a minute are not used up",),
    ),
    "azure-openai": Foreign(
        status="401 Unauthorized",
        body='{"error":{"code":"401","message":"Access denied due to invalid subscription key or'
        ' wrong API endpoint."}}',
        content_type=JSON,
        headers=("apim-request-id: 77",),
        who="Azure OpenAI",
        does=APPLY,
        also=("apim-request-id 77",),
    ),
    "google": Foreign(
        status="400 Bad Request",
        body='{"error":{"code":400,"message":"API key not valid.","status":"INVALID_ARGUMENT"}}',
        content_type=JSON,
        who="Google (Gemini)",
        does=APPLY,
    ),
    "mistral": Foreign(
        status="401 Unauthorized",
        body='{"detail":"Unauthorized"}',
        content_type=JSON,
        headers=("mistral-correlation-id: 01",),
        who="Mistral",
        does=APPLY,
    ),
    "deepseek": Foreign(
        status="401 Unauthorized",
        body='{"error":{"message":"Authentication Fails, Your api key is invalid","type":'
        '"authentication_error","param":null,"code":"invalid_request_error"}}',
        content_type=JSON,
        who="DeepSeek",
        does=APPLY,
    ),
    "xai": Foreign(
        status="400 Bad Request",
        body='{"code":"Client specified an invalid argument","error":"Incorrect API key provided.'
        ' You can obtain one from https://console.x.ai."}',
        content_type=JSON,
        who="xAI",
        does=APPLY,
    ),
    "together": Foreign(
        status="401 Unauthorized",
        body='{"id":"x","error":{"message":"Invalid API key. See https://api.together.ai/settings",'
        '"type":"invalid_request_error","param":null,"code":"invalid_key"}}',
        content_type=JSON,
        who="Together",
        does=APPLY,
    ),
    "unknown": Foreign(
        status="503 Service Unavailable",
        body="try later",
        content_type=TEXT,
        who="",
        does=AGAIN,
        also=('It says: "try later"',),
    ),
}

OUTAGE = ("brief outage", "got no usable answer")

REQUESTS = {
    "nginx-plain-to-https": Foreign(
        status="400 Bad Request",
        body=centered("400 The plain HTTP request was sent to HTTPS port", "nginx/1.24.0"),
        who="nginx",
        does=HTTPS,
        also=("speaks https only on that port",),
        unsaid=OUTAGE,
    ),
    "apache-plain-to-https": Foreign(
        status="400 Bad Request",
        body=page("400 Bad Request", "You're speaking plain HTTP to an SSL-enabled server port.")
        + "<address>Apache/2.4.57 (Ubuntu) Server at gw.example Port 443</address>",
        who="Apache",
        does=HTTPS,
        unsaid=OUTAGE,
    ),
    "go-plain-to-https": Foreign(
        status="400 Bad Request",
        body="Client sent an HTTP request to an HTTPS server.\n",
        content_type=TEXT,
        who="",
        does=HTTPS,
        also=("a server that does not name itself, which speaks https only",),
    ),
    "nginx-client-certificate": Foreign(
        status="400 Bad Request",
        body=centered("400 No required SSL certificate was sent", "nginx/1.24.0"),
        who="nginx",
        does=CERTIFICATE,
        also=("show a certificate of their own (mutual TLS)", "must be given one by your client"),
        unsaid=OUTAGE,
    ),
    "nginx-head-too-large": Foreign(
        status="400 Bad Request",
        body=centered("400 Request Header Or Cookie Too Large", "nginx/1.24.0"),
        who="nginx",
        does="1. Leave out cookies and long headers",
        unsaid=OUTAGE,
    ),
    "nginx-400": Foreign(
        status="400 Bad Request",
        body=centered("400 Bad Request", "nginx/1.24.0"),
        who="nginx",
        does=BASE_URL,
        also=("holds the request itself to be wrong",),
        unsaid=OUTAGE,
    ),
    "nginx-421": Foreign(
        status="421 Misdirected Request",
        body=centered("421 Misdirected Request", "nginx"),
        who="nginx",
        does=BASE_URL,
        unsaid=OUTAGE,
    ),
    "nginx-408": Foreign(
        status="408 Request Time-out",
        body=centered("408 Request Time-out", "nginx"),
        who="nginx",
        does=AGAIN,
    ),
    "nginx-login": Foreign(
        status="401 Unauthorized",
        body=centered("401 Authorization Required", "nginx"),
        headers=('WWW-Authenticate: Basic realm="Staging of Acme"',),
        who="nginx",
        does=LOGIN,
        also=('It asks for a login: Basic, for "Staging of Acme".', "the API key is not at fault"),
    ),
    "unknown-login": Foreign(
        status="401 Unauthorized",
        body="",
        headers=("WWW-Authenticate: Negotiate", "WWW-Authenticate: NTLM"),
        who="",
        does=LOGIN,
        also=("It asks for a login: Negotiate or NTLM.",),
    ),
    "unknown-401": Foreign(
        status="401 Unauthorized",
        body="Unauthorized",
        content_type=TEXT,
        headers=('WWW-Authenticate: Bearer realm="x"',),
        who="",
        does=ELSEWHERE,
        unsaid=("asks for a login", *OUTAGE),
    ),
    "unknown-403": Foreign(
        status="403 Forbidden",
        body="Forbidden",
        content_type=TEXT,
        who="",
        does=ELSEWHERE,
        unsaid=("is usually brief",),
    ),
    "unknown-422": Foreign(
        status="422 Unprocessable Content",
        body="what",
        content_type=TEXT,
        who="",
        does=BASE_URL,
        unsaid=("is usually brief",),
    ),
    "unknown-429": Foreign(
        status="429 Too Many Requests", body="slow", content_type=TEXT, who="", does=FEWER
    ),
    "unknown-511": Foreign(
        status="511 Network Authentication Required",
        body="<html><head><meta http-equiv='refresh' content='0; url=https://login.hotel.example/"
        "start?ticket=1'></head></html>",
        who="",
        does=SIGN_IN,
        also=("leads a browser on to https://login.hotel.example/start.",),
    ),
    "page-that-leads-on": wrong_place(
        "200 OK",
        "<html><head></head><script>window.location.href = 'http://portal.example/hi';</script>",
        "",
        also=("leads a browser on to http://portal.example/hi.",),
    ),
    "json-list": Foreign(
        status="500 X",
        body='[{"error":{"code":500,"message":"Backend broke"}}]',
        content_type=JSON,
        who="",
        does=AGAIN,
        also=('It says: "Backend broke"',),
    ),
    "json-errors": Foreign(
        status="500 X",
        body='{"errors":[{"code":1,"message":"No such zone"}]}',
        content_type=JSON,
        who="",
        does=AGAIN,
        also=('It says: "No such zone"',),
    ),
    "xml-message": Foreign(
        status="503 X",
        body='<?xml version="1.0"?>\n<Error><Code>SlowDown</Code><Message>Not so fast</Message>',
        content_type="application/xml",
        who="an Amazon S3 bucket",
        does=RELAY,
        also=('It says: "Not so fast"',),
    ),
    "xml-code": Foreign(
        status="503 X",
        body='<?xml version="1.0"?>\n<Error><Code>AccessDenied</Code></Error>',
        content_type="application/xml",
        who="",
        does=AGAIN,
        also=('It says: "AccessDenied"',),
    ),
    "pre": Foreign(
        status="500 X",
        body="<!DOCTYPE html><html><head><title>Error</title></head><body><pre>TypeError: boom"
        "</pre></body></html>",
        who="",
        does=AGAIN,
        also=('It says: "TypeError: boom"',),
    ),
    "binary": Foreign(
        status="500 X",
        body="\x01\x02\x03\x04 ab",
        content_type="application/octet-stream",
        who="",
        does=AGAIN,
        unsaid=("It says",),
    ),
}

CASES = {**REQUESTS, **CDN, **PROXIES, **PLATFORMS, **FRAMEWORKS, **NETWORKS, **OTHER_SERVICES}


@pytest.mark.parametrize("case", [pytest.param(case, id=name) for name, case in CASES.items()])
def test_it_is_said_who_answered_and_what_helps(case: Foreign, doctor: Doctor) -> None:
    answer = response(
        case.body.encode(), *case.headers, status=case.status, content_type=case.content_type
    )
    with listening(answering(answer)) as server:
        found = doctor(CROSSMODEL_API_URL=server.url())
    assert (found.id, found.exit_code) == (case.id, 9)
    if case.who:
        assert f"answered by {case.who}." in found.prose
        assert any(case.who in line for line in found.report["diagnosis"]["evidence"])
    assert case.does in found.prose
    for words in case.also:
        assert words in found.prose
    for words in case.unsaid:
        assert words not in found.prose


# The gateway's own errors, whoever is named in them and whoever passed them on.
NAMED = ("cloudflare", "nginx 502 Bad Gateway", "Zscaler", "error code: 522", "openai.com")


@pytest.mark.parametrize("name", NAMED)
@pytest.mark.parametrize("code", ["invalid_api_key", "insufficient_balance", "provider_error"])
def test_the_gateway_s_own_error_stays_its_own(name: str, code: str, doctor: Doctor) -> None:
    known: Row = row(code)
    body = known.error_body(Shape.OPENAI, f"Not now, says {name}.").encode()
    status = f"{known.statuses[0]} X"
    answer = response(body, *RAY, "Via: 1.1 varnish", status=status, content_type=JSON)
    with listening(answering(answer)) as server:
        found = doctor(CROSSMODEL_API_URL=server.url())
    assert found.id == code
    assert "answered by" not in found.prose


@pytest.mark.parametrize(
    "status", ["200 OK", "502 Bad Gateway"], ids=["in-place-of-an-answer", "as-an-error"]
)
def test_a_page_of_three_megabytes_becomes_one_line(status: str, doctor: Doctor) -> None:
    body = page("A \x1b[31mred\x07 title", "x" * 3_000_000).encode()
    with listening(answering(response(body, status=status))) as server:
        found = doctor(CROSSMODEL_API_URL=server.url())
    assert r'It says: "A \x1b[31mred\x07 title"' in found.prose
    assert len(found.page) < 8_000
    assert "\x1b" not in found.page


CHARSETS = {
    "latin-1": ("text/html; charset=iso-8859-1", page("Accès refusé").encode("latin-1"), "Accès"),
    "shift-jis": ("text/html; charset=Shift_JIS", page("アクセス禁止").encode("shift_jis"), "禁止"),
    "windows-1251": ("text/html; charset=windows-1251", page("Нет").encode("cp1251"), "Нет"),
    "gbk-in-meta": (
        "text/html",
        page("禁止访问", head='<meta charset="gbk">').encode("gbk"),
        "禁止访问",
    ),
    "utf-16": ("text/html; charset=utf-16", page("Gesperrt – hier").encode("utf-16"), "– hier"),
    "utf-16-unsaid": ("text/html", page("Gesperrt").encode("utf-16-le"), "Gesperrt"),
    "unknown-charset": ("text/html; charset=x-klingon", page("Qapla").encode(), "Qapla"),
    "codec-that-is-none": ("text/html; charset=hex", page("abc").encode(), "abc"),
    "wrong-charset": ("text/html; charset=utf-8", page("Accès").encode("latin-1"), "Acc\ufffds"),
}


@pytest.mark.parametrize(
    ("content_type", "body", "said"), [pytest.param(*case, id=n) for n, case in CHARSETS.items()]
)
def test_a_page_in_any_writing_is_readable(
    content_type: str, body: bytes, said: str, doctor: Doctor
) -> None:
    answer = response(body, status="503 No", content_type=content_type)
    with listening(answering(answer)) as server:
        found = doctor(CROSSMODEL_API_URL=server.url())
    assert found.id == "intermediary_error"
    assert said in found.prose


@pytest.mark.parametrize("status", ["200 OK", "503 No"])
def test_a_page_that_is_compressed_without_saying_so_is_read(status: str, doctor: Doctor) -> None:
    answer = response(gzip.compress(page("Gone fishing").encode()), status=status)
    with listening(answering(answer)) as server:
        found = doctor(CROSSMODEL_API_URL=server.url())
    assert 'It says: "Gone fishing"' in found.prose
    assert "compressed with gzip, and no Content-Encoding says so" in found.prose


def test_data_that_are_compressed_without_saying_so_are_no_answer(doctor: Doctor) -> None:
    body = gzip.compress(b'{"object": "list", "data": []}')
    with listening(answering(response(body, content_type=JSON))) as server:
        found = doctor(CROSSMODEL_API_URL=server.url())
    assert found.id == "malformed_response"
    assert "no Content-Encoding says so" in found.prose


def test_a_key_that_another_vendor_refused_is_not_said_to_be_unknown_here(doctor: Doctor) -> None:
    error = {
        "message": "Incorrect API key provided. See https://platform.openai.com/account/api-keys.",
        "type": "invalid_request_error",
        "param": None,
        "code": "invalid_api_key",
    }
    answer = response(data(error=error).encode(), status="401 Unauthorized", content_type=JSON)
    with listening(answering(answer)) as server:
        found = doctor(CROSSMODEL_API_URL=server.url())
    assert found.id == "invalid_api_key"
    assert "the API key was refused by OpenAI, not by the gateway" in found.prose
    assert "the gateway does not know the API key" not in found.prose


def test_a_key_echoed_in_another_encoding_is_not_shown(doctor: Doctor) -> None:
    body = page("No entry with cm-canary-4b1d5c7e9f0a2468").encode("utf-16-le")
    answer = response(body, status="503 No", content_type="text/html; charset=utf-16le")
    with listening(answering(answer)) as server:
        found = doctor(CROSSMODEL_API_URL=server.url())
    assert "No entry with [redacted]" in found.prose
