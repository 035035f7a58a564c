"""Dealings: what happened with one customer, newest first, of what who asks may see."""
import pytest

from lists import check_export, export, walk
from market import Market, day
from road import Road


@pytest.fixture(scope='module')
def road(instance):
    """A customer whose order went all the way, with money, a note and documents."""
    road = Road(instance)
    road.order_id = road.approved([(road.product(), 40)])
    road.shipment = road.arrived(road.order_id)
    road.invoice = road.issued(road.order_id)
    road.receipt = road.posted('100.00')
    road.insert('collection_task', party_id=road.customer, owner_id=road.rep.user['id'], due_on=day(5), amount='55.00',
                note='答应月底付', created_by=road.rep.user['id'])
    return road


def dealings(client, party, **query):
    return client.get('/dealings/', id=party, **query).rows('dealings')


def test_all_that_happened_newest_first(road):
    rows = dealings(road.rep, road.customer)
    kinds = [r['kind'] for r in rows]
    assert set(kinds) == {'order', 'shipped', 'delivered', 'invoice', 'receipt', 'collection', 'licence'}
    assert [r['at'] for r in rows] == sorted((r['at'] for r in rows), reverse=True)
    by_kind = {r['kind']: r for r in rows}
    assert by_kind['order']['@href'] == f'/orders/view?id={road.order_id}'
    assert by_kind['shipped']['@href'] == by_kind['delivered']['@href'] == f'/shipments/view?id={road.shipment}'
    assert by_kind['invoice']['@href'] == f'/invoices/view?id={road.invoice}'
    assert by_kind['receipt']['@href'] == f'/receipts/view?id={road.receipt}'
    assert by_kind['collection']['note'] == '答应月底付' and by_kind['delivered']['person'] == '李四'
    for row in rows:
        if row['kind'] in ('order', 'shipped', 'delivered', 'licence'):
            assert road.rep.fetch(row['@href']).status == 200, row


def test_by_kind_by_word_and_by_day(road):
    for kind in ('order', 'shipped', 'delivered', 'invoice', 'receipt', 'collection', 'licence', 'red', 'return',
                 'dispute', 'statement', 'override', 'case'):
        assert {r['kind'] for r in dealings(road.rep, road.customer, kind=kind)} <= {kind}
    assert len(dealings(road.rep, road.customer, kind='order')) == 1
    assert [r['kind'] for r in dealings(road.rep, road.customer, q='月底付')] == ['collection']
    assert dealings(road.rep, road.customer, to=day(-1)) == []
    whole = dealings(road.rep, road.customer, **{'from': day(0)})
    assert whole == dealings(road.rep, road.customer)
    assert road.rep.fetch('/dealings/', id=road.customer, kind='nonsense').status == 422


def test_pages_by_key_and_the_file(road):
    whole = [r['@id'] for r in dealings(road.rep, road.customer)]
    assert walk(road.rep, '/dealings/', 'dealings', id=road.customer, size=2) == whole
    page = road.rep.get('/dealings/', id=road.customer)
    check_export(page, 'dealings', export(road.rep, '/dealings/', 'csv', id=road.customer), ('number', 'amount'))


def test_the_page_of_a_customer_leads_there_and_back(road):
    page = road.rep.get('/parties/view', id=road.customer)
    assert page.one('//p:action[@rel="dealings"]/@href') == f'/dealings/?id={road.customer}'
    page = road.rep.get('/dealings/', id=road.customer)
    assert page.one('//p:heading/p:action[@rel="party"]/@href') == f'/parties/view?id={road.customer}'


def test_of_each_kind_only_who_sees_its_documents(road, instance):
    assert {r['kind'] for r in dealings(instance.office('logistics'), road.customer)} \
        == {'order', 'shipped', 'delivered', 'licence'}
    assert 'receipt' in {r['kind'] for r in dealings(instance.office('finance'), road.customer)}


def test_another_department_sees_nothing_of_it(road, instance):
    stranger = Market(instance)
    for client in (stranger.rep, stranger.manager, instance.office('sales_rep', org_unit_id=road.unit)):
        assert client.fetch('/dealings/', id=road.customer).status == 404
    assert road.rep.fetch('/dealings/', id=0).status == 404


def test_a_new_rep_sees_the_orders_that_are_his(road, instance):
    """Orders stay with who looked after the customer then, here as in their own list."""
    market = Market(instance)
    old = market.order([(market.product(), 40)])
    new = instance.office('sales_rep', org_unit_id=market.unit)
    instance.sql('UPDATE customer SET rep_id = %s WHERE party_id = %s', new.user['id'], market.customer)
    assert new.fetch('/orders/view', id=old).status == 404
    assert 'order' not in {r['kind'] for r in dealings(new, market.customer)}
    assert 'order' in {r['kind'] for r in dealings(market.manager, market.customer)}


@pytest.mark.parametrize('lang', ['zh-CN', 'en'])
def test_every_word_is_there(road, instance, lang):
    client = instance.client('office', lang).become(road.rep.user)
    for query in ({}, {'kind': 'dispute'}):
        assert '⟦' not in client.html('/dealings/', id=road.customer, **query).text_content()
    assert '⟦' not in client.html('/parties/view', id=road.customer).text_content()
