"""The pages: what a person sees and does without JavaScript, and what is refused."""

import re
from collections.abc import AsyncIterator
from datetime import date
from uuid import UUID

import httpx
import pytest
import pytest_asyncio
from service.web_world import LONG_AGO, TODAY, World, own_register, world

from adapters.embedded.postgres import Databases

pytestmark = [pytest.mark.service, pytest.mark.asyncio(loop_scope="module")]

BOTH = ["president_universite", "dg_chu"]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared(databases: Databases, empty_store: str) -> AsyncIterator[World]:
    with own_register(databases, empty_store) as register:
        async with world(register) as made:
            yield made


@pytest.fixture
def web(shared: World) -> World:
    return shared.reset()


@pytest_asyncio.fixture(loop_scope="module")
async def alone(store: Databases) -> AsyncIterator[World]:
    async with world(store) as made:
        yield made


def hidden(page: httpx.Response, name: str, form: str) -> str:
    """A hidden entry of the form that posts to an address."""
    part = page.text.split(f'action="{form}"')[1].split("</form>")[0]
    found = re.search(rf'name="{name}" value="([^"]*)"', part)
    assert found is not None
    return found[1]


async def granted(web: World, agent: UUID) -> str:
    ref = await web.part_time(agent, starts_on="2026-03-12")
    await web.opinions(agent, ref)
    await web.act(agent, TODAY, type="part_time.decide", case=ref, by=BOTH, outcome="granted")
    return ref


# -- Reading --


async def test_the_agenda_groups_what_is_due_and_who_must_act(alone: World) -> None:
    agent = await alone.agent()
    await granted(alone, agent)
    alone.clock.day = date(2027, 3, 1)
    page = await alone.client.get("/")
    assert page.status_code == 200
    titles = re.findall(r'<h2 id="g\d+">([^<]+) <', page.text)
    assert titles == ["En retard", "D&#39;ici un mois", "Janvier 2029", "Mars 2029"] or titles[0] == "En retard"
    assert "MARCHAND Claire" in page.text
    assert "J-11" in page.text
    assert "Reconduction tacite du temps partiel" in page.text
    assert "Automatique" in page.text
    only = await alone.client.get("/?nature=internal")
    assert "Préparer le renouvellement exprès" in only.text
    assert "Reconduction tacite du temps partiel" not in only.text
    assert "Effacer les filtres" in (await alone.client.get("/?procedure=stage")).text
    assert (await alone.client.get("/?jusqu_au=demain")).status_code == 400


async def test_dossiers_are_found_by_name_and_a_reference_leads_to_its_page(web: World) -> None:
    agent = await web.agent("Ørsted-Éluard")
    ref = await web.part_time(agent)
    assert str(agent) in (await web.client.get("/dossiers?q=eluard")).text
    assert "Aucun dossier pour" in (await web.client.get("/dossiers?q=introuvable")).text
    found = await web.client.get(f"/dossiers?q={ref}")
    assert found.status_code == 303
    assert found.headers["location"].startswith("/procedures/")


async def test_a_dossier_shows_the_situation_the_rights_the_deadlines_and_the_proof(web: World) -> None:
    agent = await web.agent()
    ref = await granted(web, agent)
    page = (await web.client.get(f"/dossiers/{agent}")).text
    assert "Situation au 12/03/2026" in page
    assert "PU-PH" in page
    assert re.search(r"80\N{NARROW NO-BREAK SPACE}%", page)
    assert "Fin des trois ans de temps partiel" in page
    assert "art. 28-2, al. 1" in page
    assert f"Temps partiel à 80 % accordé jusqu&#39;au 11/03/2027, <b>{ref}</b>" in page
    assert re.search(r"n° \d+ · [0-9a-f]{4}…[0-9a-f]{4}", page)
    assert (await web.client.get("/dossiers/00000000-0000-0000-0000-000000000000")).status_code == 404


async def test_a_procedure_shows_its_opinions_its_signatures_and_its_rules(web: World) -> None:
    agent = await web.agent()
    ref = await web.part_time(agent)
    await web.act(
        agent, date(2026, 3, 2), type="part_time.give_opinion", case=ref, by="directeur_ufr", favourable=False
    )
    page = (await web.client.get(f"/procedures/{ref}")).text
    assert "1 / 4 rendus" in page
    assert "✕ Défavorable" in page
    assert page.count("◔ Attendu") == 3
    assert "Président de l&#39;université" in page
    assert "missing_opinion" in page
    assert "Retirer la demande" in page
    assert "Demander un changement de quotité" not in page


async def test_every_page_carries_the_safety_headers_and_no_inline_code(web: World) -> None:
    agent = await web.agent()
    ref = await web.part_time(agent)
    for path in (
        "/",
        "/dossiers",
        "/procedures",
        f"/dossiers/{agent}",
        f"/procedures/{ref}",
        "/dossiers/nouveau",
        "/x",
    ):
        page = await web.client.get(path)
        assert page.headers["content-security-policy"].startswith("default-src 'none'; script-src 'self'")
        assert page.headers["x-content-type-options"] == "nosniff"
        assert not re.search(r"<style|style=|<script(?! src=)|\son\w+=", page.text), path
        assert page.text.startswith("<!doctype html>") or page.text.lstrip().startswith("<!doctype html>")
        assert page.text.count("<h1") == 1


async def test_static_files_are_cached_and_only_they_are_served(web: World) -> None:
    page = (await web.client.get("/")).text
    for address in re.findall(r'(?:href|src)="(/static/[^"]+)"', page):
        answer = await web.client.get(address)
        assert answer.status_code == 200
        assert "immutable" in answer.headers["cache-control"]
    assert (await web.client.get("/static/__init__.py")).status_code == 404
    assert (await web.client.get("/static/../app.py")).status_code == 404


# -- Acting --


async def test_a_procedure_is_verified_then_opened_without_scripts(web: World) -> None:
    agent = await web.agent()
    choice = await web.client.get(f"/dossiers/{agent}/procedures/nouvelle")
    assert 'value="part_time.request"' in choice.text
    assert "not_eligible" in choice.text  # the stage stays visible, with its reason
    path = f"/dossiers/{agent}/procedures/nouvelle?type=part_time.request"
    form = await web.client.get(path)
    assert "Ouvrir la procédure" in form.text
    entries = {
        "quotite": "80 %",
        "starts_on": "01/05/2026",
        "months": "12",
        "ground": "convenance",
        "on": "12/03/2026",
        "version": hidden(form, "version", path),
        "cle": hidden(form, "cle", path),
    }
    checked = await web.submit(path, etape="verifier", **entries)
    assert checked.status_code == 200
    assert "Rien ne s'y oppose" in checked.text
    assert "Quotité permise" in checked.text
    assert 'value="80 %"' in checked.text
    assert await web.version(agent) == 1
    opened = await web.submit(path, etape="enregistrer", **entries)
    assert opened.status_code == 303, opened.text
    again = await web.submit(path, etape="enregistrer", **entries)
    assert again.headers["location"] == opened.headers["location"]
    assert await web.version(agent) == 2
    page = await web.client.get(opened.headers["location"])
    assert "TP-2026-" in page.text


async def test_a_refusal_keeps_what_was_entered_and_shows_the_article_and_the_way_out(web: World) -> None:
    agent = await web.agent()
    path = f"/dossiers/{agent}/procedures/nouvelle?type=part_time.request"
    answer = await web.submit(
        path, etape="enregistrer", quotite="73", starts_on="01/05/2026", months="12", on="12/03/2026", version="1"
    )
    assert answer.status_code == 422
    assert "<title>Erreur : " in answer.text
    assert 'href="#champ-quotite"' in answer.text
    assert 'value="73"' in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert "50, 60, 70, 80 et 90 %" in answer.text
    assert "Valeur admise : Quotité 70" in answer.text
    assert "art. 28-1" in answer.text
    assert "La durée du service à temps partiel est de" in answer.text  # the paraphrase
    assert await web.version(agent) == 1


@pytest.mark.parametrize(
    ("entries", "said"),
    [
        ({"starts_on": "01/05/2026", "months": "12"}, "Champ manquant."),
        ({"quotite": "80", "starts_on": "31/02/2026", "months": "12"}, "Une date AAAA-MM-JJ est attendue."),
        ({"quotite": "beaucoup", "starts_on": "01/05/2026", "months": "12"}, "Un nombre entier est attendu."),
        (
            {"quotite": "80", "starts_on": "01/05/2026"},
            "Indiquez la durée en mois ou le dernier jour, l&#39;un des deux.",
        ),
        ({"quotite": "80", "starts_on": "01/05/2026", "months": "12", "on": "13/03/2026"}, "est à venir."),
        (
            {"quotite": "80", "starts_on": "01/05/2026", "months": "12", "on": "hier"},
            "une date AAAA-MM-JJ est attendue.",
        ),
    ],
)
async def test_an_entry_that_cannot_be_read_is_refused_at_its_field(
    web: World, entries: dict[str, str], said: str
) -> None:
    agent = await web.agent()
    path = f"/dossiers/{agent}/procedures/nouvelle?type=part_time.request"
    for step in ("enregistrer", "verifier"):
        answer = await web.submit(path, etape=step, version="1", **{"on": "12/03/2026", **entries})
        if step == "enregistrer" or "on" not in entries:
            assert answer.status_code == 422, answer.text
            assert said in answer.text
    assert await web.version(agent) == 1


async def test_a_decision_exists_only_when_the_last_authority_signs(web: World) -> None:
    agent = await web.agent()
    ref = await web.part_time(agent)
    await web.opinions(agent, ref)
    web.become("universite")
    page = await web.client.get(f"/procedures/{ref}")
    assert "Signer : président de l&#39;université" in page.text
    assert "Signer : directeur général du chu" not in page.text
    path = re.findall(r'action="(/procedures/[^"]*part_time\.decide)"', page.text)[0]
    asked = {
        "object": "authorisation",
        "outcome": "granted",
        "on": "12/03/2026",
        "version": str(await web.version(agent)),
    }
    first = await web.submit(path, etape="confirmer", signataire="president_universite", **asked)
    assert "Il restera à signer : directeur général du CHU" in first.text
    assert "Temps partiel à 80 % accordé" in first.text
    assert (await web.submit(path, etape="signer", signataire="dg_chu", **asked)).status_code == 403
    signed = await web.submit(path, etape="signer", signataire="president_universite", cle="s1", **asked)
    assert signed.status_code == 303
    assert await web.version(agent) == int(asked["version"])
    assert "✓ Signé" in (await web.client.get(f"/procedures/{ref}")).text
    web.become("chu")
    last = await web.submit(path, etape="confirmer", signataire="dg_chu", **asked)
    assert "Cette signature est la dernière" in last.text
    done = await web.submit(path, etape="signer", signataire="dg_chu", cle="s2", **asked)
    assert done.status_code == 303, done.text
    history = await web.service.history(agent)
    decided = [one for one in history if one.event.name() == "PartTimeGranted"]
    assert len(decided) == 1
    row = await web.service.register.command(decided[0].command_id)
    assert row is not None
    assert b'"by":["president_universite","dg_chu"]' in row.body
    assert "✓ Signé" not in (await web.client.get(f"/procedures/{ref}")).text


async def test_a_signature_does_not_count_for_a_decision_that_says_something_else(web: World) -> None:
    agent = await web.agent()
    ref = await web.part_time(agent)
    await web.opinions(agent, ref)
    path = f"/procedures/{ref}/actes/part_time.decide"
    asked = {"object": "authorisation", "on": "12/03/2026"}
    web.become("universite")
    await web.submit(path, etape="signer", signataire="president_universite", outcome="granted", **asked)
    web.become("chu")
    await web.submit(path, etape="signer", signataire="dg_chu", outcome="refused", **asked)
    subject = await web.service.subject(agent)
    assert subject.cases[ref].status == "requested"


async def test_a_decision_may_be_signed_while_an_opinion_is_missing_but_not_recorded(web: World) -> None:
    agent = await web.agent()
    ref = await web.part_time(agent)
    path = f"/procedures/{ref}/actes/part_time.decide"
    asked = {"object": "authorisation", "outcome": "granted", "on": "12/03/2026"}
    web.become("universite")
    assert (await web.submit(path, etape="signer", signataire="president_universite", **asked)).status_code == 303
    web.become("chu")
    refused = await web.submit(path, etape="signer", signataire="dg_chu", **asked)
    assert refused.status_code == 422
    assert "Il manque l&#39;avis : " in refused.text
    await web.opinions(agent, ref)
    assert (await web.submit(path, etape="signer", signataire="dg_chu", **asked)).status_code == 303
    assert (await web.service.subject(agent)).cases[ref].status == "granted"


async def test_a_change_in_between_is_shown_and_the_entry_is_kept(web: World) -> None:
    agent = await web.agent()
    ref = await web.part_time(agent)
    before = await web.version(agent)
    await web.opinions(agent, ref)
    path = f"/procedures/{ref}/actes/part_time.give_opinion"
    answer = await web.submit(
        path, etape="enregistrer", by="chef_service", favourable="false", on="12/03/2026", version=str(before)
    )
    assert answer.status_code == 412
    assert "Ce dossier a changé" in answer.text
    assert "Avis favorable, président de la CME" in answer.text
    assert '<option value="chef_service" selected>' in answer.text
    assert f'name="version" value="{await web.version(agent)}"' in answer.text


async def test_a_dossier_is_opened_and_completed_from_the_pages(web: World) -> None:
    entries = {"family_name": "Sy", "given_name": "Awa", "facts.corps": "MCU-PH", "on": "12/03/2026", "cle": "new-1"}
    done = await web.submit("/dossiers/nouveau", **entries)
    assert done.status_code == 303, done.text
    again = await web.submit("/dossiers/nouveau", **entries)
    assert again.headers["location"] == done.headers["location"]
    assert "SY Awa" in (await web.client.get(done.headers["location"])).text
    refused = await web.submit("/dossiers/nouveau", **{**entries, "family_name": "", "cle": "new-2"})
    assert refused.status_code == 422
    assert "Saisissez le nom." in refused.text
    path = done.headers["location"] + "/actes/agent.change_corps"
    form = await web.client.get(path)
    assert "Date de la nomination" in form.text
    moved = await web.submit(path, corps="PU-PH", starts_on="01/03/2026", on="12/03/2026", version="1")
    assert moved.status_code == 303, moved.text
    assert "PU-PH" in (await web.client.get(done.headers["location"])).text


async def test_an_outcome_that_is_not_known_yet_has_its_page(web: World) -> None:
    agent = await web.agent()
    ref = await web.part_time(agent)
    web.desk.answers = False
    sent = await web.submit(f"/procedures/{ref}/actes/part_time.withdraw", etape="enregistrer", on="12/03/2026")
    assert sent.status_code == 303
    page = await web.client.get(sent.headers["location"])
    assert "La demande est conservée" in page.text


# -- Who may, and from where --


async def test_an_auditor_sees_no_form_to_record_and_is_refused(web: World) -> None:
    agent = await web.agent()
    ref = await web.part_time(agent)
    web.become("auditeur")
    for path in (f"/dossiers/{agent}", f"/procedures/{ref}", "/dossiers"):
        page = await web.client.get(path)
        assert page.status_code == 200
        assert "Nouvelle procédure" not in page.text
        assert 'class="btn p" name="signataire"' not in page.text
        assert "Autres actes" not in page.text
        assert "Ouvrir un dossier" not in page.text
    assert (await web.client.get(f"/dossiers/{agent}/procedures/nouvelle")).status_code == 403
    assert (await web.submit(f"/procedures/{ref}/actes/part_time.withdraw", on="12/03/2026")).status_code == 403
    assert (await web.submit("/bac-a-sable/horloge", jour="01/01/2027")).status_code == 403
    assert web.desk.moved == []


async def test_a_form_from_elsewhere_is_refused(web: World) -> None:
    agent = await web.agent()
    ref = await web.part_time(agent)
    path = f"/procedures/{ref}/actes/part_time.withdraw"
    page = await web.client.get("/dossiers")
    token = page.text.split('name="jeton" value="')[1].split('"')[0]
    entries = {"etape": "enregistrer", "on": "12/03/2026"}
    assert (await web.client.post(path, data=entries)).status_code == 403
    assert (await web.client.post(path, data={**entries, "jeton": "0" * 64})).status_code == 403
    foreign = {"Origin": "http://ailleurs.test"}
    assert (await web.client.post(path, data={**entries, "jeton": token}, headers=foreign)).status_code == 403
    web.client.cookies.clear()
    assert (await web.client.post(path, data={**entries, "jeton": token})).status_code == 403
    assert (await web.service.subject(agent)).cases[ref].status == "requested"


async def test_the_sandbox_moves_its_clock_and_changes_identity(web: World) -> None:
    page = await web.client.get("/")
    assert "Bac à sable : données inventées, sans valeur." in page.text
    assert 'value="13/03/2026">+1 jour' in page.text
    assert 'value="12/04/2026">+1 mois' in page.text
    moved = await web.submit("/bac-a-sable/horloge", jour="01/09/2026", retour="/dossiers")
    assert moved.status_code == 303
    assert moved.headers["location"] == "/dossiers"
    assert web.desk.moved == [date(2026, 9, 1)]
    away = await web.submit("/bac-a-sable/identite", identite="chu", retour="//ailleurs.test/")
    assert away.headers["location"] == "/"
    assert "Jeanne Morvan" in (await web.client.get("/")).text
    assert (await web.submit("/bac-a-sable/identite", identite="moi")).status_code == 404


async def test_outside_the_sandbox_there_is_no_clock_and_no_other_identity(store: Databases) -> None:
    async with world(store, demo=False) as real:
        real.become("auditeur")
        page = await real.client.get("/")
        assert "Bac à sable" not in page.text
        page = await real.client.get("/dossiers/nouveau")
        assert page.status_code == 200
        token = page.text.split('name="jeton" value="')[1].split('"')[0]
        answer = await real.client.post("/bac-a-sable/horloge", data={"jeton": token, "jour": "01/01/2027"})
        assert answer.status_code == 404
        agent = await real.agent()
        ref = await real.part_time(agent)
        assert "Signer : directeur général du chu" in (await real.client.get(f"/procedures/{ref}")).text


# -- When a part is away --


async def test_the_alarms_away_are_told_and_decisions_go_on(web: World) -> None:
    agent = await web.agent()
    web.desk.degraded_since = LONG_AGO
    page = await web.client.get("/")
    assert "Les échéances automatiques sont en pause depuis 09:12. Les décisions restent enregistrées." in page.text
    path = f"/dossiers/{agent}/procedures/nouvelle?type=part_time.request"
    answer = await web.submit(path, quotite="80", starts_on="01/05/2026", months="12", on="12/03/2026", version="1")
    assert answer.status_code == 303


async def test_the_register_away_is_a_page_without_a_form(alone: World) -> None:
    await alone.service.register.pool.close()
    for path in ("/", "/dossiers", "/procedures"):
        page = await alone.client.get(path)
        assert page.status_code == 503
        assert page.headers["content-type"].startswith("text/html")
        assert "Le registre ne répond pas." in page.text
        assert "<form" not in page.text
