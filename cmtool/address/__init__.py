"""The base URL, looked at before anything is sent.

:func:`examine` judges one; the other modules are what it asks: the text (``text``), the scheme and
the port (``authority``), whose host it is (``hosts``), the path (``paths``), and what of it is
secret (``secrecy``).
"""

from cmtool.address.examination import AddressVerdict, examine
from cmtool.address.hosts import API_HOST
from cmtool.address.secrecy import logins, secrets_in, shown
from cmtool.catalog.wording import PUBLIC_BASE_URL

__all__ = [
    "API_HOST",
    "PUBLIC_BASE_URL",
    "AddressVerdict",
    "examine",
    "logins",
    "secrets_in",
    "shown",
]
