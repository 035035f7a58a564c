"""What a name means, decided once and carried into rows, roll-up and counts (DOMAIN 2.5)."""
import datetime
import hashlib
import itertools
import json

import pytest

from sqlbed import Refused, refusal
from sqltrade import trade

PERIOD = 202401
counter = itertools.count(1)


@pytest.fixture(scope='module')
def t():
    t = trade()
    for period, status in ((PERIOD, 'open'), (202402, 'open'), (202312, 'locked')):
        first = f'{period // 100}-{period % 100:02}-01'
        t.root.query("INSERT INTO period (period, starts_on, ends_on, status, collect_by, review_by, lock_by)"
                     " VALUES (%s, %s, LAST_DAY(%s), %s, LAST_DAY(%s), LAST_DAY(%s), LAST_DAY(%s))",
                     period, first, first, status, first, first, first)
    return t


class Sender:
    """A distributor with one imported file a month, its rows and names."""

    def __init__(self, t):
        self.t, self.id, self.files = t, t.customer(f'流向公司{next(counter)}'), {}

    def name(self, what, name, unit='', extra=''):
        self.t.root.query('INSERT INTO flow_name (sender_id, what, name_key, name, unit, extra, norm, first_seen, last_seen)'
                          " VALUES (%s, %s, %s, %s, %s, %s, %s, '2024-01-01', '2024-01-31')", self.id, what,
                          hashlib.sha256(f'{name}{unit}{extra}'.encode()).digest()[:16], name, unit, extra, name)
        return self.t.root.value('SELECT MAX(id) FROM flow_name')

    def file(self, period, status='imported'):
        self.t.root.query('INSERT INTO flow_file (party_id, kind, origin, name, format, size, sha256, book_period, date_from,'
                          " date_to, status) VALUES (%s, 'sale', 'office', 'x.csv', 'csv', 1, %s, %s, '2024-01-01',"
                          " '2024-01-31', %s)", self.id, hashlib.sha256(str(next(counter)).encode()).digest(), period, status)
        return self.t.root.value('SELECT MAX(id) FROM flow_file')

    def row(self, file, period, party, product, qty, n=1):
        self.t.root.query('INSERT INTO flow_row (id, book_period, file_id, row_no, kind, sender_id, biz_date, party_name_id,'
                          ' product_name_id, raw_qty, qty, amount, flow_level)'
                          " SELECT %s + seq, %s, %s, seq, 'sale', %s, '2024-01-15', %s, %s, %s, %s, 10, 1 FROM seq_1_to_" + str(n),
                          file * 10000000, period, file, self.id, party, product, qty, qty)
        self.t.root.query('INSERT INTO flow_month (book_period, kind, sender_id, flow_level, is_pure_sale, flow_class, qty,'
                          " amount, row_count) VALUES (%s, 'sale', %s, 1, 0, 1, %s, %s, %s)"
                          ' ON DUPLICATE KEY UPDATE qty = qty + VALUES(qty), amount = amount + VALUES(amount),'
                          ' row_count = row_count + VALUES(row_count)', period, self.id, qty * n, 10 * n, n)
        self.t.root.query('UPDATE flow_file SET qty_total = qty_total + %s, rows_total = rows_total + %s WHERE id = %s', qty * n, n, file)


def decide(t, name, state, target=None, factor=None, everyone=0, version=None):
    office = t.office(t.finmgr)
    version = version or t.root.value('SELECT version FROM flow_name WHERE id = %s', name)
    return office.call('flow_name_decide', name, version, state, target, factor, everyone)


def month(t, sender, period=PERIOD):
    return {(r['product_id'], r['party_id'], r['is_pure_sale']): (int(r['qty']), r['row_count']) for r in t.root.query(
        'SELECT product_id, party_id, is_pure_sale, SUM(qty) AS qty, SUM(row_count) AS row_count FROM flow_month'
        ' WHERE sender_id = %s AND book_period = %s GROUP BY 1, 2, 3', sender.id, period)}


def hospital(t):
    t.root.query("INSERT INTO party (code, name, kind) VALUES (%s, '某县人民医院', 'institution')", f'HX{next(counter)}')
    party = t.root.value('SELECT MAX(id) FROM party')
    t.root.query("INSERT INTO party_role (party_id, role) VALUES (%s, 'hospital')", party)
    return party


def test_a_decision_reaches_rows_roll_up_and_file(t):
    s, clinic, product = Sender(t), hospital(t), t.product()
    party, drug = s.name('party', '县医院'), s.name('product', '某药', '件')
    file = s.file(PERIOD)
    s.row(file, PERIOD, party, drug, 3, n=5)
    case = t.root.value('SELECT case_qty FROM product WHERE id = %s', product)
    decide(t, party, 'matched', clinic)
    assert month(t, s) == {(0, clinic, 1): (15, 5)}
    assert t.root.row('SELECT rows_matched, qty_matched FROM flow_file WHERE id = %s', file) == {'rows_matched': 0, 'qty_matched': 0}
    decide(t, drug, 'matched', product)
    assert month(t, s) == {(product, clinic, 1): (15 * case, 5)}
    row = t.root.row('SELECT rows_matched, qty_matched, qty_total FROM flow_file WHERE id = %s', file)
    assert (row['rows_matched'], row['qty_matched'], row['qty_total']) == (5, 15 * case, 15 * case)
    assert t.root.value('SELECT COUNT(*) FROM flow_row WHERE file_id = %s AND party_id = %s AND product_id = %s'
                        ' AND is_pure_sale = 1 AND qty = raw_qty * %s', file, clinic, product, case) == 5
    assert t.root.value("SELECT COUNT(*) FROM audit_log WHERE entity = 'flow_name' AND entity_id IN (%s, %s)", party, drug) == 2


def test_taking_back_leaves_everything_as_it_was(t):
    s, clinic = Sender(t), hospital(t)
    party, drug = s.name('party', '甲'), s.name('product', '乙')
    s.row(s.file(PERIOD), PERIOD, party, drug, 7)
    before = month(t, s)
    decide(t, party, 'matched', clinic)
    decide(t, party, 'queued')
    assert month(t, s) == before == {(0, 0, 0): (7, 1)}


def test_foreign_goods_count_nowhere_until_taken_back(t):
    s = Sender(t)
    party, drug = s.name('party', '甲'), s.name('product', '别家的药')
    s.row(s.file(PERIOD), PERIOD, party, drug, 7)
    decide(t, drug, 'foreign')
    assert month(t, s) == {}
    decide(t, drug, 'queued')
    assert month(t, s) == {(0, 0, 0): (7, 1)}


def test_a_locked_month_keeps_what_it_has(t):
    s, clinic = Sender(t), hospital(t)
    party, drug = s.name('party', '甲'), s.name('product', '乙')
    t.root.query('SET @bulk_load = 1')      # as it was loaded before the month was locked
    s.row(s.file(202312), 202312, party, drug, 4)
    t.root.query('SET @bulk_load = NULL')
    s.row(s.file(202402), 202402, party, drug, 6)
    decide(t, party, 'matched', clinic)
    assert month(t, s, 202312) == {(0, 0, 0): (4, 1)}
    assert month(t, s, 202402) == {(0, clinic, 1): (6, 1)}


def test_rows_of_files_that_are_not_seen_change_without_counting(t):
    s, clinic = Sender(t), hospital(t)
    party, drug = s.name('party', '甲'), s.name('product', '乙')
    s.row(s.file(PERIOD), PERIOD, party, drug, 5)
    hidden = s.file(PERIOD, 'superseded')
    t.root.query('INSERT INTO flow_row (id, book_period, file_id, row_no, kind, sender_id, biz_date, party_name_id, product_name_id,'
                 " raw_qty, qty, flow_level) VALUES (%s, %s, %s, 1, 'sale', %s, '2024-01-15', %s, %s, 9, 9, 1)",
                 hidden * 10000000 + 1, PERIOD, hidden, s.id, party, drug)
    decide(t, party, 'matched', clinic)
    assert month(t, s) == {(0, clinic, 1): (5, 1)}
    assert t.root.value('SELECT party_id FROM flow_row WHERE file_id = %s', hidden) == clinic


def test_for_all_teaches_other_senders_too(t):
    a, b, clinic = Sender(t), Sender(t), hospital(t)
    norm = f'某镇卫生院{next(counter)}'
    mine, theirs = a.name('party', norm), b.name('party', norm)
    b.row(b.file(PERIOD), PERIOD, theirs, b.name('product', '乙'), 2)
    decide(t, mine, 'matched', clinic, everyone=1)
    assert t.root.row('SELECT state, method, decided_by FROM flow_name WHERE id = %s', theirs) == {
        'state': 'matched', 'method': 'global', 'decided_by': None}
    assert month(t, b) == {(0, clinic, 1): (2, 1)}
    other = hospital(t)
    decide(t, mine, 'matched', other, everyone=1)
    assert [r['target_id'] for r in t.root.query('SELECT target_id FROM name_alias WHERE norm = %s ORDER BY valid_to IS NULL',
                                                 norm)] == [clinic, other]


def test_a_unit_nobody_explained_needs_a_factor(t):
    s, product = Sender(t), t.product()
    drug = s.name('product', '某药', '托')
    with pytest.raises(Refused) as no:
        decide(t, drug, 'matched', product)
    assert 'alias.factor|factor' in str(no.value)
    decide(t, drug, 'matched', product, factor='36')
    assert t.root.value('SELECT factor FROM flow_name WHERE id = %s', drug) == 36


def test_an_unknown_target_an_old_version_and_nobody(t):
    s = Sender(t)
    party = s.name('party', '甲')
    with pytest.raises(Refused) as no:
        decide(t, party, 'matched', 999999999)
    assert 'alias.target|target' in str(no.value)
    with pytest.raises(Refused) as no:
        decide(t, party, 'foreign', version=77)
    assert 'conflict|version' in str(no.value)
    assert decide(t, 999999999, 'foreign', version=1) == []


def test_the_sample_is_of_what_rules_took(t):
    s, clinic = Sender(t), hospital(t)
    names = [s.name('party', f'丙{i}') for i in range(5)]
    office = t.office(t.finmgr)
    for name in names[:3]:
        office.call('flow_name_found', name, 1, 'matched', clinic, 1, 'similar', '0.9500')
        t.root.query('UPDATE flow_name SET row_count = 10 WHERE id = %s', name)
    decide(t, names[3], 'matched', clinic)
    t.root.query('UPDATE flow_name SET row_count = 10 WHERE id = %s', names[3])
    office.call('flow_sample_draw', 200)
    drawn = {r['name_id']: r['id'] for r in t.root.query('SELECT id, name_id FROM flow_sample')}
    assert set(names) & set(drawn) == set(names[:3])
    assert office.call('flow_sample_judge', drawn[names[0]], 'wrong')
    assert office.call('flow_sample_judge', drawn[names[0]], 'right') == []


def test_stock_in_the_channel_follows_what_a_product_name_means(t):
    s, product, other = Sender(t), t.product(), t.product()
    drug = s.name('product', '库存药', '盒')
    file = s.file(PERIOD)
    t.root.query("UPDATE flow_file SET kind = 'stock' WHERE id = %s", file)
    t.root.query('INSERT INTO stock_report (id, book_period, file_id, row_no, sender_id, stock_date, product_name_id, raw_qty, qty)'
                 " VALUES (%s, %s, %s, 1, %s, '2024-01-31', %s, 7, 7)", file * 10000000 + 1, PERIOD, file, s.id, drug)

    def held():
        return [(r['product_id'], int(r['qty'])) for r in t.root.query(
            'SELECT product_id, qty FROM channel_stock WHERE party_id = %s', s.id)]

    decide(t, drug, 'matched', product)
    assert held() == [(product, 7)]
    decide(t, drug, 'matched', other)
    assert held() == [(other, 7)]
    decide(t, drug, 'foreign')
    assert held() == []


def test_rows_of_another_maker_are_counted_apart(t):
    s = Sender(t)
    drug, file = s.name('product', '别家药', '盒'), s.file(PERIOD)
    s.row(file, PERIOD, s.name('party', '某客户'), drug, 3, n=4)

    def others():
        return t.root.value('SELECT rows_foreign FROM flow_file WHERE id = %s', file)

    decide(t, drug, 'foreign')
    assert others() == 4
    decide(t, drug, 'queued')
    assert others() == 0


# ---- two records of one terminal

def merge(t, old, new, version=None):
    version = version or t.root.value('SELECT version FROM party WHERE id = %s', old)
    return t.office(t.manager).call('party_merge', old, version, new)


def test_a_merged_terminal_is_the_other_in_months_that_are_not_locked(t):
    s, old, new, product = Sender(t), hospital(t), hospital(t), t.product()
    party, drug, other = s.name('party', f'重复医院{next(counter)}'), s.name('product', '合并药'), s.name('party', '合并后的医院')
    t.root.query('SET @bulk_load = 1')
    locked = s.file(202312)
    s.row(locked, 202312, party, drug, 4)
    t.root.query('UPDATE flow_row SET party_id = %s WHERE file_id = %s', old, locked)
    t.root.query('UPDATE flow_month SET party_id = %s WHERE sender_id = %s', old, s.id)
    t.root.query('SET @bulk_load = NULL')
    s.row(s.file(PERIOD), PERIOD, party, drug, 5, n=2)
    s.row(s.file(202402), 202402, party, drug, 6)
    s.row(s.file(202402), 202402, other, drug, 1)
    norm = t.root.value('SELECT norm FROM flow_name WHERE id = %s', party)
    decide(t, party, 'matched', old, everyone=1)
    decide(t, other, 'matched', new)
    decide(t, drug, 'matched', product, factor=1)
    waits = s.name('party', '还在排队的')
    for target in (old, new):
        t.root.query('INSERT INTO flow_candidate (name_id, target_id, score) VALUES (%s, %s, 0.9)', waits, target)
    t.root.query("UPDATE party SET uscc = '91420100MA4K00000A' WHERE id = %s", old)
    counts = t.office(t.manager).call('merge_counts', old, new)[0]
    assert (counts['spellings'], counts['aliases'], counts['queued'], counts['rows_open'], counts['qty_open'], counts['rows_kept']) == (
        1, 1, 1, 3, 16, 1)
    assert merge(t, old, new) == [{'id': new}]
    assert month(t, s, 202312) == {(0, old, 0): (4, 1)}, 'the locked month keeps what it has'
    assert month(t, s) == {(product, new, 1): (10, 2)} and month(t, s, 202402) == {(product, new, 1): (7, 2)}
    assert {r['party_id'] for r in t.root.query('SELECT party_id FROM flow_row WHERE sender_id = %s AND book_period > 202312', s.id)} == {new}
    for period in (202312, PERIOD, 202402):
        assert [r for r in t.root.query('CALL flow_verify(%s)', period) if r['what'] == 'month' and r['id'] == s.id] == []
    assert t.root.value('SELECT target_id FROM name_alias WHERE norm = %s AND valid_to IS NULL', norm) == new
    assert [r['target_id'] for r in t.root.query('SELECT target_id FROM flow_candidate WHERE name_id = %s', waits)] == [new]
    gone = t.root.row('SELECT status, merged_into, uscc FROM party WHERE id = %s', old)
    assert gone == {'status': 'closed', 'merged_into': new, 'uscc': None}
    assert t.root.value('SELECT uscc FROM party WHERE id = %s', new) == '91420100MA4K00000A'
    trail = t.root.row("SELECT * FROM audit_log WHERE entity = 'party' AND entity_id = %s ORDER BY id DESC LIMIT 1", old)
    assert trail['actor_id'] == t.manager and str(json.loads(trail['after_value'])['merged_into']) == str(new)
    # what is decided for it later is meant for the other; the same page again does nothing
    decide(t, waits, 'matched', old)
    assert t.root.value('SELECT target_id FROM flow_name WHERE id = %s', waits) == new
    assert merge(t, old, new, version=1) == []


def test_who_was_merged_into_the_duplicate_goes_with_it(t):
    first, second, third = (hospital(t) for _ in range(3))
    merge(t, first, second)
    merge(t, second, third)
    assert {r['merged_into'] for r in t.root.query('SELECT merged_into FROM party WHERE id IN (%s, %s)', first, second)} == {third}
    with pytest.raises(Exception, match='ck_party_status'):
        t.root.query("UPDATE party SET status = 'active' WHERE id = %s", first)


def dated(t, terminal):
    return [(r['user_id'], str(r['valid_from']), str(r['valid_to'])) for r in t.root.query(
        'SELECT user_id, valid_from, valid_to FROM terminal_assignment WHERE party_id = %s ORDER BY valid_from', terminal)]


def test_reps_follow_from_the_first_open_month_unless_there_are_others(t):
    # other modules of the run lock later months of this company
    last = max(r['ends_on'] for r in t.root.query("SELECT ends_on FROM period WHERE status = 'locked'"))
    for has in (False, True):
        old, new = hospital(t), hospital(t)
        t.insert('terminal_assignment', party_id=old, user_id=t.rep, valid_from='2023-06-01')
        if has:
            t.insert('terminal_assignment', party_id=new, user_id=t.manager, valid_from='2023-06-01')
        assert t.office(t.manager).call('merge_counts', old, new)[0]['reps'] == ('kept' if has else 'taken')
        merge(t, old, new)
        assert dated(t, old) == [(t.rep, '2023-06-01', str(last))]
        assert dated(t, new) == ([(t.manager, '2023-06-01', 'None')] if has else [(t.rep, str(last + datetime.timedelta(days=1)), 'None')])


def test_what_is_no_duplicate_of_a_terminal_is_not_merged(t):
    old, new, maker = hospital(t), hospital(t), t.insert('party', code=f'MK{next(counter)}', name='厂家')
    clinic, buyer = (t.customer(f'有账诊所{next(counter)}', role='clinic') for _ in range(2))
    for party in (clinic, buyer):
        t.insert('party_role', party_id=party, role='clinic')
    both, closed, branch, sender = (hospital(t) for _ in range(4))
    t.insert('party_role', party_id=both, role='distributor')
    t.root.query("UPDATE party SET status = 'closed' WHERE id = %s", closed)
    t.root.query('UPDATE party SET parent_id = %s WHERE id = %s', new, branch)
    t.insert('flow_source', party_id=sender)
    for party, code in ((old, '91420100MA4K00001A'), (closed, '91420100MA4K00002A')):
        t.root.query('UPDATE party SET uscc = %s WHERE id = %s', code, party)
    coded = hospital(t)
    t.root.query("UPDATE party SET uscc = '91420100MA4K00003A' WHERE id = %s", coded)
    staffed = hospital(t)
    t.user('portal', f'staffed{next(counter)}', 'buyer', party_id=staffed)
    for a, b, code in ((old, old, 'merge.same'), (both, new, 'merge.role'), (old, closed, 'merge.closed'), (old, maker, 'merge.into_role'),
                       (clinic, buyer, 'merge.accounts'), (clinic, new, 'merge.other_way'), (sender, new, 'merge.sender'),
                       (new, branch, 'merge.branch'), (old, coded, 'merge.uscc'), (staffed, new, 'merge.orders')):
        assert (refusal(merge, t, a, b).code, code) == (code, code)
        assert t.root.value('SELECT merged_into FROM party WHERE id = %s', a) is None
    merge(t, old, clinic)
    assert refusal(merge, t, old, new).code == 'merge.gone'


def test_a_file_that_was_being_read_during_a_merge_ends_with_the_other(t):
    s, old, new = Sender(t), hospital(t), hospital(t)
    party, drug, file = s.name('party', '读入中的医院'), s.name('product', '某药'), s.file(PERIOD, 'importing')
    merge(t, old, new)
    # its worker took what it knew before
    t.root.query("UPDATE flow_name SET state = 'matched', target_id = %s WHERE id = %s", old, party)
    t.root.query('INSERT INTO flow_row (id, book_period, file_id, row_no, kind, sender_id, biz_date, party_name_id, product_name_id,'
                 " party_id, raw_qty, qty, flow_level) VALUES (%s, %s, %s, 1, 'sale', %s, '2024-01-15', %s, %s, %s, 9, 9, 1)",
                 file * 10000000 + 1, PERIOD, file, s.id, party, drug, old)
    t.root.query("UPDATE flow_file SET worker = 'w:1' WHERE id = %s", file)
    t.root.call('flow_job_done', file, 'w:1', 1, b'x' * 32)
    assert month(t, s) == {(0, new, 0): (9, 1)}
    assert t.root.value('SELECT target_id FROM flow_name WHERE id = %s', party) == new


@pytest.fixture
def pieces(t):
    """Names of more than three rows follow in pieces of three."""
    t.root.query("UPDATE param SET value = '3' WHERE name = 'flow.carry_rows'")
    yield
    t.root.query("UPDATE param SET value = '5000' WHERE name = 'flow.carry_rows'")


def step(t):
    """One piece of work; whether there was any."""
    return t.root.value('CALL flow_work(0, 1)')


def matched(t, sender):
    return t.root.value('SELECT COUNT(*) FROM flow_row WHERE sender_id = %s AND party_id IS NOT NULL', sender.id)


def test_a_name_of_many_rows_follows_in_pieces(t, pieces):
    """The decision is there at once; every piece leaves roll-up, rows and counts of files in agreement, done or broken off."""
    s = Sender(t)
    name, goods = s.name('party', '大医院'), s.name('product', '品')
    file, party = s.file(PERIOD), hospital(t)
    s.row(file, PERIOD, name, goods, 5, 10)
    t.root.query('UPDATE flow_name SET row_count = 10 WHERE id IN (%s, %s)', name, goods)
    decide(t, name, 'matched', party)
    assert t.root.value('SELECT state FROM flow_name WHERE id = %s', name) == 'matched' and matched(t, s) == 0
    assert month(t, s) == {(0, 0, 0): (50, 10)} and verify_of(t, s) == []
    assert step(t) and matched(t, s) == 3 and verify_of(t, s) == []
    assert month(t, s) == {(0, 0, 0): (35, 7), (0, party, 1): (15, 3)}
    t.root.query('START TRANSACTION')
    assert step(t) and matched(t, s) == 6
    t.root.query('ROLLBACK')        # killed
    assert matched(t, s) == 3 and verify_of(t, s) == []
    seen = []
    while step(t):
        seen.append(matched(t, s))
        assert verify_of(t, s) == []
    assert seen[:3] == [6, 9, 10] and month(t, s) == {(0, party, 1): (50, 10)}
    assert t.root.value('SELECT COUNT(*) FROM flow_name_past WHERE name_id = %s', name) == 0


def test_another_decision_in_between_begins_again(t, pieces):
    s = Sender(t)
    name, goods = s.name('party', '改主意医院'), s.name('product', '品')
    file, first, second = s.file(PERIOD), hospital(t), hospital(t)
    s.row(file, PERIOD, name, goods, 5, 8)
    t.root.query('UPDATE flow_name SET row_count = 8 WHERE id = %s', name)
    decide(t, name, 'matched', first)
    step(t)
    decide(t, name, 'matched', second)
    while step(t):
        assert verify_of(t, s) == []
    assert month(t, s) == {(0, second, 1): (40, 8)}


def test_another_makers_product_of_many_rows_counts_until_all_have_followed(t, pieces):
    s = Sender(t)
    name, goods = s.name('party', '医院'), s.name('product', '别家品')
    file = s.file(PERIOD)
    s.row(file, PERIOD, name, goods, 5, 8)
    t.root.query('UPDATE flow_name SET row_count = 8 WHERE id = %s', goods)
    decide(t, goods, 'foreign')
    assert step(t) and month(t, s) == {(0, 0, 0): (40, 8)} and verify_of(t, s) == []
    while step(t):
        assert verify_of(t, s) == []
    assert month(t, s) == {}
    assert t.root.row('SELECT rows_foreign, qty_total FROM flow_file WHERE id = %s', file) == {'rows_foreign': 8, 'qty_total': 0}
    decide(t, goods, 'queued')
    while step(t):
        assert verify_of(t, s) == []
    assert month(t, s) == {(0, 0, 0): (40, 8)}


def test_a_month_is_not_locked_before_its_rows_have_followed(t, pieces):
    s = Sender(t)
    name, goods = s.name('party', '临锁医院'), s.name('product', '品')
    s.row(s.file(PERIOD), PERIOD, name, goods, 5, 8)
    t.root.query('UPDATE flow_name SET row_count = 8 WHERE id = %s', name)
    decide(t, name, 'matched', hospital(t))
    t.root.query('START TRANSACTION')
    t.root.query('DELETE FROM flow_dirty')
    t.root.query("UPDATE period SET status = 'review' WHERE period = %s", PERIOD)
    t.root.query("CALL period_lock_end(%s, %s)", PERIOD, t.finmgr)
    assert t.root.value('SELECT status FROM period WHERE period = %s', PERIOD) == 'review'
    t.root.query('ROLLBACK')


def verify_of(t, s):
    """What is wrong with the sender's month."""
    return [r for r in t.root.query('CALL flow_verify(%s)', PERIOD) if r['what'] == 'month' and r['id'] == s.id]
