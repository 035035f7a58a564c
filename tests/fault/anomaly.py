"""What hardly ever fails fails: memory, the line to nginx, the clock.  (TRUST.md G13; anomaly.c is the other half.)

Programs, and MariaDB, are started through scripts that load anomaly.so into them and name each the file of its control."""
import concurrent.futures
import dataclasses
import http.client
import mmap
import os
import pathlib
import random
import re
import secrets
import shutil
import struct
import subprocess
import tempfile
import urllib.parse

import fire
from xiaoao import PASSWORD, Instance, unique, wait_for

PROGRAMS = fire.PROGRAMS
BROKEN, SHORT, HELD = range(3)       # enum how of anomaly.c
MOST = 2000
MARIADB = '/usr/sbin/mariadbd'


class Control:
    """struct control of anomaly.c, shared with all processes of one service."""
    FIELDS = {'memory': (0, 'i'), 'answer': (4, 'i'), 'how': (8, 'i'), 'hits': (12, 'i'), 'clock': (16, 'q')}

    def __init__(self, path):
        path.write_bytes(bytes(24))
        self.pipe = f'{path}.pipe'
        os.mkfifo(self.pipe)
        for p in (path, self.pipe):
            os.chmod(p, 0o666)
        with open(path, 'r+b') as f:
            self.map = mmap.mmap(f.fileno(), 24)

    def release(self):
        """Lets a write that is HELD go on."""
        with open(self.pipe, 'r+b', 0) as f:
            f.write(b'!')

    def __getitem__(self, name):
        return struct.unpack_from(self.FIELDS[name][1], self.map, self.FIELDS[name][0])[0]

    def __setitem__(self, name, value):
        struct.pack_into(self.FIELDS[name][1], self.map, self.FIELDS[name][0], value)


class Rig:
    """An instance of the programs, one worker each, whose memory, answers and clock can be made to fail."""

    def __init__(self, build):
        self.build = pathlib.Path(build).resolve()
        subprocess.run(['make', '-C', self.build, '-s', 'tests/fault/anomaly.so', 'tests/fault/unguarded'], check=True)
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix='xo-anomaly-', dir='/tmp'))
        self.folder.chmod(0o755)
        shutil.copy(self.build / 'tests/fault/anomaly.so', self.folder)
        self.controls = {}
        for name in ('conf', 'www', 'words'):
            (self.folder / name).symlink_to(self.build / name)
        for site, folder in (('office', 'cgi'), ('portal', 'portal')):
            for program in PROGRAMS.split():
                if (self.build / folder / program).exists():
                    self.wrap(f'{site}-{program}', f'{folder}/{program}', self.build / folder / program)
        self.wrap('db', 'bin/mariadbd', MARIADB)
        path = os.environ['PATH']
        os.environ['PATH'] = f'{self.folder}/bin:{path}'
        try:
            self.instance = Instance.start(self.folder, template=Instance.template(self.build, 50), workers=1, only=PROGRAMS)
        finally:
            os.environ['PATH'] = path

    def wrap(self, service, place, program):
        if service not in self.controls:
            self.controls[service] = Control(self.folder / f'{service}.control')
        script = self.folder / place
        script.parent.mkdir(exist_ok=True)
        new = script.with_suffix('.new')
        new.write_text(f'#!/bin/sh\nANOMALY={self.folder}/{service}.control LD_PRELOAD={self.folder}/anomaly.so exec {program} "$@"\n')
        new.chmod(0o755)
        new.rename(script)

    def replace(self, service, place, program):
        """Another program for a service that runs."""
        self.wrap(service, place, program)
        self.instance.run('reload', service)

    def clock(self, seconds):
        for control in self.controls.values():
            control['clock'] = seconds

    def deaths(self):
        """What the supervisor said of workers that ended, and sanitizers of what they saw."""
        said = []
        for log in (self.instance.home / 'log').glob('*.log'):
            said += re.findall(r'.*(?:killed by signal|AddressSanitizer|runtime error:|stack smashing|terminated).*',
                               log.read_text(errors='replace'))
        return said

    def end(self):
        self.instance.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


# ---- who asks


@dataclasses.dataclass
class Answer:
    status: int                 # 0: the connection broke
    location: str = None
    body: bytes = None

    def text(self):
        """Without what differs each time: keys, tokens, the hour."""
        body = re.sub(rb'[0-9a-f]{32,64}', b'#', self.body)
        return re.sub(rb'\d\d:\d\d(:\d\d)?', b'#', body)


class Person(fire.Browser):
    """Asks and takes the whole answer, or knows that it was not whole."""

    def full(self, method, path, fields=None, **headers):
        body = None if fields is None else urllib.parse.urlencode({**fields, '_csrf': self.csrf})
        if body is not None:
            headers['Content-Type'] = 'application/x-www-form-urlencoded'
        line = http.client.HTTPConnection(*self.address, timeout=35, source_address=(self.home, 0))
        try:
            line.request(method, path, body, {**self.headers, **headers})
            answer = line.getresponse()
            return Answer(answer.status, answer.getheader('Location'), answer.read())
        except (OSError, http.client.HTTPException):
            return Answer(0)
        finally:
            line.close()

    @property
    def home(self):
        """nginx counts sign-ins by address."""
        return '127.%d.%d.%d' % tuple(random.randint(1, 250) for _ in range(3))


class Route:
    """One request, and what must be so whatever happens to it."""
    reads = True

    def __init__(self, service, person, path, accept='text/html'):
        self.service, self.person, self.path, self.accept = service, person, path, accept
        self.wanted = None

    def ask(self):
        return self.person.full('GET', self.path, Accept=self.accept)

    def again(self):
        return self.ask()

    def wrong(self, answer):
        """What is wrong with an answer; '' when it may be given."""
        if answer.status == 200 and answer.text() != self.wanted.text():
            return 'another page'
        return '' if answer.status in (0, 200, 500, *fire.UNKNOWN) else 'no such answer'

    def healthy(self):
        """As it is when nothing fails, which must hold after anything that failed too."""
        answer = self.ask()
        if self.wanted is None:
            self.wanted = answer
        return answer.status == 200 and answer.text() == self.wanted.text()


class Order(Route):
    """An order with its key: whole or not there, and once after it is repeated."""
    reads = False

    def __init__(self, field, person):
        super().__init__('portal-entry', person, '/entry/')
        self.field = field

    def ask(self):
        self.made = fire.Intention(unique('PO'), {self.field.codes[0]: 3}, secrets.token_hex(16), self.person.party)
        return self.again()

    def again(self):
        return self.person.full('POST', '/entry/save', self.made.fields(), Accept='text/html')

    def there(self):
        """How many orders there are, and how many whole ones."""
        return tuple(self.field.instance.sql(
            'SELECT COUNT(*) AS n, COALESCE(SUM(o.amount = 30 AND o.line_count = 1 AND o.id IN (SELECT l.order_id FROM sales_order_line l'
            " WHERE l.ordered_qty = 3) AND o.status <> 'draft'), 0) AS whole FROM sales_order o WHERE o.po_no = %s", self.made.po)[0].values())

    def wrong(self, answer):
        there = self.there()
        if answer.status not in (0, 303, 500, *fire.UNKNOWN):
            return 'no such answer'
        if there not in ((0, 0), (1, 1)) or answer.status == 303 and there != (1, 1):
            return f'orders and whole ones: {there}'
        if answer.status != 303 and self.again().status != 303:
            return 'the key is not taken again'
        return '' if self.there() == (1, 1) else f'after it was repeated: {self.there()}'

    def healthy(self):
        return self.ask().status == 303 and self.there() == (1, 1)


class SignIn(Route):
    """A password that is right: a session or none."""
    reads = False

    def __init__(self, instance, user):
        super().__init__('office-login', Person(instance, 'office', user), '/login/')
        self.instance, self.login = instance, user['login']
        visitor = secrets.token_hex(32)
        self.person.token, self.person.headers = visitor, {'Cookie': f'xo_visitor={visitor}'}
        page = self.person.full('GET', '/login/', Accept='application/xml')
        self.person.csrf = re.search(rb'csrf="([0-9a-f]{32})"', page.body)[1].decode()

    def ask(self):
        self.before = self.instance.value('SELECT MAX(id) FROM session')
        return self.again()

    def again(self):
        return self.person.full('POST', '/login/', {'login': self.login, 'password': PASSWORD}, Accept='text/html')

    def sessions(self):
        """How many the last attempt made."""
        return self.instance.value('SELECT COUNT(*) FROM session WHERE user_id = %s AND id > %s', self.person.user['id'], self.before)

    def wrong(self, answer):
        if answer.status not in (0, 303, 500, *fire.UNKNOWN):
            return 'no such answer'
        new = self.sessions()
        return '' if new == 1 or new == 0 and answer.status != 303 else f'{new} sessions'

    def healthy(self):
        return self.ask().status == 303 and self.sessions() == 1


def routes(rig):
    """A list, an order, an order placed, an export, a sign-in."""
    i = rig.instance
    field = fire.Field(i, lots=1, units=1000000, companies=1, buyers=1, approvers=1)
    buyer = Person(i, 'portal', field.buyers[0].user)
    buyer.party = field.buyers[0].party
    staff = Person(i, 'office', i.user('office', 'sales_manager'))
    order = i.value('SELECT MIN(id) FROM sales_order')
    return {
        'list': Route('office-orders', staff, '/orders/'),
        'order': Route('office-orders', staff, f'/orders/view?id={order}'),
        'place': Order(field, buyer),
        'export': Route('office-orders', staff, '/orders/?format=csv', '*/*'),
        'login': SignIn(i, i.user('office', 'sales_manager')),
    }


# ---- what happens to them


@dataclasses.dataclass
class Found:
    tried: int = 0
    answers: dict = dataclasses.field(default_factory=dict)
    wrong: list = dataclasses.field(default_factory=list)

    def take(self, what, text):
        self.wrong.append(f'{what}: {text}')


def once(rig, route, what, n, how=0):
    """The n-th of `what` fails during a request: (whether it came to that, answer, what is wrong)."""
    control = rig.controls[route.service]
    control['hits'], control['how'] = 0, how
    control[what] = n
    answer = route.ask()
    hit, control[what] = control['hits'], 0
    wrong = route.wrong(answer)
    well = route.healthy()          # always: who begins anew must have done so before the next one fails
    return bool(hit), answer, wrong or ('' if well else 'not well after it')


def reload_under(rig, route, n):
    """The program is replaced while its n-th write waits for nginx to read: the answer."""
    control, route.wanted = rig.controls[route.service], None
    assert route.healthy()
    control['hits'], control['how'] = 0, HELD
    control['answer'] = n
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        asked = pool.submit(route.ask)
        wait_for(lambda: control['hits'] or asked.done(), what='the write')
        assert control['hits'] and not asked.done()
        rig.instance.run('reload', route.service)
        control.release()
        return asked.result()


def count(rig, route, what):
    """How many there are in a request of a worker that has served before."""
    control = rig.controls[route.service]
    rig.instance.run('reload', route.service)       # a worker keeps the counts of a list's views for seconds
    route.wanted = None     # others may have changed what it shows
    for _ in range(3):
        assert route.healthy(), (route.path, route.wanted)
    control[what] = MOST
    route.ask()
    left, control[what] = control[what], 0
    return MOST - left


def every(rig, route, what, how=0, sample=None):
    """Every n, or a sample of them, until none fails any more."""
    found, total = Found(), count(rig, route, what)
    ns = list(range(1, total + 1))
    if sample and len(ns) > sample:
        ns = sorted({1, total, *random.sample(ns, sample)})
    for n in ns:
        hit, answer, wrong = once(rig, route, what, n, how)
        found.tried += hit
        found.answers[answer.status] = found.answers.get(answer.status, 0) + 1
        if wrong:
            found.take(f'{route.path} {what} {n}/{total}', f'{answer.status} {wrong}')
    return found
