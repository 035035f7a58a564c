"""A server: this Debian booted once more beside itself (tests/fault/boot), with Xiaoao installed as
conf/README.md says.  Wants root, overlay files and namespaces."""
import contextlib
import ctypes
import os
import pathlib
import re
import shutil
import subprocess
import tempfile

import pymysql
import requests
from requests.adapters import HTTPAdapter

import xiaoao

HERE = pathlib.Path(__file__).resolve().parent
NEWNET = 0x40000000


def possible():
    """Why no server can be booted here; '' when one can."""
    if os.getuid() != 0:
        return 'wants root'
    for tool in ('unshare', 'nsenter', 'pivot_root', 'findmnt', 'openssl'):
        if shutil.which(tool) is None:
            return f'wants {tool}'
    if not os.path.exists('/lib/systemd/systemd'):
        return 'wants systemd'
    with open('/proc/filesystems', encoding='ascii') as f:
        if 'overlay' not in f.read():
            return 'wants overlay file systems'
    done = subprocess.run(['unshare', '--mount', '--pid', '--fork', '--uts', '--ipc', '--net', '--cgroup', 'true'],
                          capture_output=True, text=True)
    if done.returncode != 0:
        return 'no namespaces: ' + done.stderr.strip()
    if not subprocess.run(['findmnt', '-n', '-t', 'cgroup2'], capture_output=True).stdout:
        return 'wants cgroup2'
    return ''


class Https(HTTPAdapter):
    """Reaches a site of the server by its name, which nobody else knows."""

    def __init__(self, host):
        self.host = host
        super().__init__()

    def init_poolmanager(self, *args, **kwargs):
        super().init_poolmanager(*args, server_hostname=self.host, assert_hostname=False, **kwargs)


class Client(xiaoao.Client):
    def __init__(self, machine, site):
        self.instance, self.site = machine, site
        self.base, self.cookie, self.user = 'https://127.0.0.1', f'__Host-xo_{site}', None
        self.http = requests.Session()
        self.http.trust_env = False
        self.http.verify = False
        self.http.mount('https://', Https(f'{site}.example.com'))
        self.http.headers.update({'Accept': 'application/xml', 'Accept-Language': 'zh-CN',
                                  'Host': f'{site}.example.com'})

    def raw(self, *args, **kwargs):
        with self.instance.network():
            return super().raw(*args, **kwargs)


class Machine:
    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix='xo-server-', dir='/tmp'))
        (self.folder / 'share').mkdir()
        with open(self.folder / 'boot.log', 'w', encoding='utf-8') as log:
            self.process = subprocess.Popen([HERE / 'boot', self.folder], stdout=log, stderr=log,
                                            start_new_session=True)
        self.pid = xiaoao.wait_for(self.systemd, 30, 'systemd')
        xiaoao.wait_for(lambda: self.run('systemctl', 'is-active', 'basic.target', check=False).returncode == 0,
                        60, f'the boot (see {self.folder}/boot.log)')

    def systemd(self):
        """The pid of its first process, once that is systemd."""
        if self.process.poll() is not None:
            raise RuntimeError((self.folder / 'boot.log').read_text())
        with contextlib.suppress(OSError, IndexError):
            children = pathlib.Path(f'/proc/{self.process.pid}/task/{self.process.pid}/children').read_text()
            pid = int(children.split()[0])
            if pathlib.Path(f'/proc/{pid}/comm').read_text().strip() == 'systemd':
                return pid
        return None

    def run(self, *command, check=True, **more):
        """A command inside, as its root."""
        done = subprocess.run(['nsenter', '--target', str(self.pid), '--all', '--root', '--', 'env', '-i', '--chdir=/',
                               'PATH=/usr/sbin:/usr/bin:/sbin:/bin', 'LANG=C.UTF-8', *map(str, command)],
                              capture_output=True, text=True, **more)
        if check and done.returncode != 0:
            raise AssertionError(f'{command}: {done.stdout}{done.stderr}')
        return done

    def sh(self, text, **more):
        return self.run('bash', '-euc', text, **more)

    def put(self, path, text):
        (self.root / path.lstrip('/')).write_text(text, encoding='utf-8')

    def get(self, path):
        return (self.root / path.lstrip('/')).read_text(encoding='utf-8')

    @property
    def root(self):
        return pathlib.Path(f'/proc/{self.pid}/root')

    @contextlib.contextmanager
    def network(self):
        """This thread speaks from inside the server."""
        libc = ctypes.CDLL(None, use_errno=True)
        with open('/proc/self/ns/net', encoding='ascii') as here, open(f'/proc/{self.pid}/ns/net', encoding='ascii') as there:
            if libc.setns(there.fileno(), NEWNET) != 0:
                raise OSError(ctypes.get_errno(), 'setns')
            try:
                yield
            finally:
                libc.setns(here.fileno(), NEWNET)

    def sql(self, statement, *args):
        with pymysql.connect(unix_socket=str(self.root / 'run/mysqld/mysqld.sock'), user='root', database='xiaoao',
                             charset='utf8mb4', autocommit=True, cursorclass=pymysql.cursors.DictCursor) as db:
            with db.cursor() as cursor:
                cursor.execute(statement, args or None)
                return cursor.fetchall()

    def client(self, site):
        return Client(self, site)

    def units(self, pattern):
        """{unit: (active, sub)}"""
        out = self.run('systemctl', 'list-units', '--all', '--plain', '--no-legend', pattern).stdout
        return {m[1]: (m[2], m[3]) for m in re.finditer(r'^(\S+)\s+\S+\s+(\S+)\s+(\S+)', out, re.M)}

    def end(self):
        self.process.kill()
        self.process.wait()
        groups = list(pathlib.Path('/sys/fs/cgroup').glob(f'**/xiaoao-{self.process.pid}'))
        for group in groups:
            xiaoao.wait_for(lambda: removed(group), 20, 'the end of its processes')
        shutil.rmtree(self.folder, ignore_errors=True)


def removed(group):
    """Whether a group of processes and all below it are gone."""
    for folder in sorted(group.rglob('*'), reverse=True):
        if folder.is_dir():
            with contextlib.suppress(OSError):
                folder.rmdir()
    with contextlib.suppress(OSError):
        group.rmdir()
    return not group.exists()
