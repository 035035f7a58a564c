"""The catalogue: own prices, own products, into the draft."""


def product_id(instance, code):
    return instance.value('SELECT id FROM product WHERE code = %s', code)


def test_own_price_is_shown(market, buyer):
    code = market.product(price='12.34')
    found = buyer.get('/catalogue/', q=code).rows('catalogue')
    assert [(r['code'], r['price']) for r in found] == [(code, '12.3400')]


def test_what_is_denied_is_unknown(instance, market, buyer):
    code = market.product()
    made = product_id(instance, code)
    market.insert('product_visibility', product_id=made, scope='customer', party_id=market.customer,
                  effect='deny')
    assert buyer.get('/catalogue/', q=code).rows('catalogue') == []
    assert buyer.fetch('/catalogue/view', id=made).status == 404
    assert buyer.post('/catalogue/add', {'product': made, 'qty': '10'}).status in (404, 422)


def test_steps_and_own_past_orders(instance, market, buyer):
    code = market.product(price='10')
    made = product_id(instance, code)
    market.insert('price_tier', price_list_id=market.list, product_id=made, min_qty=1000, price='9')
    page = buyer.get('/catalogue/view', id=made)
    assert [(r['min_qty'], r['price']) for r in page.rows('catalogue-steps')] == [
        ('1', '10.0000'), ('1000', '9.0000')]


def test_into_the_draft_and_on_top_of_it(instance, market, buyer):
    code, other = market.product(), market.product()
    made = product_id(instance, code)
    first = buyer.submit(f'/catalogue/view?id={made}', 'catalogue-add', qty='20')
    assert first.status == 303 and first.location.startswith('/entry/?id=')
    again = buyer.post('/catalogue/add', {'product': made, 'qty': '10', 'back': '/catalogue/?q=x'})
    assert again.location == '/catalogue/?q=x'
    buyer.post('/catalogue/add', {'product': product_id(instance, other), 'qty': '5',
                                  'back': 'https://evil.example/'})
    page = buyer.get(first.location)
    assert page.texts('//p:field[starts-with(@name, "qty.")]/p:value') == ['30', '5']


def test_rows_lead_back_to_their_page(market, buyer):
    code = market.product()
    page = buyer.get('/catalogue/', q=code)
    href = page.one('//p:row/p:action[@rel="order.add"]/@href')
    assert 'back=%2Fcatalogue%2F%3Fq%3D' in href
    reply = buyer.act(page, 'order.add')
    assert reply.status == 303 and reply.location.startswith('/catalogue/?q=')


def test_pages_have_all_words(instance, market, buyer):
    made = product_id(instance, market.product())
    for path in ('/catalogue/', f'/catalogue/view?id={made}'):
        for lang in ('zh-CN', 'en'):
            buyer.http.cookies.set('xo_lang', lang)
            assert '⟦' not in buyer.raw('GET', path, headers={'Accept': 'text/html'}).text, path
