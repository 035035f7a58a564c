"""Stock: balances, movements, receiving, lots and what quality decides, adjustments by two."""
import pytest

from market import day
from xiaoao import unique


@pytest.fixture(scope='module')
def logistics(instance):
    return instance.office('logistics')


@pytest.fixture(scope='module')
def checker(instance):
    return instance.office('warehouse_check')


@pytest.fixture(scope='module')
def quality(instance):
    return instance.office('quality')


def receive(client, market, *lines, **fields):
    data = {'warehouse_id': market.warehouse, **fields}
    for i, (code, lot, produced, expires, qty) in enumerate(lines, 1):
        data |= {f'code.{i}': code, f'lot.{i}': lot, f'produced.{i}': produced,
                 f'expires.{i}': expires, f'qty.{i}': qty}
    return client.submit('/receiving/new', 'stock-receipt', **data)


def stocked(market, qty=500, **values):
    """A lot of a new product: code, lot number, lot id."""
    code = market.product(price=None, stock=qty)
    row = market.instance.sql('SELECT l.id, l.lot_no FROM lot l JOIN product p ON p.id = l.product_id'
                              ' WHERE p.code = %s', code)[0]
    for column, value in values.items():
        market.instance.sql(f'UPDATE lot SET {column} = %s WHERE id = %s', value, row['id'])
    return code, row['lot_no'], row['id']


def on_hand(market, lot, warehouse=None):
    return market.instance.value('SELECT qty FROM stock_balance WHERE lot_id = %s AND warehouse_id = %s',
                                 lot, warehouse or market.warehouse)


# ---- what we have

def test_balance_of_a_product_and_its_movements(market, logistics):
    code, lot_no, _ = stocked(market, 500)
    rows = logistics.get('/stock/', q=code).rows('balances')
    assert [(r['lot_no'], r['qty'], r['reserved'], r['free'], r['status']) for r in rows] == [
        (lot_no, '500', '0', '500', 'released')]
    assert len(logistics.get('/stock/', product=code, warehouse=market.warehouse).rows('balances')) == 1
    assert logistics.get('/stock/', product=code, status='blocked').rows('balances') == []
    moved = logistics.get('/stock/movements', lot=lot_no, product=code).rows('movements')
    assert [(r['kind'], r['qty']) for r in moved] == [('opening', '500')]
    assert logistics.get('/stock/movements', lot=lot_no, to=str(day(-1))).rows('movements') == []
    text = logistics.raw('GET', '/stock/', params={'q': code, 'format': 'csv'}).content.decode('utf-8-sig')
    assert lot_no in text


@pytest.mark.parametrize('left, life', [(-1, 'expired'), (0, 'alarm'), (90, 'alarm'), (91, 'near'),
                                        (180, 'near'), (181, 'good')])
def test_the_printed_day_is_the_last_valid_one(market, logistics, left, life):
    code, *_ = stocked(market, 10, expires_on=day(left))
    assert [r['life'] for r in logistics.get('/stock/', product=code).rows('balances')] == [life]
    near = logistics.get('/stock/', product=code, within='180').rows('balances')
    assert len(near) == (1 if left <= 180 else 0)


# ---- receiving

def test_received_goods_wait_in_quarantine(market, logistics, instance):
    a, b = market.product(price=None, stock=0), market.product(price=None, stock=0)
    no = unique('L')
    reply = receive(logistics, market, (a, no, str(day(-30)), str(day(700)), 100),
                    (a, no + 'x', str(day(-30)), str(day(710)), 50),
                    (b, no, str(day(-30)), str(day(700)), 7), note='首批')
    assert reply.status == 303 and reply.page.notices == ['notice.received']
    rows = reply.page.rows('stock-receipt-lines')
    assert sorted((r['lot_no'], r['qty'], r['status']) for r in rows) == sorted([
        (no, '100', 'quarantine'), (no + 'x', '50', 'quarantine'), (no, '7', 'quarantine')])
    listed = logistics.get('/receiving/', q=reply.page.value('receipt_no')).rows('stock-receipts')
    assert [r['lines'] for r in listed] == ['3']
    more = receive(logistics, market, (a, no.lower(), str(day(-30)), str(day(700)), 5))
    assert more.status == 303
    lot = instance.value('SELECT l.id FROM lot l JOIN product p ON p.id = l.product_id'
                         ' WHERE p.code = %s AND l.lot_no = %s', a, no)
    assert on_hand(market, lot) == 105


@pytest.mark.parametrize('change, field, code', [
    ({'code.1': 'nothing'}, 'code.1', 'code.unknown'), ({'lot.1': ''}, 'lot.1', 'required'),
    ({'qty.1': '0'}, 'qty.1', 'min'), ({'qty.1': '1.5'}, 'qty.1', 'number'),
    ({'expires.1': '2026-02-30'}, 'expires.1', 'date'), ({'expires.1': ''}, 'expires.1', 'required'),
    ({'supplier': 'nobody'}, 'supplier', 'supplier.unknown'), ({'warehouse_id': ''}, 'warehouse_id', 'required'),
])
def test_a_wrong_line_is_kept_beside_its_error(market, logistics, change, field, code):
    a = market.product(price=None, stock=0)
    line = {'warehouse_id': market.warehouse, 'code.1': a, 'lot.1': 'K1', 'produced.1': str(day(-5)),
            'expires.1': str(day(500)), 'qty.1': 9, 'note': '保留'}
    reply = logistics.submit('/receiving/new', 'stock-receipt', **{**line, **change})
    assert reply.status == 422 and (field, code) in reply.errors
    assert reply.page.texts('//p:field[@name="note"]/p:value') == ['保留']
    assert market.instance.value('SELECT COUNT(*) FROM lot l JOIN product p ON p.id = l.product_id'
                                 ' WHERE p.code = %s', a) == 0


def test_dates_of_a_known_lot_must_agree(market, logistics):
    code, lot_no, _ = stocked(market, 10, expires_on=day(300))
    reply = receive(logistics, market, (code, lot_no, str(day(-100)), str(day(400)), 5))
    assert (reply.status, reply.errors) == (422, [('expires.1', 'lot.differs')])
    assert receive(logistics, market, (code, lot_no, str(day(-100)), str(day(300)), 5)).status == 303


def test_an_empty_receipt_is_none(market, logistics):
    assert receive(logistics, market).status == 422


# ---- lots

def test_quality_releases_blocks_and_recalls_with_a_reason(market, quality, instance):
    code, _, lot = stocked(market, 10, status='quarantine')
    page = quality.get(f'/lots/view?id={lot}')
    assert quality.submit(page, 'lot-status', status='released').status == 303
    why = quality.submit(f'/lots/view?id={lot}', 'lot-status', status='blocked', reason='')
    assert (why.status, why.errors) == (422, [('reason', 'reason.required')])
    assert quality.submit(why.page, 'lot-status', status='blocked', reason='外观异常').status == 303
    assert instance.sql('SELECT status, status_note FROM lot WHERE id = %s', lot) == [
        {'status': 'blocked', 'status_note': '外观异常'}]
    stale = quality.submit(page, 'lot-status', status='recalled', reason='x')
    assert stale.status == 409
    assert quality.submit(f'/lots/view?id={lot}', 'lot-status', status='recalled', reason='召回').status == 303
    assert [r['status'] for r in quality.get('/lots/', q=code, status='recalled').rows('lots')] == ['recalled']


def test_blocking_frees_what_was_held(market, quality, instance):
    code = market.product(stock=100)
    order = market.approved([(code, 60)])
    lot = instance.value('SELECT lot_id FROM reservation WHERE order_id = %s AND qty > 0', order)
    held = quality.get(f'/lots/view?id={lot}').rows('lot-reserved')
    assert [r['qty'] for r in held] == ['60']
    quality.submit(f'/lots/view?id={lot}', 'lot-status', status='blocked', reason='温度超标')
    assert instance.value('SELECT reserved FROM stock_balance WHERE lot_id = %s', lot) == 0


def test_a_test_report_is_kept(market, quality):
    _, _, lot = stocked(market)
    pdf = b'%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n'
    none = quality.submit(f'/lots/view?id={lot}', 'lot-report', files={'file': ('', b'', 'application/pdf')})
    assert none.status == 422
    reply = quality.submit(f'/lots/view?id={lot}', 'lot-report', files={'file': ('药检.pdf', pdf, 'application/pdf')})
    assert reply.status == 303 and reply.page.value('report') == 'there'
    assert quality.raw('GET', reply.page.link('attachment')).content == pdf


def test_only_quality_decides_on_lots(market, logistics):
    _, _, lot = stocked(market)
    assert not logistics.get(f'/lots/view?id={lot}')('//p:form')
    assert logistics.post('/lots/status', {'id': lot, 'status': 'blocked', 'reason': 'x'}).status == 403
    assert logistics.post('/lots/report', {'id': lot}).status == 403


# ---- adjustments

def ask(client, market, code, lot_no, qty, **fields):
    return client.submit('/adjustments/new', 'adjustment', **{
        'warehouse_id': market.warehouse, 'product': code, 'lot_no': lot_no, 'qty': qty,
        'reason': 'count', 'note': '盘点', **fields})


def made_id(reply):
    assert reply.status == 303, (reply, reply.errors)
    return int(reply.location.rsplit('=', 1)[1])


def test_asked_by_one_approved_by_another(market, logistics, checker):
    code, lot_no, lot = stocked(market, 100)
    id_ = made_id(ask(logistics, market, code, lot_no, -7))
    assert on_hand(market, lot) == 100
    page = checker.get(f'/adjustments/view?id={id_}')
    assert checker.submit(page, 'adjustment-decide', decision='approve').status == 303
    assert on_hand(market, lot) == 93
    assert checker.submit(page, 'adjustment-decide', decision='approve').status == 303   # same click
    assert checker.submit(page, 'adjustment-decide', decision='approve', _key=unique()).status == 409
    assert on_hand(market, lot) == 93
    done = logistics.get('/adjustments/', q=lot_no, status='approved').rows('adjustments')
    assert [r['qty'] for r in done] == ['-7']


def test_rejected_with_a_reason_moves_nothing(market, logistics, checker):
    code, lot_no, lot = stocked(market, 100)
    id_ = made_id(ask(logistics, market, code, lot_no, 7))
    page = checker.get(f'/adjustments/view?id={id_}')
    assert checker.submit(page, 'adjustment-decide', decision='reject').errors == [
        ('comment', 'reason.required')]
    assert checker.submit(page, 'adjustment-decide', decision='reject', comment='重盘').status == 303
    assert on_hand(market, lot) == 100


def test_nobody_approves_his_own(market, instance):
    both = instance.office('logistics', 'warehouse_check')
    code, lot_no, lot = stocked(market, 100)
    id_ = made_id(ask(both, market, code, lot_no, 7))
    page = both.get(f'/adjustments/view?id={id_}')
    assert not page('//p:form') and page.one('//p:action[@rel="decide-adjustment"]/@disabled') == 'own'
    reply = both.post('/adjustments/decide', {'id': id_, 'decision': 'approve'})
    assert reply.status == 422 and 'error.approve.own' in reply.page.notices
    assert on_hand(market, lot) == 100


def test_who_asks_may_not_approve_and_who_approves_may_not_ask(market, logistics, checker):
    code, lot_no, _ = stocked(market, 100)
    id_ = made_id(ask(logistics, market, code, lot_no, 7))
    assert logistics.post('/adjustments/decide', {'id': id_, 'decision': 'approve'}).status == 403
    assert checker.fetch('/adjustments/new').status == 403
    assert checker.fetch('/receiving/new').status == 403


def test_a_transfer_goes_to_another_warehouse(market, logistics, checker, instance):
    code, lot_no, lot = stocked(market, 100)
    other = instance.value("SELECT MAX(id) FROM warehouse WHERE kind = 'normal' AND id <> %s",
                           market.warehouse)
    id_ = made_id(ask(logistics, market, code, lot_no, 40, reason='transfer', to_warehouse_id=other))
    checker.submit(f'/adjustments/view?id={id_}', 'adjustment-decide', decision='approve')
    assert (on_hand(market, lot), on_hand(market, lot, other)) == (60, 40)


@pytest.mark.parametrize('fields, field, code', [
    ({'qty': 0}, 'qty', 'qty.zero'), ({'qty': -101}, 'qty', 'stock.short'),
    ({'lot_no': 'nothing'}, 'lot_no', 'lot.unknown'), ({'note': ''}, 'note', 'required'),
    ({'reason': 'transfer', 'qty': -1, 'to_warehouse_id': '2'}, 'qty', 'qty.positive'),
    ({'reason': 'transfer'}, 'to_warehouse_id', 'required'),
    ({'to_warehouse_id': '2'}, 'to_warehouse_id', 'transfer.only'),
])
def test_a_wrong_request_is_kept_beside_its_error(market, logistics, fields, field, code):
    product, lot_no, _ = stocked(market, 100)
    reply = ask(logistics, market, product, **{'lot_no': lot_no, 'qty': 5, 'note': '说明', **fields})
    assert reply.status == 422 and (field, code) in reply.errors
    assert reply.page.texts('//p:field[@name="product"]/p:value') == [product]


# ---- warehouses

def test_warehouses(market, logistics, checker):
    code = unique('W')[:20]
    reply = logistics.submit('/warehouses/edit', 'warehouse', code=code, name='测试仓')
    assert reply.status == 303
    assert code in logistics.get('/warehouses/').texts('//p:row/p:code')
    again = logistics.submit('/warehouses/edit', 'warehouse', code=code, name='又一个')
    assert (again.status, again.errors) == (422, [('code', 'uq_warehouse_code')])
    path = reply.location
    stale = logistics.get(path)
    assert logistics.submit(stale, 'warehouse', name='改名').status == 303
    assert logistics.submit(stale, 'warehouse', name='又改').status == 409
    assert checker.fetch('/warehouses/edit').status == 403
