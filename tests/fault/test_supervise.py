"""Whatever dies comes back, and nobody notices more than he must."""
import contextlib
import os
import shutil
import signal
import threading
import time

import pymysql
import pytest
import requests

from xiaoao import children_of, wait_for

PROGRAMS = 'login home'


class Load(threading.Thread):
    """Asks for one page without pause; counts the answers by status."""

    def __init__(self, url, method='GET'):
        super().__init__(daemon=True)
        self.url, self.method, self.codes, self.go = url, method, {}, True

    def run(self):
        with requests.Session() as s:
            s.trust_env = False
            while self.go:
                try:
                    code = s.request(self.method, self.url, timeout=30).status_code
                except requests.RequestException as e:
                    code = type(e).__name__
                self.codes[code] = self.codes.get(code, 0) + 1

    def __enter__(self):
        self.start()
        wait_for(lambda: sum(self.codes.values()) > 5, what='load')
        return self

    def __exit__(self, *_):
        self.go = False
        self.join(40)


@pytest.fixture
def url(own_instance):
    return own_instance.base('portal') + '/login/'


def answers(url):
    try:
        return requests.get(url, timeout=10).status_code == 200
    except requests.RequestException:
        return False


def test_rolling_reload_loses_no_request(own_instance, url):
    with Load(url) as load:
        for _ in range(5):
            before = own_instance.pids('portal-login')
            own_instance.run('reload', 'portal-login')
            assert not set(before) & set(own_instance.pids('portal-login'))
    assert set(load.codes) == {200}, load.codes


@contextlib.contextmanager
def held(instance, user):
    """A sign-in of this person waits for as long as this lasts."""
    lock = instance.connect()
    try:
        lock.begin()
        lock.cursor().execute('SELECT id FROM app_user WHERE id = %s FOR UPDATE', (user['id'],))
        yield
    finally:
        with contextlib.suppress(pymysql.Error):
            lock.rollback()
            lock.close()


def waits_for_a_lock(instance):
    time.sleep(0.15)    # InnoDB shows what it showed before to who asks within 0.1 s
    return instance.value("SELECT COUNT(*) FROM information_schema.innodb_trx"
                          " WHERE trx_state = 'LOCK WAIT'")


def in_flight(instance, user, strike):
    """The answer to a sign-in that is in a worker when strike() is called."""
    answer = {}
    client = instance.client('office')

    def send():
        answer['reply'] = client.sign_in(user['login'])

    sender = threading.Thread(target=send, daemon=True)
    with held(instance, user):
        sender.start()
        wait_for(lambda: waits_for_a_lock(instance), what='the sign-in')
        strike()
        sender.join(30)
    return answer['reply']


def test_a_post_in_a_killed_worker_is_lost_and_said_so(own_instance):
    """Negative control of the load: what nobody repeats shows as 502."""
    user = own_instance.user('office', 'auditor')
    supervisor = parent(own_instance.pids('db')[0])

    def kill():
        for pid in workers(supervisor, 'cgi/login -c etc/login-office'):
            os.kill(pid, signal.SIGKILL)

    reply = in_flight(own_instance, user, kill)
    assert reply.status == 502 and reply.headers['Retry-After'] == '2'
    assert own_instance.client('office').sign_in(user['login']).status == 303


def test_a_sign_in_whose_database_died_says_so_and_keeps_the_password_to_itself(own_instance):
    """503, and no form that would carry a password; soon after the same person gets in."""
    user = own_instance.user('office', 'auditor')
    killed = own_instance.pids('db')[0]
    reply = in_flight(own_instance, user, lambda: os.kill(killed, signal.SIGKILL))
    own_instance._db = None
    assert reply.status == 503
    assert user['password'] not in reply.response.text
    wait_for(lambda: answers(own_instance.base('office') + '/login/'), 10, 'an answer')
    assert own_instance.client('office').sign_in(user['login']).status == 303


def test_a_killed_worker_is_replaced_and_a_get_is_asked_again(own_instance, url):
    with Load(url) as load:
        for _ in range(4):
            pids = wait_for(lambda: own_instance.pids('portal-login')[1:], what='two workers')
            os.kill(pids[0], signal.SIGKILL)
            wait_for(lambda: pids[0] not in own_instance.pids('portal-login')
                     and len(own_instance.pids('portal-login')) == 2, what='a new worker')
    assert set(load.codes) == {200}, load.codes


def test_a_program_that_cannot_start_replaces_none_that_runs(own_instance, url, tmp_path):
    services = own_instance.home / 'etc/services'
    program = next(line.split('\t')[4] for line in services.read_text().splitlines()
                   if line.startswith('portal-login\t'))
    kept = tmp_path / 'login'
    shutil.copy2(program, kept)
    before = own_instance.pids('portal-login')
    try:
        os.unlink(program)
        with open(program, 'w', encoding='utf-8') as f:
            f.write('#!/bin/sh\nexit 3\n')
        os.chmod(program, 0o755)
        done = own_instance.run('reload', 'portal-login', check=False)
    finally:
        os.unlink(program)
        shutil.copy2(kept, program)
    assert done.returncode != 0 and 'does not start' in done.stderr
    assert own_instance.pids('portal-login') == before
    assert answers(url)


def test_the_database_is_back_within_seconds(own_instance, url):
    killed = own_instance.pids('db')[0]
    workers_before = own_instance.pids('portal-login')
    serving = [child for pid in workers_before for child in children_of(pid)]
    os.kill(killed, signal.SIGKILL)
    start = time.monotonic()
    wait_for(lambda: answers(url), 10, 'an answer')
    assert time.monotonic() - start < 10
    assert killed not in wait_for(lambda: own_instance.pids('db'), what='a database')
    own_instance._db = None
    assert own_instance.value('SELECT 1') == 1
    assert own_instance.pids('portal-login') == workers_before, 'who serves is forked anew, not started anew'
    assert set(serving) - {child for pid in workers_before for child in children_of(pid)}


def test_nginx_is_back_and_leaves_no_orphan_on_the_ports(own_instance, url):
    os.kill(own_instance.pids('nginx')[0], signal.SIGKILL)
    wait_for(lambda: own_instance.pids('nginx') and answers(url), 10, 'nginx')
    own_instance.run('reload', 'nginx')
    assert answers(url)


def test_everything_ends_with_a_killed_supervisor_and_starts_again(own_instance, url):
    lock = own_instance.home / 'run/lock'
    everything = [p for name in ('db', 'nginx', 'portal-login', 'office-login')
                  for p in own_instance.pids(name)]
    supervisor = parent(everything[0])
    os.kill(supervisor, signal.SIGKILL)
    wait_for(lambda: not any(alive(p) for p in everything), 20, 'the end of all')
    assert lock.exists()
    own_instance._db = None
    own_instance.run('start', '--office-port', own_instance.office_port,
                     '--portal-port', own_instance.portal_port, '--memory', '128M')
    assert answers(url)


def test_a_stop_leaves_nothing_and_keeps_the_data(own_instance, url):
    marker = own_instance.user('office', 'auditor')
    pids = [p for name in ('db', 'nginx', 'portal-login') for p in own_instance.pids(name)]
    own_instance.stop(remove=False)
    assert not any(alive(p) for p in pids)
    assert not list((own_instance.home / 'sock').glob('portal-*'))
    own_instance.run('start', '--office-port', own_instance.office_port,
                     '--portal-port', own_instance.portal_port, '--memory', '128M')
    assert own_instance.value('SELECT login FROM app_user WHERE id = %s', marker['id']) \
        == marker['login']


def workers(supervisor, command):
    """The supervisor's children with that in their command line, without asking it."""
    found = []
    with open(f'/proc/{supervisor}/task/{supervisor}/children', encoding='ascii') as f:
        for pid in f.read().split():
            try:
                with open(f'/proc/{pid}/cmdline', encoding='utf-8') as c:
                    if command in c.read().replace('\0', ' '):
                        found.append(int(pid))
            except OSError:
                pass
    return found


def parent(pid):
    with open(f'/proc/{pid}/stat', encoding='ascii') as f:
        return int(f.read().rsplit(')', 1)[1].split()[1])


def alive(pid):
    try:
        with open(f'/proc/{pid}/stat', encoding='ascii') as f:
            return f.read().rsplit(')', 1)[1].split()[0] != 'Z'
    except FileNotFoundError:
        return False
