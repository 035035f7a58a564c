"""Pages over reported flows: own rows only, sums that agree with each other and with the rows."""
import datetime
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
LISTS = {'/flows/lots': 'flow-lots', '/flows/carried': 'flow-carried', '/channel/lots': 'channel-lots',
         '/channel/history': 'channel-history', '/channel/bought': 'channel-bought'}


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


def test_office_lots_lead_to_their_rows(shared, clerk):
    query = {'sender': sender_code(shared)}
    page = clerk.get('/flows/lots', **query)
    rows = page.rows('flow-lots')
    assert total(rows) == figure(page, 'qty') == 3 * 177 + 13 and {r['lot_no'] for r in rows} == {'L1', 'L2', 'L9', ''}
    lots = {(r['product'], r['lot_no']): r for r in rows if r['product']}
    first, = (r for (_, lot), r in lots.items() if lot == 'L1')
    assert (Decimal(first['qty']), first['senders'], first['terminals'], first['flow_rows']) == (324, '1', '2', '7')
    for row in lots.values():
        if row['@href']:
            assert total(clerk.get(row['@href'], size=200).rows('flow-rows')) == Decimal(row['qty'])
    one, = clerk.get('/flows/lots', lot='L2', product=shared.instance.value('SELECT code FROM product WHERE id = %s',
                                                                         shared.goods[0])).rows('flow-lots')
    assert Decimal(one['qty']) == 120
    assert clerk.get('/flows/lots').rows('flow-lots') == []


def test_office_who_carries_what_in_which_hospital(shared, clerk):
    query = {'sender': sender_code(shared)}
    rows = clerk.get('/flows/carried', **query).rows('flow-carried')
    assert len(rows) == 4 and total(rows) == 3 * 177 + 10
    first = max(rows, key=lambda r: Decimal(r['qty']))
    assert (Decimal(first['qty_three']), Decimal(first['qty_before']), Decimal(first['qty'])) == (280, 140, 420)
    assert total(clerk.get(first['@href']).rows('flow-rows')) == 420
    assert sorted(r['state'] for r in rows) == ['active', 'active', 'active', 'new']
    for state in ('new', 'active', 'stopped'):
        page = clerk.get('/flows/carried', state=state, **query)
        assert len(page.rows('flow-carried')) == [r['state'] for r in rows].count(state)
    assert len(walk(clerk, '/flows/carried', 'flow-carried', size=1, state='active', sort='-qty_three', **query)) == 3
    terminal = shared.code(shared.buyers[0])
    assert {r['terminal'] for r in clerk.get('/flows/carried', terminal=terminal).rows('flow-carried')} == {first['terminal']}
    assert clerk.get('/flows/carried').rows('flow-carried') == []


def test_office_bought_beside_shipped(shared, clerk, instance):
    shared.insert('flow_source', party_id=shared.customer)
    query = {'sender': sender_code(shared)}
    row, = clerk.get('/channel/bought', **query).rows('channel-bought')
    assert (Decimal(row['reported']), Decimal(row['shipped']), row['state']) == (500, 0, 'more')
    assert total(clerk.get(row['@href']).rows('flow-rows')) == 500
    code = shared.product()
    shared.shipped([(code, 40)])
    rows = clerk.get('/channel/bought', **query).rows('channel-bought')
    assert [(Decimal(r['reported']), Decimal(r['shipped']), r['state']) for r in rows if r['product'] != row['product']] == [(0, 40, 'less')]
    assert [r['state'] for r in clerk.get('/channel/bought', compared='more', **query).rows('channel-bought')] == ['more']
    assert len(walk(clerk, '/channel/bought', 'channel-bought', size=1, sort='-difference', **query)) == 2
    assert instance.office('sales_rep').get('/channel/bought', **query).rows('channel-bought') == []


@pytest.mark.parametrize('path, sort, columns', [
    ('/flows/lots', 'lot_no', ['lot_no', 'qty']), ('/flows/lots', '-last_sold', ['product', 'amount']),
    ('/flows/carried', 'terminal', ['sender', 'qty_three']), ('/flows/carried', '-last_month', ['product', 'qty'])])
def test_office_pages_and_exports_of_lots_and_hospitals(shared, clerk, path, sort, columns):
    query = {'sender': sender_code(shared), 'sort': sort}
    assert walk(clerk, path, LISTS[path], size=2, **query) == ids(clerk.get(path, **query), LISTS[path])
    for fmt in ('csv', 'xlsx'):
        check_export(clerk.get(path, **query), LISTS[path], export(clerk, path, fmt, **query), columns)


@pytest.mark.parametrize('lang', ['zh-CN', 'en'])
def test_every_word_of_the_lists_is_there(shared, instance, lang):
    client = instance.office('flow_clerk', lang=lang)
    for path in LISTS:
        for query in ({}, {'sender': sender_code(shared)}, {'sender': 'none'}):
            assert '⟦' not in client.html(path, **query).text_content(), path
    assert '⟦' not in client.html('/flows/carried', sender=sender_code(shared), cols='terminal,grade').text_content()


# ---- shares and regions

class Shared(FlowRows):
    """Ten boxes at 10.00 to a hospital two reps share 0.7 to 0.3, five to one of the first alone."""

    def __init__(self, instance):
        super().__init__(instance)
        self.goods = instance.value('SELECT id FROM product WHERE code = %s', self.product(stock=0))
        self.reps = [instance.user('office', 'sales_rep', name=unique(name)) for name in ('老王', '小李')]
        self.both, self.alone = self.terminal(region_code='42'), self.terminal(region_code='42')
        for terminal, rep, share in ((self.both, 0, '0.7'), (self.both, 1, '0.3'), (self.alone, 0, '1')):
            self.insert('terminal_assignment', party_id=terminal, user_id=self.reps[rep]['id'], share=share, valid_from=month(6))
        self.report([(self.both, self.goods, 'L1', 10, 10), (self.alone, self.goods, 'L1', 5, 10)], back=0)
        instance.sql('INSERT IGNORE INTO flow_dirty (period, party_id) VALUES (%s, %s)', period(), self.customer)
        instance.sql('CALL flow_piece(%s, %s)', period(), self.customer)
        self.query = {'sender': sender_code(self)}

    def client(self, n):
        return self.instance.client('office').become(self.reps[n])


@pytest.fixture
def split(instance):
    return Shared(instance)


def test_reps_have_their_shares_and_sum_to_the_company(split, clerk):
    page = clerk.get('/flows/reps', **split.query)
    rows = {r['rep']: r for r in page.rows('flows')}
    first, second = (rows[r['name']] for r in split.reps)
    assert (Decimal(first['qty']), Decimal(first['amount']), first['terminals'], first['flow_rows']) == (12, 120, '2', '2')
    assert (Decimal(second['qty']), Decimal(second['amount']), second['terminals'], second['flow_rows']) == (3, 30, '1', '1')
    assert len(rows) == 2 and total(rows.values()) == figure(page, 'qty') == 15
    assert total(rows.values(), 'amount') == figure(page, 'amount') == 150
    assert figure(clerk.get('/flows/', **split.query), 'qty') == 15
    there, = clerk.get(second['@href']).rows('flows')
    assert (Decimal(there['qty']), there['flow_rows'], there['code']) == (3, '1', split.code(split.both))
    row, = clerk.get(there['@href']).rows('flow-rows')
    assert Decimal(row['qty']) == 10 and row['rep'] == f"{split.reps[0]['name']} 70% · {split.reps[1]['name']} 30%"


def test_the_second_rep_sees_the_hospital_he_shares_and_no_other(split):
    first, second = split.client(0), split.client(1)
    assert total(first.get('/flows/', **split.query).rows('flows')) == 12
    row, = second.get('/flows/', **split.query).rows('flows')
    assert (Decimal(row['qty']), row['code'], row['flow_rows']) == (3, split.code(split.both), '1')
    seen, = second.get('/flows/rows', **split.query).rows('flow-rows')
    assert Decimal(seen['qty']) == 10
    assert [r['terminal'] for r in second.get('/flows/carried', **split.query).rows('flow-carried')] == [row['terminal']]
    assert total(second.get('/flows/lots', **split.query).rows('flow-lots')) == 10


def test_a_terminal_that_moves_stays_where_it_was_in_past_months(split, clerk, instance):
    split.report([(split.both, split.goods, 'L1', 4, 10)], back=1)
    instance.sql("UPDATE party SET region_code = '31' WHERE id = %s", split.both)

    def sold(path, name, province, back):
        return total(clerk.get(path, province=province, **split.query, **dict.fromkeys(('from', 'to'), f'{month(back):%Y-%m}')).rows(name))
    for path, name in (('/flows/', 'flows'), ('/flows/rows', 'flow-rows'), ('/flows/lots', 'flow-lots')):
        assert [sold(path, name, *q) for q in (('42', 1), ('31', 1), ('42', 0), ('31', 0))] == [4, 0, 5, 10], path
    instance.sql("UPDATE party SET region_code = '44' WHERE id = %s", split.both)
    assert [sold('/flows/', 'flows', *q) for q in (('42', 1), ('31', 0), ('44', 0))] == [4, 0, 10]


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
    assert (Decimal(rows[0]['monthly']), Decimal(rows[0]['months'])) == (100, 6)
    assert [(r['pace'], r['state']) for r in rows] == [('high', ''), ('slow', ''), ('slow', 'near')]
    assert len(holder.client.get('/inventory/lots').rows('my-inventory')) == 4
    assert [Decimal(r['qty']) for r in holder.client.get('/inventory/', state='near').rows('my-inventory')] == [7]
    # what is near its expiry is slow none the less
    assert [Decimal(r['qty']) for r in holder.client.get('/inventory/', state='slow', sort='-qty').rows('my-inventory')] == [40, 7]


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
    assert [(Decimal(r['qty']), r['pace'], r['state']) for r in rows] == [(600, 'high', ''), (40, 'slow', ''), (7, 'slow', 'near')]
    holder.hold(holder.goods[0], 'E', 1, expires=20, counted=100)       # much of it, near its expiry
    holder.hold(holder.goods[2], 'F', 1, expires=-1)
    instance.sql("UPDATE channel_stock SET stock_date = CURDATE() - INTERVAL 100 DAY WHERE party_id = %s AND product_id = %s",
                 holder.customer, holder.goods[0])

    def found(state):
        return [Decimal(r['qty']) for r in clerk.get('/channel/', state=state, **query).rows('channel')]
    assert {s: found(s) for s in ('high', 'slow', 'near', 'expired', 'old')} == {
        'high': [601], 'slow': [40, 8], 'near': [601], 'expired': [8], 'old': [601]}
    assert len(walk(clerk, '/channel/', 'channel', size=2, sort='months', **query)) == 3
    check_export(clerk.get('/channel/', **query), 'channel', export(clerk, '/channel/', 'csv', **query), ['qty', 'months'])
    assert instance.office('sales_rep').get('/channel/', **query).rows('channel') == []
    assert len(clerk.get(rows[0]['@href']).rows('channel-lots')) == 3
    for lang in ('zh-CN', 'en'):
        assert '⟦' not in instance.office('flow_clerk', lang=lang).html('/channel/', **query).text_content()


def test_channel_stock_by_lot(holder, instance):
    holder.insert('flow_source', party_id=holder.customer)
    clerk, query = instance.office('flow_clerk'), {'sender': holder.code(holder.customer)}
    rows = clerk.get('/channel/lots', **query).rows('channel-lots')
    assert [(r['lot_no'], Decimal(r['qty']), r['state']) for r in rows][0] == ('D', 7, 'near')
    assert {(r['lot_no'], Decimal(r['qty']), r['state']) for r in rows[1:]} == {('A', 500, 'high'), ('B', 100, 'high'), ('C', 40, 'slow')}
    assert [r['lot_no'] for r in clerk.get('/channel/lots', lot='B', **query).rows('channel-lots')] == ['B']
    assert [r['lot_no'] for r in clerk.get('/channel/lots', state='slow', **query).rows('channel-lots')] == ['C']
    for sort in ('-qty', 'lot_no', 'months'):
        assert len(walk(clerk, '/channel/lots', 'channel-lots', size=2, sort=sort, **query)) == 4
    check_export(clerk.get('/channel/lots', **query), 'channel-lots', export(clerk, '/channel/lots', 'csv', **query), ['lot_no', 'qty'])
    assert instance.office('sales_rep').get('/channel/lots', **query).rows('channel-lots') == []
    assert len(holder.rep.get('/channel/lots', **query).rows('channel-lots')) == 4


def test_channel_stock_over_time(holder, instance):
    clerk, query = instance.office('flow_clerk'), {'sender': holder.code(holder.customer)}
    goods, name = holder.goods[0], holder.name('product', unique('品'), holder.goods[0], holder.customer)
    for back, day, counts in ((1, 9, [('A', 90)]), (1, 27, [('A', 70), ('B', 5)]), (0, 0, [('A', 60)])):
        file = holder.report([], kind='stock', back=back)
        for n, (lot, qty) in enumerate(counts):
            holder.bulk('stock_report', id=file * 10000000 + n, book_period=period(back), file_id=file, row_no=n,
                        sender_id=holder.customer, stock_date=month(back) + datetime.timedelta(days=day), product_name_id=name,
                        product_id=goods, lot_no=lot, raw_qty=qty, qty=qty)
    page = clerk.get('/channel/history', **query)
    assert [(r['lot_no'], Decimal(r['qty'])) for r in page.rows('channel-history')] == [('A', 60), ('B', 5), ('A', 70), ('A', 90)]
    assert [Decimal(p.get('y')) for p in page('//p:series[@name="qty"]/p:point')] == [75, 60]
    assert len(clerk.get('/channel/history', lot='B', **query).rows('channel-history')) == 1
    assert len(walk(clerk, '/channel/history', 'channel-history', size=2, sort='-stock_date', **query)) == 4
    check_export(page, 'channel-history', export(clerk, '/channel/history', 'csv', **query), ['lot_no', 'qty'])
    assert clerk.get('/channel/history')('//p:notice[@key="notice.channel.choose"]')
    assert instance.office('sales_rep').get('/channel/history', **query).rows('channel-history') == []
