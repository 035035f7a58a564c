"""Pages over reported flows: own rows only, sums that agree with each other and with the rows."""
from decimal import Decimal

import pytest

from flowrows import FlowRows, month, period
from lists import check_export, export, ids, walk
from xiaoao import unique

GROUPED = {'/flows/': 'terminal', '/flows/products': 'product', '/flows/months': 'month'}


@pytest.fixture(scope='module')
def shared(instance):
    """Three months of sales: two products, three terminals and a name nobody knows."""
    made = FlowRows(instance)
    made.goods = [instance.value('SELECT id FROM product WHERE code = %s', made.product(stock=0))
                  for _ in range(2)]
    made.buyers = [made.terminal(unique(f'第{n}医院')) for n in range(3)]
    a, b = made.goods
    x, y, z = made.buyers
    for back in (1, 2, 5):
        made.report([(x, a, 'L1', 100, 10), (x, a, 'L2', 40, 10), (y, a, 'L1', 7, 10), (y, b, '', 30, 5)], back=back)
    made.report([(z, b, 'L9', 12, 5), (z, b, 'L9', -2, 5), (None, a, 'L1', 3, 10)], back=1)
    made.report([(x, a, 'L1', 5000, 10)], back=1, status='superseded')
    made.report([(made.customer, a, 'L1', 500, 8)], kind='purchase', back=1)
    made.client = instance.portal(made.customer, 'reporter')
    return made


def figure(page, name):
    return Decimal(page.one(f'//p:figure[@name="{name}"]/p:*').text)


def total(rows, name='qty'):
    return sum(Decimal(r[name]) for r in rows)


@pytest.mark.parametrize('path', GROUPED)
def test_every_way_to_group_has_the_same_sum_as_the_roll_up(shared, path):
    page = shared.client.get(path)
    rows = page.rows('my-flows')
    kept = shared.instance.value("SELECT SUM(qty) FROM flow_month WHERE sender_id = %s AND kind = 'sale'",
                                 shared.customer)
    assert total(rows) == figure(page, 'qty') == kept == 3 * 177 + 13
    assert sum(int(r['flow_rows']) for r in rows) == figure(page, 'flow_rows') == 15


@pytest.mark.parametrize('path', [*GROUPED, '/flows/lots'])
def test_a_figure_leads_to_rows_that_add_up_to_it(shared, path):
    page = shared.client.get(path)
    name = 'my-flow-lots' if path.endswith('lots') else 'my-flows'
    links = [r for r in page.rows(name) if r['@href']]
    assert links
    for row in links:
        there = shared.client.get(row['@href'], size=200).rows('my-flow-rows')
        assert total(there) == Decimal(row['qty']) and len(there) == int(row['flow_rows'])


def test_a_drill_down_keeps_the_filters(shared):
    code = shared.instance.value('SELECT code FROM product WHERE id = %s', shared.goods[1])
    page = shared.client.get('/flows/', product=code, **{'from': f'{month(1):%Y-%m}', 'to': f'{month(1):%Y-%m}'})
    row, = (r for r in page.rows('my-flows') if Decimal(r['qty']) == 30)
    there = shared.client.get(row['@href']).rows('my-flow-rows')
    assert [Decimal(r['qty']) for r in there] == [30]


def test_a_row_shows_what_was_received_beside_what_it_is(shared):
    rows = shared.client.get('/flows/rows', lot='L9').rows('my-flow-rows')
    assert {r['raw_party'] for r in rows} == {r['terminal'] + '（报）' for r in rows} and len(rows) == 2
    lost, = (r for r in shared.client.get('/flows/rows', size=200).rows('my-flow-rows') if not r['terminal'])
    assert lost['state'] == 'unmatched' and lost['raw_party'].startswith('不明客户')


def test_rows_of_a_file_that_is_replaced_are_not_there(shared):
    assert '5000' not in {r['qty'].split('.')[0] for r in shared.client.get('/flows/rows', size=200)
                          .rows('my-flow-rows')}


def test_bought_beside_shipped(shared):
    row, = shared.client.get('/flows/bought').rows('my-bought')
    assert (Decimal(row['reported']), Decimal(row['shipped']), row['state']) == (500, 0, 'more')
    there = shared.client.get(row['@href']).rows('my-flow-rows')
    assert [Decimal(r['qty']) for r in there] == [500]


def test_what_is_sold_in_which_hospital(shared):
    rows = shared.client.get('/flows/carried').rows('my-carried')
    assert len(rows) == 4
    first = max(rows, key=lambda r: Decimal(r['qty']))
    assert (Decimal(first['qty_three']), Decimal(first['qty_before']), Decimal(first['qty'])) == (280, 140, 420)
    assert [r['state'] for r in rows if Decimal(r['qty']) == 10] == ['new']
    stopped = shared.client.get('/flows/carried', state='stopped').rows('my-carried')
    assert stopped == []


@pytest.mark.parametrize('path, name, sort', [
    ('/flows/', 'my-flows', 'qty'), ('/flows/products', 'my-flows', 'product'), ('/flows/months', 'my-flows', 'month'),
    ('/flows/lots', 'my-flow-lots', 'lot_no'), ('/flows/rows', 'my-flow-rows', 'biz_date'),
    ('/flows/rows', 'my-flow-rows', 'qty'), ('/flows/carried', 'my-carried', 'qty_three')])
def test_pages_forward_and_back(shared, path, name, sort):
    for order in (sort, '-' + sort):
        whole = ids(shared.client.get(path, size=200, sort=order), name)
        assert whole and walk(shared.client, path, name, size=2, sort=order) == whole


@pytest.mark.parametrize('path, name, columns', [
    ('/flows/', 'my-flows', ['terminal', 'qty', 'amount']), ('/flows/rows', 'my-flow-rows', ['raw_party', 'terminal', 'qty']),
    ('/flows/lots', 'my-flow-lots', ['lot_no', 'qty']), ('/flows/carried', 'my-carried', ['terminal', 'qty_three'])])
def test_export_is_the_list(shared, path, name, columns):
    for fmt in ('csv', 'xlsx'):
        check_export(shared.client.get(path), name, export(shared.client, path, fmt), columns)


def test_another_company_sees_nothing_of_it(shared, instance):
    other = instance.portal(shared.new_customer(), 'reporter')
    code = instance.value('SELECT code FROM party WHERE id = %s', shared.buyers[0])
    for path in [*GROUPED, '/flows/lots', '/flows/rows', '/flows/bought', '/flows/carried']:
        for query in ({}, {'terminal': code}, {'lot': 'L1'} if 'lots' in path or 'rows' in path else {}):
            assert other.get(path, **query)('//p:row') == [], path


def test_a_branch_sees_nothing(shared, instance):
    branch = shared.insert('party', code=unique('B'), name='分公司', parent_id=shared.customer)
    client = instance.portal(shared.customer, 'reporter', branch_id=branch)
    for path in [*GROUPED, '/flows/lots', '/flows/rows', '/flows/bought', '/flows/carried']:
        assert client.get(path)('//p:row') == [], path


def test_who_may_not_see_flows(shared, instance):
    assert instance.portal(shared.customer, 'receiver').fetch('/flows/').status == 403


def test_a_month_that_is_none_is_an_error_at_its_field(shared):
    reply = shared.client.fetch('/flows/', **{'from': '2026-13'})
    assert reply.status == 422


@pytest.mark.parametrize('lang', ['zh-CN', 'en'])
def test_every_word_is_there(shared, instance, lang):
    full = instance.portal(shared.customer, 'company_admin', lang=lang)
    empty = instance.portal(shared.new_customer(), 'company_admin', lang=lang)
    for path in [*GROUPED, '/flows/lots', '/flows/rows?cols=biz_date,price,file,row_no', '/flows/bought', '/flows/carried']:
        for client in (full, empty):
            assert '⟦' not in client.html(path).text_content(), path


# ---- office

OFFICE = {'/flows/': 'terminal', '/flows/products': 'product', '/flows/senders': 'sender', '/flows/months': 'month'}


@pytest.fixture(scope='module')
def clerk(instance):
    return instance.office('flow_clerk')


def sender_code(road):
    return road.code(road.customer)


@pytest.mark.parametrize('path', [*OFFICE, '/flows/reps'])
def test_office_sums_are_those_of_the_roll_up(shared, clerk, path):
    page = clerk.get(path, sender=sender_code(shared))
    rows = page.rows('flows')
    assert total(rows) == figure(page, 'qty') == 3 * 177 + 13
    assert sum(int(r['flow_rows']) for r in rows) == 15


@pytest.mark.parametrize('path', ['/flows/', '/flows/products', '/flows/senders'])
def test_office_figures_lead_to_their_rows(shared, clerk, path):
    for row in clerk.get(path, sender=sender_code(shared)).rows('flows'):
        if row['@href']:
            there = clerk.get(row['@href'], size=200).rows('flow-rows')
            assert total(there) == Decimal(row['qty'])


def test_office_rows_want_something_with_an_index(shared, clerk):
    page = clerk.get('/flows/rows')
    assert page.rows('flow-rows') == [] and page('//p:notice[@key="notice.flow.choose"]')


def test_office_pages_of_groups(shared, clerk):
    for path, sort in (('/flows/', 'qty'), ('/flows/', 'terminal'), ('/flows/products', 'amount'), ('/flows/months', 'month')):
        for order in (sort, '-' + sort):
            assert walk(clerk, path, 'flows', size=2, sort=order, sender=sender_code(shared))


@pytest.mark.parametrize('fmt', ['csv', 'xlsx'])
def test_office_export_is_the_list(shared, clerk, fmt):
    query = {'sender': sender_code(shared)}
    check_export(clerk.get('/flows/', **query), 'flows', export(clerk, '/flows/', fmt, **query), ['code', 'qty', 'amount'])
    check_export(clerk.get('/flows/rows', **query), 'flow-rows', export(clerk, '/flows/rows', fmt, **query),
                 ['raw_party', 'terminal', 'qty'])


def test_a_rep_sees_flows_of_his_customers_only(shared, instance):
    query = {'sender': sender_code(shared)}
    assert total(shared.rep.get('/flows/', **query).rows('flows')) == 3 * 177 + 13
    stranger = instance.office('sales_rep')
    assert stranger.get('/flows/', **query).rows('flows') == []
    assert stranger.get('/flows/rows', **query).rows('flow-rows') == []


def test_office_filters(shared, clerk):
    query = {'sender': sender_code(shared)}
    one = clerk.get('/flows/', **query, **{'from': f'{month(1):%Y-%m}', 'to': f'{month(1):%Y-%m}'}).rows('flows')
    assert total(one) == 190
    assert total(clerk.get('/flows/', **query, pure=1).rows('flows')) == 3 * 177 + 10
    assert total(clerk.get('/flows/', **query, kind='purchase').rows('flows')) == 500
    assert clerk.get('/flows/', **query, level=2).rows('flows') == []
    assert total(clerk.get('/flows/rows', **query, lot='L2').rows('flow-rows')) == 120


@pytest.mark.parametrize('lang', ['zh-CN', 'en'])
def test_every_office_word_is_there(shared, instance, lang):
    client = instance.office('flow_clerk', lang=lang)
    for path in [*OFFICE, '/flows/reps', '/flows/rows']:
        for query in ({'sender': sender_code(shared)}, {'sender': 'none'}):
            assert '⟦' not in client.html(path, **query).text_content(), path
    cols = 'biz_date,price,level,class,file,row_no'
    assert '⟦' not in client.html('/flows/rows', sender=sender_code(shared), cols=cols).text_content()


# ---- what is held

@pytest.fixture
def holder(instance):
    made = FlowRows(instance)
    made.goods = [instance.value('SELECT id FROM product WHERE code = %s', made.product(stock=0)) for _ in range(3)]
    buyer = made.terminal()
    for back in (1, 2, 3):
        made.report([(buyer, made.goods[0], 'A', 100, 10)], back=back)
    made.hold(made.goods[0], 'A', 500)
    made.hold(made.goods[0], 'B', 100)
    made.hold(made.goods[1], 'C', 40)
    made.hold(made.goods[2], 'D', 7, expires=20)
    made.client = instance.portal(made.customer, 'reporter')
    return made


def test_months_of_stock(holder):
    rows = holder.client.get('/inventory/', sort='-qty').rows('my-inventory')
    assert [Decimal(r['qty']) for r in rows] == [600, 40, 7]
    assert (Decimal(rows[0]['monthly']), Decimal(rows[0]['months']), rows[0]['state']) == (100, 6, 'high')
    assert [r['state'] for r in rows[1:]] == ['slow', 'near']
    assert len(holder.client.get('/inventory/lots').rows('my-inventory')) == 4
    assert [Decimal(r['qty']) for r in holder.client.get('/inventory/', state='near').rows('my-inventory')] == [7]


def test_history_of_a_product(holder, instance):
    row = holder.client.get('/inventory/', sort='-qty').rows('my-inventory')[0]
    page = holder.client.get(row['@href'])
    sold = {p.get('x'): Decimal(p.get('y')) for p in page('//p:series[@name="other"]/p:point')}
    assert sold[f'{month(1):%Y-%m}'] == 100 and sum(sold.values()) == 300
    assert len(page.rows('inventory-lots')) == 2
    other = instance.portal(holder.new_customer(), 'reporter')
    assert other.fetch(row['@href']).status == 404 and other.get('/inventory/').rows('my-inventory') == []


def test_inventory_pages_and_exports(holder):
    for sort in ('product', '-qty', 'months', '-stock_date'):
        assert len(walk(holder.client, '/inventory/lots', 'my-inventory', size=2, sort=sort)) == 4
    check_export(holder.client.get('/inventory/'), 'my-inventory', export(holder.client, '/inventory/', 'csv'), ['qty', 'months'])


@pytest.mark.parametrize('lang', ['zh-CN', 'en'])
def test_every_inventory_word_is_there(holder, instance, lang):
    client = instance.portal(holder.customer, 'reporter', lang=lang)
    for path in ('/inventory/', '/inventory/lots', f'/inventory/view?id={holder.goods[0]}', '/inventory/?q=none'):
        assert '⟦' not in client.html(path).text_content(), path


def test_channel_stock(holder, instance):
    holder.insert('flow_source', party_id=holder.customer)
    clerk, query = instance.office('flow_clerk'), {'sender': holder.code(holder.customer)}
    rows = clerk.get('/channel/', **query).rows('channel')
    assert [(Decimal(r['qty']), r['state']) for r in rows] == [(600, 'high'), (40, 'slow'), (7, 'near')]
    assert [r['state'] for r in clerk.get('/channel/', state='slow', **query).rows('channel')] == ['slow']
    assert len(walk(clerk, '/channel/', 'channel', size=2, sort='months', **query)) == 3
    check_export(clerk.get('/channel/', **query), 'channel', export(clerk, '/channel/', 'csv', **query), ['qty', 'months'])
    assert instance.office('sales_rep').get('/channel/', **query).rows('channel') == []
    for lang in ('zh-CN', 'en'):
        assert '⟦' not in instance.office('flow_clerk', lang=lang).html('/channel/', **query).text_content()
