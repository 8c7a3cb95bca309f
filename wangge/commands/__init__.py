"""The commands, one module each; every module's ``command`` is picked up by :func:`root`."""

from __future__ import annotations

import click

import wangge
from gis.text import LANGUAGES, t
from wangge.lazy_group import LazyGroup

NAMES = (
    "demo",
    "init",
    "import",
    "check",
    "editions",
    "grids",
    "catalogue",
    "components",
    "numbers",
    "acceptance",
    "resolve",
    "geocode",
    "reverse",
    "ticket",
    "precedents",
    "ownership",
    "whatif",
    "quality",
    "outcomes",
    "changes",
    "export",
    "layers",
    "keys",
    "doctor",
    "serve",
)


def root() -> click.Group:
    """Return the command line as a click group."""
    group = LazyGroup(
        "wangge.commands.{}_command",
        NAMES,
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
