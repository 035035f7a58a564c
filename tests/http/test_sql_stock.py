"""Stock in the database: FEFO, expiry, recall, the last units, two persons (DOMAIN 4.2, 10 invariant 2)."""
import random
import threading

import pymysql
import pytest

from sqlbed import refusal
from sqltrade import day, trade


@pytest.fixture(scope='module')
def t():
    return trade()


def held(t, order):
    """(lot, qty) of the reservations in the order they were taken."""
    return [(r['lot_id'], r['qty']) for r in t.root.query('SELECT lot_id, qty FROM reservation WHERE order_id = %s ORDER BY id', order)]


def test_first_expired_goes_first_and_a_line_splits_over_lots(t):
    product = t.product()
    late, early, middle = t.lot(product, 100, expires=400), t.lot(product, 30, expires=200), t.lot(product, 50, expires=300)
    assert held(t, t.approved(t.customer('先失效'), [(product, 100)])) == [(early, 30), (middle, 50), (late, 20)]


def test_equal_expiry_goes_by_production_then_lot_number(t):
    product = t.product()
    b = t.lot(product, 10, expires=300, produced=-50, lot_no='B')
    a = t.lot(product, 10, expires=300, produced=-50, lot_no='A')
    old = t.lot(product, 10, expires=300, produced=-90, lot_no='Z')
    assert held(t, t.approved(t.customer('同效期'), [(product, 25)])) == [(old, 10), (a, 10), (b, 5)]


def test_one_covering_lot_is_preferred_to_more_than_three(t):
    product = t.product()
    lots = [t.lot(product, 10, expires=300 + i) for i in range(5)]
    whole = t.lot(product, 500, expires=310)
    assert held(t, t.approved(t.customer('少批号'), [(product, 45)])) == [(whole, 45)]
    assert held(t, t.approved(t.customer('三批内'), [(product, 30)])) == [(lot, 10) for lot in lots[:3]]


def test_a_covering_lot_far_beyond_the_first_is_not_preferred(t):
    product = t.product()
    lots = [t.lot(product, 10, expires=300 + i) for i in range(5)]
    t.lot(product, 500, expires=331)
    assert [lot for lot, _ in held(t, t.approved(t.customer('远效期'), [(product, 45)]))] == lots


def test_whole_cases_first_when_the_buyer_wants_that(t):
    product = t.product(case_qty=20)
    early, late = t.lot(product, 50, expires=200), t.lot(product, 100, expires=300)
    assert held(t, t.approved(t.customer('整件', whole_cases=1), [(product, 90)])) == [(early, 40), (late, 40), (early, 10)]


@pytest.mark.parametrize('expires, status, sold', [(29, 'released', False), (30, 'released', True), (300, 'quarantine', False),
                                                   (300, 'blocked', False), (300, 'recalled', False)])
def test_only_released_lots_with_life_left(t, expires, status, sold):
    product = t.product()
    t.lot(product, 100, expires=expires, status=status)
    order = t.approved(t.customer('可售%s%d' % (status, expires)), [(product, 10)])
    assert t.status(order) == ('picking' if sold else 'approved')


def test_a_buyer_may_want_more_life(t):
    product = t.product()
    t.lot(product, 100, expires=180)
    good = t.lot(product, 100, expires=400)
    assert held(t, t.approved(t.customer('长效期', min_remaining_months=12), [(product, 10)])) == [(good, 10)]


def test_part_is_held_and_the_rest_waits_as_back_order(t):
    product = t.product()
    t.lot(product, 60)
    order = t.approved(t.customer('缺货'), [(product, 100)])
    t.ship(order)
    assert t.status(order) == 'partly_shipped'
    more = t.lot(product, 60)
    t.office(t.picker).call('stock_allocate', order)
    assert held(t, order)[-1] == (more, 40)
    t.ship(order)
    assert t.status(order) == 'shipped'


def test_a_lot_recalled_after_picking_does_not_leave(t):
    product = t.product()
    lot = t.lot(product, 100)
    order = t.approved(t.customer('召回'), [(product, 40)])
    other = t.approved(t.customer('召回二'), [(product, 30)])
    made = t.office(t.picker).call('shipment_create', order)[0]['id']
    t.office(t.quality).call('lot_set_status', lot, 1, 'recalled', '含量')
    assert refusal(t.office(t.checker).call, 'shipment_ship', made, '顺丰', None, 1, None, None).code == 'lot.blocked'
    assert held(t, other) == []
    assert t.root.row('SELECT qty, reserved FROM stock_balance WHERE lot_id = %s', lot) == {'qty': 100, 'reserved': 40}
    t.office(t.picker).call('shipment_cancel', made)


def test_the_picker_does_not_check_himself(t):
    product = t.product()
    t.lot(product, 100)
    order = t.approved(t.customer('复核'), [(product, 40)])
    made = t.office(t.picker).call('shipment_create', order)[0]['id']
    assert refusal(t.office(t.picker).call, 'shipment_ship', made, '顺丰', None, 1, None, None).code == 'check.own'


def test_cold_goods_travel_alone_and_arrive_with_a_temperature(t):
    cold, warm = t.product(storage_class='cold'), t.product()
    t.lot(cold, 100), t.lot(warm, 100)
    party = t.customer('冷链')
    shipments = t.ship(t.approved(party, [(warm, 10), (cold, 10)]))
    assert [t.root.value('SELECT storage_class FROM shipment WHERE id = %s', s) for s in shipments] == ['normal', 'cold']
    arrive = t.office(t.picker).call
    assert refusal(arrive, 'shipment_arrive', shipments[1], party, 'office', day(0), '李', None, None, None, None).code == 'temperature.missing'
    assert arrive('shipment_arrive', shipments[1], party, 'office', day(0), '李', '4.5', None, None, None)


def test_refused_goods_come_back_into_quarantine_and_are_not_invoiced(t):
    product = t.product('10.00')
    lot = t.lot(product, 100)
    party = t.customer('拒收')
    order = t.approved(party, [(product, 100)])
    shipment = t.ship(order)[0]
    t.office(t.picker).call('shipment_arrive', shipment, party, 'office', day(0), '李', None, None, None,
                            [{'line': 1, 'received': 80, 'refused': 15, 'damaged': 5}])
    assert t.root.value('SELECT qty FROM stock_balance WHERE warehouse_id = %s AND lot_id = %s', t.quarantine, lot) == 15
    invoice = t.invoice(order)
    assert t.root.value('SELECT qty FROM invoice_line WHERE invoice_id = %s', invoice) == 80


def test_stock_comes_in_by_lot_and_a_lot_has_one_expiry(t):
    product = t.product()
    receive = t.office(t.picker).call

    def line(**values):
        return [dict({'product': product, 'lot': ' a12 ', 'produced': day(-10), 'expires': day(500), 'qty': 100}, **values)]

    receive('stock_receive', t.warehouse, None, day(0), None, line())
    receive('stock_receive', t.warehouse, None, day(0), None, line(lot='A12', qty=50))
    row = t.root.row('SELECT l.id, l.status, b.qty FROM lot l JOIN stock_balance b ON b.lot_id = l.id WHERE l.product_id = %s', product)
    assert (row['status'], row['qty']) == ('quarantine', 150)
    error = refusal(receive, 'stock_receive', t.warehouse, None, day(0), None, line(expires=day(501)))
    assert (error.code, error.field) == ('lot.differs', 'expires.1')
    assert refusal(receive, 'stock_receive', t.warehouse, None, day(0), None, line(lot='N', expires=day(-20))).code == 'lot.dates'


def test_an_adjustment_takes_two_persons_and_never_goes_below_what_is_held(t):
    product = t.product()
    lot = t.lot(product, 100)
    t.approved(t.customer('盘点'), [(product, 90)])
    ask = t.office(t.picker).call
    assert refusal(ask, 'stock_adjust_ask', t.warehouse, lot, -11, 'count', None, None).code == 'stock.short'
    made = ask('stock_adjust_ask', t.warehouse, lot, -10, 'count', None, '盘亏')[0]['id']
    assert refusal(ask, 'stock_adjust_decide', made, 'approve', None).code == 'approve.own'
    assert t.office(t.checker).call('stock_adjust_decide', made, 'approve', None)[0]['status'] == 'approved'
    assert t.office(t.checker).call('stock_adjust_decide', made, 'approve', None) == []
    assert t.root.row('SELECT qty, reserved FROM stock_balance WHERE lot_id = %s', lot) == {'qty': 90, 'reserved': 90}


def test_a_balance_is_never_negative_nor_over_reserved(t):
    lot = t.lot(t.product(), 10)
    for change in ('qty = -1', 'reserved = 11', 'reserved = -1'):
        with pytest.raises(pymysql.MySQLError, match='ck_stock_balance'):
            t.root.query('UPDATE stock_balance SET %s WHERE lot_id = %%s' % change, lot)


def test_the_last_units_under_fire(t):
    """32 buyers order 5 each of the last 60 units of two products at once: exactly 60 are held of each."""
    products = [t.product('1.00'), t.product('1.00')]
    for product in products:
        t.lot(product, 35, expires=200), t.lot(product, 25, expires=300)
    orders = []
    for n in range(32):
        order = t.order(t.customer('抢购%d' % n), [(p, 5) for p in (products if n % 2 else products[::-1])])
        t.submit(order)
        orders.append((order, t.step(order)['id']))
    random.shuffle(orders)
    troubles = []

    def decide(mine):
        session = t.bed.session('office', actor=t.manager)
        for _, step in mine:
            for _try in range(8):
                try:
                    session.call('order_decide', step, t.manager, 'approve', '', None, None)
                    break
                except pymysql.MySQLError as error:
                    if error.args[0] not in (1213, 1205, 1020):
                        troubles.append(error)
                        break
            else:
                troubles.append('gave up')

    threads = [threading.Thread(target=decide, args=(orders[i::8],)) for i in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert troubles == []
    for product in products:
        row = t.root.row('SELECT SUM(qty) AS qty, SUM(reserved) AS reserved FROM stock_balance WHERE product_id = %s', product)
        assert (row['qty'], row['reserved']) == (60, 60)
        assert t.root.value('SELECT SUM(reserved_qty) FROM sales_order_line WHERE product_id = %s', product) == 60
    assert t.root.call('books_verify') == []


def test_the_buyer_sees_the_expiry_of_what_is_for_sale_only(t):
    """A lot below stock.min_remaining_days is no stock, so its day is not shown either."""
    product = t.product()
    days = t.root.value("SELECT CAST(value AS INT) FROM param WHERE name = 'stock.min_remaining_days'") or 30
    t.lot(product, 10, expires=days - 1)
    good = t.lot(product, 20, expires=days)
    t.lot(product, 30, expires=400)
    party = t.customer('看效期')
    t.insert('stock_policy', scope='customer', party_id=party, show_as='figures', show_lots=1)
    _, token = t.portal(party, 'expiry-%d' % party)
    code = t.root.value('SELECT code FROM product WHERE id = %s', product)
    rows = t.bed.session('portal').call('portal_stock_list', token, code, '', 0, 'code', None, None, 10)
    assert [(r['free'], r['first_expiry']) for r in rows] == [(50, t.root.value('SELECT expires_on FROM lot WHERE id = %s', good))]
    assert t.root.value('SELECT free_stock(%s, 0)', product) == 50
