"""`greffe verify`: everything checked again, in the installation or in an export that came from elsewhere."""

import asyncio
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from adapters.cli.installation import connected, find_agent
from adapters.cli.options import Data, Debug, ExternalDatabase, Json, Quiet
from adapters.cli.output import GREEN, RED, Failure, Status, Voice
from adapters.cli.seal import refusing, settings_here
from adapters.proof import keys, verifier
from adapters.proof.note import VerifierKey
from adapters.proof.witness import exposed

HELP = (
    "Vérifier le registre, un dossier ou un export : numéros, chaîne, arbre, signatures, et ce que montrent les écrans."
)
SAID = {
    "pos_gap": "un numéro du registre manque avant celui-ci",
    "seq_gap": "un numéro du dossier manque avant celui-ci",
    "notification_id": "les deux numéros de registre diffèrent",
    "recorded_at_decreases": "enregistré avant le précédent",
    "previous_event_missing": "l'événement précédent du dossier manque",
    "prev": "n'est pas enchaîné au précédent",
    "hash": "l'empreinte n'est pas celle du contenu",
}
CHECKS = {
    "chain": "numéros et chaîne",
    "signatures": "signatures",
    "tree": "arbre",
    "migrations": "migrations",
    "replay": "écrans",
}


def add(app: typer.Typer) -> None:
    app.command("verify", help=f"{HELP}\n\nExemple : greffe verify --all")(verb)


def verb(
    what: Annotated[str | None, typer.Argument(metavar="AGENT|EXPORT", help="Matricule, nom, ou fichier zip.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Tout le registre.")] = False,
    vkeys: Annotated[
        list[str] | None, typer.Option("--cle", metavar="CLEF", help="Clef du procès-verbal, au lieu de celle d'ici.")
    ] = None,
    older: Annotated[
        list[Path] | None, typer.Option("--ancien", metavar="POINT.note", help="Point gardé ailleurs, pour un export.")
    ] = None,
    as_json: Json = False,
    data: Data = None,
    database: ExternalDatabase = None,
    quiet: Quiet = False,
    _: Debug = False,
) -> None:
    if (what is None) is not everything:
        raise typer.BadParameter("nommer un agent ou un export, ou donner --all")
    voice = Voice(quiet=quiet)
    if what is not None and (what.endswith(".zip") or (Path(what) / "export.json").exists()):
        raise typer.Exit(_export(voice, what, vkeys or [], older or [], data, as_json=as_json))
    with refusing():
        found = asyncio.run(_installation(voice, what, [VerifierKey.parse(one) for one in vkeys or []], data, database))
    if as_json:
        voice.document(found)
    else:
        _show(voice, found)
    raise typer.Exit(Status.DONE if found["intact"] else Status.PROOF_FAILED)


def _export(
    voice: Voice, path: str, vkeys: list[str], older: list[Path], data: Path | None, *, as_json: bool
) -> Status:
    """The stranger's own verifier, with the keys given, or else with those of this installation."""
    with refusing():
        settings = settings_here(data)
        pinned = vkeys or [str(key) for key in keys.verifiers(settings.sealing_dir, settings.seal_key)]
    if not pinned:
        raise Failure("aucune clef pour vérifier cet export", "donner --cle, lue au procès-verbal", Status.USAGE)
    said, code = verifier.verdict(path, pinned, map(str, older))
    if as_json:
        voice.document(said)
    else:
        for name, value in said.items():
            voice.line(f"{name:<12} {value}", "" if name != "verdict" else RED if code else GREEN)
    return (Status.DONE, Status.PROOF_FAILED, Status.FAILED)[code]


async def _installation(
    voice: Voice, agent: str | None, pinned: list[VerifierKey], data: Path | None, database: str | None
) -> dict[str, Any]:
    from adapters.bootstrap import MAPPER, summary
    from adapters.proof import audit
    from adapters.proof.opening import witnessed

    async with connected(data, database) as parts:
        pool, settings = parts.service.register.pool, parts.settings
        subject_id = None if agent is None else await find_agent(parts, agent)
        progress = voice.progress("événements vérifiés")
        known = pinned or keys.verifiers(settings.sealing_dir, settings.seal_key)
        mine = witnessed(settings.sealing_dir, (), settings.seal_key)
        elsewhere = (
            witnessed(settings.sealing_dir, settings.witness_files, settings.seal_key) if settings.witness_files else []
        )
        chain, report = await audit.events(pool, subject_id, progress.reach)
        verdicts = [chain]
        verdicts += [one async for one in audit.tree(pool, known, [*mine, *elsewhere], progress.reach)]
        verdicts.append(await audit.schema(pool))
        verdicts.append(await audit.replay(pool, MAPPER, summary, subject_id, progress.reach))
        progress.close()
        head = await parts.service.register.head()
    sealed, held = (max((one.size for one in points), default=0) for points in (mine, elsewhere))
    return {
        "intact": all(one.well for one in verdicts),
        "checked": report.checked,
        "head": report.head,
        "diverging": report.diverging,
        "divergences": [
            {"pos": one.pos, "subject": str(one.subject_id), "seq": one.seq, "what": one.what}
            for one in report.divergences
        ],
        "checks": [asdict(one) for one in verdicts],
        "sealed": sealed,
        "witnessed": held,
        "exposed": exposed(head, sealed, held),
    }


def _show(voice: Voice, found: dict[str, Any]) -> None:
    for one in found["checks"]:
        at = "" if one["position"] is None else f" ; première position fautive : n° {one['position']}"
        mark, colour = ("✓", GREEN) if one["well"] else ("✕", RED)
        voice.line(f"{mark} {CHECKS[one['check']]} : {one['found']}{at}", colour)
    if found["divergences"]:
        rows = [(one["pos"], one["subject"], one["seq"], SAID[one["what"]]) for one in found["divergences"]]
        voice.table(("Position", "Dossier", "Numéro", "Défaut"), rows)
    verdict = "intacts" if found["intact"] else "la preuve ne tient pas"
    voice.line(f"{found['checked']} événements vérifiés jusqu'à la position {found['head']} : {verdict}")
    voice.line(found["exposed"])
