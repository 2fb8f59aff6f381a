"""The scenario contract: what is read, in which order it runs, what comes out, and how an expectation is compared."""

from typing import Any

import pytest

from domain.procedures import REGISTRY
from domain.simulation import InputError, Result, read_scenario, simulate

OPINIONS = ["directeur_ufr", "president_cme", "chef_pole", "chef_service"]
JOINTLY = ["president_universite", "dg_chu"]
REQUEST = {"type": "part_time.request", "case": "C1", "quotite": 80, "starts_on": "2025-01-01", "months": 12}
OPINION = {"type": "part_time.give_opinion", "case": "C1", "by": OPINIONS, "favourable": True}
GRANT = {"type": "part_time.decide", "case": "C1", "by": JOINTLY, "outcome": "granted"}
STEPS = [
    {"on": "2024-11-04", "command": REQUEST},
    {"on": "2024-11-20", "command": OPINION},
    {"on": "2024-12-02", "command": GRANT},
]
SUBJECT = {"kind": "agent", "id": "A1", "corps": "PU-PH"}


def run(steps: Any = STEPS, **more: Any) -> Result:
    return simulate(REGISTRY, read_scenario({"subject": SUBJECT, "steps": steps, **more}))


def differences(expect: dict[str, Any], until: str | None = "2028-02-01", steps: Any = STEPS) -> tuple[str, ...]:
    return run(steps, expect=expect, **({"until": until} if until else {})).differences


# -- Reading -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "more",
    [
        {"titel": "a slip"},
        {"steps": [{"on": "2025-01-01"}]},
        {"steps": [{"on": "2025-01-01", "command": {"type": "part_time.fly", "case": "C1"}}]},
        {"steps": [{"on": "2025-01-01", "command": {"case": "C1"}}]},
        {"steps": [{"on": "2025-01-01", "command": REQUEST | {"surplus": 1}}]},
        {"steps": [{"on": "2025-01-01", "command": {**REQUEST, "case": None}}]},
        {"steps": [{"on": "2025-01-01", "command": {k: v for k, v in REQUEST.items() if k != "case"}}]},
        {"steps": [{"on": "2025-13-01", "command": REQUEST}]},
        {"steps": [{"on": "2025-01-01T00:00:00", "command": REQUEST}]},
        {"steps": [{"on": "2025-01-01", "command": REQUEST, "who": "me"}]},
        {"choices": {"part_time.nothing": 1}},
        {"choices": {"part_time.last_period": "cut"}},
        {"until": "demain"},
        {"expect": {"evnts": []}},
        {"expect": {"entitlements": {"on": "hier"}}},
        {"subject": {"kind": "robot", "id": "R2"}},
        {"subject": {"kind": "agent", "id": "A1", "corps": "PU-PH", "colour": "blue"}},
        {"subject": {"kind": "agent", "id": "A1", "pay": {"primes": 12.5}}},
        {"subject": {"kind": "agent", "id": "A1", "statut": "emerite"}},
    ],
)
def test_what_cannot_be_read_is_an_input_error_with_its_path(more: dict[str, Any]) -> None:
    with pytest.raises(InputError) as error:
        simulate(REGISTRY, read_scenario({"subject": SUBJECT, "steps": STEPS} | more))
    assert error.value.path
    assert error.value.reason


def test_the_path_names_the_step_and_the_field() -> None:
    with pytest.raises(InputError) as error:
        run([*STEPS[:1], {"on": "2024-11-20", "command": OPINION | {"by": "nobody"}}])
    assert error.value.path.startswith("steps.1.command.by")


@pytest.mark.parametrize("given", [None, [], "scenario", 3, {}])
def test_what_is_not_a_scenario_is_an_input_error(given: Any) -> None:
    with pytest.raises(InputError):
        read_scenario(given)


def test_a_title_a_procedure_and_notes_may_be_said() -> None:
    result = run(title="Un an", procedure="part_time", notes="à relire", id="X-1").as_json()
    assert (result["id"], result["title"]) == ("X-1", "Un an")


# -- Running -----------------------------------------------------------------------------------------


def test_steps_run_in_the_order_of_their_days_and_keep_their_number() -> None:
    shown = run(list(reversed(STEPS))).as_json()
    assert [(step["step"], step["on"]) for step in shown["steps"]] == [
        (2, "2024-11-04"),
        (1, "2024-11-20"),
        (0, "2024-12-02"),
    ]
    assert all(step["accepted"] for step in shown["steps"])


def test_steps_of_one_day_run_in_the_order_of_the_list() -> None:
    same_day = [{"on": "2024-11-04", "command": command} for command in (REQUEST, OPINION, GRANT)]
    assert all(step["accepted"] for step in run(same_day).as_json()["steps"])
    assert not run(same_day[::-1]).as_json()["steps"][0]["accepted"]


def test_a_scenario_ends_on_its_last_step_unless_it_says_otherwise() -> None:
    later = [*STEPS, {"on": "2026-01-01", "command": {"type": "part_time.inform_cng", "case": "C1"}}]
    assert "PartTimeRenewedTacitly" in [event["type"] for event in run(later).as_json()["events"]]
    assert "PartTimeRenewedTacitly" not in [event["type"] for event in run().as_json()["events"]]


def test_an_event_names_the_step_that_made_it_and_none_when_time_did() -> None:
    events = run(until="2028-02-01").as_json()["events"]
    assert {event["type"]: event.get("step") for event in events} == {
        "PartTimeRequested": 0,
        "PartTimeOpinionGiven": 1,
        "PartTimeGranted": 2,
        "CngInformationDue": None,  # the last of them is that of the lapse
        "PartTimeRenewedTacitly": None,
        "PartTimeLapsed": None,
    }


def test_the_bookkeeping_of_the_register_is_not_shown() -> None:
    shown = {event["type"] for event in run(until="2028-02-01").as_json()["events"]}
    assert not shown & {"DeadlineArmed", "DeadlineCancelled", "DeadlineFell", "DeadlineMet", "AgentRegistered"}


def test_an_event_shows_its_data_at_top_level() -> None:
    (granted,) = [event for event in run().as_json()["events"] if event["type"] == "PartTimeGranted"]
    assert (granted["on"], granted["case"], granted["quotite"]) == ("2025-01-01", "C1", 80)
    assert all(isinstance(ref, str) for ref in granted["basis"])


def test_a_refused_step_shows_its_code_its_basis_and_every_violation() -> None:
    wrong = REQUEST | {"quotite": 55, "months": 5}
    (step,) = run([{"on": "2024-11-04", "command": wrong}]).as_json()["steps"]
    assert (step["accepted"], step["code"], step["basis"]) == (False, "quotite_not_allowed", ["D2021-1645:28-1"])
    assert [one["code"] for one in step["violations"]] == ["quotite_not_allowed", "period_too_short"]
    assert all(one["basis"] for one in step["violations"])


def test_deadlines_say_what_became_of_them() -> None:
    def status(kind: str, until: str) -> list[str]:
        return [one["status"] for one in run(until=until).as_json()["deadlines"] if one["kind"] == kind]

    assert status("part_time_express_renewal", "2027-12-31") == ["open"]
    assert status("part_time_express_renewal", "2028-01-01") == ["fallen"]
    back = {"type": "part_time.return_full_time", "case": "C1", "effective_on": "2025-06-01"}
    decide = GRANT | {"object": "return_full_time"}
    steps = [*STEPS, {"on": "2025-02-01", "command": back}, {"on": "2025-02-02", "command": decide}]
    shown = run(steps, until="2028-02-01").as_json()["deadlines"]
    assert [one["status"] for one in shown if one["kind"] == "part_time_express_renewal"] == ["cancelled"]


def test_a_deadline_shows_its_day_nature_and_basis() -> None:
    shown = run().as_json()["deadlines"]
    (reminder,) = [one for one in shown if one["kind"] == "part_time_express_renewal_reminder"]
    assert (reminder["due"], reminder["case"], reminder["nature"], reminder["armed_on"]) == (
        "2027-11-01",
        "C1",
        "internal",
        "2024-12-02",
    )
    (limit,) = [one for one in shown if one["kind"] == "part_time_express_renewal"]
    assert (limit["nature"], limit["basis"]) == ("statutory", ["D2021-1645:28-2.1"])


def test_rights_are_read_at_the_end_of_the_day_asked_about() -> None:
    def quotite(on: str) -> int:
        shown = run(until="2028-02-01", expect={"entitlements": {"on": on}}).as_json()["entitlements"]
        assert shown["on"] == on
        share: int = shown["part_time"]["quotite"]
        return share

    assert [quotite(day) for day in ("2024-12-31", "2025-01-01", "2027-12-31", "2028-01-01")] == [100, 80, 80, 100]


def test_rights_of_a_day_ignore_what_was_done_later() -> None:
    back = {"type": "part_time.return_full_time", "case": "C1", "effective_on": "2025-12-01"}
    decide = GRANT | {"object": "return_full_time"}
    steps = [*STEPS, {"on": "2025-09-01", "command": back}, {"on": "2025-09-02", "command": decide}]
    before = run(steps, expect={"entitlements": {"on": "2025-08-01"}}).entitlements
    assert before["part_time"]["annual_leave_half_days"] == {"2025": 40}


def test_rights_are_read_on_the_last_day_by_default() -> None:
    shown = run(until="2025-03-01").as_json()["entitlements"]
    assert (shown["on"], shown["part_time"]["quotite"]) == ("2025-03-01", 80)


def test_the_same_scenario_gives_the_same_result() -> None:
    assert run(until="2028-02-01").as_json() == run(until="2028-02-01").as_json()


# -- Comparing ---------------------------------------------------------------------------------------


def test_an_expectation_that_is_met() -> None:
    expect = {
        "accepted": [0, 1, 2],
        "rejected": [],
        "events": [
            {"type": "PartTimeLapsed", "on": "2028-01-01", "basis": ["D2021-1645:28-2"]},
            {"type": "PartTimeRenewedTacitly", "on": "2027-01-01"},
            {"type": "PartTimeRenewedTacitly"},
        ],
        "no_events": ["PartTimeEnded", {"type": "PartTimeLapsed", "case": "C2"}],
        "deadlines": [{"kind": "part_time_express_renewal", "due": "2028-01-01"}],
        "no_deadlines": [{"kind": "part_time_doctor_opinion"}],
        "entitlements": {"on": "2025-06-01", "part_time": {"quotite": 80}},
    }
    assert differences(expect) == ()


@pytest.mark.parametrize(
    "expect",
    [
        {"accepted": [0, 1]},
        {"accepted": [0, 1, 2, 3]},
        {"rejected": [{"step": 2, "code": "missing_opinion"}]},
        {"events": [{"type": "PartTimeEnded"}]},
        {"events": [{"type": "PartTimeLapsed", "on": "2028-01-02"}]},
        {"events": [{"type": "PartTimeLapsed", "basis": ["D2021-1645:28-1"]}]},
        {"events": [{"type": "PartTimeLapsed", "basis": ["D2021-1645:28"]}]},
        {"events": [{"type": "PartTimeLapsed", "basis": ["D2021-1645:28-2.2"]}]},
        {"events": [{"type": "PartTimeLapsed", "cause": "cap"}]},
        {"events": [{"type": "PartTimeRenewedTacitly"}] * 3},
        {"events": [{"type": "PartTimeGranted", "quotite": "80"}]},
        {"no_events": ["PartTimeLapsed"]},
        {"no_events": [{"type": "PartTimeLapsed", "case": "C1"}]},
        {"deadlines": [{"kind": "part_time_express_renewal", "due": "2028-01-02"}]},
        {"no_deadlines": [{"kind": "part_time_express_renewal"}]},
        {"no_deadlines": [{"due": "2026-01-01"}]},
        {"entitlements": {"on": "2025-06-01", "part_time": {"quotite": 90}}},
        {"entitlements": {"on": "2025-06-01", "delegations": {}}},
    ],
)
def test_an_expectation_that_is_not_met_is_said(expect: dict[str, Any]) -> None:
    assert differences(expect)


def test_a_refusal_is_expected_by_its_code() -> None:
    early = [*STEPS[:1], {"on": "2024-11-05", "command": GRANT}]
    assert differences({"accepted": [0], "rejected": [{"step": 1, "code": "missing_opinion"}]}, None, early) == ()
    assert differences({"rejected": [{"step": 1, "code": "missing_authority"}]}, None, early)
    assert differences({"rejected": []}, None, early)
    assert differences({"accepted": [0, 1]}, None, early)


def test_a_general_pattern_leaves_the_precise_one_its_event() -> None:
    general_first = [{"type": "PartTimeRenewedTacitly"}, {"type": "PartTimeRenewedTacitly", "on": "2026-01-01"}]
    assert differences({"events": general_first}) == ()


def test_a_cancelled_deadline_was_armed_and_is_not_open() -> None:
    withdrawn = [*STEPS, {"on": "2024-12-10", "command": {"type": "part_time.withdraw", "case": "C1"}}]
    limit = [{"kind": "part_time_express_renewal", "due": "2028-01-01"}]
    assert differences({"deadlines": limit, "no_deadlines": limit}, None, withdrawn) == ()


def test_an_expectation_without_any_key_is_met() -> None:
    assert differences({}) == ()
    assert run().met
