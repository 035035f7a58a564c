"""What customers bought, line by line (F080): date, product, quantity, price, carrier, invoice."""
import pytest

from lists import check_export, export, walk
from market import day
from road import Road


@pytest.fixture(scope='module')
def bought(instance):
    """Two products: one order shipped and invoiced, one approved, one draft."""
    road = Road(instance)
    road.codes = [road.product(price='10.00'), road.product(price='20.00')]
    road.shipment = road.shipped([(road.codes[0], 40), (road.codes[1], 10)])
    road.issue(road.to_issue(road.order_of(road.shipment)))
    road.open = road.approved([(road.codes[0], 7)])
    road.order([(road.codes[1], 3)], then='save')
    return road


def number(road, order):
    return road.instance.value('SELECT order_no FROM sales_order WHERE id = %s', order)


def test_each_line_says_what_was_bought_how_it_went_and_whether_it_is_invoiced(bought):
    rows = bought.rep.get('/purchases/').rows('purchases')
    done = number(bought, bought.order_of(bought.shipment))
    assert [(r['order_no'], r['qty'], r['price'], r['amount'], r['invoiced']) for r in rows] == [
        (number(bought, bought.open), '7', '10.0000', '70.00', 'none'),
        (done, '10', '20.0000', '200.00', 'all'), (done, '40', '10.0000', '400.00', 'all')]
    assert [r['carrier'] for r in rows] == ['', '顺丰冷运', '顺丰冷运']
    page = bought.rep.get('/purchases/')
    assert page('//p:row/p:text[@name="carrier"]/@sub') == ['SF%d' % bought.shipment] * 2


def test_by_customer_product_and_period(bought):
    def found(**query):
        return [r['qty'] for r in bought.manager.get('/purchases/', **query).rows('purchases')]
    assert found(customer=bought.code()) == ['7', '10', '40']
    assert found(product=bought.codes[1]) == ['10']
    assert found(q=bought.codes[1]) == ['10'] and found(q=number(bought, bought.open)) == ['7']
    assert found(**{'from': str(day(0)), 'to': str(day(0))}) == ['7', '10', '40']
    assert found(**{'from': str(day(1))}) == [] and found(to=str(day(-1))) == []


def test_the_last_months_are_shown_unless_something_is_asked_for(bought, instance):
    old = bought.order([(bought.codes[1], 9)])
    instance.sql('UPDATE sales_order SET placed_at = placed_at - INTERVAL 200 DAY WHERE id = %s', old)
    page = bought.rep.get('/purchases/')
    assert page('//p:notice[@key="notice.purchases.recent"]') and '9' not in [r['qty'] for r in page.rows('purchases')]
    page = bought.rep.get('/purchases/', customer=bought.code())
    assert not page('//p:notice') and page.rows('purchases')[-1]['qty'] == '9'
    assert bought.rep.get('/purchases/', **{'from': str(day(-300))}).rows('purchases')[-1]['qty'] == '9'
    bought.rep.post('/orders/withdraw', {'id': old})


@pytest.mark.parametrize('sort', ['placed_at', '-placed_at', 'qty', '-price', 'amount'])
def test_page_by_page_in_any_order(bought, sort):
    assert len(walk(bought.rep, '/purchases/', 'purchases', size=1, sort=sort, customer=bought.code())) == 3


@pytest.mark.parametrize('fmt', ['csv', 'xlsx'])
def test_a_file_of_all_that_is_filtered(bought, fmt):
    page = bought.rep.get('/purchases/', product=bought.codes[0])
    check_export(page, 'purchases', export(bought.rep, '/purchases/', fmt, product=bought.codes[0]),
                 ['order_no', 'qty', 'amount'])


def test_only_lines_of_own_customers(bought, instance):
    other = Road(instance)
    assert other.rep.get('/purchases/', customer=bought.code()).rows('purchases') == []
    assert len(instance.office('finance').get('/purchases/', customer=bought.code()).rows('purchases')) == 3
    assert instance.office().fetch('/purchases/').status == 403


def test_the_customers_page_leads_there(bought):
    page = bought.rep.get('/parties/view', id=bought.customer)
    href = page.one('//p:list/p:link[@rel="purchases"]/@href')
    assert len(bought.rep.get(href).rows('purchases')) == 3


@pytest.mark.parametrize('lang', ['zh-CN', 'en'])
def test_every_word_is_there(bought, instance, lang):
    client = instance.office('finance', lang=lang)
    for path in ('/purchases/', f'/purchases/?customer={bought.code()}', '/purchases/?q=nothing-like-it'):
        assert '⟦' not in client.html(path).text_content(), path
