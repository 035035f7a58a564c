"""Home: each sees what is his to see."""
import datetime

import pytest



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
    before = datetime.date.today().replace(day=1) - datetime.timedelta(days=1)
    connection = instance.connect()
    with connection.cursor() as cursor:
        cursor.execute('CALL period_ensure(%s)', (before.year * 100 + before.month,))
    connection.commit()
    months = instance.value("SELECT COUNT(*) FROM period WHERE status IN ('open', 'review') AND ends_on < business_day()")
    found, = figure('reporter')
    assert (int(found[0].text), found.get('href')) == (2 * months, '/uploads/')
    assert not figure('buyer')                          # may not send
