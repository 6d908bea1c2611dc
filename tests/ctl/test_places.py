#!/usr/bin/python3
# test_places.py: the postal-code catalogue, coordinates and boundaries as they are downloaded
# SPDX-License-Identifier: GPL-3.0-or-later
import json

import ctl
from ctl import COUNTS, SOURCE, check, equal, test

DEMO = SOURCE / "data" / "demo"
HEADER = ("d_codigo|d_asenta|d_tipo_asenta|D_mnpio|d_estado|d_ciudad|d_CP|c_estado|c_oficina|c_CP|c_tipo_asenta|c_mnpio|"
          "id_asenta_cpcons|d_zona|c_cve_ciudad\n")
NOTICE = "El Catálogo Nacional de Códigos Postales, no está permitido su uso comercial\n"
ROW = "{code}|{name}|Colonia|Benito Juárez|Ciudad de México|Ciudad de México|{code}|09|03001||09|014|{key:04d}|Urbano|01\n"


def catalogue(*rows, notice=NOTICE):
    return notice + HEADER + "".join(ROW.format(code=code, name=name, key=key) for code, name, key in rows)


SMALL = [("03100", "Del Valle Centro", 1), ("03100", "Ñandú", 2), ("01020", "Guadalupe Inn", 1)]


def square(lon, lat, size=0.01):
    return [[lon, lat], [lon + size, lat], [lon + size, lat + size], [lon, lat + size], [lon, lat]]


def feature(code, ring=None, name="d_cp", geometry=None):
    return {"type": "Feature", "properties": {name: code, "other": "x"},
            "geometry": geometry or {"type": "Polygon", "coordinates": [ring or square(-99.17, 19.38)]}}


def features(*members):
    return json.dumps({"type": "FeatureCollection", "features": members})


@test("S0-30: the catalogue as downloaded, ISO-8859-1 with | and a notice: five counts, and twice the same")
def _(office):
    office.init()
    path = office.file("CPdescarga.txt", catalogue(*SMALL), "latin-1")
    said = office.ctl("import", "postal-codes", path).ok()
    for word in ["CPdescarga.txt", "3 read", "3 added", "0 changed", "0 unchanged", "0 refused", "2 postal codes"]:
        check(word in said.out, f"“{word}”", said)
    office.load("postal-codes", path).counts(3, 0, 0, 3, 0)
    equal(sorted(row["name"] for row in office.rows("settlement")), ["Del Valle Centro", "Guadalupe Inn", "Ñandú"], "names")
    place = office.row("postal_code", code="01020")
    equal((place["municipality"], place["state_code"]), ("Benito Juárez", "09"), "municipality and state")
    office.whole()


@test("The catalogue as UTF-8, without its notice, as .zip and as .xz is the same catalogue")
def _(office):
    office.init()
    plain = office.file("c.txt", catalogue(*SMALL), "latin-1")
    office.load("postal-codes", office.zip(plain)).counts(3, 3, 0, 0, 0)
    office.load("postal-codes", office.xz(plain)).counts(3, 0, 0, 3, 0)
    office.load("postal-codes", office.file("u.txt", catalogue(*SMALL))).counts(3, 0, 0, 3, 0)
    office.load("postal-codes", office.file("b.txt", "\ufeff" + catalogue(*SMALL))).counts(3, 0, 0, 3, 0)
    office.load("postal-codes", office.file("n.txt", catalogue(*SMALL, notice=""))).counts(3, 0, 0, 3, 0)
    office.load("postal-codes", office.file("w.txt", catalogue(*SMALL).replace("\n", "\r\n"))).counts(3, 0, 0, 3, 0)
    other = [("03100", "Del Valle", 1), *SMALL[1:], ("03104", "Del Valle Norte", 1)]
    office.load("postal-codes", office.file("o.txt", catalogue(*other))).counts(4, 1, 1, 2, 0)


@test("S0-30: a code with letters or four digits is refused by line and value; the other rows are in")
def _(office):
    office.init()
    path = office.file("c.txt", catalogue(("03100", "A", 1), ("0310A", "B", 1), ("3100", "C", 1), ("01020", "D", 1)))
    office.load("postal-codes", path).counts(4, 2, 0, 0, 2).says("c.txt, line 4: ", "0310A", "c.txt, line 5: ", "“3100”")
    equal(sorted(row["code"] for row in office.rows("postal_code")), ["01020", "03100"], "codes")


@test("A catalogue cut in the middle of a line: that line is refused, the rows before are in")
def _(office):
    office.init()
    text = catalogue(*SMALL)
    path = office.file("cut.txt", text[:text.rindex("|09|")], "latin-1")
    office.load("postal-codes", path).counts(3, 2, 0, 0, 1).says("cut.txt, line 5: ")
    packed = office.xz(office.file("long.txt", catalogue(*((f"{n:05d}", f"N{n}", 1) for n in range(1000, 9000)))))
    packed.write_bytes(packed.read_bytes()[:-2000])
    office.ctl("import", "postal-codes", packed).fails("long.txt.xz")
    office.whole()


@test("What is no catalogue is told by its name: another table, a folder, nothing, a zip that is none")
def _(office):
    office.init()
    office.ctl("import", "postal-codes", office.file("t.csv", "a,b\n1,2\n")).fails("t.csv", "d_codigo")
    office.ctl("import", "postal-codes", office.file("empty.txt", "")).fails("empty.txt", "empty")
    office.ctl("import", "postal-codes", office.folder / "missing.txt").fails("missing.txt", "no file")
    office.ctl("import", "postal-codes", office.folder).fails(office.folder, "folder")
    office.ctl("import", "postal-codes", office.file("no.zip", b"PK\3\4 but not a zip" * 20)).fails("no.zip")
    office.ctl("import", "postal-codes", office.file("no.xz", b"\xfd7zXZ\0 but not xz" * 20)).fails("no.xz")
    equal(office.rows("postal_code"), [], "postal codes")


@test("S0-30: coordinates as CSV with cp, lat, lon and source; empty where the file does not know")
def _(office):
    office.init()
    path = office.file("p.csv", "cp,lat,lon,source\n03100,19.3866,-99.1706,polygon\n01020,19.3570,-99.1870,geonames\n64000,,,\n")
    office.load("coordinates", path).counts(3, 3, 0, 0, 0)
    office.load("coordinates", office.xz(path)).counts(3, 0, 0, 3, 0)
    place = office.row("postal_code", code="03100")
    equal((place["lat_e7"], place["lon_e7"], place["source"]), (193866000, -991706000, "polygon"), "place")
    check("lat_e7" not in office.row("postal_code", code="64000"), "no place")
    office.load("coordinates", office.file("q.csv", "\ufeffcp,lat,lon,source\n03100,19.4,-99.1706,office\n")).counts(1, 0, 1, 0, 0)


@test("S0-30: coordinates as GeoNames writes them: a code with several places gets their middle")
def _(office):
    office.init()
    line = "MX\t{code}\t{place}\tDistrito Federal\t09\tBenito Juárez\t014\t\t\t{lat}\t{lon}\t4\n"
    text = (line.format(code="03100", place="A", lat="19.38", lon="-99.17") +
            line.format(code="03100", place="B", lat="19.40", lon="-99.15") +
            line.format(code="01020", place="C", lat="19.35", lon="-99.18"))
    path = office.file("MX.txt", text)
    office.load("coordinates", path).counts(3, 3, 0, 0, 0)
    office.load("coordinates", office.zip(path)).counts(3, 0, 0, 3, 0)
    place = office.row("postal_code", code="03100")
    equal((place["lat_e7"], place["lon_e7"], place["source"]), (193900000, -991600000, "geonames"), "place")


@test("Coordinates that are none are refused by line and value; a file of another kind is told")
def _(office):
    office.init()
    path = office.file("p.csv", "cp,lat,lon,source\n03100,19.3,-99.1,polygon\n3100,19.3,-99.1,\n01020,91,-99.1,\n"
                       "01030,19.3,west,\n01040,nan,-99.1,\n01050,19.3,-99.1,guess\n01060,19.3\n")
    said = office.load("coordinates", path).counts(7, 1, 0, 0, 6)
    said.says("p.csv, line 3: ", "“3100”", "line 4: ", "“91”", "line 5: ", "west", "line 6: ", "nan", "line 7: ", "guess", "line 8: ")
    office.ctl("import", "coordinates", office.file("o.csv", "a,b\n1,2\n")).fails("o.csv", "cp")
    office.ctl("import", "coordinates", office.file("empty.csv", "")).fails("empty.csv")
    equal(len(office.rows("postal_code")), 1, "number of codes")


@test("S0-30: boundaries as FeatureCollection, bare GeometryCollection and MultiPolygon; codes as text or number")
def _(office):
    office.init()
    path = office.file("a.geojson", features(feature("03100"), feature(1020, square(-99.20, 19.35)),
                                             feature("06700.0", square(-99.25, 19.35))))
    office.load("boundaries", path).counts(3, 3, 0, 0, 0)
    office.load("boundaries", office.xz(path)).counts(3, 0, 0, 3, 0)
    equal(sorted(row["code"] for row in office.rows("area")), ["01020", "03100", "06700"], "codes")

    multi = {"type": "MultiPolygon", "coordinates": [[square(-99.0, 19.0)], [square(-98.9, 19.0)]]}
    nested = {"type": "GeometryCollection", "geometries": [multi]}
    path = office.file("b.geojson", features(feature("09000", geometry=multi), feature("09010", geometry=nested)))
    office.load("boundaries", path).counts(2, 2, 0, 0, 0)
    area = office.row("area", code="09000")
    equal((area["west"], area["east"]), (-990000000, -988900000), "box of both parts")
    # The codes then stand beside the bare geometries, as some states publish them.
    bare = {"type": "GeometryCollection", "geometries": [
        {"type": "Polygon", "coordinates": [square(-100.0, 20.0)], "properties": {"d_cp": "76000"}}]}
    said = office.ctl("import", "boundaries", office.file("c.geojson", json.dumps(bare)), "--json")
    check(said.code == 0 and json.loads(said.out)["read"] == 1 or "c.geojson" in said.err, "an answer that names the file", said)


@test("S0-30: the property that holds the code is found, or named with --property; two parts of one code are one area")
def _(office):
    office.init()
    path = office.file("a.geojson", features(feature("3100", name="CODIGO"), feature("3100", square(-99.10, 19.38), name="CODIGO")))
    said = office.ctl("import", "boundaries", path, "--property", "CODIGO").ok()
    check("2 read" in said.out and "2 added" in said.out and "1 area" in said.out, "two features, one area", said)
    equal(office.row("area")["code"], "03100", "code")
    office.ctl("import", "boundaries", path, "--property", "ZIP").says("a.geojson", "ZIP")
    office.load("boundaries", path).counts(2, 0, 0, 2, 0)


@test("Open rings, NaN and shapes that are no area are refused by feature and line; the others are in")
def _(office):
    office.init()
    ring = square(-99.17, 19.38)
    text = ",\n".join(json.dumps(member) for member in [
        feature("03100"), feature("03101", ring[:-1]), feature("03102", ring[:2] + ring[:1]),
        feature("03103", geometry={"type": "Point", "coordinates": [-99, 19]}), feature("0310X"), feature("03104"),
        feature("03105", [ring[0]] * 4), feature("03106", [ring[0], ring[1], ring[0], ring[1], ring[0]])])
    path = office.file("bad.geojson", '{"type":"FeatureCollection","features":[\n' + text + "\n]}")
    said = office.load("boundaries", path).counts(8, 2, 0, 0, 6)
    said.says("03105", "03106", "bad.geojson, line 3: ", "03101", "line 4: ", "03102", "line 5: ", "Point", "line 6: ", "0310X")
    equal(sorted(row["code"] for row in office.rows("area")), ["03100", "03104"], "codes")
    nan = office.file("nan.geojson", features(feature("03100"), feature("03110", [[float("nan"), 19.3], *ring[1:]])))
    said = office.ctl("import", "boundaries", nan)
    said.says("nan.geojson", "NaN")


@test("What is no GeoJSON is told by its name, with the line where it goes wrong")
def _(office):
    office.init()
    for name, text in (("half.geojson", features(feature("03100"))[:-20]), ("list.geojson", "[1,2,3]"),
                       ("text.geojson", "hello"), ("empty.geojson", ""), ("none.geojson", '{"type":"Topology","objects":{}}'),
                       ("deep.geojson", '{"type":"FeatureCollection","features":[' + '{"a":' * 10000)):
        office.ctl("import", "boundaries", office.file(name, text)).fails(name)
    office.ctl("import", "boundaries", office.folder / "missing.geojson").fails("missing.geojson", "no file")
    equal(office.rows("area"), [], "areas")


@test("The five counts of the demonstration's own files add up, as text and as one object")
def _(office):
    office.init()
    for what, name in (("postal-codes", "postal-codes.txt"), ("coordinates", "coordinates.csv"), ("boundaries", "boundaries.geojson")):
        first = json.loads(office.load(what, DEMO / name).ok().out)
        second = json.loads(office.load(what, DEMO / name).ok().out)
        for told in first, second:
            equal(list(told), COUNTS + ["warned"], "members")
            equal(told["read"], sum(told[name] for name in COUNTS[1:]), "sum of the outcomes")
        equal((second["added"], second["changed"], second["unchanged"]), (0, 0, first["read"]), f"second run of {name}")


if __name__ == "__main__":
    ctl.run()
