"""Shipments of the back office: let out by a second person, tracked, arrived."""
import pytest

from lists import check_export, export, walk
from market import day
from road import Road
from xiaoao import PNG, unique


@pytest.fixture(scope='module')
def shared(instance):
    """Five shipments, for tests that only look."""
    made = Road(instance)
    made.code_ = made.product(price='10.00')
    made.all = [made.picked([(made.code_, 40)]), made.shipped([(made.code_, 40)]),
                made.arrived([(made.code_, 40)]), made.shipped([(made.code_, 30)]),
                made.shipped([(made.product(storage_class='cold'), 20)])]
    return made


def number(road, shipment):
    return road.instance.value('SELECT shipment_no FROM shipment WHERE id = %s', shipment)


def stock(road, code):
    return road.instance.value('SELECT SUM(b.qty) FROM stock_balance b JOIN product p'
                               ' ON p.id = b.product_id WHERE p.code = %s', code)


# ---- list: a sales representative sees those of his own customers

def test_list_newest_first_and_only_own(shared):
    rows = shared.rep.get('/shipments/').rows('shipments')
    assert [int(r['@id']) for r in rows] == shared.all[::-1]


@pytest.mark.parametrize('query, n', [
    ({'status': 'picking'}, 1), ({'status': 'shipped'}, 3), ({'status': 'delivered'}, 1),
    ({'storage_class': 'cold'}, 1), ({'from': str(day(0))}, 5), ({'to': str(day(-1))}, 0)])
def test_filters(shared, query, n):
    page = shared.rep.get('/shipments/', **query)
    assert len(page.rows('shipments')) == n
    assert page.one('//p:list/@total') == str(n)


def test_found_by_number_tracking_and_customer(shared):
    second = shared.all[1]
    for text in (number(shared, second), 'SF%d' % second):
        rows = shared.manager.get('/shipments/', q=text).rows('shipments')
        assert [int(r['@id']) for r in rows] == [second]
    assert shared.manager.get('/shipments/', q='没有这个').rows('shipments') == []


@pytest.mark.parametrize('sort', ['created_at', '-created_at', 'shipment_no', '-shipment_no'])
def test_paging_forward_and_back_visits_every_row_once(shared, sort):
    seen = walk(shared.rep, '/shipments/', 'shipments', size=2, sort=sort)
    assert sorted(map(int, seen)) == sorted(shared.all)


@pytest.mark.parametrize('fmt', ['csv', 'xlsx'])
def test_export_is_the_list(shared, fmt):
    query = {'status': 'shipped'}
    check_export(shared.rep.get('/shipments/', **query), 'shipments',
                 export(shared.rep, '/shipments/', fmt, **query), ['shipment_no', 'shipped_on'])


# ---- a second person lets it out

def test_the_picker_does_not_check_his_own(road, instance):
    both = instance.office('logistics', 'warehouse_check')
    order = road.approved([(road.product(), 40)])
    shipment = road.good(both.act(both.get('/picking/order', id=order), 'shipment.create'))
    page = both.get('/shipments/view', id=shipment)
    assert not page('//p:form[@name="ship"]')
    reply = both.post('/shipments/ship', {'id': shipment, 'carrier': 'x', 'cases': '1'})
    assert reply.status == 422 and 'error.check.own' in reply.page.notices
    assert road.status_of('shipment', shipment) == 'picking'


def test_let_out_stock_leaves_once(road):
    code = road.product(stock=100)
    shipment = road.picked([(code, 40)])
    assert stock(road, code) == 100
    page = road.checker.get('/shipments/view', id=shipment)
    reply = road.checker.submit(page, 'ship', carrier='顺丰', cases='2')
    assert reply.status == 303 and stock(road, code) == 60
    # the same click again is answered as before; another one finds nothing to let out
    assert road.checker.submit(page, 'ship', carrier='顺丰', cases='2').status == 303
    late = road.checker.post('/shipments/ship', {'id': shipment, 'carrier': 'x', 'cases': '1'})
    assert late.status == 409 and stock(road, code) == 60
    record = reply.page.one('//p:record[@name="shipment"]')
    assert record.findtext('{*}text[@name="checked_by_name"]') == road.checker.user['name']


def test_wrong_input_stands_beside_its_field_and_is_kept(road):
    shipment = road.picked([(road.product(), 40)])
    reply = road.ship(shipment, carrier='', cases='0', note='当心易碎')
    assert reply.status == 422
    assert [f for f, _ in reply.errors] == ['carrier', 'cases']
    kept = {f.get('name'): f.findtext('{*}value') for f in reply.page.form('ship').iter('{*}field')}
    assert (kept['cases'], kept['note']) == ('0', '当心易碎')


@pytest.mark.parametrize('change, code', [
    ("UPDATE party_licence SET expires_on = CURRENT_DATE - INTERVAL 3 DAY WHERE party_id = %s", 'licence'),
    ('UPDATE customer SET credit_limit = 1 WHERE party_id = %s', 'credit.exceeded'),
    ('UPDATE customer SET credit_hold = 1 WHERE party_id = %s', 'credit.exceeded')])
def test_what_became_unlawful_or_unpaid_does_not_leave(road, change, code):
    shipment = road.picked([(road.product(), 40)])
    road.instance.sql(change, road.customer)
    reply = road.ship(shipment)
    assert reply.status == 422
    assert any(n.startswith('error.' + code) for n in reply.page.notices), reply.page.notices
    assert road.status_of('shipment', shipment) == 'picking'


def refused_for(reply, code):
    """The values of the refusal."""
    assert reply.status == 422, reply
    notice = reply.page.one(f'//p:notice[@key="error.{code}"]')
    return {v.get('name'): v.text for v in notice}


LICENCES = 'party_licence_scope s JOIN party_licence l ON l.id = s.licence_id'


@pytest.mark.parametrize('change', [
    f'DELETE s FROM {LICENCES} WHERE l.party_id = %s', f"UPDATE {LICENCES} SET s.scope = 'tcm' WHERE l.party_id = %s"])
def test_goods_the_licence_no_longer_covers_do_not_leave(road, change):
    code = road.product()
    shipment = road.picked([(code, 40)])
    road.instance.sql(change, road.customer)
    said = refused_for(road.ship(shipment), 'licence.ship')
    assert said == {'product': '测试药 %s 5mg*24片/盒' % code, 'scope': 'chemical', 'document': '药品经营许可证（批发）'}
    assert road.status_of('shipment', shipment) == 'picking'


def test_goods_under_special_control_leave_for_who_is_licensed_only(road):
    """E10: a class of control wants a scope of its own, beside that of the product, until the goods have left."""
    code = road.product(control_class='psychotropic1')
    assert road.enter([(code, 40)]).errors == [('code.1', 'licence.scope')]
    licence = road.instance.value(f'SELECT MIN(l.id) FROM {LICENCES} WHERE l.party_id = %s', road.customer)
    road.insert('party_licence_scope', licence_id=licence, scope='psychotropic1')
    shipment = road.picked([(code, 40)])
    road.instance.sql("DELETE FROM party_licence_scope WHERE licence_id = %s AND scope = 'psychotropic1'", licence)
    assert refused_for(road.ship(shipment), 'licence.ship')['scope'] == 'psychotropic1'
    road.insert('party_licence_scope', licence_id=licence, scope='psychotropic1')
    assert road.ship(shipment).status == 303


@pytest.mark.parametrize('status', ['blocked', 'closed'])
def test_to_a_party_frozen_on_its_page_nothing_is_sold_nor_sent(road, status):
    code = road.product()
    shipment = road.picked([(code, 40)])
    road.instance.sql('UPDATE party SET status = %s WHERE id = %s', status, road.customer)
    assert 'error.customer.blocked' in road.ship(shipment).page.notices
    assert 'error.customer.blocked' in road.enter([(code, 40)]).page.notices
    road.instance.sql("UPDATE party SET status = 'active' WHERE id = %s", road.customer)
    assert road.ship(shipment).status == 303


# ---- past what the credit stops (E07)

def stops(page):
    return [n for n in page.notices if n.startswith('notice.hold')]


def hold(road):
    road.instance.sql('UPDATE customer SET credit_hold = 1, version = version + 1 WHERE party_id = %s', road.customer)


def test_an_override_lets_a_held_order_leave_and_stays_on_its_page(road, instance):
    boss = instance.office('finance_manager')
    shipment = road.picked([(road.product(), 40)])
    order = road.order_of(shipment)
    assert not boss.get('/orders/view', id=order)('//p:form[@name="order-override"]'), 'nothing stops it'
    hold(road)
    assert stops(road.checker.get('/shipments/view', id=shipment)) == ['notice.hold.held']
    for who in (road.rep, road.checker):
        page = who.get('/orders/view', id=order)
        assert stops(page) == ['notice.hold.held'] and not page('//p:form[@name="order-override"]')
        assert who.post('/orders/override', {'id': order, 'reason': 'x'}).status == 403
    page = boss.get('/orders/view', id=order)
    reply = boss.submit(page, 'order-override', reason='  ')
    assert reply.status == 422 and reply.errors == [('reason', 'required')]
    assert road.ship(shipment).status == 422
    reply = boss.submit(page, 'order-override', reason='老板同意先发')
    assert reply.status == 303, reply.errors
    # who, why, until: read by everybody who sees the order
    page = road.rep.get('/orders/view', id=order)
    said = {e.get('name'): e.text for e in page.one('//p:record[@name="override"]')}
    assert (said['actor'], said['reason'], said['expires_on']) == (boss.user['name'], '老板同意先发', str(day(7)))
    assert stops(page) == []
    again = boss.post('/orders/override', {'id': order, 'reason': '再来'})
    assert again.status == 422 and 'error.override.needless' in again.page.notices
    assert road.ship(shipment).status == 303


@pytest.mark.parametrize('change, stop', [
    ('UPDATE customer SET credit_limit = 150 WHERE party_id = %s', {'notice.hold.over': '250.00'}),
    ('UPDATE customer SET credit_limit = 150, credit_hold = 1 WHERE party_id = %s',
     {'notice.hold.held': None, 'notice.hold.over': '250.00'})])
def test_an_order_says_what_stops_it_with_the_amount(road, change, stop):
    order = road.approved([(road.product(price='10.00'), 40)])
    road.instance.sql(change, road.customer)
    page = road.rep.get('/orders/view', id=order)
    assert {n.get('key'): n.findtext('{*}money') for n in page('//p:notice') if 'hold' in n.get('key')} == stop


def test_the_rest_of_a_partly_shipped_order_leaves_after_an_override(road, instance):
    code = road.product(stock=30)
    order = road.approved([(code, 40)])
    road.good(road.ship(road.picked(order)))
    road.instance.sql(
        "CALL stock_move(%s, (SELECT l.id FROM lot l JOIN product p ON p.id = l.product_id"
        " WHERE p.code = %s), 10, 'receive', 'stock_receipt', 1, CURRENT_DATE, NULL)", road.warehouse, code)
    hold(road)
    road.picker.act(road.picker.get('/picking/order', id=order), 'allocate')
    rest = road.picked(order)
    assert road.ship(rest).status == 422
    road.good(instance.office('finance_manager').submit(f'/orders/view?id={order}', 'order-override', reason='补货'))
    road.good(road.ship(rest))
    assert road.status(order) == 'shipped'


def test_nobody_overrides_his_own_nor_outside_his_rows(road, instance):
    both = instance.office('sales_rep', 'finance_manager', org_unit_id=road.unit)
    mine = road.approved([(road.product(), 40)], client=both)
    hold(road)
    page = both.get('/orders/view', id=mine)
    assert not page('//p:form[@name="order-override"]')
    assert page('//p:action[@rel="override"]/@disabled') == ['override.own']
    reply = both.post('/orders/override', {'id': mine, 'reason': '自己'})
    assert reply.status == 422 and 'error.approve.own' in reply.page.notices
    # a head of another department has the permission, and not the row
    role = road.insert('role', site='office', code=unique('r')[:20], name='放行', row_scope='unit')
    for permission in ('order.view', 'credit.override'):
        road.insert('role_permission', role_id=role, permission=permission)
    elsewhere = instance.office(org_unit_id=road.insert('org_unit', code=unique('U')[:20], name='别处'))
    road.insert('user_role', user_id=elsewhere.user['id'], role_id=role, is_main=1)
    assert elsewhere.post('/orders/override', {'id': mine, 'reason': '别处'}).status == 404
    assert road.instance.value('SELECT COUNT(*) FROM credit_override WHERE order_id = %s', mine) == 0


def test_a_pick_list_given_up_keeps_the_stock_held(road):
    code = road.product(stock=100)
    shipment = road.picked([(code, 40)])
    order = road.order_of(shipment)
    reply = road.picker.act(road.picker.get('/shipments/view', id=shipment), 'cancel')
    assert reply.status == 303 and road.status_of('shipment', shipment) == 'cancelled'
    assert road.instance.value('SELECT reserved_qty FROM sales_order_line WHERE order_id = %s',
                               order) == 40
    assert road.picked(order) != shipment
    assert road.picker.post('/shipments/cancel', {'id': shipment}).status == 409


# ---- on its way

def test_news_of_the_carrier(road):
    shipment = road.shipped([(road.product(), 40)])
    page = road.picker.get('/shipments/view', id=shipment)
    reply = road.picker.submit(page, 'track', kind='transit', place='郑州', temperature='4.5')
    assert reply.status == 303 and road.status_of('shipment', shipment) == 'in_transit'
    event = reply.page('//p:timeline/p:event')[-1]
    assert event.get('kind') == 'transit'
    assert '郑州' in ''.join(event.itertext()) and '4.5' in ''.join(event.itertext())
    wrong = road.picker.submit(page, 'track', kind='elsewhere')
    assert wrong.status == 422 and wrong.errors[0][0] == 'kind'


def test_carrier_and_number_are_told_and_corrected_after_it_left(road):
    shipment = road.picked([(road.product(), 40)])
    road.good(road.ship(shipment, tracking_no=''))
    page = road.picker.get('/shipments/view', id=shipment)
    unchanged = road.picker.submit(page, 'track')
    assert unchanged.status == 422 and unchanged.errors == [('kind', 'required')]
    lost = road.picker.submit(page, 'track', tracking_no='SF1', place='郑州')
    assert lost.status == 422 and lost.errors == [('kind', 'required')], 'a place is that of some news'
    reply = road.picker.submit(page, 'track', carrier='京东物流', tracking_no='JD00042')
    assert reply.status == 303 and road.status_of('shipment', shipment) == 'shipped'
    event = reply.page('//p:timeline/p:event')[-1]
    assert event.get('kind') == 'carrier' and '京东物流 JD00042' in ''.join(event.itertext())
    # the buyer reads the number, the trail who changed it
    seen = road.buyer.get('/shipments/view', id=road.pid('shipment', shipment))
    assert 'JD00042' in ''.join(seen.root.itertext())
    row = road.instance.sql("SELECT actor_id, after_value FROM audit_log WHERE entity = 'shipment' AND entity_id = %s"
                            ' ORDER BY id DESC LIMIT 1', str(shipment))[0]
    assert row['actor_id'] == road.picker.user['id'] and 'JD00042' in row['after_value']


def test_arrival_with_quantities_and_photo(road):
    code = road.product(stock=100)
    shipment = road.shipped([(code, 40)])
    reply = road.arrive(shipment, files={'photo': ('签收.png', PNG, 'image/png')}, **{
        'received.1': '30', 'refused.1': '6', 'damaged.1': '4', 'note': '两箱破损'})
    assert reply.status == 303, reply.errors
    row = reply.page.rows('shipment-lines')[0]
    assert (row['received_qty'], row['refused_qty'], row['damaged_qty']) == ('30', '6', '4')
    record = reply.page.one('//p:record[@name="arrival"]')
    photo = record.find('{*}text[@name="photo"]')
    r = road.manager.raw('GET', photo.get('href'))
    assert r.content == PNG and r.headers['Content-Type'] == 'image/png'
    assert r.headers['Content-Disposition'].startswith('attachment')
    # what was refused is back, in quarantine
    assert road.instance.value(
        "SELECT SUM(b.qty) FROM stock_balance b JOIN warehouse w ON w.id = b.warehouse_id"
        " JOIN product p ON p.id = b.product_id WHERE p.code = %s AND w.kind = 'quarantine'",
        code) == 6


def test_more_than_was_sent_is_refused_and_the_input_kept(road):
    shipment = road.shipped([(road.product(), 40)])
    reply = road.arrive(shipment, **{'received.1': '40', 'refused.1': '1', 'note': '多'})
    assert reply.status == 422 and reply.errors == [('received.1', 'qty.more_than_sent')]
    form = reply.page.form('arrive')
    kept = {f.get('name'): f.findtext('{*}value') for f in form.iter('{*}field')}
    assert (kept['received.1'], kept['refused.1'], kept['note']) == ('40', '1', '多')
    assert road.status_of('shipment', shipment) == 'shipped'


@pytest.mark.parametrize('field, value', [
    ('arrived_on', str(day(1))), ('arrived_on', str(day(-1))), ('arrived_on', '2026-02-30'),
    ('arrived_on', ''), ('received_by_name', ''), ('received.1', '-1'), ('received.1', 'x'),
    ('received.1', '1.5')])
def test_arrival_refuses(road, field, value):
    shipment = road.shipped([(road.product(), 40)])
    reply = road.arrive(shipment, **{field: value})
    assert reply.status == 422 and reply.errors[0][0] == field
    assert road.status_of('shipment', shipment) == 'shipped'


def test_cold_goods_want_a_temperature(road):
    shipment = road.shipped([(road.product(storage_class='cold'), 40)])
    reply = road.arrive(shipment)
    assert reply.errors == [('temperature', 'temperature.missing')]
    assert road.arrive(shipment, temperature='5.5').status == 303


def test_arrived_twice_is_a_stale_page(road):
    shipment = road.shipped([(road.product(), 40)])
    page = road.picker.get('/shipments/arrive', id=shipment)
    road.good(road.arrive(shipment))
    reply = road.picker.submit(page, 'arrive', arrived_on=day(0), received_by_name='王五')
    assert reply.status == 409
    assert road.instance.value('SELECT COUNT(*) FROM arrival WHERE shipment_id = %s', shipment) == 1


def test_partial_shipments_leave_a_back_order(road):
    code = road.product(stock=30)
    order = road.approved([(code, 40)])
    road.good(road.ship(road.picked(order)))
    assert road.status(order) == 'partly_shipped'
    road.instance.sql(
        "CALL stock_move(%s, (SELECT l.id FROM lot l JOIN product p ON p.id = l.product_id"
        " WHERE p.code = %s), 10, 'receive', 'stock_receipt', 1, CURRENT_DATE, NULL)", road.warehouse, code)
    road.picker.act(road.picker.get('/picking/order', id=order), 'allocate')
    road.good(road.ship(road.picked(order)))
    assert road.status(order) == 'shipped' and stock(road, code) == 0


# ---- papers and words

# GSP article 73: supplier, maker, generic name, form, strength, lot, quantity, receiving unit, its
# address, day of dispatch; approval number and expiry besides.
NOTE_LINE = ('product', 'dosage_form', 'strength', 'lot_no', 'produced_on', 'expires_on', 'qty')
NOTE_FACTS = ('supplier', 'customer', 'address', 'receiver', 'shipped_on', 'cases')


def test_the_delivery_note_says_what_gsp_wants(shared):
    page = shared.manager.get('/shipments/note', id=shared.all[1])
    assert page.id == 'office.shipments.note' and page.root.get('paper') == 'landscape'
    row = page.rows('note-lines')[0]
    for name in NOTE_LINE:
        assert row[name], name
    assert 'maker' in row
    for name in NOTE_FACTS:
        assert page.value(name), name
    assert page.one('//p:record[@name="note-seals"]/p:text[@name="release_seal"]/text()')
    pick = shared.manager.get('/shipments/note', id=shared.all[0])
    assert pick.id == 'office.shipments.pick'


def test_a_shipment_of_others_looks_like_none(shared, instance):
    other = Road(instance)
    for path in ('view', 'note', 'photo'):
        assert other.rep.fetch(f'/shipments/{path}', id=shared.all[2]).status == 404
    assert shared.finance.get('/shipments/view', id=shared.all[2])


@pytest.mark.parametrize('lang', ['zh-CN', 'en'])
def test_every_word_is_there(shared, instance, lang):
    client = instance.office('logistics', 'warehouse_check', lang=lang)
    pages = ['/shipments/', '/shipments/?status=cancelled&from=2020-01-01', '/picking/']
    pages += [f'/shipments/view?id={s}' for s in shared.all]
    pages += [f'/shipments/note?id={s}' for s in shared.all[:2]]
    pages += [f'/shipments/arrive?id={shared.all[1]}',
              f'/picking/order?id={shared.order_of(shared.all[0])}']
    for path in pages:
        assert '⟦' not in client.html(path).text_content(), path
