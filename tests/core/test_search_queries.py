"""The search query language: what its clauses say, and that nothing but its own refusal comes of any text."""

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontdesk.search_queries import FIELDS, LARGEST, Clause, Operator, QueryRefused, Resource, SearchQuery, read_query


def _only(text: str, resource: Resource = "customers") -> Clause:
    (clause,) = read_query(text, resource).clauses
    return clause


@pytest.mark.parametrize(
    ("text", "clause"),
    [
        ('email:"amy@rocketrides.io"', Clause(field="email", value="amy@rocketrides.io")),
        ("email:'amy@rocketrides.io'", Clause(field="email", value="amy@rocketrides.io")),
        ('-email~"amy"', Clause(field="email", operator="~", value="amy", negated=True)),
        ("created>=1620310503", Clause(field="created", operator=">=", value=1620310503)),
        ('created<"1620310503"', Clause(field="created", operator="<", value=1620310503)),
        ("metadata['order_id']:'6735'", Clause(field="metadata", key="order_id", value="6735")),
        ('metadata["a b\\"c"]:null', Clause(field="metadata", key='a b"c', value=None)),
        ("name:'null'", Clause(field="name", value="null")),
        ('name:"the story called \\"The Sky\\""', Clause(field="name", value='the story called "The Sky"')),
        ("name:'O\\'Neill \\\\ Sons'", Clause(field="name", value="O'Neill \\ Sons")),
        ('name:""', Clause(field="name", value="")),
        ("  phone:NULL  ", Clause(field="phone", value=None)),
        ("phone:4940123", Clause(field="phone", value="4940123")),
    ],
)
def test_clauses(text: str, clause: Clause) -> None:
    assert _only(text) == clause


def test_joints() -> None:
    one, two = Clause(field="name", value="a"), Clause(field="email", value="b")
    for joint in (" ", "  ", " AND ", " and ", "\n And\t"):
        assert read_query(f"name:'a'{joint}email:'b'", "customers") == SearchQuery(clauses=(one, two))
    for joint in (" OR ", " or "):
        assert read_query(f"name:'a'{joint}email:'b'", "customers") == SearchQuery(clauses=(one, two), any=True)
    # A field may begin as a joint does.
    assert read_query("active:'true' OR -active:'false'", "prices").any


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", 'We were unable to parse your search query. Try using the format `metadata["key"]:"value"`'),
        ("asdf", "We were unable to parse"),
        ("name:", "We were unable to parse"),
        ("name:amy", "We were unable to parse"),
        ("name:'amy", "We were unable to parse"),
        ("name:'amy\\'", "We were unable to parse"),
        ("name:'a'email:'b'", "We were unable to parse"),
        ("name:'a' AND", "We were unable to parse"),
        ("name:'a' AND ", "We were unable to parse"),
        ("AND name:'a'", "We were unable to parse"),
        ("(name:'a')", "We were unable to parse"),
        ("- name:'a'", "We were unable to parse"),
        ("metadata['']:'a'", "We were unable to parse"),
        ("metadata[key]:'a'", "We were unable to parse"),
        ("metadata['key':'a'", "We were unable to parse"),
        ("name:'a' OR email:'b' AND phone:'c'", "We were unable to parse"),
        ("name:'a' OR email:'b' phone:'c'", "We were unable to parse"),
        ("foo:'bar'", "Field `foo` is an unsupported search field for resource `customers`."),
        ("metadata:'bar'", "Field `metadata` is an unsupported search field for resource `customers`."),
        ("name['key']:'bar'", "Field `name` is an unsupported search field for resource `customers`."),
        ("status:'active'", "Field `status` is an unsupported search field for resource `customers`."),
        ("metadata['key']~'bar'", "Field `metadata` does not support substring search"),
        ("created~'123'", "Field `created` does not support substring search"),
        ("name~'ab'", "Substring search with `~` needs at least 3 characters."),
        ("name>'ab'", "Field `name` is not numeric"),
        ("created>'soon'", "Field `created` is numeric: `soon` is not an integer."),
        ("created>99999999999999999999", "Field `created` is numeric"),
        ("created>null", "`null` can only be looked for with `:`"),
        (" ".join(["name:'a'"] * 11), "A search query has at most 10 clauses."),
    ],
)
def test_what_cannot_be_read(text: str, words: str) -> None:
    with pytest.raises(QueryRefused) as refused:
        read_query(text, "customers")
    assert refused.value.message.startswith(words)


_WORDS = st.sampled_from(
    [
        *("name", "metadata", "created", "email", ":", "~", ">", "<=", "-", "'", '"', "\\", "[", "]", " ", "AND", "OR"),
        *("null", "'a'", "['k']", "12", "é", "\x00", "\ud800"),
    ]
)


@given(st.one_of(st.text(max_size=60), st.lists(_WORDS, max_size=14).map("".join)), st.sampled_from(list(FIELDS)))
def test_every_text_is_read_or_refused(text: str, resource: Resource) -> None:
    try:
        query = read_query(text, resource)
    except QueryRefused:
        return
    for each in query.clauses:
        assert each.field in FIELDS[resource]
        assert each.operator in get_args(Operator)
        if FIELDS[resource][each.field] == "numeric":
            assert each.value is None or (isinstance(each.value, int) and abs(each.value) <= LARGEST)


@given(st.text(), st.text(min_size=1), st.sampled_from("'\""))
def test_quoted_texts_come_back_as_they_were(value: str, key: str, mark: str) -> None:
    def quoted(text: str) -> str:
        return mark + text.replace("\\", "\\\\").replace(mark, "\\" + mark) + mark

    assert _only(f"metadata[{quoted(key)}]:{quoted(value)}") == Clause(field="metadata", key=key, value=value)
