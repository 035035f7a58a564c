"""Products of the back office: list, page, record, other codes and groups."""
import pytest

from xiaoao import unique

GOOD = {'generic_name': '阿莫西林胶囊', 'dosage_form': '胶囊剂', 'strength': '0.25g', 'unit': '盒',
        'pack_spec': '0.25g*24粒/盒', 'units_per_pack': 24, 'inner_pack_qty': 10, 'case_qty': 400,
        'approval_no': '国药准字H20201234'}


@pytest.fixture(scope='module')
def manager(instance):
    return instance.office('product_manager')


def make(manager, **fields):
    return manager.submit('/products/edit', 'product', **{**GOOD, 'code': unique('P')[:20], **fields})


def made_id(reply):
    assert reply.status == 303, (reply, reply.errors)
    return int(reply.location.rsplit('=', 1)[1])


def test_made_seen_and_found_by_code_name_and_sound(instance, manager):
    code = unique('P')[:20]
    reply = make(manager, code=code, barcode='6901234567892', generic_name='重酒石酸测试片')
    assert reply.page.id == 'office.products.view' and reply.page.notices == ['notice.saved']
    row = instance.sql('SELECT * FROM product WHERE code = %s', code)[0]
    assert (row['case_qty'], row['vat_rate'], row['status']) == (400, 0.13 and row['vat_rate'], 'draft')
    assert row['pinyin'].endswith('csp')
    for q in (code, '重酒石酸测试', row['pinyin']):
        found = manager.get('/products/', q=q).texts('//p:row/p:code[@name="code"]')
        assert code in found, q
    assert code not in manager.get('/products/', q=code, status='active').texts('//p:row/p:code')


def test_list_filters_sorts_and_exports(market, manager):
    code = market.product(storage_class='cold')
    page = manager.get('/products/', q=code, storage='cold', status='active')
    assert page.texts('//p:row/p:code[@name="code"]') == [code]
    assert manager.get('/products/', q=code, storage='normal').texts('//p:row/p:code') == []
    down = manager.get('/products/', sort='-code').texts('//p:row/p:code[@name="code"]')
    assert down == sorted(down, reverse=True) and len(down) == 50
    text = manager.raw('GET', '/products/', params={'q': code, 'format': 'csv'}).content.decode('utf-8-sig')
    assert code in text and '\r\n' in text
    assert manager.raw('GET', '/products/', params={'q': code, 'format': 'xlsx'}).content[:2] == b'PK'


@pytest.mark.parametrize('field, value, code', [
    ('code', '', 'required'), ('case_qty', 'x', 'number'), ('case_qty', 405, 'pack.inner'),
    ('min_qty', 15, 'pack.multiple'), ('approval_no', '国药准字12', 'approval.wrong'),
    ('barcode', '6901234567890', 'barcode.wrong'), ('manufacturer_id', 'zzz', 'value'),
    ('storage_class', 'warm', 'choice'),
])
def test_wrong_input_is_kept_beside_its_error(manager, field, value, code):
    more = {'qty_multiple': 10} if field == 'min_qty' else {}
    reply = make(manager, **{field: value, 'trade_name': '商品 <b>', **more})
    assert reply.status == 422 and (field, code) in reply.errors
    form = reply.page.form('product')
    assert form.xpath('string(.//*[@name="trade_name"]/*)') == '商品 <b>'


def test_a_code_is_used_once(market, manager):
    reply = make(manager, code=market.product())
    assert (reply.status, reply.errors) == (422, [('code', 'uq_product_code')])


def test_the_second_to_save_sees_both_values(market, manager, instance):
    id_ = instance.value('SELECT id FROM product WHERE code = %s', market.product())
    stale = manager.get(f'/products/edit?id={id_}')
    assert manager.submit(f'/products/edit?id={id_}', 'product', strength='10mg').status == 303
    reply = manager.submit(stale, 'product', strength='20mg')
    assert reply.status == 409 and ('strength', 'theirs') in reply.errors
    assert instance.value('SELECT strength FROM product WHERE id = %s', id_) == '10mg'
    again = manager.submit(reply.page, 'product', strength='20mg')
    assert again.status == 303


def test_the_code_stays(market, manager, instance):
    code = market.product()
    id_ = instance.value('SELECT id FROM product WHERE code = %s', code)
    page = manager.get(f'/products/edit?id={id_}')
    assert page.one('//p:field[@name="code"]/@readonly') == 'true'
    manager.submit(page, 'product', code='OTHER')
    assert instance.value('SELECT code FROM product WHERE id = %s', id_) == code


def test_page_shows_stock_lots_prices_and_who_sees_it(market, manager, instance):
    code = market.product(price='12.50', stock=500)
    id_ = instance.value('SELECT id FROM product WHERE code = %s', code)
    page = manager.get(f'/products/view?id={id_}')
    assert page.value('free') == '500' or '500' in page.texts('//p:record//p:qty[@name="free"]')
    assert [r['price'] for r in page.rows('product-prices')] == ['12.5000']
    assert [r['status'] for r in page.rows('product-lots')] == ['released']
    assert page.rows('product-rules') == []


def test_codes_and_groups_are_added_and_removed(market, manager, instance):
    id_ = instance.value('SELECT id FROM product WHERE code = %s', market.product())
    reply = manager.submit(f'/products/code?id={id_}', 'product-code', kind='buyer', value='A-1',
                           party=market.code())
    assert reply.status == 303
    assert [(r['kind'], r['value']) for r in reply.page.rows('product-codes')] == [('buyer', 'A-1')]
    again = manager.submit(f'/products/code?id={id_}', 'product-code', kind='buyer', value='A-1',
                           party=market.code())
    assert (again.status, again.errors) == (422, [('value', 'uq_product_code_value')])
    unknown = manager.submit(f'/products/code?id={id_}', 'product-code', kind='buyer', value='A-2',
                             party='nobody')
    assert unknown.errors == [('party', 'party.unknown')]
    group = instance.value('SELECT MIN(id) FROM product_group')
    reply = manager.submit(f'/products/group?id={id_}', 'product-group', group_id=group)
    assert len(reply.page.rows('product-groups')) == 1
    reply = manager.act(reply.page, 'remove')
    assert reply.status == 303


def test_who_only_looks_changes_nothing(market, instance):
    rep = instance.office('sales_rep')
    id_ = instance.value('SELECT id FROM product WHERE code = %s', market.product())
    page = rep.get(f'/products/view?id={id_}')
    assert not page.may('edit') and not page.may('remove') and not page.may('add')
    assert rep.fetch('/products/edit').status == 403
    assert rep.post('/products/save', {'id': id_, 'code': 'X'}).status == 403


def test_groups_of_products(manager, instance):
    code = unique('G')[:20]
    assert manager.submit('/productgroups/edit', 'productgroup', code=code, name='测试线').status == 303
    again = manager.submit('/productgroups/edit', 'productgroup', code=code, name='又')
    assert (again.status, again.errors) == (422, [('code', 'uq_product_group_code')])
    assert instance.office('sales_rep').fetch('/productgroups/edit').status == 403


def test_suggestions(market, manager):
    code = market.product()
    page = manager.get('/suggest/products', product=code)
    assert page.texts('//p:field[@name="found"]/p:option/@value') == [code]
    assert manager.get('/suggest/parties', party=market.code())('//p:option')
