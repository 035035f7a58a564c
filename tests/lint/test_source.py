"""The rules of the house that a machine can check."""
import json
import os
import pathlib
import re
import subprocess

import pytest
from lxml import etree

TOP = pathlib.Path(__file__).resolve().parents[2]
XSL = '{http://www.w3.org/1999/XSL/Transform}'
BANNED = ('strcpy', 'strcat', 'sprintf', 'vsprintf', 'gets', 'strtok', 'atoi', 'atol', 'atof',
          'alloca', 'system', 'popen', 'tmpnam', 'mktemp', 'strncat', 'scanf')


def tracked(*patterns):
    out = subprocess.run(['git', '-C', TOP, 'ls-files', '-co', '--exclude-standard', '--',
                          *patterns], capture_output=True, text=True).stdout.split('\n')
    return sorted(p for p in out if p and (TOP / p).is_file())


C = tracked('*.c', '*.h')
SHEETS = tracked('*.xsl')
TEXT = tracked('*.c', '*.h', '*.sql', '*.py', '*.am', '*.ac', '*.sh', 'conf/*', 'tests/run')
PYTHON = [p for p in tracked('*.py', 'conf/*', 'sql/*', 'tests/*')
          if p.endswith('.py') or (TOP / p).read_bytes().startswith(b'#!/usr/bin/python3')]
SHELL = [p for p in tracked('conf/*', 'tests/*', 'sql/*', 'xslt/assets/*', '.ci/*')
         if (TOP / p).read_bytes().startswith((b'#!/bin/sh', b'#!/bin/bash', b'# shellcheck'))]


def code_of(text):
    """C without comments and with empty string literals, line for line."""
    keep_lines = lambda m: '\n' * m.group().count('\n')
    text = re.sub(r'"(?:\\.|[^"\\\n])*"', '""', text)
    return re.sub(r'/\*.*?\*/', keep_lines, text, flags=re.S)


def bodies(text):
    """(name, lines) of each function: from its name to the closing brace."""
    for m in re.finditer(r'^(\w+)\([^;{]*?\n\{\n.*?^\}', text, re.S | re.M):
        yield m[1], m.group().count('\n') + 1


@pytest.mark.parametrize('path', C)
def test_c_is_short(path):
    text = (TOP / path).read_text()
    bad = [f'{n}() has {k} lines' for n, k in bodies(code_of(text)) if k > 60]
    bad += [f'line {i} has {len(s.expandtabs(8))} columns'
            for i, s in enumerate(text.split('\n'), 1) if len(s.expandtabs(8)) > 100]
    if text.count('\n') > 500:
        bad.append(f'{text.count(chr(10))} lines')
    assert not bad, f'{path}: ' + '; '.join(bad)


@pytest.mark.parametrize('path', C)
def test_c_keeps_the_rules(path):
    code = code_of((TOP / path).read_text())
    found = [w for w in BANNED if re.search(rf'\b{w}\s*\(', code)]
    if re.search(r'(?m)//', code):
        found.append('// comment')
    if re.search(r'(?m)^\s*#\s*if 0', code):
        found.append('#if 0')
    if re.search(r'\btypedef\s+struct\b', code):
        found.append('typedef struct')
    # What is shown may be rounded by the library; a program counts money and pieces.
    if '/lib/' not in path and re.match('cgi|portal', path) and re.search(r'\b(double|float)\b', code):
        found.append('floating point')
    assert found == []


@pytest.mark.parametrize('path', [p for p in TEXT if not p.endswith(('.c', '.h'))])
def test_text_is_tidy(path):
    text = (TOP / path).read_text()
    assert [i for i, s in enumerate(text.split('\n'), 1) if s != s.rstrip()] == []
    assert text.endswith('\n')


@pytest.mark.parametrize('path', SHEETS)
def test_sheet_is_safe(path):
    """method=html escapes neither scripts nor schemes: what could pass is not there."""
    tree = etree.parse(str(TOP / path))
    bad = []
    for e in tree.iter(etree.Element):
        name = etree.QName(e)
        xsl = e.tag.startswith(XSL)
        inside = {etree.QName(a).localname for a in e.iterancestors() if not a.tag.startswith(XSL)}
        if e.get('disable-output-escaping', 'no') != 'no':
            bad.append((e.sourceline, 'disable-output-escaping'))
        if xsl and inside & {'script', 'style'}:
            bad.append((e.sourceline, 'data in script or style'))
        if xsl and name.localname == 'attribute' and re.match(
                r'on|style$|srcdoc$|http-equiv$', e.get('name', '')):
            bad.append((e.sourceline, 'attribute ' + e.get('name')))
        if xsl and name.localname == 'message' and e.get('terminate') == 'yes':
            bad.append((e.sourceline, 'terminate'))
        if xsl and name.localname in ('import', 'include') and re.match(r'[a-z]+:|/', e.get('href')):
            bad.append((e.sourceline, 'import from ' + e.get('href')))
        if xsl and name.localname == 'output' and (
                e.get('method') not in (None, 'html', 'xml') or e.get('cdata-section-elements')):
            bad.append((e.sourceline, 'output'))
        if 'document' in name.localname and xsl:
            bad.append((e.sourceline, 'exsl:document'))
        for a, v in e.attrib.items():
            if not xsl and re.match(r'on|style$|srcdoc$|http-equiv$', a):
                bad.append((e.sourceline, f'attribute {a}'))
            if re.search(r'\bdocument\s*\(', v) and path != 'xslt/assets/icons.xsl':
                bad.append((e.sourceline, 'document()'))
    assert bad == []


@pytest.mark.parametrize('tool', ['words-check.py', 'xslt-lint.py'])
def test_words_and_sheets(tool):
    done = subprocess.run(['/usr/bin/python3', TOP / 'tests' / tool], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_example_pages_are_valid_and_drawn(tmp_path):
    render = pathlib.Path(os.environ.get('XIAOAO_BUILD', TOP / '.build')) / 'tests/render'
    if not render.exists():
        pytest.skip('wants tests/render of a build (make check)')
    done = subprocess.run(['/usr/bin/python3', TOP / 'tests/pages.py', '--render', render,
                           '--out', tmp_path], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize('path', SHELL)
def test_shellcheck(path):
    done = subprocess.run(['shellcheck', '-x', path], cwd=TOP, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize('path', PYTHON)
def test_python_compiles(path):
    compile((TOP / path).read_text(), path, 'exec')


def test_makefile_lists_every_source():
    makefile = (TOP / 'Makefile.am').read_text()
    words = set(re.findall(r'[\w./-]+', makefile))
    missing = [p for p in tracked('cgi/lib/*.c', 'cgi/lib/*.h') if p not in words]
    missing += [p for p in tracked('cgi/*.c', 'portal/*.c', 'tests/unit/test_*.c')
                if '/lib/' not in p and p[:-2] not in words]
    assert missing == []


def test_lock_files_name_no_host():
    for path in tracked('*package-lock.json'):
        lock = json.loads((TOP / path).read_text())
        for name, package in lock['packages'].items():
            assert 'resolved' not in package, name
            assert not name or 'integrity' in package, name


def test_no_asset_from_elsewhere():
    """Pages load from their own server only."""
    pattern = re.compile(r'''(?:src|href|url)\s*[=(]\s*["']?https?://''')
    found = [p for p in tracked('xslt/*', 'cgi/*', 'portal/*')
             if not p.endswith(('.json', '.md', '.txt')) and pattern.search((TOP / p).read_text())]
    assert found == []
