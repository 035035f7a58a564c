"""Matching of names whose meaning is known: how many are taken, and how many wrongly (DOMAIN 2.5)."""
import os
import pathlib
import re
import subprocess

import pytest

TOP = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get('XIAOAO_BUILD', TOP / '.build'))


@pytest.fixture(scope='module')
def figures(tmp_path_factory):
    """{kind of noise: its figures}, of 4,000 terminals and 40,000 spellings."""
    out = tmp_path_factory.mktemp('match')
    subprocess.run([TOP / 'tests/match/make', out, '--terminals', '4000', '--aliases', '8000', '--probes', '40000'], check=True)
    subprocess.run(['make', '-C', BUILD, '-s', 'tests/match/label'], check=True)
    done = subprocess.run([BUILD / 'tests/match/label', *(out / f'{n}.tsv' for n in ('regions', 'parties', 'aliases', 'probes'))],
                          check=True, capture_output=True, text=True)
    found = {}
    for line in done.stdout.splitlines():
        m = re.match(r'(.+?) +n=(\d+) ours=(\d+) auto=([\d.]+)% wrong=(\d+) .*queued=(\d+) recall@5=([\d.]+)%', line)
        if m:
            found[m[1]] = dict(zip(('n', 'ours', 'auto', 'wrong', 'queued', 'recall'), map(float, m.groups()[1:])))
    return found


def test_fewer_than_two_in_a_thousand_matches_are_wrong(figures):
    taken = figures['all']['ours'] * figures['all']['auto'] / 100
    assert taken > 10000
    assert figures['all']['wrong'] / taken < 0.002


def test_what_is_written_differently_only_is_taken(figures):
    for kind in ('as it is', 'full width', 'traditional', 'blanks', 'mark', 'short'):
        assert figures[kind]['auto'] > 95, kind


def test_another_part_of_a_house_is_asked_but_found(figures):
    assert figures['campus']['auto'] == 0
    assert figures['campus']['recall'] > 95


def test_typing_mistakes_are_never_taken_for_another(figures):
    assert figures['typo']['wrong'] + figures['swapped']['wrong'] <= 2
    assert figures['typo']['recall'] > 60
