"""Asking the DNS for TXT records: what is there, what is not, and who does not answer are three things."""

import asyncio

import pytest
from name_server import NameServer, name_server

from frontdesk.errors import Misconfigured
from frontdesk.mail_records import Answer
from frontdesk_tenants.name_servers import ALL_SECONDS, NameServers
from frontdesk_tenants.registered_domains import registered_domain
from frontdesk_web.config import Config, from_environment


async def test_texts_are_joined_and_long_ones_are_asked_for_over_tcp() -> None:
    async with name_server() as names:
        names.publish("acme.example", "v=spf1 -all", "another")
        names.publish("long.acme.example", "x" * 3000)
        names.publish("empty.acme.example")
        found = await NameServers((names.address,)).texts(
            ("acme.example", "long.acme.example", "empty.acme.example", "none.acme.example")
        )
        assert names.over_tcp == 1
    assert found == {
        "acme.example": Answer(texts=("another", "v=spf1 -all")),
        "long.acme.example": Answer(texts=("x" * 3000,)),
        "empty.acme.example": Answer(),
        "none.acme.example": Answer(),
    }


async def test_an_alias_is_followed_and_named_even_where_it_leads_nowhere() -> None:
    async with name_server() as names:
        names.publish_alias("fd1._domainkey.acme.example", "fd1.keys.example")
        names.publish("fd1.keys.example", "p=x")
        names.publish_alias("fd2._domainkey.acme.example", "gone.keys.example")
        names.publish_alias("fd3._domainkey.acme.example", "empty.keys.example")
        names.publish("empty.keys.example")
        found = await NameServers((names.address,)).texts(f"fd{n}._domainkey.acme.example" for n in (1, 2, 3))
    assert list(found.values()) == [
        Answer(texts=("p=x",), alias="fd1.keys.example"),
        Answer(alias="gone.keys.example"),
        Answer(alias="empty.keys.example"),
    ]


async def test_who_does_not_answer_has_not_said_that_there_is_nothing() -> None:
    async with name_server() as names, name_server() as silent:
        names.failing.add("broken.example")
        silent.silent = True
        async with asyncio.timeout(ALL_SECONDS + 30):
            broken, closed, found = await asyncio.gather(
                NameServers((names.address,)).texts(("broken.example",)),
                NameServers((("127.0.0.1", 1),)).texts(("acme.example",)),
                NameServers((silent.address,)).texts(("acme.example", "_dmarc.acme.example")),
            )
        assert broken == {"broken.example": Answer(answered=False)}
        assert [each.answered for each in found.values()] == [False, False]
    assert closed == {"acme.example": Answer(answered=False)}


async def test_a_second_server_is_asked_when_the_first_is_silent() -> None:
    async with name_server() as silent, name_server() as speaking:
        silent.silent = True
        speaking.publish("acme.example", "hello")
        found = await NameServers((silent.address, speaking.address)).texts(("acme.example",))
    assert found["acme.example"].texts == ("hello",)


async def test_nothing_that_a_name_or_a_record_holds_is_an_error(names: NameServer) -> None:
    strange = ("..", "a" * 64 + ".example", "\ud800.example", "x" * 300)
    found = await NameServers((names.address,)).texts(strange)
    assert not any(each.texts for each in found.values())


def configured(**variables: str) -> Config:
    """The configuration that an operator's environment says."""
    needed = {"DATABASE_URL": "x", "FRONTDESK_BASE_URL": "https://b.example.com", "FRONTDESK_MASTER_KEY": "k" * 32}
    return from_environment(needed | variables)


@pytest.mark.parametrize("server", ["localhost", "127.0.0.1:x", "1.2.3.4:99999", "::1]:53", "a b", "1.2.3.4;1.2.3.5"])
def test_a_server_that_is_no_address_is_named_at_start(server: str) -> None:
    with pytest.raises(Misconfigured, match="FRONTDESK_DNS_SERVERS"):
        configured(FRONTDESK_DNS_SERVERS=f"10.0.0.53,{server}")


def test_servers_have_a_port_or_none() -> None:
    assert configured().dns_servers == ()
    assert configured(FRONTDESK_DNS_SERVERS="10.0.0.53, 10.0.0.54:5353,::1,[::1]:5353,").dns_servers == (
        ("10.0.0.53", 53),
        ("10.0.0.54", 5353),
        ("::1", 53),
        ("::1", 5353),
    )


def test_the_operators_mail_servers_are_named_as_spf_names_them() -> None:
    assert configured().mail_spf == ()
    assert configured(FRONTDESK_MAIL_SPF="include:spf.example.com  ip4:192.0.2.0/24 ip6:2001:db8::1").mail_spf == (
        "include:spf.example.com",
        "ip4:192.0.2.0/24",
        "ip6:2001:db8::1",
    )
    for wrong in ("spf.example.com", "include:", "~all", "-include:spf.example.com", 'ip4:1.2.3.4" x'):
        with pytest.raises(Misconfigured, match="FRONTDESK_MAIL_SPF"):
            configured(FRONTDESK_MAIL_SPF=wrong)


@pytest.mark.parametrize(
    ("host", "registered"),
    [
        ("acme.example", "acme.example"),
        ("mail.Acme.co.uk.", "acme.co.uk"),
        ("co.uk", None),
        ("com", None),
        ("github.io", None),
        ("acme.github.io", "acme.github.io"),
        ("a.b.xn--p1ai", "b.xn--p1ai"),
        ("foo.ck", None),
        ("www.ck", "www.ck"),
    ],
)
def test_registered_domains_by_the_public_suffix_list(host: str, registered: str | None) -> None:
    assert registered_domain(host) == registered
