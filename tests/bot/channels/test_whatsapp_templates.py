"""The templates, and what is put into them: held to what Twilio and WhatsApp take."""

from __future__ import annotations

import json
import re
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.whatsapp_templates import every_template, interactive, plain
from handlers.messages import Button
from handlers.parcels import TemplatePurpose

TEMPLATES = {template.name: template for template in every_template()}
KINDS = {"twilio/quick-reply": "actions", "twilio/list-picker": "items"}

titles = st.text(st.characters(categories=["L", "N", "Zs"]), min_size=1, max_size=80).filter(str.strip)
buttons = st.lists(titles, max_size=11).map(lambda found: [Button(title, f"ask:{n}") for n, title in enumerate(found)])
said = st.lists(st.text(max_size=60) | st.just(""), min_size=1, max_size=12).map("\n".join)


def test_every_name_stands_for_one_template_and_a_change_for_another() -> None:
    assert len(TEMPLATES) == len(every_template())
    assert len({template.digest for template in TEMPLATES.values()}) == len(TEMPLATES)


def test_each_purpose_has_a_template_that_asks_and_tells_nothing() -> None:
    assert {name for name, template in TEMPLATES.items() if template.approval} == {
        f"pasti_{purpose}" for purpose in get_args(TemplatePurpose)
    }
    for purpose in get_args(TemplatePurpose):
        [definition] = TEMPLATES[f"pasti_{purpose}"].types.values()
        assert definition["actions"] == [{"type": "QUICK_REPLY", "title": "Lihat balasan", "id": "read-held"}]
        assert definition["body"].startswith("Bapak/Ibu, ")
        assert "{{" not in definition["body"]
        assert re.fullmatch(r"[a-z0-9_]{1,512}", TEMPLATES[f"pasti_{purpose}"].approval_name)


@pytest.mark.parametrize("template", TEMPLATES.values(), ids=TEMPLATES)
def test_a_template_has_a_sample_for_each_variable(template: object) -> None:
    made = TEMPLATES[template.name].body  # type: ignore[attr-defined]
    assert set(re.findall(r"{{(\d+)}}", json.dumps(made["types"]))) == set(made["variables"])
    assert len(made["variables"]) <= 100


@given(said, buttons)
def test_what_is_filled_in_is_taken_and_reads_as_it_was_said(text: str, offered: list[Button]) -> None:
    found = interactive(text, offered, [button.payload for button in offered])
    if found is None:
        return
    name, variables = found
    [(kind, definition)] = TEMPLATES[name].types.items()
    assert set(variables) == set(TEMPLATES[name].variables)
    for value in variables.values():
        assert value.strip()
        assert not re.search(r"[\n\r\t]| {5}", value)

    def filled(field: str) -> str:
        return re.sub(r"{{(\d+)}}", lambda variable: variables[variable[1]], field)

    assert plain(filled(definition["body"])) == plain(text)
    assert len(filled(definition["body"])) <= 1024
    choices = [{key: filled(value) for key, value in choice.items()} for choice in definition[KINDS[kind]]]
    assert [choice["id"] for choice in choices] == [button.payload for button in offered]
    for choice, button in zip(choices, offered, strict=True):
        if kind == "twilio/quick-reply":
            assert len(choice["title"]) <= 20
            assert plain(choice["title"]) == plain(button.title)
        else:
            assert len(choice["item"]) <= 24
            assert len(choice["description"]) <= 72
            assert plain(button.title) in (plain(choice["item"]), plain(choice["description"]))


@pytest.mark.parametrize(
    ("text", "offered", "name"),
    [
        ("Sudah benar?", ["Ya", "Ubah", "Batal"], "pasti_quick_reply_3_1"),
        ("*Biaya*\n> Gratis\n\n_Sumber_", ["Menu"], "pasti_quick_reply_1_4"),
        ("Yang mana?", ["a", "b", "c", "d"], "pasti_list_4_1"),
        ("Yang mana?", ["Sertifikat Standar Industri", "Izin"], "pasti_list_2_1"),
        ("Yang mana?", ["Sertifikat Standar Industri"], None),
        ("Yang mana?", ["x" * 73, "y"], None),
        ("Yang mana?", [str(n) for n in range(11)], None),
        ("Yang mana?", ["Menu", "Menu"], None),
        ("\n".join("x" * 11), ["Menu"], None),
        ("x" * 1025, ["Menu"], None),
        ("  ", ["Menu"], None),
        ("Terima kasih", [], None),
    ],
)
def test_which_template_shows_it(text: str, offered: list[str], name: str | None) -> None:
    found = interactive(text, [Button(title, title) for title in offered], offered)
    assert (found and found[0]) == name
