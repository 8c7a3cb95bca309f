"""The conformance classes that hold here, and no others."""

from __future__ import annotations

_BASE = "http://www.opengis.net/spec"

#: Of maps (20-058). Its text has come to write them with https; clients look for either name.
_MAPS = tuple(
    f"{scheme}://www.opengis.net/spec/ogcapi-maps-1/1.0/conf/{name}"
    for scheme in ("http", "https")
    for name in ("core", "collection-map", "crs", "png", "jpeg")
)

CLASSES: tuple[str, ...] = _MAPS + tuple(
    f"{_BASE}/{name}"
    for name in (
        "ogcapi-common-1/1.0/conf/core",
        "ogcapi-common-1/1.0/conf/landing-page",
        "ogcapi-common-1/1.0/conf/json",
        "ogcapi-common-1/1.0/conf/html",
        "ogcapi-common-1/1.0/conf/oas30",
        "ogcapi-common-2/1.0/conf/collections",
        "ogcapi-features-1/1.0/conf/core",
        "ogcapi-features-1/1.0/conf/geojson",
        "ogcapi-features-1/1.0/conf/html",
        "ogcapi-features-1/1.0/conf/oas30",
        "ogcapi-features-2/1.0/conf/crs",
        "ogcapi-features-3/1.0/conf/queryables",
        "ogcapi-features-3/1.0/conf/queryables-query-parameters",
        "ogcapi-features-3/1.0/conf/filter",
        "ogcapi-features-3/1.0/conf/features-filter",
        "ogcapi-features-4/1.0/conf/create-replace-delete",
        "ogcapi-features-4/1.0/conf/update",
        "ogcapi-features-4/1.0/conf/optimistic-locking-etags",
        "ogcapi-features-4/1.0/conf/features",
        # Published as part 3 of Common, too; clients look for either name
        "ogcapi-features-5/1.0/conf/schemas",
        "ogcapi-features-5/1.0/conf/core-roles-features",
        "ogcapi-features-5/1.0/conf/returnables-and-receivables",
        "ogcapi-common-3/1.0/conf/schemas",
        "ogcapi-common-3/1.0/conf/returnables-and-receivables",
        "cql2/1.0/conf/cql2-text",
        "cql2/1.0/conf/cql2-json",
        "cql2/1.0/conf/basic-cql2",
        "cql2/1.0/conf/advanced-comparison-operators",
        "cql2/1.0/conf/case-insensitive-comparison",
        "cql2/1.0/conf/accent-insensitive-comparison",
        "cql2/1.0/conf/basic-spatial-functions",
        "cql2/1.0/conf/basic-spatial-functions-plus",
        "cql2/1.0/conf/spatial-functions",
        "cql2/1.0/conf/temporal-functions",
        "cql2/1.0/conf/property-property",
        "cql2/1.0/conf/arithmetic",
        "ogcapi-records-1/1.0/conf/record-core",
        "ogcapi-records-1/1.0/conf/record-collection",
        "ogcapi-records-1/1.0/conf/record-core-query-parameters",
        "ogcapi-records-1/1.0/conf/record-api",
        "ogcapi-records-1/1.0/conf/searchable-catalog",
        "ogcapi-records-1/1.0/conf/json",
        "ogcapi-records-1/1.0/conf/html",
        "ogcapi-records-1/1.0/conf/oas30",
        "ogcapi-tiles-1/1.0/conf/core",
        "ogcapi-tiles-1/1.0/conf/tileset",
        "ogcapi-tiles-1/1.0/conf/tilesets-list",
        "ogcapi-tiles-1/1.0/conf/geodata-tilesets",
        "ogcapi-tiles-1/1.0/conf/mvt",
        "tms/2.0/conf/tilematrixset",
        "tms/2.0/conf/json-tilematrixset",
        "tms/2.0/conf/tilematrixsetlimits",
        "tms/2.0/conf/json-tilematrixsetlimits",
        "ogcapi-styles-1/0.0/conf/core",
        "ogcapi-styles-1/0.0/conf/mapbox-style",
        "ogcapi-styles-1/0.0/conf/sld-11",
        "ogcapi-processes-1/1.0/conf/core",
        "ogcapi-processes-1/1.0/conf/ogc-process-description",
        "ogcapi-processes-1/1.0/conf/json",
        "ogcapi-processes-1/1.0/conf/oas30",
        "ogcapi-processes-1/1.0/conf/job-list",
        "ogcapi-processes-1/1.0/conf/dismiss",
    )
)
