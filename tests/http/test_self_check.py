"""What a program says of itself when it is asked to check: good, or what is wrong."""
import re
import subprocess

import pytest


def check(instance, path, conf):
    return subprocess.run([path, '-c', conf, '-t'], cwd=instance.home, capture_output=True, text=True, timeout=60, check=False)


def test_every_program_finds_itself_good(instance):
    checked = 0
    for site, name, _ in instance.programs():
        path = instance.build / ('cgi' if site == 'office' else 'portal') / name
        conf = f'etc/{"login-" if name == "login" else ""}{site}.conf'
        done = check(instance, path, conf)
        assert (done.returncode, done.stdout) == (0, f'{site} {name}: good\n'), (name, done.stdout, done.stderr[-500:])
        checked += 1
    assert checked > 70


@pytest.mark.parametrize('line, changed, said', [
    ('db_password', 'db_password = wrong', 'Access denied'),
    ('db_socket', 'db_socket = none.sock', 'none.sock'),
    ('db_name', 'db_name = nowhere', 'nowhere'),
    ('db_user', 'db_usr = office', 'unknown key'),
    ('sheet_dir', 'sheet_dir = /nowhere', '/nowhere'),
    ('words_dir', 'words_dir = /nowhere', '/nowhere')])
def test_a_broken_configuration_is_named_at_once(instance, tmp_path, line, changed, said):
    for site, folder, name in (('office', 'cgi', 'units'), ('portal', 'portal', 'lists'), ('office', 'cgi', 'login')):
        good = (instance.home / f'etc/{"login-" if name == "login" else ""}{site}.conf').read_text()
        bad = tmp_path / 'bad.conf'
        bad.write_text(re.sub(f'^{line} = .*', changed, good, flags=re.M))
        done = check(instance, instance.build / folder / name, bad)
        assert done.returncode != 0 and said in done.stderr, (name, done.returncode, done.stderr[-500:])


def test_no_configuration_is_named(instance):
    done = check(instance, instance.build / 'cgi/units', '/nowhere.conf')
    assert done.returncode != 0 and '/nowhere.conf' in done.stderr


def test_a_statement_that_does_not_fit_the_schema_is_named(instance, tmp_path):
    """Asked of a database that has no such tables."""
    bad = tmp_path / 'bad.conf'
    good = (instance.home / 'etc/office.conf').read_text()
    bad.write_text(re.sub('^db_name = .*', 'db_name = information_schema', good, flags=re.M))
    done = check(instance, instance.build / 'cgi/units', bad)
    assert done.returncode != 0 and 'units.' in done.stderr
