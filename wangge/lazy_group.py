"""Groups of commands that import a command's module only when it is run or listed."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from typing import Any

import click


class LazyGroup(click.Group):
    """A group whose commands live in modules of their own, each under the name ``command``.

    Parameters
    ----------
    modules : str
        Name of the module of a command, with ``{}`` for the command's name.
    names : sequence of str
        The commands, in the order people need them.
    **settings
        Passed on to click.
    """

    def __init__(self, modules: str, names: Sequence[str], **settings: Any) -> None:
        super().__init__(**settings)
        self._modules, self._names = modules, tuple(names)

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click passes it
        """Return the names in their order."""
        return list(self._names)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Return a command by its name, ``None`` when there is no such command."""
        if cmd_name not in self._names:
            return None
        module = importlib.import_module(self._modules.format(cmd_name))
        command: click.Command = module.command
        return command


class DefaultGroup(LazyGroup):
    """A group that runs one of its commands when none is named.

    Parameters
    ----------
    modules, names, **settings
        As for :class:`LazyGroup`.
    default : str
        Name of the command.
    """

    def __init__(self, modules: str, names: Sequence[str], *, default: str, **settings: Any) -> None:
        super().__init__(modules, names, **settings)
        self._default = default

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put the default command in front of options that stand alone."""
        if not args or (args[0].startswith("-") and args[0] not in ctx.help_option_names):
            args = [self._default, *args]
        return super().parse_args(ctx, args)
