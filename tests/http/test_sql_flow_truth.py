"""Truth of the flows in the database: balances and their causes, the road of a month, credit of sales, proof
(DOMAIN 2.4, 2.6, 2.9)."""
import concurrent.futures
import datetime

import pytest

from flowtruth import PERIOD, Flow, march
from sqlbed import Bed, refusal
from xiaoao import wait_for


@pytest.fixture(scope='module')
def t():
    """Months stay open here."""
    bed = Bed().start()
    yield Flow(bed)
    bed.stop()


@pytest.fixture(scope='module')
def f():
    """Months are locked here, each test its own and those before."""
    bed = Bed().start()
    yield Flow(bed)
    bed.stop()


MAY = 202605


def stock(product, qty, lot='B1', day=31, month=3):
    return {'product_id': product, 'lot_no': lot, 'qty': qty, 'stock_date': datetime.date(2026, month, day)}


def row(product, party, qty, day=15, lot='B1', **more):
    return {'product_id': product, 'party_id': party, 'qty': qty, 'biz_date': march(day), 'lot_no': lot, 'price': '10', **more}


def sender_with_opening(t, name, product, opening, lot='B1'):
    d = t.distributor(name)
    t.file(d, 'stock', [stock(product, opening, lot, 28, 2)], 202602)
    t.work()
    return d


def test_the_balance_of_the_book(t):
    """The example of DOMAIN 2.4: 1630 should be there, 1590 are: -40."""
    p, hospital, other = t.product(), t.terminal('县医院'), t.distributor('下游')
    d = sender_with_opening(t, '平衡', p, 1200)
    t.file(d, 'purchase', [row(p, t.us, 5000, 5), row(p, other, 300, 6), row(p, t.us, -100, 7)])
    t.file(d, 'sale', [row(p, hospital, 4310, 8), row(p, other, 500, 9), row(p, hospital, -39, 10), row(p, hospital, -1, 11)])
    t.file(d, 'stock', [stock(p, 1590)])
    t.work()
    b = t.balance(d, p)
    assert [b[k] for k in ('opening', 'purchased', 'transferred', 'sold', 'returned')] == [1200, 5000, -200, 4310, 60]
    assert (b['theory'], b['reported'], b['difference'], b['state']) == (1630, 1590, -40, 'open')
    assert b['cause'] == 'unexplained'


@pytest.mark.parametrize('name, case_qty, said, true, cause', [
    ('unit', 100, 3, 300, 'unit'), ('sign', 100, 7, -7, 'sign'), ('twice', 100, 11, 0, 'duplicate')])
def test_the_row_that_is_wrong_is_found(t, name, case_qty, said, true, cause):
    p, hospital = t.product(case_qty=case_qty), t.terminal('医院' + name)
    d = sender_with_opening(t, '错行' + name, p, 1000)
    wrong = t.file(d, 'sale', [row(p, hospital, 50, 10), row(p, hospital, said, 15, warnings=128 if true == 0 else 0)])
    t.file(d, 'stock', [stock(p, 1000 - 50 - true)])
    t.work()
    b = t.balance(d, p)
    assert (b['difference'], b['cause'], b['cause_row_id']) == (said - true, cause, wrong * 10000000 + 3)


def test_lots_mixed_up_are_paired(t):
    p, hospital = t.product(), t.terminal('批号医院')
    d = sender_with_opening(t, '错批', p, 500)
    wrong = t.file(d, 'sale', [row(p, hospital, 60, 12, 'B7')])
    t.file(d, 'stock', [stock(p, 440)])
    t.work()
    one, two = t.balance(d, p), t.balance(d, p, 'B7')
    assert (one['difference'], two['difference']) == (-60, 60)
    assert (one['cause'], two['cause'], one['cause_row_id']) == ('lot', 'lot', wrong * 10000000 + 2)


def test_a_sale_told_in_the_next_month_is_a_cut_off(t):
    p, hospital = t.product(), t.terminal('跨月医院')
    d = sender_with_opening(t, '跨月', p, 100)
    t.file(d, 'stock', [stock(p, 70)])
    t.file(d, 'sale', [{**row(p, hospital, 30), 'biz_date': datetime.date(2026, 4, 1)}], 202604)
    t.work()
    assert (t.balance(d, p)['difference'], t.balance(d, p)['cause']) == (-30, 'cut_off')


def test_what_comes_later_is_worked_out_again_and_a_decision_on_the_same_difference_stays(t):
    p, hospital = t.product(), t.terminal('再算医院')
    d = sender_with_opening(t, '再算', p, 100)
    t.file(d, 'stock', [stock(p, 95)])
    t.work()
    b = t.balance(d, p)
    t.office(t.clerk).call('flow_balance_decide', b['id'], b['version'], 'explained', '样品')
    assert t.balance(d, p)['state'] == 'explained'
    t.root.query('INSERT INTO flow_dirty (period, party_id) VALUES (%s, %s)', PERIOD, d)
    t.work()
    assert (t.balance(d, p)['state'], t.balance(d, p)['note']) == ('explained', '样品')
    t.file(d, 'sale', [row(p, hospital, 2)])
    t.work()
    assert (t.balance(d, p)['difference'], t.balance(d, p)['state'], t.balance(d, p)['note']) == (-3, 'open', None)


def test_deciding_a_difference_and_working_it_out_do_not_wait_for_each_other(t):
    """The event holds the row and is about to take it away, as a person decides it: he waits, and finds it gone. By the
    index of ids first, each would have waited for the other."""
    p = t.product()
    d = sender_with_opening(t, '同时', p, 100)
    t.file(d, 'stock', [stock(p, 95)])
    t.work()
    b = t.balance(d, p)
    person = t.office(t.clerk)
    event = t.bed.session('root')
    event.db.begin()
    event.query('SELECT 1 FROM flow_balance WHERE period = %s AND party_id = %s FOR UPDATE', PERIOD, d)
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        decided = pool.submit(person.call, 'flow_balance_decide', b['id'], b['version'], 'explained', '样品')
        wait_for(person.waits, what='the decision waits')
        event.query('DELETE FROM flow_balance WHERE period = %s AND party_id = %s', PERIOD, d)
        event.db.commit()
        assert decided.result(20) == []
    t.root.query('INSERT IGNORE INTO flow_dirty (period, party_id) VALUES (%s, %s)', PERIOD, d)
    t.work()
    assert t.balance(d, p)['state'] == 'open'


def test_in_transit_is_what_we_shipped_less_what_is_booked(t):
    p = t.product()
    d = t.distributor('在途')
    lot = t.lot(p, 1000)
    order = t.approved(d, [(p, 300)])
    t.ship(order)
    today = t.root.value('SELECT business_day()')
    now = today.year * 100 + today.month
    t.root.call('period_ensure', now)
    number = t.root.value('SELECT lot_no FROM lot WHERE id = %s', lot)
    t.file(d, 'purchase', [{**row(p, t.us, 100, lot=number), 'biz_date': today}], now)
    t.work()
    assert t.balance(d, p, number, now)['in_transit'] == 200


# ---- the road of a month

def test_a_month_is_locked_and_closed_in_pieces_and_then_stays(f):
    p, hospital = f.product(), f.terminal('月结医院')
    d = sender_with_opening(f, '月结', p, 100)
    f.file(d, 'sale', [row(p, hospital, 30, n + 2) for n in range(3)])
    f.file(d, 'stock', [stock(p, 0)])
    f.work()
    f.settle(202602, 'closed')
    chief = f.office(f.finmgr)
    chief.call('period_move', PERIOD, f.period()['version'], 'review')
    wrong = refusal(chief.call, 'period_start', PERIOD, f.period()['version'], 'lock')
    assert wrong.code == 'period.balance'
    b = f.balance(d, p)
    f.office(f.manager).call('flow_balance_decide', b['id'], b['version'], 'accepted', '盘点为准')
    assert chief.call('period_start', PERIOD, f.period()['version'], 'lock')
    assert refusal(chief.call, 'period_start', PERIOD, f.period()['version'], 'lock').code == 'period.running'
    f.work()
    month = f.period()
    assert (month['status'], month['locked_by']) == ('locked', f.finmgr)
    for table in ('flow_row', 'stock_report', 'flow_month'):
        assert refusal(f.root.query, f'UPDATE {table} SET qty = qty + 1 WHERE book_period = %s', PERIOD).code == 'flow.month_closed'
        assert refusal(f.root.query, f'DELETE FROM {table} WHERE book_period = %s', PERIOD).code == 'flow.month_closed'
    assert refusal(f.root.query, 'UPDATE flow_balance SET sold = 1 WHERE period = %s', PERIOD).code == 'flow.month_closed'

    # back takes two people
    f.office(f.finmgr).call('period_reopen_ask', PERIOD, month['version'], '漏了一份文件')
    assert refusal(chief.call, 'period_reopen_decide', PERIOD, 1).code == 'approve.own'
    f.office(f.finmgr2).call('period_reopen_decide', PERIOD, 1)
    assert f.period()['status'] == 'review'
    chief.call('period_start', PERIOD, f.period()['version'], 'lock')
    f.work()

    chief.call('period_start', PERIOD, f.period()['version'], 'close')
    f.work()
    closed = f.period()
    assert closed['status'] == 'closed' and len(closed['digest']) == 64
    good = f.office(f.auditor).call('period_check', PERIOD, 0, 100)[0]
    assert (good['bad'], good['agrees']) == (0, 1)
    assert refusal(f.root.query, "UPDATE period SET status = 'locked' WHERE period = %s", PERIOD).code == 'state.transition'

    # somebody with the key to the server changes a row: the digest tells
    f.root.query('SET @bulk_load = 1')
    f.root.query('UPDATE flow_row SET qty = 31, raw_qty = 31 WHERE book_period = %s ORDER BY id LIMIT 1', PERIOD)
    f.root.query('SET @bulk_load = NULL')
    bad = f.office(f.auditor).call('period_check', PERIOD, 0, 100)[0]
    assert (bad['bad'], bad['first_bad']) == (1, '月结')


def test_a_month_with_key_senders_missing_is_not_locked_until_they_are_excused(f):
    f.root.call('period_ensure', MAY)
    d = f.distributor('缺报')
    f.insert('flow_source', party_id=d, is_key=1)
    f.settle(202604, 'locked')
    chief = f.office(f.finmgr)
    chief.call('period_move', MAY, f.period(MAY)['version'], 'review')
    told = chief.call('period_hindrances', MAY)
    assert [(h['kind'], h['sender'], h['lacks']) for h in told] == [('missing', '缺报', 'purchase,sale,stock')]
    assert refusal(chief.call, 'period_start', MAY, f.period(MAY)['version'], 'lock').code == 'period.missing'
    f.insert('flow_excuse', party_id=d, period=MAY, reason='停业', created_by=f.clerk)
    assert chief.call('period_start', MAY, f.period(MAY)['version'], 'lock')
    f.work()
    assert f.period(MAY)['status'] == 'locked'


# ---- credit

def assign(t, terminal, user, share=1, since=march(1), until=None):
    return t.insert('terminal_assignment', party_id=terminal, user_id=user, share=share, valid_from=since, valid_to=until)


def test_credit_follows_the_responsibility_of_the_day_and_sums_to_the_company(t):
    p, hospital, free = t.product(), t.terminal('归属医院'), t.terminal('无主医院')
    other = t.user('office', 'rep-b', 'sales_rep', org_unit_id=t.west)
    d = t.distributor('归属')
    t.file(d, 'sale', [row(p, hospital, 10, 5, is_pure_sale=1), row(p, hospital, 20, 20, is_pure_sale=1),
                       row(p, hospital, 40, 28, is_pure_sale=1), row(p, free, 7, 5, is_pure_sale=1)])
    assign(t, hospital, t.rep, until=march(15))
    assign(t, hospital, other, since=march(16), until=march(25))
    assign(t, hospital, t.rep, '0.3', since=march(26))
    assign(t, hospital, other, '0.7', since=march(26))
    t.work()
    got = {r['user_id']: r['qty'] for r in t.root.query(
        'SELECT user_id, SUM(qty) AS qty FROM flow_credit WHERE sender_id = %s GROUP BY user_id', d)}
    assert got == {t.rep: 10 + 12, other: 20 + 28, None: 7}
    assert sum(got.values()) == t.root.value('SELECT SUM(qty) FROM flow_month WHERE sender_id = %s', d)


def test_what_is_worked_out_agrees_and_a_share_that_is_missing_is_told(t):
    p, hospital = t.product(), t.terminal('核对医院')
    d = t.distributor('核对')
    t.file(d, 'sale', [row(p, hospital, 10, 5, is_pure_sale=1)])
    assign(t, hospital, t.rep)
    t.work()
    assert t.root.call('flow_verify', 0) == []
    lone = t.terminal('半份医院')
    made = assign(t, lone, t.rep, '0.6')
    assert [(r['what'], r['id']) for r in t.root.call('flow_verify', 0)] == [('share', lone)]
    t.root.query('DELETE FROM terminal_assignment WHERE id = %s', made)


def test_months_of_the_coming_year_have_partitions(t):
    limits = t.root.query("SELECT table_name AS name, MAX(CAST(partition_description AS UNSIGNED)) AS until FROM information_schema.partitions"
                          " WHERE table_schema = DATABASE() AND partition_name IS NOT NULL GROUP BY table_name")
    assert {r['name'] for r in limits} >= {'flow_row', 'stock_report', 'flow_month'}
    assert all(r['until'] > (datetime.date.today().year + 1) * 100 + 12 for r in limits)
