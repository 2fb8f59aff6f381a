"""The `greffe` command."""

import os
import sys
import traceback
from collections.abc import Callable
from importlib import import_module

import typer

from adapters.cli.output import Failure, Status, complain

VERBS = (
    "simulate",
    "law",
    "up",
    "serve",
    "worker",
    "import",
    "agenda",
    "replay",
    "verify",
    "export",
    "seal",
    "rearm",
    "rebuild",
    "doctor",
    "version",
)
MODULES = {"import": "imports"}  # a keyword of Python names no module
INTERRUPTED = "Interrompu. Ce qui est enregistré le reste ; la même commande reprend."


def command(arguments: list[str]) -> typer.Typer:
    """The command with the verb that is asked for, or with all of them when none is recognised."""
    app = typer.Typer(
        name="greffe",
        help="Registre durable et prouvable des carrières hospitalo-universitaires.",
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        no_args_is_help=True,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(_common)
    asked = next((word for word in arguments if not word.startswith("-")), None)
    for verb in (asked,) if asked in VERBS else VERBS:
        import_module(f"adapters.cli.{MODULES.get(verb, verb)}").add(app)
    return app


def _common() -> None:
    """Registre durable et prouvable des carrières hospitalo-universitaires."""


def run(arguments: list[str]) -> int:
    """Run one verb; the exit code says how it ended."""
    try:
        command(arguments)(args=arguments, prog_name="greffe")
    except SystemExit as end:
        if end.code == Status.INTERRUPTED:
            sys.stderr.write(f"{INTERRUPTED}\n")
        return end.code if isinstance(end.code, int) else Status.DONE
    except Failure as failure:
        if "--debug" in arguments:
            traceback.print_exception(failure)
        complain(failure)
        return failure.status
    except KeyboardInterrupt:
        sys.stderr.write(f"{INTERRUPTED}\n")
        return Status.INTERRUPTED
    except Exception as unexpected:  # noqa: BLE001  the last resort: said in one line, shown in full on demand
        return _unexpected(unexpected, in_full="--debug" in arguments)
    return Status.DONE


def _unexpected(error: Exception, *, in_full: bool) -> int:
    if in_full:
        traceback.print_exception(error)
    complain(
        Failure(
            f"erreur imprévue : {type(error).__name__} : {error}",
            "" if in_full else "ajouter --debug pour la trace, et la joindre au signalement",
        )
    )
    return Status.FAILED


def main() -> None:
    """The entry point of the console script."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure: Callable[..., None] | None = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors="backslashreplace")
    code = run(sys.argv[1:])
    sys.stdout.flush()
    sys.stderr.flush()
    if "temporalio" in sys.modules:
        os._exit(code)  # the native threads of the Temporal client may abort an ordinary exit
    sys.exit(code)


if __name__ == "__main__":
    main()
