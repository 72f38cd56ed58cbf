"""Drafts and publishing: nothing is lost, nothing is in force before its day, and golden questions stand in the way."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from handlers import drafts, editions, golden, publishing
from handlers.access import Actor, NotAllowedError, NotFoundError
from handlers.drafts import DraftChangedError, DraftProblemError, Kept
from handlers.library import Library
from handlers.publishing import FailingError
from handlers.trial import Outcome
from knowledge.calendar import jakarta_day
from tests.handlers.keeping import entry, identity, keeping_desk, name
from tests.offices import EDITION, Desk, publish, said, several_standards
from tests.staff import employed


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with keeping_desk(tmp_path, "several") as desk:
        yield desk


def today(desk: Desk) -> date:
    return jakarta_day(desk.clock())


def kept(desk: Desk, number: int = 4) -> Kept:
    with desk.office.database.reader() as conn:
        return drafts.find(conn, name(desk, number))


def version(desk: Desk, number: int = 4) -> int:
    draft = kept(desk, number).draft
    return draft.version if draft else 0


def save(desk: Desk, actor: Actor, text: str, component: int = 4, **more: object) -> None:
    drafts.save(desk.office, actor, name(desk, 4), version(desk), components={component: text}, **more)  # type: ignore[arg-type]


def go(desk: Desk, actor: Actor, day: date | None = None, reason: str = "salah ketik") -> bool:
    checked = publishing.check(desk.office, name(desk, 4))
    return publishing.publish(desk.office, actor, name(desk, 4), version(desk), day or today(desk), reason, checked)


def test_a_draft_changes_nothing_until_it_is_published_and_then_at_once_everywhere(desk: Desk) -> None:
    other = Library()
    with desk.office.database.reader() as conn:
        other.current(conn)
    save(desk, employed(desk, "officer"), "Rp25.000")
    assert "Rp22.000" in said(desk.say("biaya 10711"))
    assert go(desk, employed(desk, "head", "head"))
    told = said(desk.say("biaya 10711"))
    assert "Rp25.000" in told
    assert EDITION in told  # its words are still of that regulation
    with desk.office.database.reader() as conn:
        fresh = other.current(conn).catalogue.by_identity[identity(desk, 4)]
    assert fresh.standard.components[4] == "Rp25.000"
    assert kept(desk).draft is None
    assert desk.rows("standard_drafts", "*, identity AS id") == []


def test_what_was_published_is_history_and_can_be_put_back(desk: Desk) -> None:
    head = employed(desk)
    save(desk, head, "Rp25.000")
    go(desk, head)
    with desk.office.database.reader() as conn:
        versions = publishing.versions_of(conn, kept(desk))
    assert [(p.standard.components[4], status) for _, p, status in versions] == [
        ("Rp25.000", "current"),
        ("Rp22.000", "replaced"),
    ]
    checked = publishing.check(desk.office, name(desk, 4), versions[1][0])
    publishing.restore(desk.office, head, name(desk, 4), versions[1][0], checked)
    assert "Rp22.000" in said(desk.say("biaya 10711"))
    kinds = [row["kind"] for row in desk.rows("office_events")]
    assert kinds == ["draft_saved", "standard_published", "standard_restored"]
    assert {row["about"] for row in desk.rows("office_events")} == {f"standard:{identity(desk, 4)}"}


def test_where_approval_is_needed_an_older_version_waits_for_another_officer(desk: Desk) -> None:
    head, other = employed(desk), employed(desk, "admin", "admin")
    save(desk, head, "Rp25.000")
    go(desk, head)
    with desk.office.database.reader() as conn:
        older = publishing.versions_of(conn, kept(desk))[1][0]
    publishing.set_approval(desk.office, head, True)
    checked = publishing.check(desk.office, name(desk, 4), older)
    assert not publishing.restore(desk.office, head, name(desk, 4), older, checked)
    assert "Rp25.000" in said(desk.say("biaya 10711"))
    with pytest.raises(DraftChangedError):  # the draft that waits is not overwritten
        publishing.restore(
            desk.office, other, name(desk, 4), older, publishing.check(desk.office, name(desk, 4), older)
        )
    with pytest.raises(DraftProblemError, match="setuju"):
        go(desk, head)
    assert go(desk, other, reason="")
    assert "Rp22.000" in said(desk.say("biaya 10711", user="lain"))


def test_an_old_regulation_imported_again_does_not_undo_it_and_a_new_one_does(desk: Desk) -> None:
    save(desk, employed(desk), "Rp25.000")
    desk.clock.now += timedelta(days=2)
    go(desk, employed(desk, "admin", "admin"))
    editions.import_edition(
        desk.office, several_standards(), title="Lama", effective_on=date(2026, 11, 1), source_name="lama.md",
        source_sha256="1" * 64, whole=True,
    )  # fmt: skip
    assert "Rp25.000" in said(desk.say("biaya 10711"))
    desk.clock.now += timedelta(days=2)
    publish(desk.office, several_standards(), "Baru")
    assert "Rp22.000" in said(desk.say("biaya 10711", user="lain"))


def test_official_words_stay_as_they_were_typed(desk: Desk) -> None:
    text = "A. Umum:\n1. Memiliki   NIB;\n2. “Surat” – 3O Orang\n“Surat”"
    save(desk, employed(desk), f"\n  {text.replace(chr(10), '  ' + chr(13) + chr(10))}\n\n", 1)
    assert kept(desk).drafted.components[1] == text


def test_findings_follow_the_text_and_can_be_settled(tmp_path: Path) -> None:
    with keeping_desk(tmp_path) as desk:
        head = employed(desk)

        def excerpts(component: int) -> list[str]:
            with desk.office.database.reader() as conn:
                found = drafts.find(conn, name(desk)).drafted.findings
            return [finding.excerpt for finding in found if finding.component == component]

        text, findings = entry(desk).standard.components[6], entry(desk).standard.findings
        assert excerpts(6) == ["DPMPSTSP", "kelender", "mengelompokan", "eskternal", "didalam", "diinternal"]
        settled = [n for n, finding in enumerate(findings) if finding.excerpt == "didalam" and finding.component == 6]
        drafts.save(desk.office, head, name(desk), 0, components={}, settled=settled)
        assert excerpts(6) == ["DPMPSTSP", "kelender", "mengelompokan", "eskternal", "diinternal"]
        mended = text.replace("DPMPSTSP", "DPMPTSP").replace("WA: 081809898222", "WA: 08l809898222")
        drafts.save(desk.office, head, name(desk), 1, components={6: mended})
        assert excerpts(6) == ["kelender", "mengelompokan", "eskternal", "diinternal", "08l809898222"]
        drafts.save(desk.office, head, name(desk), 2, components={6: "Kotak Pengaduan"})
        assert excerpts(6) == []
        assert excerpts(12) == ["Fakta integritas", "didalam"]


def test_a_component_is_taken_out_but_never_the_last(desk: Desk) -> None:
    head = employed(desk)
    save(desk, head, "")
    assert 4 not in kept(desk).drafted.components
    assert "missing_component" in [finding.kind for finding in kept(desk).drafted.findings]
    with pytest.raises(DraftProblemError):
        drafts.save(desk.office, head, name(desk, 4), 1, components=dict.fromkeys(range(1, 15), " "))


def test_whoever_saw_an_older_draft_is_told(desk: Desk) -> None:
    head = employed(desk)
    save(desk, head, "Rp25.000")
    with pytest.raises(DraftChangedError):
        drafts.save(desk.office, head, name(desk, 4), 0, components={4: "Rp26.000"})
    checked = publishing.check(desk.office, name(desk, 4))
    save(desk, head, "Rp27.000")
    with pytest.raises(DraftChangedError):
        publishing.publish(desk.office, head, name(desk, 4), 1, today(desk), "x", checked)
    assert kept(desk).drafted.components[4] == "Rp27.000"


def test_a_draft_of_what_is_no_longer_in_force_is_not_published(desk: Desk) -> None:
    head = employed(desk)
    save(desk, head, "Rp25.000")
    desk.clock.now += timedelta(days=1)
    changed = [s for s in several_standards() if s.number == 4]
    object.__setattr__(changed[0], "components", {**changed[0].components, 3: "5 hari kerja"})
    publish(desk.office, changed, "Baru")
    assert kept(desk).stale
    with pytest.raises(DraftChangedError):
        go(desk, head)
    save(desk, head, "Rp26.000")  # looked at again, beside what is in force now
    assert go(desk, head)
    assert "Rp26.000" in said(desk.say("biaya 10711"))


def test_a_later_day_is_waited_for(desk: Desk) -> None:
    head = employed(desk)
    save(desk, head, "Rp25.000")
    assert not go(desk, head, today(desk) + timedelta(days=3))
    assert publishing.publish_due(desk.office) == 0
    assert "Rp22.000" in said(desk.say("biaya 10711"))
    desk.clock.now += timedelta(days=3)
    assert publishing.publish_due(desk.office) == 1
    assert publishing.publish_due(desk.office) == 0
    assert "Rp25.000" in said(desk.say("biaya 10711"))
    last = desk.rows("office_events")[-1]
    assert (last["kind"], last["officer_id"]) == ("standard_published", None)


def test_what_is_changed_after_it_was_approved_waits_no_longer(desk: Desk) -> None:
    head = employed(desk)
    save(desk, head, "Rp25.000")
    go(desk, head, today(desk) + timedelta(days=3))
    save(desk, head, "Rp99.000")
    desk.clock.now += timedelta(days=3)
    assert publishing.publish_due(desk.office) == 0
    assert "Rp22.000" in said(desk.say("biaya 10711"))


def test_a_day_in_the_past_and_a_change_without_a_reason_are_refused(desk: Desk) -> None:
    head = employed(desk)
    save(desk, head, "Rp25.000")
    with pytest.raises(DraftProblemError) as early:
        go(desk, head, today(desk) - timedelta(days=1))
    with pytest.raises(DraftProblemError) as silent:
        go(desk, head, reason="")
    assert (set(early.value.problems), set(silent.value.problems)) == ({"berlaku"}, {"alasan"})


def test_where_approval_is_needed_another_officer_gives_it(desk: Desk) -> None:
    head, manager = employed(desk), employed(desk, "complaint_manager", "manager")
    publishing.set_approval(desk.office, head, True)
    save(desk, head, "Rp25.000")
    with pytest.raises(DraftProblemError, match="setuju"):
        go(desk, manager)  # nobody has proposed it
    drafts.propose(desk.office, head, name(desk, 4), version(desk), today(desk), "salah ketik")
    with pytest.raises(DraftProblemError, match="setuju"):
        go(desk, head)
    save(desk, manager, "Rp26.000")  # a change takes the proposal back
    with pytest.raises(DraftProblemError, match="setuju"):
        go(desk, head)
    drafts.propose(desk.office, manager, name(desk, 4), version(desk), today(desk), "salah ketik")
    assert go(desk, head)
    assert "Rp26.000" in said(desk.say("biaya 10711"))


def test_golden_questions_that_pass_stand_in_the_way_and_others_do_not(desk: Desk) -> None:
    head = employed(desk)
    golden.keep(desk.office, head, "biaya 10711 berapa", Outcome("standard", identity(desk, 4), (4,)))
    golden.keep(desk.office, head, "biaya 99999 berapa", Outcome("standard", identity(desk, 4), (4,)))  # fails anyway
    save(desk, head, "")
    with pytest.raises(FailingError) as refused:
        go(desk, head)
    assert [each.question.question for each in refused.value.failing] == ["biaya 10711 berapa"]
    assert "Rp22.000" in said(desk.say("biaya 10711"))
    save(desk, head, "Rp25.000")
    assert go(desk, head)


def test_on_its_day_it_is_held_back_when_a_golden_question_would_fail(desk: Desk) -> None:
    head = employed(desk)
    save(desk, head, "")
    go(desk, head, today(desk) + timedelta(days=1))
    golden.keep(desk.office, head, "biaya 10711 berapa", Outcome("standard", identity(desk, 4), (4,)))
    desk.clock.now += timedelta(days=1)
    publishing.publish_due(desk.office)
    assert "Rp22.000" in said(desk.say("biaya 10711"))
    assert desk.rows("office_events")[-1]["kind"] == "publication_held"
    draft = kept(desk).draft
    assert draft
    assert draft.approved_by is None


def test_a_discarded_draft_is_gone_and_its_words_are_in_the_history(desk: Desk) -> None:
    head = employed(desk)
    save(desk, head, "Rp25.000")
    drafts.discard(desk.office, head, name(desk, 4), 1)
    assert kept(desk).draft is None
    assert "Rp25.000" in str(desk.rows("office_events")[-1]["before"])


def test_only_who_may_and_only_what_is_there(desk: Desk) -> None:
    officer, team = employed(desk, "officer", "officer"), employed(desk, "technical_team", "team")
    with pytest.raises(NotAllowedError):
        save(desk, team, "Rp1")
    save(desk, officer, "Rp25.000")
    with pytest.raises(NotAllowedError):
        go(desk, officer)
    with pytest.raises(NotAllowedError):
        publishing.set_approval(desk.office, officer, True)
    for wrong in ("", "x-", "10711-000000000000", "../etc", "99999-x"):
        with pytest.raises(NotFoundError):
            publishing.check(desk.office, wrong)
    elsewhere = kept(desk, 5).row.id
    with pytest.raises(NotFoundError):
        publishing.check(desk.office, name(desk, 4), elsewhere)
