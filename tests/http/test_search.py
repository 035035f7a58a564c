"""One box for everything: by how numbers begin, by names and initials, within what one may see."""
import pytest

from market import day
from road import Road
from xiaoao import unique


@pytest.fixture(scope='module')
def road(instance):
    """An order that went all the way, and one of another customer of another department."""
    road = Road(instance)
    road.code_of_product = road.product()
    road.order_id = road.approved([(road.code_of_product, 40)])
    road.shipment = road.shipped(road.order_id)
    road.invoice = road.issued(road.order_id)
    road.receipt = road.posted('100.00')
    road.other = Road(instance)
    road.foreign = road.other.approved([(road.other.product(), 40)])
    road.foreign_shipment = road.other.shipped(road.foreign)
    return road


def value(road, column, table, made):
    return road.instance.value(f'SELECT {column} FROM {table} WHERE id = %s', made)


def found(client, text):
    """What is found, by kind: the texts of the first cells."""
    page = client.get('/search/', q=text)
    return {n.get('name')[7:]: [row[0].text for row in n.findall('{*}row')] for n in page('//p:list')}


def straight(client, text):
    """Where a browser is led."""
    r = client.raw('GET', '/search/', params={'q': text}, headers={'Accept': 'text/html'})
    return r.headers.get('Location')


def test_a_whole_number_leads_to_its_record(road, instance):
    admin = instance.office('admin')
    for column, table, made, page in (
            ('order_no', 'sales_order', road.order_id, 'orders'),
            ('shipment_no', 'shipment', road.shipment, 'shipments'),
            ('doc_no', 'invoice', road.invoice, 'invoices'),
            ('invoice_no', 'invoice', road.invoice, 'invoices'),
            ('receipt_no', 'receipt', road.receipt, 'receipts')):
        no = value(road, column, table, made)
        assert straight(admin, no) == f'/{page}/view?id={made}', column
        assert straight(admin, no.lower()) == f'/{page}/view?id={made}', 'small letters'
        assert straight(admin, f' {no} ') == f'/{page}/view?id={made}', 'pasted with blanks'
        assert admin.fetch(f'/{page}/view', id=made).status == 200
    assert straight(admin, road.code_of_product).startswith('/products/view?id=')
    assert straight(admin, road.code()) == f'/parties/view?id={road.customer}'


def test_the_beginning_of_a_number_gives_a_list(road, instance):
    admin = instance.office('admin')
    no = value(road, 'order_no', 'sales_order', road.order_id)
    page = admin.get('/search/', q=no[:-3])
    assert [r['order_no'] for r in page.rows('search-orders')] == [no]
    assert page.rows('search-orders')[0]['@href'] == f'/orders/view?id={road.order_id}'
    assert straight(admin, no[:-1]) is None
    assert len(found(admin, 'SO20')['orders']) == 8
    more = admin.get('/search/', q='SO20').one('//p:list[@name="search-orders"]/p:link[@rel="all"]/@href')
    assert more == '/orders/?q=SO20' and admin.fetch(more).status == 200


def test_customers_and_products_by_name_initials_and_code(road, instance):
    admin = instance.office('admin')
    party = instance.sql("SELECT p.id, p.name, p.pinyin, p.code FROM party p JOIN customer c"
                         " ON c.party_id = p.id WHERE p.pinyin > '' ORDER BY p.id LIMIT 1")[0]
    assert party['name'] in found(admin, party['name'][2:6])['parties']
    assert party['name'] in found(admin, party['name'])['parties']
    assert found(admin, party['pinyin'])['parties']
    assert found(admin, party['pinyin'].upper())['parties']
    product = instance.sql("SELECT id, generic_name, pinyin FROM product WHERE pinyin > '' LIMIT 1")[0]
    assert product['generic_name'] in found(admin, product['generic_name'])['products']
    assert product['generic_name'] in found(admin, product['pinyin'])['products']
    lot = instance.value('SELECT l.lot_no FROM shipment_line x JOIN lot l ON l.id = x.lot_id'
                         ' WHERE x.shipment_id = %s', road.shipment)
    assert found(admin, lot[:-1])['lots']


def test_a_representative_finds_his_own_rows_only(road):
    mine = value(road, 'order_no', 'sales_order', road.order_id)
    foreign = value(road, 'order_no', 'sales_order', road.foreign)
    foreign_shipment = value(road, 'shipment_no', 'shipment', road.foreign_shipment)
    assert straight(road.rep, mine)
    assert straight(road.rep, foreign) is None and found(road.rep, foreign) == {}
    assert found(road.rep, foreign_shipment) == {}
    assert found(road.rep, road.other.code()) == {}
    assert set(found(road.rep, 'SO20')['orders']) == {mine}


def test_only_kinds_one_may_see(road, instance):
    receipt = value(road, 'receipt_no', 'receipt', road.receipt)
    invoice = value(road, 'doc_no', 'invoice', road.invoice)
    quality = instance.office('quality')
    assert found(quality, receipt) == {} and found(quality, invoice) == {}
    assert straight(quality, invoice) is None
    assert found(instance.office('finance'), receipt)['receipts'] == [receipt]


# ---- the portal


def test_a_buyer_finds_what_is_its_companys(road, instance):
    buyer = road.buyer
    for column, table, made, page in (
            ('order_no', 'sales_order', road.order_id, 'orders'),
            ('shipment_no', 'shipment', road.shipment, 'shipments'),
            ('doc_no', 'invoice', road.invoice, 'invoices')):
        no = value(road, column, table, made)
        assert straight(buyer, no) == f'/{page}/view?id={road.pid(table, made)}'
        assert found(buyer, no[:-1])[page] == [no]
    assert found(buyer, value(road, 'invoice_no', 'invoice', road.invoice))['invoices']
    assert straight(buyer, road.code_of_product).startswith('/catalogue/view?id=')
    lot = instance.value('SELECT l.lot_no FROM shipment_line x JOIN lot l ON l.id = x.lot_id'
                         ' WHERE x.shipment_id = %s', road.shipment)
    assert straight(buyer, lot) == f'/shipments/view?id={road.pid("shipment", road.shipment)}'


def test_a_buyer_finds_nothing_of_another_company(road, instance):
    texts = [value(road, 'order_no', 'sales_order', road.foreign),
             value(road, 'shipment_no', 'shipment', road.foreign_shipment), road.other.code(),
             instance.value('SELECT l.lot_no FROM shipment_line x JOIN lot l ON l.id = x.lot_id'
                            ' WHERE x.shipment_id = %s', road.foreign_shipment)]
    for text in texts:
        assert found(road.buyer, text) == {}, text
        assert straight(road.buyer, text) is None
    assert found(road.buyer, 'SO2')['orders'] == [value(road, 'order_no', 'sales_order', road.order_id)]


def hold(road, party, lot, qty=5):
    road.insert('channel_stock', party_id=party, product_id=road.instance.value(
        'SELECT id FROM product WHERE code = %s', road.code_of_product), lot_no=lot, qty=qty, stock_date=day(-1))


def test_a_lot_it_reports_to_have_is_found_by_the_company_alone(road, instance):
    """Bought elsewhere: no shipment of ours tells of it."""
    lot = unique('HELD')
    hold(road, road.customer, lot)
    hold(road, road.customer, lot + 'GONE', qty=0)
    reporter = instance.portal(road.customer, 'reporter')
    assert found(reporter, lot[:-1]) == {'held': [lot]}
    assert straight(reporter, lot).startswith('/inventory/view?id=')
    assert found(instance.portal(road.customer, 'receiver'), lot) == {}, 'who may not see flows'
    assert found(instance.portal(road.other.customer, 'company_admin'), lot) == {}


def test_a_chain_finds_lots_of_its_branches(road, instance):
    lot = unique('CHAIN')
    chain = road.new_customer()
    branch, other = (road.insert('party', code=unique('B')[:20], name=unique('分院'), parent_id=chain) for _ in 'ab')
    hold(road, branch, lot)
    hold(road, other, lot + 'X')
    viewer = instance.portal(chain, 'chain_viewer')
    assert found(viewer, lot)['branches'] == [lot, lot + 'X']
    page = viewer.get('/search/', q=lot)
    assert viewer.get(page('//p:list[@name="search-branches"]/p:row/@href')[1]).rows('branch-stock')
    one = instance.portal(chain, 'chain_viewer', branch_id=branch)
    assert found(one, lot) == {'branches': [lot]}, 'of his branch alone'
    assert found(instance.portal(road.customer, 'chain_viewer'), lot) == {}


def test_a_receiver_finds_no_invoices(road, instance):
    receiver = instance.portal(road.customer, 'receiver')
    assert found(receiver, value(road, 'doc_no', 'invoice', road.invoice)) == {}
    assert found(receiver, value(road, 'shipment_no', 'shipment', road.shipment))['shipments']


# ---- the box


def test_the_box_stands_on_every_page(instance, road):
    for client in (road.rep, road.buyer):
        box = client.html('/home/').xpath('//form[@role="search" and contains(@class, "top-search")]')[0]
        assert box.get('action') == '/search/' and box.get('method') == 'get'
        assert box.xpath('.//input[@name="q"]')


@pytest.mark.parametrize('text', ['', ' ', 'a', '%', '_', '%%%%', '\\', "' OR 1=1 --", '<b>x</b>',
                                  'SO%', 'SO_0', '\'"\\', '９８７６５４３２１０１２', 'x' * 60])
def test_odd_texts_are_only_texts(road, text):
    for client in (road.manager, road.buyer):
        page = client.get('/search/', q=text)
        assert page('//p:list') == [] and page('//p:notice')
        assert client.raw('GET', '/search/', params={'q': text}, headers={'Accept': 'text/html'}).status_code == 200


def test_too_long_is_refused(road):
    assert road.rep.fetch('/search/', q='x' * 61).status == 422


@pytest.mark.parametrize('lang', ['zh-CN', 'en'])
def test_every_word_is_there(instance, road, lang):
    for client in (instance.office('admin', lang=lang), instance.portal(road.customer, 'company_admin', lang=lang)):
        for text in ('', 'SO2', 'CK2', 'IV2', 'SK2', '测试', 'zzzzz'):
            assert '⟦' not in client.html('/search/', q=text).text_content(), (client.site, text)
