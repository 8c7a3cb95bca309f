"""What is done within QGIS, run by the Python that QGIS is installed for: the steps asked for, told as JSON.

It stands alone: nothing of this project and none of its dependencies is there.
"""

from __future__ import annotations

import gc
import json
import sys
import tempfile
from collections.abc import Callable
from typing import Any

from qgis.core import (
    Qgis,
    QgsApplication,
    QgsAuthMethodConfig,
    QgsDataSourceUri,
    QgsFeature,
    QgsFeatureRequest,
    QgsGeometry,
    QgsMapRendererParallelJob,
    QgsMapSettings,
    QgsNetworkAccessManager,
    QgsPointXY,
    QgsRectangle,
    QgsVectorLayer,
    QgsVectorTileBasicRenderer,
    QgsVectorTileLayer,
)
from qgis.PyQt.QtCore import QSize

Asked = dict[str, Any]
Told = dict[str, Any]

PAGE = "400"
#: Before what is told: QGIS and what it loads print, too.
MARK = "told:"
_addresses: list[str] = []


def read(asked: Asked) -> Told:
    """Read all pages."""
    layer = _layer(asked)
    places = {
        feature["id"]: [feature.geometry().asPoint().x(), feature.geometry().asPoint().y()]
        for feature in layer.getFeatures()
    }
    return {"crs": layer.crs().authid(), "count": layer.featureCount(), "places": places}


def box(asked: Asked) -> Told:
    """Read what lies in a rectangle, easting first, as QGIS has it inside."""
    request = QgsFeatureRequest().setFilterRect(QgsRectangle(*asked["box"]))
    layer = _layer(asked, restrictToRequestBBOX="1")
    return {"ids": [feature["id"] for feature in layer.getFeatures(request)], "asked": _asked("bbox=")}


def expression(asked: Asked) -> Told:
    """Read what an expression finds."""
    layer = _layer(asked)
    taken = layer.setSubsetString(asked["expression"])
    return {
        "taken": taken,
        "ids": [feature["id"] for feature in layer.getFeatures()],
        "asked": _asked("filter="),
    }


def edit(asked: Asked) -> Told:
    """Add two features, change the properties and the place of the first, delete the second."""
    layer = _layer(asked, authcfg=_configured(asked["key"]))
    able = layer.dataProvider().capabilitiesString()
    if "Add Features" not in able:
        return {"able": able}
    first, second = (_add(layer, asked["new"], place) for place in asked["places"])
    state = layer.fields().indexOf("state")
    _edited(layer, lambda: layer.changeAttributeValue(first.id(), state, asked["state"]))
    moved = QgsGeometry.fromPointXY(QgsPointXY(*asked["moved"]))
    _edited(layer, lambda: layer.changeGeometry(first.id(), moved))
    _edited(layer, lambda: layer.deleteFeature(second.id()))
    return {"able": able, "first": first["id"], "second": second["id"]}


def style(asked: Asked) -> Told:
    """Take a style, and draw the layer with it."""
    layer = _layer(asked)
    with tempfile.NamedTemporaryFile("w", suffix=".qml", encoding="utf-8") as file:
        file.write(asked["qml"])
        file.flush()
        message, taken = layer.loadNamedStyle(file.name)
    drawn = _drawn(layer, QgsRectangle(*asked["view"]))
    return {"taken": taken, "message": message, "renderer": layer.renderer().type(), "drawn": drawn}


def tiles(asked: Asked) -> Told:
    """Draw vector tiles."""
    zoom = asked["zoom"]
    layer = QgsVectorTileLayer(f"type=xyz&url={asked['address']}&zmin={zoom}&zmax={zoom}", "tiles")
    renderer = QgsVectorTileBasicRenderer()
    renderer.setStyles(QgsVectorTileBasicRenderer.simpleStyleWithRandomColors())
    layer.setRenderer(renderer)
    drawn = _drawn(layer, QgsRectangle(*asked["view"]))
    return {"valid": layer.isValid(), "asked": _asked("/tiles/"), "drawn": drawn}


STEPS: dict[str, Callable[[Asked], Told]] = {
    step.__name__: step for step in (read, box, expression, edit, style, tiles)
}


def _layer(asked: Asked, **more: str) -> QgsVectorLayer:
    source = QgsDataSourceUri()
    named = {"url": asked["base"], "typename": asked["layer"], "pagingEnabled": "true", "pageSize": PAGE}
    for name, value in (named | more).items():
        source.setParam(name, value)
    layer = QgsVectorLayer(source.uri(False), "layer", "OAPIF")
    if not layer.isValid():
        raise ValueError(f"the layer is not valid: {layer.error().message()}")
    return layer


def _configured(key: str) -> str:
    """Keep a key as QGIS's users do, and return the name it is used by."""
    manager = QgsApplication.authManager()
    manager.setMasterPassword("conformance", True)
    configuration = QgsAuthMethodConfig("APIHeader")
    configuration.setName("wangge")
    configuration.setConfig("Authorization", f"Bearer {key}")
    kept = manager.storeAuthenticationConfig(configuration)
    if not (kept[0] if isinstance(kept, tuple) else kept):
        raise ValueError("QGIS keeps no authentication configuration")
    return str(configuration.id())


def _add(layer: QgsVectorLayer, values: dict[str, str], place: list[float]) -> QgsFeature:
    """Add a feature, and return it as the server tells it."""
    feature = QgsFeature(layer.fields())
    for name, value in values.items():
        feature[name] = value
    feature.setGeometry(QgsGeometry.fromPointXY(QgsPointXY(*place)))
    _edited(layer, lambda: layer.addFeature(feature))
    around = QgsRectangle(place[0] - 1e-6, place[1] - 1e-6, place[0] + 1e-6, place[1] + 1e-6)
    return next(layer.getFeatures(QgsFeatureRequest().setFilterRect(around)))


def _edited(layer: QgsVectorLayer, change: Callable[[], bool]) -> None:
    layer.startEditing()
    if not (change() and layer.commitChanges()):
        errors = layer.commitErrors()
        layer.rollBack()
        raise ValueError(f"the edit was not taken: {errors}")


def _drawn(layer: Any, view: QgsRectangle) -> int:
    """Draw a layer alone, and return how many pixels are not white."""
    settings = QgsMapSettings()
    settings.setLayers([layer])
    settings.setDestinationCrs(layer.crs())
    settings.setOutputSize(QSize(256, 256))
    settings.setExtent(view)
    job = QgsMapRendererParallelJob(settings)
    job.start()
    job.waitForFinished()
    image = job.renderedImage()
    places = ((x, y) for x in range(image.width()) for y in range(image.height()))
    return sum(image.pixelColor(x, y).lightness() < 250 for x, y in places)


def _asked(part: str) -> list[str]:
    return [address for address in _addresses if part in address]


def _step(asked: Asked) -> Told:
    _addresses.clear()
    try:
        return STEPS[asked["step"]](asked)
    except (ValueError, KeyError, AttributeError, TypeError, StopIteration) as error:
        return {"error": f"{type(error).__name__}: {error}"}


def main() -> None:
    application = QgsApplication([], False, tempfile.mkdtemp(prefix="qgis-"))
    application.initQgis()
    QgsNetworkAccessManager.setRequestPreprocessor(
        lambda request: _addresses.append(request.url().toString())
    )
    told = {asked["step"]: _step(asked) for asked in json.load(sys.stdin)}
    # What of QGIS is still held when it ends would end the process by a fault
    gc.collect()
    version = Qgis.QGIS_VERSION if hasattr(Qgis, "QGIS_VERSION") else Qgis.version()
    print(MARK + json.dumps({"version": version, "told": told}), flush=True)
    application.exitQgis()


if __name__ == "__main__":
    main()
