#!/usr/bin/python3
"""Example pages: the contract, and the HTML the sheets make of them.

Validates tests/pages/*.xml with jing and xmllint, renders each in both
languages with the real engine, and looks for missing words and for anything
inline.  Words that only the examples use are in tests/pages/words.<lang>.xml.

usage: pages.py --render PROGRAM [--out FOLDER] [--theme light|dark]
"""
import argparse
import pathlib
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET

HERE = pathlib.Path(__file__).resolve().parent
XSLT = HERE.parent / "xslt"
LANGUAGES = ("zh-CN", "en")


def stage(folder, words):
    """The sheets with the words of the examples beside the real ones, made by the program words."""
    for name in ("lib", "cgi", "portal"):
        (folder / name).symlink_to(XSLT / name)
    for lang in LANGUAGES:
        target = folder / "i18n" / lang
        target.mkdir(parents=True)
        known = set()
        for file in sorted((XSLT / "i18n" / lang).glob("*.xml")):
            (target / file.name).symlink_to(file)
            known |= {m.get("k") for m in ET.parse(file).getroot()}
        own = ET.parse(HERE / "pages" / f"words.{lang}.xml")
        for m in [m for m in own.getroot() if m.get("k") in known]:
            own.getroot().remove(m)
        own.write(target / "examples.xml", encoding="unicode")
        subprocess.run([words, folder, lang, folder / f"{lang}.cdb"], check=True)
    return folder


def run(*command):
    return subprocess.run(command, capture_output=True, text=True, check=False)


def validate(pages, scratch):
    faults = []
    schema = XSLT / "schema" / "page.rnc"
    rng = scratch / "page.rng"
    subprocess.run(["trang", schema, rng], check=True)
    for command in (["jing", "-c", schema], ["xmllint", "--nonet", "--noout", "--relaxng", rng]):
        result = run(*command, *pages)
        if result.returncode != 0:
            faults.append(result.stdout + result.stderr)
    return faults


def faults_in(html):
    return re.findall(r"⟦[^⟧]*⟧", html) + re.findall(r'<[^>]* (?:style|on[a-z]+)="', html)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--render", required=True)
    parser.add_argument("--out", type=pathlib.Path)
    parser.add_argument("--theme")
    parser.add_argument("--static", default="/static/")
    args = parser.parse_args()
    pages = sorted(p for p in (HERE / "pages").glob("*.xml") if not p.name.startswith("words."))
    with tempfile.TemporaryDirectory() as scratch:
        scratch = pathlib.Path(scratch)
        (scratch / "sheets").mkdir()
        sheets = stage(scratch / "sheets", pathlib.Path(args.render).parents[1] / "conf" / "words")
        faults = validate(pages, scratch)
        for lang in LANGUAGES:
            for page in pages:
                command = [args.render, "-d", sheets, "-w", sheets, "-l", lang, "-a", args.static]
                command += ["-t", args.theme] if args.theme else []
                result = run(*command, page)
                faults += [f"{page.name} {lang}: {result.stderr}"] if result.returncode else []
                faults += [f"{page.name} {lang}: {f}" for f in sorted(set(faults_in(result.stdout)))]
                if args.out:
                    out = args.out / lang
                    out.mkdir(parents=True, exist_ok=True)
                    (out / f"{page.stem}.html").write_text(result.stdout)
    for fault in faults:
        print(fault)
    print(f"{len(pages)} pages, {len(faults)} faults")
    return 1 if faults else 0


sys.exit(main())
