"""The addresses of other servers that may be used: encrypted ones, and loopback for testing."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import SplitResult, urlsplit

MOST = 2_000
_PLAIN = re.compile(r"[!-~]+")
_HOST = re.compile(r"[A-Za-z0-9.\-\[\]:]+")


def split_address(address: object) -> SplitResult | None:
    """The pieces of a usable address, or None for any other value.

    Usable is https, or http on a loopback host, without credentials and fragment, and with plain characters only, so
    that two URL parsers cannot disagree about the host.

    >>> bool(split_address("https://lms.example/a?b=1")), bool(split_address("http://127.0.0.1:8000/"))
    (True, True)
    >>> [split_address(bad) for bad in ("http://lms.example/", "https://a@lms.example/", "https:/lms", 7)]
    [None, None, None, None]
    """
    if not isinstance(address, str) or len(address) > MOST or not _PLAIN.fullmatch(address) or "\\" in address:
        return None
    try:
        pieces = urlsplit(address)
        host, _ = pieces.hostname, pieces.port
    except ValueError:
        return None
    if not host or "@" in pieces.netloc or "#" in address:
        return None
    return pieces if pieces.scheme == "https" or (pieces.scheme == "http" and is_loopback(host)) else None


def is_loopback(host: str) -> bool:
    """Whether the host is this machine.

    >>> is_loopback("localhost"), is_loopback("::1"), is_loopback("127.0.0.1.example.org")
    (True, True, False)
    """
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def origin_of(address: str) -> str:
    """The origin of a usable address for a content security policy; empty if it cannot be in one.

    >>> origin_of("https://lms.example:8443/a?b"), origin_of("https://lms.example;script-src/"), origin_of("client-7")
    ('https://lms.example:8443', '', '')
    """
    pieces = split_address(address)
    if pieces is None or not _HOST.fullmatch(pieces.netloc):
        return ""
    return f"{pieces.scheme}://{pieces.netloc}"


def same_origin(one: str, other: str) -> bool:
    """Whether two usable addresses have the same scheme, host and port.

    >>> same_origin("https://lms.example/a", "https://lms.example:443/b")
    True
    """
    first, second = split_address(one), split_address(other)
    return first is not None and second is not None and _origin(first) == _origin(second)


def _origin(pieces: SplitResult) -> tuple[str, str | None, int]:
    return pieces.scheme, pieces.hostname, pieces.port or (443 if pieces.scheme == "https" else 80)
