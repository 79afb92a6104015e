"""Answers of others who stand between a client and the gateway, or in its place."""

from __future__ import annotations

from cmtool.sandbox.wire import HTML, JSON, TEXT, Answer, Headers


def _page(title: str, body: str) -> bytes:
    return (
        f"<!DOCTYPE html>\n<html>\n<head><title>{title}</title></head>\n"
        f"<body>\n{body}\n</body>\n</html>\n"
    ).encode()


def page(status: int, title: str, body: str, *headers: tuple[str, str]) -> Answer:
    """Give an HTML page under a status, with its sender's headers."""
    return Answer(status=status, headers=(HTML, *headers), body=_page(title, body))


def plain(status: int, text: str, *headers: tuple[str, str]) -> Answer:
    """Give a plain text under a status."""
    return Answer(status=status, headers=(TEXT, *headers), body=text.encode())


NGINX_502 = page(
    502,
    "502 Bad Gateway",
    "<center><h1>502 Bad Gateway</h1></center>\n<hr><center>nginx/1.27.4</center>",
    ("server", "nginx/1.27.4"),
)
CLOUDFLARE_522 = page(
    522,
    "crossmodel.ai | 522: Connection timed out",
    '<div id="cf-error-details"><h1>Connection timed out <span>Error code 522</span></h1>\n'
    "<p>Cloudflare Ray ID: <strong>8f1c0a2b3d4e5f60</strong></p></div>",
    ("server", "cloudflare"),
    ("cf-ray", "8f1c0a2b3d4e5f60-LIS"),
)
CAPTIVE_PORTAL = page(
    200,
    "Guest network sign-in",
    '<h1>Welcome to the guest network</h1>\n<form action="/login" method="post">'
    '<button type="submit">Accept and connect</button></form>',
    ("cache-control", "no-store"),
)
WEBSITE = page(
    200,
    "CrossModel",
    "<h1>CrossModel</h1>\n<p>One API for every model.</p>\n"
    '<a href="https://www.crossmodel.ai/docs">Documentation</a>',
)
AWS_504 = page(
    504,
    "504 Gateway Time-out",
    "<center><h1>504 Gateway Time-out</h1></center>",
    ("server", "awselb/2.0"),
)
VARNISH_503 = page(
    503,
    "503 Backend fetch failed",
    "<h1>Error 503 Backend fetch failed</h1>\n<hr>\n<p>Varnish cache server</p>",
    ("server", "Varnish"),
    ("via", "1.1 varnish"),
    ("x-varnish", "32770"),
)
BLOCKED_403 = page(
    403,
    "Access denied",
    "<h1>Access denied</h1>\n<p>Your organization's policy does not allow this site.</p>",
    ("server", "squid/6.10"),
    ("via", "1.1 proxy.example.net (squid/6.10)"),
)
PROXY_407 = page(
    407,
    "Proxy authentication required",
    "<h1>Proxy authentication required</h1>",
    ("proxy-authenticate", 'Basic realm="proxy.example.net"'),
)
ELSEWHERE = "http://127.0.0.1:1"


def redirect(path: str) -> Answer:
    """Send the client to the same path on another origin."""
    return plain(301, "Moved Permanently\n", ("location", f"{ELSEWHERE}{path}"))


def cut_json(headers: Headers) -> Answer:
    """Give a 200 whose JSON stops in the middle, though the HTTP message is whole."""
    return Answer(
        status=200, headers=(JSON, *headers), body=b'{"object": "list", "data": [{"id": "'
    )


def empty(headers: Headers) -> Answer:
    """Give a 200 with no body at all."""
    return Answer(status=200, headers=headers, body=b"")
