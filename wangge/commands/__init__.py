"""The commands, one module each; every module's ``command`` is picked up by :func:`root`."""

from __future__ import annotations

import importlib

import click

import wangge
from gis.text import LANGUAGES, t

NAMES = (
    "demo",
    "init",
    "import",
    "check",
    "editions",
    "catalogue",
    "resolve",
    "export",
    "layers",
    "doctor",
    "serve",
)


class Commands(click.Group):
    """A group that imports a command's module only when it is run or listed."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click passes it
        """Return the names in the order people need them."""
        return list(NAMES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Return a command by its name, ``None`` when there is no such command."""
        if cmd_name not in NAMES:
            return None
        module = importlib.import_module(f"wangge.commands.{cmd_name}_command")
        command: click.Command = module.command
        return command


def root() -> click.Group:
    """Return the command line as a click group."""
    group = Commands(
        name="wangge",
        help=str(t("Registry of unit grids and components: whose is it, who acts, and why.")),
        params=[
            # Read before the command line is built, see wangge.cli; stands here for the help.
            click.Option(
                ["--lang"],
                type=click.Choice(LANGUAGES),
                expose_value=False,
                help=str(t("Language of messages.")),
            )
        ],
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
    )
    return click.version_option(wangge.__version__, "--version", message="%(prog)s %(version)s")(group)
