"""Staff, roles and departments: nobody raises himself, guarded rights take two."""
import hashlib
import re

import pytest

from xiaoao import PASSWORD, TOP, unique


@pytest.fixture
def admin(instance):
    return instance.office('admin')


@pytest.fixture
def second(instance):
    return instance.office('admin')


@pytest.fixture
def person(instance):
    return instance.user('office', 'sales_rep')


def role_id(instance, code):
    return instance.value("SELECT id FROM role WHERE site = 'office' AND code = %s"
                          ' AND party_id IS NULL', code)


def roles_of(instance, user):
    return {r['code'] for r in instance.sql(
        'SELECT r.code FROM user_role x JOIN role r ON r.id = x.role_id WHERE x.user_id = %s',
        user['id'])}


def give(browser, user, role):
    page = browser.get('/staff/view', id=user['id'])
    return browser.submit(page, 'staff-role', role_id=role)


def act(browser, user, what):
    page = browser.get('/staff/view', id=user['id'])
    return browser.post(f'/staff/{what}', {'id': user['id'], '_csrf': page.csrf})


# ---- the list and one person

def test_people_are_found(instance, admin, person):
    page = admin.get('/staff/', q=person['login'])
    assert [r['name'] for r in page.rows('staff')] == [person['name']]
    rep = role_id(instance, 'sales_rep')
    assert page.rows('staff') == admin.get('/staff/', q=person['login'], role=rep,
                                           state='active').rows('staff')
    assert admin.get('/staff/', q=person['login'], state='locked').rows('staff') == []


def test_a_portal_user_is_no_staff(instance, admin):
    party = instance.sql("INSERT INTO party (code, name) VALUES (%s, '测试企业')", unique('P')[:20])
    user = instance.user('portal', 'buyer', party=party)
    assert admin.fetch('/staff/view', id=user['id']).status == 404
    assert admin.fetch('/staff/edit', id=user['id']).status == 404
    csrf = admin.get('/staff/').csrf
    for what in ('disable', 'end', 'unlock', 'factor', 'link', 'enable'):
        assert admin.post(f'/staff/{what}', {'id': user['id'], '_csrf': csrf}).status == 404
    assert admin.post('/staff/give', {'id': user['id'], 'role_id': role_id(instance, 'quality'),
                                      '_csrf': csrf}).status == 404


def test_a_new_person_sets_his_own_password(instance, admin):
    login, unit = unique('new'), instance.value('SELECT MAX(id) FROM org_unit')
    reply = admin.submit('/staff/edit', 'staff', login=login, name='新 <i>人</i>', org_unit_id=unit,
                         locale='zh-CN', email='', phone='')
    assert reply.status == 303 and 'notice.staff.made' in reply.page.notices
    user = instance.sql('SELECT * FROM app_user WHERE login = %s', login)[0]
    assert user['password_hash'] == '!'
    assert reply.page('//p:heading/p:status')[0].text == 'invited'
    shown = act(admin, user, 'link')
    assert shown.status == 200
    path = re.search(r'/login/setup\?token=[0-9a-f]{64}', shown.page.value('setup_link'))[0]
    kept = instance.sql('SELECT HEX(token_hash) AS h FROM password_reset WHERE user_id = %s', user['id'])
    assert kept[0]['h'].lower() == hashlib.sha256(path.split('=')[1].encode()).hexdigest()
    browser = instance.client('office')
    done = browser.submit(browser.get(path), 'setup', new_password=PASSWORD, again=PASSWORD)
    assert done.status == 303
    assert browser.sign_in(login).status == 303


def test_a_new_link_ends_the_old(instance, admin, person):
    first = act(admin, person, 'link').page.value('setup_link')
    act(admin, person, 'link')
    browser = instance.client('office')
    page = browser.get(first[first.index('/login/'):])
    assert 'notice.setup.gone' in page.notices


def test_an_account_is_one_persons(instance, admin, person):
    unit = instance.value('SELECT MAX(id) FROM org_unit')
    reply = admin.submit('/staff/edit', 'staff', login=person['login'], name='x', locale='en',
                         org_unit_id=unit)
    assert (reply.status, reply.errors) == (422, [('login', 'uq_app_user_login')])
    reply = admin.submit('/staff/edit', 'staff', login='a b"c', name='x', locale='en',
                         org_unit_id=unit)
    assert reply.errors == [('login', 'login.form')]


def test_a_stale_form_shows_both_values(instance, admin, person):
    page = admin.get('/staff/edit', id=person['id'])
    admin.submit(page, 'staff', name='先改的名字')
    reply = admin.submit(page, 'staff', name='后改的名字')
    assert reply.status == 409
    field = reply.page.one('//p:field[@name="name"]')
    assert field.find('{*}value').text == '后改的名字'
    assert '先改的名字' in (field.get('theirs') or ''.join(field.itertext()))
    assert instance.value('SELECT name FROM app_user WHERE id = %s', person['id']) == '先改的名字'


# ---- accounts

def test_a_disabled_person_is_out_at_once(instance, admin, person):
    browser = instance.client('office').become(person)
    assert browser.fetch('/login/profile').status == 200
    assert act(admin, person, 'disable').status == 303
    assert browser.fetch('/login/profile').status == 401
    assert instance.client('office').sign_in(person['login']).status == 422
    assert act(admin, person, 'enable').status == 303
    assert instance.client('office').sign_in(person['login']).status == 303


def test_sessions_are_ended(instance, admin, person):
    browser = instance.client('office').become(person)
    assert act(admin, person, 'end').status == 303
    assert browser.fetch('/login/profile').status == 401


def test_a_lock_is_lifted(instance, admin, person):
    instance.sql('UPDATE app_user SET failed_count = 9, locked_until = UTC_TIMESTAMP(6)'
                 ' + INTERVAL 600 SECOND WHERE id = %s', person['id'])
    assert admin.get('/staff/view', id=person['id'])('//p:heading/p:status')[0].text == 'locked'
    assert act(admin, person, 'unlock').status == 303
    assert instance.client('office').sign_in(person['login']).status == 303


def test_a_lost_second_factor_is_reset(instance, admin):
    user = instance.user('office', 'sales_rep', totp_secret='A' * 32)
    assert instance.client('office').sign_in(user['login']).location == '/login/code'
    assert act(admin, user, 'factor').status == 303
    assert instance.client('office').sign_in(user['login']).location == '/home/'
    assert 'factor_off' in [r['event'] for r in admin.get(
        '/staff/view', id=user['id']).rows('login_events')]


def waiting(instance, user):
    return instance.value("SELECT MAX(id) FROM role_request WHERE user_id = %s AND status = 'waiting'",
                          user['id'])


def links(instance, user):
    return instance.value('SELECT COUNT(*) FROM password_reset WHERE user_id = %s AND used_at IS NULL',
                          user['id'])


@pytest.fixture
def treasurer(instance):
    return instance.user('office', 'finance', totp_secret='A' * 32)


def test_a_link_for_a_guarded_person_takes_two(instance, admin, second, treasurer):
    reply = act(admin, treasurer, 'link')
    assert (reply.status, reply.location) == (303, f"/staff/view?id={treasurer['id']}")
    assert 'notice.role.asked' in reply.page.notices and not links(instance, treasurer)
    assert reply.page.may('withdraw') and not reply.page.may('approve')
    request, csrf = waiting(instance, treasurer), reply.page.csrf
    assert 'error.uq_role_request_act' in act(admin, treasurer, 'link').page.notices
    assert admin.post('/staff/grant', {'id': request, '_csrf': csrf}).status == 422
    himself = instance.client('office').become(treasurer)
    assert himself.post('/staff/grant', {'id': request}).status == 403
    assert not links(instance, treasurer)
    page = second.get('/staff/view', id=treasurer['id'])
    shown = second.post('/staff/grant', {'id': request, '_csrf': page.csrf})
    assert shown.status == 200 and links(instance, treasurer) == 1
    path = re.search(r'/login/setup\?token=[0-9a-f]{64}', shown.page.value('setup_link'))[0]
    assert instance.client('office').get(path).form('setup') is not None
    assert second.post('/staff/grant', {'id': request, '_csrf': page.csrf}).status == 409


def test_the_second_factor_of_a_guarded_person_takes_two(instance, admin, second, treasurer):
    assert 'notice.role.asked' in act(admin, treasurer, 'factor').page.notices
    assert instance.client('office').sign_in(treasurer['login']).location == '/login/code'
    page = second.get('/staff/view', id=treasurer['id'])
    assert [r['act'] for r in page.rows('role-requests')] == ['factor']
    reply = second.post('/staff/grant', {'id': waiting(instance, treasurer), '_csrf': page.csrf})
    assert reply.status == 303
    assert instance.client('office').sign_in(treasurer['login']).location == '/home/'


def test_a_guarded_role_ends_a_link_that_is_open(instance, admin, second, person):
    """Else one administrator could make it first and be that person later."""
    act(admin, person, 'link')
    assert links(instance, person) == 1
    csrf = give(admin, person, role_id(instance, 'finance')).page.csrf
    assert admin.post('/staff/grant', {'id': waiting(instance, person), '_csrf': csrf}).status == 422
    csrf = second.get('/staff/').csrf
    assert second.post('/staff/grant', {'id': waiting(instance, person), '_csrf': csrf}).status == 303
    assert not links(instance, person)


def test_the_database_makes_no_link_alone(instance, treasurer):
    actor = instance.user('office', 'admin')
    db = instance.connect_as('office')
    with db.cursor() as c:
        c.execute('SET @actor_id = %s', actor['id'])
        for what in ('link', 'factor'):
            c.execute('CALL staff_act(%s, %s, %s)', (treasurer['id'], what, 'a' * 64))
            assert c.fetchone()[1] == 0
        for statement in ("CALL user_reset_link(%s, 'a')", "CALL staff_open(%s, 'factor', NULL)",
                          'UPDATE app_user SET totp_secret = NULL WHERE id = %s',
                          "INSERT INTO password_reset (user_id, token_hash) VALUES (%s, 'a')",
                          "UPDATE role_request SET decided_by = 1, status = 'granted' WHERE user_id = %s"):
            with pytest.raises(Exception, match='denied'):
                c.execute(statement, (treasurer['id'],))
        request = waiting(instance, treasurer)
        with pytest.raises(Exception, match='role.second'):
            c.execute("CALL staff_role_decide(%s, 1, 'a')", (request,))
    db.close()
    assert not links(instance, treasurer)
    assert instance.value('SELECT totp_secret FROM app_user WHERE id = %s', treasurer['id'])


def test_nobody_acts_on_himself(instance, admin):
    page = admin.get('/staff/view', id=admin.user['id'])
    assert not page.may('disable') and not page('//p:form[@name="staff-role"]')
    for what in ('disable', 'factor', 'link'):
        assert admin.post(f'/staff/{what}', {'id': admin.user['id'], '_csrf': page.csrf}).status == 422
    unit = instance.value('SELECT MAX(id) FROM org_unit')
    reply = admin.submit(admin.get('/staff/edit', id=admin.user['id']), 'staff', org_unit_id=unit)
    assert reply.errors == [('org_unit_id', 'staff.self')]


# ---- roles given and taken

def test_a_plain_role_is_given_at_once(instance, admin, person):
    reply = give(admin, person, role_id(instance, 'logistics'))
    assert reply.status == 303 and 'notice.role.given' in reply.page.notices
    assert roles_of(instance, person) == {'sales_rep', 'logistics'}
    assert instance.value('SELECT granted_by FROM user_role WHERE user_id = %s AND role_id = %s',
                          person['id'], role_id(instance, 'logistics')) == admin.user['id']
    reply = give(admin, person, role_id(instance, 'logistics'))
    assert reply.errors == [('role_id', 'role.has')] or 'error.role.has' in reply.page.notices


@pytest.mark.parametrize('code', ['finance', 'finance_manager', 'admin'])
def test_a_guarded_role_takes_two(instance, admin, second, person, code):
    role = role_id(instance, code)
    reply = give(admin, person, role)
    assert 'notice.role.asked' in reply.page.notices
    assert roles_of(instance, person) == {'sales_rep'}
    request = instance.value('SELECT MAX(id) FROM role_request WHERE user_id = %s', person['id'])
    mine = admin.get('/staff/view', id=person['id'])
    assert mine.may('withdraw') and not mine.may('approve')
    assert admin.post('/staff/grant', {'id': request, '_csrf': mine.csrf}).status == 422
    assert roles_of(instance, person) == {'sales_rep'}
    theirs = second.get('/staff/view', id=person['id'])
    assert theirs.may('approve')
    assert second.post('/staff/grant', {'id': request, '_csrf': theirs.csrf}).status == 303
    assert roles_of(instance, person) == {'sales_rep', code}
    assert second.post('/staff/grant', {'id': request, '_csrf': theirs.csrf}).status == 409


def test_a_request_is_refused_or_withdrawn(instance, admin, second, person):
    for browser in (admin, second):
        give(admin, person, role_id(instance, 'finance'))
        request = instance.value('SELECT MAX(id) FROM role_request WHERE user_id = %s', person['id'])
        csrf = browser.get('/staff/').csrf
        assert browser.post('/staff/refuse', {'id': request, '_csrf': csrf}).status == 303
        assert roles_of(instance, person) == {'sales_rep'}


def test_nobody_gives_himself_a_role(instance, admin):
    csrf = admin.get('/staff/').csrf
    for code in ('finance', 'logistics'):
        reply = admin.post('/staff/give', {'id': admin.user['id'], '_csrf': csrf,
                                           'role_id': role_id(instance, code)})
        assert reply.status == 422
    assert roles_of(instance, admin.user) == {'admin'}
    reply = admin.post('/staff/take', {'id': admin.user['id'], '_csrf': csrf,
                                       'role_id': role_id(instance, 'admin')})
    assert reply.status == 422 and roles_of(instance, admin.user) == {'admin'}


def test_the_database_refuses_the_same(instance, person):
    """Whatever a program of the office writes: its account cannot raise anyone alone."""
    db = instance.connect_as('office')
    actor = instance.user('office', 'admin')
    with db.cursor() as c:
        c.execute('SET @actor_id = %s', actor['id'])
        for user, code, text in ((actor, 'logistics', 'staff.self'), (person, 'admin', 'role.second'),
                                 (person, 'finance', 'role.second')):
            with pytest.raises(Exception, match=text):
                c.execute('INSERT INTO user_role (user_id, role_id) VALUES (%s, %s)',
                          (user['id'], role_id(instance, code)))
        with pytest.raises(Exception, match='role.own'):
            c.execute("INSERT INTO role_permission (role_id, permission) VALUES (%s, 'lot.block')",
                      (role_id(instance, 'admin'),))
        with pytest.raises(Exception, match='denied'):
            c.execute("UPDATE app_user SET password_hash = '!' WHERE id = %s", (person['id'],))
        with pytest.raises(Exception, match='denied'):
            c.execute('SELECT password_hash FROM app_user LIMIT 1')
    db.close()


def test_a_role_is_taken_and_works_no_more(instance, admin):
    user = instance.user('office', 'quality', 'auditor')
    browser = instance.client('office').become(user)
    assert browser.fetch('/audit/').status == 200
    page = admin.get('/staff/view', id=user['id'])
    href = page.one('//p:list[@name="staff-roles"]/p:row[p:text[@sub="auditor"]]/p:action').get('href')
    assert admin.post(href, {'_csrf': page.csrf}).status == 303
    assert browser.fetch('/audit/').status == 403


# ---- roles

def ticks(page, area):
    return {o.get('value') for o in page(f'//p:field[@name="area_{area}"]/p:option[@selected]')}


def new_role(browser, *permissions):
    fields = {}
    for p in permissions:
        fields.setdefault('area_' + {'lot': 'stock', 'credit': 'account'}.get(
            p.split('.')[0], p.split('.')[0]), []).append(p)
    return browser.submit('/roles/edit', 'role', name='测试角色', row_scope='own',
                          code=unique('r').replace('-', '_'), **fields)


def test_a_role_is_made_and_changed(instance, admin):
    reply = new_role(admin, 'order.view', 'stock.view', 'lot.block')
    assert reply.status == 303
    page = reply.page
    assert ticks(page, 'order') == {'order.view'} and ticks(page, 'stock') == {'stock.view', 'lot.block'}
    assert not page('//p:field[@name="area_catalogue"]'), 'no portal permission in an office role'
    reply = admin.submit(page, 'role', name='改名', area_stock=['stock.view'], area_order=[])
    assert reply.status == 303 and reply.page.one('//p:field[@name="name"]/p:value').text == '改名'
    assert ticks(reply.page, 'stock') == {'stock.view'} and not ticks(reply.page, 'order')
    assert admin.submit(page, 'role', name='旧表单').status == 409
    csrf, href = reply.page.csrf, reply.page.link('delete')
    assert admin.post(href, {'_csrf': csrf}).status == 303
    assert admin.post(href, {'_csrf': csrf}).status == 409


def test_ones_own_role_is_not_widened(instance, admin):
    page = admin.get('/roles/edit', id=role_id(instance, 'admin'))
    reply = admin.submit(page, 'role', area_stock=['stock.view', 'lot.block'])
    assert reply.status == 422 and 'error.role.own' in reply.page.notices
    page = admin.get('/roles/edit', id=role_id(instance, 'admin'))
    staff = sorted(ticks(page, 'staff') - {'role.edit'})
    assert admin.submit(page, 'role', area_staff=staff).status == 422


def test_a_guarded_permission_is_not_slipped_in(instance, admin, person):
    page = new_role(admin, 'order.view').page
    role = re.search(r'id=(\d+)', page.root.get('self'))[1]
    give(admin, person, role)
    reply = admin.submit(f'/roles/edit?id={role}', 'role', area_account=['credit.override'])
    assert reply.status == 422 and 'error.role.held' in reply.page.notices


def test_a_role_that_people_have_stays(instance, admin, person):
    page = new_role(admin, 'order.view').page
    role = re.search(r'id=(\d+)', page.root.get('self'))[1]
    give(admin, person, role)
    reply = admin.post('/roles/delete', {'id': role, '_csrf': page.csrf})
    assert reply.status == 422 and 'error.fk_user_role_role_id' in reply.page.notices


def test_who_may_not_change_a_role_only_reads_it(instance, admin):
    """Manager: staff.view without role.edit."""
    reader = instance.office('sales_manager')
    path = f"/roles/edit?id={role_id(instance, 'quality')}"
    page = reader.get(path)
    assert not page('//p:form/p:action[@method="post"]')
    shown = page('//p:form[@name="role"]//p:field[@type != "hidden" and @type != "static"]')
    assert shown and all(f.get('readonly') == 'true' for f in shown)
    controls = reader.html(path).xpath('//main//form[@id="role"]//*[self::input[@type != "hidden"] or self::select]')
    assert controls and all(c.get('disabled') or c.get('readonly') for c in controls)
    mine = admin.html(path).xpath('//main//form[@id="role"]//input[@type="checkbox"]')
    assert mine and not any(c.get('disabled') for c in mine)


@pytest.mark.parametrize('lang, said', [('en', 'Sales manager'), ('zh-CN', '销售经理')])
def test_built_in_roles_are_named_in_the_readers_language(instance, lang, said):
    admin = instance.office('admin', lang=lang, locale=lang)
    person = instance.user('office', 'sales_manager', 'quality')
    role = role_id(instance, 'sales_manager')
    pages = {'/roles/': '//tbody//th//a', f'/roles/edit?id={role}': '//h1',
             f"/staff/?q={person['login']}": '//td', f"/staff/view?id={person['id']}": '//tbody//th',
             '/staff/': '//select[@name="role"]/option'}
    for path, where in pages.items():
        texts = [t.text_content() for t in admin.html(path).xpath(where)]
        assert any(said in t for t in texts), (path, texts)
        assert not any('#sales' in t for t in texts), path
    table = admin.raw('GET', f"/staff/?q={person['login']}&format=csv").content.decode('utf-8-sig')
    assert said in table and '#' not in table


def test_every_built_in_role_has_its_word(instance):
    """In both languages: a code without a word would be shown as it is."""
    codes = {r['code'] for r in instance.sql('SELECT code FROM role WHERE built_in = 1')}
    for lang in ('zh-CN', 'en'):
        words = (TOP / f'xslt/i18n/{lang}/staff.xml').read_text()
        assert codes <= set(re.findall(r'k="status\.role\.(\w+)"', words)), lang


def test_a_role_of_ones_own_keeps_its_name(instance, admin):
    name = unique('#本地')
    made = admin.submit('/roles/edit', 'role', name=name, row_scope='own',
                        code=unique('r').replace('-', '_'), area_order=['order.view'])
    assert made.status == 303
    assert name in admin.html(made.location).xpath('//h1')[0].text_content()


# ---- departments

def test_departments_move_with_all_below(instance, admin):
    def make(parent, name):
        reply = admin.submit('/units/edit', 'unit', name=name, code=unique('D')[-12:].replace('-', 'X'),
                             parent_id=parent, kind='team', status='active')
        assert reply.status == 303
        return instance.sql('SELECT id, path FROM org_unit WHERE name = %s', name)[0]

    root = instance.value('SELECT id FROM org_unit WHERE parent_id IS NULL LIMIT 1')
    a, b = make(root, unique('甲')), make(root, unique('乙'))
    child = make(a['id'], unique('丙'))
    assert child['path'].startswith(a['path'])
    reply = admin.submit(f"/units/edit?id={a['id']}", 'unit', parent_id=b['id'])
    assert reply.status == 303
    path = instance.value('SELECT path FROM org_unit WHERE id = %s', child['id'])
    assert path.startswith(b['path'])
    reply = admin.submit(f"/units/edit?id={b['id']}", 'unit', parent_id=child['id'])
    assert reply.errors == [('parent_id', 'unit.below')]
    user = instance.user('office', 'sales_rep', org_unit_id=child['id'])
    reply = admin.submit(f"/units/edit?id={b['id']}", 'unit', status='closed')
    assert reply.errors == [('status', 'unit.people')]
    assert user['org_unit_id'] == child['id']


# ---- who may

@pytest.mark.parametrize('path', ['/staff/', '/roles/', '/units/', '/staff/edit', '/units/edit'])
def test_pages_are_for_those_who_may(instance, path):
    assert instance.office('sales_rep').fetch(path).status == 403
    auditor = instance.office('auditor')
    assert auditor.fetch(path).status == (403 if path.endswith('edit') else 200)


def test_who_may_only_look_changes_nothing(instance, person):
    auditor = instance.office('auditor')
    page = auditor.get('/staff/view', id=person['id'])
    assert not page('//p:main//p:action') and not page('//p:form')
    for path in ('/staff/disable', '/staff/give', '/staff/save', '/staff/link', '/roles/save',
                 '/units/save'):
        assert auditor.post(path, {'id': person['id'], '_csrf': page.csrf}).status == 403


@pytest.mark.parametrize('lang', ['zh-CN', 'en'])
def test_every_word_is_there(instance, lang, person):
    browser = instance.office('admin', lang=lang, locale=lang)
    give(browser, person, role_id(instance, 'finance'))
    for path in ('/staff/', f"/staff/view?id={person['id']}", f"/staff/edit?id={person['id']}",
                 '/staff/edit', '/roles/', f"/roles/edit?id={role_id(instance, 'finance')}",
                 '/roles/edit?site=portal', '/units/', '/units/edit', '/units/edit?id=1'):
        text = browser.raw('GET', path, headers={'Accept': 'text/html'}).text
        assert '⟦' not in text, path
