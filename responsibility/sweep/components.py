"""Find entries of lists that are about components which are no longer there."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import exists, func, select

from gis.findings import Finding, Severity
from gis.models import DATASETS
from gis.registry import Registry
from gis.text import t

LISTS = ("facilities", "precedents", "duty-answers")
_SHOWN = 5


def lost_components(registry: Registry) -> Iterator[Finding]:
    """Yield one finding (R10) for each list with entries whose component nothing leads to."""
    components, aliases = DATASETS["components"].live.c, DATASETS["component-aliases"].live.c
    for dataset in LISTS:
        columns = DATASETS[dataset].live.c
        lost = (
            columns.component_id.is_not(None)
            & ~exists().where(components.id == columns.component_id)
            & ~exists().where(aliases.identifier == columns.component_id)
        )
        with registry.connect() as connection:
            count = int(connection.scalar(select(func.count()).where(lost)) or 0)
            first = select(columns.component_id).where(lost).order_by(columns.component_id).limit(_SHOWN)
            examples = list(connection.scalars(first))
        if count:
            message = t(
                "{count} entries are about components that are not there: {examples}",
                count=count,
                examples="、".join(examples) + (" …" if count > _SHOWN else ""),
            )
            hint = t("Withdraw them, or record what became of the components")
            yield Finding(
                "R10",
                Severity.WARNING,
                dataset,
                message,
                id=examples[0],
                field="component_id",
                count=count,
                hint=hint,
            )
