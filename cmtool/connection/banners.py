"""Services that are no web servers, known by the first bytes that they send."""

from __future__ import annotations

import re

# How each begins: SSH (RFC 4253, 4.2), SMTP and FTP (RFC 5321 and 959, replies), IMAP (RFC 9051),
# POP3 (RFC 1939), HTTP/2 (RFC 9113, 3.4: a SETTINGS frame), Redis (errors of its protocol), and the
# handshakes of databases.
_BANNERS = (
    (rb"SSH-\d", "an SSH server"),
    (rb"220[ -].{0,60}(?i:ftp)", "an FTP server"),
    (rb"220[ -]", "a mail server (SMTP)"),
    (rb"\* (OK|PREAUTH)", "a mail server (IMAP)"),
    (rb"\+OK ", "a mail server (POP3)"),
    (rb"-(ERR|NOAUTH|DENIED|LOADING)\b|\+PONG", "a Redis server"),
    (rb".\0\0[\0\1](\x0a[\d.]{3,12}|\xff)", "a MySQL server"),
    (rb"E\0\0\0.S(FATAL|ERROR)", "a PostgreSQL server"),
    (rb"AMQP\0", "a message broker (AMQP)"),
    (rb"RFB \d{3}\.", "a VNC server"),
    (rb"\0\0.\x04[\0\1]\0\0\0\0|PRI \* HTTP/2", "a server that takes HTTP/2 only"),
)


def service(heard: bytes) -> str | None:
    """Name the service that begins to speak so; None when it is not known."""
    return next((name for start, name in _BANNERS if re.match(start, heard, re.DOTALL)), None)
