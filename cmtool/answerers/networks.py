"""Signatures of what stands in the user's own network: web filters, proxies, captive portals."""

from __future__ import annotations

from functools import partial

from cmtool.answerers.signature import Signature
from cmtool.catalog.parties import Party

_portal = partial(Signature, party=Party.PORTAL)
_filter = partial(Signature, party=Party.FILTER)

_SIGN_IN = r"(log[ -]?in|sign[ -]?in|accept|terms of (use|service))"
_GUEST = r"(\bwi-?fi\b|hotspot|guest (network|access))"
_BLOCKED = r"(blocked|denied|restricted|not (allowed|permitted))"
_BY_POLICY = (
    r"(your (organi[sz]ation|company|school|employer|network administrator|it department)|"
    r"acceptable use policy|web ?filter|url category|internet (usage )?policy|content filter)"
)

PORTALS = (
    _portal(
        name="a captive portal (Cisco Meraki)",
        page=(r"network-auth\.com", r"splash\.meraki|meraki[^<]{0,40}splash"),
    ),
    _portal(
        name="a captive portal (Aruba)",
        page=(r"captiveportal-login\.|securelogin\.|arubanetworks",),
    ),
    _portal(name="a captive portal (UniFi)", page=(r"/guest/s/[a-z0-9]{1,20}/",)),
    _portal(name="a captive portal (MikroTik)", page=(r"mikrotik",)),
    _portal(name="a captive portal (CoovaChilli)", page=(r"coovachilli|[?&;]uamip=",)),
    _portal(name="a captive portal (Ruckus)", page=(r"ruckus ?(wireless|networks)|sip_wlan=",)),
    _portal(name="a captive portal (Nomadix)", page=(r"nomadix",)),
    _portal(name="a captive portal (Guest-tek)", page=(r"guest-?tek",)),
    _portal(name="a captive portal (pfSense)", page=(r"captiveportal|zone=cpzone",)),
    _portal(name="a captive portal (FortiGate)", page=(r"/fgtauth\?",)),
    _portal(
        name="a captive portal (the log-in page of the network)",
        body=(r"<WISPAccessGatewayParam",),
        page=(
            r"captive[ -]portal",
            _SIGN_IN + r"[^<]{0,80}" + _GUEST,
            _GUEST + r".{0,120}\b" + _SIGN_IN,
        ),
    ),
)

FILTERS = (
    _filter(
        name="a Zscaler web filter",
        headers=(("server", r"zscaler"), ("x-zscaler-reason", "")),
        page=(r"zscaler",),
    ),
    _filter(
        name="a Netskope web filter",
        headers=(("server", r"netskope"),),
        page=(r"netskope|goskope\.com",),
    ),
    _filter(
        name="a Fortinet web filter",
        page=(r"fortigate|fortinet|fortiguard", r"<title>web filter (block|violation)"),
    ),
    _filter(
        name="a Palo Alto Networks web filter",
        page=(
            r"palo ?alto ?networks",
            r"<title>(web page|application) blocked</title>",
        ),
    ),
    _filter(
        name="a Cisco Umbrella web filter",
        headers=(("server", r"^opendns"),),
        page=(r"cisco umbrella|opendns\.com|block\.sse\.cisco\.com",),
    ),
    _filter(
        name="a Cisco web filter",
        page=(r"cisco (ironport|secure web appliance|web security)", r"based on your corporate"),
    ),
    _filter(name="a Forcepoint web filter", page=(r"forcepoint|websense",)),
    _filter(
        name="a Blue Coat (Symantec) web filter",
        headers=(("server", r"bluecoat|proxysg"),),
        passing=(("x-bluecoat-via", ""),),
        page=(r"blue ?coat|proxysg|symantec web security|threatpulse",),
    ),
    _filter(name="a Sophos web filter", page=(r"sophos",)),
    _filter(name="a Check Point web filter", page=(r"check ?point (software|usercheck|url)",)),
    _filter(
        name="a Skyhigh (McAfee) web filter",
        headers=(("via", r"mcafee web gateway|skyhigh"),),
        page=(r"mcafee web gateway|skyhigh (secure )?web gateway|mwg-internal",),
    ),
    _filter(name="a Barracuda web filter", page=(r"barracuda",)),
    _filter(name="a WatchGuard web filter", page=(r"watchguard",)),
    _filter(name="an Untangle web filter", page=(r"untangle",)),
    _filter(name="a SonicWall web filter", page=(r"sonicwall",)),
    _filter(name="an iboss web filter", page=(r"\biboss\b",)),
    _filter(name="a Smoothwall web filter", page=(r"smoothwall",)),
    _filter(name="a Trend Micro web filter", page=(r"trend ?micro",)),
    _filter(name="a Kaspersky web filter", page=(r"kaspersky",)),
    _filter(name="a DNSFilter block page", page=(r"dnsfilter",)),
    _filter(name="an e2guardian web filter", page=(r"e2guardian|dansguardian",)),
    _filter(name="a squidGuard (pfSense) web filter", page=(r"squidguard|pfsense|opnsense",)),
    _filter(name="a Menlo Security web filter", page=(r"menlosecurity\.com|menlo security",)),
    _filter(
        name="a Squid proxy",
        headers=(("x-squid-error", ""), ("server", r"^squid")),
        body=(r"generated .{0,200}\(squid", r"\bsquid/\d"),
        passing=(("via", r"\(squid"),),
    ),
    _filter(name="a Privoxy proxy", page=(r"privoxy",)),
    _filter(
        name="a web filter of the network",
        page=(
            _BLOCKED + r"[^<]{0,160}" + _BY_POLICY,
            _BY_POLICY + r"[^<]{0,160}" + _BLOCKED,
        ),
    ),
)
