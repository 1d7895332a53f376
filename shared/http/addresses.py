"""Addresses of clients, as limits count them."""

from ipaddress import IPv6Address, IPv6Network, ip_address

HOUSEHOLD_BITS = 64
"""Bits of an IPv6 address that a provider gives a connection; the others are the client's own to change (RFC 6177)."""


def counted_address(host: str) -> str:
    """The part of a client's address that the client does not choose: of IPv6 the network of its connection.

    IPv4 written as IPv6 is the same client. What is no address is taken as it is.
    """
    try:
        address = ip_address(host)
    except ValueError:
        return host
    if not isinstance(address, IPv6Address):
        return host
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(IPv6Network((int(address), HOUSEHOLD_BITS), strict=False))
