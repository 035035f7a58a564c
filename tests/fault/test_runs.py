"""Runs of many customers under fire: the program or MariaDB is killed at random moments of a rebate run, a statement run and the
close of a month, and each batch is there whole or not at all."""
import contextlib
import datetime
import os
import random
import signal
import threading

import pymysql
import pytest
import requests

from xiaoao import unique, wait_for

PROGRAMS = 'login home rebates reconciliations periods importer'

MANY = 150
BATCH = 200     # statements a press makes


class Runs:
    """Distributors with stock when a price fell and a balance from last month; people who press the buttons."""

    def __init__(self, instance):
        self.instance, self.luck = instance, random.Random(20)
        sql = instance.sql
        self.last = datetime.date.today().replace(day=1) - datetime.timedelta(days=1)
        self.period = instance.value("SELECT MIN(period) FROM period WHERE status = 'locked'")
        self.first = datetime.date(self.period // 100, self.period % 100, 1)
        self.group = sql("INSERT INTO customer_group (code, name) VALUES (%s, '批量')", unique('G')[:20])
        self.product = instance.value("SELECT MIN(id) FROM product WHERE status = 'active'"
                                      ' AND id NOT IN (SELECT product_id FROM price_change)')
        boss = instance.value("SELECT MIN(id) FROM app_user WHERE site = 'office' AND status = 'active'")
        sql('SET @actor_id = %s, @bulk_load = 1', boss)
        self.parties = []
        for n in range(MANY):
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
        self.policy = sql("INSERT INTO rebate_policy (code, name, base, method, span, group_id, from1, rate1, valid_from, status)"
                          " VALUES (%s, '补差', 'stock', 'protection', 'month', %s, NULL, NULL, '2020-01-01', 'active')",
                          unique('P')[:20], self.group)
        self.maker, self.boss = instance.office('product_manager'), instance.office('finance_manager')
        self.clerk = instance.office('finance')

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
            with contextlib.suppress(requests.RequestException, AssertionError, pymysql.MySQLError):
                press()

        pressing = threading.Thread(target=go, daemon=True)
        pressing.start()
        pressing.join(self.luck.uniform(0.05, longest))
        self.kill(what)
        pressing.join(60)
        assert not pressing.is_alive()


@pytest.fixture(scope='module')
def runs(own_instance):
    return Runs(own_instance)


def rebates_wrong(runs):
    """Runs that are there in part: without their lines, their sums, their vouchers."""
    return runs.instance.sql(
        'SELECT r.id, COUNT(l.id) AS n, SUM(l.voucher_id IS NOT NULL) AS vouchers FROM rebate_run r'
        ' LEFT JOIN rebate_line l ON l.run_id = r.id WHERE r.policy_id = %s GROUP BY r.id'
        " HAVING n <> %s OR MAX(r.due) <> SUM(l.due) OR vouchers <> IF(MAX(r.status) = 'approved', n, 0)", runs.policy, MANY) or [
        v for v in runs.instance.sql("SELECT v.id FROM voucher v LEFT JOIN rebate_line l ON l.voucher_id = v.id"
                                     " WHERE v.doc_kind = 'rebate_line' AND l.id IS NULL")] or [
        b for b in runs.instance.sql('CALL books_verify()') if b['id'] in runs.parties]


def test_a_rebate_run_is_computed_and_credited_whole_or_not_at_all(runs):
    count = 'SELECT COUNT(*) FROM rebate_run WHERE policy_id = %s'
    for what in ('office-rebates', 'db'):
        runs.strike(what, lambda: runs.maker.submit('/rebates/new', 'rebate', policy=runs.policy, period=runs.period), 0.6)
        assert not rebates_wrong(runs)
    if runs.value(count, runs.policy) == 0:
        assert runs.maker.submit('/rebates/new', 'rebate', policy=runs.policy, period=runs.period).status == 303
    assert runs.value(count, runs.policy) == 1 and not rebates_wrong(runs)
    run = runs.value('SELECT id FROM rebate_run WHERE policy_id = %s', runs.policy)
    for what in ('office-rebates', 'db'):
        runs.strike(what, lambda: runs.boss.submit(f'/rebates/view?id={run}', 'rebate-decide', action='approve'), 0.8)
        assert not rebates_wrong(runs)
    if runs.value('SELECT status FROM rebate_run WHERE id = %s', run) == 'draft':
        assert runs.boss.submit(f'/rebates/view?id={run}', 'rebate-decide', action='approve').status == 303
    assert runs.value('SELECT status FROM rebate_run WHERE id = %s', run) == 'approved' and not rebates_wrong(runs)
    assert runs.value('SELECT SUM(due) FROM rebate_line WHERE run_id = %s', run) == MANY * 100


def statements_wrong(runs):
    """Statements without all their lines, or two of a month."""
    return runs.instance.sql(
        'SELECT r.id FROM reconciliation r LEFT JOIN reconciliation_line l ON l.reconciliation_id = r.id AND l.section = %s'
        ' WHERE r.period = %s GROUP BY r.id HAVING COALESCE(SUM(l.debit), 0) <> MAX(r.debit)'
        ' OR COALESCE(SUM(l.credit), 0) <> MAX(r.credit)',
        'account', int(f'{runs.last:%Y%m}')) or runs.instance.sql(
        'SELECT party_id FROM reconciliation WHERE period = %s AND live_key = 1 GROUP BY party_id HAVING COUNT(*) > 1',
        int(f'{runs.last:%Y%m}'))


def made_of(runs, status):
    return runs.value('SELECT COUNT(*) FROM reconciliation WHERE status = %s AND period = %s', status, f'{runs.last:%Y%m}')


def press(runs, action):
    return runs.clerk.submit('/reconciliations/make', 'reconcile-make', action=action, period=f'{runs.last:%Y%m}')


def test_a_statement_run_makes_and_sends_each_batch_whole_or_not_at_all(runs):
    for action, status in (('make', 'draft'), ('issue.all', 'issued')):
        steps = []
        for what in ('office-reconciliations', 'db'):
            before = made_of(runs, status)
            runs.strike(what, lambda action=action: press(runs, action), 0.6)
            assert not statements_wrong(runs)
            steps.append((before, made_of(runs, status)))
        total = -1
        while made_of(runs, status) > total:
            total = made_of(runs, status)
            assert press(runs, action).status == 303
        assert total >= MANY and not statements_wrong(runs)
        for before, after in steps:
            assert after - before in (0, min(BATCH, total - before)), (steps, total)
    assert runs.value("SELECT COUNT(*) FROM reconciliation WHERE status = 'issued'"
                      ' AND NOT content_hash <=> reconcile_digest(id)') == 0


def close_wrong(runs):
    """A month closed without the digests of all, or with others; progress that was not made."""
    return runs.instance.sql(
        "SELECT p.period FROM period p WHERE p.period = %s AND p.status = 'closed'"
        " AND (BINARY p.digest <> BINARY COALESCE(period_digest_of(p.period), '')"
        " OR EXISTS (SELECT 1 FROM period_piece x WHERE x.period = p.period AND x.digest = ''))", runs.period) or runs.instance.sql(
        "SELECT r.id FROM period_run r WHERE r.period = %s AND r.action = 'close' AND r.state = 'running' AND r.pieces_done <>"
        " (SELECT COUNT(*) FROM period_piece x WHERE x.period = r.period AND x.digest <> '')", runs.period)


def press_work(runs):
    """The page's button: many pieces in one transaction."""
    runs.boss.act(runs.boss.get('/periods/view', id=runs.period), 'work')


def work_on(runs):
    """Pieces as the event does them: each a transaction."""
    db = runs.instance.connect()
    with contextlib.closing(db), db.cursor() as cursor:
        cursor.execute('SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED')
        cursor.execute("SELECT GET_LOCK('flow_work', 60)")      # the event waits for its turn
        for _ in range(500):
            cursor.execute('START TRANSACTION')
            cursor.execute('CALL flow_work_one(%s, @did)', (runs.period,))
            cursor.execute('COMMIT')
            cursor.execute("SELECT status FROM period WHERE period = %s", (runs.period,))
            if cursor.fetchone()[0] == 'closed':
                return


def test_a_close_goes_on_where_it_was_and_ends_with_the_digests_of_all(runs):
    page = runs.boss.get('/periods/view', id=runs.period)
    runs.strike('office-periods', lambda: runs.boss.act(page, 'close'), 0.3)
    if runs.value("SELECT COUNT(*) FROM period_run WHERE period = %s AND action = 'close'", runs.period) == 0:
        assert runs.boss.act(runs.boss.get('/periods/view', id=runs.period), 'close').status == 303
    for what, work in (('office-periods', press_work), ('db', work_on)):
        runs.strike(what, lambda work=work: work(runs), 0.4)
        assert not close_wrong(runs)
    work_on(runs)
    assert runs.value('SELECT status FROM period WHERE period = %s', runs.period) == 'closed' and not close_wrong(runs)
    check = runs.instance.sql('CALL period_check(%s, 0, 100000)', runs.period)[0]
    assert (check['bad'], check['agrees']) == (0, 1) and check['senders'] > 0


def test_the_checks_see_what_is_there_in_part(runs):
    """Negative control: a part of each batch, as no transaction would have left it."""
    sql = runs.instance.sql
    assert not rebates_wrong(runs) and not statements_wrong(runs) and not close_wrong(runs)
    run = sql("INSERT INTO rebate_run (run_no, policy_id, period_from, period_to, inputs_hash, base, amount, due, made_by)"
              " SELECT 'X', policy_id, period_from, period_to, inputs_hash, base, amount, due, made_by FROM rebate_run"
              ' WHERE policy_id = %s LIMIT 1', runs.policy)
    sql('INSERT INTO rebate_line (run_id, party_id, base, measure, tier, amount, paid) SELECT %s, party_id, base, measure, tier, amount,'
        ' paid FROM rebate_line WHERE run_id <> %s AND party_id = %s LIMIT 1', run, run, runs.parties[0])
    assert rebates_wrong(runs)
    made = runs.value('SELECT MIN(reconciliation_id) FROM reconciliation_line WHERE party_id = %s', runs.parties[0])
    sql('INSERT INTO reconciliation (reconciliation_no, party_id, period, issue_no, date_from, date_to, opening, debit, credit, closing,'
        " status) SELECT 'X', party_id, period, 99, date_from, date_to, opening, debit, credit, closing, 'superseded' FROM reconciliation"
        ' WHERE id = %s', made)
    assert statements_wrong(runs)
    sql("UPDATE period_piece SET digest = '' WHERE period = %s LIMIT 1", runs.period)
    assert close_wrong(runs)
