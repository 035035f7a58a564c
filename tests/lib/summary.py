"""One line for all test runners: N passed, N failed[, N skipped].

usage: summary.py FOLDER [EXTRA-FAILURES]

FOLDER holds JUnit files, of pytest and of cmocka.  Exit status 1 when any test
failed, or when there is none.
"""
import pathlib
import sys
import xml.etree.ElementTree as ET


def count(path):
    """passed, failed, skipped of a file; a file that is no XML is one failure."""
    try:
        root = ET.parse(path).getroot()
    except ET.ParseError:
        print(f'{path.name}: cut short')
        return 0, 1, 0
    cases = list(root.iter('testcase'))
    failed = [c for c in cases if c.find('failure') is not None or c.find('error') is not None]
    skipped = [c for c in cases if c.find('skipped') is not None]
    for c in failed:
        print(f'FAILED {c.get("classname") or path.stem} {c.get("name")}')
    return len(cases) - len(failed) - len(skipped), len(failed), len(skipped)


def main():
    counts = [count(p) for p in sorted(pathlib.Path(sys.argv[1]).glob('*.xml'))]
    passed, failed, skipped = (sum(c) for c in zip(*counts)) if counts else (0, 1, 0)
    failed += int(sys.argv[2]) if len(sys.argv) > 2 else 0
    print(f'{passed} passed, {failed} failed' + (f', {skipped} skipped' if skipped else ''))
    sys.exit(failed > 0)


main()
