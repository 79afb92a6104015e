"""Signatures of servers with content of their own: platforms, frameworks, plain web servers."""

from __future__ import annotations

from functools import partial

from cmtool.answerers.signature import Signature
from cmtool.catalog.parties import Party

_server = partial(Signature, party=Party.SERVER)
_in_front = partial(Signature, party=Party.EDGE)  # mostly set up to pass requests on

WEBSITE = Signature(
    name="the CrossModel website",
    party=Party.WEBSITE,
    page=(r"<title>[^<]{0,80}crossmodel",),
)

PLATFORMS = (
    _server(
        name="Vercel",
        headers=(("x-vercel-error", ""),),
        body=(r"^the page could not be found\s{1,8}not_found", r"deployment_not_found"),
        passing=(("x-vercel-id", ""), ("server", r"^vercel")),
    ),
    _server(
        name="Netlify",
        body=(r"^not found - request id:", r"<title>(page|site) not found</title>.{0,3000}netlify"),
        passing=(("server", r"^netlify"), ("x-nf-request-id", "")),
    ),
    _server(
        name="Fly.io", passing=(("server", r"^fly/"), ("fly-request-id", ""), ("via", r"fly\.io"))
    ),
    _server(
        name="Render",
        headers=(("x-render-routing", ""),),
        passing=(("x-render-origin-server", ""), ("rndr-id", "")),
    ),
    _server(
        name="Heroku",
        page=(r"herokucdn\.com/error-pages", r"herokuapp\.com/error"),
        passing=(("via", r"\b(vegur|heroku)"), ("server", r"^(vegur|heroku|cowboy)")),
    ),
    _server(
        name="Railway",
        headers=(("x-railway-fallback", ""),),
        body=(r'"message":\s*"application (not found|failed to respond)"',),
        passing=(("server", r"^railway"),),
    ),
    _server(
        name="GitHub Pages",
        page=(r"there isn.t a github pages site here",),
        passing=(("server", r"^github\.com"),),
    ),
    _server(
        name="ngrok",
        headers=(("ngrok-error-code", ""),),
        body=(r"err_ngrok_\d{2,5}",),
    ),
    _server(
        name="an Amazon S3 bucket",
        body=(r"<error>\s{0,8}<code>[a-z]{3,40}</code>\s{0,8}<message>",),
        passing=(("server", r"^amazons3"),),
    ),
)

FRAMEWORKS = (
    _server(
        name="a FastAPI application",
        body=(
            r'^\s*\{"detail":\s*"(not found|method not allowed|not authenticated)"\}',
            r'^\s*\{"detail":\s*\[\{"(type|loc)":',
        ),
    ),
    _server(
        name="a Django application",
        body=(
            r'^\s*\{"detail":\s*"(not found\.|authentication credentials were not provided)',
            r'^\s*\{"detail":\s*"(method \\"|no [a-z]{1,40} matches)',
        ),
        page=(
            r"<title>page not found at /",
            r"the requested resource was not found on this server\.",
            r"disallowedhost",
        ),
    ),
    _server(
        name="an Express application",
        body=(r"^cannot (get|post) /",),
        page=(r"<pre>cannot (get|post) /",),
        passing=(("x-powered-by", r"^express"),),
    ),
    _server(
        name="a NestJS or Fastify application",
        body=(
            r'"message":\s*"cannot (get|post) /[^"]{0,300}",\s*"error":\s*"not found"',
            r'"message":\s*"route (get|post):/[^"]{0,300} not found"',
        ),
    ),
    _server(
        name="a Spring application",
        body=(r'^\s*\{"timestamp":\s*("[^"]{5,60}"|\d{9,16}),\s*"status":\s*\d{3},\s*"error":',),
        page=(r"whitelabel error page",),
    ),
    _server(
        name="a Rails application",
        body=(r"no route matches \[(get|post)\]",),
        page=(r"the page you were looking for doesn.t exist",),
        passing=(("x-powered-by", r"phusion passenger"),),
    ),
    _server(
        name="a Flask application",
        page=(r"if you entered the url manually please check your spelling",),
        passing=(("server", r"^werkzeug"),),
    ),
    _server(
        name="an ASP.NET application",
        body=(r'^\s*\{"type":\s*"https://tools\.ietf\.org/html/rfc\d{4}',),
        page=(r"server error in '/[^']{0,80}' application",),
        passing=(("server", r"^kestrel"), ("x-powered-by", r"^asp\.net")),
    ),
    _server(
        name="a Laravel application",
        body=(
            r'^\s*\{\s*"message":\s*"the route [^"]{1,300} could not be found',
            r'^\s*\{\s*"message":\s*"(unauthenticated\.|the (get|post) method is not supported)',
        ),
    ),
    _server(
        name="a Next.js website",
        page=(r'/_next/static/|id="__next"|__next_error__',),
        passing=(("x-powered-by", r"^next\.js"),),
    ),
    _server(
        name="a gRPC gateway",
        body=(r'^\s*\{"code":\s*\d{1,2},\s*"message":\s*"[^"]{0,400}",\s*"details":\s*\[',),
    ),
    _server(name="a Go program", body=(r"^404 page not found\s*$", r"^405 method not allowed\s*$")),
    _server(
        name="Python's http.server",
        page=(r"<title>error response</title>",),
        passing=(("server", r"^(simplehttp|basehttp)/"),),
    ),
    _server(name="Tomcat", page=(r"<h3>apache tomcat/",)),
    _server(name="Jetty", page=(r"powered by jetty",), passing=(("server", r"^jetty"),)),
    _server(name="a Vite development server", page=(r"/@vite/client",)),
    _server(name="an aiohttp application", body=(r"^40\d: (not found|method not allowed)\s*$",)),
    _server(name="a Python program (uvicorn)", passing=(("server", r"^(uvicorn|hypercorn)"),)),
    _server(name="a Python program (gunicorn)", passing=(("server", r"^gunicorn"),)),
    _server(name="a PHP program", passing=(("x-powered-by", r"^php"),)),
)

WEB_SERVERS = (
    _in_front(
        name="nginx",
        body=(r"<center>(nginx|openresty|tengine)", r"<title>welcome to (nginx|openresty)"),
        passing=(("server", r"^(nginx|openresty|tengine)"),),
    ),
    _in_front(
        name="Apache",
        body=(r"<address>apache", r"apache2 [a-z]{3,12} default page"),
        passing=(("server", r"^apache"),),
    ),
    _in_front(name="Caddy", passing=(("server", r"^caddy"),)),
    _in_front(
        name="LiteSpeed",
        page=(r"litespeed",),
        passing=(("server", r"^litespeed"),),
    ),
    _in_front(name="lighttpd", passing=(("server", r"^lighttpd"),)),
    _server(
        name="Microsoft IIS",
        page=(r"<title>iis windows", r"<title>40\d - [^<]{5,80}</title>.{0,2000}server error"),
        passing=(("server", r"^microsoft-iis"),),
    ),
)

BROWSER_PAGE = _server(
    name="a website (its page is made for a browser)",
    page=(r'<div id="(root|app)"', r"you need to enable javascript to run this app"),
)
