"""A MariaDB of a test module's own with the migrated schema and a small trade: what the tests of
sql/ stand on, without programs or demo data; its events do not run, a test does what is due itself.
"""
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile
import time

import pymysql

from xiaoao import build_folder, data_template

TOP = pathlib.Path(__file__).resolve().parents[2]
COMMON = TOP / 'conf' / 'mariadb-common.cnf'
ACCOUNTS = ('office', 'portal', 'login', 'jobs', 'backup', 'migrate')


class Refused(Exception):
    """A business refusal; code, field and args as the router reads them."""

    def __init__(self, text):
        super().__init__(text)
        parts = text.split('|') + ['', '']
        self.code, self.field = parts[0], parts[1]
        self.args_given = dict(p.split('=', 1) for p in parts[2:] if '=' in p)


def refusal(call, *args):
    """The refusal a call ends in, as it must."""
    try:
        call(*args)
    except Refused as refused:
        return refused
    raise AssertionError('%s%r was not refused' % (getattr(call, '__name__', call), args))


class Session:
    """One connection of an account. Each call is a transaction of its own unless begin() was called."""

    def __init__(self, bed, account, actor=None):
        self.bed = bed
        extra = {} if account == 'root' else {'password': bed.password(account)}
        user = bed.admin if account == 'root' else account
        self.db = pymysql.connect(unix_socket=str(bed.socket), user=user, database='xiaoao', charset='utf8mb4',
                                  autocommit=True, cursorclass=pymysql.cursors.DictCursor, **extra)
        self.query("SET NAMES utf8mb4 COLLATE utf8mb4_unicode_520_ci")
        self.query("SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED")
        if actor is not None:
            self.actor(actor)

    def actor(self, user):
        self.query('SET @actor_id = %s', user)
        return self

    def waits(self):
        """Whether a statement of this connection, sent by another thread, waits for a lock.  (innodb_trx is a copy that gets no
        younger while one looks at it often.)"""
        if self.bed.watcher is None:
            self.bed.watcher = self.bed.session('root')
        status = self.bed.watcher.query('SHOW ENGINE INNODB STATUS')[0]['Status']
        return re.search(r'LOCK WAIT[^\n]*\nMariaDB thread id %d,' % self.db.thread_id(), status) is not None

    def query(self, text, *args):
        """All rows of the first result."""
        results = self.results(text, *args)
        return results[0] if results else []

    def results(self, text, *args):
        out = []
        with self.db.cursor() as cursor:
            try:
                cursor.execute(text, args or None)
                while True:
                    if cursor.description is not None:
                        out.append(list(cursor.fetchall()))
                    if not cursor.nextset():
                        break
            except pymysql.MySQLError as error:
                if error.args[0] == 1644:
                    raise Refused(error.args[1]) from error
                raise
        return out

    def value(self, text, *args):
        rows = self.query(text, *args)
        return next(iter(rows[0].values())) if rows else None

    def row(self, text, *args):
        rows = self.query(text, *args)
        return rows[0] if rows else None

    def call(self, name, *args):
        """Rows of a CALL as one transaction; lists and dicts go as JSON; '@x' is an OUT parameter."""
        marks, bound = [], []
        for arg in args:
            if isinstance(arg, str) and arg.startswith('@'):
                marks.append(arg)
            else:
                marks.append('%s')
                bound.append(json.dumps(arg, default=str) if isinstance(arg, (list, dict)) else arg)
        own = not self.db.get_autocommit() is False
        if own:
            self.db.begin()
        try:
            results = self.results('CALL %s(%s)' % (name, ', '.join(marks)), *bound)
        except Exception:
            if own:
                self.db.rollback()
            raise
        if own:
            self.db.commit()
        return results[0] if results else []

    def close(self):
        self.db.close()


class Bed:
    def __init__(self):
        self.home = pathlib.Path(tempfile.mkdtemp(prefix='xo-sql-'))
        self.socket = self.home / 's'
        self.admin = subprocess.run(['id', '-un'], capture_output=True, text=True, check=True).stdout.strip()
        self.passwords = {a: os.urandom(12).hex() for a in ACCOUNTS}
        self.sessions = []
        self.server = self.watcher = None
        self.as_user = []

    def password(self, account):
        return self.passwords[account]

    def start(self):
        """With the schema of sql/, which is migrated once for all beds of a build."""
        def make():
            first = Bed()
            first.folders()
            first.install()
            first.serve()
            first.stop(remove=False)
            return first.home
        template = data_template(build_folder(), 'bed', make)
        self.folders()
        subprocess.run(['cp', '-a', template, self.home / 'data'], check=True)
        return self.serve()

    def folders(self):
        for name in ('tmp', 'binlog', 'empty'):
            (self.home / name).mkdir()
        if os.getuid() == 0:
            self.as_user = ['--user=mysql']
            subprocess.run(['chown', '-R', 'mysql', self.home], check=True)
            os.chmod(self.home, 0o755)

    def install(self):
        subprocess.run(['mariadb-install-db', '--no-defaults', *self.as_user, '--datadir=%s/data' % self.home, '--skip-test-db',
                        '--skip-name-resolve', '--auth-root-authentication-method=socket',
                        '--auth-root-socket-user=' + self.admin], check=True, capture_output=True,
                       env={**os.environ, 'TMPDIR': '%s/tmp' % self.home})

    def serve(self):
        (self.home / 'my.cnf').write_text('[mariadbd]\n' + COMMON.read_text() + (
            'datadir = {0}/data\nsocket = {0}/s\npid-file = {0}/pid\ntmpdir = {0}/tmp\nlog-error = {0}/log\n'
            'log-bin = {0}/binlog/b\nserver-id = 1\nsecure-file-priv = {0}/empty\nskip-networking\n'
            'skip-name-resolve\ninnodb-buffer-pool-size = 128M\nevent-scheduler = OFF\n').format(self.home))
        self.run()
        (self.home / 'passwords').write_text(''.join('%s %s\n' % p for p in self.passwords.items()))
        self.migrate()
        return self

    def run(self):
        with open(self.home / 'out', 'a') as out:
            self.server = subprocess.Popen(['mariadbd', '--defaults-file=%s' % (self.home / 'my.cnf'), *self.as_user],
                                           stdout=out, stderr=out)
        deadline = time.monotonic() + 30
        while subprocess.run(['mariadb-admin', '--no-defaults', '-S', self.socket, 'ping'],
                             capture_output=True, check=False).returncode != 0:
            assert self.server.poll() is None and time.monotonic() < deadline, (self.home / 'log').read_text()[-2000:]
            time.sleep(0.05)

    def crash(self):
        """kill -9 and a start as after a crash; sessions are to be opened anew."""
        self.server.kill()
        self.server.wait()
        self.run()
        self.watcher = None
        self.sessions.clear()

    def migrate(self):
        subprocess.run([TOP / 'sql' / 'migrate', '--socket', self.socket, '--passwords', self.home / 'passwords',
                        '--quiet'], check=True)

    def session(self, account='root', actor=None):
        made = Session(self, account, actor)
        self.sessions.append(made)
        return made

    def stop(self, remove=True):
        for session in self.sessions:
            session.close()
        self.server.send_signal(signal.SIGTERM)
        self.server.wait(30)
        if remove:
            shutil.rmtree(self.home)
