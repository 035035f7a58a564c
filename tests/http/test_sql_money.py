"""Ledger, invoices, receipts, statements: the invariants of DOMAIN 10 (1, 10) and X02."""
import decimal
import json

import pymysql
import pytest

from sqlbed import Refused, refusal
from sqltrade import day, trade

Money = decimal.Decimal


@pytest.fixture(scope='module')
def t():
    return trade()


def sold(t, name, qty=100, price='11.30', **values):
    """A customer with a shipped order."""
    party = t.customer(name, **values)
    product = t.product(price)
    t.lot(product, qty)
    order = t.approved(party, [(product, qty)])
    t.ship(order)
    return party, order


def vouchers(t, kind, doc):
    return {r['account_code']: (r['debit'], r['credit']) for r in t.root.query(
        'SELECT l.* FROM voucher v JOIN voucher_line l ON l.voucher_id = v.id WHERE v.doc_kind = %s AND v.doc_id = %s', kind, doc)}


def balance(t, party, on=None):
    return t.root.value('SELECT ledger_balance(%s, %s)', party, on or day(0))


def check_books(t, party):
    """Buckets less unallocated = ledger = statement, and no fault anywhere."""
    rows = t.office(t.finance).call('ageing', party, 0, day(0))
    total = sum((r['not_due'] + r['d30'] + r['d60'] + r['d90'] + r['d180'] + r['d365'] + r['older'] - r['unallocated']
                 for r in rows), Money(0))
    assert total == balance(t, party)
    head, lines, open_items = t.office(t.finance).results('CALL statement(%s, %s, %s)', party, day(-400), day(0))[:3]
    assert head[0]['closing'] == balance(t, party)
    assert (lines[-1]['balance'] if lines else Money(0)) == balance(t, party)
    assert sum((r['open_amount'] for r in open_items), Money(0)) - sum((r['unallocated'] for r in rows), Money(0)) == balance(t, party)
    assert t.root.call('books_verify') == []


def test_blue_invoice_posts_receivable_revenue_and_tax(t):
    party, order = sold(t, '蓝票', 10, '11.30')
    invoice = t.invoice(order)
    assert vouchers(t, 'invoice', invoice) == {'1122': (Money('113.00'), 0), '6001': (0, Money('100.00')), '2221': (0, Money('13.00'))}
    assert balance(t, party) == Money('113.00')
    check_books(t, party)


def test_tax_is_rounded_once_per_line(t):
    party, order = sold(t, '分位', 3, '9.99')
    row = t.root.row('SELECT net_amount, tax_amount, amount FROM invoice WHERE id = %s', t.invoice(order))
    assert row == {'net_amount': Money('26.52'), 'tax_amount': Money('3.45'), 'amount': Money('29.97')}


def test_not_more_is_invoiced_than_was_shipped(t):
    party, order = sold(t, '超开')
    t.invoice(order)
    assert refusal(t.office(t.finance).call, 'invoice_new', order, None).code == 'invoice.nothing'
    with pytest.raises(pymysql.MySQLError, match='ck_sales_order_line_invoiced_qty'):
        t.root.query('UPDATE sales_order_line SET invoiced_qty = shipped_qty + 1 WHERE order_id = %s', order)


def test_an_invoice_number_is_used_once(t):
    party, order = sold(t, '重号')
    other = sold(t, '重号二')[1]
    number = t.root.value('SELECT invoice_no FROM invoice WHERE id = %s', t.invoice(order))
    made = t.office(t.finance).call('invoice_new', other, None)[0]['id']
    with pytest.raises(pymysql.MySQLError, match='uq_invoice_invoice_no'):
        t.office(t.finance).call('invoice_issue', made, '', number, day(0))
    assert refusal(t.office(t.finance).call, 'invoice_issue', made, '', '9.14E+17', day(0)).code == 'invoice.number'
    assert t.office(t.finance).call('invoice_void', made)
    assert t.office(t.finance).call('invoice_new', other, None)


def test_red_invoice_is_a_negative_copy_and_settles_its_blue(t):
    party, order = sold(t, '红票', 100, '11.30')
    blue = t.invoice(order)
    finance = t.office(t.finance).call
    assert refusal(finance, 'invoice_red', blue, [{'line': 1, 'qty': 101}], '价格').code == 'qty.more'
    red = finance('invoice_red', blue, [{'line': 1, 'qty': 40}], '退货')[0]['id']
    finance('invoice_issue', red, '', '%020d' % (10 ** 9 + red), day(0))
    assert vouchers(t, 'invoice', red) == {'1122': (Money('-452.00'), 0), '6001': (0, Money('-400.00')), '2221': (0, Money('-52.00'))}
    assert balance(t, party) == Money('678.00')
    assert refusal(finance, 'invoice_red', blue, [{'line': 1, 'qty': 61}], '退货').code == 'qty.more'
    rest = finance('invoice_red', blue, None, '作废')[0]['id']
    finance('invoice_issue', rest, '', '%020d' % (10 ** 9 + rest), day(0))
    assert balance(t, party) == 0
    assert t.root.value('SELECT SUM(open_amount) FROM ar_item WHERE party_id = %s', party) == 0
    assert finance('invoice_new', order, None), 'what was corrected may be invoiced again'
    check_books(t, party)


def test_red_after_payment_leaves_a_credit(t):
    party, order = sold(t, '先款后红', 100, '11.30')
    blue = t.invoice(order)
    receipt = t.receive(party, '1130.00')
    t.office(t.finance).call('receipt_match', receipt, 'oldest')
    assert t.status(order) != 'closed', 'not arrived yet'
    red = t.office(t.finance).call('invoice_red', blue, [{'line': 1, 'qty': 10}], '破损')[0]['id']
    t.office(t.finance).call('invoice_issue', red, '', '%020d' % (10 ** 9 + red), day(0))
    assert balance(t, party) == Money('-113.00')
    check_books(t, party)


def test_allocation_by_hand_and_its_reversal(t):
    party, order = sold(t, '手工', 100, '11.30')
    t.invoice(order)
    item = t.root.value('SELECT id FROM ar_item WHERE party_id = %s', party)
    receipt = t.receive(party, '500.00')
    finance = t.office(t.finance).call
    assert refusal(finance, 'receipt_allocate', receipt, [{'item': item, 'amount': '500.01'}]).code == 'receipt.short'
    finance('receipt_allocate', receipt, [{'item': item, 'amount': '300.00'}])
    assert balance(t, party) == Money('630.00')
    check_books(t, party)
    allocation = t.root.value('SELECT id FROM allocation WHERE receipt_id = %s', receipt)
    assert refusal(finance, 'receipt_reverse', receipt, '退回').code == 'receipt.allocated'
    assert finance('receipt_unallocate', allocation)[0]['open_amount'] == Money('500.00')
    assert finance('receipt_unallocate', allocation) == [], 'undone once'
    assert balance(t, party) == Money('630.00')
    check_books(t, party)
    finance('receipt_reverse', receipt, '退回')
    assert balance(t, party) == Money('1130.00')
    check_books(t, party)


def test_never_more_on_an_item_than_its_amount(t):
    party, order = sold(t, '多核', 10, '11.30')
    t.invoice(order)
    item = t.root.value('SELECT id FROM ar_item WHERE party_id = %s', party)
    receipt = t.receive(party, '500.00')
    assert refusal(t.office(t.finance).call, 'receipt_allocate', receipt, [{'item': item, 'amount': '113.01'}]).code == 'item.less'
    stranger = sold(t, '他人', 10)[0]
    foreign = t.receive(stranger, '500.00')
    assert refusal(t.office(t.finance).call, 'receipt_allocate', foreign, [{'item': item, 'amount': '1.00'}]).code == 'allocation.unfit'


def test_matching_by_reference_by_sum_and_oldest_first(t):
    party = t.customer('匹配')
    items = []
    for qty, due in ((10, 3), (20, 1), (40, 2)):
        product = t.product('1.00')
        t.lot(product, qty)
        order = t.approved(party, [(product, qty)])
        t.ship(order)
        t.invoice(order)
        item = t.root.row('SELECT id, doc_no FROM ar_item WHERE order_id = %s', order)
        t.root.query('UPDATE ar_item SET due_on = %s WHERE id = %s', day(due), item['id'])
        items.append(item)
    finance = t.office(t.finance).call

    def proposed(amount, how, **values):
        receipt = t.receive(party, amount, **values)
        rows = [(r['item_id'], r['amount']) for r in finance('receipt_propose', receipt, how)]
        finance('receipt_reverse', receipt, None)
        return rows

    ids = [i['id'] for i in items]
    assert proposed('25.00', 'oldest') == [(ids[1], Money('20.00')), (ids[2], Money('5.00'))]
    assert proposed('40.00', 'reference', reference='货款 %s 等' % items[2]['doc_no']) == [(ids[2], Money('40.00'))]
    assert proposed('50.00', 'match') == [(ids[2], Money('40.00')), (ids[0], Money('10.00'))]
    assert proposed('33.00', 'match') == []
    receipt = t.receive(party, '60.00')
    assert finance('receipt_match', receipt, 'match')[0]['open_amount'] == 0
    check_books(t, party)


def test_the_one_set_of_up_to_four_that_fits(t):
    party = t.customer('四张')

    def owed(n, amount):
        t.root.call('voucher_post', party, day(-9), 'opening', 'opening', 1, 'OP%d' % n, None, json.dumps([
            {'account': '1122', 'party': party, 'debit': amount}, {'account': '4104', 'credit': amount}]), '@v')
        return t.insert('ar_item', party_id=party, kind='opening', doc_no='OP%d' % n, biz_date=day(-9), due_on=day(n),
                        amount=amount)

    ids = [owed(n, amount) for n, amount in enumerate(('1.01', '2.03', '4.07', '8.15', '16.31'))]

    def proposed(amount):
        receipt = t.receive(party, amount)
        rows = [r['item_id'] for r in t.office(t.finance).call('receipt_propose', receipt, 'match')]
        t.office(t.finance).call('receipt_reverse', receipt, None)
        return rows

    assert proposed('16.31') == ids[4:]
    assert proposed('7.11') == ids[:3]
    assert proposed('27.50') == [ids[0], ids[1], ids[3], ids[4]]
    assert proposed('31.57') == []      # five of them
    same = owed(9, '16.31')
    assert proposed('27.50') == []      # with either of two
    assert proposed('40.77') == [ids[3], ids[4], same]
    check_books(t, party)


def test_a_payer_that_is_not_the_registered_account_is_held(t):
    party, order = sold(t, '他户', 10)
    t.invoice(order)
    item = t.root.value('SELECT id FROM ar_item WHERE party_id = %s', party)
    receipt = t.receive(party, '10.00', account='6666')
    lines = [{'item': item, 'amount': '1.00'}]
    assert refusal(t.office(t.finance).call, 'receipt_allocate', receipt, lines).code == 'receipt.payer'
    assert refusal(t.office(t.finance).call, 'receipt_payer_accept', receipt, '老板个人').code == 'approve.own'
    t.office(t.finmgr).call('receipt_payer_accept', receipt, '已核实')
    assert t.office(t.finance).call('receipt_allocate', receipt, lines)


def test_statement_of_a_past_day_does_not_know_the_future(t):
    party, order = sold(t, '往日', 10, '11.30')
    invoice = t.invoice(order, day(-20))
    receipt = t.receive(party, '113.00', received=day(-5))
    t.office(t.finance).call('receipt_match', receipt, 'oldest')
    assert [balance(t, party, day(d)) for d in (-21, -20, -6, -5, 0)] == [Money(x) for x in ('0', '113', '113', '0', '0')]
    head, lines, items = t.office(t.finance).results('CALL statement(%s, %s, %s)', party, day(-19), day(-6))[:3]
    assert (head[0]['opening'], head[0]['closing'], lines) == (Money('113.00'), Money('113.00'), [])
    assert [i['open_amount'] for i in items] == [Money('113.00')]
    ageing = t.office(t.finance).call('ageing', party, 0, day(-5))[0]
    assert (ageing['not_due'] + ageing['d30'], ageing['unallocated'], ageing['balance']) == (Money('113.00'), Money('113.00'), 0)


def test_an_order_is_closed_when_arrived_invoiced_and_paid(t):
    party, order = sold(t, '闭环', 10)
    shipment = t.root.value('SELECT id FROM shipment WHERE order_id = %s', order)
    t.invoice(order)
    receipt = t.receive(party, '113.00')
    t.office(t.finance).call('receipt_match', receipt, 'oldest')
    assert t.status(order) == 'shipped'
    t.office(t.picker).call('shipment_arrive', shipment, party, 'office', day(0), '李', None, None, None, None)
    assert t.status(order) == 'closed'
    t.office(t.finance).call('receipt_unallocate', t.root.value('SELECT id FROM allocation WHERE receipt_id = %s', receipt))
    assert t.status(order) == 'delivered'


def test_an_order_stays_open_until_its_invoices_are_issued(t):
    party, order = sold(t, '待开票', 10)
    shipment = t.root.value('SELECT id FROM shipment WHERE order_id = %s', order)
    t.office(t.picker).call('shipment_arrive', shipment, party, 'office', day(0), '李', None, None, None, None)
    finance = t.office(t.finance)
    invoice = finance.call('invoice_new', order, None)[0]['id']
    assert t.status(order) == 'delivered'
    finance.call('invoice_request', invoice, 'R%d' % invoice)
    t.root.call('order_refresh', order)
    assert t.status(order) == 'delivered'
    finance.call('invoice_issue', invoice, '', '9%019d' % invoice, day(0))
    assert t.status(order) == 'delivered'
    finance.call('receipt_match', t.receive(party, '113.00'), 'oldest')
    assert t.status(order) == 'closed'


def test_a_voucher_that_does_not_sum_to_zero_is_refused(t):
    party = t.customer('不平')
    lines = [{'account': '1122', 'party': party, 'debit': '1.00'}, {'account': '6001', 'credit': '0.99'}]
    assert refusal(t.root.call, 'voucher_post', party, day(0), 'adjust', 'x', 1, None, None, lines, '@v').code == 'voucher.unbalanced'


@pytest.mark.parametrize('table', ['stock_movement', 'voucher', 'voucher_line', 'allocation', 'credit_override', 'audit_log',
                                   'login_event', 'shipment_event'])
def test_append_only_tables_refuse_even_the_admin(t, table):
    column = t.root.value('SELECT column_name FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = %s'
                          ' ORDER BY ordinal_position LIMIT 1', table)
    if t.root.value('SELECT COUNT(*) FROM %s' % table) == 0:
        party, order = sold(t, table, 10, limit='0')
        t.portal(party, table)
        t.invoice(order)
        t.office(t.finance).call('receipt_match', t.receive(party, '113.00'), 'oldest')
    for statement in ('DELETE FROM %s LIMIT 1', 'UPDATE %s SET {0} = {0} LIMIT 1'.format(column)):
        with pytest.raises(Refused, match='append-only'):
            t.root.query('SET @bulk_load = 1')
            t.root.query(statement % table)
    t.root.query('SET @bulk_load = 0')


# ---- sums by month

def months(t, party):
    """(orders, receipts) of a customer as its months say."""
    return tuple(t.root.value(f'SELECT COALESCE(SUM(amount), 0) FROM {table} WHERE party_id = %s', party)
                 for table in ('order_month', 'receipt_month'))


def test_the_sums_of_a_month_follow_orders_and_receipts(t):
    party = t.customer('月度公司', terms_kind='net')
    product = t.product('10.00')
    order = t.order(party, [(product, 10)])
    assert months(t, party) == (0, 0)                       # a draft is nothing yet
    t.submit(order)
    assert months(t, party) == (Money('100.00'), 0)
    t.decide(order, 'return', '请改')
    assert months(t, party) == (0, 0)
    other = t.order(party, [(product, 7)])
    t.submit(other)
    assert t.root.query('SELECT month, rep_id, amount FROM order_month WHERE party_id = %s AND amount <> 0', party) == [
        {'month': day(0).replace(day=1), 'rep_id': t.rep, 'amount': Money('70.00')}]
    t.decide(other, 'reject', '不供')
    receipt = t.receive(party, '25.00')
    assert months(t, party) == (0, Money('25.00'))
    t.office(t.finance).call('receipt_reverse', receipt, '退回')
    assert months(t, party) == (0, 0)
