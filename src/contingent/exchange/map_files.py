"""Layers written in the form that a name asks for: GeoPackage, GeoJSON, KML; or a folder with a GeoJSON file a layer."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import polars as pl

from contingent.exchange.geopackage_file import write_geopackage
from contingent.exchange.places import PlaceLayer, place_layers
from contingent.io.atomic import CannotWrite, write_file, write_folder
from contingent.io.cells import UNREADABLE
from contingent.io.drawn import DIGITS
from contingent.model.scenario import Scenario
from contingent.plan import Plan

ENDINGS = (".gpkg", ".geojson", ".json", ".kml")
"""Endings of the names of map files; a name without one is a folder."""

KML = "http://www.opengis.net/kml/2.2"
_COLOURS = {
    "sectors": "ff8f5b00", "traces": "ff1c1cb9", "links": "ff80726b", "flows": "ffb27200", "gaps": "ff1c1cb9",
    "tours": "ff8f5b00", "incidents": "ff0055d5",
}  # fmt: skip
"""Colours of lines and points: alpha, blue, green, red."""
_PLAIN, _FILLED = "ff80726b", "33"


def write_places(
    scenario: Scenario, path: str | Path, *, plan: Plan | None = None, incidents: pl.DataFrame | None = None,
    sites: pl.DataFrame | None = None, overwrite: bool = True,
) -> tuple[PlaceLayer, ...]:  # fmt: skip
    """Write what has a place for a map program, and return the layers that were written.

    Parameters
    ----------
    scenario : Scenario
        What is given, or what was planned.
    path : str or Path
        A file ``.gpkg`` (GeoPackage), ``.geojson`` (all layers in one, by the property ``layer``) or ``.kml``; a name without an
        ending is a folder with one GeoJSON file a layer. In KML flows are summed over all weeks: globes cannot draw so many.
    plan : Plan, optional
        What was decided.
    incidents, sites : polars.DataFrame, optional
        Incidents; means of observation.
    overwrite : bool
        Whether a file that is there is replaced.

    Raises
    ------
    CannotWrite
        If nothing is written under such an ending, nothing has a place, or the place cannot be written.
    """
    target = Path(path).expanduser()
    kind = target.suffix.lower()
    if kind and kind not in ENDINGS:
        raise CannotWrite(f"{target}: no map is written as '{kind}'. Kinds: {', '.join(ENDINGS)}; without one, a folder.")
    layers = place_layers(scenario, plan, incidents=incidents, sites=sites)
    if all(layer.without_shape == len(layer.features) for layer in layers):
        raise CannotWrite("Nothing of it has a place. Maybe give locations.csv latitudes and longitudes.")
    marking, start = scenario.settings.marking, scenario.settings.start_date.isoformat()
    if kind == ".gpkg":
        write_file(target, lambda file: write_geopackage(layers, file, marking=marking, changed=start), overwrite=overwrite)
    elif kind == ".kml":
        layers = place_layers(scenario, plan, incidents=incidents, sites=sites, weekly=False)
        text = kml_text(layers, title=scenario.settings.title, marking=marking)
        write_file(target, lambda file: _write(file, text), overwrite=overwrite)
    elif kind:
        text = geojson_text(layers, title=scenario.settings.title, marking=marking, named=True)
        write_file(target, lambda file: _write(file, text), overwrite=overwrite)
    else:
        write_folder(target, lambda folder: _write_folder(layers, folder, scenario), overwrite=overwrite)
    return layers


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")


def _write_folder(layers: Sequence[PlaceLayer], folder: Path, scenario: Scenario) -> None:
    settings = scenario.settings
    for layer in layers:
        text = geojson_text([layer], title=f"{settings.title}: {layer.title}", marking=settings.marking, named=False)
        _write(folder / f"{layer.name}.geojson", text)


# ------------------------------------------------------------------------------------------------------------------ GeoJSON


def geojson_text(layers: Sequence[PlaceLayer], *, title: str, marking: str, named: bool) -> str:
    """Return layers as one GeoJSON file, a feature a line; with `named` each says its layer.

    References
    ----------
    .. [1] RFC 7946, The GeoJSON Format. ``title`` and ``marking`` are members of its own, as it allows.
    """
    lines = []
    for layer in layers:
        for number, (shape, said) in enumerate(layer.features, 1):
            feature = {
                "type": "Feature", "id": f"{layer.name}/{number}" if named else number, "geometry": _geometry(shape),
                "properties": ({"layer": layer.name} if named else {}) | said,
            }  # fmt: skip
            lines.append(json.dumps(feature, ensure_ascii=False, allow_nan=False))
    head = json.dumps({"type": "FeatureCollection", "title": title, "marking": marking}, ensure_ascii=False)
    return f'{head[:-1]}, "features": [\n' + ",\n".join(lines) + "\n]}\n"


def _geometry(shape: Any) -> dict[str, Any] | None:
    if shape is None:
        return None
    whole = shape.__geo_interface__
    return {"type": whole["type"], "coordinates": _rounded(whole["coordinates"])}


def _rounded(coordinates: Any) -> Any:
    if isinstance(coordinates, (int, float)):
        return round(coordinates, DIGITS)
    return [_rounded(part) for part in coordinates]


# ---------------------------------------------------------------------------------------------------------------------- KML


def kml_text(layers: Sequence[PlaceLayer], *, title: str, marking: str) -> str:
    """Return layers as KML, a folder a layer; what has days has a time span, so that a time slider moves it.

    References
    ----------
    .. [1] Open Geospatial Consortium, OGC 12-007r2, KML 2.3.
    """
    root = ET.Element("kml", {"xmlns": KML})
    document = ET.SubElement(root, "Document")
    _under(document, "name", title)
    _under(document, "description", marking)
    for layer in layers:
        _style(document, layer)
    for layer in layers:
        folder = ET.SubElement(document, "Folder")
        _under(folder, "name", layer.title)
        for shape, said in layer.features:
            if shape is not None and not shape.is_empty:
                _placemark(folder, layer, shape, said)
    ET.indent(root, space=" ")
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _under(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, name).text = UNREADABLE.sub("", text)


def _style(document: ET.Element, layer: PlaceLayer) -> None:
    style = ET.SubElement(document, "Style", {"id": layer.name})
    colour = _COLOURS.get(layer.name, _PLAIN)
    _under(ET.SubElement(style, "IconStyle"), "color", colour)
    line = ET.SubElement(style, "LineStyle")
    _under(line, "color", colour)
    _under(line, "width", "2")
    _under(ET.SubElement(style, "PolyStyle"), "color", _FILLED + colour[2:])


def _placemark(folder: ET.Element, layer: PlaceLayer, shape: Any, said: dict[str, Any]) -> None:
    placemark = ET.SubElement(folder, "Placemark")
    _under(placemark, "name", str(said.get("name") or said.get("title") or said.get(layer.label) or layer.title))
    if (begin := said.get("from_date") or said.get("time")) is not None:
        if until := said.get("until_date"):
            span = ET.SubElement(placemark, "TimeSpan")
            _under(span, "begin", begin)
            _under(span, "end", until)
        else:
            _under(ET.SubElement(placemark, "TimeStamp"), "when", begin)
    _under(placemark, "styleUrl", f"#{layer.name}")
    data = ET.SubElement(placemark, "ExtendedData")
    for name, value in said.items():
        if value is not None:
            text = str(value).lower() if isinstance(value, bool) else str(value)
            _under(ET.SubElement(data, "Data", {"name": name}), "value", text)
    _shape(placemark, shape)


def _shape(parent: ET.Element, shape: Any) -> None:
    kind = shape.geom_type
    if kind.startswith("Multi") or kind == "GeometryCollection":
        several = ET.SubElement(parent, "MultiGeometry")
        for part in shape.geoms:
            _shape(several, part)
    elif kind == "Polygon":
        polygon = ET.SubElement(parent, "Polygon")
        _ring(ET.SubElement(polygon, "outerBoundaryIs"), shape.exterior)
        for hole in shape.interiors:
            _ring(ET.SubElement(polygon, "innerBoundaryIs"), hole)
    else:
        _under(ET.SubElement(parent, kind), "coordinates", _coordinates(shape))


def _ring(parent: ET.Element, ring: Any) -> None:
    _under(ET.SubElement(parent, "LinearRing"), "coordinates", _coordinates(ring))


def _coordinates(shape: Any) -> str:
    return " ".join(f"{round(x, DIGITS):.10g},{round(y, DIGITS):.10g}" for x, y, *_ in shape.coords)
