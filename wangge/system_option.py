"""The option ``--crs`` of files: a name, a definition, or a file that describes a city's own system."""

from __future__ import annotations

import click

from gis.crs import System
from gis.declared_crs import declared


class SystemType(click.ParamType[System]):
    """A reference system as a person declares it on this machine, see :func:`gis.declared_crs.declared`."""

    name = "CRS"

    def convert(
        self,
        value: str | System,
        param: click.Parameter | None,  # noqa: ARG002 - click passes it
        ctx: click.Context | None,  # noqa: ARG002
    ) -> System:
        """Understand the text of the option.

        Raises
        ------
        UsageError
            It names no system, or a file that describes none.
        """
        return declared(value) if isinstance(value, str) else value


SYSTEM = SystemType()
