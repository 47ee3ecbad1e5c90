"""Which addresses may be asked on a tenant's word (trust.md B14)."""

from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontdesk.errors import Misconfigured
from frontdesk.public_addresses import PublicUrl, are_public, is_public, parse_public_url

TAKEN = {
    "https://login.example.com": ("login.example.com", 443),
    "https://login.example.com/": ("login.example.com", 443),
    "https://LOGIN.Example.com/realms/a%20b?x=1&y=@": ("login.example.com", 443),
    "https://login.example.com:8443/.well-known/openid-configuration": ("login.example.com", 8443),
    "HTTPS://xn--bcher-kva.example:443": ("xn--bcher-kva.example", 443),
    "https://a_b.example.xn--p1ai": ("a_b.example.xn--p1ai", 443),
}
REFUSED = [
    "",
    "login.example.com",
    "//login.example.com",
    "http://login.example.com",
    "ftp://login.example.com",
    "file:///etc/passwd",
    "gopher://login.example.com:443/_",
    "javascript:alert(1)",
    "data:text/html,x",
    "unix:///run/docker.sock",
    "https:login.example.com",
    "https:/login.example.com",
    "https:///login.example.com",
    "https://",
    "https://:443/",
    "https://login.example.com:",
    "https://login.example.com:80",
    "https://login.example.com:22",
    "https://login.example.com:6379",
    "https://login.example.com:65536",
    "https://login.example.com:-1",
    "https://login.example.com:443:443",
    "https://me@login.example.com",
    "https://me:word@login.example.com",
    "https://login.example.com@127.0.0.1",
    "https://login.example.com#@127.0.0.1",
    "https://127.0.0.1#login.example.com",
    "https://login.example.com\\@127.0.0.1",
    "https://127.0.0.1\\.example.com",
    "https://login.example.com%00.evil.example",
    "https://login.example.com%2f@127.0.0.1",
    "https://login.example.com/\r\nHost: evil",
    "https://login.example.com/\tx",
    " https://login.example.com",
    "https://login.example.com ",
    "https://login。example。com",
    "https://１２７.0.0.1",
    "https://bücher.example",
    "https://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ",
    "https://localhost",
    "https://localhost.",
    "https://login",
    "https://login.example.com.",
    "https://.example.com",
    "https://login..example.com",
    "https://-a.example.com",
    "https://a.localhost",
    "https://printer.local",
    "https://metadata.google.internal/computeMetadata/v1/",
    "https://127.0.0.1",
    "https://127.1",
    "https://0",
    "https://2130706433",
    "https://0x7f000001",
    "https://0x7f.0.0.1",
    "https://0177.0.0.1",
    "https://017700000001",
    "https://169.254.169.254/latest/meta-data/",
    "https://0251.0376.0251.0376",
    "https://10.0.0.1",
    "https://93.184.216.34",
    "https://[::1]",
    "https://[::]",
    "https://[::ffff:127.0.0.1]",
    "https://[::ffff:7f00:1]",
    "https://[64:ff9b::7f00:1]",
    "https://[fe80::1%25eth0]",
    "https://[fd00:ec2::254]",
    "https://[2606:4700:4700::1111]",
    "https://[v1.x]",
    "https://[",
    "https://login.example.com" + "/x" * 2000,
]
INSIDE = [
    each
    for line in (
        "0.0.0.0 0.1.2.3 10.0.0.1 10.255.255.255 100.64.0.1 100.100.100.200 100.127.255.255 127.0.0.1",
        "127.1.2.3 169.254.169.254 168.63.129.16 169.254.170.2 172.16.0.1 172.31.255.255 192.0.0.1",
        "192.0.0.192 192.0.2.1 192.88.99.1 192.168.0.1 198.18.0.1 198.19.255.255 198.51.100.1 203.0.113.1",
        "224.0.0.1 239.255.255.255 240.0.0.1 255.255.255.255 :: ::1 ::127.0.0.1 ::ffff:127.0.0.1",
        "::ffff:10.0.0.1 ::ffff:169.254.169.254 ::ffff:0:127.0.0.1 64:ff9b::127.0.0.1 64:ff9b::10.0.0.1",
        "64:ff9b:1::1 100::1 2001::1 2001:0:7f00:1::1 2001:10::1 2001:20::1 2001:db8::1 2002:7f00:1::1",
        "2002:a00:1::1 3fff::1 5f00::1 4000::1 fc00::1 fd00:ec2::254 fe80::1 fec0::1 ff02::1",
    )
    for each in line.split()
]
OUTSIDE = [
    each
    for line in (
        "1.1.1.1 8.8.8.8 93.184.216.34 100.63.255.255 100.128.0.1 126.255.255.255 128.0.0.1 168.63.129.15",
        "172.15.255.255 172.32.0.1 192.0.1.1 192.167.255.255 192.169.0.1 198.17.255.255 198.20.0.1",
        "223.255.255.255 2606:4700:4700::1111 2a00:1450:4001::1 2001:4860:4860::8888 ::ffff:1.1.1.1",
        "64:ff9b::1.1.1.1 64:ff9b::8.8.8.8",
    )
    for each in line.split()
]


@pytest.mark.parametrize("text", TAKEN)
def test_a_server_on_the_internet_is_taken(text: str) -> None:
    assert parse_public_url(text) == PublicUrl(text, *TAKEN[text])


@pytest.mark.parametrize("text", REFUSED)
def test_everything_else_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(Misconfigured) as refused:
        parse_public_url(text, "issuer")
    assert refused.value.field == "issuer"
    assert refused.value.message.endswith(".")


@given(st.text())
def test_any_text_is_taken_or_refused(text: str) -> None:
    for whole in (text, f"https://{text}", f"https://a.example.com{text}"):
        try:
            parsed = parse_public_url(whole)
        except Misconfigured:
            continue
        assert parsed.port in (443, 8443)
        with pytest.raises(ValueError, match=parsed.host):
            ip_address(parsed.host)


@pytest.mark.parametrize("address", INSIDE)
def test_an_address_inside_is_not_public(address: str) -> None:
    assert not are_public([address])
    assert not are_public(["1.1.1.1", address])


@pytest.mark.parametrize("address", OUTSIDE)
def test_an_address_on_the_internet_is_public(address: str) -> None:
    assert are_public([address, "1.1.1.1"])


def test_a_name_that_stands_for_nothing_is_not_public() -> None:
    assert not are_public([])
    assert not are_public(["fe80::1%eth0"])


@given(st.ip_addresses())
def test_nothing_is_public_that_python_calls_private(address: IPv4Address | IPv6Address) -> None:
    if address.is_loopback or address.is_link_local or address.is_multicast or address.is_unspecified:
        assert not is_public(address)
    if is_public(address):
        carried = getattr(address, "ipv4_mapped", None)
        assert (carried or address).is_global or str(address).startswith("64:ff9b:")
