"""The API: statuses, both sides of each, and what an answer says."""

import asyncio
from collections.abc import AsyncIterator
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import pytest_asyncio
from service.web_world import LONG_AGO, TODAY, V1, World, own_register, problem, world

from adapters.embedded.postgres import Databases

pytestmark = [pytest.mark.service, pytest.mark.asyncio(loop_scope="module")]

REQUEST = {"type": "part_time.request", "quotite": 80, "starts_on": "2026-05-01", "months": 12}


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
    """A register that no other test writes to."""
    async with world(store) as made:
        yield made


def asked(agent: UUID, /, **more: Any) -> dict[str, Any]:
    return {"agent": str(agent), **REQUEST, **more}


# -- Agents --


async def test_an_agent_is_created_with_a_name_that_stays_out_of_the_register(web: World) -> None:
    person = {"family_name": "Okoro", "given_name": "Ada", "matricule": "A-77", "birth_date": "1980-02-29"}
    facts = {"corps": "MCU-PH", "validated_years": "2.5"}
    answer = await web.post("/agents", {"type": "agent.register", "facts": facts, "person": person, "on": "2026-01-05"})
    assert answer.status_code == 201, answer.text
    agent = answer.json()["agent"]
    assert answer.headers["location"] == f"{V1}/agents/{agent}"
    assert answer.headers["etag"] == '"1"'
    read = (await web.get(f"/agents/{agent}")).json()
    assert read["person"]["family_name"] == "Okoro"
    assert read["version"] == 1
    events = (await web.get(f"/agents/{agent}/events")).json()
    assert "Okoro" not in str(events)
    found = (await web.get("/agents?q=okoro")).json()
    assert [one["id"] for one in found["items"]] == [agent]
    assert (await web.get("/agents?q=personne")).json()["items"] == []


async def test_a_matricule_names_one_agent_only(web: World) -> None:
    person = {"family_name": "Okoro", "given_name": "Ada", "matricule": "A-1"}
    body = {"type": "agent.register", "facts": {}, "person": person}
    assert (await web.post("/agents", body)).status_code == 201
    problem(await web.post("/agents", body), 422, "matricule_taken")


async def test_an_agent_is_read_as_recorded_and_as_effective(web: World) -> None:
    agent = await web.agent()
    before = (await web.get(f"/agents/{agent}/events")).json()["items"][-1]["recorded_at"]
    ref = await web.part_time(agent)
    assert len((await web.get(f"/agents/{agent}")).json()["cases"]) == 2
    assert len((await web.get(f"/agents/{agent}?as_recorded_at={before}")).json()["cases"]) == 1
    await web.opinions(agent, ref)
    await web.act(
        agent, TODAY, type="part_time.decide", case=ref, by=["president_universite", "dg_chu"], outcome="granted"
    )
    rights = (await web.get(f"/agents/{agent}/entitlements?effective_on=2026-06-01")).json()
    assert rights["entitlements"]["part_time"]["quotite"] == 80
    rights = (await web.get(f"/agents/{agent}/entitlements?effective_on=2026-04-30")).json()
    assert rights["entitlements"]["part_time"]["quotite"] == 100


async def test_agents_are_read_page_after_page(alone: World) -> None:
    agents = {str(await alone.agent(name)) for name in ("Aubin", "Bérard", "Cazal")}
    seen: list[str] = []
    cursor = ""
    while True:
        page = (await alone.get(f"/agents?limit=2&cursor={cursor}")).json()
        seen += [one["id"] for one in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = page["next_cursor"]
    assert len(seen) == 3
    assert set(seen) == agents
    problem(await alone.get("/agents?cursor=abc"), 400, "invalid_parameter")
    problem(await alone.get("/agents?limit=0"), 400, "invalid_parameter")


# -- Cases --


async def test_a_case_is_opened_under_the_next_reference(alone: World) -> None:
    agent = await alone.agent()
    answer = await alone.post("/cases", asked(agent), version=1)
    assert answer.status_code == 201, answer.text
    said = answer.json()
    assert said["case"]["ref"] == "TP-2026-001"
    assert said["case"]["status"] == "requested"
    assert answer.headers["location"] == f"{V1}/cases/{said['case']['id']}"
    assert answer.headers["etag"] == '"2"'
    assert [event["type"] for event in said["events"]] == ["PartTimeRequested"]
    assert said["events"][0]["title"] == "Temps partiel à 80 % demandé du 01/05/2026 au 30/04/2027"
    other = await alone.agent("Delmas")
    assert (await alone.post("/cases", asked(other), version=1)).json()["case"]["ref"] == "TP-2026-002"


async def test_a_case_is_read_by_reference_and_by_identifier(web: World) -> None:
    agent = await web.agent()
    said = (await web.post("/cases", asked(agent, case="TP/1"), version=1)).json()
    by_ref, by_id = await web.get("/cases/TP/1"), await web.get(f"/cases/{said['case']['id']}")
    assert by_ref.json() == by_id.json()
    assert by_ref.json()["events"] == said["events"]
    assert (await web.get("/cases/TP/1", **{"If-None-Match": by_ref.headers["etag"]})).status_code == 304
    assert (await web.get("/cases/TP/1", **{"If-None-Match": '"1"'})).status_code == 200
    problem(await web.get("/cases/TP-9999-001"), 404, "not_found")


async def test_a_reference_used_by_two_dossiers_is_ambiguous(web: World) -> None:
    for name in ("Aubin", "Bérard"):
        await web.part_time(await web.agent(name), "TP1")
    said = problem(await web.get("/cases/TP1"), 409, "ambiguous_reference")
    assert len(said["cases"]) == 2
    assert (await web.get(f"/cases/{said['cases'][0]}")).status_code == 200


async def test_a_decision_tells_its_deadlines_and_what_it_changes(web: World) -> None:
    agent = await web.agent()
    ref = await web.part_time(agent, starts_on="2026-03-12")
    await web.opinions(agent, ref)
    decision = {"type": "part_time.decide", "by": ["president_universite", "dg_chu"], "outcome": "granted"}
    answer = await web.post(f"/cases/{ref}/commands", decision, version=await web.version(agent))
    assert answer.status_code == 200, answer.text
    said = answer.json()
    assert {"part_time_tacit_renewal", "part_time_express_renewal"} <= {one["kind"] for one in said["deadlines"]}
    changed = {one["name"]: (one["before"], one["after"]) for one in said["entitlements_changed"]}
    assert changed["part_time.quotite"] == (100, 80)
    basis = said["deadlines"][0]["basis"][0]
    assert basis == {
        "ref": "D2021-1645:28-2.4",
        "paragraph": "4",
        "title": "Autorisation, renouvellement, modification",
        "in_force_from": "2024-10-19",
    }


# -- Refusals --


async def test_a_refusal_names_every_rule_its_article_and_the_way_out(web: World) -> None:
    agent = await web.agent()
    answer = await web.post("/cases", asked(agent, quotite=73, months=3), version=1)
    said = problem(answer, 422, "quotite_not_allowed")
    assert [one["code"] for one in said["violations"]] == ["quotite_not_allowed", "period_too_short"]
    first = said["violations"][0]
    assert first["field"] == "quotite"
    assert first["value"] == 73
    assert first["suggestion"] == {"quotite": 70}
    assert first["basis"][0]["ref"] == "D2021-1645:28-1"
    assert answer.headers["etag"] == '"1"'
    assert await web.version(agent) == 1


async def test_the_notice_too_short_is_said_in_the_words_of_an_office(web: World) -> None:
    agent = await web.agent()
    ref = await web.part_time(agent, starts_on="2026-03-12")
    await web.opinions(agent, ref)
    by = ["president_universite", "dg_chu"]
    await web.act(agent, TODAY, type="part_time.decide", case=ref, by=by, outcome="granted")
    amend = {"type": "part_time.amend", "quotite": 60, "effective_on": "2026-04-15"}
    answer = await web.post(f"/cases/{ref}/commands", amend, version=await web.version(agent))
    said = problem(answer, 422, "notice_too_short")
    assert said["detail"] == (
        "La date d'effet (15/04/2026) précède le délai de deux mois (12/05/2026). Choisissez le 12/05/2026 ou plus tard."
    )


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"quotite": "80"}, "quotite"),
        ({"quotite": True}, "quotite"),
        ({"quotite": 80.0}, "quotite"),
        ({"starts_on": "2026-05-01T00:00:00"}, "starts_on"),
        ({"starts_on": 20260501}, "starts_on"),
        ({"annualised": 1}, "annualised"),
        ({"unknown": 1}, "unknown"),
        ({"ground": "ennui"}, "ground"),
        ({"case": "../etc"}, "case"),
        ({"type": "part_time.dream"}, "type"),
        ({"type": None}, "type"),
        ({"agent": "x"}, "agent"),
        ({"on": "12/03/2026"}, "on"),
        ({"on": "2026-W10-4"}, "on"),
        ({"case": "a\u0000b"}, "case"),
        ({"type": "part_time.withdraw"}, "type"),
    ],
)
async def test_a_malformed_command_is_refused_with_the_path_of_what_is_wrong(
    web: World, change: dict[str, Any], field: str
) -> None:
    agent = await web.agent()
    said = problem(await web.post("/cases", asked(agent, **change), version=1), 400, "invalid_command")
    assert said["field"] == field


async def test_an_act_to_come_is_refused(web: World) -> None:
    agent = await web.agent()
    tomorrow = (TODAY + timedelta(days=1)).isoformat()
    said = problem(await web.post("/cases", asked(agent, on=tomorrow), version=1), 422, "date_in_future")
    assert said["suggestion"] == {"on": "2026-03-12"}


# -- Versions and repeated requests --


async def test_a_write_says_which_version_it_has_seen(web: World) -> None:
    agent = await web.agent()
    problem(await web.post("/cases", asked(agent)), 428, "precondition_required")
    for wrong in ("7", 'W/"1"', '"un"', '"1", "2'):
        answer = await web.post("/cases", asked(agent), **{"If-Match": wrong})
        problem(answer, 400, "invalid_header")
    said = problem(await web.post("/cases", asked(agent), version=0), 412, "stale_version")
    assert said["current_version"] == 1
    assert [event["type"] for event in said["events_since"]] == ["AgentRegistered"]
    assert (await web.post("/cases", asked(agent), **{"If-Match": "*"})).status_code == 201


async def test_a_repeated_request_receives_the_first_answer(web: World) -> None:
    agent = await web.agent()
    first = await web.post("/cases", asked(agent), version=1, key="k1-20")
    await web.act(agent, TODAY, type="part_time.withdraw", case=first.json()["case"]["ref"])
    web.clock.day = date(2026, 9, 1)
    again = await web.post("/cases", asked(agent), version=1, key="k1-20")
    assert again.status_code == 201
    assert again.json() == first.json()
    assert again.headers["etag"] == first.headers["etag"]
    assert again.headers["idempotent-replayed"] == "true"
    assert "idempotent-replayed" not in first.headers
    problem(await web.post("/cases", asked(agent, quotite=60), version=1, key="k1-20"), 422, "idempotency_key_reused")


async def test_a_repeated_refusal_is_the_first_refusal(web: World) -> None:
    agent = await web.agent()
    first = await web.post("/cases", asked(agent, quotite=73), version=1, key="k-21")
    again = await web.post("/cases", asked(agent, quotite=73), version=1, key="k-21")
    assert again.status_code == first.status_code == 422
    assert again.json()["violations"] == first.json()["violations"]
    assert again.headers["idempotent-replayed"] == "true"


async def test_the_same_request_sent_ten_times_at_once_records_once(web: World) -> None:
    agent = await web.agent()
    answers = await asyncio.gather(*(web.post("/cases", asked(agent), version=1, key="k-22") for _ in range(10)))
    assert {answer.status_code for answer in answers} == {201}, [answer.text for answer in answers]
    assert len({answer.json()["case"]["ref"] for answer in answers}) == 1
    assert await web.version(agent) == 2


async def test_an_agent_created_twice_under_one_key_is_one_agent(web: World) -> None:
    body = {"type": "agent.register", "facts": {"corps": "PHU"}, "person": {"family_name": "Sy", "given_name": "Awa"}}
    answers = await asyncio.gather(*(web.post("/agents", body, key="k-23") for _ in range(4)))
    assert {answer.status_code for answer in answers} == {201}, [answer.text for answer in answers]
    assert len({answer.json()["agent"] for answer in answers}) == 1


async def test_a_key_is_required_and_bounded(web: World) -> None:
    agent = await web.agent()
    problem(await web.post("/cases", asked(agent), version=1, key=None), 400, "idempotency_key_missing")
    problem(await web.post("/cases", asked(agent), version=1, key="k" * 65), 400, "invalid_header")
    assert (await web.post("/cases", asked(agent), version=1, key=str(uuid4()) + "k" * 28)).status_code == 201


async def test_an_outcome_that_is_not_known_yet_is_202_and_can_be_read_later(web: World) -> None:
    agent = await web.agent()
    web.desk.answers = False
    answer = await web.post("/cases", asked(agent), version=1)
    assert answer.status_code == 202
    said = answer.json()
    assert answer.headers["location"] == f"{V1}/commands/{said['command_id']}"
    read = (await web.get(f"/commands/{said['command_id']}")).json()
    assert read["status"] == "pending"
    await web.service.handle(UUID(said["command_id"]))
    assert (await web.get(f"/commands/{said['command_id']}")).json()["status"] == "accepted"
    problem(await web.get(f"/commands/{uuid4()}"), 404, "not_found")


# -- Questions --


async def test_a_check_records_nothing_and_tells_the_years_to_come(web: World) -> None:
    agent = await web.agent()
    answer = await web.client.post(f"{V1}/checks", json=asked(agent))
    assert answer.status_code == 200, answer.text
    said = answer.json()
    assert said["allowed"] is True
    assert all(rule["met"] for rule in said["rules"])
    assert {"code": "quotite_not_allowed", "label": "Quotité permise"}.items() <= said["rules"][4].items()
    refused = (await web.client.post(f"{V1}/checks", json=asked(agent, months=3))).json()
    assert refused["allowed"] is False
    assert [rule["code"] for rule in refused["rules"] if not rule["met"]] == ["period_too_short"]
    assert await web.version(agent) == 1


async def test_the_forecast_of_a_decision_holds_both_renewals_and_the_end_of_the_three_years(web: World) -> None:
    agent = await web.agent()
    ref = await web.part_time(agent)
    await web.opinions(agent, ref)
    body = {"agent": str(agent), "type": "part_time.decide", "case": ref, "outcome": "granted"}
    body["by"] = ["president_universite", "dg_chu"]  # type: ignore[assignment]
    said = (await web.client.post(f"{V1}/checks", json=body)).json()
    due = [one["due"] for one in said["forecast"] if one["kind"].startswith("part_time_") and one["automatic"]]
    assert due == ["2027-05-01", "2028-05-01"]
    lapsing = [one["due"] for one in said["forecast"] for event in one["events"] if event["type"] == "PartTimeLapsed"]
    assert lapsing == ["2029-05-01"]


async def test_what_is_possible_is_told_with_what_stands_in_the_way(web: World) -> None:
    agent = await web.agent()
    ref = await web.part_time(agent)
    said = (await web.get(f"/cases/{ref}/commands")).json()
    possible = {one["type"]: one for one in said["commands"]}
    assert possible["part_time.give_opinion"]["possible"] is True
    assert possible["part_time.withdraw"]["possible"] is True
    assert possible["part_time.decide"]["possible"] is False
    assert possible["part_time.decide"]["why_not"][0]["code"] == "missing_opinion"
    assert possible["part_time.amend"]["why_not"][0]["code"] == "invalid_state"
    opening = {one["type"]: one for one in (await web.get(f"/agents/{agent}/commands")).json()["commands"]}
    assert opening["agent.record_facts"]["possible"] is True
    assert opening["part_time.request"]["possible"] is False
    assert opening["stage.open"]["why_not"][0]["code"] == "not_eligible"


async def test_a_scenario_is_simulated_without_a_dossier(web: World) -> None:
    scenario = {
        "subject": {"corps": "PU-PH"},
        "steps": [{"on": "2026-02-01", "command": {**REQUEST, "case": "TP1"}}],
        "until": "2026-06-01",
    }
    said = (await web.client.post(f"{V1}/simulations", json=scenario)).json()
    assert said["steps"][0]["accepted"] is True
    scenario["steps"] = [{"on": "x", "command": {}}]
    problem(await web.client.post(f"{V1}/simulations", json=scenario), 400, "invalid_command")


async def test_deadlines_are_listed_by_date_and_filtered(alone: World) -> None:
    agent = await alone.agent()
    ref = await alone.part_time(agent, starts_on="2026-03-12")
    await alone.opinions(agent, ref)
    by = ["president_universite", "dg_chu"]
    await alone.act(agent, TODAY, type="part_time.decide", case=ref, by=by, outcome="granted")
    everything = (await alone.get("/deadlines")).json()["items"]
    assert [one["due"] for one in everything] == sorted(one["due"] for one in everything)
    assert everything[0]["name"] == "Marchand Claire"
    automatic = (await alone.get("/deadlines?authority=")).json()["items"]
    assert {one["kind"] for one in automatic} == {"part_time_tacit_renewal"}
    internal = (await alone.get("/deadlines?nature=internal")).json()["items"]
    assert {one["kind"] for one in internal} == {"part_time_express_renewal_reminder"}
    paged = [(await alone.get("/deadlines?limit=1")).json()]
    while paged[-1]["next_cursor"]:
        paged.append((await alone.get(f"/deadlines?limit=1&cursor={paged[-1]['next_cursor']}")).json())
    assert [one for page in paged for one in page["items"]] == everything


async def test_every_code_of_a_refusal_is_listed(web: World) -> None:
    items = (await web.get("/codes")).json()["items"]
    codes = {one["code"]: one for one in items}
    assert len(codes) == len(items)
    assert codes["notice_too_short"]["basis"] == ["D2021-1645:28-2.2"]
    assert codes["stale_version"]["status"] == 412


# -- The protocol --


async def test_bodies_are_bounded_typed_and_objects(web: World) -> None:
    path, headers = f"{V1}/agents", {"Idempotency-Key": "k-32", "Content-Type": "application/json"}

    async def sent(content: Any, **more: str) -> Any:
        return await web.client.post(path, content=content, headers={**headers, **more})

    async def drops() -> AsyncIterator[bytes]:
        for _ in range(300):
            yield b" " * 1024

    problem(await sent(b" " * (256 * 1024 + 1)), 413, "body_too_large")
    problem(await sent(drops()), 413, "body_too_large")
    problem(await sent(b"{}", **{"Content-Type": "text/plain"}), 415, "not_json")
    problem(await sent(b"{"), 400, "invalid_command")
    problem(await sent(b"[]"), 400, "invalid_command")
    problem(await sent(b'{"facts": NaN}'), 400, "invalid_command")
    problem(await sent(b'{"a":' * 40 + b"1" + b"}" * 40), 400, "invalid_command")
    problem(await sent(b"[" * 5000), 400, "invalid_command")
    problem(await sent('{"type": "agent.register", "facts": {"validated_years": 1.5}}'), 400, "invalid_command")


async def test_an_address_that_is_not_there_and_a_method_that_is_not_taken(web: World) -> None:
    problem(await web.get("/nothing"), 404, "not_found")
    answer = await web.client.delete(f"{V1}/cases/TP1/commands")
    problem(answer, 405, "method_not_allowed")
    assert answer.headers["allow"] == "GET, POST"
    problem(await web.get("/agents/not-an-id"), 404, "not_found")
    problem(await web.get(f"/agents/{uuid4()}"), 404, "not_found")
    problem(await web.get(f"/agents/{uuid4()}?effective_on=hier"), 400, "invalid_parameter")


async def test_a_request_keeps_the_number_that_it_brings(web: World) -> None:
    assert (await web.get("/version", **{"X-Request-Id": "abc-1"})).headers["x-request-id"] == "abc-1"
    given = (await web.get("/version", **{"X-Request-Id": "a b"})).headers["x-request-id"]
    assert UUID(given)
    agent = await web.agent()
    await web.post("/cases", asked(agent), version=1, **{"X-Request-Id": "abc-2"})
    row = await web.service.register._read("SELECT request_id FROM commands ORDER BY received_at DESC LIMIT 1")
    assert row[0]["request_id"] == "abc-2"


async def test_an_auditor_records_nothing_but_reads_and_checks(web: World) -> None:
    agent = await web.agent()
    web.become("auditeur")
    problem(await web.post("/cases", asked(agent), version=1), 403, "forbidden")
    problem(await web.post("/agents", {"type": "agent.register", "facts": {}}), 403, "forbidden")
    assert (await web.get(f"/agents/{agent}")).status_code == 200
    assert (await web.client.post(f"{V1}/checks", json=asked(agent))).status_code == 200


async def test_readiness_tells_the_alarms_that_are_away(web: World) -> None:
    assert (await web.get("/health/ready")).json()["degraded_since"] is None
    web.desk.degraded_since = LONG_AGO
    answer = await web.get("/health/ready")
    assert answer.json()["degraded_since"] == "2026-03-12T08:12:00Z"
    assert answer.headers["greffe-degraded-since"] == "2026-03-12T08:12:00Z"
    agent = await web.agent()
    assert (await web.post("/cases", asked(agent), version=1)).status_code == 201


async def test_a_register_that_does_not_answer_is_503_and_life_goes_on(alone: World) -> None:
    agent = await alone.agent()
    await alone.service.register.pool.close()
    problem(await alone.get(f"/agents/{agent}"), 503, "store_unavailable")
    answer = await alone.get("/health/ready")
    problem(answer, 503, "store_unavailable")
    assert answer.headers["retry-after"]
    assert (await alone.get("/health/live")).status_code == 200
