"""The OpenAPI description: what FastAPI derives from the routes, completed from the registry's commands."""

from collections.abc import Iterable, Mapping
from typing import Any

from fastapi import FastAPI

from adapters.http import contract
from adapters.http.bodies import LONGEST_KEY
from adapters.http.problems import MEDIA_TYPE
from domain.kernel import Command, Opening, Registry, SubjectCommand
from domain.simulation import Scenario

COMPONENTS = "#/components/schemas/"
DATE = {"type": "string", "format": "date", "pattern": "^(19|20|21)[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"}
UUID = {"type": "string", "format": "uuid"}
PROBLEM = {"content": {MEDIA_TYPE: {"schema": {"$ref": COMPONENTS + "ProblemDocument"}}}}

MEANING: Mapping[int, str] = {
    400: "La demande ne peut pas être lue.",
    403: "L'identité ne permet pas cette action.",
    404: "Rien sous cet identifiant.",
    405: "La méthode n'existe pas ici.",
    409: "La référence est ambiguë, ou la même demande est en cours.",
    412: "Le dossier a changé depuis la version donnée.",
    413: "Le corps dépasse 256 Kio.",
    415: "Le corps n'est pas du JSON.",
    422: "Une règle s'y oppose.",
    428: "L'en-tête If-Match manque.",
    503: "Le registre ne répond pas.",
}


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The errors that a route may answer."""
    return {status: {"description": MEANING[status], **PROBLEM} for status in statuses}


WRITING = problems(400, 403, 404, 409, 412, 413, 415, 422, 428, 503)
READING = problems(400, 404, 503)
PENDING: dict[int | str, dict[str, Any]] = {
    202: {"model": contract.Pending, "description": "Le résultat n'est pas encore connu : lire Location."}
}

KEY_HEADER = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "schema": {"type": "string", "minLength": 1, "maxLength": LONGEST_KEY, "pattern": "^[!-~]+$"},
    "description": "Une demande répétée sous la même clé reçoit la première réponse.",
}
MATCH_HEADER = {
    "name": "If-Match",
    "in": "header",
    "required": True,
    "schema": {"type": "string", "pattern": r'^(\*|"[0-9]{1,15}")$'},
    "description": "ETag du dossier tel qu'il a été lu.",
}
NONE_MATCH_HEADER = {
    "name": "If-None-Match",
    "in": "header",
    "required": False,
    "schema": {"type": "string", "pattern": r'^(\*|"[0-9]{1,15}")$'},
    "description": "ETag déjà connu : 304 s'il est à jour.",
}


def body(*names: str) -> dict[str, Any]:
    """A required JSON body, one of these components."""
    refs = [{"$ref": COMPONENTS + name} for name in names]
    schema = refs[0] if len(refs) == 1 else {"oneOf": refs}
    return {"required": True, "content": {"application/json": {"schema": schema}}}


def writing(name: str, *, versioned: bool) -> dict[str, Any]:
    """What a recording route adds to its description."""
    headers = [KEY_HEADER, MATCH_HEADER] if versioned else [KEY_HEADER]
    return {"requestBody": body(name), "parameters": headers}


# -- Components ----------------------------------------------------------------------------------------

PERSON = {
    "type": "object",
    "additionalProperties": False,
    "required": ["family_name", "given_name"],
    "properties": {
        **{
            name: {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[^\\s\\x00-\\x1f\\x7f]+$"}
            for name in ("family_name", "given_name")
        },
        **{
            name: {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[^\\s\\x00-\\x1f\\x7f]+$"}
            for name in ("matricule", "email", "discipline", "service", "establishment", "university")
        },
        "birth_date": DATE,
    },
}


def complete(app: FastAPI, registry: Registry) -> dict[str, Any]:
    """The whole description."""
    described = FastAPI.openapi(app)
    schemas = described.setdefault("components", {}).setdefault("schemas", {})
    schemas.pop("HTTPValidationError", None)
    schemas.pop("ValidationError", None)
    schemas["ProblemDocument"] = contract.ProblemDocument.model_json_schema()
    commands = [command for command, _ in registry.commands.values()]
    schemas |= _group("AgentCreation", _creations(commands), {"person": PERSON, "on": DATE}, required=())
    schemas |= _group("CaseOpening", _kind(commands, Opening), {"agent": UUID, "on": DATE}, required=("agent",))
    others = [one for one in commands if not issubclass(one, Opening | SubjectCommand)]
    schemas |= _group("CaseCommand", others, {"on": DATE}, required=())
    schemas |= _group("AgentCommand", _kind(commands, SubjectCommand), {"on": DATE}, required=())
    schemas |= _group("Question", commands, {"agent": UUID, "on": DATE}, required=("agent",), open_case=False)
    schemas |= _model("Scenario", Scenario.model_json_schema(ref_template=COMPONENTS + "Scenario.{model}"))
    return described


def _kind(commands: Iterable[type[Command]], kind: type[Command]) -> list[type[Command]]:
    return [command for command in commands if issubclass(command, kind)]


def _creations(commands: Iterable[type[Command]]) -> list[type[Command]]:
    return [one for one in commands if one.model_fields["type"].default.endswith(".register")]


def _group(
    name: str,
    commands: list[type[Command]],
    envelope: Mapping[str, Any],
    required: tuple[str, ...],
    *,
    open_case: bool = True,
) -> dict[str, Any]:
    """A component for each command with its envelope, and the choice between them by `type`."""
    schemas: dict[str, Any] = {}
    mapping: dict[str, str] = {}
    for command in commands:
        type_ = command.model_fields["type"].default
        component = f"{name}.{type_}"
        schema = command.model_json_schema(by_alias=True, ref_template=COMPONENTS + component + ".{model}")
        mapping[type_] = COMPONENTS + component
        _dress(schema, envelope, required, open_case=open_case, subject=issubclass(command, SubjectCommand))
        schema["properties"]["type"] = {"type": "string", "enum": [type_]}
        schemas |= _model(component, schema)
    choice = {"oneOf": [{"$ref": ref} for ref in mapping.values()]}
    schemas[name] = choice | {"discriminator": {"propertyName": "type", "mapping": mapping}}
    return schemas


def _dress(
    schema: dict[str, Any], envelope: Mapping[str, Any], required: tuple[str, ...], *, open_case: bool, subject: bool
) -> None:
    schema["properties"] |= envelope
    needed = {*schema.get("required", ()), *required, "type"}
    if open_case or subject:
        needed.discard("case")  # the path names it, or it is attributed
    if subject:
        schema["properties"].pop("case", None)
    schema["required"] = sorted(needed)


def _model(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    """A schema and its own definitions, as components."""
    inner = schema.pop("$defs", {})
    found = {f"{name}.{key}": _strict(value) for key, value in inner.items()}
    return {**found, name: _strict(schema)}


def _strict(schema: Any) -> Any:
    """Dates as they are read: within the bounds of the register."""
    if isinstance(schema, dict):
        if schema.get("format") == "date":
            return {**schema, **DATE}
        return {key: _strict(value) for key, value in schema.items()}
    return [_strict(one) for one in schema] if isinstance(schema, list) else schema
