"""Home: each sees what is his to see."""
import datetime

import pytest

from today import TODAY, day


@pytest.mark.parametrize('role, money', [('company_admin', True), ('accountant', True),
                                         ('buyer', False), ('receiver', False)])
def test_money_is_for_those_who_see_the_account(instance, market, role, money):
    page = instance.portal(market.customer, role).get('/home/')
    assert bool(page('//p:figure[@name="due_amount"]')) is money


def test_messages_and_reading_them(instance, market):
    buyer = instance.portal(market.customer, 'buyer')
    market.insert('notification', user_id=buyer.user['id'], kind='order.returned',
                  args='no=SO-1', href='/orders/view?id=1')
    page = buyer.get('/home/')
    row = page.rows('home-messages')[0]
    assert row['kind'] == 'order.returned'
    assert row['about'] == 'SO-1'
    assert buyer.act(page, 'open').location == '/orders/view?id=1'
    assert not buyer.get('/home/')('//p:list[@name="home-messages"]/p:row[@flag]')


def test_a_returned_order_is_a_click_away(instance, market):
    order = market.order([(market.product(), 10)])
    market.decide(order, 'return', comment='数量请核对')
    buyer = instance.portal(market.customer, 'buyer')
    href = buyer.owes('returned')
    number = instance.value('SELECT order_no FROM sales_order WHERE id = %s', order)
    assert number in [r['order_no'] for r in buyer.get(href).rows('portal-orders')]
    assert buyer.html('/home/').xpath(f'//*[@id="notices"]//a[@href="{href}"]')


def test_twelve_months_end_with_this_one(instance, market):
    page = instance.portal(market.customer, 'buyer').get('/home/')
    points = page('//p:chart[@name="purchases"]//p:point/@x')
    assert len(points) == 12 and points == sorted(points)


def test_pages_have_all_words(instance, market):
    for role in ('company_admin', 'buyer', 'chain_viewer'):
        client = instance.portal(market.customer, role)
        for path in ('/home/', '/messages/'):
            for lang in ('zh-CN', 'en'):
                client.http.cookies.set('xo_lang', lang)
                assert '⟦' not in client.raw('GET', path, headers={'Accept': 'text/html'}).text


def test_reports_that_are_due_are_counted_where_they_are_sent(instance, market):
    def figure(role):
        return instance.portal(market.customer, role).get('/home/')('//p:figure[@name="reports_due"]')

    assert not figure('reporter')                       # reports nothing
    market.insert('flow_source', party_id=market.customer, kinds='sale,stock')
    before = TODAY.replace(day=1) - datetime.timedelta(days=1)
    connection = instance.connect()
    with connection.cursor() as cursor:
        cursor.execute('CALL period_ensure(%s)', (before.year * 100 + before.month,))
    connection.commit()
    months = instance.value("SELECT COUNT(*) FROM period WHERE status IN ('open', 'review') AND ends_on < business_day()")
    found, = figure('reporter')
    assert (int(found[0].text), found.get('href')) == (2 * months, '/uploads/')
    assert not figure('buyer')                          # may not send


def test_what_is_open_due_and_near_its_end(instance, road):
    """Each list of home with a row that must be there, and what is not yet, is not."""
    code, late = road.product(price='10.00'), road.product(price='5.00')
    shipment = road.shipped([(code, 40), (late, 10)])
    done = road.order_of(road.arrived([(code, 10)]))
    invoice = road.issued(road.order_of(shipment))
    open_order = road.order([(code, 20)])
    product = instance.value('SELECT id FROM product WHERE code = %s', code)
    instance.sql('UPDATE lot SET expires_on = %s WHERE product_id = %s', day(90), product)
    page = road.buyer.get('/home/')
    number = {o: instance.value('SELECT order_no FROM sales_order WHERE id = %s', o) for o in (open_order, done)}
    orders = [r['order_no'] for r in page.rows('open-orders')]
    assert number[open_order] in orders
    figures = {f.get('name'): f[0].text for f in page('//p:figure')}
    listed = len(road.buyer.get('/orders/?status=open').rows('portal-orders'))
    assert int(figures['open_orders']) == listed == len(orders)
    due, = page.rows('home-due')
    item = instance.sql('SELECT i.open_amount, i.due_on, v.invoice_no FROM ar_item i JOIN invoice v ON v.id = i.invoice_id WHERE v.id = %s', invoice)[0]
    assert (due['doc_no'], due['open_amount'], due['due_on']) == (item['invoice_no'], str(item['open_amount']), str(item['due_on']))
    near, = page.rows('home-expiring')
    assert (near['expires_on'], int(near['qty'])) == (str(day(90)), 50)
    assert late not in page('string(//p:list[@name="home-expiring"])')
    assert not instance.portal(road.customer, 'buyer').get('/home/')('//p:list[@name="home-due"]'), 'money is for those who see the account'


def test_a_licence_that_ends_is_counted(instance, market):
    def documents(party):
        found = instance.portal(party, 'company_admin').get('/home/')('//p:figure[@name="expiring_documents"]')
        return int(found[0][0].text), found[0].get('alert')

    party = market.new_customer()
    assert documents(party) == (0, None)
    instance.sql("UPDATE party_licence SET expires_on = %s WHERE party_id = %s ORDER BY id LIMIT 1", day(20), party)
    assert documents(party) == (1, 'warning')
