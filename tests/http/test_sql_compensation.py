"""Price compensation in the database (DOMAIN 3.6): chargebacks row by row, price protection by lot from what the
balance of the month verified, both from locked months, to the fen, and the difference only the second time."""
import datetime
from decimal import Decimal as D

import pytest

from flowtruth import PERIOD, Flow, march
from sqlbed import Bed, refusal


class Season(Flow):
    """Groups of one distributor each, so that tests do not meet."""

    def __init__(self, bed):
        super().__init__(bed)
        self.goods = self.product('20.00')
        self.lot(self.goods, 1000000, lot_no='B1')
        self.hospital = self.terminal('县医院')

    def buyer(self, name, qty=1000, issued=march(1)):
        """A distributor with a group of its own, who bought at 20.00."""
        made = self.distributor(name)
        group = self.insert('customer_group', code='G%d' % made, name=name)
        self.root.query('UPDATE customer SET group_id = %s WHERE party_id = %s', group, made)
        if qty:
            self.bought(made, qty, issued)
        return made

    def bought(self, party, qty, issued, shipped=None):
        order = self.approved(party, [(self.goods, qty)])
        for shipment in self.ship(order):
            self.root.query('UPDATE shipment SET shipped_on = %s WHERE id = %s', shipped or issued, shipment)
        return self.invoice(order, issued)

    def policy(self, party, method, **values):
        group = self.root.value('SELECT group_id FROM customer WHERE party_id = %s', party)
        items = self.insert('product_group', code='PG%d' % self.n, name='组%d' % self.n) if not hasattr(self, 'items') else self.items
        if not hasattr(self, 'items'):
            self.items = items
            self.insert('product_group_item', group_id=items, product_id=self.goods)
        self.n += 1
        return self.insert('rebate_policy', **{
            'code': 'R%d' % self.n, 'name': '补差', 'span': 'month', 'group_id': group, 'method': method, 'from1': None, 'rate1': None,
            'base': {'protection': 'stock', 'chargeback': 'bid_sale'}[method], 'margin': 5 if method == 'chargeback' else None,
            'product_group_id': items, 'valid_from': march(-400), 'status': 'active', **values})

    def bid(self, price, **values):
        return self.insert('bid_price', **{'product_id': self.goods, 'price': price, 'valid_from': datetime.date(2026, 1, 1),
                                           'document_no': '鄂采〔2026〕1号', 'status': 'active', 'region_code': '42', **values})

    def sale(self, qty, terminal=None, day=15, **more):
        return {'product_id': self.goods, 'party_id': terminal or self.hospital, 'qty': qty, 'biz_date': march(day),
                'lot_no': 'B1', 'price': '15.80', 'is_pure_sale': 1, **more}

    def late(self, sender, rows):
        """Rows of a month that is locked, as a loader of the past brings them in."""
        self.root.query('SET @bulk_load = 1')
        made = self.file(sender, 'sale', rows, past=True)
        self.root.query('SET @bulk_load = NULL')
        return made

    def compute(self, policy, user=None, period=PERIOD):
        return self.office(user or self.prodmgr).call('rebate_compute', policy, period)[0]['id']

    def judge(self, run, user=None, approve=1):
        version = self.root.value('SELECT version FROM rebate_run WHERE id = %s', run)
        return self.office(user or self.finmgr).call('rebate_decide', run, version, approve, '好')

    def line(self, run):
        lines = self.root.query('SELECT * FROM rebate_line WHERE run_id = %s', run)
        assert len(lines) == 1, lines
        return lines[0]

    def parts(self, run):
        return self.root.query('SELECT * FROM rebate_part WHERE run_id = %s ORDER BY biz_date, id', run)

    def fall(self, day, old='20.00', new='18.50', **values):
        return self.insert('price_change', **{'product_id': self.goods, 'changed_on': march(day), 'old_price': old, 'new_price': new,
                                              'document_no': '调价〔2026〕3号', 'status': 'active', **values})

    def owed(self, party):
        return self.root.value('SELECT ledger_balance(%s, business_day())', party)


def stock(t, qty, day, month=3, lot='B1'):
    return {'product_id': t.goods, 'lot_no': lot, 'qty': qty, 'stock_date': datetime.date(2026, month, day)}


def keeper(t, name, count, fallen=None):
    """Who held 300 as March began, bought 500 on the 3rd, sold 150 on the 8th and 100 on the 25th, and counted in the
    end; 200 more went out to him on the 9th and came on the 12th. Prices fall on the 10th."""
    made = t.buyer(name, qty=0)
    t.file(made, 'stock', [stock(t, 300, 28, 2)], 202602)
    t.work()
    t.bought(made, 500, march(2))
    t.bought(made, 200, march(9))
    t.file(made, 'purchase', [t.sale(500, t.us, 3, is_pure_sale=0), t.sale(200, t.us, 12, is_pure_sale=0)])
    t.file(made, 'sale', [t.sale(150, day=8), t.sale(100, day=25)])
    if count is not None:
        t.file(made, 'stock', [stock(t, count, 31)])
    t.work()
    return made


@pytest.fixture(scope='module')
def t():
    bed = Bed().start()
    t = Season(bed)
    t.whole = keeper(t, '账实相符', 750)
    t.short = keeper(t, '少四十', 710)
    t.silent = keeper(t, '没有盘点', None)
    t.returner = t.buyer('退货', qty=0)
    t.file(t.returner, 'stock', [stock(t, 300, 28, 2)], 202602)
    t.file(t.returner, 'purchase', [t.sale(-100, t.us, 5, is_pure_sale=0)])
    t.file(t.returner, 'stock', [stock(t, 200, 31)])
    t.refuser = t.buyer('拒收', qty=0)
    for shipped, arrived, line in ((-1, 3, {'refused': 100}), (9, 12, {'refused': 50, 'damaged': 20})):
        t.bought(t.refuser, 400, march(9), shipped=march(shipped))
        t.office(t.picker).call('shipment_arrive', t.root.value('SELECT MAX(id) FROM shipment WHERE party_id = %s', t.refuser),
                                t.refuser, 'office', march(arrived), '李', None, None, None, [{'line': 1, **line}])
    t.file(t.refuser, 'stock', [stock(t, 0, 28, 2, 'B0')], 202602)
    t.work()
    assert t.balance(t.refuser, t.goods, period=202602)['in_transit'] == 400
    t.fall(10)
    t.bid('15.80')
    t.settle(PERIOD, 'locked')
    yield t
    bed.stop()


# ---- chargebacks

def test_the_chargeback_of_the_rule_book(t):
    """(20.00 - 15.80 x (1 - 5 %)) x 1000 = 4,990.00"""
    buyer = t.buyer('中标')
    t.late(buyer, [t.sale(1000)])
    run = t.compute(t.policy(buyer, 'chargeback'))
    line, part = t.line(run), t.parts(run)[0]
    assert (line['base'], line['amount'], line['due'], line['capped'], line['tier']) == (1000, D('4990.00'), D('4990.00'), 0, 0)
    assert (part['old_price'], part['new_price'], part['gap'], part['qty']) == (D('20'), D('15.8'), D('4.99'), 1000)


def test_sales_taken_back_are_deducted_and_others_are_not_claimed(t):
    buyer = t.buyer('退回')
    stranger, wholesaler = t.terminal('外省医院'), t.distributor('下家')
    t.root.query("UPDATE party SET region_code = '32' WHERE id = %s", stranger)
    rows = [t.sale(300), t.sale(-20, day=16), t.sale(50, stranger), t.sale(70, wholesaler, is_pure_sale=0), t.sale(30, flow_class=3),
            t.sale(40, day=17)]
    file = t.late(buyer, rows)
    case = t.insert('flow_case', period=PERIOD, party_id=buyer, product_id=t.goods, terminal_id=t.hospital, signals='territory', score=80,
                    qty=40, amount=1, row_count=1, status='confirmed')
    t.insert('flow_case_row', case_id=case, row_id=file * 10000000 + 7, book_period=PERIOD, signals='territory')
    run = t.compute(t.policy(buyer, 'chargeback'))
    assert [p['qty'] for p in t.parts(run)] == [300, -20]
    assert t.line(run)['amount'] == D('1397.20')                # 280 x 4.99


def test_the_narrower_price_wins_and_none_above_what_was_paid(t):
    buyer = t.buyer('多价')
    city, own, dear = t.terminal('市医院'), t.terminal('本院'), t.terminal('贵院')
    t.root.query("UPDATE party SET region_code = '42' WHERE id = %s", t.terminal('省里'))
    t.bid('14.00', region_code=None, terminal_id=own)
    t.bid('30.00', region_code=None, terminal_id=dear)
    t.bid('9.00', region_code=None, terminal_id=city, valid_to=march(10))
    t.late(buyer, [t.sale(10, own), t.sale(10, dear), t.sale(10, city, 10), t.sale(10, city, 11)])
    run = t.compute(t.policy(buyer, 'chargeback', margin=0))
    assert sorted((p['new_price'], p['amount']) for p in t.parts(run)) == [
        (D('9'), D('110.00')), (D('14'), D('60.00')), (D('15.8'), D('42.00'))]


def test_acquisition_is_the_last_invoice_up_to_the_sale(t):
    buyer = t.buyer('进价')
    t.root.query("UPDATE price_tier SET price = 19 WHERE product_id = %s", t.goods)
    t.bought(buyer, 100, march(12))
    t.root.query("UPDATE price_tier SET price = 20 WHERE product_id = %s", t.goods)
    t.late(buyer, [t.sale(10, day=11), t.sale(10, day=12)])
    run = t.compute(t.policy(buyer, 'chargeback'))
    assert [(p['old_price'], p['amount']) for p in t.parts(run)] == [(D('20'), D('49.90')), (D('19'), D('39.90'))]


def test_a_second_run_pays_the_difference_only(t):
    buyer = t.buyer('补差')
    t.late(buyer, [t.sale(1000)])
    policy = t.policy(buyer, 'chargeback')
    first = t.compute(policy)
    owed = t.owed(buyer)
    t.judge(first)
    assert t.owed(buyer) == owed - D('4990')
    assert refusal(t.compute, policy).code == 'rebate.same'
    bid = t.bid('15.00', region_code=None, terminal_id=t.hospital)
    second = t.compute(policy)
    assert (t.line(second)['amount'], t.line(second)['paid'], t.line(second)['due']) == (D('5750.00'), D('4990.00'), D('760.00'))
    t.judge(second)
    t.root.query("UPDATE bid_price SET status = 'void' WHERE id = %s", bid)      # entered in error
    back = t.compute(policy)
    assert t.line(back)['due'] == D('-760.00')
    t.judge(back)
    assert t.owed(buyer) == owed - D('4990') and t.root.query('CALL books_verify()') == []


def test_the_voucher_is_that_of_a_compensation(t):
    """DR 6001 (contra), 2221; CR 1122; nothing is accrued."""
    buyer = t.buyer('记账')
    t.late(buyer, [t.sale(1000)])
    run = t.compute(t.policy(buyer, 'chargeback'))
    t.judge(run)
    rows = t.root.query('SELECT account_code, debit, credit FROM voucher_line WHERE voucher_id = %s ORDER BY line_no',
                        t.line(run)['voucher_id'])
    assert [(r['account_code'], r['debit'], r['credit']) for r in rows] == [
        ('6001', D('4415.93'), 0), ('2221', D('574.07'), 0), ('1122', 0, D('4990.00'))]


def test_two_people_and_what_was_claimed_stays(t):
    buyer = t.buyer('两人')
    t.late(buyer, [t.sale(100)])
    both = t.user('office', 'both', 'product_manager', org_unit_id=t.hq)
    run = t.compute(t.policy(buyer, 'chargeback'), both)
    assert refusal(t.judge, run, both).code == 'approve.own'
    assert t.root.value('SELECT status FROM rebate_run WHERE id = %s', run) == 'draft'
    for change in ('UPDATE rebate_part SET qty = 1 WHERE run_id = %s', 'DELETE FROM rebate_part WHERE run_id = %s'):
        assert refusal(t.root.query, change, run).code == 'append-only'
    assert t.judge(run)[0]['status'] == 'approved'


def test_an_open_month_is_not_computed(t):
    buyer = t.buyer('未锁')
    assert refusal(t.compute, t.policy(buyer, 'chargeback'), None, 202604).code == 'rebate.open'


def test_the_same_inputs_give_the_same_hash(t):
    buyer = t.buyer('复算')
    t.late(buyer, [t.sale(100), t.sale(7, day=16)])
    policy = t.policy(buyer, 'chargeback')
    first = t.compute(policy)
    t.judge(first, approve=0)
    second = t.compute(policy)
    assert len({t.root.value('SELECT inputs_hash FROM rebate_run WHERE id = %s', run) for run in (first, second)}) == 1
    t.judge(second, approve=0)
    t.late(buyer, [t.sale(1, day=17)])
    third = t.compute(policy)
    assert t.root.value('SELECT inputs_hash FROM rebate_run WHERE id = %s', third) \
        != t.root.value('SELECT inputs_hash FROM rebate_run WHERE id = %s', first)


# ---- price protection

def test_stock_as_prices_fell_by_lot_and_in_transit(t):
    """300 + 500 - 150 on hand, 200 on the way: 850 x 1.50"""
    run = t.compute(t.policy(t.whole, 'protection'))
    assert t.root.value('SELECT period_rebate(202602)') == run         # its stock begins there
    part = t.parts(run)[0]
    assert (part['lot_no'], part['on_hand'], part['in_transit'], part['qty']) == ('B1', 650, 200, 850)
    assert t.line(run)['amount'] == D('1275.00')


def test_what_the_count_found_missing_is_not_paid(t):
    part = t.parts(t.compute(t.policy(t.short, 'protection')))[0]
    assert (part['on_hand'], part['in_transit'], part['amount']) == (610, 200, D('1215.00'))


def test_without_a_count_only_what_is_on_the_way(t):
    part = t.parts(t.compute(t.policy(t.silent, 'protection')))[0]
    assert (part['on_hand'], part['in_transit'], part['amount']) == (0, 200, D('300.00'))


def test_what_was_sent_back_is_not_paid(t):
    """300 held, 100 sent back before the price fell."""
    part = t.parts(t.compute(t.policy(t.returner, 'protection')))[0]
    assert (part['on_hand'], part['in_transit'], part['amount']) == (200, 0, D('300.00'))


def test_what_was_refused_is_not_paid_whenever_it_came(t):
    """400 of February less 100, 400 of March less 70 that arrived when the price had fallen."""
    part = t.parts(t.compute(t.policy(t.refuser, 'protection')))[0]
    assert (part['on_hand'], part['in_transit'], part['amount']) == (0, 630, D('945.00'))


def test_protection_again_pays_the_difference_only(t):
    policy = t.policy(t.whole, 'protection')
    t.judge(t.compute(policy))
    assert refusal(t.compute, policy).code == 'rebate.same'
    more = t.fall(20, '18.50', '18.00')                 # 650 + 200 held, nothing on the way: 850 x 0.50
    run = t.compute(policy)
    assert [p['qty'] for p in t.parts(run)] == [850, 850] and t.line(run)['due'] == D('425.00')
    t.judge(run)
    t.root.query("UPDATE price_change SET status = 'void' WHERE id = %s", more)
    assert t.line(t.compute(policy))['due'] == D('-425.00')


# ---- the prices

def test_prices_in_force_do_not_change(t):
    for table, column in (('price_change', 'new_price'), ('bid_price', 'price')):
        made = t.fall(28, status='active') if table == 'price_change' else t.bid('11.11', valid_from=march(90))
        assert refusal(t.root.query, 'UPDATE %s SET %s = 3 WHERE id = %%s' % (table, column), made).code == 'price.in_force'
        assert refusal(t.root.query, "UPDATE %s SET status = 'draft' WHERE id = %%s" % table, made).code == 'price.in_force'
        t.root.query("UPDATE %s SET status = 'void' WHERE id = %%s" % table, made)


@pytest.mark.parametrize('values', [
    {'method': 'chargeback', 'base': 'sale_qty'}, {'method': 'protection', 'base': 'bid_sale'},
    {'method': 'chargeback', 'margin': None}, {'method': 'protection', 'margin': 5}, {'method': 'protection', 'from1': 0, 'rate1': 1},
])
def test_a_policy_that_makes_no_sense(t, values):
    with pytest.raises(Exception, match='ck_rebate_policy_'):
        t.policy(t.whole, **values)
