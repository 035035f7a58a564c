"""Orders of the back office: list, page, entry on behalf, what may be done."""
import csv
import io
import secrets

import pytest

from market import Market, day, money
from road import Road
from xiaoao import unique


@pytest.fixture
def market(instance):
    return Market(instance)


@pytest.fixture(scope='module')
def shared(instance):
    """For tests that only look."""
    made = Market(instance)
    made.codes = [made.product(price='10.00'), made.product(price='20.00', case_qty=50)]
    made.orders = [made.order([(made.codes[0], 40), (made.codes[1], 10)], po_no=unique('PO'))
                   for _ in range(3)]
    made.draft = made.order([(made.codes[0], 5)], then='save')
    return made


def numbers(page):
    return [r['order_no'] for r in page.rows('orders')]


def number(market, order):
    return market.instance.value('SELECT order_no FROM sales_order WHERE id = %s', order)


# ---- list

def test_newest_first_and_only_own(shared):
    page = shared.rep.get('/orders/')
    want = [number(shared, o) for o in [shared.draft, *reversed(shared.orders)]]
    assert numbers(page) == want
    assert page.one('//p:list/@total') == '4'


@pytest.mark.parametrize('query, n', [
    ({'status': 'submitted'}, 3), ({'status': 'draft'}, 1), ({'stage': 'to_ship'}, 0),
    ({'from': str(day(0)), 'to': str(day(0))}, 4), ({'from': str(day(1))}, 0), ({'to': str(day(-1))}, 0),
])
def test_filters(shared, query, n):
    assert len(numbers(shared.rep.get('/orders/', **query))) == n


def test_found_by_number_customer_rep_and_product(shared):
    first = shared.orders[0]
    po = shared.instance.value('SELECT po_no FROM sales_order WHERE id = %s', first)
    for text in (number(shared, first), po):
        assert numbers(shared.manager.get('/orders/', q=text)) == [number(shared, first)]
    assert len(numbers(shared.manager.get('/orders/', customer=shared.code()))) == 4
    assert len(numbers(shared.manager.get('/orders/', product=shared.codes[1]))) == 3
    assert len(numbers(shared.manager.get('/orders/', rep=shared.rep.user['id']))) == 4
    assert len(numbers(shared.manager.get('/orders/', department=shared.unit))) == 4
    assert numbers(shared.manager.get('/orders/', q='没有这个客户')) == []


def test_sorted_and_paged_by_key(shared):
    amounts = [money(r['amount']) for r in shared.rep.get('/orders/', sort='amount').rows('orders')]
    assert amounts == sorted(amounts)
    seen, page = [], shared.rep.get('/orders/', size=2, sort='order_no')
    while True:
        seen += numbers(page)
        following = page('//p:pager/@next')
        if not following:
            break
        page = shared.rep.get(following[0])
    assert len(seen) == 4 and seen == sorted(seen)


def test_tabs_are_queries(shared):
    page = shared.rep.get('/orders/')
    for name, n in (('waiting', 3), ('to_ship', 0), ('unpaid', 0)):
        href = page.one(f'//p:view[@name="{name}"]/@href')
        assert len(numbers(shared.rep.get(href))) == n


def test_export_is_what_is_filtered(shared):
    r = shared.rep.raw('GET', '/orders/', params={'status': 'submitted', 'format': 'csv'})
    assert r.status_code == 200 and 'text/csv' in r.headers['Content-Type']
    rows = list(csv.reader(io.StringIO(r.content.decode('utf-8-sig'))))
    assert len(rows) == 1 + 3


# ---- who sees what

def test_an_order_of_others_looks_like_none(shared, instance):
    other = Market(instance)
    order = shared.orders[0]
    for client in (other.rep, other.manager):
        assert client.fetch('/orders/view', id=order).status == 404
        assert client.fetch('/entry/', id=order).status == 404
        assert client.post('/orders/withdraw', {'id': order}).status == 404
        assert client.post('/orders/cancel', {'id': order, 'why': 'x'}).status == 404
    assert shared.manager.get('/orders/view', id=order).id == 'office.orders.view'
    assert instance.office('finance').get('/orders/view', id=order)


def test_without_permission_there_is_no_button_and_no_way(shared, instance):
    finance = instance.office('finance')
    page = finance.get('/orders/view', id=shared.orders[0])
    assert not page.may('withdraw') and not page.may('copy')
    assert finance.post('/orders/withdraw', {'id': shared.orders[0]}).status == 403


# ---- entry

def test_price_and_total_come_from_the_server(market):
    code = market.product(price='12.50')
    reply = market.enter([(code, 40)], then='save')
    page = reply.page
    assert page.id == 'office.orders.view'
    assert page.rows('order-lines')[0]['amount'] == '500.00'
    assert page('//p:heading/p:status/text()') == ['draft']
    assert page.one('//p:record[@name="order"]/p:status[@name="origin"]').text == 'office'


@pytest.mark.parametrize('values, qty, code', [
    ({'qty_multiple': 40}, 50, 'qty.multiple'), ({'min_qty': 10}, 5, 'qty.low'),
    ({'licence_scope': 'psychotropic2'}, 10, 'licence.scope'), ({'control_class': 'narcotic'}, 10, 'licence.scope'), ({'status': 'stopped'}, 10, 'product.stopped'),
    ({'visible': 0}, 10, 'code.unknown'),
])
def test_a_wrong_line_says_so_beside_it_and_the_rest_is_kept(market, values, qty, code):
    good, bad = market.product(), market.product(**values)
    reply = market.enter([(good, 40), (bad, qty)], note='急')
    assert reply.status == 422
    field = 'qty.2' if code.startswith('qty') else 'code.2'
    assert reply.errors == [(field, code)]
    form = reply.page.form('order-entry')
    kept = {f.get('name'): f.findtext('{*}value') for f in form.iter('{*}field')}
    assert kept['code.1'] == good and kept['qty.2'] == str(qty) and kept['note'] == '急'


def test_every_wrong_line_is_told_at_once(market):
    code = market.product()
    reply = market.enter([('NO-SUCH', 1), (code, 1), (code, 2)])
    assert reply.errors == [('code.1', 'code.unknown'), ('code.3', 'code.twice')]


def test_a_multiple_offers_the_two_beside_it(market):
    reply = market.enter([(market.product(qty_multiple=40), 810)])
    error = reply.page.one('//p:error[@code="qty.multiple"]')
    assert {e.get('name'): e.text for e in error} == {'pack': '40', 'lower': '800', 'upper': '840'}


def test_pasted_lines_are_checked_and_wait_to_be_saved(market):
    a, b = market.product(price='1.00'), market.product(price='2.00')
    page = market.rep.get('/entry/')
    data = {'party': market.code(), 'paste': f'{a}\t10\n{b},20\nNOPE 5', '_csrf': page.csrf}
    reply = market.rep.post('/entry/check', data)
    fields = {f.get('name'): f.findtext('{*}value') for f in reply.page.form('order-entry').iter('{*}field')}
    assert [fields[f'code.{i}'] for i in (1, 2, 3)] == [a, b, 'NOPE']
    assert reply.errors == [('code.3', 'code.unknown')]
    assert market.instance.value('SELECT COUNT(*) FROM sales_order WHERE party_id = %s', market.customer) == 0


def test_a_double_click_is_one_order(market):
    code = market.product()
    page = market.rep.get('/entry/')
    data = {'party': market.code(), 'then': 'submit', 'code.1': code, 'qty.1': '40',
            '_key': secrets.token_hex(16), '_csrf': page.csrf}
    replies = [market.rep.post('/entry/save', data) for _ in range(2)]
    assert [r.status for r in replies] == [303, 303]
    assert replies[0].location == replies[1].location
    assert market.instance.value('SELECT COUNT(*) FROM sales_order WHERE party_id = %s', market.customer) == 1


def test_without_a_licence_nothing_is_submitted(market):
    party = market.new_customer(licensed=False)
    market.instance.sql('UPDATE price_list SET scope = %s, party_id = NULL WHERE id = %s', 'all', market.list)
    try:
        code = market.product()
        reply = market.enter([(code, 10)], party=party)
        assert reply.status == 422 and reply.errors == [('code.1', 'licence.scope')]
    finally:
        market.instance.sql("UPDATE price_list SET status = 'closed' WHERE id = %s", market.list)


def test_a_customer_of_others_is_unknown(market, instance):
    other = Market(instance)
    reply = market.enter([(market.product(), 10)], party=other.customer)
    assert reply.errors == [('party', 'party.unknown')]


# ---- changes

def test_a_change_after_approval_starts_it_again(market):
    code = market.product()
    order = market.approved([(code, 40)])
    page = market.rep.get('/entry/', id=order)
    assert 'notice.entry.reopen' in page.notices
    reply = market.rep.submit(page, 'order-entry', **{'qty.1': '80', 'then': 'save'})
    assert reply.status == 303 and market.status(order) == 'draft'
    line = market.instance.sql('SELECT * FROM sales_order_line WHERE order_id = %s', order)[0]
    assert (line['ordered_qty'], line['approved_qty'], line['reserved_qty']) == (80, 0, 0)
    market.rep.act(market.rep.get('/orders/view', id=order), 'submit')
    assert market.status(order) == 'submitted' and market.step(order) is not None


def test_a_copy_starts_from_the_lines_and_shows_the_price_then(market):
    code = market.product(price='10.00', stock=0)
    order = market.order([(code, 40)])
    market.instance.sql('UPDATE price_tier SET price = 11 WHERE price_list_id = %s', market.list)
    page = market.rep.get('/entry/', copy=order)
    row = page.one('//p:grid/p:row[@id="1"]')
    assert row.find('{*}price[@name="list_price"]').get('sub') == '10.00'
    assert row.find('{*}status[@name="stock"]').text == 'out'
    reply = market.rep.submit(page, 'order-entry', then='save')
    assert reply.status == 303 and not reply.location.endswith(f'={order}')
    assert reply.page.rows('order-lines')[0]['amount'] == '440.00'


def test_the_second_editor_is_told(market):
    order = market.order([(market.product(), 40)], then='save')
    first, second = (market.rep.get('/entry/', id=order) for _ in range(2))
    assert market.rep.submit(first, 'order-entry', po_no='A', then='save').status == 303
    reply = market.rep.submit(second, 'order-entry', po_no='B', then='save')
    assert reply.status == 409
    assert market.instance.value('SELECT po_no FROM sales_order WHERE id = %s', order) == 'A'


def test_withdrawn_it_is_a_draft_again(market):
    order = market.order([(market.product(), 40)])
    reply = market.rep.act(market.rep.get('/orders/view', id=order), 'withdraw')
    assert reply.status == 303 and market.status(order) == 'draft'
    assert market.step(order) is None
    # a second click finds nothing to withdraw
    assert market.rep.post('/orders/withdraw', {'id': order}).status == 422


def test_what_has_not_left_is_cancelled_with_a_reason(market):
    order = market.approved([(market.product(), 40)])
    page = market.rep.get('/orders/view', id=order)
    assert page.may('cancel')
    assert market.rep.submit(f'/orders/cancel?id={order}', 'order-cancel').status == 422
    reply = market.rep.submit(f'/orders/cancel?id={order}', 'order-cancel', why='客户不要了')
    assert reply.status == 303 and market.status(order) == 'cancelled'
    assert reply.page.one('//p:record[@name="order"]/p:text[@name="reply"]').text == '客户不要了'
    assert market.instance.value('SELECT SUM(qty) FROM reservation WHERE order_id = %s', order) in (0, None)


def test_the_rest_of_an_order_shipped_in_part_is_cancelled(instance):
    """What left stays, what was held is free again, the buyer is told; twice there is nothing left."""
    road = Road(instance)
    code = road.product(stock=30)
    shipment = road.shipped([(code, 40), (road.product(), 5)])
    order = road.order_of(shipment)
    assert road.status(order) == 'partly_shipped'
    product = instance.value('SELECT id FROM product WHERE code = %s', code)
    lot = road.insert('lot', product_id=product, lot_no='REST', produced_on=day(-9), expires_on=day(500), status='released')
    instance.sql("CALL stock_move(%s, %s, 50, 'opening', 'opening', 1, %s, NULL)", road.warehouse, lot, day(0))
    instance.sql('CALL stock_allocate(%s)', order)
    held = 'SELECT SUM(reserved) FROM stock_balance WHERE lot_id = %s'
    assert instance.value(held, lot) == 10
    cancel = f'/orders/cancel?id={order}'
    assert road.rep.get('/orders/view', id=order).may('cancel')
    assert [(r['approved_qty'], r['shipped_qty'], r['rest_qty']) for r in road.rep.get(cancel).rows('order-rest')] == [('40', '30', '10')]
    assert ('why', 'required') in road.rep.submit(cancel, 'order-cancel').errors
    reply = road.rep.submit(cancel, 'order-cancel', why='近期缺货，余量不再发')
    assert reply.status == 303 and road.status(order) == 'shipped' and instance.value(held, lot) == 0
    line = road.rep.get('/orders/view', id=order).rows('order-lines')[0]
    assert [line[k] for k in ('ordered_qty', 'approved_qty', 'cancelled_qty', 'reserved_qty', 'shipped_qty')] == ['40', '30', '10', '0', '30']
    told = road.buyer.get('/messages/', state='unread').rows('messages')
    assert [r['kind'] for r in told] == ['order.rest_cancelled']
    page = road.buyer.get('/orders/view', id=road.pid('sales_order', order))
    assert page.rows('my-lines')[0]['cancelled_qty'] == '10' and 'notice.order.reply' in page.notices
    assert not road.rep.get('/orders/view', id=order).may('cancel')
    assert 'error.order.state' in road.rep.post('/orders/cancel', {'id': order, 'why': '再来'}).page.notices
    road.good(road.arrive(shipment))
    assert road.status(order) == 'delivered'


def test_the_rest_is_not_cancelled_from_under_a_pick_list_nor_by_others(instance):
    road = Road(instance)
    code = road.product(stock=30)
    order = road.order_of(road.shipped([(code, 40)]))
    cancel = {'id': order, 'why': '不要了'}
    assert Road(instance).rep.post('/orders/cancel', cancel).status == 404
    assert instance.office('finance').post('/orders/cancel', cancel).status == 403
    reply = road.buyer.post('/orders/cancel', {**cancel, 'id': road.pid('sales_order', order)})
    assert 'error.order.shipping' in reply.page.notices and road.status(order) == 'partly_shipped'
    lot = instance.value('SELECT l.id FROM lot l JOIN product p ON p.id = l.product_id WHERE p.code = %s', code)
    instance.sql("CALL stock_move(%s, %s, 50, 'opening', 'opening', 1, %s, NULL)", road.warehouse, lot, day(0))
    instance.sql('CALL stock_allocate(%s)', order)
    picked = road.picked(order)
    assert 'error.order.picking' in road.rep.post('/orders/cancel', cancel).page.notices
    road.good(road.picker.act(road.picker.get('/shipments/view', id=picked), 'cancel'))
    assert road.rep.post('/orders/cancel', cancel).status == 303


def test_a_total_that_changed_is_not_submitted(market):
    code = market.product(price='10.00')
    order = market.order([(code, 40)], then='save')
    market.instance.sql('UPDATE price_tier SET price = 12 WHERE price_list_id = %s', market.list)
    reply = market.rep.post('/orders/submit', {'id': order, 'total': '400.00'})
    assert reply.status == 422 and 'error.total.changed' in reply.page.notices
    assert market.status(order) == 'draft'


def test_amounts_of_a_message_are_grouped_as_on_the_page(market):
    order = market.order([(market.product(price='100.00'), 40)], then='save')
    page = market.rep.get('/orders/view', id=order)
    answer = market.rep.raw('POST', '/orders/submit', headers={'Accept': 'text/html'}, data={
        'id': order, 'total': '20490.00', '_csrf': page.csrf, '_key': secrets.token_hex(16)})
    assert answer.status_code == 422
    assert '金额已由 ¥20,490.00 变为 ¥4,000.00' in answer.text


# ---- the page

def test_the_four_answers_follow_the_quantities(market):
    order = market.approved([(market.product(price='10.00'), 40)])
    page = market.rep.get('/orders/view', id=order)
    meters = {m.get('name'): (m.get('value'), m.get('max')) for m in page('//p:record[@name="answers"]/p:meter')}
    assert meters['shipped'] == ('0', '40') and meters['paid'] == ('0.00', '400.00')
    row = page.rows('order-lines')[0]
    assert (row['ordered_qty'], row['approved_qty'], row['reserved_qty']) == ('40', '40', '40')
    assert [e.get('kind') for e in page('//p:timeline/p:event')] == ['submitted', 'approved']
    states = {s.get('name'): s.get('state') for s in page('//p:steps/p:step')}
    assert states['approved'] == 'done' and states['shipped'] == 'current' and states['paid'] == 'todo'


@pytest.mark.parametrize('lang', ['zh-CN', 'en'])
def test_every_word_is_there(shared, instance, lang):
    client = instance.client('office', lang).become(shared.rep.user)
    for path in ('/orders/', '/orders/?status=closed', f'/orders/view?id={shared.orders[0]}',
                 f'/orders/view?id={shared.draft}', f'/orders/cancel?id={shared.draft}', '/entry/',
                 f'/entry/?id={shared.orders[0]}', f'/entry/?copy={shared.orders[0]}'):
        assert '⟦' not in client.html(path).text_content(), path
    page = client.get('/entry/')
    r = client.raw('POST', '/entry/save', headers={'Accept': 'text/html'}, data={
        '_csrf': page.csrf, 'party': shared.code(), 'then': 'submit', 'code.1': 'NOPE', 'qty.1': 'x'})
    assert r.status_code == 422 and '⟦' not in r.text


# ---- the customer's paper

PDF = b'%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n'


def enter_with(market, name, content):
    code = market.product()
    return market.rep.submit('/entry/', 'order-entry', files={'paper': (name, content, 'application/pdf')},
                             **{'party': market.code(), 'then': 'save', 'code.1': code, 'qty.1': 40})


def test_the_customers_paper_goes_with_the_order(market, instance):
    reply = enter_with(market, '采购单.pdf', PDF)
    assert reply.status == 303, reply
    files = reply.page.rows('order-files')
    assert [f['name'] for f in files] == ['采购单.pdf']
    got = market.rep.raw('GET', '/orders/file', params={'id': files[0]['@id']})
    assert got.content == PDF and got.headers['Content-Disposition'].startswith('attachment')
    stranger = Market(instance).rep
    assert stranger.fetch('/orders/file', id=files[0]['@id']).status == 404
    buyer = instance.portal(market.customer, 'buyer')
    pid = instance.value('SELECT pid FROM sales_order WHERE party_id = %s ORDER BY id DESC LIMIT 1', market.customer)
    assert [f['name'] for f in buyer.get('/orders/view', id=pid).rows('order-files')] == ['采购单.pdf']


def test_a_program_is_no_paper_and_nothing_is_saved(market, instance):
    reply = enter_with(market, '采购单.pdf', b'MZ\x90\0\3')
    assert reply.status == 422 and ('paper', 'attachment.type') in reply.errors
    assert instance.value('SELECT COUNT(*) FROM sales_order WHERE party_id = %s', market.customer) == 0
