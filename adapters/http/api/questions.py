"""Questions: nothing is recorded."""

import asyncio
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from adapters.http import answers, contract, schema
from adapters.http.api.shared import entitled, json
from adapters.http.bodies import civil_day, identifier, json_object, taken
from adapters.http.forecast import forecast
from adapters.http.office import Office
from domain.kernel import Opening, Outcome
from domain.simulation import InputError, event_json, read_scenario, simulate

MOST_SIMULATED = 500


def questions(routes: APIRouter, office: Office) -> None:
    @routes.post(
        "/checks",
        response_model=contract.CheckAnswer,
        responses=schema.problems(400, 404, 409, 413, 415, 422, 503),
        openapi_extra={"requestBody": schema.body("Question")},
    )
    async def check(request: Request) -> Response:
        """Ce que ferait une commande ; rien n'est enregistré."""
        body = await json_object(request)
        subject_id = identifier(taken(body, "agent"), "agent")
        on = civil_day(taken(body, "on"), "on", await office.today())
        assert on is not None
        command = office.command(body)
        if issubclass(command, Opening) and body.get("case") is None:
            body["case"] = "nouvelle"
        decision = await office.service.check(subject_id, body, on)
        allowed = isinstance(decision, Outcome)
        after = (
            decision.subject if isinstance(decision, Outcome) else await office.service.subject(subject_id, None, on)
        )
        return json(
            {
                "allowed": allowed,
                "on": on.isoformat(),
                "rules": [answers.check(one) for one in decision.checks],
                "events": [event_json(e) for e in decision.events] if isinstance(decision, Outcome) else [],
                "deadlines": answers.deadlines(after),
                "entitlements_after": entitled(office, after, on),
                "forecast": [answers.coming(one) for one in forecast(after, on, office.service.law)],
            }
        )

    @routes.post(
        "/simulations",
        response_model=dict[str, Any],
        responses=schema.problems(400, 413, 415, 422),
        openapi_extra={"requestBody": schema.body("Scenario")},
    )
    async def simulations(request: Request) -> Response:
        """Le résultat d'un scénario ; rien n'est enregistré."""
        scenario = read_scenario(await json_object(request))
        if len(scenario.steps) > MOST_SIMULATED:
            raise InputError("steps", f"{MOST_SIMULATED} étapes au plus")
        result = await asyncio.to_thread(simulate, office.service.registry, scenario)
        return json(result.as_json())
