# sheet_file.py: a workbook as a person's spreadsheet would change it
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads the first sheet of a workbook and writes it back with other cells, by the bare means of the format: an archive
of XML files. What is not touched stays as it was, protection and lists included."""

import re
import xml.etree.ElementTree as ElementTree
import zipfile

NS = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
SHEET = "xl/worksheets/sheet1.xml"
ElementTree.register_namespace("", NS)


def tag(name):
    return "{%s}%s" % (NS, name)


def column_name(number):
    name = ""
    number += 1
    while number > 0:
        number, rest = divmod(number - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


class SheetFile:
    """The first sheet of a workbook: names of columns are those of its first row, lines count from 1 as people see them."""

    def __init__(self, path):
        self.path = path
        with zipfile.ZipFile(path) as archive:
            self.parts = {name: archive.read(name) for name in archive.namelist()}
        self.texts = []
        if "xl/sharedStrings.xml" in self.parts:
            self.texts = ["".join(t.text or "" for t in si.iter(tag("t")))
                          for si in ElementTree.fromstring(self.parts["xl/sharedStrings.xml"])]
        self.root = ElementTree.fromstring(self.parts[SHEET])
        self.rows = {int(row.get("r")): row for row in self.root.iter(tag("row"))}
        self.names = self.line(1)

    def _text(self, cell):
        kind = cell.get("t")
        value = cell.find(tag("v"))
        if kind == "s":
            return self.texts[int(value.text)]
        if kind == "inlineStr":
            return "".join(t.text or "" for t in cell.iter(tag("t")))
        return value.text if value is not None else ""

    def line(self, number):
        """The texts of a line, by the place of their column."""
        found = {}
        for cell in self.rows[number].iter(tag("c")):
            letters = re.match(r"[A-Z]+", cell.get("r")).group(0)
            place = 0
            for letter in letters:
                place = place * 26 + ord(letter) - ord("A") + 1
            found[place - 1] = self._text(cell)
        return [found.get(i, "") for i in range(max(found, default=-1) + 1)]

    def records(self):
        """{line: {name: text}} of all orders."""
        found = {}
        for number in sorted(self.rows):
            if number > 2:
                cells = self.line(number)
                found[number] = {name: cells[i] if i < len(cells) else "" for i, name in enumerate(self.names)}
        return found

    def line_of(self, number):
        return next(line for line, record in self.records().items() if record["number"] == number)

    def _cell(self, line, name):
        place = column_name(self.names.index(name)) + str(line)
        row = self.rows[line]
        cell = next((c for c in row if c.get("r") == place), None)
        if cell is None:
            cell = ElementTree.Element(tag("c"), {"r": place})
            before = [c for c in row if (len(c.get("r")), c.get("r")) < (len(place), place)]
            row.insert(len(before), cell)
        for child in list(cell):
            cell.remove(child)
        cell.attrib.pop("t", None)
        return cell

    def write(self, line, name, text):
        """Types a text into a cell, as the line's own."""
        cell = self._cell(line, name)
        if text != "":
            cell.set("t", "inlineStr")
            ElementTree.SubElement(ElementTree.SubElement(cell, tag("is")), tag("t")).text = text

    def write_formula(self, line, name, formula, value):
        cell = self._cell(line, name)
        cell.set("t", "str")
        ElementTree.SubElement(cell, tag("f")).text = formula
        ElementTree.SubElement(cell, tag("v")).text = value

    def merge(self, cells):
        """Makes one cell of several, "B2:B5"."""
        ElementTree.SubElement(ElementTree.SubElement(self.root, tag("mergeCells")), tag("mergeCell"), {"ref": cells})

    def save(self, path=None):
        parts = dict(self.parts)
        parts[SHEET] = ElementTree.tostring(self.root, encoding="UTF-8", xml_declaration=True)
        with zipfile.ZipFile(path or self.path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, data in parts.items():
                archive.writestr(name, data)
        return path or self.path


def write_sheets(path, sheets):
    """A workbook of plain cells: names of sheets with their rows; texts as texts, numbers as numbers."""
    relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"

    def cell(place, value):
        if isinstance(value, (int, float)):
            return '<c r="%s"><v>%s</v></c>' % (place, value)
        return '<c r="%s" t="inlineStr"><is><t>%s</t></is></c>' % (place, value)

    def sheet(rows):
        return '<worksheet xmlns="%s"><sheetData>%s</sheetData></worksheet>' % (NS, "".join(
            '<row r="%d">%s</row>' % (line, "".join(cell(column_name(i) + str(line), value) for i, value in enumerate(row) if value != ""))
            for line, row in enumerate(rows, 1)))

    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("_rels/.rels", '<Relationships><Relationship Id="r1" Type="%sofficeDocument" Target="xl/workbook.xml"/>'
                         "</Relationships>" % relation)
        archive.writestr("xl/_rels/workbook.xml.rels", "<Relationships>%s</Relationships>" % "".join(
            '<Relationship Id="r%d" Type="%sworksheet" Target="worksheets/sheet%d.xml"/>' % (n, relation, n)
            for n in range(1, len(sheets) + 1)))
        archive.writestr("xl/workbook.xml", '<workbook xmlns:r="x"><sheets>%s</sheets></workbook>' % "".join(
            '<sheet name="%s" sheetId="%d" r:id="r%d"/>' % (name, n, n) for n, name in enumerate(sheets, 1)))
        for n, rows in enumerate(sheets.values(), 1):
            archive.writestr("xl/worksheets/sheet%d.xml" % n, sheet(rows))
