"""Contracted areas and unit conversions as people keep them (FEATURES, flow features 1 and 7)."""
import pytest

from market import Market
from today import TODAY
from xiaoao import unique


@pytest.fixture
def market(instance):
    return Market(instance)


@pytest.fixture
def seller(market, instance):
    """A distributor: (id, code)."""
    made = market.new_customer()
    if not instance.value("SELECT COUNT(*) FROM party_role WHERE party_id = %s AND role = 'distributor'", made):
        market.insert('party_role', party_id=made, role='distributor')
    return made, market.code(made)


def test_an_area_is_told_changed_and_ended_and_every_step_is_kept(instance, market, seller):
    party, code = seller
    clerk, product = instance.office('flow_clerk'), market.product()
    made = clerk.submit('/territories/edit', 'territory', sender=code, product=product, region='4201')
    assert made.status == 303, made.errors
    row, = instance.sql('SELECT * FROM territory WHERE party_id = %s', party)
    assert (row['region_code'], row['terminal_id'], row['product_group_id'], row['valid_to']) == ('4201', None, None, None)
    page = clerk.get('/territories/', q=code)
    assert page('//p:list[@name="territories"]/p:row/p:text/@sub') == [code, '4201']
    assert [(r['state'], r['scope']) for r in page.rows('territories')] == [('current', 'product')]
    assert clerk.get('/territories/', product=product, region='42').rows('territories')
    assert clerk.get('/territories/', q=code, region='43').rows('territories') == []
    page = f"/territories/edit?id={row['id']}"
    old = clerk.get(page)
    assert clerk.submit(page, 'territory', valid_to=row['valid_from'].isoformat()).status == 303
    assert clerk.submit(old, 'territory', region='4301').status == 409, 'who looked at an older one does not write over it'
    assert instance.sql('SELECT region_code, valid_to FROM territory WHERE id = %s', row['id']) == [
        {'region_code': '4201', 'valid_to': row['valid_from']}]
    assert instance.value("SELECT COUNT(*) FROM audit_log WHERE entity = 'territory' AND entity_id = %s", row['id']) == 2


@pytest.mark.parametrize('given, error', [
    ({'region': ''}, ('region', 'territory.where')),
    ({'terminal': 'NOBODY'}, ('terminal', 'terminal.unknown')),
    ({'region': '999999'}, ('region', 'region.unknown')),
    ({'product': 'NOTHING'}, ('product', 'product.unknown')),
    ({'sender': 'NOBODY'}, ('sender', 'correction.sender')),
    ({'valid_from': '2026-05-01', 'valid_to': '2026-04-30'}, ('valid_to', 'period.backwards')),
])
def test_what_is_wrong_with_an_area_stands_beside_the_field(instance, seller, given, error):
    clerk = instance.office('flow_clerk')
    reply = clerk.submit('/territories/edit', 'territory', **{'sender': seller[1], 'region': '4201', **given})
    assert reply.status == 422 and error in reply.errors
    assert instance.value('SELECT COUNT(*) FROM territory WHERE party_id = %s', seller[0]) == 0


def test_areas_are_seen_by_who_sees_the_distributor_and_changed_by_who_may(instance, market, seller):
    area = market.insert('territory', party_id=seller[0], region_code='4201', valid_from=TODAY)
    auditor, rep = instance.office('auditor'), instance.office('sales_rep')
    root = instance.value('SELECT id FROM org_unit WHERE parent_id IS NULL LIMIT 1')
    elsewhere = market.insert('org_unit', parent_id=root, code=unique('U')[:20], name=unique('大区'), kind='region')
    assert len(auditor.get('/territories/', q=seller[1]).rows('territories')) == 1
    assert auditor.fetch('/territories/edit', id=area).status == 403
    assert rep.get('/territories/', q=seller[1]).rows('territories') == []
    assert instance.office('sales_manager', org_unit_id=elsewhere).fetch('/territories/edit', id=area).status == 404


def test_a_unit_is_told_for_one_product_and_read_by_the_narrower_rule(instance, market, seller):
    clerk, product, unit = instance.office('flow_clerk'), market.product(case_qty=120), unique('件')[:20]
    product_id = instance.value('SELECT id FROM product WHERE code = %s', product)
    assert clerk.submit('/conversions/edit', 'conversion', unit=unit).status == 303
    assert clerk.submit('/conversions/edit', 'conversion', unit=unit, product=product, sender=seller[1], factor='10').status == 303
    again = clerk.submit('/conversions/edit', 'conversion', unit=unit, product=product, sender=seller[1], factor='12')
    assert again.status == 422 and ('unit', 'uq_unit_conversion_unit') in again.errors
    assert clerk.submit('/conversions/edit', 'conversion', unit=unit, product=product, factor='0').status == 422
    factor = instance.value('SELECT flow_unit_factor(%s, %s, %s)', product_id, seller[0], unit)
    assert (factor, instance.value('SELECT flow_unit_factor(%s, 0, %s)', product_id, unit)) == (10, 120)
    shown = clerk.get('/conversions/', q=unit)
    own, = (r for r in shown.rows('conversions') if r.get('product'))
    everybody, = (r for r in shown.rows('conversions') if not r.get('product'))
    assert (float(own['factor']), own['is_case'], everybody['is_case']) == (10, '', 'true')
    assert shown('//p:list[@name="conversions"]/p:row/p:text[@name="sender"]/@sub') == [seller[1]]
    page = f"/conversions/edit?id={own['@id']}"
    assert clerk.submit(page, 'conversion', factor='15').status == 303
    assert instance.value('SELECT flow_unit_factor(%s, %s, %s)', product_id, seller[0], unit) == 15
    assert clerk.submit(page, 'conversion', action='remove').status == 303
    assert instance.value('SELECT flow_unit_factor(%s, %s, %s)', product_id, seller[0], unit) == 120
    kept = [r['op'] for r in instance.sql("SELECT op FROM audit_log WHERE entity = 'unit_conversion' AND entity_id = %s ORDER BY id",
                                              int(own['@id']))]
    assert kept == ['insert', 'update', 'delete']
    assert instance.office('auditor').fetch('/conversions/edit', id=1).status == 403
