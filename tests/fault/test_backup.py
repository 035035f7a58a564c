"""The restore drill: accident, restore to the moment before, nothing acknowledged lost."""
import re
import subprocess
import threading
import time

import pytest

from xiaoao import TOP, unique

PROGRAMS = 'login'


def tool(name, instance, *arguments):
    done = subprocess.run([str(TOP / 'conf' / name), '--home', str(instance.home),
                           *map(str, arguments)], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


class Writer(threading.Thread):
    """Writes rows as fast as they are acknowledged, and remembers which."""

    def __init__(self, instance):
        super().__init__(daemon=True)
        self.db, self.go, self.acknowledged = instance.connect(), True, []

    def run(self):
        with self.db.cursor() as cursor:
            while self.go:
                login = unique('drill')
                cursor.execute("INSERT INTO login_event (site, login, event, ip)"
                               " VALUES ('office', %s, 'failed', '127.0.0.1')", (login,))
                self.acknowledged.append(login)
                time.sleep(0.001)
        self.db.close()

    def end(self):
        self.go = False
        self.join(20)


def start_again(instance):
    instance._db = None
    instance.run('start', '--office-port', instance.office_port,
                 '--portal-port', instance.portal_port, '--memory', '128M')


def there(instance):
    return {r['login'] for r in instance.sql("SELECT login FROM login_event"
                                             " WHERE login LIKE 'drill%%'")}


@pytest.fixture
def backup(tmp_path):
    return tmp_path / 'backup'


def test_drill_to_the_transaction_before_the_accident(own_instance, backup):
    writer = Writer(own_instance)
    writer.start()
    tool('backup', own_instance, backup)
    time.sleep(0.5)
    writer.end()
    good = own_instance.value('SELECT @@gtid_binlog_pos')
    assert len(writer.acknowledged) > 20
    own_instance.sql('DROP TABLE login_event')
    refused = subprocess.run([str(TOP / 'conf/restore'), '--home', str(own_instance.home), str(backup)],
                             capture_output=True, text=True)
    assert refused.returncode != 0 and 'runs' in refused.stderr, 'not over what runs'
    own_instance.stop(remove=False)

    out = tool('restore', own_instance, '--until-gtid', good, backup)
    assert re.search(r'restored to GTID ' + re.escape(good), out)
    start_again(own_instance)
    assert there(own_instance) >= set(writer.acknowledged)


def test_the_backup_alone_is_enough_when_the_machine_is_lost(own_instance, backup):
    tool('backup', own_instance, backup)
    writer = Writer(own_instance)
    writer.start()
    time.sleep(0.3)
    writer.end()
    tool('backup', own_instance, '--binlogs', backup)
    own_instance.stop(remove=False)
    subprocess.run(['rm', '-rf', own_instance.home / 'data', own_instance.home / 'binlog'],
                   check=True)

    tool('restore', own_instance, backup)
    start_again(own_instance)
    assert there(own_instance) >= set(writer.acknowledged)


def test_a_backup_nobody_wrote_behind_is_restored(own_instance, backup):
    marker = own_instance.user('office', 'auditor')
    tool('backup', own_instance, backup)
    own_instance.stop(remove=False)
    subprocess.run(['rm', '-rf', own_instance.home / 'data', own_instance.home / 'binlog'],
                   check=True)
    tool('restore', own_instance, backup)
    start_again(own_instance)
    assert own_instance.value('SELECT login FROM app_user WHERE id = %s', marker['id']) \
        == marker['login']


def test_a_sealed_backup_opens_with_its_key_only(own_instance, backup, tmp_path):
    key, public, other = (tmp_path / name for name in ('key', 'public', 'other'))
    for file in (key, other):
        subprocess.run(['age-keygen', '-o', file], check=True, capture_output=True)
    subprocess.run(['age-keygen', '-y', '-o', public, key], check=True)
    marker = own_instance.user('office', 'auditor')
    tool('backup', own_instance, '--seal', public, backup)
    later = own_instance.user('office', 'auditor')
    tool('backup', own_instance, '--binlogs', '--seal', public, backup)
    files = [p for p in backup.rglob('*') if p.is_file()]
    assert len(files) > 3
    for word in (marker['login'], later['login']):
        assert not [p for p in files if word.encode() in p.read_bytes()], word

    own_instance.stop(remove=False)
    subprocess.run(['rm', '-rf', own_instance.home / 'binlog'], check=True)
    for wrong in ([], ['--key', other]):
        done = subprocess.run([str(TOP / 'conf/restore'), '--home', str(own_instance.home), *wrong,
                               str(backup)], capture_output=True, text=True)
        assert done.returncode != 0 and (own_instance.home / 'data').exists(), done.stderr
    tool('restore', own_instance, '--key', key, backup)
    assert not list(own_instance.home.glob('unsealed-*'))
    start_again(own_instance)
    for user in (marker, later):
        assert own_instance.value('SELECT login FROM app_user WHERE id = %s', user['id']) \
            == user['login']


def test_a_restore_without_later_changes_has_none(own_instance, backup):
    """Negative control of the drill: it can tell when rows are missing."""
    tool('backup', own_instance, backup)
    writer = Writer(own_instance)
    writer.start()
    time.sleep(0.2)
    writer.end()
    own_instance.stop(remove=False)
    tool('restore', own_instance, '--base', backup)
    start_again(own_instance)
    assert not there(own_instance) & set(writer.acknowledged)
