"""Quotations (F081): written by a rep, approved below the floor, sent, answered in the portal, held by the order."""
import pytest

from lists import check_export, export, walk
from market import day
from road import Road, page_id
from xiaoao import PNG


class Quotes(Road):
    def __init__(self, instance):
        super().__init__(instance)
        self.item = self.product(price='10.00', floor_price='8.00')
        self.other = self.product(price='20.00', floor_price='15.00')
        self.pricer = instance.office('product_manager')

    def write(self, lines, client=None, path='/quotations/edit', files=None, **fields):
        data = {'party': self.code(), 'valid_until': str(day(20))}
        for i, line in enumerate(lines, 1):
            data[f'code.{i}'], data[f'qty.{i}'] = line[0], line[1]
            data[f'price.{i}'] = line[2] if len(line) > 2 else ''
        return (client or self.rep).submit(path, 'quote', files=files, **{**data, **fields})

    def draft(self, lines, **more):
        return self.good(self.write(lines, **more))

    def send(self, quote, client=None):
        client = client or self.rep
        return client.act(client.get('/quotations/view', id=quote), 'quote.send')

    def sent(self, lines, **more):
        quote = self.draft(lines, **more)
        assert self.send(quote).status == 303 and self.state(quote) == 'sent'
        return quote

    def state(self, quote):
        return self.status_of('quotation', quote)

    def decide(self, quote, decision='approve', client=None, **fields):
        return (client or self.pricer).submit(f'/quotations/view?id={quote}', 'quote-decide', decision=decision, **fields)

    def mine(self, quote):
        return self.pid('quotation', quote)

    def accept(self, quote):
        return self.buyer.act(self.buyer.get('/quotations/view', id=self.mine(quote)), 'quote.accept')

    def expire(self, quote):
        self.instance.sql('UPDATE quotation SET valid_until = %s WHERE id = %s', day(-1), quote)

    def told(self, client):
        return [r['kind'] for r in client.get('/messages/', state='unread').rows('messages')]


@pytest.fixture
def road(instance):
    return Quotes(instance)


@pytest.fixture(scope='module')
def shared(instance):
    """For tests that only look: a draft, two sent, one of them declined."""
    made = Quotes(instance)
    made.quotes = [made.draft([(made.item, 10)]), made.sent([(made.item, 10, '9.00')]),
                   made.sent([(made.other, 5)])]
    made.good(made.buyer.submit(f'/quotations/decline?id={made.mine(made.quotes[2])}', 'quote-decline', why='价格偏高'))
    return made


def test_the_whole_road(road):
    """Written with a paper, sent, read and printed by the buyer, accepted into one draft, submitted at its prices."""
    quote = road.draft([(road.item, 100, '9.00'), (road.other, 10)], terms='款到发货，含运费', note='年度合同价',
                       files={'file': ('方案.png', PNG, 'image/png')})
    page = road.rep.get('/quotations/view', id=quote)
    assert [(r['qty'], r['price'], r['amount']) for r in page.rows('quote-lines')] == [
        ('100', '9.0000', '900.00'), ('10', '20.0000', '200.00')]
    assert road.rep.raw('GET', page('//p:list[@name="quote-files"]//@href')[0]).content == PNG
    assert road.buyer.fetch('/quotations/view', id=road.mine(quote)).status == 404
    assert road.send(quote).status == 303 and road.state(quote) == 'sent'
    assert road.told(road.buyer) == ['quote.sent']
    page = road.buyer.get('/quotations/view', id=road.mine(quote))
    assert page.one('//p:record[@name="quote"]/p:text[@name="terms"]').text == '款到发货，含运费'
    assert road.buyer.raw('GET', page('//p:list[@name="quote-files"]//@href')[0]).content == PNG
    for client, number in ((road.rep, quote), (road.buyer, road.mine(quote))):
        paper = client.get('/quotations/paper', id=number)
        assert paper.one('/p:page/@paper') == 'portrait' and len(paper.rows('quote-paper-lines')) == 2
        assert paper.one('//p:record[@kind="seals"]/p:text[@name="their_seal"]').text
    reply = road.accept(quote)
    assert reply.status == 303 and road.state(quote) == 'accepted'
    assert road.told(road.rep) == ['quote.accepted']
    page = reply.page
    number = page_id(reply.location)
    assert [(r['ordered_qty'], r['price']) for r in page.rows('my-lines')] == [('100', '9.0000'), ('10', '20.0000')]
    assert page.one('//p:record/p:code[@name="quote_no"]').get('href') == f'/quotations/view?id={road.mine(quote)}'
    order = road.instance.value('SELECT order_id FROM quotation WHERE id = %s', quote)
    page = road.rep.get('/orders/view', id=order)
    assert page.one('//p:record/p:code[@name="quote_no"]').get('href') == f'/quotations/view?id={quote}'
    # the list rises meanwhile: the offered prices hold, in the draft and when it is submitted
    road.instance.sql('UPDATE price_tier SET price = price + 5 WHERE price_list_id = %s', road.list)
    assert road.buyer.submit(road.buyer.get('/entry/', id=number), 'quick', then='submit').status == 303
    assert road.status(order) == 'submitted'
    assert road.instance.value('SELECT amount FROM sales_order WHERE id = %s', order) == 1100


def test_accepted_twice_it_is_one_order(road):
    quote = road.sent([(road.item, 10, '9.00')])
    first = road.accept(quote)
    again = road.buyer.post('/quotations/accept', {'id': road.mine(quote)})
    assert first.status == again.status == 303 and first.location == again.location
    assert road.instance.value('SELECT COUNT(*) FROM sales_order WHERE quotation_id = %s', quote) == 1


def test_below_the_floor_another_approves_it_first(road):
    quote = road.draft([(road.item, 100, '7.50')])
    assert 'notice.quote.waiting' in road.send(quote).page.notices and road.state(quote) == 'waiting'
    assert road.told(road.buyer) == [] and 'approval.waiting' in road.told(road.pricer)
    assert road.buyer.fetch('/quotations/view', id=road.mine(quote)).status == 404
    assert [r['@id'] for r in road.pricer.get('/quotations/', stage='mine', customer=road.code()).rows('quotations')] == [str(quote)]
    assert road.manager.get('/quotations/', stage='mine', customer=road.code()).rows('quotations') == []
    assert ('comment', 'required') in road.decide(quote, 'return').errors
    road.good(road.decide(quote, 'return', comment='毛利太低'))
    assert road.state(quote) == 'draft' and road.told(road.rep) == ['quote.returned']
    page = road.rep.get('/quotations/view', id=quote)
    assert 'notice.quote.returned' in page.notices
    assert road.send(quote).status == 303
    road.good(road.decide(quote))
    assert road.state(quote) == 'sent' and road.told(road.buyer) == ['quote.sent']
    assert road.rep.post('/quotations/decide', {'id': quote, 'decision': 'approve'}).status == 403
    assert road.pricer.post('/quotations/decide', {'id': quote, 'decision': 'approve'}).status == 409
    # what was approved once is not asked for its price again, but the order is approved as any
    road.accept(quote)
    order = road.instance.value('SELECT order_id FROM quotation WHERE id = %s', quote)
    number = road.pid('sales_order', order)
    assert road.buyer.submit(road.buyer.get('/entry/', id=number), 'quick', then='submit').status == 303
    reasons = [r['reason'] for r in road.instance.sql("SELECT s.reason FROM approval a JOIN approval_step s ON s.approval_id = a.id"
                                                      " WHERE a.subject = 'order' AND a.subject_id = %s", order)]
    assert reasons and 'floor' not in reasons
    # a later edit goes through approval again, and below the offered price the floor counts (X04)
    road.good(road.rep.submit(f'/entry/?id={order}', 'order-entry', then='submit', **{'price.1': '7.00'}))
    reasons = [r['reason'] for r in road.instance.sql("SELECT s.reason FROM approval a JOIN approval_step s ON s.approval_id = a.id"
                                                      " WHERE a.subject = 'order' AND a.subject_id = %s AND a.status = 'open'", order)]
    assert 'floor' in reasons


def test_nobody_approves_his_own(road):
    road.instance.sql("INSERT INTO user_role (user_id, role_id) SELECT %s, id FROM role WHERE code = 'product_manager'"
                      " AND party_id IS NULL", road.manager.user['id'])
    quote = road.draft([(road.item, 100, '7.50')], client=road.manager)
    assert road.send(quote, client=road.manager).status == 303 and road.state(quote) == 'waiting'
    page = road.manager.get('/quotations/view', id=quote)
    assert 'notice.quote.own' in page.notices and page('//p:form[@name="quote-decide"]') == []
    assert road.manager.post('/quotations/decide', {'id': quote, 'decision': 'approve'}).status == 409
    assert road.state(quote) == 'waiting'
    assert road.manager.act(page, 'withdraw').status == 303 and road.state(quote) == 'draft'
    assert road.instance.value("SELECT COUNT(*) FROM approval WHERE subject = 'quote' AND subject_id = %s AND status = 'open'", quote) == 0


def test_expired_it_is_not_accepted_nor_do_its_prices_hold(road):
    quote = road.sent([(road.item, 10, '9.00')])
    road.expire(quote)
    page = road.buyer.get('/quotations/view', id=road.mine(quote))
    assert page.one('//p:heading/p:status').text == 'expired' and not page.may('quote.accept')
    reply = road.buyer.post('/quotations/accept', {'id': road.mine(quote)})
    assert reply.status == 422 and 'error.quote.expired' in reply.page.notices
    assert road.instance.value('SELECT COUNT(*) FROM sales_order WHERE quotation_id = %s', quote) == 0
    # accepted in time, submitted too late: the list's price, which the buyer has to see first
    quote = road.sent([(road.item, 10, '9.00')])
    number = page_id(road.accept(quote).location)
    road.expire(quote)
    reply = road.buyer.submit(road.buyer.get('/entry/', id=number), 'quick', then='submit')
    order = road.instance.value('SELECT order_id FROM quotation WHERE id = %s', quote)
    assert reply.status == 303 and road.instance.value('SELECT amount FROM sales_order WHERE id = %s', order) == 100


def test_the_price_holds_from_the_offered_quantity_on(road):
    quote = road.sent([(road.item, 100, '9.00')])
    number = page_id(road.accept(quote).location)
    def price(qty):
        assert road.buyer.submit(road.buyer.get('/entry/', id=number), 'quick', then='save', **{'qty.1': qty}).status == 303
        return road.buyer.get('/orders/view', id=number).rows('my-lines')[0]['price']
    assert price('300') == '9.0000' and price('40') == '10.0000'


def test_another_companys_quotation_is_an_unknown_one(road, instance):
    quote = road.sent([(road.item, 10)])
    other = Quotes(instance)
    number = road.mine(quote)
    for path in ('/quotations/view', '/quotations/paper', '/quotations/decline'):
        assert other.buyer.fetch(path, id=number).status == 404
    assert other.buyer.post('/quotations/accept', {'id': number}).status == 404
    assert other.buyer.post('/quotations/decline', {'id': number, 'why': 'x'}).status == 404
    for path in ('/quotations/view', '/quotations/paper', '/quotations/edit'):
        assert other.rep.fetch(path, id=quote).status == 404
    for path in ('/quotations/send', '/quotations/withdraw'):
        assert other.rep.post(path, {'id': quote}).status == 404
    assert other.rep.get('/quotations/', customer=road.code()).rows('quotations') == []
    assert other.write([(road.item, 1)], party=road.code()).errors == [('party', 'party.unknown')]
    assert road.state(quote) == 'sent'


def test_declined_or_withdrawn_it_is_over(road):
    quote, other = road.sent([(road.item, 10)]), road.sent([(road.item, 20)])
    path = f'/quotations/decline?id={road.mine(quote)}'
    assert ('why', 'required') in road.buyer.submit(path, 'quote-decline').errors
    road.good(road.buyer.submit(path, 'quote-decline', why='已另行采购'))
    assert road.state(quote) == 'declined' and road.told(road.rep) == ['quote.declined']
    assert road.rep.get('/quotations/view', id=quote).one('//p:record/p:text[@name="reply"]').text == '已另行采购'
    assert road.rep.act(road.rep.get('/quotations/view', id=other), 'withdraw').status == 303
    for made in (quote, other):
        assert 'error.quote.state' in road.buyer.post('/quotations/accept', {'id': road.mine(made)}).page.notices
        assert 'error.quote.state' in road.rep.post('/quotations/send', {'id': made}).page.notices
        assert road.rep.fetch('/quotations/edit', id=made).status == 404


@pytest.mark.parametrize('change, error', [
    ({'price.1': '11.0000'}, ('price.1', 'quote.above')), ({'code.1': 'NO-SUCH'}, ('code.1', 'code.unknown')),
    ({'qty.1': ''}, ('qty.1', 'qty.missing')), ({'valid_until': str(day(-1))}, ('valid_until', 'date.past')),
    ({'valid_until': str(day(400))}, ('valid_until', 'quote.long')), ({'party': ''}, ('party', 'required')),
])
def test_what_is_wrong_is_said_beside_it_and_kept(shared, change, error):
    reply = shared.write([(shared.item, 10)], note='急', **change)
    assert reply.status == 422 and error in reply.errors
    kept = {f.get('name'): f.findtext('{*}value') for f in reply.page.form('quote').iter('{*}field')}
    assert kept['note'] == '急' and (kept[next(iter(change))] or '') == next(iter(change.values()))


def test_a_draft_is_changed_and_a_stale_form_is_told(road):
    quote = road.draft([(road.item, 10)])
    page = road.rep.get('/quotations/edit', id=quote)
    road.good(road.rep.submit(page, 'quote', **{'qty.1': '30'}))
    assert road.rep.get('/quotations/view', id=quote).rows('quote-lines')[0]['qty'] == '30'
    assert road.rep.submit(page, 'quote', **{'qty.1': '50'}).status == 409
    assert road.instance.value('SELECT amount FROM quotation WHERE id = %s', quote) == 300


def test_copied_it_is_a_new_one(road):
    quote = road.sent([(road.item, 10, '9.00')], note='老客户价')
    page = road.rep.get('/quotations/edit', copy=quote)
    made = road.good(road.rep.submit(page, 'quote'))
    assert made != quote and road.state(made) == 'draft' and road.state(quote) == 'sent'
    assert road.rep.get('/quotations/view', id=made).rows('quote-lines')[0]['price'] == '9.0000'


def test_lists_filters_and_files(shared):
    def found(**query):
        return [int(r['@id']) for r in shared.rep.get('/quotations/', **query).rows('quotations')]
    draft, sent, declined = shared.quotes
    assert found() == [declined, sent, draft] and found(status='declined') == [declined]
    assert found(product=shared.other) == [declined] and found(customer=shared.code()) == [declined, sent, draft]
    number = shared.instance.value('SELECT quote_no FROM quotation WHERE id = %s', sent)
    assert found(q=number) == [sent] and found(to=str(day(-1))) == []
    assert len(walk(shared.rep, '/quotations/', 'quotations', size=1, sort='amount')) == 3
    assert len(walk(shared.buyer, '/quotations/', 'my-quotations', size=1)) == 2
    assert [r['status'] for r in shared.buyer.get('/quotations/', status='declined').rows('my-quotations')] == ['declined']
    check_export(shared.rep.get('/quotations/'), 'quotations', export(shared.rep, '/quotations/', 'xlsx'), ['quote_no', 'amount'])


def test_who_may_what(shared, instance):
    finance, reader = instance.office('finance'), instance.portal(shared.customer, 'receiver')
    quote = shared.quotes[1]
    assert finance.get('/quotations/view', id=quote) and finance.fetch('/quotations/edit').status == 403
    page = reader.get('/quotations/view', id=shared.mine(quote))
    assert not page.may('quote.accept')
    assert reader.post('/quotations/accept', {'id': shared.mine(quote)}).status == 403


@pytest.mark.parametrize('lang', ['zh-CN', 'en'])
def test_every_word_is_there(shared, instance, lang):
    rep = instance.office('finance', lang=lang)
    buyer = instance.portal(shared.customer, 'company_admin', lang=lang)
    sales = instance.office('sales_manager', org_unit_id=shared.unit, lang=lang)
    for quote in shared.quotes:
        for path in (f'/quotations/view?id={quote}', f'/quotations/paper?id={quote}', '/quotations/', '/quotations/?q=none'):
            assert '⟦' not in rep.html(path).text_content(), path
    for path in ('/quotations/edit', f'/quotations/edit?id={shared.quotes[0]}', f'/quotations/edit?copy={shared.quotes[1]}'):
        assert '⟦' not in sales.html(path).text_content(), path
    number = shared.mine(shared.quotes[1])
    for path in ('/quotations/', f'/quotations/view?id={number}', f'/quotations/paper?id={number}', f'/quotations/decline?id={number}'):
        assert '⟦' not in buyer.html(path).text_content(), path
