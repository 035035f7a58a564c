#!/usr/bin/python3
"""The catalogues: same keys in every language, no key twice, no text empty,
the same {names} in each, and every key of common.xml used by the library.

A key of a program is used when it, or the beginning it is put together from,
stands in its source, in a sheet or in the SQL.

usage: words-check.py
"""
import collections
import pathlib
import re
import sys
import xml.etree.ElementTree as ET

ROOT = pathlib.Path(__file__).resolve().parent.parent
LANGUAGES = sorted(p.name for p in (ROOT / "xslt" / "i18n").iterdir() if p.is_dir())
# Put together from data when a page is made: states, months, fields of tables.
MADE = ("month. status. unit. format. step. event. progress. province. point. flag. error. field. col. "
        "filter. record. figure. meter. row. view. order. hint. form. group. list. empty. page. lead. "
        "problem. action. link. nav. menu. session. confirm. blocked. steps. timeline. chart. series. "
        "level. claim. brand. search. notice. export. drawing. permission. role. grid.").split()


def read(lang):
    texts, faults = {}, []
    for file in sorted((ROOT / "xslt" / "i18n" / lang).glob("*.xml")):
        for m in ET.parse(file).getroot().iter("m"):
            key, text = m.get("k"), "".join(m.itertext())
            where = f"{lang}/{file.name}: {key}"
            if key in texts:
                faults.append(f"{where} stands also in {texts[key][0]}")
                continue
            if not text.strip():
                faults.append(f"{where} is empty")
            texts[key] = (file.name, text)
    return texts, faults


def names(text):
    return collections.Counter(re.findall(r"\{(\w+)\}", text)).keys()


def sources():
    parts = []
    for pattern in ("xslt/**/*.xsl", "cgi/**/*.[ch]", "portal/*.c", "sql/**/*.sql"):
        parts += [p.read_text(errors="replace") for p in ROOT.glob(pattern)]
    return "\n".join(parts)


def unused(texts):
    text = sources()
    for key in texts:
        base = key.removesuffix(".one").removesuffix(".help")
        if base in text or any(key.startswith(m) for m in MADE):
            continue
        yield f"{key} is not used"


def unnamed(texts):
    """Tables with an audit trail whose name no reader of the trail would understand."""
    lines = (ROOT / "sql/triggers/audit.list").read_text().splitlines()
    tables = dict.fromkeys(line.split()[0] for line in lines if line.strip() and line[0] != "#")
    return [f"status.entity.{t} is missing: the table has an audit trail" for t in tables
            if f"status.entity.{t}" not in texts]


def main():
    tables, faults = {}, []
    for lang in LANGUAGES:
        tables[lang], more = read(lang)
        faults += more
    first, *others = LANGUAGES
    for lang in others:
        for key in sorted(tables[first].keys() ^ tables[lang].keys()):
            if key.endswith(".one"):
                continue        # a language without plural has no such form
            faults.append(f"{key} is missing in {lang if key in tables[first] else first}")
        for key in tables[first].keys() & tables[lang].keys():
            a, b = names(tables[first][key][1]), names(tables[lang][key][1])
            if a != b and not key.startswith("format."):
                faults.append(f"{key}: {{names}} differ: {sorted(a)} {sorted(b)}")
    faults += [*unused(tables[first]), *unnamed(tables[first])]
    for fault in faults:
        print(fault)
    print(f"{len(tables[first])} words in {len(LANGUAGES)} languages, {len(faults)} faults")
    return 1 if faults else 0


sys.exit(main())
