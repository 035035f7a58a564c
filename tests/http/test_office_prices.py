"""Price lists, visibility rules, and what a customer would pay."""
import pytest

from market import day
from xiaoao import unique


@pytest.fixture(scope='module')
def manager(instance):
    return instance.office('product_manager')


def new_list(manager, market, **fields):
    return manager.submit('/prices/edit', 'price_list', **{
        'code': unique('L')[:20], 'name': '测试价格', 'scope': 'customer', 'party': market.code(),
        'valid_from': str(day(0)), 'status': 'active', 'priority': 5, **fields})


def made_id(reply):
    assert reply.status == 303, (reply, reply.errors)
    return int(reply.location.rsplit('=', 1)[1])


def add(manager, id_, *lines):
    data = {}
    for i, (code, min_qty, price) in enumerate(lines, 1):
        data |= {f'product.{i}': code, f'new_min.{i}': min_qty, f'new_price.{i}': price}
    return manager.submit(f'/prices/grid?id={id_}', 'prices', **data)


def test_made_filled_and_seen(market, manager, instance):
    a, b = market.product(price=None), market.product(price=None)
    id_ = made_id(new_list(manager, market))
    reply = add(manager, id_, (a, 1, '12.34'), (a, 100, '11.5'), (b, 1, '0.1234'))
    assert reply.status == 303
    rows = reply.page.rows('tiers')
    assert [(r['code'], r['min_qty'], r['price']) for r in rows] == [
        (a, '1', '12.3400'), (a, '100', '11.5000'), (b, '1', '0.1234')]
    assert [r['code'] for r in manager.get(f'/prices/view?id={id_}', q=b).rows('tiers')] == [b]
    page = manager.get('/prices/', q=instance.value('SELECT code FROM price_list WHERE id = %s', id_))
    assert [r['products'] for r in page.rows('price_lists')] == ['2']


def test_many_prices_at_once(market, manager, instance):
    a, b = market.product(price=None), market.product(price=None)
    id_ = made_id(new_list(manager, market))
    add(manager, id_, (a, 1, '10'), (b, 1, '20'))
    tiers = {r['code']: r['id'] for r in instance.sql(
        'SELECT p.code, t.id FROM price_tier t JOIN product p ON p.id = t.product_id'
        ' WHERE price_list_id = %s', id_)}
    reply = manager.submit(f'/prices/grid?id={id_}', 'prices',
                           **{f'price.{tiers[a]}': '10.5', f'price.{tiers[b]}': ''})
    assert [(r['code'], r['price']) for r in reply.page.rows('tiers')] == [(a, '10.5000')]


@pytest.mark.parametrize('line, field, code', [
    (('nothing', 1, '5'), 'product.1', 'product.unknown'),
    ((None, 1, '0'), 'new_price.1', 'price.positive'),
    ((None, 1, '-5'), 'new_price.1', 'price.positive'),
    ((None, 1, '1.23456'), 'new_price.1', 'decimals'),
    ((None, 0, '5'), 'new_min.1', 'min'),
])
def test_a_wrong_cell_is_kept_beside_its_error(market, manager, line, field, code):
    id_ = made_id(new_list(manager, market))
    line = (line[0] or market.product(price=None), *line[1:])
    reply = add(manager, id_, line)
    assert reply.status == 422 and (field, code) in reply.errors
    assert reply.page.texts('//p:field[@name="new_price.1"]/p:value') == [line[2]]
    assert manager.get(f'/prices/view?id={id_}').rows('tiers') == []


def test_two_who_edit_prices(market, manager):
    a = market.product(price=None)
    id_ = made_id(new_list(manager, market))
    add(manager, id_, (a, 1, '10'))
    stale = manager.get(f'/prices/grid?id={id_}')
    name = next(n for n in stale.texts('//p:field/@name') if n.startswith('price.'))
    assert manager.submit(f'/prices/grid?id={id_}', 'prices', **{name: '11'}).status == 303
    reply = manager.submit(stale, 'prices', **{name: '12'})
    assert reply.status == 409 and (name, 'theirs') in reply.errors
    assert reply.page.texts('//p:error[@code="theirs"]/p:price[@name="theirs"]') == ['11.00']


@pytest.mark.parametrize('fields, field, code', [
    ({'party': ''}, 'party', 'required'), ({'party': 'nobody'}, 'party', 'party.unknown'),
    ({'scope': 'group', 'group_id': ''}, 'group_id', 'required'), ({'scope': 'province', 'province': ''}, 'province', 'required'),
    ({'valid_to': '2020-01-01'}, 'valid_to', 'ck_price_list_valid_to'),
    ({'valid_from': ''}, 'valid_from', 'required'), ({'valid_from': '2026-02-30'}, 'valid_from', 'date'),
])
def test_a_list_says_what_is_wrong(market, manager, fields, field, code):
    reply = new_list(manager, market, **fields)
    assert reply.status == 422 and (field, code) in reply.errors


def test_lists_that_cannot_be_told_apart_are_refused(market, manager):
    a = market.product(price=None)
    first = made_id(new_list(manager, market, priority=7))
    add(manager, first, (a, 1, '10'))
    second = made_id(new_list(manager, market, priority=7))
    reply = add(manager, second, (a, 1, '9'))
    assert reply.status == 422 and 'error.price.overlap' in reply.page.notices
    other = made_id(new_list(manager, market, priority=8))
    assert add(manager, other, (a, 1, '9')).status == 303
    page = manager.get(f'/prices/edit?id={other}')
    moved = manager.submit(page, 'price_list', priority=7)
    assert (moved.status, moved.errors) == (422, [('valid_from', 'price.overlap')])
    ended = manager.submit(f'/prices/edit?id={first}', 'price_list', valid_to=str(day(0)))
    assert ended.status == 303
    later = manager.submit(f'/prices/edit?id={other}', 'price_list', priority=7,
                           valid_from=str(day(1)))
    assert later.status == 303


def test_copied_with_a_change(market, manager, instance):
    a = market.product(price=None)
    id_ = made_id(new_list(manager, market))
    add(manager, id_, (a, 1, '10'))
    reply = manager.submit(f'/prices/copy?id={id_}', 'price_copy', code=unique('L')[:20], name='明年',
                           valid_from=str(day(30)), change='5.5')
    assert reply.status == 303
    assert [r['price'] for r in reply.page.rows('tiers')] == ['10.5500']
    copy = int(reply.location.rsplit('=', 1)[1])
    assert instance.value('SELECT status FROM price_list WHERE id = %s', copy) == 'draft'


def test_what_a_customer_would_pay(market, manager):
    a = market.product(price='10.00')
    id_ = made_id(new_list(manager, market, priority=9))
    add(manager, id_, (a, 1, '9.5'), (a, 50, '9'))

    def price(qty, **more):
        page = manager.get('/pricecheck/', party=market.code(), product=a, qty=qty, **more)
        return page.texts('//p:record[@name="price"]/p:price[@name="price"]'), page

    assert price(1)[0] == ['9.5000']
    found, page = price(50)
    assert found == ['9.0000']
    assert [r['outcome'] for r in page.rows('candidates')].count('wins') == 1
    assert price(1, day=str(day(-10)))[0] == ['10.0000']
    found, page = price(1, day='2001-01-01')
    assert found == [] and 'notice.price.none' in page.notices
    wrong = manager.fetch('/pricecheck/', party='nobody', product=a, qty=1)
    assert (wrong.status, wrong.errors) == (422, [('party', 'party.unknown')])


def test_visibility_rules(market, manager, instance):
    a = market.product(price='10.00')
    reply = manager.submit('/visibility/edit', 'rule', effect='deny', product=a, scope='customer',
                           party=market.code(), product_group_id='')
    assert reply.status == 303
    page = manager.get('/pricecheck/', party=market.code(), product=a, qty=1)
    assert page.value('visible') == 'false'
    rule = manager.get('/visibility/', q=a).rows('rules')
    assert [r['effect'] for r in rule] == ['deny']
    id_ = rule[0]['@id']
    both = manager.submit(f'/visibility/edit?id={id_}', 'rule',
                          product_group_id=instance.value('SELECT MIN(id) FROM product_group'))
    assert (both.status, both.errors) == (422, [('product', 'rule.what')])
    stale = manager.get(f'/visibility/edit?id={id_}')
    assert manager.submit(stale, 'rule', effect='allow').status == 303
    assert manager.submit(stale, 'rule', effect='deny').status == 409
    gone = manager.submit(f'/visibility/edit?id={id_}', 'rule', action='remove')
    assert gone.status == 303
    assert manager.fetch(f'/visibility/edit?id={id_}').status == 404


def test_policies_of_what_a_customer_sees_of_stock(market, manager, instance):
    party = market.new_customer()
    reply = manager.submit('/policies/edit', 'policy', scope='customer', party=market.code(party),
                           show_as='figures', show_lots='1', buyer_role='', group_id='')
    assert reply.status == 303
    row = instance.sql('SELECT id, show_as, show_lots FROM stock_policy WHERE party_id = %s', party)[0]
    assert (row['show_as'], row['show_lots']) == ('figures', 1)
    twice = manager.submit('/policies/edit', 'policy', scope='customer', party=market.code(party), show_as='none')
    assert twice.status == 422
    lost = manager.submit('/policies/edit', 'policy', scope='group', group_id='', show_as='none')
    assert lost.status == 422 and ('group_id', 'required') in lost.errors
    page = manager.get(f'/policies/edit?id={row["id"]}')
    assert manager.submit(page, 'policy', show_as='bands').status == 303
    assert manager.submit(page, 'policy', show_as='none').status == 409
    assert manager.submit(f'/policies/edit?id={row["id"]}', 'policy', action='remove').status == 303
    everybody = instance.value("SELECT id FROM stock_policy WHERE scope = 'all'")
    assert not manager.get(f'/policies/edit?id={everybody}').may('remove')
    assert manager.post('/policies/remove', {'id': everybody, 'scope': 'all', 'show_as': 'none'}).status == 404


def test_groups_of_customers(market):
    code = unique('G')[:20]
    reply = market.manager.submit('/customergroups/edit', 'customergroup', code=code, name='测试组')
    assert reply.status == 303
    assert code in market.manager.get('/customergroups/').texts('//p:row/p:code')
    again = market.manager.submit('/customergroups/edit', 'customergroup', code=code, name='又')
    assert again.status == 422 and again.errors == [('code', 'uq_customer_group_code')]
    assert market.rep.fetch('/customergroups/edit').status == 403


def test_who_only_looks(market, instance):
    rep = instance.office('sales_rep')
    assert not rep.get('/prices/').may('create')
    assert rep.fetch('/prices/edit').status == 403
    assert rep.post('/prices/grid', {'id': market.list}).status == 403
    assert rep.post('/visibility/save', {'effect': 'deny'}).status == 403
    assert instance.office('logistics').fetch('/prices/').status == 403
