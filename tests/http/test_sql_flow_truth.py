"""Truth of the flows in the database: balances and their causes, the road of a month, credit of sales, proof
(DOMAIN 2.4, 2.6, 2.9)."""
import concurrent.futures
import datetime
from decimal import Decimal

import pytest

from flowtruth import PERIOD, Flow, march
from sqlbed import Bed, refusal
from today import TODAY
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


OCTOBER = 202610
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


def test_files_names_and_balances_of_a_sender_take_turns(t):
    """Each waits for the sender's turn before it holds anything else; then none can wait for another that waits for it."""
    p, q, hospital = t.product(), t.product(), t.terminal('轮流医院')
    d = t.distributor('轮流')
    file = t.file(d, 'sale', [row(p, hospital, 3)])
    drug = t.root.value("SELECT MAX(id) FROM flow_name WHERE sender_id = %s AND what = 'product'", d)
    other = t.bed.session('root')
    for name, *args in (('flow_work', PERIOD, 500), ('flow_name_decide', drug, 1, 'matched', q, 1, 0), ('flow_file_undo', file)):
        who = t.office(t.clerk)
        other.db.begin()
        other.query('CALL flow_turn_take(%s)', d)
        with concurrent.futures.ThreadPoolExecutor(1) as pool:
            done = pool.submit(who.call, name, *args)
            wait_for(who.waits, what=name + ' waits')
            for table, key in (('flow_dirty', 'party_id'), ('flow_name', 'sender_id'), ('flow_month', 'sender_id'),
                               ('flow_file', 'party_id'), ('flow_row', 'sender_id')):
                free = other.query(f'SELECT 1 FROM {table} WHERE {key} = %s FOR UPDATE SKIP LOCKED', d)
                assert len(free) == other.value(f'SELECT COUNT(*) FROM {table} WHERE {key} = %s', d) > 0, (name, table)
            other.db.commit()
            done.result(20)
        t.root.query('INSERT IGNORE INTO flow_dirty (period, party_id) VALUES (%s, %s)', PERIOD, d)
    t.work()
    assert t.root.query('SELECT 1 FROM flow_month WHERE sender_id = %s', d) == []


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


def test_what_is_sent_back_is_not_on_the_road_again_and_a_correction_counts_as_what_it_corrects(t):
    p, d = t.product(), t.distributor('退回')
    t.file(d, 'purchase', [row(p, t.us, -30, 7)])
    t.work()
    assert (t.balance(d, p)['in_transit'], t.balance(d, p)['returned']) == (0, 30)
    lot, d = t.lot(p, 1000), t.distributor('更正购进')
    t.ship(t.approved(d, [(p, 300)]))
    today = t.root.value('SELECT business_day()')
    now = today.year * 100 + today.month
    number = t.root.value('SELECT lot_no FROM lot WHERE id = %s', lot)
    t.root.call('period_ensure', now)
    file = t.file(d, 'purchase', [{**row(p, t.us, qty, lot=number), 'biz_date': today} for qty in (250, -20)], now)
    t.work()
    assert t.balance(d, p, number, now)['in_transit'] == 50
    clerk, made = t.office(t.clerk), t.office(t.clerk).call('flow_correction_new', d, 'appeal', now, '少收')[0]['id']
    clerk.call('flow_correction_row', made, file * 10000000 + 2, None, 200)
    clerk.call('flow_correction_move', made, 'waiting')
    t.office(t.manager).call('flow_correction_decide', made, 'approve', '属实')
    t.work()
    assert t.balance(d, p, number, now)['in_transit'] == 100


def test_what_was_refused_or_damaged_is_on_the_road_until_the_day_it_arrived(t):
    p, d = t.product(), t.distributor('拒收')
    lot = t.lot(p, 1000)
    shipment, = t.ship(t.approved(d, [(p, 300)]))
    t.root.query('UPDATE shipment SET shipped_on = %s WHERE id = %s', march(30), shipment)
    t.office(t.picker).call('shipment_arrive', shipment, d, 'office', march(35), '李', None, None, None,
                            [{'line': 1, 'received': 190, 'refused': 100, 'damaged': 10}])
    number = t.root.value('SELECT lot_no FROM lot WHERE id = %s', lot)
    t.file(d, 'sale', [row(p, t.terminal('别处'), 1, lot='B9')])
    t.file(d, 'purchase', [{**row(p, t.us, 190, lot=number), 'biz_date': march(36)}], 202604)
    t.work()
    assert [t.balance(d, p, number, period)['in_transit'] for period in (PERIOD, 202604) if t.balance(d, p, number, period)] == [300, 0]
    _, token = t.portal(d, 'refuser')
    bought = t.bed.session('portal').call('portal_flows_bought_list', token, None, '2026-03', '2026-04', None, None, 'month', None, None, 50)
    assert [(r['month'], r['shipped'], r['reported']) for r in bought] == [('2026-03', 200, 0), ('2026-04', 0, 190)]


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
    bad = f.office(f.auditor).call('period_check', PERIOD, 0, 100)[0]
    f.root.query('UPDATE flow_row SET qty = 30, raw_qty = 30 WHERE book_period = %s AND qty = 31', PERIOD)
    f.root.query('SET @bulk_load = NULL')
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


def test_who_is_late_with_the_month_being_collected_is_asked_each_day_by_itself(f):
    """June, on days of July: due on the third is late on the fifth, due on the fifth on the sixth; review ends on the eighth."""
    month = 202606
    for period in (month, 202607):
        f.root.call('period_ensure', period)
    late, fifth, done, excused, ended, asked = senders = [f.distributor('催报%d' % n) for n in range(6)]
    for sender in senders:
        f.insert('flow_source', party_id=sender, kinds='sale', due_day=5 if sender == fifth else 3, collector_id=f.clerk,
                 status='ended' if sender == ended else 'active')
    reporter, _ = f.portal(late, 'reporter-late', 'reporter')
    f.file(done, 'sale', [], month)
    f.insert('flow_excuse', party_id=excused, period=month, reason='停业', created_by=f.clerk)
    clerk, jobs = f.bed.session('root', f.clerk), f.bed.session('root')       # only root sets the clock

    def july(day):
        for session in (clerk, jobs):
            session.query("SET TIMESTAMP = UNIX_TIMESTAMP('2026-07-%02d 01:00:00')" % day)

    def told():
        """By itself, that day."""
        jobs.call('flow_source_remind_due')
        return {r['party_id']: r['told'] for r in f.root.query(
            'SELECT party_id, told FROM flow_reminder WHERE period = %s AND party_id >= %s AND created_by IS NULL'
            ' AND day = (SELECT MAX(day) FROM flow_reminder)', month, late)}
    july(5)
    clerk.call('flow_source_remind', asked, month)
    assert told() == {late: 2}
    assert f.root.value("SELECT GROUP_CONCAT(user_id ORDER BY user_id) FROM notification WHERE kind = 'flow.missing' AND args LIKE %s",
                        '%催报0') == '%d,%d' % (f.clerk, reporter)
    assert jobs.call('flow_source_remind_due')[0] == {'senders': 0, 'told': 0}
    assert refusal(clerk.call, 'flow_source_remind', late, month).code == 'flow.reminded'
    july(6)
    assert told() == {late: 2, fifth: 1, asked: 1}
    july(9)
    told()
    assert f.root.value('SELECT MAX(DAY(day)) FROM flow_reminder') == 6
    event = f.root.row("SELECT * FROM information_schema.events WHERE event_schema = DATABASE() AND event_name = 'flow_reminders'")
    assert (event['STATUS'], event['INTERVAL_VALUE'], event['INTERVAL_FIELD']) == ('ENABLED', '1', 'DAY')
    assert 'CALL flow_source_remind_due()' in event['EVENT_DEFINITION']


# ---- a sender's month is confirmed

def stage(t, party):
    return t.root.value('SELECT stage FROM flow_stage WHERE party_id = %s AND period = %s', party, PERIOD)


def reporter(t, name):
    """A distributor who owes sales alone."""
    made = t.distributor(name)
    t.insert('flow_source', party_id=made, kinds='sale')
    return made


def reported(t, party, product, hospital, qty, period=PERIOD):
    made = t.file(party, 'sale', [row(product, hospital, qty, 5)], period)
    t.root.query('UPDATE flow_file SET rows_total = 1 WHERE id = %s', made)
    return made


def test_a_month_goes_from_received_to_confirmed_and_back_when_its_rows_change(t):
    p, hospital = t.product(), t.terminal('确认医院')
    d = reporter(t, '确认')
    user, token = t.portal(d, 'confirm1')
    portal = t.bed.session('portal')

    def confirm():
        return portal.call('portal_uploads_confirm', token, '2026-03')
    assert stage(t, d) == 'none'
    assert refusal(confirm).code == 'flow.confirm_missing'
    waiting = t.insert('flow_file', party_id=d, kind='sale', origin='portal', name='w.csv', format='csv', size=1, sha256=b'w' * 32,
                       book_period=PERIOD, date_from=march(1), date_to=march(31), status='checked')
    assert stage(t, d) == 'received'
    t.root.query("UPDATE flow_file SET status = 'discarded' WHERE id = %s", waiting)
    made = reported(t, d, p, None, 30)
    assert stage(t, d) == 'cleaned'
    assert refusal(confirm).code == 'flow.confirm_unmatched'
    name = t.root.row("SELECT id, version FROM flow_name WHERE sender_id = %s AND what = 'party'", d)
    decide = t.office(t.clerk)
    decide.call('flow_name_decide', name['id'], name['version'], 'matched', hospital, None, 0)
    assert stage(t, d) == 'matched'
    assert confirm() and stage(t, d) == 'confirmed'
    assert refusal(confirm).code == 'flow.confirmed'
    # another name decided otherwise, a file taken back: each takes the word back
    decide.call('flow_name_decide', name['id'], name['version'] + 1, 'matched', t.terminal('另一家医院'), None, 0)
    assert stage(t, d) == 'matched' and confirm() and stage(t, d) == 'confirmed'
    decide.call('flow_file_undo', made)
    assert stage(t, d) == 'none'
    kept = t.root.row('SELECT * FROM flow_confirm WHERE party_id = %s', d)
    assert (kept['confirmed_by'], kept['site'], kept['undone_at'] is not None) == (user, 'portal', True)
    assert t.root.value("SELECT COUNT(*) FROM audit_log WHERE entity = 'flow_confirm'") == 4


def test_staff_confirm_on_the_word_of_the_sender_and_the_lock_counts_who_did_not(f):
    f.root.call('period_ensure', OCTOBER)
    f.root.query('UPDATE flow_source SET is_key = 0')
    p, hospital = f.product(), f.terminal('锁定医院')
    one, other, idle = (reporter(f, n) for n in ('已确认', '未确认', '已停业'))
    for party in (one, other):
        reported(f, party, p, hospital, 10, OCTOBER)
    f.insert('flow_excuse', party_id=idle, period=OCTOBER, reason='停业', created_by=f.clerk)
    clerk = f.office(f.clerk)
    assert refusal(clerk.call, 'flow_source_confirm', one, OCTOBER, ' ').code == 'required'
    assert clerk.call('flow_source_confirm', one, OCTOBER, '王会计电话')
    silent = {r['party_id'] for r in f.root.query('SELECT party_id FROM flow_unconfirmed WHERE period = %s', OCTOBER)}
    assert silent & {one, other, idle} == {other}
    f.work()
    f.root.query("UPDATE flow_balance SET state = 'accepted' WHERE period = %s", OCTOBER)
    f.settle(202609, 'locked')
    chief = f.office(f.finmgr)
    chief.call('period_move', OCTOBER, f.period(OCTOBER)['version'], 'review')
    assert chief.call('period_start', OCTOBER, f.period(OCTOBER)['version'], 'lock')
    assert f.root.value('SELECT unconfirmed FROM period_run WHERE period = %s', OCTOBER) == len(silent)
    f.work()
    assert f.period(OCTOBER)['status'] == 'locked'
    assert refusal(clerk.call, 'flow_source_confirm', other, OCTOBER, '李会计').code == 'flow.month_closed'


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


def test_the_roll_up_is_told_by_share_and_its_reps_sum_to_the_company(t):
    """Shares whose products do not end (a third of 10.01 yuan); what is left by rounding is the first rep's."""
    p, hospital = t.product(), t.terminal('三人医院')
    b, c = (t.user('office', login, 'sales_rep', org_unit_id=t.west) for login in ('rep-s2', 'rep-s3'))
    d = t.distributor('分摊')
    t.file(d, 'sale', [row(p, hospital, 10, 5, is_pure_sale=1, amount='10.01'), row(p, hospital, 7, 6, is_pure_sale=1, amount='0.05'),
                       row(p, hospital, -1, 7, is_pure_sale=1, amount='-1.00')])
    for user, share in ((t.rep, '0.3334'), (b, '0.3333'), (c, '0.3333')):
        assign(t, hospital, user, share)
    t.work()

    def by_rep(table, key):
        return {r['k']: (r['qty'], r['amount']) for r in t.root.query(
            f'SELECT {key} AS k, SUM(qty) AS qty, SUM(amount) AS amount FROM {table} WHERE sender_id = %s GROUP BY {key}', d)}
    got = by_rep('flow_month', 'rep_id')
    assert got == by_rep('flow_credit', 'user_id')
    assert got[b] == got[c] == (Decimal('5.3328'), Decimal('3.03')) and set(got) == {t.rep, b, c}
    assert tuple(map(sum, zip(*got.values()))) == (16, Decimal('9.06'))
    assert t.root.value('SELECT SUM(row_count) FROM flow_month WHERE sender_id = %s', d) == 3
    assert t.root.value('SELECT SUM(shared) FROM flow_month WHERE sender_id = %s AND rep_id = %s', d, b) == 3
    assert t.root.call('flow_verify', PERIOD) == []
    t.root.query('UPDATE flow_month SET qty = qty + 1 WHERE sender_id = %s AND rep_id = %s AND is_share = 1', d, b)
    assert {(r['what'], r['id'], r['off']) for r in t.root.call('flow_verify', PERIOD)} == {('month', d, 1), ('credit', b, -1)}
    t.root.call('flow_month_make', PERIOD, d)

    t.root.query('DELETE FROM terminal_assignment WHERE party_id = %s', hospital)
    assign(t, hospital, b)
    t.work()
    assert by_rep('flow_month', 'rep_id') == {b: (16, Decimal('9.06'))}


def test_a_file_taken_back_leaves_no_share(t):
    p, hospital, d = t.product(), t.terminal('撤回医院'), t.distributor('撤回')
    other = t.user('office', 'rep-u', 'sales_rep', org_unit_id=t.west)
    assign(t, hospital, t.rep, '0.7')
    assign(t, hospital, other, '0.3')
    made = t.file(d, 'sale', [row(p, hospital, 10, 5, is_pure_sale=1)])
    t.work()
    assert t.root.value('SELECT qty FROM flow_month WHERE sender_id = %s AND rep_id = %s', d, other) == 3
    t.root.call('flow_file_hide', made, 'undone', None)
    assert not t.root.value('SELECT SUM(qty) FROM flow_month WHERE sender_id = %s', d)
    t.work()
    assert t.root.query('SELECT * FROM flow_month WHERE sender_id = %s', d) == []
    assert t.root.call('flow_verify', PERIOD) == []


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


def test_a_settled_month_counts_what_it_counted_whatever_a_name_becomes(f):
    past = 202512
    f.root.call('period_ensure', past)
    p, d, hospital = f.product(), f.distributor('外品'), f.terminal('外品医院')
    f.file(d, 'sale', [row(p, hospital, 9, is_pure_sale=1), {**row(p, hospital, 4, is_pure_sale=1), 'product_id': None}], past)

    def decide(n, state):
        name = f.root.query("SELECT id, version FROM flow_name WHERE sender_id = %s AND what = 'product' ORDER BY id", d)[n]
        f.office(f.clerk).call('flow_name_decide', name['id'], name['version'], state, p if state == 'matched' else None, 1, 0)

    def counted():
        return f.root.value('SELECT SUM(qty) FROM flow_month WHERE book_period = %s AND sender_id = %s', past, d)
    decide(1, 'foreign')
    f.work()
    f.settle(past, 'locked')
    assert counted() == 9 and f.root.call('flow_verify', past) == []
    for n, state in ((0, 'foreign'), (1, 'queued'), (0, 'queued'), (1, 'matched'), (0, 'foreign')):
        decide(n, state)
        assert counted() == 9 and f.root.call('flow_verify', past) == []
    f.root.query('SET @bulk_load = 1')
    for qty, wrong in ((10, {'month', 'credit'}), (9, set())):
        f.root.query('UPDATE flow_row SET qty = %s WHERE book_period = %s AND sender_id = %s AND raw_qty = 9', qty, past, d)
        assert {r['what'] for r in f.root.call('flow_verify', past)} == wrong
    f.root.query('SET @bulk_load = NULL')

    # back in review it takes over what its names mean now
    f.office(f.finmgr).call('period_reopen_ask', past, f.period(past)['version'], '漏报')
    f.office(f.finmgr2).call('period_reopen_decide', past, 1)
    f.work()
    assert counted() == 4 and f.root.call('flow_verify', past) == []
    assert f.root.query('SELECT product_id FROM flow_row WHERE book_period = %s AND sender_id = %s ORDER BY id', past, d) \
        == [{'product_id': None}, {'product_id': p}]
    f.settle(past, 'closed')


def cases(t, seller):
    t.office(t.clerk).call('flow_cases_find', PERIOD)
    return [(c['terminal_id'], c['signals'], c['score'], c['qty'], [r['qty'] for r in t.root.query(
        'SELECT f.qty FROM flow_case_row s JOIN flow_row f ON f.id = s.row_id AND f.book_period = s.book_period WHERE s.case_id = %s', c['id'])])
        for c in t.root.query('SELECT * FROM flow_case WHERE party_id = %s ORDER BY terminal_id', seller)]


def test_a_sudden_peak_alone_is_a_case_of_the_seller_with_the_buyers_that_jumped(t):
    p, d, h, steady = t.product(), t.distributor('突增'), t.terminal('突增医院'), t.terminal('平稳医院')
    for month in (1, 2):
        day = datetime.date(2026, month, 10)
        t.file(d, 'sale', [{**row(p, h, 10, is_pure_sale=1), 'biz_date': day}, {**row(p, steady, 30, is_pure_sale=1), 'biz_date': day}], 202600 + month)
    last = t.file(d, 'sale', [row(p, h, 500, is_pure_sale=1), row(p, steady, 31, is_pure_sale=1)])
    assert cases(t, d) == [(d, 'peak', 20, 531, [500])]
    assert cases(t, d) == [(d, 'peak', 20, 531, [500])], 'looking again finds the same'
    said = t.root.row('SELECT sold_qty, whole_qty, usual_qty, listed_qty FROM case_page WHERE period = %s AND party_id = %s', PERIOD, d)
    assert (said['sold_qty'], said['whole_qty'], said['listed_qty']) == (None, 531, 500) and 531 > 3 * said['usual_qty'] > 0
    assert t.root.value('SELECT owner_id FROM flow_case WHERE party_id = %s', d) is None
    t.root.call('flow_file_undo', last)
    t.file(d, 'sale', [row(p, h, 80, is_pure_sale=1), row(p, steady, 40, is_pure_sale=1)])
    assert cases(t, d) == [], 'three times the usual is no peak'


def test_a_peak_beside_another_signal_is_one_reason_more(t):
    p, d, h = t.product(floor_price=9), t.distributor('突增且低价'), t.terminal('低价医院')
    t.file(d, 'sale', [{**row(p, h, 10, is_pure_sale=1), 'biz_date': datetime.date(2026, 2, 10)}], 202602)
    t.file(d, 'sale', [row(p, h, 50, is_pure_sale=1, price='8')])
    assert cases(t, d) == [(h, 'price,peak', 70, 50, [50])]


def test_what_a_diversion_credits_is_no_peak_of_the_owner(t):
    p, d, h = t.product(), t.distributor('货主'), t.terminal('货主医院')
    t.file(d, 'sale', [{**row(p, h, 10, is_pure_sale=1), 'biz_date': datetime.date(2026, 2, 10)}], 202602)
    t.file(d, 'sale', [row(p, h, 12, is_pure_sale=1), row(p, h, 90, is_pure_sale=1, flow_class=3)])
    assert cases(t, d) == []


def test_the_owner_is_found_by_a_group_of_products_too_and_one_product_goes_before_it(t):
    p, other, d, h = t.product(floor_price=9), t.product(floor_price=9), t.distributor('低价者'), t.terminal('分组医院')
    by_group, by_product = t.distributor('分组货主'), t.distributor('单品货主')
    group = t.insert('product_group', code='TG%d' % p, name='分组%d' % p)
    for one in (p, other):
        t.insert('product_group_item', group_id=group, product_id=one)
    t.insert('territory', party_id=by_group, product_group_id=group, terminal_id=h, valid_from=march(1))
    t.insert('territory', party_id=by_product, product_id=other, terminal_id=h, valid_from=march(1))
    t.file(d, 'sale', [row(p, h, 5, is_pure_sale=1, price='8'), row(other, h, 5, is_pure_sale=1, price='8')])
    t.office(t.clerk).call('flow_cases_find', PERIOD)
    found = {c['product_id']: c['owner_id'] for c in t.root.query('SELECT * FROM flow_case WHERE party_id = %s', d)}
    assert found == {p: by_group, other: by_product}


def test_months_of_the_coming_year_have_partitions(t):
    limits = t.root.query("SELECT table_name AS name, MAX(CAST(partition_description AS UNSIGNED)) AS until FROM information_schema.partitions"
                          " WHERE table_schema = DATABASE() AND partition_name IS NOT NULL GROUP BY table_name")
    assert {r['name'] for r in limits} >= {'flow_row', 'stock_report', 'flow_month'}
    assert all(r['until'] > (TODAY.year + 1) * 100 + 12 for r in limits)


def levels(t, sender, period=PERIOD):
    """What rows and roll-up say, by product and kind; they must agree."""
    of_rows = t.root.query('SELECT DISTINCT kind, product_id, flow_level FROM flow_row WHERE book_period = %s AND sender_id = %s'
                           ' ORDER BY kind, product_id, flow_level', period, sender)
    assert of_rows == t.root.query('SELECT DISTINCT kind, product_id, flow_level FROM flow_month WHERE book_period = %s'
                                   ' AND sender_id = %s ORDER BY kind, product_id, flow_level', period, sender)
    return [(r['kind'], r['product_id'], r['flow_level']) for r in of_rows]


def test_the_level_is_the_place_in_the_chain_of_sellers(t):
    """DOMAIN 2.1: 1 who bought of us, 2 who bought of level 1, and so on; product by product, whatever class he has."""
    p, q, hospital = t.product(), t.product(), t.terminal('链末医院')
    one, two, three = (t.distributor('链' + n) for n in '一二三')
    t.root.query('UPDATE party SET distributor_level = 1 WHERE id IN (%s, %s)', two, three)
    # the ends report first: nothing is known of the chain yet
    t.file(three, 'sale', [row(p, hospital, 1), row(q, hospital, 1)])
    t.work()
    assert {level for _, _, level in levels(t, three)} == {1}
    t.file(two, 'sale', [row(p, three, 5), row(p, hospital, 2)])
    t.work()
    assert levels(t, three) == [('sale', p, 2), ('sale', q, 1)] and levels(t, two) == [('sale', p, 1)]
    first = t.file(one, 'sale', [row(p, two, 20)])
    t.file(one, 'purchase', [row(p, t.us, 100)])
    t.work()
    assert levels(t, one) == [('purchase', p, 0), ('sale', p, 1)]
    assert levels(t, two) == [('sale', p, 2)] and levels(t, three) == [('sale', p, 3), ('sale', q, 1)]
    assert t.root.query('CALL flow_verify(%s)', PERIOD) == []
    t.root.call('flow_file_undo', first)
    t.work()
    t.root.query('INSERT IGNORE INTO flow_dirty (period, party_id) SELECT %s, id FROM party WHERE id IN (%s, %s)', PERIOD, two, three)
    t.work()        # the lock does all senders again
    assert levels(t, two) == [('sale', p, 1)] and levels(t, three) == [('sale', p, 2), ('sale', q, 1)]


def test_sellers_in_a_ring_come_to_an_end(t):
    p, a, b = t.product(), t.distributor('环甲'), t.distributor('环乙')
    t.file(a, 'sale', [row(p, b, 5)])
    t.file(b, 'sale', [row(p, a, 5)])
    t.work()
    assert t.root.value('SELECT COUNT(*) FROM flow_dirty') == 0
    assert levels(t, a) == levels(t, b) == [('sale', p, 3)]
    t.file(a, 'purchase', [row(p, t.us, 10)])
    t.work()
    assert levels(t, a) == [('purchase', p, 0), ('sale', p, 1)] and levels(t, b) == [('sale', p, 2)]


def test_levels_of_a_settled_month_stay(f):
    then, now = 202611, 202612
    for month in (then, now):
        f.root.call('period_ensure', month)
    p, hospital, one, two = f.product(), f.terminal('旧链医院'), f.distributor('旧链一'), f.distributor('旧链二')
    for month in (then, now):
        f.file(two, 'sale', [row(p, hospital, 1)], month)
    f.work()
    f.settle(then, 'locked')
    f.file(one, 'sale', [row(p, two, 9)], now)
    f.root.query("UPDATE party SET distributor_level = 2 WHERE id = %s", two)
    f.root.query('INSERT IGNORE INTO flow_dirty (period, party_id) VALUES (%s, %s)', then, two)
    f.work()
    assert levels(f, two, then) == [('sale', p, 1)] and levels(f, two, now) == [('sale', p, 2)]
