"""Home: each figure where its permission is, and a way to what it counts."""
import pytest

from market import Market
from road import Road
from xiaoao import unique

ROLES = ['admin', 'sales_rep', 'sales_manager', 'finance', 'finance_manager', 'logistics',
         'warehouse_check', 'quality', 'product_manager', 'auditor']


def figures(page):
    return {f.get('name'): int(f[0].text) for f in page('//p:figures/p:figure')}


@pytest.mark.parametrize('role', ROLES)
def test_every_figure_leads_to_a_page_its_reader_may_see(instance, role):
    client = instance.office(role)
    page = client.get('/home/')
    for href in page('//p:figure/@href | //p:list/p:link[@rel="all"]/@href | (//p:point/@href)[1]'):
        assert client.fetch(href).status == 200, (role, href)


def test_figures_count_what_their_lists_show(instance):
    market = Market(instance)
    market.approved([(market.product(), 40)])
    waiting = market.order([(market.product(), 40)])
    page = market.manager.get('/home/')
    found = figures(page)
    assert found['to_ship'] == 1 and found['to_invoice'] == 0 and found['approvals'] == 1
    assert len(market.manager.get(page.one('//p:figure[@name="to_ship"]/@href')).rows('orders')) == 1
    no = instance.value('SELECT order_no FROM sales_order WHERE id = %s', waiting)
    assert [r['order_no'] for r in page.rows('home-inbox')] == [no]
    assert len(page.rows('home-orders')) == 2
    assert 'approvals' not in figures(market.rep.get('/home/'))


@pytest.fixture(scope='module')
def waiting(instance):
    """One of each of what somebody decides who was not told."""
    road = Road(instance)
    product = road.product(stock=50)
    lot = instance.value('SELECT l.id FROM lot l JOIN product p ON p.id = l.product_id WHERE p.code = %s', product)
    road.good(road.new_receipt('10.00'))
    failed = road.to_issue([(product, 1)])
    for status in ('requested', 'failed'):
        instance.sql('UPDATE invoice SET status = %s, reason = %s WHERE id = %s', status, '税号不符', failed)
    road.insert('stock_adjustment', adjustment_no=unique('T')[:20], warehouse_id=1, lot_id=lot, qty=-1, reason='count', made_by=road.rep.user['id'])
    instance.sql("UPDATE lot SET status = 'quarantine' WHERE id = %s", lot)
    role = instance.value("SELECT id FROM role WHERE code = 'finance' AND party_id IS NULL")
    road.insert('role_request', user_id=road.rep.user['id'], role_id=role, asked_by=road.finance.user['id'])
    return road


@pytest.mark.parametrize('name, role, rows', [
    ('draft_receipts', 'finance', 'receipts'), ('failed_invoices', 'finance', 'invoices'), ('adjustments', 'warehouse_check', 'adjustments'),
    ('quarantine', 'quality', 'lots'), ('role_requests', 'admin', 'role-requests')])
def test_what_waits_for_a_decision_is_counted_at_home(instance, waiting, name, role, rows):
    client = instance.office(role)
    figure = client.get('/home/').one(f'//p:figure[@name="{name}"]')
    assert int(figure[0].text) >= 1 and client.get(figure.get('href')).rows(rows)
    assert name not in figures(instance.office('sales_rep').get('/home/'))


def test_tabs_count_what_waits(instance):
    """As their list does, for who looks; a tab of all is not counted."""
    market = Market(instance)
    market.approved([(market.product(), 40)])
    market.order([(market.product(), 40)])
    page = market.manager.get('/orders/', view='to_ship', stage='to_ship')
    counts = {v.get('name'): v.get('count') for v in page('//p:list/p:view')}
    assert counts == {'all': None, 'waiting': '1', 'to_ship': '1', 'to_invoice': '0', 'unpaid': None,
                      'returned': '0'}
    for name in ('waiting', 'to_ship', 'to_invoice', 'returned'):
        href = page.one(f'//p:view[@name="{name}"]/@href')
        assert len(market.manager.get(href).rows('orders')) == int(counts[name]), name
    tab = market.manager.html('/orders/').xpath('//nav[@class="views"]//a[contains(@href, "to_ship")]')[0]
    assert tab.xpath('span[@class="count"]/text()') == ['1']


def test_messages_lead_to_what_they_tell(instance):
    market = Market(instance)
    order = market.order([(market.product(), 40)])
    page = market.manager.get('/home/')
    row = page.rows('home-messages')[0]
    assert row['about'] == instance.value('SELECT order_no FROM sales_order WHERE id = %s', order)
    assert market.manager.act(page, 'open').location.startswith('/approvals/')


def test_the_year_is_drawn_and_said(instance):
    page = instance.office('finance').get('/home/')
    assert [len(s) for s in page('//p:chart/p:series')] == [12, 12]
    assert [s.get('name') for s in page('//p:chart/p:series')] == ['orders', 'receipts']
    months = page('//p:chart/p:series[1]/p:point/@x')
    assert months == sorted(months) and len(set(months)) == 12


@pytest.mark.parametrize('lang', ['zh-CN', 'en'])
@pytest.mark.parametrize('role', ['sales_manager', 'finance_manager', 'quality', 'warehouse_check'])
def test_every_word_is_there(instance, role, lang):
    assert '⟦' not in instance.office(role, lang=lang).html('/home/').text_content()
