"""Parties: list and page, documents approved by another, credit and service, addresses, portal people."""
import re

import pytest

from market import Market, day
from xiaoao import PASSWORD, unique

ALPHABET = '0123456789ABCDEFGHJKLMNPQRTUWXY'


def uscc():
    """A new number with the right check character (DOMAIN 1.8)."""
    head = ('91420100' + ''.join(c for c in unique('').upper() if c in ALPHABET) + '0' * 17)[:17]
    total = sum(ALPHABET.index(c) * pow(3, i, 31) for i, c in enumerate(head))
    return head + ALPHABET[(31 - total % 31) % 31]


@pytest.fixture(scope='module')
def manager(market):
    return market.manager


@pytest.fixture(scope='module')
def quality(instance):
    return instance.office('quality')


@pytest.fixture(scope='module')
def money(instance):
    return instance.office('finance_manager')


def make(client, **fields):
    return client.submit('/parties/edit', 'party', **{
        'code': unique('Y')[:20], 'name': unique('测试单位'), 'region': '420102', 'distributor': '1', **fields})


def made_id(reply):
    assert reply.status == 303, (reply, reply.errors)
    return int(re.search(r'id=(\d+)', reply.location)[1])


# ---- parties

def test_made_with_roles_region_and_sound(manager, instance):
    code = uscc()
    reply = make(manager, name=unique('测试医药有限公司'), uscc=code, hospital='1')
    party = made_id(reply)
    row = instance.sql('SELECT * FROM party WHERE id = %s', party)[0]
    assert (row['province'], row['uscc']) == ('42', code) and row['pinyin'].startswith('csyyyxgs')
    roles = instance.sql('SELECT role FROM party_role WHERE party_id = %s', party)
    assert {r['role'] for r in roles} == {'distributor', 'hospital'}
    page = manager.submit(f'/parties/edit?id={party}', 'party', hospital=[])
    assert page.status == 303
    assert instance.value('SELECT COUNT(*) FROM party_role WHERE party_id = %s', party) == 1


@pytest.mark.parametrize('fields, field, code', [
    ({'uscc': '914201000000000000'}, 'uscc', 'uscc.wrong'), ({'uscc': '9.14403E+17'}, 'uscc', 'uscc.damaged'),
    ({'region': '999999'}, 'region', 'choice'), ({'parent': 'nobody'}, 'parent', 'choice'),
    ({'email': 'no'}, 'email', 'email'), ({'name': ''}, 'name', 'required'),
])
def test_wrong_input_is_kept(manager, fields, field, code):
    reply = make(manager, short_name='简 & 称', **fields)
    assert reply.status == 422 and (field, code) in reply.errors
    assert reply.page.texts('//p:field[@name="short_name"]/p:value') == ['简 & 称']


def test_a_likely_duplicate_is_asked_about_and_a_certain_one_refused(manager, instance):
    name, code = unique('测试重复医药'), uscc()
    made_id(make(manager, name=name, uscc=code))
    asked = make(manager, name=name)
    assert (asked.status, asked.errors) == (422, [('name', 'party.similar')])
    assert [(r['name'], r['why']) for r in asked.page.rows('alike')] == [(name, 'name')]
    sure = manager.submit(asked.page, 'party', not_duplicate='1')
    assert sure.status == 303
    assert instance.value('SELECT COUNT(*) FROM party WHERE name = %s', name) == 2
    refused = make(manager, uscc=code, not_duplicate='1')
    assert (refused.status, refused.errors) == (422, [('uscc', 'uq_party_uscc')])
    assert [(r['uscc'], r['why']) for r in refused.page.rows('alike')] == [(code, 'uscc')]
    assert refused.page('//p:list[@name="alike"]/p:row/p:text/@href') != []


@pytest.mark.parametrize('spelling, why', [
    ('{}人民醫院', 'name'), ('{}人医', 'name'), ('{} 人民医院（停用）', 'name'), ('{}人民医院住院部', 'similar')])
def test_another_spelling_of_a_party_is_asked_about(manager, instance, spelling, why):
    town = '汉' + ''.join(chr(0x5b50 + int(c, 16)) for c in unique('').replace('-', '')[-8:]) + '镇'
    instance.sql("INSERT INTO party (code, name, kind, region_code) VALUES (%s, %s, 'institution', '420102')", unique('DU')[:20],
                 f'武汉市{town}人民医院')
    asked = make(manager, name=spelling.format(f'武汉市{town}'))
    assert asked.errors == [('name', 'party.similar')]
    assert why in [r['why'] for r in asked.page.rows('alike')]


def test_the_same_address_is_asked_about_and_another_house_is_not(manager, instance):
    street = unique('解放大道') + '1277 号'
    instance.sql("INSERT INTO party (code, name, kind, address) VALUES (%s, %s, 'institution', %s)", unique('DA')[:20],
                 unique('甲'), street)
    asked = make(manager, name=unique('乙'), address=street.replace(' ', ''))
    assert [r['why'] for r in asked.page.rows('alike')] == ['address']
    assert make(manager, name=unique('丙'), address=unique('无人路')).status == 303


def test_the_second_to_save_sees_both_values(manager, instance):
    party = made_id(make(manager))
    stale = manager.get(f'/parties/edit?id={party}')
    manager.submit(f'/parties/edit?id={party}', 'party', phone='027-1')
    reply = manager.submit(stale, 'party', phone='027-2')
    assert reply.status == 409 and ('phone', 'theirs') in reply.errors
    assert instance.value('SELECT phone FROM party WHERE id = %s', party) == '027-1'


def test_found_by_name_sound_code_and_number(manager, market):
    code = market.code()
    assert [r['code'] for r in manager.get('/parties/', q=code).rows('parties')] == [code]
    assert manager.get('/parties/', q=code, status='closed').rows('parties') == []
    export = manager.raw('GET', '/parties/', params={'q': code, 'format': 'csv'})
    assert code in export.content.decode('utf-8-sig')


def test_customers_of_another_department_are_nobodys(market, instance):
    stranger = instance.office('sales_rep')
    assert market.rep.get(f'/parties/view?id={market.customer}').id == 'office.parties.view'
    for path in ('/parties/view?id=', '/customers/edit?id='):
        assert stranger.fetch(f'{path}{market.customer}').status in (403, 404)
    assert stranger.get('/parties/', q=market.code()).rows('parties') == []
    licence = instance.value('SELECT MIN(id) FROM party_licence WHERE party_id = %s', market.customer)
    assert market.rep.fetch(f'/licences/view?id={licence}').status == 200
    assert stranger.fetch(f'/licences/view?id={licence}').status == 404
    assert stranger.fetch(f'/licences/file?id={licence}').status == 404


def test_page_of_a_customer(market, money):
    order = market.order([(market.product(), 10)])
    page = market.manager.get(f'/parties/view?id={market.customer}')
    assert f'/orders/view?id={order}' in page.texts('//p:list[@name="party-orders"]//p:code/@href')
    assert len(page.rows('party-licences')) >= 4 and len(page.rows('party-addresses')) == 1
    assert page.may('edit') and page.link('account') == f'/accounts/view?id={market.customer}'
    assert money.get(f'/parties/view?id={market.customer}').may('terms')
    assert not market.rep.get(f'/parties/view?id={market.customer}').may('edit')
    assert market.rep.fetch(f'/parties/edit?id={market.customer}').status == 403


def test_a_missing_document_is_said(market):
    party = market.new_customer(licensed=False)
    assert 'notice.licence.missing' in market.manager.get(f'/parties/view?id={party}').notices


# ---- documents

def enter(client, party_code, **fields):
    return client.submit('/licences/edit', 'licence', **{
        'party': party_code, 'kind': 'drug_wholesale', 'number': unique('N'), 'issued_on': str(day(-100)),
        'expires_on': str(day(900)), 'chemical': '1', 'tcm': '1', **fields})


def test_entered_by_one_approved_by_another(market, manager, quality, instance):
    party = market.new_customer(licensed=False)
    reply = enter(manager, market.code(party))
    licence = made_id(reply)
    assert instance.value('SELECT COUNT(*) FROM party_licence_scope WHERE licence_id = %s', licence) == 2
    page = quality.get(f'/licences/view?id={licence}')
    no = quality.submit(page, 'decide', decision='rejected', comment='')
    assert (no.status, no.errors) == (422, [('comment', 'reason.required')])
    yes = quality.submit(page, 'decide', decision='approved', comment='')
    assert yes.status == 303
    row = instance.sql('SELECT status, approved_by FROM party_licence WHERE id = %s', licence)[0]
    assert row == {'status': 'approved', 'approved_by': quality.user['id']}
    again = quality.submit(page, 'decide', decision='rejected', comment='x')
    assert again.status == 409
    changed = manager.submit(f'/licences/edit?id={licence}', 'licence', expires_on=str(day(1000)))
    assert changed.status == 303
    assert instance.value('SELECT status FROM party_licence WHERE id = %s', licence) == 'waiting'


def test_who_entered_it_may_not_decide(market, instance):
    both = instance.office('quality', 'sales_manager', org_unit_id=market.unit)
    licence = made_id(enter(both, market.code(market.new_customer(licensed=False))))
    page = both.get(f'/licences/view?id={licence}')
    assert not page('//p:form[@name="decide"]')
    assert page.one('//p:action[@rel="decide-licence"]/@disabled') == 'own'
    reply = both.post('/licences/decide', {'id': licence, 'decision': 'approved', '_version': 1})
    assert reply.status == 422 and 'error.own' in reply.page.notices
    assert instance.value('SELECT status FROM party_licence WHERE id = %s', licence) == 'waiting'


def test_sales_may_not_approve(market, manager):
    licence = made_id(enter(manager, market.code(market.new_customer(licensed=False))))
    assert manager.post('/licences/decide', {'id': licence, 'decision': 'approved'}).status == 403
    assert not manager.get(f'/licences/view?id={licence}')('//p:form')


def test_a_scan_is_kept_and_sent_as_a_file(market, manager):
    pdf = b'%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n'
    code = market.code(market.new_customer(licensed=False))
    reply = manager.submit('/licences/edit', 'licence', files={'file': ('证照.pdf', pdf, 'application/pdf')},
                           party=code, kind='business', number=unique('N'))
    page = manager.get(f'/licences/view?id={made_id(reply)}')
    got = manager.raw('GET', page.link('attachment'))
    assert got.content == pdf and got.headers['Content-Disposition'].startswith('attachment')
    bad = manager.submit('/licences/edit', 'licence', files={'file': ('x.pdf', b'<html>', 'application/pdf')},
                         party=code, kind='business', number=unique('N'))
    assert bad.status == 422 and ('file', 'attachment.type') in bad.errors


@pytest.mark.parametrize('fields, field, code', [
    ({'expires_on': '2020-01-01'}, 'expires_on', 'ck_party_licence_expires_on'),
    ({'party': 'nobody'}, 'party', 'party.unknown'), ({'kind': ''}, 'kind', 'required'),
])
def test_a_document_says_what_is_wrong(market, manager, fields, field, code):
    reply = enter(manager, fields.pop('party', market.code()), **fields)
    assert reply.status == 422 and (field, code) in reply.errors


# ---- service, credit, addresses

def test_credit_is_finances(market, money, manager, instance):
    party = market.new_customer()
    page = money.get(f'/customers/edit?id={party}')
    reply = money.submit(page, 'terms', credit_limit='123456.78', terms_kind='monthly',
                         terms_cut_day='25', terms_pay_day='', terms_months='1')
    assert (reply.status, reply.errors) == (422, [('terms_pay_day', 'required')])
    assert reply.page.texts('//p:field[@name="credit_limit"]/p:value') == ['123456.78']
    reply = money.submit(page, 'terms', credit_limit='123456.78', terms_kind='monthly',
                         terms_cut_day='25', terms_pay_day='10', terms_months='1')
    assert reply.status == 303
    row = instance.sql('SELECT credit_limit, terms_kind FROM customer WHERE party_id = %s', party)[0]
    assert (str(row['credit_limit']), row['terms_kind']) == ('123456.78', 'monthly')
    assert money.submit(page, 'terms', credit_limit='1').status == 409
    assert not manager.get(f'/customers/edit?id={party}')('//p:form[@name="terms"]')
    assert manager.post('/customers/credit', {'id': party, 'credit_limit': '9'}).status == 403
    assert market.rep.fetch(f'/customers/edit?id={party}').status == 403


def test_a_party_becomes_a_customer_and_is_handed_over(market, manager, instance):
    party = made_id(make(manager))
    fields = {'buyer_role': 'distributor', 'rep': market.rep.user['login'], 'status': 'active'}
    unknown = manager.submit(f'/customers/edit?id={party}', 'service', **{**fields, 'rep': 'nobody'})
    assert (unknown.status, unknown.errors) == (422, [('rep', 'staff.unknown')])
    assert manager.submit(f'/customers/edit?id={party}', 'service', **fields).status == 303
    instance.sql('UPDATE customer_rep SET valid_from = %s WHERE party_id = %s', day(-50), party)
    other = instance.office('sales_rep', org_unit_id=market.unit)
    done = manager.submit(f'/customers/edit?id={party}', 'service', rep=other.user['login'])
    assert done.status == 303
    rows = instance.sql('SELECT user_id, valid_from, valid_to FROM customer_rep WHERE party_id = %s'
                        ' ORDER BY valid_from', party)
    assert [(r['user_id'], r['valid_to']) for r in rows] == [
        (market.rep.user['id'], day(-1)), (other.user['id'], None)]
    assert instance.value('SELECT rep_id FROM customer WHERE party_id = %s', party) == other.user['id']


def test_addresses(market, manager, instance):
    party = market.new_customer()
    wrong = manager.submit(f'/customers/address?party={party}', 'address', name='二仓', contact='',
                           phone='1', address='西路', region='nowhere')
    assert wrong.status == 422 and ('contact', 'required') in wrong.errors
    reply = manager.submit(f'/customers/address?party={party}', 'address', name='二仓', contact='李四',
                           phone='13900000000', address='西路 2 号', region='420102', is_default='1')
    assert reply.status == 303
    defaults = instance.sql('SELECT name FROM party_address WHERE party_id = %s AND is_default = 1', party)
    assert defaults == [{'name': '二仓'}]
    item = instance.value("SELECT id FROM party_address WHERE party_id = %s AND name = '二仓'", party)
    stale = manager.get(f'/customers/address?item={item}')
    assert manager.submit(stale, 'address', contact='王五').status == 303
    assert manager.submit(stale, 'address', contact='赵六').status == 409


# ---- portal people

def test_a_person_of_a_customer_sets_his_own_password(market, manager, instance):
    party, login = market.new_customer(), unique('p')
    none = manager.submit(f'/portalusers/edit?party={party}', 'portal-user', login=login, name='新人',
                          locale='zh-CN')
    assert none.status == 422 and ('buyer', 'role.none') in none.errors
    reply = manager.submit(f'/portalusers/edit?party={party}', 'portal-user', login=login, name='新人',
                           locale='zh-CN', buyer='1', receiver='1')
    user = made_id(reply)
    row = instance.sql('SELECT party_id, password_hash FROM app_user WHERE id = %s', user)[0]
    assert row == {'party_id': party, 'password_hash': '!'}
    shown = manager.act(manager.get(f'/portalusers/view?id={user}'), 'link')
    assert shown.status == 200
    path = re.search(r'/login/setup\?token=[0-9a-f]{64}', shown.page.value('setup_link'))[0]
    browser = instance.client('portal')
    assert browser.submit(browser.get(path), 'setup', new_password=PASSWORD, again=PASSWORD).status == 303
    assert browser.sign_in(login).status == 303
    taken = manager.submit(f'/portalusers/edit?party={party}', 'portal-user', login=login, name='x',
                           locale='en', buyer='1')
    assert (taken.status, taken.errors) == (422, [('login', 'uq_app_user_login')])


def test_disabling_ends_his_sessions(market, manager, instance):
    browser = instance.portal(market.customer, 'buyer')
    user = browser.user['id']
    assert browser.fetch('/login/profile').status == 200
    assert manager.act(manager.get(f'/portalusers/view?id={user}'), 'disable').status == 303
    assert browser.fetch('/login/profile').status in (401, 303)
    page = manager.get(f'/portalusers/view?id={user}')
    assert manager.act(page, 'enable').status == 303
    roles = manager.submit(f'/portalusers/edit?id={user}', 'portal-user', buyer=[], accountant='1')
    assert roles.status == 303
    assert [r['code'] for r in instance.sql(
        'SELECT o.code FROM user_role x JOIN role o ON o.id = x.role_id WHERE x.user_id = %s', user)
    ] == ['accountant']


def test_strangers_and_readers_are_kept_out(market, instance):
    user = instance.portal(market.customer, 'buyer').user['id']
    other = Market(instance).manager
    assert other.fetch(f'/portalusers/view?id={user}').status == 404
    assert other.post('/portalusers/disable', {'id': user}).status == 404
    assert market.rep.fetch('/portalusers/').status == 403
    staff = market.rep.user['id']
    assert market.manager.fetch(f'/portalusers/view?id={staff}').status == 404


# ---- the calendar of what expires

def calendar(client, **query):
    """The page, and its days on which documents end: day -> how many."""
    page = client.get('/licences/calendar', **query)
    return page, {d.text: int(d.get('sub')) for d in page('//p:list[@name="licence-weeks"]/p:row/p:date[@sub]')}


def end_on(market, *days):
    """Documents of a customer of its own, each ending on one of these days."""
    party = market.new_customer(licensed=False)
    return party, [market.insert('party_licence', party_id=party, kind='drug_wholesale', number=unique('N'), expires_on=d,
                                 status='approved') for d in days]


def test_a_month_shows_how_many_documents_end_on_each_day(instance):
    market = Market(instance)
    party, made = end_on(market, '2031-02-03', '2031-02-28', '2031-02-28', '2031-03-01')
    rejected, withdrawn, _, _ = end_on(market, '2031-02-03', '2031-02-03', '2031-02-03', None)[1]
    instance.sql("UPDATE party_licence SET status = 'rejected' WHERE id = %s", rejected)
    instance.sql("UPDATE party_licence SET status = 'withdrawn' WHERE id = %s", withdrawn)
    page, ending = calendar(market.rep, month='2031-02')
    assert ending == {'2031-02-03': 2, '2031-02-28': 2}, 'neither what was refused nor withdrawn'
    days = page.texts('//p:list[@name="licence-weeks"]/p:row/p:date[text()]')
    assert days == [f'2031-02-{n:02}' for n in range(1, 29)]
    assert [len(r.findall('{*}date')) for r in page('//p:list[@name="licence-weeks"]/p:row')] == [7] * 5
    assert page('//p:list[@name="licence-weeks"]/p:row/p:date[text()="2031-02-03"]/@name') == ['mon']
    assert len(page.rows('licences-ending')) == 4
    # a day leads to those that end on it, and each of them to its page
    page = market.rep.get(page.one('//p:date[text()="2031-02-28"]/@href'))
    assert {r['@href'] for r in page.rows('licences-ending')} == {f'/licences/view?id={i}' for i in made[1:3]}
    assert calendar(market.rep, day='2031-02-28')[1] == ending, 'the month of the day is shown'
    following = calendar(market.rep, month='2031-02')[0].one('//p:link[@rel="month.after"]/@href')
    assert '2031-03' in following and len(market.rep.get(following).rows('licences-ending')) == 1
    assert market.rep.get('/licences/').may('calendar')


def test_the_calendar_shows_what_one_may_see(instance):
    market = Market(instance)
    end_on(market, '2032-05-05')
    assert calendar(market.manager, month='2032-05')[1] == {'2032-05-05': 1}
    stranger = Market(instance)
    page, ending = calendar(stranger.rep, month='2032-05')
    assert ending == {} and page.rows('licences-ending') == []
    assert stranger.rep.get('/licences/calendar', day='2032-05-05').rows('licences-ending') == []
    assert instance.office('warehouse_check').fetch('/licences/calendar').status == 403


def test_the_calendar_begins_with_this_month_and_refuses_others(instance):
    client = instance.office('quality')
    assert client.get('/licences/calendar').one('//p:heading/p:month').text == str(day(0))[:7]
    for query in ({'month': '2026-13'}, {'month': 'x'}, {'day': '2026-02-30'}):
        assert client.fetch('/licences/calendar', **query).status == 422, query


@pytest.mark.parametrize('lang', ['zh-CN', 'en'])
def test_every_word_of_the_calendar_is_there(instance, lang):
    client = instance.office('quality', lang=lang)
    busy = instance.value("SELECT expires_on FROM party_licence WHERE status = 'approved' AND expires_on IS NOT NULL LIMIT 1")
    for query in ({}, {'month': str(busy)[:7]}, {'day': str(busy)}, {'month': '2099-01'}):
        assert '⟦' not in client.html('/licences/calendar', **query).text_content(), query
