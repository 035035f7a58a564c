"""An instance of Xiaoao as tests see it: sites, database, people, pages.

    page = office.get('/orders/', status='submitted')     # page XML, valid by the schema
    page.texts('//p:row/p:code[@name="number"]')
    done = portal.submit('/orders/new', 'order', **{'sku.1': 'X', 'qty.1': '40'})
    done.status, done.page.id, done.errors

The XML is what tests look at; html() is for what only a sheet can get wrong.
"""
import fcntl
import hashlib
import itertools
import os
import pathlib
import random
import re
import secrets
import shutil
import socket
import subprocess
import tempfile
import time

import pymysql
import requests
from lxml import etree, html as lxml_html
from requests.adapters import HTTPAdapter

TOP = pathlib.Path(__file__).resolve().parents[2]
NS = {'p': 'urn:xiaoao:page:1'}
PASSWORD = 'only-in-tests-9'
PASSWORD_HASH = ('$argon2id$v=19$m=65536,t=2,p=1$IVLNHOt8bABMi4Se54hbZg'
                 '$75bT3N+Pr9AFk3Qa0pG/EFZ3U2tmYrLV+77JVtp8z6s')
# The smallest picture there is.
PNG = bytes.fromhex('89504e470d0a1a0a0000000d494844520000000100000001080600000'
                    '01f15c4890000000d49444154789c6360000002000001e221bc330000000049454e44ae426082')
_count = itertools.count(1)
_run = secrets.token_hex(3)


def unique(prefix='t'):
    """A word no other test of any process has."""
    return f'{prefix}-{_run}-{next(_count)}'


def children_of(pid):
    with open(f'/proc/{pid}/task/{pid}/children', encoding='ascii') as f:
        return [int(child) for child in f.read().split()]


def free_ports(n):
    """Ports nobody listens on.  Outside the range the kernel gives to clients."""
    found = []
    while len(found) < n:
        port = random.randint(20000, 32000)
        with socket.socket() as s:
            try:
                s.bind(('127.0.0.1', port))
            except OSError:
                continue
        if port not in found:
            found.append(port)
    return found


def wait_for(condition, seconds=20, what='condition'):
    """Polls until the condition holds; its value."""
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise TimeoutError(f'{what}: not within {seconds} s')
        time.sleep(0.02)


# ---- schema


class Schema:
    """page.rnc, as RELAX NG that libxml2 reads."""
    _grammar = None

    @classmethod
    def check(cls, document, where):
        if cls._grammar is None:
            cls._grammar = cls._load()
        if not cls._grammar.validate(document):
            errors = '\n'.join(f'  line {e.line}: {e.message}' for e in cls._grammar.error_log)
            text = etree.tostring(document, encoding='unicode')
            raise AssertionError(f'{where} is not valid by page.rnc:\n{errors}\n{text[:4000]}')

    @staticmethod
    def _load():
        with tempfile.TemporaryDirectory() as d:
            rng = f'{d}/page.rng'
            subprocess.run(['trang', TOP / 'xslt/schema/page.rnc', rng], check=True)
            return etree.RelaxNG(etree.parse(rng))


# ---- pages


class Page:
    """A page as XML."""

    def __init__(self, root):
        self.root = root
        self.id = root.get('id')

    def __call__(self, path):
        """Elements (or values) of an XPath; the prefix is p."""
        return self.root.xpath(path, namespaces=NS)

    def one(self, path):
        found = self(path)
        assert len(found) == 1, f'{path}: {len(found)} in {self.id}'
        return found[0]

    def texts(self, path):
        return [e if isinstance(e, str) else (e.text or '') for e in self(path)]

    def rows(self, name):
        """The rows of a list but its opening balance, each a dict of column name and value."""
        out = []
        for row in self(f'//p:list[@name="{name}"]/p:row[not(@kind="opening")]'):
            cells = {c.get('name'): c.text or '' for c in row
                     if c.get('name') and etree.QName(c).localname not in ('action', 'link')}
            cells['@id'], cells['@href'] = row.get('id'), row.get('href')
            out.append(cells)
        return out

    def value(self, name):
        """The value of that name, which must be the only one."""
        found = {e.text or '' for e in self(f'//*[@name="{name}"]')
                 if e.text is not None and not len(e)}
        assert len(found) == 1, f'{name}: {found} in {self.id}'
        return found.pop()

    def link(self, rel):
        return self.one(f'(//p:link|//p:action)[@rel="{rel}"][1]').get('href')

    def may(self, rel):
        """Whether the page offers an action or link."""
        return bool(self(f'(//p:link|//p:action)[@rel="{rel}"][not(@disabled)]'))

    @property
    def errors(self):
        """(field, code) of every error shown."""
        return [(e.get('field') or (e.getparent().get('name')
                 if etree.QName(e.getparent()).localname == 'field' else None), e.get('code'))
                for e in self('//p:error')]

    @property
    def notices(self):
        return self('//p:notice/@key')

    @property
    def csrf(self):
        return next(iter(self('//p:session/@csrf') or self('//p:form/@csrf')), '')

    def form(self, name):
        return self.one(f'//p:form[@name="{name}"]')


class Reply:
    """What a request was answered with; page is None when that is no page."""

    def __init__(self, response, status=None, location=None):
        self.response = response
        self.status = status or response.status_code
        self.location = location
        self.page = None
        self.headers = response.headers
        if response.headers.get('Content-Type', '').startswith('application/xml'):
            root = etree.fromstring(response.content)
            if etree.QName(root).namespace == NS['p']:
                Schema.check(root, response.url)
                self.page = Page(root)

    @property
    def errors(self):
        return self.page.errors if self.page else []

    def __repr__(self):
        return f'<{self.status} {self.response.url} {self.errors}>'


def form_data(form):
    """What a browser would send of an untouched form."""
    data = []
    for field in form.iter('{%s}field' % NS['p']):
        name, kind = field.get('name'), field.get('type')
        if kind in ('file', 'static') or field.get('fixed'):
            continue
        options = field.findall('p:option', NS)
        values = [v.text or '' for v in field.findall('p:value', NS)]
        if options and not values:
            values = [o.get('value') for o in options if o.get('selected')]
            if not values and kind == 'select':
                values = ['']       # the empty choice that stands first
        elif not values and kind not in ('check', 'checks', 'radio'):
            values = ['']
        data += [(name, v) for v in values]
    return data


# ---- clients


class _FromAddress(HTTPAdapter):
    """Every client has a loopback address of its own, as nginx limits by address."""

    def init_poolmanager(self, *args, **kwargs):
        host = '127.%d.%d.%d' % tuple(random.randint(1, 250) for _ in range(3))
        super().init_poolmanager(*args, source_address=(host, 0), **kwargs)


class Client:
    """A browser at one site that asks for XML."""

    def __init__(self, instance, site, lang='zh-CN'):
        self.instance, self.site = instance, site
        self.base = instance.base(site)
        self.cookie = f'xo_{site}'
        self.http = requests.Session()
        self.http.trust_env = False
        self.http.mount('http://', _FromAddress())
        self.http.headers.update({'Accept': 'application/xml', 'Accept-Language': lang})
        if lang != 'zh-CN':
            # chosen on the page: goes before the language of the account
            self.http.cookies.set('xo_lang', lang)
        self.user = None

    def raw(self, method, path, **kwargs):
        """The response as it came; redirects are not followed."""
        kwargs.setdefault('timeout', 30)
        kwargs.setdefault('allow_redirects', False)
        return self.http.request(method, self.base + path, **kwargs)

    def fetch(self, path, **query):
        """GET, whatever the status."""
        return Reply(self.raw('GET', path, params=query))

    def get(self, path, **query):
        """GET of a page that must be there."""
        reply = self.fetch(path, **query)
        assert reply.status == 200 and reply.page is not None, f'{reply}: {reply.response.text[:800]}'
        return reply.page

    def html(self, path, **query):
        """The page as a browser gets it, parsed."""
        r = self.raw('GET', path, params=query, headers={'Accept': 'text/html'})
        assert r.headers['Content-Type'].startswith('text/html'), r.headers
        return lxml_html.fromstring(r.content.decode('utf-8'))

    def post(self, path, data=(), files=None, csrf=None, follow=True):
        """POST of fields as given, with the session's CSRF token unless there is one."""
        data = list(data.items()) if isinstance(data, dict) else list(data)
        if not any(k == '_csrf' for k, _ in data):
            data.append(('_csrf', self.csrf() if csrf is None else csrf))
        r = self.raw('POST', path, data=data, files=files)
        if follow and r.status_code == 303:
            after = Reply(self.raw('GET', r.headers['Location']))
            after.status, after.location = 303, r.headers['Location']
            return after
        return Reply(r, location=r.headers.get('Location'))

    def csrf(self):
        return self.fetch('/login/profile').page.csrf

    def submit(self, page, form, action=None, files=None, **fields):
        """Fills in a form of a page (or of the page at a path) and sends it.

        fields replace what the form holds; a list gives several values.  action
        is the @rel of the button, when the form has more than one.
        """
        if isinstance(page, str):
            page = self.get(page)
        node = page.form(form)
        data = [(k, v) for k, v in form_data(node) if k not in fields]
        for name, value in fields.items():
            values = value if isinstance(value, (list, tuple)) else [value]
            data += [(name, str(v)) for v in values]
        href = node.get('href')
        if action is not None:
            button = node.xpath(f'p:action[@rel="{action}"]', namespaces=NS)
            assert len(button) == 1, f'{action}: {len(button)} buttons'
            href = button[0].get('href') or href
            if button[0].get('name'):
                data.append((button[0].get('name'), button[0].get('value') or ''))
        for attribute, name in (('idem', '_key'), ('version', '_version')):
            if node.get(attribute) is not None and name not in fields:
                data.append((name, node.get(attribute)))
        if '_csrf' not in fields:
            data.append(('_csrf', node.get('csrf') or page.csrf))
        if node.get('method') == 'get':
            return self.fetch(href, **dict(data))
        return self.post(href, data, files=files)

    def act(self, page, rel, **fields):
        """Presses a button outside a form, such as approve."""
        node = page.one(f'(//p:action[@rel="{rel}"])[1]')
        data = dict(fields)
        data.setdefault('_csrf', page.csrf)
        data.setdefault('_key', secrets.token_hex(16))
        if node.get('name'):
            data.setdefault(node.get('name'), node.get('value') or '')
        return self.post(node.get('href'), data)

    def owes(self, what):
        """Where the home page leads to give an answer of this kind; None when none is owed."""
        found = self.get('/home/')(f'//p:notice[@key="notice.home.{what}"]/p:link/@href')
        return found[0] if found else None

    def sign_in(self, login, password=PASSWORD):
        """Through the real form; the reply to it."""
        return self.submit('/login/', 'login', login=login, password=password)

    def become(self, user):
        """A session without the form: quicker, and no limit of attempts."""
        token = secrets.token_hex(32)
        self.instance.sql(
            'INSERT INTO session (token_hash, user_id, site, stage, expires_at, ip, agent)'
            " VALUES (%s, %s, %s, 'full', UTC_TIMESTAMP(6) + INTERVAL 8 HOUR, '127.0.0.1', 'test')",
            hashlib.sha256(token.encode()).digest(), user['id'], self.site)
        self.http.cookies.set(self.cookie, token)
        self.user = user
        return self


# ---- instance


def build_folder():
    return pathlib.Path(os.environ.get('XIAOAO_BUILD', TOP / '.build'))


# of a build with sanitizers, as tests/run --sanitizers makes
SANITIZERS = ('--sanitizers',) if os.environ.get('XIAOAO_SANITIZERS') else ()


def data_template(build, name, make):
    """A data folder made once for each state of sql/ in the build folder; make() stops what it started and returns its home."""
    state = hashlib.sha256()
    for path in sorted(p for p in (TOP / 'sql').rglob('*') if p.is_file()):
        if '__pycache__' not in path.parts:
            state.update(path.read_bytes())
    folder = pathlib.Path(build) / f'template-{name}-{state.hexdigest()[:12]}'
    with open(f'{folder}.lock', 'w', encoding='ascii') as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            home = make()
            subprocess.run(['mv', home / 'data', folder], check=True)
            shutil.rmtree(home)
    return folder


class Instance:
    """A running instance; start() makes one that stop() removes again."""

    def __init__(self, home, build=None, only=None):
        self.home = pathlib.Path(home)
        self.build, self.only = build, only
        options = (self.home / 'etc/options').read_text()
        self.office_port = int(re.search(r'office_port="(\d+)"', options)[1])
        self.portal_port = int(re.search(r'portal_port="(\d+)"', options)[1])
        self._db = None

    @classmethod
    def start(cls, build, orders=None, workers=2, more=(), template=None, only=None):
        """template: the data folder to begin with, instead of making a company; only: of these programs."""
        home = tempfile.mkdtemp(prefix='xo-', dir='/tmp')
        os.chmod(home, 0o755)
        if template:
            subprocess.run(['cp', '-a', template, f'{home}/data'], check=True)
        office, portal = free_ports(2)
        command = [TOP / 'conf/run', 'start', '--home', home, '--build', build, '--no-build',
                   '--office-port', office, '--portal-port', portal, '--workers', workers,
                   '--memory', '128M', *(('--orders', orders) if orders else ()),
                   *(('--only', only) if only else ()), *SANITIZERS, *more]
        done = subprocess.run([str(c) for c in command], capture_output=True, text=True)
        if done.returncode != 0:
            raise RuntimeError(f'conf/run: {done.stdout}{done.stderr} (folder {home})')
        return cls(home, build, only)

    @classmethod
    def template(cls, build, orders):
        """The data folder of a small company."""
        def make():
            first = cls.start(build, orders=orders, only='login')
            first.stop(remove=False)
            return first.home
        return data_template(build, orders, make)

    def base(self, site):
        return f'http://127.0.0.1:{self.office_port if site == "office" else self.portal_port}'

    def run(self, *arguments, check=True):
        """conf/run, for this instance."""
        return subprocess.run([str(TOP / 'conf/run'), '--home', str(self.home), '--no-build',
                               *(('--build', str(self.build)) if self.build else ()),
                               *(('--only', self.only) if self.only else ()), *SANITIZERS,
                               *map(str, arguments)], check=check, capture_output=True, text=True)

    def stop(self, remove=True):
        if self._db is not None:
            self._db.close()
            self._db = None
        self.run('stop', check=False)
        if remove:
            shutil.rmtree(self.home, ignore_errors=True)

    def pids(self, name):
        """Processes of a service: office-orders, db, nginx."""
        found = re.search(rf'^{name} .*pid((?: \d+)*)$', self.run('status').stdout, re.M)
        return [int(p) for p in found[1].split()]

    def conf(self, name):
        """The values of etc/<name>.conf."""
        lines = (self.home / f'etc/{name}.conf').read_text().splitlines()
        return dict(line.split(' = ', 1) for line in lines if ' = ' in line)

    def programs(self):
        """(site, name, description) of every program that is built."""
        for site, folder in (('office', 'cgi'), ('portal', 'portal')):
            for path in sorted((pathlib.Path(self.build) / folder).iterdir()):
                if path.is_file() and os.access(path, os.X_OK):
                    conf = self.home / f'etc/{"login-" if path.name == "login" else ""}{site}.conf'
                    out = subprocess.run([path, '-c', conf, '--describe'], cwd=self.home,
                                         capture_output=True, check=True).stdout
                    yield site, path.name, etree.fromstring(out)

    # -- database

    def connect(self, user=None, password='', database='xiaoao', **more):
        """A connection; without a user, as the administrator."""
        if user is None:
            user = subprocess.run(['id', '-un'], capture_output=True, text=True).stdout.strip()
        folder = os.open(self.home / 'sock', os.O_PATH)     # a socket's path may have 107 bytes
        try:
            return pymysql.connect(unix_socket=f'/proc/self/fd/{folder}/db.sock', user=user,
                                   password=password, database=database, charset='utf8mb4',
                                   autocommit=True, **more)
        finally:
            os.close(folder)

    def connect_as(self, conf):
        """With the account of a program: office, portal, login-office ..."""
        values = self.conf(conf)
        return self.connect(values['db_user'], values['db_password'])

    @property
    def db(self):
        if self._db is None or not self._db.open:
            self._db = self.connect(cursorclass=pymysql.cursors.DictCursor)
            self._db.cursor().execute("SET time_zone = '+00:00'")
        return self._db

    def sql(self, statement, *args):
        """Rows as dicts; of an INSERT, the new id."""
        with self.db.cursor() as cursor:
            cursor.execute(statement, args or None)
            return cursor.fetchall() if cursor.description else cursor.lastrowid

    def value(self, statement, *args):
        """The one value of a query; None when there is no row."""
        rows = self.sql(statement, *args)
        return next(iter(rows[0].values())) if rows else None

    # -- people

    def user(self, site, *roles, party=None, **columns):
        """A new user with these roles; dict of id, login, name, password."""
        row = {'site': site, 'party_id': party, 'login': unique('u'), 'name': '测试 用户',
               'password_hash': PASSWORD_HASH, **columns}
        if site == 'office' and 'org_unit_id' not in row:
            row['org_unit_id'] = self.value('SELECT MIN(id) FROM org_unit')
        names = ', '.join(row)
        row['id'] = self.sql(f'INSERT INTO app_user ({names}) VALUES'
                             f" ({', '.join(['%s'] * len(row))})", *row.values())
        for i, role in enumerate(roles):
            self.sql('INSERT INTO user_role (user_id, role_id, is_main)'
                     ' SELECT %s, id, %s FROM role WHERE site = %s AND code = %s'
                     ' AND party_id IS NULL', row['id'], int(i == 0), site, role)
        row['password'] = PASSWORD
        return row

    def client(self, site, lang='zh-CN'):
        """A browser nobody signed in with."""
        return Client(self, site, lang)

    def office(self, *roles, lang='zh-CN', **columns):
        """A browser of a new member of staff with these roles."""
        return self.client('office', lang).become(self.user('office', *roles, **columns))

    def portal(self, party, *roles, lang='zh-CN', **columns):
        """A browser of a new user of a distributor or chain."""
        return self.client('portal', lang).become(
            self.user('portal', *roles, party=party, **columns))
