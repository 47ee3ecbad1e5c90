"""What of a domain's DNS makes letters from it believed, and what staff are told where it does not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from frontdesk.mail_records import Answer, Finding, Needed
from frontdesk.sender_domains import judge, passed

KEY = "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A" + "x" * 352 + "IDAQAB"
NEEDED = Needed(
    domain="acme.example",
    selector="fdabc",
    public_key=KEY,
    spf=("include:spf.frontdesk.example",),
    organisation="acme.example",
)
DKIM, DMARC = "fdabc._domainkey.acme.example", "_dmarc.acme.example"
GOOD = {
    "acme.example": ("v=spf1 include:spf.frontdesk.example ~all",),
    DKIM: (f"v=DKIM1; k=rsa; p={KEY}",),
    DMARC: ("v=DMARC1; p=none",),
}


def found(needed: Needed = NEEDED, **changed: tuple[str, ...] | Answer) -> dict[str, Finding]:
    """The findings by kind, where the records of a kind are others than the good ones."""
    names = {"spf": needed.domain, "dkim": needed.dkim_name, "dmarc": f"_dmarc.{needed.domain}"}
    answers = {name: Answer(texts=GOOD.get(name, ())) for name in needed.names}
    for kind, value in changed.items():
        answers[names.get(kind, kind)] = value if isinstance(value, Answer) else Answer(texts=value)
    return {each.kind: each for each in judge(needed, answers)}


def test_three_good_records_pass_and_none_can_be_left_out() -> None:
    assert passed(found().values())
    assert [each.state for each in found().values()] == ["found"] * 3
    for kind in ("spf", "dkim", "dmarc"):
        findings = found(**{kind: ()})
        assert findings[kind].state == "missing"
        assert not passed(findings.values())
        assert not passed(each for each in found().values() if each.kind != kind)
        unanswered = found(**{kind: Answer(answered=False)})
        assert unanswered[kind].state == "unanswered"
        assert not passed(unanswered.values())
    assert not passed(())


def test_what_is_shown_to_publish_passes() -> None:
    shown = found(spf=(), dkim=(), dmarc=())
    assert {each.name: each.publish for each in shown.values()} == {
        "acme.example": "v=spf1 include:spf.frontdesk.example ~all",
        DKIM: f"v=DKIM1; k=rsa; p={KEY}",
        DMARC: "v=DMARC1; p=none",
    }
    assert passed(found(**{kind: (each.publish,) for kind, each in shown.items()}).values())


# -- SPF --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "record",
    [
        "v=spf1 include:spf.frontdesk.example -all",
        "V=SPF1 INCLUDE:SPF.Frontdesk.Example -ALL",
        "v=spf1 +include:spf.frontdesk.example",
        "v=spf1 mx include:_spf.google.com include:spf.frontdesk.example redirect=other.example",
        "v=spf1  mx  include:spf.frontdesk.example  ~all",
        "v=spf1 +all",
    ],
)
def test_spf_found(record: str) -> None:
    finding = found(spf=("google-site-verification=xyz", record, "v=spf10 is something else"))["spf"]
    assert (finding.state, finding.found, finding.publish) == ("found", (record,), record)


@pytest.mark.parametrize(
    ("record", "suggested"),
    [
        ("v=spf1 -all", "v=spf1 include:spf.frontdesk.example -all"),
        ("v=spf1", "v=spf1 include:spf.frontdesk.example ~all"),
        ("v=spf1 mx", "v=spf1 include:spf.frontdesk.example mx"),
        (
            "v=spf1 include:_spf.google.com ~all",
            "v=spf1 include:spf.frontdesk.example include:_spf.google.com ~all",
        ),
        ("v=spf1 mx -all include:spf.frontdesk.example", "v=spf1 include:spf.frontdesk.example mx -all"),
        ("v=spf1 -include:spf.frontdesk.example ~all", "v=spf1 include:spf.frontdesk.example ~all"),
        ("v=spf1 redirect=_spf.acme.example", "v=spf1 include:spf.frontdesk.example redirect=_spf.acme.example"),
        ("v=spf1 include:spf.frontdesk.example.org ~all", "v=spf1 include:spf.frontdesk.example "
         "include:spf.frontdesk.example.org ~all"),
    ],
)  # fmt: skip
def test_spf_without_the_operators_servers(record: str, suggested: str) -> None:
    finding = found(spf=(record,))["spf"]
    assert (finding.state, finding.publish) == ("different", suggested)
    assert "does not name our mail servers" in finding.sentence
    assert finding.parameters == {"missing": "include:spf.frontdesk.example"}
    assert found(spf=(suggested,))["spf"].state == "found"


def test_several_spf_records_are_none_and_one_that_says_all_is_shown() -> None:
    finding = found(spf=("v=spf1 mx ~all", "v=spf1 include:spf.frontdesk.example -all"))["spf"]
    assert (finding.state, finding.parameters) == ("different", {"number": 2})
    assert finding.publish == "v=spf1 include:spf.frontdesk.example mx ~all"


def test_spf_by_networks() -> None:
    needed = replace(NEEDED, spf=("ip4:192.0.2.10", "ip6:2001:db8::/64"))

    def state(record: str) -> str:
        return found(needed, spf=(record,))["spf"].state

    assert state("v=spf1 ip4:192.0.2.0/24 ip6:2001:db8::/32 -all") == "found"
    assert state("v=spf1 ip4:192.0.2.10/32 ip6:2001:DB8:0:0::/64 -all") == "found"
    assert state("v=spf1 ip4:192.0.2.11 ip6:2001:db8::/64 -all") == "different"
    assert state("v=spf1 ip4:192.0.2.10 ip6:2001:db8::1 -all") == "different"
    assert state("v=spf1 ip4:nonsense ip4:192.0.2.10 ip6:2001:db8::/64 -all") == "found"
    shown = found(needed, spf=("v=spf1 ip4:192.0.2.10 ~all",))["spf"]
    assert shown.parameters == {"missing": "ip6:2001:db8::/64"}
    assert state(shown.publish) == "found"


def test_spf_that_asks_too_much_is_told() -> None:
    others = " ".join(f"include:s{number}.example" for number in range(8))
    assert found(spf=(f"v=spf1 a mx {others} include:spf.frontdesk.example -all",))["spf"].state == "different"
    assert found(spf=(f"v=spf1 mx {others} include:spf.frontdesk.example ip4:192.0.2.1 -all",))["spf"].state == "found"


# -- DKIM -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "record",
    [
        f"v=DKIM1; k=rsa; p={KEY}",
        f"v=DKIM1;k=rsa;p={KEY};",
        f"p={KEY}",
        f"v=DKIM1; h=sha1:sha256; s=email; t=s; n=notes; p={KEY[:100]} {KEY[100:]}",
    ],
)
def test_dkim_found(record: str) -> None:
    assert found(dkim=(record,))["dkim"].state == "found"
    # However the name is reached: a CNAME that leads to the key is as good.
    aliased = Answer(texts=(record,), alias="keys.acme.example")
    assert found(dkim=aliased)["dkim"].state == "found"


@pytest.mark.parametrize(
    ("records", "said"),
    [
        (("v=DKIM1; k=rsa; p=",), "was withdrawn"),
        ((f"v=DKIM1; k=rsa; p={'y' * 392}",), "another key"),
        ((f"v=DKIM1; k=rsa; p={KEY[:230]}",), "cut off"),
        ((f"v=DKIM1; k=ed25519; p={KEY}",), "no key for DKIM"),
        ((f"v=DKIM2; k=rsa; p={KEY}",), "no key for DKIM"),
        (("hello",), "no key for DKIM"),
        (("",), "no key for DKIM"),
        ((f"v=DKIM1; h=sha1; p={KEY}",), "does not allow"),
        ((f"v=DKIM1; s=other; p={KEY}",), "does not allow"),
        ((f"v=DKIM1; p={KEY}", "v=DKIM1; p=old"), "several records"),
        ((f"v=DKIM1; p={'y' * 392}; p={KEY}",), "another key"),
    ],
)
def test_dkim_different(records: tuple[str, ...], said: str) -> None:
    finding = found(dkim=records)["dkim"]
    assert (finding.state, finding.found) == ("different", records)
    assert said in finding.sentence
    assert finding.publish == f"v=DKIM1; k=rsa; p={KEY}"


def test_an_alias_that_leads_nowhere_is_named() -> None:
    finding = found(dkim=Answer(alias="sender.other.example"))["dkim"]
    assert (finding.state, finding.parameters) == ("missing", {"alias": "sender.other.example"})


# -- DMARC ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("policy", ["none", "quarantine", "reject", "REJECT"])
def test_dmarc_found(policy: str) -> None:
    record = f"v=DMARC1;p={policy}; rua=mailto:d@acme.example"
    assert found(dmarc=("something else", record))["dmarc"].found == (record,)
    assert found(dmarc=(record,))["dmarc"].state == "found"


@pytest.mark.parametrize(
    ("record", "suggested"),
    [
        ("v=DMARC1", "v=DMARC1; p=none"),
        ("v=DMARC1; rua=mailto:d@acme.example", "v=DMARC1; p=none; rua=mailto:d@acme.example"),
        ("v=DMARC1; p=monitor; pct=100", "v=DMARC1; p=none; pct=100"),
    ],
)
def test_dmarc_without_a_policy(record: str, suggested: str) -> None:
    finding = found(dmarc=(record,))["dmarc"]
    assert (finding.state, finding.publish) == ("different", suggested)
    assert found(dmarc=(suggested,))["dmarc"].state == "found"


def test_several_dmarc_records_are_none() -> None:
    finding = found(dmarc=("v=DMARC1", "v=DMARC1; p=reject"))["dmarc"]
    assert (finding.state, finding.publish) == ("different", "v=DMARC1; p=reject")


def test_a_dmarc_record_of_the_domain_above_holds_below() -> None:
    needed = replace(NEEDED, domain="mail.acme.example")
    spf = GOOD["acme.example"]
    inherited = found(needed, spf=spf)["dmarc"]
    assert (inherited.state, inherited.name) == ("found", DMARC)
    assert inherited.parameters == {"domain": "acme.example"}
    own = found(needed, spf=spf, dmarc=("v=DMARC1; p=reject",))["dmarc"]
    assert (own.state, own.name) == ("found", "_dmarc.mail.acme.example")
    assert found(needed, spf=spf, dmarc=("v=DMARC1; p=x",))["dmarc"].state == "different"
    assert found(needed, **{DMARC: ("v=DMARC1",)})["dmarc"].state == "missing"
    assert found(needed, **{DMARC: Answer(answered=False)})["dmarc"].state == "unanswered"


# -- whatever people write ---------------------------------------------------------------------------------------------

texts = st.lists(
    st.one_of(st.text(max_size=60), st.builds("v=spf1 {}".format, st.text(max_size=40)),
              st.builds("v=DMARC1; {}".format, st.text(max_size=40)), st.builds("p={}".format, st.text(max_size=40))),
    max_size=4,
).map(tuple)  # fmt: skip


@given(spf=texts, dkim=texts, dmarc=texts)
def test_whatever_is_there_what_is_shown_to_publish_would_pass(
    spf: tuple[str, ...], dkim: tuple[str, ...], dmarc: tuple[str, ...]
) -> None:
    findings = found(spf=spf, dkim=dkim, dmarc=dmarc)
    published = {kind: (each.publish,) for kind, each in findings.items()}
    assert passed(found(**published).values())
