"""Where a request comes from, as limits count it: an account, a network address, or a service hall that many share."""

import hmac
import ipaddress
from dataclasses import dataclass

from flask import current_app, g, request

from models.accounts.types import Role
from models.appeals import enterprise_queries
from webapp import access, clock, db
from webapp.config import Config

IPV6_NETWORK = 64
"""Bits of an IPv6 address that one subscriber holds: the rest is theirs to change at will."""


@dataclass(frozen=True)
class Source:
    """`key` is a keyed hash: no address is stored. `is_hall`: one address of many people, without limits of its own."""

    key: str
    is_account: bool = False
    is_hall: bool = False


def config() -> Config:
    return current_app.extensions["zhitongche.config"]


def here() -> Source:
    """The network address of this request; of its network in IPv6."""
    address = request.remote_addr or ""
    return Source(keyed("address", _network(address)), is_hall=_is_hall(address))


def filer() -> Source:
    """Who files: an enterprise's account of some standing is counted by itself, wherever its person sits; everybody
    else by address, the accounts among them that anybody might have made today.
    """
    actor = access.current_actor()
    if actor.account_id is not None and Role.ENTERPRISE in actor.roles and _is_established(actor.account_id):
        return Source(keyed("account", str(actor.account_id)), is_account=True)
    return here()


def _is_established(account_id: int) -> bool:
    """Asked once in a request, so that the form and its sending are counted alike."""
    if "is_established" not in g:
        with db.database().reading() as session:
            g.is_established = enterprise_queries.is_established(session, account_id, clock.now())
    return bool(g.is_established)


def keyed(kind: str, value: str) -> str:
    text = f"limit/{kind}:{value}".encode("utf-8", "surrogatepass")
    return hmac.new(config().secret_key, text, "sha256").hexdigest()


def _parsed(address: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return None
    return found.ipv4_mapped or found if found.version == 6 else found


def _network(address: str) -> str:
    found = _parsed(address)
    if found is None:
        return address
    return str(found) if found.version == 4 else str(ipaddress.ip_network((found, IPV6_NETWORK), strict=False))


def _is_hall(address: str) -> bool:
    found = _parsed(address)
    return found is not None and any(found in network for network in config().service_hall_addresses)
