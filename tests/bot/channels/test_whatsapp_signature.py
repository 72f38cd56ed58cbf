"""Twilio's signature, held against the one that twilio's own library computes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from multidict import MultiDict
from twilio.request_validator import RequestValidator

from bot.channels.twilio_signature import is_signed, signature

TOKEN = "invented"
URL = "https://pasti.example/webhooks/whatsapp"

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
forms = st.lists(st.tuples(texts, texts), max_size=8).map(MultiDict)  # names may stand twice, values may be empty
urls = st.sampled_from(
    [
        URL,
        f"{URL}/status?id=7",
        "https://pasti.example:8443/x",
        "http://127.0.0.1:8080/x?a=%20b",
        "http://pasti.example/",
    ]
)


@given(urls, forms)
def test_it_is_what_twilios_library_computes(url: str, form: MultiDict[str]) -> None:
    assert signature(TOKEN, url, form) == RequestValidator(TOKEN).compute_signature(url, form)


@given(urls, urls, forms, forms)
def test_it_takes_what_twilios_library_takes(url: str, other: str, form: MultiDict[str], sent: MultiDict[str]) -> None:
    given_ = signature(TOKEN, other, sent)
    assert is_signed(TOKEN, url, form, given_) == RequestValidator(TOKEN).validate(url, form, given_)


@pytest.mark.parametrize(
    ("ours", "signed"),
    [
        ("https://pasti.example/x", "https://pasti.example:443/x"),
        ("http://pasti.example/x", "http://pasti.example:80/x"),
        ("https://pasti.example:8443/x", "https://pasti.example/x"),
    ],
)
def test_the_port_may_be_named_or_left_out(ours: str, signed: str) -> None:
    form = MultiDict({"Body": "halo"})
    assert is_signed(TOKEN, ours, form, RequestValidator(TOKEN).compute_signature(signed, form))


@given(forms, texts)
def test_nothing_else_is_signed(form: MultiDict[str], other: str) -> None:
    assert not is_signed(TOKEN, URL, form, None)
    assert not is_signed(TOKEN, URL, form, other)
    assert not is_signed("another", URL, form, signature(TOKEN, URL, form))
    assert not is_signed(TOKEN, URL, MultiDict([*form.items(), ("Body", "more")]), signature(TOKEN, URL, form)) or (
        ("Body", "more") in form.items()
    )
