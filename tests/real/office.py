#!/usr/bin/python3
# office.py: an office around the real reports: masters, distributors, crews, people, and what they did so far
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes CSV files that despachoctl reads, the same ones for the same input.

The reports of water leaks of Mexico City are the orders. They have neither contractors nor crews nor closings: these are
made here, from the reports themselves and a fixed seed. Reports older than some days were assigned and closed; the
newest days look like a working day; reports without postal code wait for somebody to find theirs.
"""
import collections
import csv
import datetime
import hashlib
import lzma
import pathlib
import sys

CREWS = 400
DISTRIBUTORS = 12
DOUBLE = 4  # distributors that serve two boroughs
# From that age in days on: closed, and assigned or closed, of a thousand.
DONE = [(15, 998, 998), (3, 800, 920), (1, 250, 650), (0, 0, 300)]
GIVEN = "Adriana Alejandro Beatriz Carlos Claudia Daniel Elena Fernando Gabriela Héctor Irma Javier Laura Luis Mónica Óscar Pedro Rosa Sergio Verónica".split()
FAMILY = "Aguilar Bautista Castillo Domínguez Espinosa Flores García Hernández Juárez López Martínez Núñez Ortega Pérez Ramírez Sánchez Torres Vargas Yáñez Zúñiga".split()
VEHICLES = ["Transit", "Tsuru", "Hilux", "Saveiro", "Partner"]


def dice(*words):
    """An integer that depends on the words alone."""
    return int.from_bytes(hashlib.sha256("/".join(map(str, words)).encode()).digest()[:8], "big")


def person(*words):
    return f"{GIVEN[dice('given', *words) % len(GIVEN)]} {FAMILY[dice('family', *words) % len(FAMILY)]} " \
           f"{FAMILY[dice('second', *words) % len(FAMILY)]}"


def write(folder, name, header, rows):
    with open(folder / name, "w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out)
        writer.writerow(header)
        writer.writerows(rows)


def reports(path):
    seen = set()
    with lzma.open(path, "rt", encoding="utf-8", newline="") as text:
        for row in csv.DictReader(text):
            if row["id_reporte"] not in seen:
                seen.add(row["id_reporte"])
                yield row


def share(counts, total):
    """Splits total by the counts; everybody gets at least two."""
    whole = sum(counts.values())
    return {name: max(2, round(total * n / whole)) for name, n in counts.items()}


def tax_id(letters, n):
    """A company's RFC with the check digit that the rule asks for."""
    order = "0123456789ABCDEFGHIJKLMN&OPQRSTUVWXYZ Ñ"
    plain = [c for c in letters.upper() if c in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"]
    body = f"{''.join(plain[:3])}{10 + n % 15:02d}0{1 + n % 9}1{n % 10}A{n % 10}"
    rest = sum(order.index(c) * (13 - i) for i, c in enumerate(" " + body)) % 11
    return body + ("0" if rest == 0 else "A" if rest == 1 else str(11 - rest))


def local_today():
    """Mexico City has been six hours behind UTC all year since 2022."""
    return (datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(hours=6)).date()


def c5_work(data, newest_today, by_borough, assignments, closings):
    """The log of road incidents says when each was closed, and how: so it was. The import moves its days to today."""
    names = {"BENITO JUAREZ": "Benito Juárez", "COYOACAN": "Coyoacán", "IZTACALCO": "Iztacalco",
             "IZTAPALAPA": "Iztapalapa", "TLAHUAC": "Tláhuac", "XOCHIMILCO": "Xochimilco"}
    stamp = "%d/%m/%Y %H:%M:%S"
    with lzma.open(data / "orders/c5_incidents_iztapalapa_2018-04a.csv.xz", "rt", encoding="utf-8", newline="") as text:
        rows = list(csv.DictReader(text))
    created = {row["folio"]: datetime.datetime.strptime(f"{row['fecha_creacion']} {row['hora_creacion']}", stamp)
               for row in rows}
    shift = newest_today - max(created.values()).date()
    now = datetime.datetime.now(datetime.timezone.utc)
    for row in rows:
        crews_here = by_borough.get(names.get(row["delegacion_inicio"]))
        closed = datetime.datetime.strptime(f"{row['fecha_cierre']} {row['hora_cierre']}", stamp)
        closed = (closed + shift + datetime.timedelta(hours=6)).replace(tzinfo=datetime.timezone.utc)
        if not crews_here or not row["cp_derived"]:
            continue
        if created[row["folio"]] + shift + datetime.timedelta(hours=6) < now.replace(tzinfo=None):
            assignments.append([row["folio"], crews_here[dice("to", row["folio"]) % len(crews_here)]])
            if closed < now:
                closings.append([row["folio"], f"{closed:%Y-%m-%dT%H:%M:%SZ}", "yes", "yes", row["codigo_cierre"]])


def main(data, out):
    folder, work = out / "contractors", out / "work"
    folder.mkdir(parents=True, exist_ok=True)
    work.mkdir(exist_ok=True)
    rows = list(reports(data / "orders/sacmex_leak_reports_2022-01_2023-06.csv.xz"))
    newest = max(datetime.date.fromisoformat(row["fecha_reporte"]) for row in rows)
    boroughs = collections.Counter(row["alcaldia_catalogo"] for row in rows
                                   if row["alcaldia_catalogo"] != "NA" and row["cp_derived"])
    middle = {}
    for borough in boroughs:
        points = [(float(row["latitud"]), float(row["longitud"])) for row in rows
                  if row["alcaldia_catalogo"] == borough and row["cp_derived"]][:2000]
        middle[borough] = (sum(p[0] for p in points) / len(points), sum(p[1] for p in points) / len(points))
    spots = collections.defaultdict(list)
    for row in rows:
        if row["cp_derived"] and len(spots[row["alcaldia_catalogo"]]) < 500:
            spots[row["alcaldia_catalogo"]].append((float(row["latitud"]), float(row["longitud"])))

    write(folder, "masters.csv", ["code", "name", "tax_id", "contact", "phone"],
          [[f"M{n:02d}", f"Máster {name}", tax_id(name, n), person("master", n), f"55000020{n:02d}"]
           for n, name in enumerate(["Anáhuac", "Del Valle", "Poniente"], 1)])

    served = {}
    order = [name for name, _ in boroughs.most_common()]
    # The largest boroughs have a distributor of their own, the smallest share one.
    single, shared = order[:len(order) - 2 * DOUBLE], order[len(order) - 2 * DOUBLE:]
    groups = [[name] for name in single] + [[shared[i], shared[-1 - i]] for i in range(DOUBLE)]
    distributors = []
    for n, group in enumerate(groups[:DISTRIBUTORS], 1):
        code = f"D{n:02d}"
        for borough in group:
            served[borough] = code
        distributors.append([code, f"Servicios {group[0]}", f"M{1 + n % 3:02d}", tax_id(group[0], n), person("d", n),
                             f"55000010{n:02d}", "|".join(group)])
    for group in groups[DISTRIBUTORS:]:
        for borough in group:
            served[borough] = f"D{DISTRIBUTORS:02d}"
            distributors[-1][-1] += f"|{borough}"
    write(folder, "distributors.csv", ["code", "name", "master", "tax_id", "contact", "phone", "zone"], distributors)

    crews, technicians, memberships = [], [], []
    by_borough = collections.defaultdict(list)
    number = 0
    for borough, n_crews in sorted(share(boroughs, CREWS).items()):
        for _ in range(n_crews):
            number += 1
            code = f"C-{number:03d}"
            d = dice("crew", code)
            lat, lon = spots[borough][d % len(spots[borough])]
            by_borough[borough].append(code)
            crews.append([code, f"{borough} {len(by_borough[borough])}", served[borough], f"55000{30000 + number}",
                          f"{VEHICLES[d % len(VEHICLES)]} {d % 900 + 100}-MX", "Fuga" if d % 12 else "Revisión",
                          borough, f"{lat:.6f}", f"{lon:.6f}", 4 + d % 7, ["07:00", "08:00", "09:00"][d % 3],
                          ["16:00", "18:00", "20:00"][d // 3 % 3], "7" if d % 4 else ""])
            for seat in range(2):
                tech = f"T{2 * number + seat:04d}"
                technicians.append([tech, person("t", tech), served[borough], f"55000{40000 + 2 * number + seat}"])
                memberships.append([code, tech, "2026-01-01", ""])
    write(folder, "crews.csv", ["code", "name", "distributor", "phone", "vehicle", "skills", "zone", "home_lat",
                                "home_lon", "capacity", "starts", "ends", "days_off"], crews)
    write(folder, "technicians.csv", ["code", "name", "distributor", "phone"], technicians)
    write(folder, "memberships.csv", ["crew", "technician", "from", "until"], memberships)
    write(folder, "users.csv", ["name", "profile", "scope", "full_name"], [
        ["dispatcher", "dispatcher", "all", "Marisol Treviño"],
        ["dispatcher2", "dispatcher", "all", "Gerardo Olvera"],
        ["distributor", "distributor", "distributor D02", "Ximena Barrera"],
        ["supervisor", "supervisor", "all", "Ignacio Paredes"],
        ["administrator", "administrator", "all", "Leticia Fuentes"],
    ])

    assignments, closings = [], []
    for row in rows:
        age = (newest - datetime.date.fromisoformat(row["fecha_reporte"])).days
        d = dice("order", row["id_reporte"]) % 1000
        crews_here = by_borough.get(row["alcaldia_catalogo"])
        if not crews_here or not row["cp_derived"]:
            continue
        # Of a thousand: how many are closed, and how many have at least a crew.
        closed, assigned = next(share for days, *share in DONE if age >= days)
        closed, assigned = d < closed, d < assigned
        if assigned:
            assignments.append([row["id_reporte"], crews_here[dice("to", row["id_reporte"]) % len(crews_here)]])
        if closed:
            closings.append([row["id_reporte"], "@attention_at", "yes", "yes", "Fuga reparada"])
    c5_work(data, newest_today=local_today(), by_borough=by_borough, assignments=assignments, closings=closings)
    write(work, "assignments.csv", ["number", "crew"], assignments)
    write(work, "closings.csv", ["number", "closed_at", "attended", "satisfied", "resolution"], closings)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("Usage: office.py DATA FOLDER")
    main(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]))
