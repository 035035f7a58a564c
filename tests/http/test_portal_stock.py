"""Stock in the portal: ours as far as the policy shows it, a chain's branches, own purchases."""
import pytest

from lists import check_export, export, walk
from market import day
from road import Road
from xiaoao import unique


@pytest.fixture(scope='module')
def shared(instance):
    """A company that may see no product but its own five."""
    made = Road(instance)
    made.word = unique('窄')
    made.codes = [made.product(generic_name=f'{made.word} {n}', stock=n * 1000, band_low=1500)
                  for n in range(5)]
    return made


def rows(road, **query):
    return road.buyer.get('/stock/', q=road.word, **query).rows('stock')


def policy(road, show_as, lots):
    road.insert('stock_policy', scope='customer', party_id=road.customer, show_as=show_as,
                show_lots=lots)


def test_a_distributor_sees_bands(shared):
    assert [(r['band'], r['free'], r['first_expiry']) for r in rows(shared)] == [
        ('out', '', ''), ('limited', '', ''), *[('in-stock', '', '')] * 3]
    assert [r['code'] for r in rows(shared, status='limited')] == shared.codes[1:2]
    assert [r['code'] for r in rows(shared, status='out')] == shared.codes[:1]


@pytest.mark.parametrize('sort', ['product', '-product', 'code', '-code'])
def test_paging_forward_and_back_visits_every_row_once(shared, sort):
    assert len(walk(shared.buyer, '/stock/', 'stock', size=2, sort=sort, q=shared.word)) == 5


@pytest.mark.parametrize('fmt', ['csv', 'xlsx'])
def test_export_is_the_list(shared, fmt):
    check_export(shared.buyer.get('/stock/', q=shared.word), 'stock',
                 export(shared.buyer, '/stock/', fmt, q=shared.word), ['code', 'product'])


@pytest.mark.parametrize('show_as, lots, free, expiry', [
    ('bands', 1, '', str(day(500))), ('figures', 0, '777', ''), ('figures', 1, '777', str(day(500)))])
def test_the_policy_decides(road, show_as, lots, free, expiry):
    code = road.product(stock=777)
    policy(road, show_as, lots)
    row = road.buyer.get('/stock/', q=code).rows('stock')[0]
    assert (row['free'], row['first_expiry']) == (free, expiry)
    page = road.buyer.get(row['@href'])
    lot = page.rows('stock-lots')[0]
    assert lot['free'] == free and bool(lot['lot_no']) == bool(lots)
    if show_as == 'bands':
        assert '777' not in ''.join(page.root.itertext())
        for fmt in ('csv', 'xlsx'):
            assert '777' not in [c for r in export(road.buyer, '/stock/', fmt, q=code) for c in r]


def test_no_policy_no_stock(road):
    code = road.product()
    policy(road, 'none', 0)
    product = road.instance.value('SELECT id FROM product WHERE code = %s', code)
    assert road.buyer.get('/stock/', q=code).rows('stock') == []
    assert road.buyer.fetch('/stock/view', id=product).status == 404


def test_what_is_held_expired_or_blocked_is_not_free(road):
    policy(road, 'figures', 1)
    code = road.product(stock=100)
    road.approved([(code, 30)])
    assert road.buyer.get('/stock/', q=code).rows('stock')[0]['free'] == '70'
    road.instance.sql("UPDATE lot l JOIN product p ON p.id = l.product_id SET l.status = 'blocked'"
                      ' WHERE p.code = %s', code)
    assert road.buyer.get('/stock/', q=code).rows('stock')[0]['free'] == '0'


def test_the_figure_is_the_sum_of_the_lots(road):
    """E14, X07: one rule for both; a lot with fewer days left than may be sold is in neither, the last that may in both."""
    policy(road, 'figures', 1)
    code = road.product(stock=100)
    product = road.instance.value('SELECT id FROM product WHERE code = %s', code)
    for left, qty in ((30, 7), (29, 40), (0, 5), (-1, 9)):
        lot = road.insert('lot', product_id=product, lot_no=unique('B'), produced_on=day(-300), expires_on=day(left),
                          status='released')
        road.instance.sql("CALL stock_move(%s, %s, %s, 'opening', 'opening', 1, %s, NULL)", road.warehouse, lot, qty, day(0))
    row = road.buyer.get('/stock/', q=code).rows('stock')[0]
    page = road.buyer.get(row['@href'])
    figure = page.one('//p:record[@name="stock-product"]/p:qty[@name="free"]').text
    assert (row['free'], figure) == ('107', '107')
    assert sorted(int(r['free']) for r in page.rows('stock-lots')) == [7, 100]
    page = road.buyer.get('/catalogue/view', id=product)
    assert sorted(int(r['free']) for r in page.rows('catalogue-lots')) == [7, 100]
    assert page('//p:record[@name="catalogue-product"]/p:status[@name="band"]/@sub') == ['107']
    assert road.buyer.get('/catalogue/', q=code)('//p:list[@name="catalogue"]/p:row/p:status[@name="band"]/@sub') == ['107']


def test_a_product_hidden_from_the_buyer_is_not_there(road):
    code = road.product(visible=0)
    product = road.instance.value('SELECT id FROM product WHERE code = %s', code)
    assert road.buyer.get('/stock/', q=code).rows('stock') == []
    assert road.buyer.fetch('/stock/view', id=product).status == 404


def test_branches_are_for_chains(shared):
    assert shared.buyer.fetch('/stock/branches').status == 403
    assert not shared.buyer.get('/stock/').may('branches')


def test_purchases_page_by_page(road):
    codes = [road.product() for _ in range(5)]
    order = road.approved([(c, 40) for c in codes])
    number = road.instance.value('SELECT order_no FROM sales_order WHERE id = %s', order)
    for sort in ('placed_at', '-placed_at'):
        assert len(walk(road.buyer, '/stock/history', 'purchases', size=2, sort=sort)) == 5
    found = road.buyer.get('/stock/history', q=codes[2]).rows('purchases')
    assert [(r['order_no'], r['ordered_qty']) for r in found] == [(number, '40')]
    check_export(road.buyer.get('/stock/history'), 'purchases',
                 export(road.buyer, '/stock/history', 'csv'), ['order_no', 'ordered_qty', 'amount'])


@pytest.mark.parametrize('lang', ['zh-CN', 'en'])
def test_every_word_is_there(shared, instance, lang):
    client = instance.portal(shared.customer, 'company_admin', lang=lang)
    product = instance.value('SELECT id FROM product WHERE code = %s', shared.codes[2])
    viewer = instance.portal(shared.customer, 'chain_viewer', lang=lang)
    for path in ('/stock/', '/stock/?q=none', f'/stock/view?id={product}', '/stock/history'):
        assert '⟦' not in client.html(path).text_content(), path
    assert '⟦' not in viewer.html('/stock/branches').text_content()
