"""The wall of the portal, rights, the audit trail and sessions in the database (TRUST 3.1, T01-T05, T16, T29, T38)."""
import hashlib
import json
import os
import re

import pymysql
import pytest

from sqlbed import TOP, Refused
from sqlkinds import Kinds
from sqltrade import day, trade

SECRET = 'note-secret-5'


@pytest.fixture(scope='module')
def t():
    return trade()


@pytest.fixture(scope='module')
def two(t):
    """Two companies with everything a company can have, the second full of a secret."""
    made, kinds = [], []
    for name, note in (('墙内公司', 'mine'), ('墙外公司', SECRET)):
        party = t.customer(name)
        t.root.query('UPDATE party SET note = %s, address = %s WHERE id = %s', note, note, party)
        t.root.query('UPDATE party_address SET address = %s, name = %s WHERE party_id = %s', note, note, party)
        branch = t.insert('party', code='BR%d' % party, name='%s分店 %s' % (name, note), parent_id=party)
        t.insert('party_role', party_id=party, role='chain')
        user, token = t.portal(party, 'user-%s' % note)
        product = t.product('10.00')
        t.lot(product, 1000)
        t.insert('channel_stock', party_id=branch, product_id=product, lot_no=note, qty=5, stock_date=day(0))
        t.root.query('INSERT INTO user_role (user_id, role_id) SELECT %s, id FROM role WHERE code = %s', user, 'chain_viewer')
        portal = t.bed.session('portal')
        order = portal.call('portal_orders_save', token, 0, None, None, None, note, None, note,
                            [{'product': product, 'qty': 100, 'note': note}], None)[0]['id']
        portal.call('portal_file_add', token, 'order', order, note + '.pdf', 'application/pdf', note.encode())
        portal.call('portal_orders_submit', token, order, None)
        inner = t.root.value('SELECT id FROM sales_order WHERE pid = %s', order)
        t.approve(inner)
        shipment = t.ship(inner)[0]
        t.root.query('UPDATE shipment SET note = %s WHERE id = %s', note, shipment)
        t.invoice(inner)
        saved = portal.call('portal_lists_save', token, 0, None, note, 0, [{'product': product, 'qty': 1}])[0]['id']
        t.receive(party, '10.00', reference=note)
        made.append({'party': party, 'branch': branch, 'user': user, 'token': token, 'product': product, 'order': order, 'list': saved,
                     'inner': inner, 'shipment': t.root.value('SELECT pid FROM shipment WHERE id = %s', shipment),
                     'invoice': t.root.value('SELECT pid FROM invoice WHERE order_id = %s', inner),
                     'file': t.root.value('SELECT token FROM attachment WHERE party_id = %s', party),
                     'address': t.root.value('SELECT id FROM party_address WHERE party_id = %s', party)})
        made[-1].update(more_of(t, portal, made[-1], note, kinds))
    yield made
    for k in kinds:
        k.remove()


def more_of(t, portal, company, note, kinds):
    """What only some of the programs know."""
    if not t.root.value("SELECT COUNT(*) FROM party_role WHERE role = 'company'"):
        t.insert('party_role', party_id=t.insert('party', code='US', name='我们公司'), role='company')
    kinds.append(Kinds(t.root, company['party'], company['user'], note))
    ids = kinds[-1].ids
    line = {'product': ids['goods'], 'qty': 1, 'row': 1, 'line': 1, 'received': 1, 'refused': 0, 'damaged': 0}
    portal.call('portal_shipments_arrive', company['token'], company['shipment'], day(0), note, None, None, note, [{**line, 'received': 100}])
    photo = portal.call('portal_file_add', company['token'], 'return', 0, note + '.png', 'image/png', note.encode())[0]['token']
    portal.call('portal_returns_ask', company['token'], company['shipment'], 'other', note, photo, [{'line': 1, 'qty': 1}])
    back = t.root.value('SELECT pid FROM return_order WHERE party_id = %s', company['party'])
    photo = portal.call('portal_file_add', company['token'], 'arrival', 0, note + '.png', 'image/png', note.encode())[0]['token']
    return {**ids, 'return': back, 'photo': photo, 'lines': json.dumps([line])}


def routines(t, where='1 = 1'):
    return t.root.query('SELECT routine_name AS name, routine_type AS kind, routine_definition AS body FROM information_schema.routines'
                        ' WHERE routine_schema = DATABASE() AND ' + where)


def given_to_portal(t):
    """The procedures that the portal's account may call, but the one that finds a session."""
    lines = ' '.join(list(r.values())[0] for r in t.root.query('SHOW GRANTS FOR portal@localhost'))
    given = set(re.findall(r'ON PROCEDURE `xiaoao`\.`(\w+)`', lines)) - {'portal_session'}
    return [r for r in routines(t) if r['name'] in given]


def parameters(t, name):
    return t.root.query('SELECT parameter_name AS name, data_type AS kind FROM information_schema.parameters WHERE specific_schema = DATABASE()'
                        ' AND specific_name = %s AND ordinal_position > 0 ORDER BY ordinal_position', name)


def text_of(results):
    return json.dumps(results, default=str, ensure_ascii=False)


# ---- the account alone

def test_grants_are_those_written_down(t):
    import subprocess
    done = subprocess.run([TOP / 'sql' / 'check-grants', '--socket', t.bed.socket], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + 'meant so? sql/check-grants --socket … --write'


def test_the_portal_account_has_execute_on_portal_procedures_and_nothing_else(t):
    lines = [list(r.values())[0] for r in t.root.query('SHOW GRANTS FOR portal@localhost')]
    for line in lines[1:]:
        assert re.match(r'GRANT EXECUTE ON PROCEDURE `xiaoao`\.`portal_\w+` TO `portal`@`localhost`$', line), line


def test_every_portal_procedure_finds_the_company_by_the_token_first(t):
    named = given_to_portal(t)
    assert len(named) > 40
    for r in named:
        assert parameters(t, r['name'])[0]['name'] == 'p_token', r['name']
        body = re.sub(r'^\s*(\w+:\s*)?BEGIN|^\s*DECLARE .*?;', '', r['body'], flags=re.M | re.S)
        assert body.strip().startswith('CALL portal_guard(p_token,'), r['name']


def test_no_dynamic_sql_and_a_locked_definer_without_super(t):
    for r in routines(t):
        assert not re.search(r'\b(PREPARE|EXECUTE IMMEDIATE)\b', r['body'], re.I), r['name']
    assert not t.root.query("SELECT routine_name FROM information_schema.routines WHERE routine_schema = DATABASE()"
                            " AND (definer <> 'owner@localhost' OR security_type <> 'DEFINER')")
    assert not t.root.query("SELECT trigger_name FROM information_schema.triggers WHERE trigger_schema = DATABASE() AND definer <> 'owner@localhost'")
    locked = t.root.value("SELECT Priv FROM mysql.global_priv WHERE User = 'owner'")
    assert json.loads(locked).get('account_locked') is True
    assert 'SUPER' not in str(t.root.query('SHOW GRANTS FOR owner@localhost'))


PROBES = ["SELECT * FROM {o} LIMIT 1", "SELECT note FROM {o} WHERE id = 5 AND note + 0 = 1", "SHOW CREATE TABLE {o}",
          "SELECT note FROM {o} WHERE id = 5 AND EXP(710 * (note = 'guess')) > 1", "DESCRIBE {o}",
          "SELECT note FROM {o} WHERE party_id = '1596' AND id = 5 AND note + 0 = 1",
          "SELECT note FROM {o} WHERE id IN (5, 6) AND SLEEP(0.2 * (note = 'guess')) = 9",
          "SELECT 1 FROM (SELECT 5 i UNION SELECT 6) k STRAIGHT_JOIN {o} v ON v.id = k.i AND v.note + 0 = 1",
          "UPDATE {o} SET note = 'x'", "DELETE FROM {o}", "INSERT INTO {o} () VALUES ()", "CREATE VIEW zz AS SELECT * FROM {o}",
          "HANDLER {o} OPEN", "LOCK TABLES {o} READ", "CREATE TEMPORARY TABLE zz LIKE {o}"]


def test_arbitrary_sql_as_the_portal_account_reads_nothing(t, two):
    portal = t.bed.session('portal')
    names = [r['name'] for r in t.root.query('SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE()')]
    assert 'sales_order' in names and 'portal_order' in names
    for name in names:
        for probe in PROBES:
            with pytest.raises(pymysql.MySQLError) as caught:
                portal.query(probe.format(o=name))
            assert caught.value.args[0] in (1142, 1143, 1044, 1064, 1227), (probe.format(o=name), caught.value)
            assert SECRET not in str(caught.value) and SECRET not in text_of(portal.query('SHOW WARNINGS'))
    assert portal.query('SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE()') == []
    assert all(r['routine_definition'] is None
               for r in portal.query('SELECT routine_definition FROM information_schema.routines WHERE routine_schema = DATABASE()'))
    assert all(not r['INFO'] or SECRET not in r['INFO'] for r in portal.query('SELECT INFO FROM information_schema.processlist'))
    for statement in ("SELECT LOAD_FILE('/etc/passwd')",):
        assert portal.value(statement) is None
    for statement in ("SELECT 1 INTO OUTFILE '/tmp/x'", 'SET GLOBAL max_connections = 1', 'SHOW CREATE PROCEDURE portal_orders_list',
                      'SELECT * FROM mysql.global_priv', 'KILL 1', 'CREATE TABLE x (i INT)', "GRANT ALL ON *.* TO portal@localhost"):
        with pytest.raises(pymysql.MySQLError):
            shown = portal.query(statement)
            assert 'Create Procedure' not in str(shown) or shown[0]['Create Procedure'] is None
            raise pymysql.MySQLError(0)


def test_the_control_a_row_filtered_view_would_leak(t, two):
    """Why there are procedures and no views: had the portal this view of its own rows, a probe would read the other's."""
    mine, other = two
    t.root.query('CREATE OR REPLACE DEFINER = owner@localhost VIEW zz_own AS SELECT id, note FROM sales_order WHERE party_id = %s' % mine['party'])
    t.root.query('GRANT SELECT ON zz_own TO portal@localhost')
    try:
        portal = t.bed.session('portal')
        assert portal.query('SELECT note FROM zz_own WHERE id = %s', other['inner']) == []
        portal.query('SELECT note FROM zz_own WHERE id = %s AND note + 0 = 1', other['inner'])
        assert SECRET in text_of(portal.query('SHOW WARNINGS'))
    finally:
        t.root.query('DROP VIEW zz_own')
        t.root.query('REVOKE ALL PRIVILEGES ON xiaoao.zz_own FROM portal@localhost')


def test_no_account_calls_what_was_not_given_to_it(t):
    for account in ('portal', 'login', 'jobs'):
        session = t.bed.session(account)
        lines = ' '.join(list(r.values())[0] for r in t.root.query('SHOW GRANTS FOR %s@localhost' % account))
        given = set(re.findall(r'ON (?:PROCEDURE|FUNCTION) `xiaoao`\.`(\w+)`', lines))
        for r in routines(t):
            if r['name'] in given:
                continue
            marks = ', '.join(['NULL'] * len(parameters(t, r['name'])))
            with pytest.raises(pymysql.MySQLError) as caught:
                session.query(('CALL %s(%s)' if r['kind'] == 'PROCEDURE' else 'SELECT %s(%s)') % (r['name'], marks))
            assert caught.value.args[0] in (1370, 1305, 1318, 1414), (account, r['name'], caught.value)


# ---- foreign ids through the procedures it may call

def test_without_a_session_every_procedure_refuses(t):
    portal = t.bed.session('portal')
    for r in given_to_portal(t):
        for token in (os.urandom(32).hex(), '', "' OR 1=1 --"):
            with pytest.raises(Refused) as caught:
                portal.call(r['name'], token, *[None] * (len(parameters(t, r['name'])) - 1))
            assert 'no session' in str(caught.value), (r['name'], caught.value)
    assert portal.call('portal_session', os.urandom(32).hex()) == []


# What an argument names.  Of p_id it depends on the program: an id of its own kind, but for these.
NAMED = {'p_branch': 'branch', 'p_address': 'address', 'p_user': 'user', 'p_role': 'role', 'p_roles': 'roles', 'p_order': 'order', 'p_like': 'order',
         'p_adds_to': 'uploads', 'p_row': 'row', 'p_line': 'line', 'p_product': 'goods', 'p_terminal': 'terminal', 'p_file': 'file',
         'p_photo': 'photo', 'p_lot': 'lot', 'p_lines': 'lines'}
OF_PROGRAM = {'company_address': 'address', 'company_branch': 'branch', 'file': 'order', 'orders': 'order', 'shipments': 'shipment', 'invoices': 'invoice',
              'lists': 'list', 'returns_new': 'shipment', 'returns_ask': 'shipment', 'returns': 'return', 'view': 'view'}
# Names, texts, numbers, days: nothing of anybody's.  p_group and p_warehouse name what is everyone's, p_after_id a place in a list, p_key a key of
# its own user's (test_a_key_twice_makes_one_order).
PLAIN = set('p_name p_phone p_email p_login p_contact p_address p_comment p_reason p_note p_po p_why p_reply p_resold p_text p_query p_permissions p_link'
            ' p_location p_hash p_key p_q p_status p_state p_kind p_kinds p_type p_by p_sort p_only p_storage p_page p_do p_what p_doc p_norm p_code p_severity'
            ' p_format p_month p_from p_to p_day p_after p_after_key p_after_id p_limit p_version p_header p_seq p_size p_line p_qty p_group p_warehouse'
            ' p_content p_sha256 p_expected p_amount p_balance p_on_hand p_returned p_temperature p_price p_agree p_near p_private p_default p_shared'
            ' p_wanted p_counterparty p_until'.split())
# What is told may be about any product of ours, also one this company may not order.
EVERYONES = {('portal_corrections_line', 'p_product')}
# So that a call comes as far as the record; of some procedures otherwise.
USUAL = {'p_limit': 50, 'p_sort': '', 'p_from': day(-400), 'p_to': day(0), 'p_day': day(0), 'p_name': '名', 'p_login': 'probe-x', 'p_contact': '名',
         'p_phone': '1', 'p_kind': 'order', 'p_type': 'application/pdf', 'p_content': b'x', 'p_qty': 1, 'p_text': '说明', 'p_reason': '说明', 'p_why': '说明',
         'p_month': '%d-%02d' % (day(0).year, day(0).month), 'p_status': 'active', 'p_version': 1, 'p_expected': None, 'p_note': '注', 'p_page': 'portal.orders',
         'p_query': 'q=1', 'p_on_hand': 1, 'p_returned': 0, 'p_agree': 1, 'p_permissions': '["order.view"]', 'p_link': 'x', 'p_what': 'sale', 'p_seq': 1,
         'p_severity': '', 'p_code': '', 'p_size': 1, 'p_sha256': b'0' * 32, 'p_hash': '0' * 64, 'p_format': 'csv', 'p_do': 'go', 'p_header': 1, 'p_after': 0}
OF_FLOWS = {'p_kind': 'sale', 'p_by': 'product', 'p_from': USUAL['p_month'], 'p_to': USUAL['p_month']}
OTHERWISE = {('portal_corrections_move', 'p_status'): 'withdrawn', ('portal_uploads_open', 'p_kind'): 'sale', ('portal_uploads_do', 'p_do'): 'discard',
             ('portal_reconciliations_dispute', 'p_reason'): 'other', ('portal_returns_ask', 'p_reason'): 'other',
             ('portal_reconciliations_agree', 'p_line'): 1, ('portal_reconciliations_dispute', 'p_line'): 1}
NONE = {'file': '0' * 32, 'photo': '0' * 32, 'terminal': 'zz-none', 'lot': 'zz-none', 'roles': '[9007199254740990]', 'goods_code': 'zz-none',
        'lines': '[{"product": 9007199254740990, "qty": 1, "row": 1, "line": 1}]'}


# Where an id of one's own and one of nobody's bring the same, with what is given above.
ALIKE = {
    'nobody changes his own roles': [('portal_company_user_save', 'p_roles')],
    'what lies there is told by tests of the trade': [
        ('portal_entry_check', 'p_like'), ('portal_entry_check', 'p_order'), ('portal_stock_history_count', 'p_branch'),
        ('portal_stock_history_list', 'p_branch'), ('portal_inventory_view', 'p_product'), ('portal_flows_bought_list', 'p_product'),
        ('portal_flows_bought_list', 'p_terminal'), ('portal_flows_carried_list', 'p_product'), ('portal_flows_carried_list', 'p_terminal')],
    'the record is in another state by then': [
        ('portal_orders_save', 'p_lines'), ('portal_shipments_arrive', 'p_lines'), ('portal_shipments_arrive', 'p_photo')],
    'a text that need not be known': [('portal_corrections_line', 'p_lot')],
    'it says nothing, or only that there is a return now': [
        ('portal_uploads_piece', 'p_id'), ('portal_returns_ask', 'p_lines'), ('portal_returns_ask', 'p_photo')]}


def kind_of(procedure, p):
    """The kind of record an argument names; None: none."""
    name, number = p['name'], p['kind'] == 'bigint'
    if name == 'p_id':
        program = procedure.removeprefix('portal_')
        found = [k for k in OF_PROGRAM if program == k or program.startswith(k + '_')]
        return OF_PROGRAM[max(found, key=len)] if found else program.split('_')[0]
    if name in PLAIN and not (number and name in NAMED):
        return None
    assert name in NAMED, (procedure, name, 'is it a record of somebody, or plain?')
    return 'goods_code' if name == 'p_product' and not number else NAMED[name]


def arguments(t, procedure, own):
    """(parameter, kind, what its owner would give)."""
    out = []
    for p in parameters(t, procedure)[1:]:
        kind = kind_of(procedure, p)
        usual = {**USUAL, **OF_FLOWS} if procedure.startswith('portal_flows_') else USUAL
        plain = OTHERWISE.get((procedure, p['name']), usual.get(p['name']))
        out.append((p, kind, own[kind] if kind else plain))
    return out


def outcome(session, procedure, token, values, given):
    """What comes back, without the value that was asked for."""
    try:
        found = text_of(session.results('CALL %s(%s)' % (procedure, ', '.join(['%s'] * (len(values) + 1))), token, *values))
    except (Refused, pymysql.MySQLError) as error:
        found = str(error)
    warned = text_of([w['Message'] for w in session.query('SHOW WARNINGS') if w['Code'] != 4094])     # not where it was said
    return re.sub(r'(?<![\w-])(%s|%s)(?![\w-])' % (re.escape(json.dumps(str(given), ensure_ascii=False)[1:-1]), re.escape(str(given))), '?',
                  re.sub(r'"id": \d{9,}', '"id": ?', found) + warned)


def sums_of(t, company):
    """A statement that tells what stands in each table of a company's and its users' rows."""
    parts = []
    for r in t.root.query("SELECT c.table_name AS name, GROUP_CONCAT(CONCAT('`', c.column_name, '`') ORDER BY c.ordinal_position) AS columns"
                          ' FROM information_schema.columns c JOIN information_schema.tables b ON b.table_schema = c.table_schema'
                          " AND b.table_name = c.table_name AND b.table_type = 'BASE TABLE' WHERE c.table_schema = DATABASE() GROUP BY c.table_name"):
        for column, value in (('party_id', 'party'), ('sender_id', 'party'), ('user_id', 'user')):
            if '`%s`' % column in r['columns'] and r['name'] != 'session':
                parts.append("SELECT '%s' AS t, COUNT(*) AS n, SUM(CRC32(CONCAT_WS(0x1f, %s))) AS s FROM %s WHERE %s = %d"
                             % (r['name'], r['columns'], r['name'], column, company[value]))
    return ' UNION ALL '.join(parts)


def test_a_foreign_id_of_the_right_kind_is_as_an_unknown_one(t, two):
    """Every argument that names a record, of every procedure: nothing comes back that an id nobody has would not bring, and nothing of the other changes."""
    mine, other = two
    portal, watch, tried, told = t.bed.session('portal'), t.bed.session('root'), 0, []
    watch.query('SET SESSION TRANSACTION ISOLATION LEVEL READ UNCOMMITTED')
    sums = sums_of(t, other)
    before = watch.query(sums)
    assert sum(r['n'] > 0 for r in before) > 25
    writes = {r['name']: r['access'] == 'MODIFIES SQL DATA' for r in t.root.query(
        'SELECT routine_name AS name, sql_data_access AS access FROM information_schema.routines WHERE routine_schema = DATABASE()')}
    for r in given_to_portal(t):
        given = arguments(t, r['name'], mine)
        for i, (p, kind, _) in enumerate(given):
            if kind is None:
                continue
            said = []
            for value in (other[kind], NONE.get(kind, 9007199254740990)):
                portal.db.begin()
                said.append(outcome(portal, r['name'], mine['token'], [value if n == i else own for n, (_, _, own) in enumerate(given)], value))
                if value == other[kind] and writes[r['name']] and watch.query(sums) != before:
                    told.append((r['name'], p['name'], 'changed what is the other\'s'))
                portal.db.rollback()
            if said[0] != said[1] or SECRET in said[0]:
                told.append((r['name'], p['name'], *said))
            tried += 1
    told = [f for f in told if f[:2] not in EVERYONES]
    assert not told, '\n'.join(map(str, told))
    assert tried > 90


def test_an_id_of_ones_own_is_not_as_an_unknown_one(t, two):
    """Negative control: the ids given above are of the right kind, and the calls come as far as the record."""
    other = two[1]
    portal, alike = t.bed.session('portal'), set()
    for r in given_to_portal(t):
        given = arguments(t, r['name'], other)
        for i, (p, kind, own) in enumerate(given):
            if kind is None:
                continue
            said = []
            for value in (own, NONE.get(kind, 9007199254740990)):
                portal.db.begin()
                said.append(outcome(portal, r['name'], other['token'], [value if n == i else own for n, (_, _, own) in enumerate(given)], value))
                portal.db.rollback()
            if said[0] == said[1]:
                alike.add((r['name'], p['name']))
    alike = sorted(alike - {a for group in ALIKE.values() for a in group})
    assert not alike, alike


def test_the_watch_sees_what_is_not_yet_committed(t, two):
    """Negative control."""
    watch = t.bed.session('root')
    watch.query('SET SESSION TRANSACTION ISOLATION LEVEL READ UNCOMMITTED')
    before = watch.query(sums_of(t, two[1]))
    portal = t.bed.session('portal')
    portal.db.begin()
    portal.results('CALL portal_messages_open(%s, %s)', two[1]['token'], two[1]['messages'])
    assert [r['t'] for r in watch.query(sums_of(t, two[1])) if r not in before] == ['notification']
    portal.db.rollback()


def test_ids_of_any_other_kind_give_nothing_either(t, two):
    """Each id and name of the other company where a record of another kind is meant, and his secret where people write."""
    mine, other = two
    portal = t.bed.session('portal')
    numbers = sorted({v for v in other.values() if isinstance(v, int)})
    names = [other['file'], other['token'][:32]]
    for r in given_to_portal(t):
        given = arguments(t, r['name'], mine)
        for i, (p, kind, _) in enumerate(given):
            wrong = numbers if p['kind'] == 'bigint' else [] if p['kind'] not in ('varchar', 'longtext', 'text') else names + [SECRET] if kind else [SECRET]
            for value in wrong:
                values = [value if n == i else own for n, (_, _, own) in enumerate(given)]
                portal.db.begin()
                said = outcome(portal, r['name'], mine['token'], values, value)
                portal.db.rollback()
                assert SECRET not in said, (r['name'], p['name'], value, said)


def test_the_owner_of_the_secret_does_see_it(t, two):
    """The control: the same search finds it where it belongs, so the test above looks in the right places."""
    portal = t.bed.session('portal')
    other = two[1]
    for call, args in (('portal_orders_view', [other['order']]), ('portal_shipments_view', [other['shipment']]), ('portal_company_view', []),
                       ('portal_lists_view', [other['list']]), ('portal_file_list', [other['order']]),
                       ('portal_stock_branches_list', [None, 0, 0, '', None, None, 50])):
        assert SECRET in text_of(portal.results('CALL %s(%s)' % (call, ', '.join(['%s'] * (len(args) + 1))), other['token'], *args)), call


def test_a_child_of_another_company_is_refused_by_the_database(t, two):
    mine, other = two
    with pytest.raises(pymysql.MySQLError, match='fk_sales_order_line_order_id'):
        t.insert('sales_order_line', party_id=mine['party'], order_id=other['inner'], line_no=99, product_id=t.product(), ordered_qty=1, price=1,
                 list_price=1, vat_rate=0, amount=1)
    with pytest.raises(pymysql.MySQLError, match='fk_sales_order_ship_address_id'):
        t.root.query('UPDATE sales_order SET ship_address_id = %s WHERE id = %s', other['address'], mine['inner'])


def test_a_branch_user_sees_his_branch_only(t, two):
    mine = two[0]
    _, token = t.portal(mine['party'], 'branch-user', branch_id=mine['branch'])
    portal = t.bed.session('portal')
    assert portal.call('portal_orders_list', token, None, None, None, None, '', None, None, 50) == []
    assert portal.results('CALL portal_orders_view(%s, %s)', token, mine['order'])[0] == []
    with pytest.raises(Refused, match='forbidden'):
        portal.call('portal_statements_view', token, day(-30), day(0))


def test_numbers_of_a_company_say_nothing_of_the_others(t, two):
    """Order numbers run per company and day; portal ids are random (T45)."""
    mine, other = two
    numbers = [t.root.value('SELECT order_no FROM sales_order WHERE id = %s', c['inner']) for c in two]
    assert [n.rsplit('-', 1)[1] for n in numbers] == ['01', '01']
    assert mine['order'] > 1 << 20 and other['order'] > 1 << 20


# ---- sessions and people

def test_sessions_end_when_they_must(t):
    user, token = t.portal(t.customer('会话公司'), 'session-user')
    portal, login = t.bed.session('portal'), t.bed.session('login')
    assert portal.call('portal_session', token)[0]['login'] == 'session-user'
    assert t.bed.session('office').call('office_session', token) == [], 'not on the other site'
    t.root.query('UPDATE session SET seen_at = seen_at - INTERVAL 31 MINUTE WHERE user_id = %s', user)
    assert portal.call('portal_session', token) == []
    t.root.query('UPDATE session SET seen_at = UTC_TIMESTAMP(6), expires_at = UTC_TIMESTAMP(6) WHERE user_id = %s', user)
    assert portal.call('portal_session', token) == []
    t.root.query('UPDATE session SET expires_at = UTC_TIMESTAMP(6) + INTERVAL 1 HOUR WHERE user_id = %s', user)
    new = os.urandom(32).hex()
    login.call('login_rotate', 'portal', token, new, 'full', None, None)
    assert portal.call('portal_session', token) == [] and portal.call('portal_session', new)
    t.root.query("UPDATE app_user SET status = 'disabled' WHERE id = %s", user)
    assert portal.call('portal_session', new) == []


def test_half_a_session_opens_nothing_and_protects_the_second_factor(t):
    user, _ = t.portal(t.customer('半程公司'), 'half-user')
    t.root.query("UPDATE app_user SET totp_secret = 'X' WHERE id = %s", user)
    login, portal, half = t.bed.session('login'), t.bed.session('portal'), os.urandom(32).hex()
    login.call('login_mint', user, half, 'password', None, None)
    with pytest.raises(Refused, match='no session'):
        portal.call('portal_home_figures', half)
    for name, args in (('login_totp_off', ()), ('login_password_set', ('hash',)), ('login_recovery_set', ('[]',)), ('login_revoke', (0,))):
        with pytest.raises(Refused, match='no session'):
            login.call(name, 'portal', half, *args)


def test_a_code_and_a_recovery_code_work_once(t):
    user, token = t.portal(t.customer('动态码'), 'totp-user')
    login = t.bed.session('login')
    codes = [hashlib.sha256(c.encode()).hexdigest() for c in ('r1', 'r2', 'zz')]
    login.call('login_totp_begin', 'portal', token, 'SECRET')
    assert login.call('login_totp_confirm', 'portal', token, 100, codes[:2])[0]['good'] == 1
    assert [login.call('login_totp_use', 'portal', token, step)[0]['good'] for step in (100, 101, 101, 99, 102)] == [0, 1, 0, 0, 1]
    assert [login.call('login_recovery_use', 'portal', token, codes[i])[0]['good'] for i in (0, 0, 2, 1)] == [1, 0, 0, 1]


def test_wrong_passwords_wait_longer_and_longer(t):
    t.portal(t.customer('退避公司'), 'slow-user')
    login = t.bed.session('login')
    waits = []
    for _ in range(9):
        login.call('login_failed', 'portal', 'slow-user', 'failed', None, None, None)
        waits.append(login.call('login_begin', 'portal', 'slow-user', None)[0]['wait_s'])
    assert waits[:4] == [0, 0, 0, 0] and waits[4] >= 1
    assert all(b > a for a, b in zip(waits[4:], waits[5:]))
    assert login.call('login_failed', 'portal', 'slow-user', 'failed', None, None, None) == \
        login.call('login_failed', 'portal', 'nobody', 'failed', None, None, None), 'who exists is not told'


def test_an_administrator_gives_only_what_he_holds_and_only_at_home(t, two):
    mine, other = two
    portal = t.bed.session('portal')
    roles = {r['code']: r['id'] for r in portal.call('portal_company_roles', mine['token'])}
    _, buyer = t.portal(mine['party'], 'plain-buyer', role='buyer')
    with pytest.raises(Refused, match='forbidden'):
        portal.call('portal_company_user_save', buyer, 0, None, 'x-user', '名', None, None, None, None, [roles['company_admin']])
    office = t.root.value("SELECT id FROM role WHERE site = 'office' AND code = 'admin'")
    with pytest.raises(Refused, match='role.unknown'):
        portal.call('portal_company_user_save', mine['token'], 0, None, 'x-user', '名', None, None, None, None, [office])
    with pytest.raises(Refused, match='role.above'):
        portal.call('portal_company_role_save', mine['token'], 0, None, '超级', ['receipt.edit'])
    own = portal.call('portal_company_role_save', mine['token'], 0, None, '仓管', ['arrival.confirm'])[0]['id']
    made = portal.call('portal_company_user_save', mine['token'], 0, None, 'x-user', '名', None, None, None, None, [own])[0]['id']
    assert portal.call('portal_company_user_save', other['token'], made, None, None, '盗', None, None, None, None, None) == []
    with pytest.raises(Refused, match='role.unknown'):
        portal.call('portal_company_user_save', other['token'], 0, None, 'y-user', '名', None, None, None, None, [own])


# ---- audit

def test_every_write_leaves_a_row_and_tampering_shows(t):
    party = t.customer('审计公司')
    chain = 'p%d' % party
    order = t.order(party, [(t.product(), 10)])
    t.submit(order)
    rows = t.root.query('SELECT * FROM audit_log WHERE chain = %s ORDER BY seq', chain)
    assert [r['seq'] for r in rows] == list(range(1, len(rows) + 1))
    last = [r for r in rows if r['entity'] == 'sales_order' and '"status"' in (r['after_value'] or '')][-1]
    assert json.loads(last['before_value'])['status'] == 'draft' and json.loads(last['after_value'])['status'] == 'submitted'
    assert last['actor_id'] == t.rep
    assert not any('updated_at' in (r[side] or '') for r in rows for side in ('before_value', 'after_value'))
    assert t.root.call('audit_verify', chain) == []
    triggers = {r['name']: r['body'] for r in t.root.query("SELECT trigger_name AS name, action_statement AS body FROM information_schema.triggers"
                                                          " WHERE trigger_schema = DATABASE() AND event_object_table = 'audit_log'")}
    try:
        for name in triggers:
            t.root.query('DROP TRIGGER ' + name)
        faults = []
        for statement in ("UPDATE audit_log SET after_value = '{}' WHERE chain = %s AND seq = 2", 'DELETE FROM audit_log WHERE chain = %s AND seq = 3',
                          'UPDATE audit_log SET actor_id = 1 WHERE chain = %s AND seq = 4',
                          'DELETE FROM audit_log WHERE chain = %s ORDER BY seq DESC LIMIT 1'):
            t.root.db.begin()
            t.root.query(statement, chain)
            faults.append(t.root.query('CALL audit_verify(%s)', chain))
            t.root.db.rollback()
    finally:
        for name, body in triggers.items():
            t.root.query('CREATE DEFINER = owner@localhost TRIGGER %s BEFORE %s ON audit_log FOR EACH ROW %s'
                         % (name, 'UPDATE' if name.endswith('update') else 'DELETE', body))
    assert [f[0]['fault'] for f in faults] == ['changed', 'link', 'changed', 'head']
    assert t.root.call('audit_verify', chain) == []


def test_orders_of_different_customers_do_not_wait_for_one_another(t):
    """TRUST 3.6: the road of an order is written in its customer's chain, and no other customer's order waits for that."""
    product = t.product()
    t.lot(product, 1000)
    early, late = t.customer('先来公司'), t.customer('后到公司')
    before = t.root.value('SELECT MAX(id) FROM audit_log')
    order = t.approved(early, [(product, 10)])
    t.ship(order)
    t.invoice(order)
    t.receive(early, '100.00')
    assert t.root.query('SELECT DISTINCT chain FROM audit_log WHERE id > %s', before) == [{'chain': 'p%d' % early}]
    held, other = t.order(early, [(product, 10)]), t.order(late, [(product, 10)])
    slow = t.bed.session('office', actor=t.rep)
    slow.db.autocommit(False)
    slow.call('order_submit', held, early, None, '@id')
    t.office(t.rep).query('SET innodb_lock_wait_timeout = 2')
    assert t.submit(other) == 'submitted' and t.status(held) == 'draft'
    t.office(t.rep).query('SET innodb_lock_wait_timeout = DEFAULT')
    slow.db.commit()
    assert t.status(held) == 'submitted'


def test_the_bulk_switch_is_the_admins_only(t):
    party = t.customer('开关公司')
    before = t.root.value('SELECT seq FROM audit_head WHERE chain = %s', 'p%d' % party)
    session = t.bed.session('office', actor=t.rep)
    session.query('SET @bulk_load = 1')
    session.query("UPDATE party SET phone = '1' WHERE id = %s", party)
    assert t.root.value('SELECT seq FROM audit_head WHERE chain = %s', 'p%d' % party) == before + 1


def test_no_secret_reaches_the_audit_trail(t):
    for column in ('password_hash', 'totp_secret', 'totp_pending', 'token_hash'):
        assert t.root.value("SELECT COUNT(*) FROM audit_log WHERE CONCAT_WS('', before_value, after_value) LIKE %s", '%"' + column + '"%') == 0


def test_what_only_reads_runs_in_a_read_only_transaction(t, two):
    """Pages are read in START TRANSACTION READ ONLY: a procedure of a GET that wrote would fail there (T18)."""
    mine = two[0]
    portal = t.bed.session('portal')
    access = {r['name']: r['access'] for r in t.root.query('SELECT routine_name AS name, sql_data_access AS access FROM information_schema.routines'
                                                          ' WHERE routine_schema = DATABASE()')}
    ids = {'p_product': mine['product'], 'p_limit': 50, 'p_sort': '', 'p_from': day(-400), 'p_to': day(0), 'p_q': '', 'p_lines': '[]'}
    seen = 0
    for r in given_to_portal(t):
        if access[r['name']] != 'READS SQL DATA':
            continue
        rest = parameters(t, r['name'])[1:]
        for key in ('order', 'shipment', 'invoice', 'list', 'file'):
            given = [ids.get(p['name'], mine[key] if p['name'] in ('p_id', 'p_file', 'p_order') else None) for p in rest]
            portal.query('START TRANSACTION READ ONLY')
            try:
                portal.results('CALL %s(%s)' % (r['name'], ', '.join(['%s'] * (len(rest) + 1))), mine['token'], *given)
                seen += 1
            except Refused:
                pass
            except pymysql.MySQLError as error:
                assert error.args[0] != 1792, (r['name'], error)
            finally:
                portal.query('ROLLBACK')
    assert seen > 50


def test_price_status_and_company_are_never_taken_from_the_buyer(t, two):
    """T10, T11: of a line only product, quantity and note count."""
    mine, other = two
    portal = t.bed.session('portal')
    line = {'product': mine['product'], 'qty': 100, 'price': '0.01', 'amount': '0.01', 'party_id': other['party'], 'list_price': '0.01', 'approved_qty': 100}
    made = portal.call('portal_orders_save', mine['token'], 0, None, None, None, None, None, None, [line], None)[0]['id']
    row = t.root.row('SELECT l.price, l.amount, l.party_id, l.approved_qty FROM sales_order_line l JOIN sales_order o ON o.id = l.order_id WHERE o.pid = %s', made)
    assert (str(row['price']), str(row['amount']), row['party_id'], row['approved_qty']) == ('10.0000', '1000.00', mine['party'], 0)
    for qty in ('-5', '0', '1e9', '99999999999', 'x', ''):
        with pytest.raises(Refused, match='^qty'):
            portal.call('portal_orders_save', mine['token'], 0, None, None, None, None, None, None, [dict(line, qty=qty)], None)
    with pytest.raises(Refused, match='address.unknown'):
        portal.call('portal_orders_save', mine['token'], 0, None, None, other['address'], None, None, None, [line], None)
    with pytest.raises(Refused, match='branch.unknown'):
        portal.call('portal_orders_save', mine['token'], 0, None, other['branch'], None, None, None, None, [line], None)
