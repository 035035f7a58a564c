"""Picking: what is to be picked, what is held, pick lists."""
import pytest

from market import day
from road import page_id
from xiaoao import unique


def queue(client, **query):
    return client.get('/picking/', size=200, **query).rows('picking')


def test_an_approved_order_waits_with_what_is_held_for_it(road):
    order = road.approved([(road.product(stock=30), 40)])
    number = road.instance.value('SELECT order_no FROM sales_order WHERE id = %s', order)
    row = queue(road.picker, q=number)[0]
    assert (row['open_qty'], row['held_qty'], row['@id']) == ('40', '30', str(order))
    line = road.picker.get('/picking/order', id=order).rows('pick-lines')[0]
    assert (line['approved_qty'], line['reserved_qty'], line['back_qty']) == ('40', '30', '10')


def shown_state(client, order):
    """What the list of orders says of one."""
    number = client.instance.value('SELECT order_no FROM sales_order WHERE id = %s', order)
    page = client.html('/orders/', q=number)
    return ' '.join(page.xpath('//main//tbody/tr//text()[normalize-space()]'))


@pytest.mark.parametrize('lang, held, picking', [('zh-CN', '已留货', '拣货'), ('en', 'Stock held', 'Picking')])
def test_held_goods_are_not_said_to_be_picked(road, instance, lang, held, picking):
    order = road.approved([(road.product(), 40)])
    assert road.status(order) == 'picking'
    for client in (instance.office('sales_manager', org_unit_id=road.unit, lang=lang),
                   instance.portal(road.customer, 'buyer', lang=lang)):
        said = shown_state(client, order)
        assert held in said and picking not in said
    made = road.good(road.picker.act(road.picker.get('/picking/order', id=order), 'shipment.create'))
    assert instance.value('SELECT status FROM shipment WHERE id = %s', made) == 'picking'


def test_an_order_not_approved_is_not_there(road):
    order = road.order([(road.product(), 40)])
    number = road.instance.value('SELECT order_no FROM sales_order WHERE id = %s', order)
    assert queue(road.picker, q=number) == []


def test_the_pick_list_takes_the_lot_that_expires_first(road):
    code = road.product(stock=0)
    product = road.instance.value('SELECT id FROM product WHERE code = %s', code)
    for lot_no, offset, qty in (('late', 700, 50), ('early', 300, 15), ('middle', 500, 20)):
        lot = road.insert('lot', product_id=product, lot_no=unique(lot_no), produced_on=day(-100),
                          expires_on=day(offset), status='released')
        road.instance.sql("CALL stock_move(%s, %s, %s, 'opening', 'opening', 1, %s, NULL)",
                          road.warehouse, lot, qty, day(0))
    shipment = road.picked([(code, 40)])
    rows = road.picker.get('/shipments/view', id=shipment).rows('shipment-lines')
    assert [(r['lot_no'].split('-')[0], r['qty']) for r in rows] == [
        ('early', '15'), ('middle', '20'), ('late', '5')]


def test_cold_goods_get_a_list_of_their_own(road):
    order = road.approved([(road.product(), 40), (road.product(storage_class='cold'), 40)])
    road.good(road.picker.act(road.picker.get('/picking/order', id=order), 'shipment.create'))
    made = road.instance.sql('SELECT storage_class FROM shipment WHERE order_id = %s', order)
    assert sorted(s['storage_class'] for s in made) == ['cold', 'normal']


def test_where_nothing_is_held_there_is_nothing_to_pick(road):
    order = road.approved([(road.product(stock=0), 40)])
    reply = road.picker.act(road.picker.get('/picking/order', id=order), 'shipment.create')
    assert reply.status == 422 and 'error.shipment.nothing_held' in reply.page.notices
    assert reply.page.id == 'office.picking.order'


def test_a_second_click_makes_no_second_list(road):
    order = road.approved([(road.product(), 40)])
    page = road.picker.get('/picking/order', id=order)
    road.good(road.picker.act(page, 'shipment.create'))
    assert road.picker.act(page, 'shipment.create').status == 422
    assert road.instance.value('SELECT COUNT(*) FROM shipment WHERE order_id = %s', order) == 1


def test_what_came_in_since_is_held_by_the_button(road):
    code = road.product(stock=10)
    order = road.approved([(code, 40)])
    lot = road.instance.value('SELECT l.id FROM lot l JOIN product p ON p.id = l.product_id'
                              ' WHERE p.code = %s', code)
    road.instance.sql("CALL stock_move(%s, %s, 100, 'receive', 'stock_receipt', 1, CURRENT_DATE, NULL)",
                      road.warehouse, lot)
    reply = road.picker.act(road.picker.get('/picking/order', id=order), 'allocate')
    assert reply.status == 303 and page_id(reply.location) == order
    line = reply.page.rows('pick-lines')[0]
    assert (line['reserved_qty'], line['back_qty']) == ('40', '0')


def test_only_logistics_picks(road):
    order = road.approved([(road.product(), 40)])
    page = road.checker.get('/picking/order', id=order)
    assert not page.may('shipment.create')
    assert road.checker.post('/picking/create', {'id': order}).status == 403
    assert road.finance.post('/picking/create', {'id': order}).status == 403
