"""What must not be shown: every secret that the configuration holds, however it is written."""

from __future__ import annotations

from cmtool.address import secrets_in
from cmtool.credentials import PREFIX, bare
from cmtool.model import Secret
from cmtool.routing.proxies import login_parts
from cmtool.settings import Settings

_SHORTEST_SECRET = 8  # of a value that does not have the form of a key


def secrets_of(settings: Settings, sent: Secret | None = None) -> list[str]:
    """Give the key as it was found and, with ``sent``, as it is sent, and the keys of others."""
    own = [secret.reveal() for secret in (settings.key, sent) if secret is not None]
    others = [v for name, v in settings.environ.items() if name.endswith(("_KEY", "_TOKEN"))]
    placed = [*settings.other_keys, settings.outweighed]
    for file in (settings.dotenv, settings.named):
        placed += file.keys if file else ()
    others += [other.key.reveal() for other in placed if other is not None]
    logins = [part for v in settings.environ.values() for part in login_parts(v)]
    urls = [v for name, v in settings.environ.items() if name.endswith(("_URL", "_BASE"))]
    logins += [part for url in (settings.base_url, *urls) for part in secrets_in(url)]
    forms = {form for secret in (*own, *others) for form in (bare(secret), secret.strip())}
    return [form for form in forms if _is_secret(form)] + logins


def _is_secret(form: str) -> bool:
    """Tell a key from a stand-in such as ``null`` or ``none``, a word that answers hold as well.

    A value with quotes in it is known without them; taken out whole it would spoil JSON.
    """
    return '"' not in form and (form.startswith(PREFIX) or len(form) >= _SHORTEST_SECRET)
