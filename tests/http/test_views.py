"""Views a user keeps over a list: his own, shared, and never anything but that list."""
import urllib.parse

import pytest

from lists import export

QUERY = 'status=submitted&q=%E6%AD%A6%E6%B1%89&sort=-amount&cols=order_no%2Camount'
LISTS = {'office': '/orders/', 'portal': '/orders/'}


@pytest.fixture
def buyer(instance):
    party = instance.value("SELECT o.party_id FROM sales_order o JOIN customer c ON c.party_id = o.party_id"
                           " WHERE c.buyer_role = 'distributor' GROUP BY 1 ORDER BY COUNT(*) DESC LIMIT 1")
    return lambda *roles: instance.portal(party, *roles)


@pytest.fixture(params=['office', 'portal'])
def pair(request, instance, buyer):
    """One who may share, and a colleague who may not."""
    if request.param == 'office':
        return instance.office('sales_manager'), instance.office('sales_rep')
    return buyer('company_admin'), buyer('buyer')


def keep(client, name, query=QUERY, at='/orders/', **fields):
    page = client.get(f'{at}?{query}')
    form = client.get(page.link('view.save'))
    return client.submit(form, 'view', name=name, **fields)


def tabs(client, at='/orders/', **query):
    """The user's views as the list shows them: name and address."""
    return {v.get('label'): v.get('href') for v in client.get(at, **query)('//p:view[@label]')}


def own(client):
    return [r['name'] for r in client.get('/orders/views').rows('own-views')]


def test_what_is_shown_is_kept_and_shown_again(pair):
    client, _ = pair
    done = keep(client, '大单')
    assert done.status == 303 and 'notice.view.saved' in done.page.notices
    address = urllib.parse.urlsplit(tabs(client)['大单'])
    asked = dict(urllib.parse.parse_qsl(address.query))
    assert address.path == '/orders/'
    assert asked == {**dict(urllib.parse.parse_qsl(QUERY)), 'view': asked['view']}
    page = client.get(tabs(client)['大单'])
    assert page.one('//p:view[@current]').get('label') == '大单'
    assert page.texts('//p:column/@name') == ['order_no', 'amount']
    assert page.one('//p:column[@sort]/@sort') == 'desc'
    assert client.html(tabs(client)['大单']).xpath('//nav[@class="views"]//a[@aria-current]')[0] \
        .text_content().strip() == '大单'


@pytest.fixture
def reader(pair, instance):
    """One with more messages than a page holds."""
    client, _ = pair
    instance.sql('INSERT INTO notification (user_id, kind, args) SELECT %s, %s, CONCAT(%s, s.seq) FROM seq_1_to_60 s',
                 client.user['id'], 'order.approved', 'no=SO')
    return client


def test_the_size_of_a_page_is_chosen_and_kept(reader):
    page = reader.get('/messages/', sort='created_at')
    sizes = {s.get('rows'): s for s in page('//p:pager/p:size')}
    assert list(sizes) == ['25', '50', '100', '200']
    assert [n for n, s in sizes.items() if s.get('current')] == ['50'] and 'size' not in sizes['50'].get('href')
    first = [r['@id'] for r in page.rows('messages')]
    small = reader.get(reader.get(page('//p:pager/@next')[0])('//p:pager/p:size[@rows="25"]/@href')[0])
    assert [r['@id'] for r in small.rows('messages')] == first[:25], 'another size begins at the first page'
    following = reader.get(small('//p:pager/@next')[0])
    assert [r['@id'] for r in following.rows('messages')] == first[25:50], 'and goes on in that size'
    assert small.one('//p:filter/p:field[@name="size"]/p:value').text == '25', 'a search keeps it'
    name = reader.html('/messages/?size=25').xpath('//nav[@class="pager"]//a[@aria-current]')[0].text_content().strip()
    assert name == '25'
    reader.post('/messages/views', {'query': 'size=100', 'name': '大页'})
    assert len(reader.get(tabs(reader, '/messages/')['大页']).rows('messages')) == 60
    for refused in ('50', '7', '1000', 'x'):
        assert reader.post('/messages/views', {'query': 'size=' + refused, 'name': 'x'}).status == 422, refused


def test_a_file_has_every_row_whatever_the_size(reader):
    whole = export(reader, '/messages/', 'csv')
    assert len(whole) == 61 and export(reader, '/messages/', 'csv', size=25) == whole


def test_a_list_as_it_is_has_nothing_to_keep(pair):
    client, _ = pair
    assert not client.get('/orders/').may('view.save')
    reply = client.submit('/orders/views?at=/&query=size%3D5', 'view', name='无')
    assert reply.status == 422 and reply.errors == [('name', 'view.nothing')]


def test_the_same_name_is_written_over(pair):
    client, _ = pair
    keep(client, '我的')
    keep(client, '我的', 'status=draft')
    assert 'status=draft' in tabs(client)['我的'] and 'sort' not in tabs(client)['我的']


def test_renamed_and_dropped(pair):
    client, _ = pair
    keep(client, '旧')
    page = client.get(client.get(tabs(client)['旧']).link('view.edit'))
    assert client.submit(page, 'view', name='新').status == 303
    assert own(client) == ['新']
    page = client.get(client.get('/orders/').link('view.edit'))
    assert client.act(page, 'delete').status == 303
    assert own(client) == []


def test_a_name_of_ones_own_cannot_be_taken_twice(pair):
    client, _ = pair
    keep(client, '甲')
    keep(client, '乙', 'status=draft')
    page = client.get(client.get(tabs(client)['乙']).link('view.edit'))
    reply = client.submit(page, 'view', name='甲')
    assert reply.status == 422 and reply.errors == [('name', 'uq_saved_view_name')]
    assert sorted(own(client)) == ['乙', '甲']


def test_shared_with_colleagues_by_whom_it_is_allowed(pair, instance):
    client, colleague = pair
    name = '共享' + str(client.user['id'])
    keep(client, name, shared='1')
    assert name in tabs(colleague)
    page = colleague.get(tabs(colleague)[name])
    assert not page.may('view.edit'), 'only its owner changes it'
    view = page.one('//p:view[@label="%s"]/@name' % name)
    assert colleague.fetch('/orders/views', id=view).status == 404
    assert colleague.post('/orders/views', {'id': view, 'name': 'x'}).status == 404
    assert colleague.post('/orders/views/drop', {'id': view}).status == 404
    # a colleague who may not share says so in vain
    assert not colleague.get('/orders/views?at=/&query=status%3Ddraft')('//p:field[@name="shared"]')
    colleague.post('/orders/views', {'query': 'status=draft', 'name': '私', 'shared': '1'})
    assert '私' in tabs(colleague) and '私' not in tabs(client)
    client.post('/orders/views/drop', {'id': view})
    assert name not in tabs(colleague)


def test_another_company_sees_none(instance, buyer):
    client = buyer('company_admin')
    other = instance.value("SELECT party_id FROM customer WHERE buyer_role = 'distributor' AND party_id <> %s LIMIT 1",
                           instance.value('SELECT party_id FROM app_user WHERE id = %s', client.user['id']))
    keep(client, '只给本企业', shared='1')
    stranger = instance.portal(other, 'company_admin')
    assert '只给本企业' not in tabs(stranger)
    view = client.get(tabs(client)['只给本企业']).one('//p:view[@current]/@name')
    assert stranger.post('/orders/views/drop', {'id': view}).status == 404
    assert '只给本企业' not in tabs(instance.office('sales_manager'))


@pytest.mark.parametrize('query', ['//evil.example/', 'javascript:alert(1)', 'x=1&next=//evil',
                                   'after=1~2&before=3~4&format=csv&lang=en&_csrf=x', '%', '"><b>'])
def test_only_what_the_list_takes_is_kept(pair, instance, query):
    client, _ = pair
    reply = client.post('/orders/views', {'query': query, 'name': 'x'})
    assert reply.status == 422, reply
    assert client.post('/orders/views', {'query': 'status=draft&' + query, 'name': 'x'}).status in (303, 422)
    kept = [r['query'] for r in instance.sql('SELECT query FROM saved_view WHERE user_id = %s', client.user['id'])]
    assert kept in ([], ['status=draft'])


def test_what_came_into_the_table_otherwise_is_no_address_either(pair, instance):
    client, _ = pair
    keep(client, '坏')
    instance.sql("UPDATE saved_view SET query = 'format=csv&status=draft&a=%%22><b>&lang=en' WHERE user_id = %s",
                 client.user['id'])
    view = client.get('/orders/').one('//p:view[@label="坏"]')
    assert view.get('href') == f'/orders/?status=draft&view={view.get("name")}'


def test_a_filter_the_list_refuses_is_not_kept(pair):
    client, _ = pair
    for query in ('status=nonsense', 'from=2026-13-40'):
        reply = client.post('/orders/views', {'query': query, 'name': 'x'})
        assert reply.errors == [('name', 'view.nothing')], query


def test_no_more_than_a_row_of_tabs(pair, instance):
    client, _ = pair
    for i in range(20):
        client.post('/orders/views', {'query': f'q={i}', 'name': f'v{i}'})
    reply = client.post('/orders/views', {'query': 'q=x', 'name': 'one more'})
    assert reply.errors == [('name', 'view.many')] and len(own(client)) == 20
    assert client.post('/orders/views', {'query': 'q=y', 'name': 'v3'}).status == 303


def test_a_list_one_may_not_see_has_no_views(instance):
    client = instance.office('logistics')
    for path in ('/receipts/views', '/invoices/views?at=/due'):
        assert client.fetch(path).status == 403
    assert client.post('/receipts/views', {'query': 'q=1', 'name': 'x'}).status == 403
    assert client.fetch('/orders/views', at='/nowhere').status == 404
    assert client.fetch('/home/views').status == 404, 'a program without a list'
    assert instance.office('finance').fetch('/prices/views', at='/view').status == 404, 'a list of one record'


def test_each_list_of_a_program_has_its_own(instance):
    client = instance.office('finance')
    keep(client, '本月到期', 'q=x', at='/invoices/due')
    assert '本月到期' in tabs(client, '/invoices/due') and '本月到期' not in tabs(client, '/invoices/')


@pytest.mark.parametrize('lang', ['zh-CN', 'en'])
def test_every_word_is_there(instance, lang):
    client = instance.office('sales_manager', lang=lang)
    keep(client, 'x', shared='1')
    for path in ('/orders/', '/orders/?q=1', '/orders/views', '/orders/views?at=/&query=q%3D1'):
        assert '⟦' not in client.html(path).text_content(), path
