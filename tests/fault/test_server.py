"""A server set up as conf/README.md says: make install, conf/server/setup, systemd, nginx, MariaDB."""
import os
import re
import subprocess

import pytest
import requests

import machine
from signin import NEW_PASSWORD
from xiaoao import TOP

BUILD = os.environ.get('XIAOAO_BUILD', TOP / '.build')
TLS = """install -d -m 750 -g www-data /etc/xiaoao/tls
for site in office portal; do
	openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=$site.example.com \\
		-keyout /etc/xiaoao/tls/$site.key -out /etc/xiaoao/tls/$site.pem 2> /dev/null
done
"""
SITES = ('office', 'portal')


def step(number):
    """The commands of a step of conf/README.md."""
    text = (TOP / 'conf/README.md').read_text().split('\n## A server\n')[1].split('\n## ')[0]
    part = re.split(r'^\d\. ', text, flags=re.M)[number]
    return '\n'.join(re.findall(r'^ {7}(.*)$', part, re.M))


@pytest.fixture(scope='module')
def server():
    why = machine.possible()
    if why:
        pytest.skip(why)
    made = machine.Machine()
    try:
        install(made)
        yield made
    finally:
        made.end()


def install(server):
    stage = server.folder / 'share/stage'
    done = subprocess.run(['make', '-s', '-C', BUILD, 'install', 'prefix=/usr', 'sysconfdir=/etc',
                           f'DESTDIR={stage}'], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    server.sh('cp -a /mnt/stage/. /; install -d -o mysql -g mysql /var/lib/mysql;'
              ' mariadb-install-db --user=mysql --skip-test-db --auth-root-authentication-method=socket > /dev/null 2>&1')
    server.sh(step(2))
    # as if on a machine with little memory
    server.sh('sed -i "s/^innodb-buffer-pool-size.*/innodb-buffer-pool-size = 128M/;'
              's/^innodb-log-file-size.*/innodb-log-file-size = 64M/" /etc/mysql/mariadb.conf.d/70-xiaoao.cnf;'
              ' systemctl restart mariadb')
    server.said = server.run('/usr/share/xiaoao/server/setup').stdout
    server.sh(TLS)
    server.sh(step(4).replace('reload nginx', 'restart nginx'))


def programs(site):
    return sorted(p.name for p in (TOP / ('cgi' if site == 'office' else 'portal')).glob('*.c'))


def test_every_program_answers_over_its_socket(server):
    for site in SITES:
        client = server.client(site)
        names = [p[:-2] for p in programs(site)]
        assert len(names) > 10
        for name in names:
            r = client.raw('GET', f'/{name}/healthz')
            assert (r.status_code, r.text.strip()) == (200, 'ok'), (site, name, r.status_code)
        running = server.units(f'xiaoao-{site}@*.service')
        assert set(running.values()) == {('active', 'running')} and len(running) == len(names)
    assert server.run('systemctl', 'is-failed', 'xiaoao-*', check=False).stdout.count('failed') == 0


def test_the_first_administrator_signs_in(server):
    login, password = re.search(r'first sign-in to the back office: (\S+) / (\S+)', server.said).groups()
    client = server.client('office')
    assert client.sign_in(login, password).status == 303
    assert client.http.cookies.get('__Host-xo_office')
    done = client.submit('/login/renew', 'renew', new_password=NEW_PASSWORD, again=NEW_PASSWORD)
    assert done.status == 303, done
    assert client.fetch('/staff/').status == 200
    assert server.client('portal').sign_in(login, NEW_PASSWORD).status == 422


def test_nothing_speaks_without_tls(server):
    with server.network():
        plain = requests.get('http://127.0.0.1/', headers={'Host': 'office.example.com'}, allow_redirects=False, timeout=10)
        assert (plain.status_code, plain.headers['Location']) == (301, 'https://office.example.com/')
        with pytest.raises(requests.ConnectionError):
            requests.get('http://127.0.0.1/', headers={'Host': 'other.example.com'}, timeout=10)
    r = server.client('office').raw('GET', '/login/')
    assert r.headers['Strict-Transport-Security'].startswith('max-age=31536000')


def test_each_account_reads_only_its_own(server):
    files = {'office': 'office.conf', 'portal': 'portal.conf', 'login': 'login-office.conf'}
    for user in files:
        for owner, name in files.items():
            done = server.run('runuser', '-u', f'xiaoao-{user}', '--', 'cat', f'/etc/xiaoao/{name}', check=False)
            assert (done.returncode == 0) == (user == owner), (user, name, done.stderr)
    # nobody but nginx gets to a program past it
    for user in files:
        done = server.run('runuser', '-u', f'xiaoao-{user}', '--', 'test', '-w', '/run/xiaoao/office-orders.sock', check=False)
        assert done.returncode != 0


def test_units_are_sound_and_hardened(server):
    # the template of jobs has a program for the names that are enabled only
    done = server.sh('systemd-analyze verify xiaoao-jobs@importer.service'
                     ' /usr/lib/systemd/system/xiaoao{-{office,portal}@.{service,socket},.target}', check=False)
    assert 'xiaoao' not in done.stdout + done.stderr and done.returncode == 0, done.stdout + done.stderr
    for unit in ('xiaoao-office@orders', 'xiaoao-portal@entry', 'xiaoao-office@login'):
        out = server.run('systemd-analyze', 'security', '--no-pager', f'{unit}.service').stdout
        exposure = float(re.search(r'Overall exposure level .*?: ([\d.]+)', out)[1])
        assert exposure <= 1.5, out


def test_a_reload_replaces_workers_and_loses_nothing(server):
    client = server.client('portal')
    unit = 'xiaoao-portal@login.service'
    main = server.run('systemctl', 'show', '-p', 'MainPID', unit).stdout
    before = workers(server, unit)
    reload = subprocess.Popen(['nsenter', '--target', str(server.pid), '--all', '--root', '--', 'systemctl', 'reload',
                               unit])
    answers = [client.raw('GET', '/login/').status_code for _ in range(20)]
    while reload.poll() is None or workers(server, unit) & before:
        answers.append(client.raw('GET', '/login/').status_code)
        assert len(answers) < 20000
    assert set(answers) == {200} and reload.returncode == 0
    assert server.run('systemctl', 'show', '-p', 'MainPID', unit).stdout == main


def workers(server, unit):
    group = server.run('systemctl', 'show', '-p', 'ControlGroup', '--value', unit).stdout.strip()
    main = server.run('systemctl', 'show', '-p', 'MainPID', '--value', unit).stdout.strip()
    return set(server.sh(f"cat '/sys/fs/cgroup{group}/cgroup.procs'").stdout.split()) - {main}


def test_setup_again_only_migrates(server):
    users = server.sql('SELECT COUNT(*) AS n FROM app_user')
    conf = server.get('/etc/xiaoao/office.conf')
    again = server.run('/usr/share/xiaoao/server/setup').stdout
    assert 'first sign-in' not in again
    assert server.sql('SELECT COUNT(*) AS n FROM app_user') == users
    assert server.get('/etc/xiaoao/office.conf') == conf
    assert server.client('office').raw('GET', '/orders/healthz').status_code == 200


def test_backup_and_restore_of_a_server(server):
    """The commands of conf/README.md."""
    text = (TOP / 'conf/README.md').read_text().split('On a server the same scripts')[1].split('\n\n')[1]
    commands = [line.strip() for line in text.splitlines()]
    assert len(commands) == 5, commands
    backup, more, *restore = commands
    server.sh(backup)
    server.sql("INSERT INTO org_unit (code, name) VALUES ('LATER', '备份之后')")
    server.sh(more)
    server.sh('rm -rf /var/lib/mysql/xiaoao/sales_order.ibd')
    for command in restore:
        server.sh(command)
    assert server.sql("SELECT name FROM org_unit WHERE code = 'LATER'") == [{'name': '备份之后'}]
    assert server.client('office').raw('GET', '/orders/healthz').status_code == 200
