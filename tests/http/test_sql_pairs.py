"""Two people at one order at once (TRUST.md G25): the second starts while the first has not committed, and everything ends as if
he had come after. All pairs of what may be done to an order that waits, one that is approved, and a shipment that is picked."""
import concurrent.futures
import itertools

import pymysql
import pytest

from sqlbed import Refused
from sqltrade import trade
from xiaoao import wait_for


@pytest.fixture(scope='module')
def t():
    made = trade()
    made.pairs = made.customer('两人同时', limit='100000000')
    made.thing = made.product('10.00')
    made.lot(made.thing, 1000000)
    return made


class Case:
    """One order, made anew for every try, and what may be done to it: who, and which call."""

    def __init__(self, t, stage):
        self.t = t
        self.shipment = None
        self.order = t.order(t.pairs, [(t.thing, 40)])
        assert t.submit(self.order) == 'submitted'
        step = t.step(self.order)
        self.step, self.approver = step['id'], t.approver(step)
        if stage != 'waiting':
            t.approve(self.order)
        if stage == 'picked':
            self.shipment = t.office(t.picker).call('shipment_create', self.order)[0]['id']

    def act(self, name):
        t, party = self.t, self.t.pairs
        return {
            'approve': (self.approver, 'order_decide', self.step, self.approver, 'approve', '好', None, None),
            'reject': (self.approver, 'order_decide', self.step, self.approver, 'reject', '不行', None, None),
            'return': (self.approver, 'order_decide', self.step, self.approver, 'return', '改', None, None),
            'withdraw': (t.rep, 'order_withdraw', self.order, party, '@id'),
            'cancel': (t.rep, 'order_cancel', self.order, party, '不要了', '@id'),
            'allocate': (t.picker, 'stock_allocate', self.order),
            'release': (t.picker, 'stock_release', self.order),
            'pick': (t.picker, 'shipment_create', self.order),
            'ship': (t.checker, 'shipment_ship', self.shipment, '顺丰', 'SF1', 1, None, None),
            'put back': (t.picker, 'shipment_cancel', self.shipment),
        }[name]

    def session(self, name):
        return self.t.bed.session('office', actor=self.act(name)[0])

    def state(self):
        """What is so of the order in the end, without numbers and times."""
        root, o = self.t.root, self.order
        return [
            root.query('SELECT status, qty_ordered, qty_approved, qty_shipped FROM sales_order WHERE id = %s', o),
            root.query('SELECT approved_qty, cancelled_qty, reserved_qty, shipped_qty FROM sales_order_line WHERE order_id = %s', o),
            root.query("SELECT s.status, s.level FROM approval a JOIN approval_step s ON s.approval_id = a.id"
                       " WHERE a.subject = 'order' AND a.subject_id = %s ORDER BY s.id", o),
            root.query('SELECT COUNT(*) AS n, COALESCE(SUM(qty), 0) AS qty FROM reservation WHERE order_id = %s', o),
            root.query('SELECT status FROM shipment WHERE order_id = %s ORDER BY id', o)]


def answer(session, act, stay=False):
    """How a call ended: how many rows, or why it was refused; stay: its transaction goes on."""
    marks = ', '.join(a if isinstance(a, str) and a.startswith('@') else '%s' for a in act[2:])
    bound = [a for a in act[2:] if not (isinstance(a, str) and a.startswith('@'))]
    session.db.begin()
    try:
        rows = session.results(f'CALL {act[1]}({marks})', *bound)
    except (Refused, pymysql.MySQLError) as error:
        session.db.rollback()
        return getattr(error, 'code', error.args[0])
    if not stay:
        session.db.commit()
    return len(rows[0]) if rows else 0


def one_after_the_other(case, first, second):
    return (*(answer(case.session(name), case.act(name)) for name in (first, second)), case.state())


def at_once(case, first, second):
    one, two = case.session(first), case.session(second)
    before = answer(one, case.act(first), stay=True)
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        after = pool.submit(answer, two, case.act(second))
        wait_for(lambda: after.done() or two.waits(), what='the second is done or waits')
        one.db.commit()
        return before, after.result(30), case.state()


STAGES = {'waiting': ('approve', 'reject', 'return', 'withdraw', 'cancel'), 'approved': ('cancel', 'allocate', 'release', 'pick'),
          'picked': ('cancel', 'ship', 'put back')}


@pytest.mark.parametrize('stage, first, second', [
    (stage, *pair) for stage, acts in STAGES.items() for pair in itertools.product(acts, repeat=2)])
def test_at_once_ends_as_one_after_the_other(t, stage, first, second):
    assert at_once(Case(t, stage), first, second) == one_after_the_other(Case(t, stage), first, second)


def test_a_plain_read_and_write_is_noticed(t):
    """Negative control: two who add to a number they read before lose one of the two."""
    t.root.query('CREATE OR REPLACE TABLE plain_number (id INT PRIMARY KEY, n INT)')
    t.root.query('CREATE OR REPLACE PROCEDURE plain_add() MODIFIES SQL DATA BEGIN'
                 ' DECLARE v INT; SELECT n INTO v FROM plain_number WHERE id = 1;'
                 ' UPDATE plain_number SET n = v + 1 WHERE id = 1; SELECT v; END')

    class Plain:
        def __init__(self):
            self.t = t
            t.root.query('REPLACE INTO plain_number VALUES (1, 0)')

        def act(self, _):
            return None, 'plain_add'

        def session(self, _):
            return t.bed.session('root')

        def state(self):
            return t.root.value('SELECT n FROM plain_number')

    assert one_after_the_other(Plain(), 'add', 'add')[-1] == 2
    assert at_once(Plain(), 'add', 'add')[-1] == 1
    t.root.query('DROP PROCEDURE plain_add')
    t.root.query('DROP TABLE plain_number')
