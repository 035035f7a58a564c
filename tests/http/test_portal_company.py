"""A company's own affairs: addresses, branches, people, roles; nobody gives more than he holds."""
import pytest

from road import Road
from xiaoao import unique


def tick(page, form, name, wanted):
    """The values of the choices whose value or label is wanted."""
    options = page.form(form).xpath(f'.//*[local-name()="field"][@name="{name}"]/*[local-name()="option"]')
    return [o.get('value') for o in options if o.get('value') in wanted or o.text in wanted]


def roles(road, *codes):
    return [str(road.instance.value("SELECT id FROM role WHERE site = 'portal' AND code = %s"
                                    ' AND party_id IS NULL', c)) for c in codes]


def add_user(client, road, *codes, **fields):
    return client.submit('/company/user', 'company-user', **{
        'login': unique('neu'), 'name': '新 同事', 'roles': roles(road, *codes), 'status': 'active',
        **fields})


def user(road, login):
    return road.instance.sql('SELECT * FROM app_user WHERE site = %s AND login = %s',
                             'portal', login)[0]


def held(road, made):
    rows = road.instance.sql('SELECT r.code FROM user_role x JOIN role r ON r.id = x.role_id'
                             ' WHERE x.user_id = %s', made)
    return sorted(r['code'] for r in rows)


# ---- people

def test_a_person_is_made_and_chooses_a_password_by_a_link(road, instance):
    login = unique('neu')
    reply = add_user(road.buyer, road, 'buyer', 'accountant', login=login)
    assert reply.status == 303, reply.errors
    made = user(road, login)
    assert made['party_id'] == road.customer and held(road, made['id']) == ['accountant', 'buyer']
    page = road.buyer.get('/company/user', id=made['id'])
    shown = road.buyer.post(page.link('link'), {})
    link = shown.page.value('setup_link')
    assert '/login/setup?token=' in link
    token = link.rsplit('=', 1)[1]
    assert not instance.sql("SELECT 1 FROM password_reset WHERE HEX(token_hash) = UPPER(%s)", token)
    assert instance.client('portal').get('/login/setup', token=token)


def test_wrong_input_stands_beside_its_field_and_is_kept(road):
    taken = unique('neu')
    assert add_user(road.buyer, road, 'buyer', login=taken).status == 303
    for field, value in (('login', taken), ('login', 'a'), ('login', 'mit leer'), ('name', ''),
                         ('email', 'kein'), ('status', 'x')):
        reply = add_user(road.buyer, road, 'buyer', **{'phone': '021-55', field: value})
        assert reply.status == 422 and reply.errors[0][0] == field, (field, value, reply.errors)
        form = reply.page.form('company-user')
        kept = {f.get('name'): f.findtext('{*}value') for f in form.iter('{*}field')}
        assert kept['phone'] == '021-55'
        ticked = form.xpath('.//*[@name="roles"]/*[@selected]/@value')
        assert ticked == roles(road, 'buyer')


def test_nobody_gives_more_than_he_holds(road, instance):
    """A role of the company's own that may change people, and nothing else."""
    reply = road.buyer.submit('/company/role', 'company-role', name=unique('人事'),
                              permissions=['company.view', 'company.edit'])
    assert reply.status == 303
    clerk = instance.portal(road.customer)
    own = instance.value('SELECT id FROM role WHERE party_id = %s', road.customer)
    instance.sql('INSERT INTO user_role (user_id, role_id, is_main) VALUES (%s, %s, 1)',
                 clerk.user['id'], own)
    for code in ('buyer', 'accountant', 'company_admin', 'receiver'):
        denied = add_user(clerk, road, code)
        assert denied.status == 422 and denied.errors == [('roles', 'role.above')], code
    login = unique('neu')
    fits = add_user(clerk, road, login=login, roles=[str(own)])
    assert fits.status == 303 and len(held(road, user(road, login)['id'])) == 1
    # nor by a role of his own making
    for permission in ('statement.view', 'order.create', 'invoice.view'):
        made = clerk.post('/company/role', {'name': unique('R'), 'permissions': permission})
        assert made.status == 422 and made.errors[0] == ('permissions', 'role.above'), made
    assert clerk.post('/company/role', {'name': unique('R'), 'permissions': 'staff.edit'}).status == 422


def test_roles_are_named_in_the_readers_language_and_ours_only_read(road, instance):
    client = instance.portal(road.customer, 'company_admin', lang='en', locale='en')
    built_in = instance.value("SELECT id FROM role WHERE site = 'portal' AND code = 'buyer'"
                              ' AND party_id IS NULL')
    page = client.html('/company/').text_content()
    assert 'Company administrator' in page and '#company_admin' not in page
    assert 'Buyer' in client.html('/company/user').text_content()
    form = client.html(f'/company/role?id={built_in}')
    assert 'Buyer' in form.xpath('//h1')[0].text_content()
    assert form.xpath('//main//form[@id="company-role"]//li[contains(., "Place orders") or contains(., "order")]')
    assert not form.xpath('//main//form[@id="company-role"]//input[@type != "hidden"]')
    assert 'can only be read' in form.xpath('//main')[0].text_content()
    assert not form.xpath('//main//form[@id="company-role"]//button[@type="submit"]')


def test_nobody_changes_his_own_rights(road, instance):
    me = road.buyer.user
    page = road.buyer.get('/company/user', id=me['id'])
    reply = road.buyer.submit(page, 'company-user', roles=roles(road, 'company_admin', 'accountant'))
    after = held(road, me['id'])
    assert reply.status == 422 or after == ['company_admin']
    page = road.buyer.get('/company/user', id=me['id'])
    reply = road.buyer.submit(page, 'company-user', status='disabled')
    assert instance.value('SELECT status FROM app_user WHERE id = %s', me['id']) == 'active'


def test_disabled_his_sessions_end(road, instance):
    colleague = instance.portal(road.customer, 'buyer')
    assert colleague.fetch('/orders/').status == 200
    page = road.buyer.get('/company/user', id=colleague.user['id'])
    assert road.buyer.submit(page, 'company-user', status='disabled').status == 303
    assert colleague.fetch('/orders/').status == 401


def test_the_second_administrator_is_told(road, instance):
    colleague = instance.portal(road.customer, 'buyer')
    pages = [road.buyer.get('/company/user', id=colleague.user['id']) for _ in range(2)]
    assert road.buyer.submit(pages[0], 'company-user', name='第一').status == 303
    late = road.buyer.submit(pages[1], 'company-user', name='第二')
    assert late.status == 409
    assert instance.value('SELECT name FROM app_user WHERE id = %s', colleague.user['id']) == '第一'


def test_people_of_others_are_unknown(road, instance):
    stranger = Road(instance).buyer.user
    assert road.buyer.fetch('/company/user', id=stranger['id']).status == 404
    assert road.buyer.post('/company/link', {'id': stranger['id']}).status == 404
    staff = instance.user('office', 'admin')
    assert road.buyer.fetch('/company/user', id=staff['id']).status == 404
    reply = road.buyer.post('/company/user', {
        'id': stranger['id'], '_version': '1', 'login': 'xxx', 'name': 'x', 'status': 'disabled'})
    assert reply.status == 404
    assert instance.value('SELECT status FROM app_user WHERE id = %s', stranger['id']) == 'active'


def test_who_may(road, instance):
    for role in ('buyer', 'accountant', 'receiver'):
        client = instance.portal(road.customer, role)
        page = client.get('/company/')
        assert not page.may('user.new') and not page.may('roles'), role
        for path in ('user', 'role', 'roles', 'address', 'branch'):
            assert client.fetch(f'/company/{path}').status == 403, (role, path)
        assert client.post('/company/user', {'login': 'x'}).status == 403


# ---- addresses and branches

def test_an_address_and_the_default_one(road, instance):
    reply = road.buyer.submit('/company/address', 'company-address', name='二号库', contact='赵六',
                              phone='027-1234567', address='江汉路 2 号', is_default='1',
                              status='active')
    assert reply.status == 303, reply.errors
    rows = instance.sql('SELECT name, is_default FROM party_address WHERE party_id = %s ORDER BY id',
                        road.customer)
    assert [(r['name'], r['is_default']) for r in rows] == [('仓库', 0), ('二号库', 1)]
    wrong = road.buyer.submit('/company/address', 'company-address', name='三号库', contact='',
                              phone='x', address='', status='active')
    assert wrong.status == 422
    assert {'contact', 'address'} <= {f for f, _ in wrong.errors}


def test_a_branch_of_a_chain(road, instance):
    name = unique('分店')
    reply = road.buyer.submit('/company/branch', 'company-branch', name=name, phone='027-1',
                              address='汉口路 5 号', status='active')
    assert reply.status == 303, reply.errors
    made = instance.sql('SELECT * FROM party WHERE parent_id = %s', road.customer)[0]
    assert made['name'] == name
    for other in (Road(instance).buyer,):
        assert other.fetch('/company/branch', id=made['id']).status == 404
        denied = other.post('/company/branch', {'id': made['id'], '_version': '1', 'name': 'x',
                                                'address': 'x', 'status': 'closed'})
        assert denied.status == 404
        tied = other.post('/company/address', {
            'name': 'x', 'contact': 'x', 'phone': '1', 'address': 'x', 'branch_id': made['id'],
            'status': 'active'})
        assert tied.status == 422, tied
    assert instance.value('SELECT status FROM party WHERE id = %s', made['id']) == 'active'


@pytest.mark.parametrize('lang', ['zh-CN', 'en'])
def test_every_word_is_there(road, instance, lang):
    client = instance.portal(road.customer, 'company_admin', lang=lang)
    me = client.user['id']
    address = instance.value('SELECT id FROM party_address WHERE party_id = %s', road.customer)
    for path in ('/company/', '/company/user', f'/company/user?id={me}', '/company/roles',
                 '/company/role', f'/company/role?id={roles(road, "buyer")[0]}', '/company/address',
                 f'/company/address?id={address}', '/company/branch'):
        assert '⟦' not in client.html(path).text_content(), path
