"""cmtool tells why a call to the CrossModel gateway fails, and what to do about it."""

__version__ = "0.1.0"
