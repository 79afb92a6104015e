"""A real proxy beside the tests: proxy.py, a process of its own, and what it heard.

It is the only one that knows the names: ``gateway.test`` leads to loopback, ``dead.test`` to a
port on which nothing listens, ``nowhere.test`` to no address, ``denied.test`` it turns away.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from proxy import Proxy
from proxy.http.exception import HttpRequestRejected
from proxy.http.parser import HttpParser
from proxy.http.proxy import HttpProxyBasePlugin

_LOG = "TESTS_PROXY_LOG"
_PATIENCE_S = 20
_HERE = {"gateway.test", "dead.test"}
BLOCKED = b"<html><title>Blocked by the policy of Example Works</title></html>"


class Names(HttpProxyBasePlugin):
    """Leads the names of the tests to loopback, turns one away, and notes what it is asked."""

    def before_upstream_connection(self, request: HttpParser) -> HttpParser | None:
        with Path(os.environ[_LOG]).open("ab") as log:
            log.write(request.build() + b"\n")
        if request.host == b"denied.test":
            raise HttpRequestRejected(status_code=403, reason=b"Forbidden", body=BLOCKED)
        return request

    def resolve_dns(self, host: str, port: int) -> tuple[str | None, tuple[str, int] | None]:
        del port
        if host in _HERE:
            return "127.0.0.1", None
        raise socket.gaierror(socket.EAI_NONAME, "unknown")


@dataclass(frozen=True, kw_only=True)
class RealProxy:
    """A proxy that runs; ``heard`` is every request that it passed on or turned away."""

    port: int
    log: Path

    @property
    def heard(self) -> str:
        return self.log.read_text("latin-1") if self.log.exists() else ""


@contextmanager
def real_proxy(folder: Path, *options: str) -> Iterator[RealProxy]:
    """Run proxy.py on a free port until the block ends."""
    log = folder / "heard"
    with subprocess.Popen(
        [sys.executable, "-m", "tests.around.proxies", *options],
        cwd=Path(__file__).parents[2],
        env={**os.environ, _LOG: str(log)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            yield RealProxy(port=int(process.stdout.readline()), log=log)
        finally:
            process.stdin.close()
            process.stdout.close()
            process.wait(_PATIENCE_S)


def _main() -> None:
    """Serve until standard input ends; tell the port once everything is ready."""
    options = ["--hostname", "127.0.0.1", "--port", "0", "--num-acceptors", "1", "--log-level", "e"]
    options += ["--num-workers", "1", "--local-executor", "1"]
    with Proxy([*options, *sys.argv[1:]], plugins=[Names]) as served:
        sys.stdout.write(f"{served.flags.port}\n")
        sys.stdout.flush()
        sys.stdin.read()


if __name__ == "__main__":
    _main()
