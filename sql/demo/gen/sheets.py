"""The bytes of a report: CSV in two encodings, XLSX; titles above the heads, a sum below the rows."""

import csv
import io
import zipfile
from datetime import date

TITLES = {"purchase": "采购入库明细表", "sale": "销售出库明细表", "stock": "库存明细表"}
EPOCH = date(1899, 12, 30)
STAMP = (2026, 1, 1, 0, 0, 0)            # of the entries of an archive: the same bytes in each run


def lines_above(style, kind, name, first, last):
    """Title rows as the sender's system prints them."""
    text = ("%s%s" % (name, TITLES[kind]), "期间：%s 至 %s" % (first.isoformat(), last.isoformat()))
    return [[t] for t in text[:style.titles]]


def table_of(style, kind, name, first, last, records):
    """All lines of the file as lists of cells: str, int, or (day,) for a date."""
    fields = style.fields[kind]
    lines = lines_above(style, kind, name, first, last)
    lines.append(style.heads[kind])
    for r in records:
        lines.append([r.get(f, "") for f in fields])
    if style.total and records:
        total = [""] * len(fields)
        total[0] = "合计"
        total[fields.index("qty")] = trim(sum(float(r["qty"]) for r in records if is_number(r["qty"])))
        lines.append(total)
    return lines


def is_number(text):
    try:
        float(text)
    except ValueError:
        return False
    return True


def trim(number):
    text = "%.4f" % number
    return text.rstrip("0").rstrip(".")


def content(style, kind, name, first, last, records):
    return write(table_of(style, kind, name, first, last, records), style)


def write(lines, style):
    return xlsx(lines) if style.format == "xlsx" else text(lines, style)


def text(lines, style):
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\r\n")
    for line in lines:
        writer.writerow([style.day(c[0]) if isinstance(c, tuple) else c for c in line])
    return file.getvalue().encode(style.encoding)


# -- XLSX: one sheet, strings shared, dates as serial numbers ------------------------

PARTS = (
    ("[Content_Types].xml",
     '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
     '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
     '<Default Extension="xml" ContentType="application/xml"/>'
     '<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
     '<Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>'
     '<Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/>'
     '<Override PartName="/xl/sharedStrings.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/>'
     '</Types>'),
    ("_rels/.rels",
     '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1"'
     ' Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>'),
    ("xl/workbook.xml",
     '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
     ' xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
     '<sheets><sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>'),
    ("xl/_rels/workbook.xml.rels",
     '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1"'
     ' Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/>'
     '<Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/>'
     '<Relationship Id="rId3" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"'
     ' Target="sharedStrings.xml"/></Relationships>'),
    ("xl/styles.xml",
     '<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><fonts count="1"><font><sz val="11"/><name val="宋体"/></font></fonts>'
     '<fills count="1"><fill><patternFill patternType="none"/></fill></fills><borders count="1"><border/></borders>'
     '<cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="2"><xf/><xf numFmtId="14" applyNumberFormat="1"/></cellXfs></styleSheet>'),
)
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
COLUMNS = [chr(65 + i) for i in range(26)]


def xlsx(lines):
    shared, out = {}, [HEAD, "<worksheet %s><sheetData>" % MAIN]
    for n, line in enumerate(lines, 1):
        out.append('<row r="%d">' % n)
        for column, cell in zip(COLUMNS, line):
            if isinstance(cell, tuple):
                out.append('<c r="%s%d" s="1"><v>%d</v></c>' % (column, n, (cell[0] - EPOCH).days))
            elif cell == "":
                pass
            elif plain_number(cell):
                out.append('<c r="%s%d"><v>%s</v></c>' % (column, n, cell))
            else:
                i = shared.setdefault(cell, len(shared))
                out.append('<c r="%s%d" t="s"><v>%d</v></c>' % (column, n, i))
        out.append("</row>")
    out.append("</sheetData></worksheet>")
    strings = "".join('<si><t xml:space="preserve">%s</t></si>' % escape(s) for s in shared)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, part in PARTS:
            archive.writestr(entry(name), HEAD + part)
        archive.writestr(entry("xl/sharedStrings.xml"),
                         HEAD + '<sst %s count="%d" uniqueCount="%d">%s</sst>' % (MAIN, len(shared), len(shared), strings))
        archive.writestr(entry("xl/worksheets/sheet1.xml"), "".join(out))
    return file.getvalue()


def entry(name):
    info = zipfile.ZipInfo(name, STAMP)
    info.compress_type = zipfile.ZIP_DEFLATED
    return info


def plain_number(cell):
    """Numbers as a cell of numbers; codes with leading zeros and long digits stay text."""
    text = cell[1:] if cell.startswith("-") else cell
    whole, _, part = text.partition(".")
    return whole.isdigit() and (part == "" or part.isdigit()) and len(text) < 12 and (whole == "0" or whole[0] != "0") \
        and not cell.endswith(".")


def escape(text):
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
