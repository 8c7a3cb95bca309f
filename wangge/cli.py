"""The command line ``wangge``: one file per command under :mod:`wangge.commands`."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import click
import orjson

from gis.errors import DataRefused, NotFound, RegistryUnavailable, UsageError, WanggeError
from gis.text import LANGUAGES, language_of_locale, set_language, t

DONE = 0
FAULT_OF_OURS = 1
INTERRUPTED = 130

# Looked up in order: the first class an error is an instance of decides.
EXIT_CODES: tuple[tuple[type[WanggeError], int], ...] = (
    (UsageError, 2),
    (DataRefused, 3),
    (RegistryUnavailable, 4),
    (NotFound, 5),
    (WanggeError, FAULT_OF_OURS),
)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit with the contract's code."""
    sys.exit(run(list(sys.argv[1:] if arguments is None else arguments)))


def run(arguments: list[str]) -> int:
    """Run one command.

    Parameters
    ----------
    arguments : list of str
        What follows the program's name.

    Returns
    -------
    int
        The exit code: 0 done, 2 wrong usage, 3 data refused, 4 registry not available, 5 nothing
        found, 130 interrupted, 1 a fault of ours.
    """
    set_language(_wanted_language(arguments))
    # Imported now: the help texts are rendered in the language just chosen.
    from wangge.commands import root

    try:
        result = root().main(args=arguments, prog_name="wangge", standalone_mode=False)
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except click.ClickException as error:
        error.show(sys.stderr)
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo(str(t("Interrupted; nothing was changed.")), err=True)
        return INTERRUPTED
    except WanggeError as error:
        return _told(error, as_json="--json" in arguments)
    return result if isinstance(result, int) else DONE


def exit_code(error: WanggeError) -> int:
    """Return the exit code of an error."""
    return next(code for kind, code in EXIT_CODES if isinstance(error, kind))


def _told(error: WanggeError, *, as_json: bool) -> int:
    """Tell an error on standard error and, where JSON was asked for, on standard output."""
    lines = [str(error)]
    if error.expected is not None:
        lines.append(str(t("Expected: {expected}", expected=str(error.expected))))
    if error.hint is not None:
        lines.append(str(error.hint))
    click.echo("\n".join(lines), err=True)
    if as_json:
        report = error.report.to_dict() if isinstance(error, DataRefused) and error.report else None
        click.echo(orjson.dumps(report if report is not None else _problem(error)).decode())
    return exit_code(error)


def _problem(error: WanggeError) -> dict[str, object]:
    return {
        "error": type(error).__name__,
        "message": str(error),
        "field": error.field,
        "value": None if error.value is None else str(error.value),
        "expected": None if error.expected is None else str(error.expected),
        "hint": None if error.hint is None else str(error.hint),
    }


def _wanted_language(arguments: list[str]) -> str:
    for position, argument in enumerate(arguments):
        if argument == "--lang" and position + 1 < len(arguments):
            value = arguments[position + 1]
        elif argument.startswith("--lang="):
            value = argument.removeprefix("--lang=")
        else:
            continue
        if value in LANGUAGES:
            return value
    return language_of_locale()
