"""Saved lists: made, changed, ordered from, shared or private."""
from xiaoao import unique


def make(buyer, name, code, qty='20', **more):
    return buyer.submit('/lists/edit', 'list', name=name, **{'code.1': code, 'qty.1': qty}, **more)


def test_a_list_is_made_changed_and_ordered_from(market, buyer):
    name, code = unique('清单'), market.product()
    place = make(buyer, name, code).location
    assert any(r['name'] == name for r in buyer.get('/lists/').rows('saved-lists'))
    reply = buyer.submit(place, 'list', **{'qty.1': '50'})
    assert reply.status == 303, reply.errors
    page = buyer.get('/entry/', list=place.split('=')[1])
    assert page.texts('//p:field[@name="code.1"]/p:value') == [code]
    assert page.texts('//p:field[@name="qty.1"]/p:value') == ['50']


def test_an_unknown_code_is_not_kept(buyer):
    reply = make(buyer, unique('清单'), 'NO-SUCH')
    assert reply.status == 422 and ('code.1', 'code.unknown') in reply.errors
    assert reply.page.texts('//p:field[@name="code.1"]/p:value') == ['NO-SUCH']


def test_names_are_unique_in_the_company(market, buyer):
    name, code = unique('清单'), market.product()
    make(buyer, name, code)
    reply = make(buyer, name, code)
    assert reply.status == 422 and reply.errors == [('name', 'uq_saved_list_name')]


def test_a_private_list_is_its_makers(instance, market, buyer):
    place = make(buyer, unique('清单'), market.product(), private='1').location
    colleague = instance.portal(market.customer, 'buyer')
    stranger = instance.portal(market.new_customer(), 'buyer')
    for other in (colleague, stranger):
        assert other.fetch(place).status == 404
        assert other.post('/lists/delete', {'id': place.split('=')[1]}).status == 404
    shared = make(buyer, unique('清单'), market.product()).location
    assert colleague.fetch(shared).status == 200 and stranger.fetch(shared).status == 404


def test_a_list_is_deleted(market, buyer):
    place = make(buyer, unique('清单'), market.product()).location
    assert buyer.act(buyer.get(place), 'delete').status == 303
    assert buyer.fetch(place).status == 404


def test_pages_have_all_words(market, buyer):
    place = make(buyer, unique('清单'), market.product()).location
    for path in ('/lists/', '/lists/edit', place):
        for lang in ('zh-CN', 'en'):
            buyer.http.cookies.set('xo_lang', lang)
            assert '⟦' not in buyer.raw('GET', path, headers={'Accept': 'text/html'}).text, path
