#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes the demonstration data beside this script: an invented office on real postal codes of Mexico City.

What is real: the codes, the names of their settlements and municipalities, and roughly where they lie. What is
invented: every customer, street, telephone, company, crew and order. Areas are drawn around the centres (the part of
the plane nearest to each, cut at two kilometres), which is not where the codes' borders run: `source` says so.

Telephones begin with 55 0000, which nobody can have, since no Mexican subscriber number begins with 0.

The seed is fixed, so the same script writes the same bytes. Dates are written around BASE_DAY; the mapping file moves
them so that the newest creation date falls on the day of the import.

Usage: generate.py [FOLDER | --check]
Writes into FOLDER, by default that of this script; --check says whether what is there is what would be written.
"""

import csv
import datetime
import filecmp
import io
import json
import math
import os
import random
import sys
import tempfile

BASE_DAY = datetime.date(2026, 3, 18)
N_ORDERS = 1200
KM_LAT = 110.6
KM_LON = 105.0          # at 19.4 degrees north
AREA_RADIUS_KM = 2.0
SPREAD = 0.007          # degrees around the centre within which a code's orders lie

# code, municipality's number and name, latitude, longitude, settlements (name, kind)
POSTAL_CODES = [
    ("01020", "010", "Álvaro Obregón", 19.357, -99.187, [("Guadalupe Inn", "Colonia")]),
    ("01210", "010", "Álvaro Obregón", 19.383, -99.241, [("Santa Fe", "Pueblo")]),
    ("01710", "010", "Álvaro Obregón", 19.357, -99.206,
     [("Las Águilas", "Colonia"), ("Ampliación Alpes", "Colonia")]),
    ("01900", "010", "Álvaro Obregón", 19.320, -99.207, [("Jardines del Pedregal", "Colonia")]),
    ("02000", "002", "Azcapotzalco", 19.481, -99.186, [("Centro de Azcapotzalco", "Colonia")]),
    ("02080", "002", "Azcapotzalco", 19.466, -99.182, [("Clavería", "Colonia"), ("Sector Naval", "Colonia")]),
    ("02300", "002", "Azcapotzalco", 19.495, -99.164, [("Industrial Vallejo", "Colonia")]),
    ("03020", "014", "Benito Juárez", 19.392, -99.158, [("Narvarte Poniente", "Colonia")]),
    ("03100", "014", "Benito Juárez", 19.384, -99.168,
     [("Del Valle Centro", "Colonia"), ("Insurgentes San Borja", "Colonia")]),
    ("03300", "014", "Benito Juárez", 19.362, -99.149, [("Portales Sur", "Colonia")]),
    ("03400", "014", "Benito Juárez", 19.398, -99.142, [("Álamos", "Colonia")]),
    ("03800", "014", "Benito Juárez", 19.390, -99.185, [("San Pedro de los Pinos", "Colonia")]),
    ("04100", "003", "Coyoacán", 19.354, -99.164, [("Del Carmen", "Colonia")]),
    ("04200", "003", "Coyoacán", 19.346, -99.135, [("Campestre Churubusco", "Colonia")]),
    ("04369", "003", "Coyoacán", 19.328, -99.167, [("Pedregal de Santo Domingo", "Colonia")]),
    ("04480", "003", "Coyoacán", 19.324, -99.118,
     [("Culhuacán CTM Sección VI", "Colonia"), ("Culhuacán CTM Sección III", "Colonia"),
      ("Culhuacán CTM CROC", "Colonia")]),
    ("04700", "003", "Coyoacán", 19.307, -99.177, [("Pedregal de Carrasco", "Colonia")]),
    ("05000", "004", "Cuajimalpa de Morelos", 19.358, -99.299, [("Cuajimalpa", "Colonia")]),
    ("05120", "004", "Cuajimalpa de Morelos", 19.387, -99.257, [("Bosques de las Lomas", "Colonia")]),
    ("05348", "004", "Cuajimalpa de Morelos", 19.355, -99.271, [("Santa Fe Cuajimalpa", "Colonia")]),
    ("06000", "015", "Cuauhtémoc", 19.433, -99.138, [("Centro (Área 1)", "Colonia")]),
    ("06140", "015", "Cuauhtémoc", 19.415, -99.176, [("Condesa", "Colonia")]),
    ("06400", "015", "Cuauhtémoc", 19.448, -99.159, [("Santa María la Ribera", "Colonia")]),
    ("06600", "015", "Cuauhtémoc", 19.427, -99.162, [("Juárez", "Colonia")]),
    ("06700", "015", "Cuauhtémoc", 19.418, -99.163, [("Roma Norte", "Colonia")]),
    ("06760", "015", "Cuauhtémoc", 19.407, -99.162, [("Roma Sur", "Colonia")]),
    ("06800", "015", "Cuauhtémoc", 19.415, -99.139, [("Obrera", "Colonia")]),
    ("06900", "015", "Cuauhtémoc", 19.453, -99.141, [("Nonoalco Tlatelolco", "Colonia")]),
    ("07050", "005", "Gustavo A. Madero", 19.484, -99.114, [("Villa Gustavo A. Madero", "Colonia")]),
    ("07100", "005", "Gustavo A. Madero", 19.557, -99.134,
     [("Cuautepec Barrio Alto", "Colonia"), ("San Miguel", "Colonia")]),
    ("07300", "005", "Gustavo A. Madero", 19.493, -99.129,
     [("Lindavista Norte", "Colonia"), ("Lindavista Sur", "Colonia")]),
    ("07530", "005", "Gustavo A. Madero", 19.485, -99.080, [("Campestre Aragón", "Colonia")]),
    ("07840", "005", "Gustavo A. Madero", 19.465, -99.120,
     [("Guadalupe Tepeyac", "Colonia"), ("7 de Noviembre", "Colonia")]),
    ("08100", "006", "Iztacalco", 19.411, -99.065, [("Agrícola Pantitlán", "Colonia")]),
    ("08400", "006", "Iztacalco", 19.402, -99.097, [("Granjas México", "Colonia")]),
    ("08500", "006", "Iztacalco", 19.395, -99.071, [("Agrícola Oriental", "Colonia")]),
    ("09000", "007", "Iztapalapa", 19.362, -99.094,
     [("La Asunción", "Barrio"), ("San Ignacio", "Barrio"), ("San José", "Barrio")]),
    ("09060", "007", "Iztapalapa", 19.365, -99.115, [("Escuadrón 201", "Colonia"), ("Sector Popular", "Colonia")]),
    ("09200", "007", "Iztapalapa", 19.358, -99.056, [("Unidad Vicente Guerrero", "Colonia")]),
    ("09310", "007", "Iztapalapa", 19.379, -99.070,
     [("Leyes de Reforma 1a Sección", "Colonia"), ("Leyes de Reforma 2a Sección", "Colonia"),
      ("Leyes de Reforma 3a Sección", "Colonia")]),
    ("09430", "007", "Iztapalapa", 19.379, -99.118, [("Apatlaco", "Colonia"), ("El Triunfo", "Colonia")]),
    ("09510", "007", "Iztapalapa", 19.360, -99.009, [("Santa Martha Acatitla", "Pueblo")]),
    ("09700", "007", "Iztapalapa", 19.331, -99.039,
     [("Buenavista", "Colonia"), ("Carlos Hank Gonzalez", "Colonia"), ("Desarrollo Urbano Quetzalcóatl", "Colonia")]),
    ("09800", "007", "Iztapalapa", 19.337, -99.105,
     [("Culhuacán", "Pueblo"), ("El Mirador", "Colonia"), ("Estrella Culhuacán", "Colonia")]),
    ("10200", "008", "La Magdalena Contreras", 19.327, -99.224, [("San Jerónimo Lídice", "Colonia")]),
    ("11000", "016", "Miguel Hidalgo", 19.419, -99.219,
     [("Lomas de Chapultepec I Sección", "Colonia"), ("Lomas de Chapultepec VIII Sección", "Colonia"),
      ("Lomas de Chapultepec II Sección", "Colonia")]),
    ("11200", "016", "Miguel Hidalgo", 19.448, -99.214,
     [("Lomas Hermosa", "Colonia"), ("Lomas de Sotelo", "Colonia")]),
    ("11320", "016", "Miguel Hidalgo", 19.444, -99.177,
     [("Anáhuac I Sección", "Colonia"), ("Anáhuac II Sección", "Colonia")]),
    ("11560", "016", "Miguel Hidalgo", 19.432, -99.187, [("Polanco V Sección", "Colonia")]),
    ("11800", "016", "Miguel Hidalgo", 19.402, -99.179,
     [("Escandón I Sección", "Colonia"), ("Escandón II Sección", "Colonia")]),
    ("12000", "009", "Milpa Alta", 19.204, -99.026,
     [("La Concepción", "Barrio"), ("La Luz", "Barrio"), ("Los Ángeles", "Barrio")]),
    ("13000", "011", "Tláhuac", 19.274, -99.005, [("La Asunción", "Barrio")]),
    ("13270", "011", "Tláhuac", 19.287, -99.060, [("Del Mar", "Colonia")]),
    ("14000", "012", "Tlalpan", 19.288, -99.170, [("Tlalpan Centro", "Colonia"), ("Tlalpan", "Colonia")]),
    ("14210", "012", "Tlalpan", 19.301, -99.203, [("Jardines en la Montaña", "Colonia")]),
    ("14250", "012", "Tlalpan", 19.279, -99.205,
     [("Miguel Hidalgo 2A Sección", "Colonia"), ("Miguel Hidalgo 3A Sección", "Colonia"),
      ("Miguel Hidalgo 4A Sección", "Colonia")]),
    ("14380", "012", "Tlalpan", 19.285, -99.135, [("A.M.S.A", "Colonia"), ("San Bartolo El Chico", "Colonia")]),
    ("14640", "012", "Tlalpan", 19.270, -99.158, [("Ejidos de San Pedro Mártir", "Colonia")]),
    ("15530", "017", "Venustiano Carranza", 19.432, -99.097, [("Moctezuma 2a Sección", "Colonia")]),
    ("15900", "017", "Venustiano Carranza", 19.416, -99.107, [("Jardín Balbuena", "Colonia")]),
    ("16000", "013", "Xochimilco", 19.266, -99.106,
     [("La Concepción Tlacoapa", "Barrio"), ("San Antonio", "Barrio"), ("San Juan", "Barrio")]),
    ("16200", "013", "Xochimilco", 19.250, -99.121, [("Santiago Tepalcatlalpan", "Pueblo")]),
]

KIND_NUMBER = {"Barrio": "02", "Colonia": "09", "Pueblo": "28"}

# Shown as bubbles: no area is written for these.
WITHOUT_AREA = {"02300", "05000", "07100", "12000", "16200"}

MASTERS = [
    # code, name, letters and date of the tax id
    ("M01", "Enlaces del Centro", "ECE110404"),
    ("M02", "Redes del Valle", "RVA090915"),
]

DISTRIBUTORS = [
    # code, name, master, letters and date of the tax id, municipalities served, letter of its crews
    ("D01", "Instalaciones Anáhuac", "M01", "IAN120217",
     ["Cuauhtémoc", "Miguel Hidalgo", "Azcapotzalco", "Gustavo A. Madero"], "Norte"),
    ("D02", "Conexiones del Sur", "M01", "CSU140630",
     ["Benito Juárez", "Coyoacán", "Álvaro Obregón", "Cuajimalpa de Morelos", "La Magdalena Contreras", "Tlalpan"],
     "Sur"),
    ("D03", "Servicios Oriente", "M02", "SOR160811",
     ["Iztacalco", "Iztapalapa", "Venustiano Carranza", "Tláhuac", "Milpa Alta", "Xochimilco"], "Oriente"),
]
CREWS_PER_DISTRIBUTOR = 8
REST_ON_SUNDAY = {"C-12", "C-20"}

USERS = [
    # name, profile, scope, person
    ("dispatcher", "dispatcher", "all", "Marisol Treviño"),
    ("dispatcher2", "dispatcher", "all", "Gerardo Olvera"),
    ("distributor", "distributor", "distributor D02", "Ximena Barrera"),
    ("supervisor", "supervisor", "all", "Ignacio Paredes"),
    ("administrator", "administrator", "all", "Leticia Fuentes"),
]

# type's code in the file, group, type, share, days allowed from creation to penalty, subtypes
TYPES = [
    ("INST", "Instalaciones", "Nueva instalación", 30, 5,
     ["Internet", "Internet y telefonía", "Triple paquete", "Solo telefonía"]),
    ("REP", "Mantenimiento", "Reparación", 34, 2,
     ["Sin señal", "Lentitud", "Cable dañado", "Sin tono", "Equipo dañado"]),
    ("CDOM", "Movimientos", "Cambio de domicilio", 11, 4, ["Misma ciudad", "Dentro del domicilio"]),
    ("REIN", "Instalaciones", "Reinstalación", 7, 4, ["Por suspensión", "Por obra"]),
    ("GAR", "Mantenimiento", "Garantía", 8, 1, ["De instalación", "De reparación"]),
    ("FUS", "Movimientos", "Fusión de cuentas", 4, 6, ["Dos cuentas", "Cambio de titular"]),
    ("EQAD", "Instalaciones", "Equipo adicional", 6, 5, ["Decodificador", "Extensión telefónica", "Repetidor wifi"]),
]

RESOLUTIONS = {
    "Instalaciones": ["Servicio instalado y probado", "Equipo instalado, cliente capacitado"],
    "Mantenimiento": ["Se cambió el conector", "Se repuso el cable de acometida", "Se reinició y ajustó el equipo"],
    "Movimientos": ["Servicio trasladado y probado", "Cuentas unidas, servicio probado"],
}
# What the closings of each type say, as data/catalogues asks for it: solution code, equipment, answers to its checklist.
CLOSINGS = {
    "INST": ("S01", "installed MODEM MX-%s", "yes|yes|yes"), "REP": ("S03", "", "yes|no"),
    "CDOM": ("S08", "installed MODEM MX-%s", "yes|yes"), "REIN": ("S01", "installed ONT OX-%s", "yes"),
    "GAR": ("S05", "", "yes"), "FUS": ("S09", "", ""), "EQAD": ("S02", "installed DECO DX-%s", "yes"),
}
WOMEN = """Adriana Alejandra Alma Antonia Beatriz Bertha Carmen Catalina Cecilia Claudia Cristina Diana Elena Elisa
Esperanza Eugenia Fabiola Fernanda Gabriela Gloria Graciela Hilda Irene Isabel Josefina Juana Laura Leticia Lorena
Lourdes Lucía Marcela Margarita María Mercedes Mónica Nadia Norma Ofelia Patricia Pilar Raquel Rebeca Rocío Rosa Sandra
Silvia Sofía Susana Teresa Úrsula Verónica Virginia Xóchitl Yolanda""".split()
MEN = """Alfonso Andrés Arturo Benjamín Carlos César Daniel Eduardo Emilio Enrique Ernesto Esteban Felipe Francisco
Gilberto Gustavo Héctor Hugo Jacinto Javier Jesús Joaquín Jorge Julián Leonardo Luis Manuel Mario Martín Mauricio Miguel
Octavio Óscar Pablo Pedro Rafael Ramón Raúl Ricardo Roberto Rodrigo Rubén Salvador Santiago Sergio Tomás Vicente
Víctor""".split()
FAMILY = """Acosta Aguilar Alvarado Arellano Ávila Ayala Balderas Bautista Bravo Cabrera Calderón Camacho Campos
Cárdenas Carrillo Castañeda Castillo Cervantes Chávez Contreras Corona Cortés Cruz Delgado Díaz Domínguez Escobar
Espinosa Estrada Fernández Flores Franco Fuentes Galván García Gómez González Guerrero Gutiérrez Guzmán Hernández
Herrera Hidalgo Ibarra Jiménez Juárez Lara León Lozano Luna Maldonado Marín Martínez Medina Mejía Méndez Mendoza
Meza Miranda Molina Montes Morales Moreno Muñoz Navarro Núñez Ochoa Olvera Orozco Ortega Ortiz Pacheco Padilla
Palacios Peña Peralta Pérez Ponce Quintero Ramírez Ramos Rangel Reyes Ríos Rivera Robles Rodríguez Rojas Romero Rosas
Rubio Ruiz Salas Salazar Salinas Sánchez Sandoval Santos Serrano Silva Solís Soto Suárez Tapia Téllez Toledo Torres
Trejo Trujillo Valdez Valencia Vargas Vázquez Vega Velasco Velázquez Villa Zamora Zapata Zavala Zúñiga""".split()
STREET_KIND = ["Calle", "Calle", "Calle", "Avenida", "Cerrada", "Privada", "Andador"]
STREET = """de los Jacarandas del Colibrí de la Ceiba del Mezquite de las Bugambilias del Ahuehuete del Quetzal
de los Nogales de la Obsidiana del Cenote de los Telares del Alfarero de la Noria del Maguey de los Zorzales
de las Dalias del Tezontle de la Milpa del Cántaro de los Faroles del Colorín de la Garza del Nopal de los Cedros
de la Cantera del Jilguero de las Acequias del Ocote de los Arrieros de la Fragua""".replace("\n", " ").split(" d")
OTHER_SLOTS = [datetime.time(h, m) for h in range(9, 18) for m in (0, 30)]
STREET = [("d" + s if i else s).strip() for i, s in enumerate(STREET)]
VEHICLES = ["Tsuru", "Partner", "Kangoo", "Saveiro", "Transit", "NP300"]


def tax_id(stem, rng):
    """A company's RFC: three letters, a date, two free characters and the check digit that the rule asks for."""
    letters = "0123456789ABCDEFGHIJKLMN&OPQRSTUVWXYZ Ñ"
    body = stem + rng.choice("ABCDEFGHJKLMNPQR") + rng.choice("123456789")
    total = sum(letters.index(c) * (13 - i) for i, c in enumerate((" " + body)))
    rest = total % 11
    return body + ("0" if rest == 0 else "A" if rest == 1 else str(11 - rest))


def bank_account(rng):
    """A CLABE of a bank number that no bank has, with its check digit."""
    digits = "000180" + "".join(rng.choice("0123456789") for _ in range(11))
    total = sum(int(d) * (3, 7, 1)[i % 3] % 10 for i, d in enumerate(digits))
    return digits + str(-total % 10)


def phone(rng):
    return "550000%04d" % rng.randrange(10000)


def person(rng):
    names = rng.choice([WOMEN, MEN])
    given = rng.choice(names)
    if rng.random() < 0.35:
        second = rng.choice(names)
        if second != given:
            given += " " + second
    return "%s %s %s" % (given, rng.choice(FAMILY), rng.choice(FAMILY))


def cut(polygon, ax, ay, bx, by):
    """What remains of a convex polygon on the side of the line half way between a and b where a lies."""
    mx, my, dx, dy = (ax + bx) / 2, (ay + by) / 2, bx - ax, by - ay
    kept = []
    for i, (px, py) in enumerate(polygon):
        qx, qy = polygon[(i + 1) % len(polygon)]
        p = (px - mx) * dx + (py - my) * dy
        q = (qx - mx) * dx + (qy - my) * dy
        if p <= 0:
            kept.append((px, py))
        if (p < 0 < q) or (q < 0 < p):
            t = p / (p - q)
            kept.append((px + (qx - px) * t, py + (qy - py) * t))
    return kept


def areas():
    """Yields code and ring (longitude, latitude; closed, counter-clockwise) of every code that gets an area."""
    centres = [(c[4] * KM_LON, c[3] * KM_LAT) for c in POSTAL_CODES]
    for i, code in enumerate(POSTAL_CODES):
        x, y = centres[i]
        ring = [(x + AREA_RADIUS_KM * math.cos(a * math.pi / 12), y + AREA_RADIUS_KM * math.sin(a * math.pi / 12))
                for a in range(24)]
        for j, (ox, oy) in enumerate(centres):
            if j != i and math.hypot(ox - x, oy - y) < 2 * AREA_RADIUS_KM:
                ring = cut(ring, x, y, ox, oy)
        if code[0] not in WITHOUT_AREA:
            points = [[round(px / KM_LON, 5), round(py / KM_LAT, 5)] for px, py in ring]
            yield code[0], points + [points[0]]


def write(folder, name, text, encoding="utf-8"):
    with open(os.path.join(folder, name), "wb") as f:
        f.write(text.encode(encoding))


def table(header, rows):
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return out.getvalue()


def write_postal_codes(folder):
    lines = ["Extracto de demostración: códigos y nombres de asentamientos, con el formato del catálogo oficial.",
             "d_codigo|d_asenta|d_tipo_asenta|D_mnpio|d_estado|d_ciudad|d_CP|c_estado|c_oficina|c_CP|c_tipo_asenta|"
             "c_mnpio|id_asenta_cpcons|d_zona|c_cve_ciudad"]
    number = 0
    for code, mun, municipality, _lat, _lon, settlements in POSTAL_CODES:
        for name, kind in settlements:
            number += 1
            lines.append("|".join([code, name, kind, municipality, "Ciudad de México", "Ciudad de México", code, "09",
                                   code, "", KIND_NUMBER[kind], mun, "%04d" % number, "Urbano", ""]))
    write(folder, "postal-codes.txt", "\r\n".join(lines) + "\r\n", "iso-8859-1")
    write(folder, "coordinates.csv", table(["cp", "lat", "lon", "source"],
          [[c[0], "%.4f" % c[3], "%.4f" % c[4], "office"] for c in POSTAL_CODES]))
    features = [json.dumps({"type": "Feature", "properties": {"d_codigo": code, "source": "approximate"},
                            "geometry": {"type": "Polygon", "coordinates": [ring]}}, separators=(",", ":"))
                for code, ring in areas()]
    write(folder, "boundaries.geojson",
          '{"type":"FeatureCollection","features":[\n' + ",\n".join(features) + "\n]}\n")


def write_companies(folder, rng):
    write(folder, "masters.csv", table(
        ["code", "name", "tax_id", "address", "contact", "phone"],
        [[code, name, tax_id(stem, rng), "Calle de la Fragua %d, Ciudad de México" % rng.randrange(10, 200),
          person(rng), phone(rng)]
         for code, name, stem in MASTERS]))
    write(folder, "distributors.csv", table(
        ["code", "name", "master", "tax_id", "address", "contact", "phone", "zone", "bank", "bank_account"],
        [[code, name, master, tax_id(stem, rng), "Calle del Telar %d, Ciudad de México" % rng.randrange(10, 200),
          person(rng), phone(rng), "|".join(served), "Banco del Ejemplo", bank_account(rng)]
         for code, name, master, stem, served, _word in DISTRIBUTORS]))
    write(folder, "users.csv", table(["name", "profile", "scope", "full_name"], USERS))


def write_crews(folder, rng):
    """Returns the crews as dictionaries; writes them and who is in them since when."""
    crews, technicians, members = [], [], []
    everything = [t[2] for t in TYPES]
    for d, (distributor, _name, _master, _stem, served, word) in enumerate(DISTRIBUTORS):
        codes = [c for c in POSTAL_CODES if c[2] in served]
        # Crews lie along the list of codes, which goes by municipality, so neighbours share a crew.
        for i in range(CREWS_PER_DISTRIBUTOR):
            first = i * len(codes) // CREWS_PER_DISTRIBUTOR
            zone = codes[first:(i + 1) * len(codes) // CREWS_PER_DISTRIBUTOR]
            near = sorted(codes, key=lambda c: abs(c[3] - zone[0][3]) + abs(c[4] - zone[0][4]))[:6]
            zone = sorted({c[0] for c in zone + near})
            home = codes[first]
            number = d * CREWS_PER_DISTRIBUTOR + i + 1
            if number % 6 == 0:
                skills = ["Reparación", "Garantía"]
            elif number % 6 == 3:
                skills = ["Nueva instalación", "Reinstalación", "Equipo adicional", "Cambio de domicilio"]
            else:
                skills = everything
            start, end = rng.choice([("08:00", "17:00"), ("09:00", "18:00"), ("08:00", "18:00"), ("10:00", "20:00")])
            crew = {"code": "C-%02d" % number, "name": "%s %d" % (word, i + 1), "distributor": distributor,
                    "phone": phone(rng), "vehicle": "%s %s" % (rng.choice(VEHICLES), "XX-%03d-%s" % (
                        rng.randrange(1000), rng.choice("ABCDEFG"))),
                    "skills": skills, "zone": zone, "capacity": rng.choice([6, 7, 8, 8, 9, 10]),
                    "start": start, "end": end,
                    "lat": home[3] + rng.uniform(-0.006, 0.006), "lon": home[4] + rng.uniform(-0.006, 0.006)}
            crews.append(crew)
            for k in range(2):
                technician = "T%03d" % (number * 2 - 1 + k)
                since = BASE_DAY - datetime.timedelta(days=rng.randrange(60, 900))
                technicians.append([technician, person(rng), distributor, phone(rng)])
                members.append([crew["code"], technician, since.isoformat(), ""])
    write(folder, "crews.csv", table(
        ["code", "name", "distributor", "phone", "vehicle", "skills", "zone", "home_lat", "home_lon", "capacity",
         "starts", "ends", "days_off"],
        [[c["code"], c["name"], c["distributor"], c["phone"], c["vehicle"], "|".join(c["skills"]),
          "|".join(c["zone"]), "%.5f" % c["lat"], "%.5f" % c["lon"], c["capacity"], c["start"], c["end"],
          "7" if c["code"] in REST_ON_SUNDAY else ""]
         for c in crews]))
    write(folder, "technicians.csv", table(["code", "name", "distributor", "phone"], technicians))
    write(folder, "memberships.csv", table(["crew", "technician", "from", "until"], members))
    return crews


def penalty_offset(rng, kind):
    """Days and minutes from the base day's midnight, by what the order is to show."""
    if kind == "past":
        return -rng.randrange(1, 4), rng.randrange(7 * 60, 21 * 60)
    if kind == "today":                       # all round the clock, so that some are at risk at whatever hour it is
        return 0, rng.randrange(0, 24 * 60)
    if kind == "tomorrow":
        return 1, rng.randrange(0, 24 * 60)
    return rng.randrange(2, 7), rng.randrange(8 * 60, 21 * 60)


def moment(day_offset, minutes):
    return datetime.datetime.combine(BASE_DAY, datetime.time()) + datetime.timedelta(days=day_offset, minutes=minutes)


def may_take(crew, order, at, appointments):
    """Whether the office would give the order to the crew without a second thought: no rule warns."""
    hour = at.strftime("%H:%M")
    return (crew["distributor"] == order["distributor"] and order["type_name"] in crew["skills"]
            and crew["start"] <= hour and (at + datetime.timedelta(hours=1)).strftime("%H:%M") <= crew["end"]
            and not (crew["code"] in REST_ON_SUNDAY and at.weekday() == 6)
            and len(appointments) < crew["capacity"]
            and all(abs((at - other).total_seconds()) >= 3600 and at.hour != other.hour for other in appointments))


def write_orders(folder, rng, crews):
    # A few busy codes, many quiet ones: as in a real office.
    weights = [rng.choice([1, 1, 2, 2, 3, 4, 6]) for _ in POSTAL_CODES]
    type_weights = [t[3] for t in TYPES]
    by_code = {}
    for crew in crews:
        for code in crew["zone"]:
            by_code.setdefault(code, []).append(crew)
    booked = {}             # crew and day: its appointments
    header = ["SOLICITUD", "CUENTA", "GRUPO", "TIPO", "SUBTIPO", "F_CREACION", "F_ATENCION", "F_PENALIZACION", "ESTADO",
              "MUNICIPIO", "COLONIA", "CP", "PRIORIDAD", "CLIENTE", "TELEFONO", "CALLE", "NUM_EXT", "NUM_INT", "LAT",
              "LON", "PADRE", "DISTRIBUIDOR"]
    orders = []
    for i in range(N_ORDERS):
        code, _mun, municipality, lat, lon, settlements = rng.choices(POSTAL_CODES, weights)[0]
        word, group, kind_name, _share, days, subtypes = rng.choices(TYPES, type_weights)[0]
        # done: attended in the last days; late and today press; the rest is the coming week.
        draw = rng.random()
        state = "done" if draw < 0.28 else "late" if draw < 0.33 else "today" if draw < 0.43 else \
                "tomorrow" if draw < 0.60 else "later"
        day, minutes = penalty_offset(rng, "past" if state in ("late", "done") else state)
        penalty = moment(day, minutes)
        created = penalty - datetime.timedelta(days=days, minutes=rng.randrange(30, 600))
        created = min(created, moment(0, rng.randrange(5, 390)))       # the newest came in by this morning
        attention = None
        if state == "done":
            attention = moment(day, rng.randrange(9 * 2, 18 * 2) * 30)
        elif state == "today" or (state == "late" and rng.random() < 0.5):
            attention = moment(0, rng.randrange(9 * 2, 18 * 2) * 30)
        elif state == "tomorrow":
            attention = moment(rng.choice([0, 1, 1]), rng.randrange(9 * 2, 18 * 2) * 30)
        elif state == "later" and rng.random() < 0.8:
            attention = moment(rng.randrange(1, max(2, day)), rng.randrange(9 * 2, 18 * 2) * 30)
        if attention is not None and attention < created:
            created = attention - datetime.timedelta(hours=rng.randrange(3, 30))
        known = i not in (217, 640, 1003)              # three that nobody could place
        exact = known and rng.random() < 0.85
        orders.append({
            "created": created, "attention": attention, "penalty": penalty, "state": state, "known": known,
            "type": word, "type_name": kind_name, "group": group, "subtype": rng.choice(subtypes), "code": code,
            "municipality": municipality, "settlement": rng.choice(settlements)[0],
            "distributor": next(d[0] for d in DISTRIBUTORS if municipality in d[4]),
            "account": str(5_500_000 + rng.randrange(400_000)),
            "priority": rng.choices([1, 2, 3, 4, 5], [4, 12, 60, 16, 8])[0],
            "customer": person(rng), "phone": phone(rng),
            "street": "%s %s" % (rng.choice(STREET_KIND), rng.choice(STREET)), "outer": rng.randrange(1, 480),
            "inner": rng.choice(["", "", "", "A", "B", "3", "12", "201"]),
            "lat": "%.5f" % (lat + rng.uniform(-SPREAD, SPREAD)) if exact else "",
            "lon": "%.5f" % (lon + rng.uniform(-SPREAD, SPREAD)) if exact else "", "spot": ("%.5f" % lat, "%.5f" % lon)})

    orders.sort(key=lambda o: o["created"])
    rows, assignments, closings, past_numbers = [], [], [], []
    for i, o in enumerate(orders):
        number = str(904001 + i)
        parent = rng.choice(past_numbers) if past_numbers and o["type"] == "GAR" else ""
        form = "%d/%m/%Y %H:%M"
        if o["state"] == "done":
            past_numbers.append(number)
        take = {"done": 1.0, "late": 0.2, "today": 0.6, "tomorrow": 0.5, "later": 0.3}[o["state"]]
        if o["known"] and o["attention"] is not None and rng.random() < take:
            done = o["state"] == "done"
            for slot in [o["attention"]] + (OTHER_SLOTS if done else []):
                at = datetime.datetime.combine(o["attention"].date(), slot) if isinstance(slot, datetime.time) else slot
                can = [c for c in by_code[o["code"]]
                       if at > o["created"] and may_take(c, o, at, booked.get((c["code"], at.date()), []))]
                if can:
                    crew = min(can, key=lambda c: len(booked.get((c["code"], at.date()), [])))["code"]
                    booked.setdefault((crew, at.date()), []).append(at)
                    assignments.append([number, crew])
                    if done:                    # "@" names the order's own field: dates move with the import's day
                        solution, equipment, answers = CLOSINGS[o["type"]]
                        closings.append([number, "@attention_at", "yes", "yes", rng.choice(RESOLUTIONS[o["group"]]), solution,
                                         equipment % number if equipment else "", answers, *o["spot"]])
                    o["attention"] = at
                    break
        rows.append([
            number, o["account"], o["group"], o["type"], o["subtype"], o["created"].strftime(form),
            o["attention"].strftime(form) if o["attention"] else "", o["penalty"].strftime(form), "Ciudad de México",
            o["municipality"], o["settlement"] if o["known"] else "", o["code"] if o["known"] else "", o["priority"],
            o["customer"], o["phone"], o["street"], o["outer"], o["inner"], o["lat"], o["lon"], parent,
            o["distributor"]])
    write(folder, "orders.csv", table(header, rows))
    write(folder, "assignments.csv", table(["number", "crew"], assignments))
    write(folder, "closings.csv", table(["number", "closed_at", "attended", "satisfied", "resolution", "solutions", "equipment",
                                         "checklist", "lat", "lon"], closings))


def generate(folder):
    rng = random.Random(20260318)
    write_postal_codes(folder)
    write_companies(folder, rng)
    crews = write_crews(folder, rng)
    write_orders(folder, rng, crews)


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    if sys.argv[1:] != ["--check"]:
        generate(sys.argv[1] if len(sys.argv) > 1 else here)
        return
    with tempfile.TemporaryDirectory() as fresh:
        generate(fresh)
        names = sorted(os.listdir(fresh))
        _same, different, missing = filecmp.cmpfiles(fresh, here, names, shallow=False)
    if different or missing:
        sys.exit("not what this script writes: " + " ".join(different + missing))


if __name__ == "__main__":
    main()
