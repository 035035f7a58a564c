"""Batches over many customers: rebate runs, statement runs, the close of a month, the import of a file; what must be true of them
whatever died meanwhile, and (Batches) all of them at once, until the power is cut."""
import contextlib
import datetime
import hashlib
import os
import random
import signal
import threading

import pymysql
import requests

from flowrig import as_csv
from today import TODAY
from xiaoao import unique, wait_for

PROGRAMS = 'login home rebates periods importer'
GONE = (requests.RequestException, AssertionError, pymysql.MySQLError, OSError)


class Runs:
    """Distributors with stock when a price fell and a balance from last month; people who press the buttons."""

    def __init__(self, instance, many=150):
        self.instance, self.many, self.luck = instance, many, random.Random(20)
        sql = instance.sql
        self.last = TODAY.replace(day=1) - datetime.timedelta(days=1)
        self.period = instance.value("SELECT MIN(period) FROM period WHERE status = 'locked'")
        self.first = datetime.date(self.period // 100, self.period % 100, 1)
        self.group = sql("INSERT INTO customer_group (code, name) VALUES (%s, '批量')", unique('G')[:20])
        self.product = instance.value("SELECT MIN(id) FROM product WHERE status = 'active'"
                                      ' AND id NOT IN (SELECT product_id FROM price_change)')
        boss = instance.value("SELECT MIN(id) FROM app_user WHERE site = 'office' AND status = 'active'")
        sql('SET @actor_id = %s, @bulk_load = 1', boss)
        self.parties = []
        for n in range(many):
            made = sql("INSERT INTO party (code, name) VALUES (%s, %s)", unique('R')[:20], f'批量经销商{n}')
            sql("INSERT INTO customer (party_id, buyer_role, group_id, credit_limit) VALUES (%s, 'distributor', %s, 0)", made, self.group)
            sql("CALL voucher_post(%s, %s, 'opening', 'opening', %s, 'QC', NULL, JSON_ARRAY("
                "JSON_OBJECT('account', '1122', 'party', %s, 'debit', 1000), JSON_OBJECT('account', '6001', 'credit', 1000)), @v)",
                made, self.last, made, made)
            sql("INSERT INTO ar_item (party_id, kind, doc_no, biz_date, due_on, amount) VALUES (%s, 'opening', 'QC', %s, %s, 1000)",
                made, self.last, self.last)
            sql("INSERT INTO flow_balance (period, party_id, product_id, lot_no, opening, reported) VALUES (%s, %s, %s, 'B1', 100, 100)",
                self.period, made, self.product)
            self.parties.append(made)
        sql('SET @bulk_load = NULL')
        sql("INSERT INTO price_change (product_id, changed_on, old_price, new_price, document_no, status)"
            " VALUES (%s, %s, 5, 4, '调价', 'active')", self.product, self.first)
        self.policy = self.new_policy(sql)
        self.maker, self.boss = instance.office('product_manager'), instance.office('finance_manager')
        self.clerk = instance.office('finance')

    def new_policy(self, sql):
        return sql("INSERT INTO rebate_policy (code, name, base, method, span, group_id, from1, rate1, valid_from, status)"
                   " VALUES (%s, '补差', 'stock', 'protection', 'month', %s, NULL, NULL, '2020-01-01', 'active')",
                   unique('P')[:20], self.group)

    def value(self, statement, *args):
        return self.instance.value(statement, *args)

    def kill(self, what):
        """kill -9 of the database or of a program's workers; back when it answers again."""
        for pid in self.instance.pids(what):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(pid, signal.SIGKILL)
        if what == 'db':
            self.instance._db = None
            wait_for(self.answers, 60, 'the database')
        wait_for(lambda: self.instance.pids(what), 30, what)

    def answers(self):
        try:
            return self.value('SELECT 1') == 1
        except pymysql.MySQLError:
            self.instance._db = None
            return False

    def strike(self, what, press, longest):
        """Presses, and kills at a random moment of it."""
        def go():
            with contextlib.suppress(*GONE):
                press()

        pressing = threading.Thread(target=go, daemon=True)
        pressing.start()
        pressing.join(self.luck.uniform(0.05, longest))
        self.kill(what)
        pressing.join(60)
        assert not pressing.is_alive()


# ---- what must be true


def rebates_wrong(runs, policy):
    """Runs that are there in part: without their lines, their sums, their vouchers."""
    return runs.instance.sql(
        'SELECT r.id, COUNT(l.id) AS n, SUM(l.voucher_id IS NOT NULL) AS vouchers FROM rebate_run r'
        ' LEFT JOIN rebate_line l ON l.run_id = r.id WHERE r.policy_id = %s GROUP BY r.id'
        " HAVING n <> %s OR MAX(r.due) <> SUM(l.due) OR vouchers <> IF(MAX(r.status) = 'approved', n, 0)", policy, runs.many) or [
        v for v in runs.instance.sql("SELECT v.id FROM voucher v LEFT JOIN rebate_line l ON l.voucher_id = v.id"
                                     " WHERE v.doc_kind = 'rebate_line' AND l.id IS NULL")] or [
        b for b in runs.instance.sql('CALL books_verify()') if b['id'] in runs.parties]


def close_wrong(runs, period):
    """A month closed without the digests of all, or with others; progress that was not made."""
    return runs.instance.sql(
        "SELECT p.period FROM period p WHERE p.period = %s AND p.status = 'closed'"
        " AND (BINARY p.digest <> BINARY COALESCE(period_digest_of(p.period), '')"
        " OR EXISTS (SELECT 1 FROM period_piece x WHERE x.period = p.period AND x.digest = ''))", period) or runs.instance.sql(
        "SELECT r.id FROM period_run r WHERE r.period = %s AND r.action = 'close' AND r.state = 'running' AND r.pieces_done <>"
        " (SELECT COUNT(*) FROM period_piece x WHERE x.period = r.period AND x.digest <> '')", period)


def work_on(runs, period, in_piece=lambda n: None):
    """Pieces as the event does them: each a transaction. in_piece is told before the nth is committed."""
    db = runs.instance.connect()
    with contextlib.closing(db), db.cursor() as cursor:
        cursor.execute('SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED')
        cursor.execute("SELECT GET_LOCK('flow_work', 60)")      # the event waits for its turn
        for n in range(500):
            cursor.execute('START TRANSACTION')
            cursor.execute('CALL flow_work_one(%s, @did)', (period,))
            in_piece(n)
            cursor.execute('COMMIT')
            cursor.execute("SELECT status FROM period WHERE period = %s", (period,))
            if cursor.fetchone()[0] == 'closed':
                return


# ---- all at once, until the power is cut


class Batches(Runs):
    """For each cut: one month that is closed, files that are imported one after the other, rebate runs one after the other."""
    ROWS = 10000            # of a file
    IMPORT = 202102         # the month they are of; those closed are before it

    def __init__(self, instance, many=100):
        super().__init__(instance, many)
        sql = instance.sql
        self.cuts, self.files, self.policies = 0, {}, []
        self.told = []          # what somebody knew to be done: (what, id)
        self.doing = set()      # what was at work at the cut
        self.sender = self.parties[0]
        sql("INSERT INTO party_role (party_id, role) VALUES (%s, 'distributor')", self.sender)
        sql('CALL period_ensure(%s)', self.IMPORT)
        self.names = [sql('INSERT INTO flow_name (sender_id, what, name_key, name, norm, state, target_id, first_seen, last_seen)'
                          " VALUES (%s, %s, %s, '批量', '批量', 'matched', %s, '2020-01-01', '2020-12-31')",
                          self.sender, what, os.urandom(16), target)
                      for what, target in (('party', self.sender), ('product', self.product))]
        self.closer = instance.office('finance_manager')

    # -- before the cut

    def prepare(self, seconds, aimed=False):
        """A locked month with rows of all, the next before the one files are imported of; it closes within those seconds, or,
        aimed, is at a piece in the middle, done and not committed, when the power goes."""
        sql = self.instance.sql
        first = datetime.date(2018 + self.cuts // 12, self.cuts % 12 + 1, 1)
        self.cuts, self.month = self.cuts + 1, int(f'{first:%Y%m}')
        sql('SET @bulk_load = 1')
        sql("INSERT INTO period (period, starts_on, ends_on, status, collect_by, review_by, lock_by)"
            " VALUES (%s, %s, LAST_DAY(%s), 'locked', LAST_DAY(%s), LAST_DAY(%s), LAST_DAY(%s))", self.month, *[first] * 5)
        sql('INSERT INTO flow_file (party_id, kind, origin, name, format, size, sha256, book_period, date_from, date_to, status)'
            " SELECT id, 'sale', 'office', 'x.csv', 'csv', 1, UNHEX(SHA2(CONCAT(id, %s), 256)), %s, %s, LAST_DAY(%s), 'imported'"
            ' FROM party WHERE id IN %s', self.month, self.month, first, first, tuple(self.parties))
        sql('INSERT INTO flow_row (id, book_period, file_id, row_no, kind, sender_id, biz_date, party_name_id, product_name_id,'
            " raw_qty, qty, flow_level) SELECT f.id * 10000000 + s.seq, f.book_period, f.id, s.seq, 'sale', f.party_id, f.date_from,"
            ' %s, %s, s.seq, s.seq, 1 FROM flow_file f JOIN seq_1_to_40 s WHERE f.book_period = %s', *self.names, self.month)
        sql('SET @bulk_load = NULL')
        self.cutting, self.strange = False, []
        self.aim = self.luck.randint(self.many // 5, self.many * 4 // 5) if aimed else None
        self.at_aim = threading.Event()
        self.doing.clear()
        self.over, self.wait = threading.Event(), self.luck.uniform(0, seconds * 0.7)
        self.threads = [threading.Thread(target=self.until_it_breaks, args=(what,), daemon=True)
                        for what in (self.imports, self.rebates, self.closes)]

    def start(self):
        for thread in self.threads:
            thread.start()

    def cut(self, switch):
        self.cutting = True
        switch()
        self.over.set()
        for thread in self.threads:
            thread.join(60)
        self.instance._db = None

    def until_it_breaks(self, what):
        try:
            what()
        except GONE as e:
            if not self.cutting:
                self.strange.append(f'before the cut: {what.__name__}: {e!r}')

    def connect(self):
        return contextlib.closing(self.instance.connect())

    def imports(self):
        """A file that replaces the one before, as a machine sends it: checked and imported without a person."""
        with self.connect() as db, db.cursor() as cursor:
            while not self.over.is_set():
                n = len(self.files) + 1
                self.doing.add('import')
                content = as_csv('sale', [['2021-02-%02d' % (i % 28 + 1), '客户%d' % (i % 500), '', '', '药品%d' % (i % 40), '', '盒',
                                           'L%d' % (i % 90), str(i % 50 + n), '', '', 'D%d-%d' % (n, i)] for i in range(self.ROWS)])
                made = self.send(cursor, content)
                self.files[made] = sum(i % 50 + n for i in range(self.ROWS))
                while cursor.execute("SELECT 1 FROM flow_file WHERE id = %s AND status = 'imported'", (made,)) == 0:
                    self.over.wait(0.02)
                # seen by others before it is on the disk: a commit of one's own is behind it
                cursor.execute('UPDATE party SET note = %s WHERE id = %s', (str(made), self.sender))
                self.told.append(('import', made))
                self.doing.discard('import')

    def send(self, cursor, content):
        """In one transaction; the id of the file."""
        cursor.execute('START TRANSACTION')
        cursor.execute('INSERT INTO flow_file (party_id, kind, origin, name, format, size, sha256, book_period, date_from, date_to)'
                       " VALUES (%s, 'sale', 'api', 'f.csv', 'csv', %s, %s, %s, '2021-02-01', '2021-02-28')",
                       (self.sender, len(content), hashlib.sha256(content).digest(), self.IMPORT))
        made = cursor.lastrowid
        for seq, at in enumerate(range(0, len(content), 1 << 20)):
            cursor.execute('INSERT INTO flow_blob (file_id, seq, content) VALUES (%s, %s, %s)', (made, seq, content[at:at + (1 << 20)]))
        cursor.execute('COMMIT')
        return made

    def rebates(self):
        def sql(statement, *args):
            cursor.execute(statement, args)
            return cursor.lastrowid

        with self.connect() as db, db.cursor() as cursor:
            while not self.over.is_set():
                self.policies.append(self.new_policy(sql))
                self.rebate(self.policies[-1])

    def rebate(self, policy):
        self.doing.add('rebate run')
        done = self.maker.submit('/rebates/new', 'rebate', policy=policy, period=self.period)
        assert done.status == 303, done.errors
        self.told.append(('rebate', policy))
        self.approve(int(done.location.rsplit('id=', 1)[1]))
        self.doing.discard('rebate run')

    def approve(self, run):
        assert self.boss.submit(f'/rebates/view?id={run}', 'rebate-decide', action='approve').status == 303
        self.told.append(('approval', run))

    def closes(self):
        self.over.wait(self.wait)
        self.doing.add('close')
        self.closer.act(self.closer.get('/periods/view', id=self.month), 'close')
        self.told.append(('close', self.month))
        work_on(self, self.month, self.hold)
        self.told.append(('closed', self.month))
        self.doing.discard('close')

    def hold(self, n):
        """At the piece that is aimed at: stays in it until the power is cut."""
        if n == self.aim:
            self.at_aim.set()
            self.over.wait()

    # -- after it

    def check(self):
        """What is there in part, or not there though somebody knew it; [] when all is well."""
        wrong = list(self.strange)
        wrong += [f'in part: {row}' for policy in self.policies for row in rebates_wrong(self, policy)]
        wrong += [f'in part: close of {row}' for row in close_wrong(self, self.month)]
        wrong += [f'in part: rows of {row}' for row in self.instance.sql('CALL flow_verify(%s)', self.IMPORT)
                  if row['id'] not in self.names]
        seen = self.seen()
        if seen not in (None, *self.files.values()):
            wrong.append(f'in part: {seen} of a file is seen')
        return wrong + [f'lost: {what} {key}' for what, key in self.told if not self.is_there(what, key)]

    def seen(self):
        return self.value('SELECT SUM(qty) FROM flow_month WHERE book_period = %s AND sender_id = %s', self.IMPORT, self.sender)

    def is_there(self, what, key):
        return self.value({
            'import': "SELECT COUNT(*) FROM flow_file WHERE id = %s AND status IN ('imported', 'superseded')",
            'rebate': 'SELECT COUNT(*) FROM rebate_run WHERE policy_id = %s',
            'approval': "SELECT COUNT(*) FROM rebate_run WHERE id = %s AND status = 'approved'",
            'close': "SELECT COUNT(*) FROM period_run WHERE period = %s AND action = 'close'",
            'closed': "SELECT COUNT(*) FROM period WHERE period = %s AND status = 'closed'"}[what], key) > 0

    def finish(self):
        """Starts again what was broken off; what does not end as it should."""
        for policy in self.policies:
            for run in self.instance.sql('SELECT id, status FROM rebate_run WHERE policy_id = %s', policy):
                if run['status'] == 'draft':
                    self.approve(run['id'])
        if self.value("SELECT COUNT(*) FROM rebate_run WHERE policy_id = %s", self.policies[-1]) == 0:
            self.rebate(self.policies[-1])
        if self.value('SELECT COUNT(*) FROM period_run WHERE period = %s', self.month) == 0:
            self.closer.act(self.closer.get('/periods/view', id=self.month), 'close')
        work_on(self, self.month)
        check = self.instance.sql('CALL period_check(%s, 0, 100000)', self.month)[0]
        wrong = [] if (check['senders'], check['bad'], check['agrees']) == (self.many, 0, 1) else [f'closed: {check}']
        last = self.value('SELECT MAX(id) FROM flow_file WHERE book_period = %s', self.IMPORT)
        wait_for(lambda: last is None or self.value('SELECT status FROM flow_file WHERE id = %s', last) == 'imported', 90, 'the import')
        if last is not None and self.seen() != self.files.get(last, self.seen()):
            wrong.append(f'imported: {self.seen()} instead of {self.files[last]}')
        return wrong + self.check()

    def found(self):
        """Where the cut left them, in words."""
        file = self.instance.sql('SELECT status, rows_done FROM flow_file WHERE id = %s', max(self.files, default=0))
        close = self.instance.sql('SELECT state, pieces_done FROM period_run WHERE period = %s', self.month)
        run = self.instance.sql('SELECT status FROM rebate_run WHERE policy_id = %s', max(self.policies, default=0))
        return (f'file {file[0]["status"]}, {file[0]["rows_done"]} rows in' if file else 'no file') + (
            f'; close {close[0]["state"]}, {close[0]["pieces_done"]} of {self.many}' if close else '; close not begun') + (
            f'; rebate run {run[0]["status"]}' if run else '; no rebate run')

    def summary(self):
        done = [what for what, _ in self.told]
        return (f'{done.count("import")} imports, {done.count("rebate")} rebate runs, {done.count("approval")} of them approved,'
                f' {done.count("closed")} months closed')
