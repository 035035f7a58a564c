"""Order under fire: buyers, staff and a killer at one instance, and what must be true afterwards.

A buyer orders through the portal, an approver decides in the back office, the warehouse ships and
finance invoices, while programs, MariaDB and nginx are killed.  Everyone follows one rule: an
intention has one key, and is repeated with it until there is a definite answer.  What a client
was told is in the book; check() compares the book with the database.
"""
import contextlib
import dataclasses
import hashlib
import http.client
import multiprocessing
import os
import random
import re
import secrets
import signal
import socket
import threading
import time
import urllib.parse

import pymysql

from market import Market, day
from xiaoao import unique, wait_for

# What the people of these rigs use; a rig of this alone starts in a few seconds.
PROGRAMS = 'login home entry orders approvals'
PRICE = 10
UNKNOWN = (502, 503, 504)


# ---- people


class Browser:
    """A person signed in at one site.  One request at a time, sent once."""

    def __init__(self, instance, site, user):
        self.address = ('127.0.0.1', instance.portal_port if site == 'portal' else instance.office_port)
        self.user, self.site = user, site
        self.token = secrets.token_hex(32)
        self.http = None
        self.enter(instance)
        self.headers = {'Cookie': f'xo_{site}={self.token}', 'Accept': 'application/xml'}
        # See auth_csrf(): it follows from the session alone.
        self.csrf = hashlib.blake2b(b'xiaoao csrf\0', digest_size=16, key=self.token.encode()).hexdigest()

    def enter(self, instance):
        """For eight hours from now."""
        instance.sql("INSERT INTO session (token_hash, user_id, site, stage, expires_at, ip, agent)"
                     " VALUES (%s, %s, %s, 'full', UTC_TIMESTAMP(6) + INTERVAL 8 HOUR, '127.0.0.1', 'fire')"
                     ' ON DUPLICATE KEY UPDATE expires_at = VALUES(expires_at)',
                     hashlib.sha256(self.token.encode()).digest(), self.user['id'], self.site)

    def send(self, method, path, fields=None):
        """(status, location); (0, None) when the connection broke."""
        body = None if fields is None else urllib.parse.urlencode({**fields, '_csrf': self.csrf})
        headers = dict(self.headers)
        if body is not None:
            headers['Content-Type'] = 'application/x-www-form-urlencoded'
        try:
            if self.http is None:
                self.http = http.client.HTTPConnection(*self.address, timeout=35)
            self.http.request(method, path, body, headers)
            answer = self.http.getresponse()
            answer.read()
            return answer.status, answer.getheader('Location')
        except (OSError, http.client.HTTPException):
            self.hang_up()
            return 0, None

    def shout(self, path, fields):
        """Sends a POST and does not wait for what is said to it."""
        body = urllib.parse.urlencode({**fields, '_csrf': self.csrf}).encode()
        head = ''.join(f'{k}: {v}\r\n' for k, v in {
            'Host': '127.0.0.1', 'Content-Type': 'application/x-www-form-urlencoded',
            'Content-Length': len(body), 'Connection': 'close', **self.headers}.items())
        with contextlib.suppress(OSError), socket.create_connection(self.address, 5) as s:
            s.sendall(f'POST {path} HTTP/1.1\r\n{head}\r\n'.encode() + body)
            time.sleep(0.005)

    def hang_up(self):
        if self.http is not None:
            self.http.close()
            self.http = None

    def ask(self, path, fields, patience):
        """POST, repeated with the same key until a definite answer, or until patience() ends."""
        fields = {'_key': secrets.token_hex(16), **fields}
        while True:
            status, location = self.send('POST', path, fields)
            if status not in UNKNOWN and status != 0:
                return status, location
            if not patience():
                return 0, None
            time.sleep(random.uniform(0.01, 0.1))


@dataclasses.dataclass
class Intention:
    po: str
    lines: dict              # code: quantity
    key: str
    party: int
    told: list = dataclasses.field(default_factory=list)     # places the answers led to
    refused: int = 0         # status of a definite no

    def fields(self):
        made = {'po_no': self.po, 'then': 'submit', '_key': self.key,
                'expected': f'{PRICE * sum(self.lines.values())}.00'}
        for i, (code, qty) in enumerate(self.lines.items(), 1):
            made[f'code.{i}'], made[f'qty.{i}'] = code, qty
        return made


@dataclasses.dataclass
class Book:
    """What the clients were told.  Appending to a list needs no lock."""
    intentions: list = dataclasses.field(default_factory=list)
    decided: list = dataclasses.field(default_factory=list)      # steps
    shipped: list = dataclasses.field(default_factory=list)      # shipments
    invoiced: list = dataclasses.field(default_factory=list)     # invoices
    kills: list = dataclasses.field(default_factory=list)        # (victim, seconds until answers)
    waits: list = dataclasses.field(default_factory=list)        # seconds a page takes while nothing is dead
    strange: list = dataclasses.field(default_factory=list)      # answers nobody should get

    @property
    def acknowledged(self):
        return [i for i in self.intentions if i.told]


# ---- the place


class Field:
    """Companies with buyers, products with the last units of one lot each, and staff."""

    def __init__(self, instance, lots=20, units=30, companies=16, buyers=64, approvers=6):
        self.instance = instance
        self.market = Market(instance)
        m = self.market
        self.units = units
        m.list = m.insert('price_list', code=unique('F')[:20], name='火', scope='all',
                          valid_from=day(-400), status='active')
        self.codes = [m.product(str(PRICE), stock=units) for _ in range(lots)]
        self.parties = [m.new_customer('100000000') for _ in range(companies)]
        self.buyers = [self.buyer(self.parties[i % companies]) for i in range(buyers)]
        self.approvers = [self.staff('sales_manager') for _ in range(approvers)]
        self.probes = [self.buyers[0].user, self.approvers[0].user]
        self.picker, self.checker = (instance.user('office', role) for role in ('logistics', 'warehouse_check'))
        self.finance = instance.user('office', 'finance')

    def buyer(self, party):
        made = Browser(self.instance, 'portal', self.instance.user('portal', 'buyer', party=party))
        made.party = party
        return made

    def staff(self, role):
        return Browser(self.instance, 'office', self.instance.user('office', role, org_unit_id=self.market.unit))

    def approve(self, approver, step, patience=lambda: True):
        return approver.ask('/approvals/decide', {'open': step, 'decision': 'approve'}, patience)

    def in_parties(self):
        return ', '.join(map(str, self.parties))


# ---- threads


class Worker(threading.Thread):
    def __init__(self, rig):
        super().__init__(daemon=True)
        self.rig, self.book, self.field = rig, rig.book, rig.field
        self.random = random.Random(rig.random.random())

    def run(self):
        while not self.rig.over.is_set():
            self.step()
        self.end()

    def end(self):
        pass


class Buyer(Worker):
    """Orders one thing after the other; finishes what he began."""

    def __init__(self, rig, browser):
        super().__init__(rig)
        self.browser = browser

    def intend(self):
        codes = self.random.sample(self.field.codes, self.random.randint(1, 2))
        made = Intention(unique('po'), {c: self.random.randint(1, 3) for c in codes},
                         secrets.token_hex(16), self.browser.party)
        self.book.intentions.append(made)
        return made

    def step(self):
        intention = self.intend()
        status, place = self.browser.ask('/entry/save', intention.fields(), self.rig.patience)
        if status == 303:
            intention.told.append(place)
        elif status != 0:
            intention.refused = status
            self.book.strange.append(f'buyer: {status} to {intention.po}')
        time.sleep(self.rig.think * self.random.random())

    def end(self):
        self.browser.hang_up()


class HastyBuyer(Buyer):
    """The negative control: believes an order placed as soon as it is sent."""

    def step(self):
        intention = self.intend()
        self.browser.shout('/entry/save', intention.fields())
        intention.told.append(None)
        time.sleep(0.02 + self.rig.think * self.random.random())


class Eyes(Worker):
    """Sees in the database what is to be done; loses the connection now and then."""

    def __init__(self, rig):
        super().__init__(rig)
        self.db = None

    def look(self, account, statement, *args):
        """Rows of a statement, or None when the server is away."""
        try:
            if self.db is None:
                self.db = self.field.instance.connect(cursorclass=pymysql.cursors.DictCursor) \
                    if account is None else self.field.instance.connect_as(account)
                with self.db.cursor() as cursor:
                    cursor.execute("SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED")
            with self.db.cursor() as cursor:
                cursor.execute(statement, args or None)
                return cursor.fetchall()
        except (pymysql.OperationalError, pymysql.InterfaceError, pymysql.InternalError, OSError):
            self.forget()
            return None

    def forget(self):
        if self.db is not None:
            with contextlib.suppress(Exception):
                self.db.close()
        self.db = None

    def end(self):
        self.forget()


class Approver(Eyes):
    def __init__(self, rig, browser, number):
        super().__init__(rig)
        self.browser, self.number = browser, number

    def step(self):
        rows = self.look(None, "SELECT s.id FROM approval_step s JOIN approval a ON a.id = s.approval_id"
                         f" WHERE s.status = 'open' AND a.party_id IN ({self.field.in_parties()})"
                         f" AND s.id %% {len(self.field.approvers)} = %s ORDER BY s.id LIMIT 20", self.number)
        for row in rows or ():
            if self.rig.over.is_set():
                return
            status, _ = self.field.approve(self.browser, row['id'], self.rig.patience)
            if status == 303:
                self.book.decided.append(row['id'])
            elif status != 0:
                self.book.strange.append(f'approver: {status} to step {row["id"]}')
        time.sleep(0.02 if rows else 0.1)


class Depot(Eyes):
    """Ships and invoices by the routines of the office.  Its work is told by the state of things,
    so an unknown outcome needs no key: it looks again."""

    def do(self, actor, *statements):
        try:
            self.db.begin()
            with self.db.cursor() as cursor:
                cursor.execute('SET @actor_id = %s', (actor,))
                for statement, *args in statements:
                    cursor.execute(statement, args)
                    row = cursor.fetchone() or {}
                    while cursor.nextset():
                        pass
                self.db.commit()
            return row
        except (pymysql.MySQLError, OSError):
            self.forget()
            return None

    def step(self):
        f = self.field
        rows = self.look(None, "SELECT o.id, (SELECT s.id FROM shipment s WHERE s.party_id = o.party_id AND s.order_id = o.id"
                         " AND s.status = 'picking' LIMIT 1) AS picking, o.qty_shipped, o.qty_invoiced"
                         f" FROM sales_order o WHERE o.party_id IN ({f.in_parties()})"
                         " AND o.status IN ('approved', 'picking', 'partly_shipped', 'shipped')"
                         " AND (o.qty_invoiced < o.qty_shipped OR EXISTS (SELECT 1 FROM reservation r WHERE r.order_id = o.id AND r.qty > 0))"
                         " ORDER BY o.id LIMIT 10")
        for row in rows or ():
            if self.db is None or self.rig.over.is_set():
                return
            self.move(row)
        time.sleep(0.05)

    def move(self, row):
        f = self.field
        if row['picking']:
            done = self.do(f.checker['id'], ("CALL shipment_ship(%s, '顺丰', %s, 1, NULL, NULL)", row['picking'], 'SF1'))
            if done is not None:
                self.book.shipped.append(row['picking'])
        elif row['qty_invoiced'] < row['qty_shipped']:
            self.do(f.finance['id'], ('CALL invoice_new(%s, NULL)', row['id']))
            made = self.look(None, "SELECT id FROM invoice WHERE order_id = %s AND status IN ('to_issue', 'requested')", row['id'])
            for invoice in made or ():
                number = '%020d' % (10 ** 18 + invoice['id'])
                if self.db and self.do(f.finance['id'], ("CALL invoice_issue(%s, '', %s, %s)", invoice['id'], number, day(0))) is not None:
                    self.book.invoiced.append(invoice['id'])
        else:
            self.do(f.picker['id'], ('CALL shipment_create(%s)', row['id']))


class Clock:
    """Measures until both sites answer, each asked by a process of its own: 64 buyers of this one would keep it waiting."""
    PAGES = {'portal': '/entry/', 'office': '/approvals/'}

    def __init__(self, field):
        self.eyes = []
        for (site, path), user in zip(self.PAGES.items(), field.probes):
            near, far = multiprocessing.Pipe()
            eye = multiprocessing.get_context('fork').Process(
                target=self.serve, args=(Browser(field.instance, site, user), path, far), daemon=True)
            eye.start()
            self.eyes.append((eye, near))

    def serve(self, eye, path, far):
        while start := far.recv():
            while eye.send('GET', path)[0] != 200 and time.monotonic() - start < 30:
                eye.hang_up()
                time.sleep(0.01)
            far.send(time.monotonic() - start)

    def seconds(self, start):
        for _, near in self.eyes:
            near.send(start)
        return max(near.recv() for _, near in self.eyes)

    def end(self):
        for eye, near in self.eyes:
            near.send(None)
            eye.join(5)


class Killer(Worker):
    """Kills, and measures until both sites answer again."""
    victims = (('db', 4), ('portal-entry', 3), ('office-approvals', 3), ('portal-entry, all', 1), ('nginx', 1))
    # the first two are always the same, so that no run goes without a database or a program
    first = ('db', 'portal-entry, all')

    def __init__(self, rig, every):
        super().__init__(rig)
        self.every = every
        self.clock = Clock(self.field)

    def run(self):
        while not self.rig.over.wait(self.every * self.random.uniform(0.6, 1.4)):
            if len(self.book.kills) > len(self.first):
                self.book.waits.append(self.clock.seconds(time.monotonic()))
            self.step()
        self.clock.end()

    def step(self):
        names, weights = zip(*self.victims)
        done = len(self.book.kills)
        name = self.first[done] if done < len(self.first) else self.random.choices(names, weights)[0]
        pids = self.rig.house.pids(name.split(',')[0])
        if not pids:
            return
        start = time.monotonic()
        for pid in pids if name.endswith('all') else [self.random.choice(pids)]:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(pid, signal.SIGKILL)     # a service is a process group
        self.book.kills.append((name, self.clock.seconds(start)))


class House:
    """The supervisor's children by name, without asking it."""

    def __init__(self, instance):
        db = instance.pids('db')[0]
        with open(f'/proc/{db}/stat', encoding='ascii') as f:
            self.supervisor = int(f.read().rsplit(')', 1)[1].split()[1])

    def pids(self, name):
        site, _, program = name.partition('-')
        pattern = {'db': r'mariadbd', 'nginx': r'nginx: master|/nginx\0'}.get(
            name, r'/%s/%s\0' % ('cgi' if site == 'office' else site, program))
        found = []
        with open(f'/proc/{self.supervisor}/task/{self.supervisor}/children', encoding='ascii') as f:
            for pid in map(int, f.read().split()):
                with contextlib.suppress(OSError), open(f'/proc/{pid}/cmdline', encoding='utf-8') as c:
                    if re.search(pattern, c.read()):
                        found.append(pid)
        return found


# ---- a run


class Rig:
    """One run: who takes part, how long, and what it found."""

    def __init__(self, instance, seed, buyer=Buyer, think=0.2, **field):
        self.random = random.Random(seed)
        self.seed, self.instance, self.think = seed, instance, think
        self.field = Field(instance, **field)
        self.house = House(instance)
        self.book = Book()
        self.over = threading.Event()
        self.limit = None
        self.workers = [buyer(self, b) for b in self.field.buyers]
        self.staff = [Approver(self, b, i) for i, b in enumerate(self.field.approvers)] + [Depot(self)]

    def patience(self):
        """An intention is finished after the end too, but not for ever."""
        return not self.over.is_set() or time.monotonic() < self.limit

    def run(self, seconds, every=None):
        """Fires for some seconds, a kill every so many; then all finish what they began."""
        everybody = self.workers + self.staff + ([Killer(self, every)] if every else [])
        for w in everybody:
            w.start()
        time.sleep(seconds)
        self.limit = time.monotonic() + 40
        self.over.set()
        for w in everybody:
            w.join(60)
        self.instance._db = None
        wait_for(self.answers, 30, 'the database')
        return self

    def cut(self, seconds, switch):
        """Orders until the switch is thrown; nobody is patient after it."""
        everybody = self.workers + self.staff
        for w in everybody:
            w.start()
        time.sleep(seconds)
        self.limit = 0
        switch()
        self.over.set()
        for w in everybody:
            w.join(60)
        return self

    def answers(self):
        try:
            return self.instance.value('SELECT 1') == 1
        except (pymysql.MySQLError, OSError):
            self.instance._db = None
            return False

    def summary(self):
        gaps = sorted(s for _, s in self.book.kills) or [0]
        waits = sorted(self.book.waits) or [0]
        victims = {}
        for name, _ in self.book.kills:
            victims[name] = victims.get(name, 0) + 1
        return (f'{len(self.book.acknowledged)} orders acknowledged, {len(self.book.decided)} decisions,'
                f' {len(self.book.shipped)} shipments, {len(self.book.invoiced)} invoices,'
                f' {len(self.book.kills)} kills {victims},'
                f' answers again after {gaps[len(gaps) // 2]:.2f} s (median), {gaps[-1]:.2f} s (longest);'
                f' with nothing dead after {waits[len(waits) // 2]:.2f} s')


# ---- the truth


def check(rig):
    """What is wrong, in words; [] when the database is as everybody was told."""
    return (check_orders(rig) + check_papers(rig) + check_stock(rig) + check_books(rig)
            + [f'answer: {s}' for s in rig.book.strange])


def check_orders(rig):
    f, book, wrong = rig.field, rig.book, []
    there = {}
    for row in rig.instance.sql(
            'SELECT o.pid, o.po_no, o.idem_key, o.status, p.code, l.ordered_qty FROM sales_order o'
            ' LEFT JOIN sales_order_line l ON l.party_id = o.party_id AND l.order_id = o.id'
            ' LEFT JOIN product p ON p.id = l.product_id'
            f' WHERE o.party_id IN ({f.in_parties()})'):
        there.setdefault(row['po_no'], {}).setdefault(row['pid'], []).append(row)
    for i in book.intentions:
        found = there.pop(i.po, {})
        if len(found) > 1:
            wrong.append(f'doubled: {i.po} is {len(found)} orders')
        if i.told and not found:
            wrong.append(f'lost: {i.po} was acknowledged: {i.told}')
        if len(set(i.told)) > 1:
            wrong.append(f'two answers to one key: {i.po} {i.told}')
        for pid, rows in found.items():
            if i.told and i.told[0] and not i.told[0].endswith(f'id={pid}'):
                wrong.append(f'other order: {i.po} is {pid}, told {i.told[0]}')
            if rows[0]['status'] == 'draft':
                wrong.append(f'half: {i.po} was saved and not submitted')
            if {r['code']: r['ordered_qty'] for r in rows} != i.lines:
                wrong.append(f'other lines: {i.po}')
    return wrong + [f'invented: order {po}' for po in there]


def check_papers(rig):
    """Decisions, shipments and invoices that were acknowledged are there, once."""
    wrong = []
    for what, ids, state, statement in (
            ('decision', rig.book.decided, ('approved',), 'SELECT id, status FROM approval_step'),
            ('shipment', rig.book.shipped, ('shipped', 'delivered'), 'SELECT id, status FROM shipment'),
            ('invoice', rig.book.invoiced, ('issued',), 'SELECT id, status FROM invoice')):
        now = {r['id']: r['status'] for r in rig.instance.sql(statement)} if ids else {}
        wrong += [f'lost: {what} {i} is {now.get(i)}' for i in ids if now.get(i) not in state]
    return wrong


def check_stock(rig):
    """Each lot: never more held and gone than there was, and all of it when more was approved."""
    wrong = []
    for row in rig.instance.sql(
            'SELECT p.code, b.qty, b.reserved,'
            " (SELECT COALESCE(-SUM(m.qty), 0) FROM stock_movement m WHERE m.lot_id = b.lot_id AND m.kind = 'ship') AS gone,"
            ' (SELECT COALESCE(SUM(l.approved_qty), 0) FROM sales_order_line l WHERE l.product_id = b.product_id) AS approved,'
            ' (SELECT COALESCE(SUM(l.reserved_qty + l.shipped_qty), 0) FROM sales_order_line l WHERE l.product_id = b.product_id) AS promised'
            ' FROM stock_balance b JOIN product p ON p.id = b.product_id WHERE p.code IN (%s)'
            % ', '.join(f"'{c}'" for c in rig.field.codes)):
        if row['qty'] < 0 or not 0 <= row['reserved'] <= row['qty']:
            wrong.append(f'stock: {row}')
        if row['qty'] + row['gone'] != rig.field.units:
            wrong.append(f'units came or went: {row}')
        if row['promised'] != min(rig.field.units, row['approved']) or row['promised'] != row['reserved'] + row['gone']:
            wrong.append(f'promised is not what there is: {row}')
    return wrong


def check_books(rig):
    wrong = [f'books: {row}' for row in rig.instance.sql('CALL books_verify()')]
    rig.instance._db = None
    total = rig.instance.value('SELECT COALESCE(SUM(debit - credit), 0) FROM voucher_line')
    return wrong + ([f'ledger: sums to {total}'] if total else [])
