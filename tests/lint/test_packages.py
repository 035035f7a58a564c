"""On a machine where a package is missing, each script names it before it does anything."""
import os
import pathlib
import subprocess

import pytest

TOP = pathlib.Path(__file__).resolve().parents[2]
SCRIPTS = [  # command, a package it wants
    (['conf/run'], 'nginx-light'),
    (['conf/backup', '--home', '{home}', '{home}/backup'], 'mariadb-backup'),
    (['conf/restore', '--home', '{home}', '{home}/backup'], 'mariadb-server'),
    (['tests/run', '--build', '{home}'], 'python3-pymysql'),
    (['tests/campaign'], 'python3-pymysql'),
    (['tests/load/run'], 'wrk'),
    (['tests/fuzz/run'], 'clang-14'),
]


def script(folder, name, text):
    (folder / name).write_text(f'#!/bin/sh\n{text}\n')
    (folder / name).chmod(0o755)


@pytest.fixture
def bare(tmp_path):
    """An ordinary user's machine with nothing installed: neither Debian's packages nor Python's."""
    tools, modules = tmp_path / 'bin', tmp_path / 'modules'
    for folder in (tools, modules, tmp_path / 'sock'):
        folder.mkdir()
    script(tools, 'dpkg-query', 'exit 1')
    script(tools, 'id', 'echo 1000')
    for name in ('pymysql', 'requests', 'lxml', 'openpyxl'):
        (modules / f'{name}.py').write_text(f'raise ModuleNotFoundError("No module named {name!r}")\n')
    return {**os.environ, 'PATH': f'{tools}:{os.environ["PATH"]}', 'PYTHONPATH': str(modules),
            'XIAOAO_HOME': str(tmp_path), 'FUZZ_CC': ''}


@pytest.mark.parametrize('command,package', SCRIPTS, ids=[c[0] for c, _ in SCRIPTS])
def test_the_missing_package_is_named(bare, tmp_path, command, package):
    done = subprocess.run([str(TOP / command[0]), *(a.format(home=tmp_path) for a in command[1:])],
                          env=bare, capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 1
    line = [s for s in done.stderr.splitlines() if 'apt-get install' in s]
    assert len(line) == 1 and package in line[0].split(), done.stderr
    assert 'Traceback' not in done.stderr
