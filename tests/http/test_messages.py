"""Messages: told in the transaction of what they tell, to those it concerns, and read by opening."""
import pathlib
import re

import pytest

from market import Market
from road import Road


def told(client, kind=None):
    """(kind, number) of the unread messages, newest first."""
    rows = client.get('/messages/', state='unread').rows('messages')
    return [(r['kind'], r['about']) for r in rows if kind in (None, r['kind'])]


def bell(client):
    return int(client.get('/messages/').one('//p:session/p:link[@rel="notifications"]/@count'))


def number(market, order):
    return market.instance.value('SELECT order_no FROM sales_order WHERE id = %s', order)


def say(instance, client, href, kind='order.approved', n=1):
    return [instance.sql('INSERT INTO notification (user_id, kind, args, href) VALUES (%s, %s, %s, %s)',
                         client.user['id'], kind, f'no=SO{i}|who=某公司', href) for i in range(n)]


@pytest.fixture
def market(instance):
    return Market(instance)


@pytest.fixture(params=['office', 'portal'])
def person(request, instance):
    if request.param == 'office':
        return instance.office('sales_rep')
    return instance.portal(instance.value('SELECT MIN(party_id) FROM customer'), 'buyer')


# ---- who is told what


def test_an_approval_tells_those_who_may_decide_once(market):
    order = market.order([(market.product(), 40)])
    assert told(market.manager) == [('approval.waiting', number(market, order))]
    assert told(market.rep) == [], 'who made it is not asked'
    reply = market.manager.act(market.manager.get('/messages/'), 'open')
    assert reply.status == 303 and reply.location == f'/approvals/?open={market.step(order)}'
    assert reply.page is not None and told(market.manager) == []


@pytest.mark.parametrize('decision, kind', [('approve', 'order.approved'), ('return', 'order.returned'),
                                            ('reject', 'order.rejected')])
def test_a_decision_tells_who_submitted(market, decision, kind):
    order = market.order([(market.product(), 40)])
    market.decide(order, decision, comment='请改')
    assert told(market.rep) == [(kind, number(market, order))]
    reply = market.rep.act(market.rep.get('/messages/'), 'open')
    assert reply.location == f'/orders/view?id={order}'


def test_a_refused_decision_tells_nobody(market):
    """The message is part of the transaction."""
    order = market.order([(market.product(), 40)])
    before = told(market.rep)
    assert market.decide(order, 'return', comment='').status == 422
    assert told(market.rep) == before


def test_the_customer_is_told_of_its_order_goods_and_invoice(instance):
    road = Road(instance)
    accountant = instance.portal(road.customer, 'accountant')
    receiver = instance.portal(road.customer, 'receiver')
    order = road.order([(road.product(), 40)])
    instance.sql('UPDATE sales_order SET submitted_by = %s WHERE id = %s', road.buyer.user['id'], order)
    road.decide(order)
    shipment = road.shipped(order)
    invoice = road.issued(order)
    kinds = [k for k, _ in told(road.buyer)]
    assert kinds == ['invoice.issued', 'shipment.shipped', 'order.approved']
    assert told(accountant) == [('invoice.issued', instance.value(
        'SELECT invoice_no FROM invoice WHERE id = %s', invoice))]
    assert told(receiver) == []
    opened = road.buyer.act(road.buyer.get('/messages/', kind='shipment'), 'open')
    assert opened.location == f'/shipments/view?id={road.pid("shipment", shipment)}'
    assert opened.page.id == 'portal.shipments.view'


def test_an_order_of_the_portal_tells_its_rep(instance, market):
    buyer = instance.portal(market.customer, 'buyer')
    code = market.product()
    page = buyer.post('/entry/check', {'code.1': code, 'qty.1': '40'}).page
    done = buyer.submit(page, 'quick', then='submit')
    assert done.status == 303, (done, done.errors)
    assert [k for k, _ in told(market.rep)] == ['order.placed']
    assert market.rep.get('/messages/')('//p:row/p:code/@sub') == [
        instance.value('SELECT name FROM party WHERE id = %s', market.customer)]


# ---- reading


def test_the_bell_counts_and_opening_reads(instance, person):
    say(instance, person, '/home/', n=3)
    assert bell(person) == 3
    page = person.get('/messages/')
    assert [r['state'] for r in page.rows('messages')] == ['unread'] * 3
    assert page('//p:row/@flag') == ['attention'] * 3
    reply = person.act(page, 'open')
    assert (reply.status, reply.location) == (303, '/home/')
    assert bell(person) == 2
    assert [r['state'] for r in person.get('/messages/').rows('messages')] == ['read', 'unread', 'unread']
    assert person.act(page, 'open').location == '/home/', 'opened again'
    assert bell(person) == 2


def test_all_are_read_at_once(instance, person):
    say(instance, person, '/home/', n=4)
    page = person.get('/messages/')
    assert person.act(page, 'read-all').status == 303
    page = person.get('/messages/')
    assert bell(person) == 0 and not page.may('read-all') and len(page.rows('messages')) == 4
    assert person.get('/messages/', state='unread').rows('messages') == []


def test_others_messages_are_nobodys_business(instance, person):
    other = instance.office('sales_rep')
    made = say(instance, other, '/home/')[0]
    assert person.post('/messages/open', {'id': made}).status == 404
    assert instance.value('SELECT read_at FROM notification WHERE id = %s', made) is None
    assert person.get('/messages/').rows('messages') == []
    person.post('/messages/read')
    assert bell(other) == 1


@pytest.mark.parametrize('href', ['//evil.example/', 'https://evil.example/', '/\\evil.example'])
def test_a_message_leads_nowhere_else(instance, person, href):
    made = say(instance, person, href)[0]
    r = person.raw('POST', '/messages/open', data={'id': made, '_csrf': person.csrf()})
    assert r.headers['Location'] in ('/', '/messages/')


def test_pages_of_messages(instance, person):
    say(instance, person, '/home/', n=120)
    page, seen = person.get('/messages/'), []
    while True:
        seen += [r['@id'] for r in page.rows('messages')]
        if not page('//p:pager/@next'):
            break
        page = person.get(page('//p:pager/@next')[0])
    assert len(seen) == len(set(seen)) == 120 and seen == sorted(seen, key=int, reverse=True)
    assert bell(person) == 100, 'the bell stops counting there'
    assert len(person.get('/messages/', kind='order').rows('messages')) == 50


# ---- what rings


DUTIES = {'office': 'recall.silent', 'portal': 'recall.notice'}


def kinds(page):
    """Of the page of choices: kind -> whether it rings."""
    return {o.get('value'): o.get('selected') == 'true' for o in page('//p:form[@name="notices"]//p:option')}


def choose(person, *off):
    page = person.get('/messages/choices')
    return person.post('/messages/choices', [('kinds', k) for k in kinds(page) if k not in off])


def test_all_ring_until_one_is_switched_off(instance, person):
    assert person.get('/messages/').may('notice-choices')
    page = person.get('/messages/choices')
    assert len(kinds(page)) > 10 and all(kinds(page).values())
    reply = choose(person, 'order.approved')
    assert reply.status == 303 and 'notice.saved' in reply.page.notices
    assert [k for k, rings in kinds(person.get('/messages/choices')).items() if not rings] == ['order.approved']
    say(instance, person, '/home/', 'order.approved')
    say(instance, person, '/home/', 'order.rejected')
    assert bell(person) == 1 and told(person) == [('order.rejected', 'SO0')]
    assert [(r['kind'], r['state']) for r in person.get('/messages/').rows('messages')] \
        == [('order.rejected', 'unread'), ('order.approved', 'read')], 'it can be looked up'
    assert instance.value("SELECT COUNT(*) FROM audit_log WHERE entity = 'notice_off' AND actor_id = %s",
                          person.user['id']) == 1
    choose(person)
    say(instance, person, '/home/', 'order.approved')
    assert bell(person) == 2 and instance.sql('SELECT * FROM notice_off WHERE user_id = %s', person.user['id']) == ()


def test_a_duty_rings_whatever_is_ticked(instance, person):
    page = person.get('/messages/choices')
    duties = {r['kind']: r['duty'] for r in page.rows('notice-duties')}
    assert duties[DUTIES[person.site]] == 'recall' and 'answer' in duties.values()
    assert not set(duties) & set(kinds(page))
    assert person.post('/messages/choices').status == 303, 'nothing is ticked'
    assert not any(kinds(person.get('/messages/choices')).values())
    say(instance, person, '/home/', DUTIES[person.site])
    say(instance, person, '/home/', 'order.approved')
    assert told(person) == [(DUTIES[person.site], 'SO0')]


def test_the_choice_is_of_one_person_and_of_known_kinds(instance, person):
    other = instance.office('sales_rep')
    assert person.post('/messages/choices', {'kinds': 'no.such', 'user_id': other.user['id']}).status == 400
    assert person.post('/messages/choices', {'kinds': 'no.such'}).status == 303
    assert all(kinds(other.get('/messages/choices')).values())
    off = [r['kind'] for r in instance.sql('SELECT kind FROM notice_off WHERE user_id = %s', person.user['id'])]
    assert len(off) == len(kinds(person.get('/messages/choices')))
    assert person.fetch('/messages/choices').status == 200
    assert instance.client(person.site).fetch('/messages/choices').status in (303, 401, 403)


def test_every_kind_that_has_words_can_be_chosen_or_is_a_duty(instance):
    """A new kind of notice is a row of notice_kind."""
    words = pathlib.Path(__file__).parents[2] / 'xslt/i18n/en'
    named = {k for f in words.glob('*.xml') for k in re.findall(r'k="status\.notification\.([^"]+)"', f.read_text())}
    assert named == {r['kind'] for r in instance.sql('SELECT DISTINCT kind FROM notice_kind')}


@pytest.mark.parametrize('lang', ['zh-CN', 'en'])
def test_every_word_is_there(instance, lang):
    kinds = {'office': ['approval.waiting', 'order.placed', 'order.approved', 'order.returned',
                        'order.rejected', 'order.cancelled'],
             'portal': ['order.approved', 'order.returned', 'order.rejected', 'order.cancelled',
                        'shipment.shipped', 'invoice.issued', 'invoice.red']}
    party = instance.value('SELECT MIN(party_id) FROM customer')
    for client in (instance.office('sales_rep', lang=lang), instance.portal(party, 'buyer', lang=lang)):
        for kind in kinds[client.site]:
            say(instance, client, '/home/', kind)
        for path in ('/messages/', '/home/', '/messages/choices'):
            assert '⟦' not in client.html(path).text_content(), (client.site, path)
        buttons = client.html('/messages/').xpath('//tbody//button[@form="act"]/@formaction')
        assert len(buttons) == 2 * len(kinds[client.site])
