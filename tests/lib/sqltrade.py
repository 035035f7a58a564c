"""A small company in an empty database: staff, products, two distributors, a chain with branches."""
import atexit
import os

from today import day     # noqa: F401 (for who uses a trade)


class Trade:
    """Ids by name in attributes. Staff: rep, manager, finance, finmgr, picker, checker, quality, prodmgr, admin."""

    def __init__(self, bed):
        self.bed = bed
        self.root = bed.session('root')
        self.login = bed.session('login')
        self.n = 0
        self.sessions = {}
        self.insert('region', code='42', name='湖北省', level=1)
        self.insert('region', code='4201', parent_code='42', name='武汉市', level=2)
        self.insert('region', code='32', name='江苏省', level=1)
        self.hq = self.insert('org_unit', code='HQ', name='公司', kind='company')
        self.east = self.insert('org_unit', code='EAST', parent_id=self.hq, name='华东')
        self.west = self.insert('org_unit', code='WEST', parent_id=self.hq, name='华西')
        self.warehouse = self.insert('warehouse', code='W1', name='武汉中心库')
        self.quarantine = self.insert('warehouse', code='Q1', name='退货库', kind='quarantine')
        for name, role, unit in (('rep', 'sales_rep', self.east), ('manager', 'sales_manager', self.east),
                                 ('westmanager', 'sales_manager', self.west), ('finance', 'finance', self.hq),
                                 ('finmgr', 'finance_manager', self.hq), ('picker', 'logistics', self.hq),
                                 ('checker', 'warehouse_check', self.hq), ('quality', 'quality', self.hq),
                                 ('prodmgr', 'product_manager', self.hq), ('admin', 'admin', self.hq),
                                 ('auditor', 'auditor', self.hq)):
            setattr(self, name, self.user('office', name, role, org_unit_id=unit))
        self.all_list = self.insert('price_list', code='ALL', name='全国', scope='all', valid_from=day(-400), status='active')

    def insert(self, table, **values):
        self.root.query('INSERT INTO %s (%s) VALUES (%s)' % (table, ', '.join(values), ', '.join(['%s'] * len(values))),
                        *values.values())
        return self.root.value('SELECT LAST_INSERT_ID()')

    def user(self, site, login, role, **values):
        made = self.insert('app_user', site=site, login=login, name=login, **values)
        self.root.query('INSERT INTO user_role (user_id, role_id, is_main) SELECT %s, id, 1 FROM role WHERE site = %s AND code = %s',
                        made, site, role)
        return made

    def product(self, price='10.00', **values):
        self.n += 1
        values = dict({'code': 'P%04d' % self.n, 'generic_name': '药品%d' % self.n, 'dosage_form': '片剂', 'strength': '5mg',
                       'pack_spec': '5mg*24片/盒', 'unit': '盒', 'case_qty': 100, 'approval_no': '国药准字H20200001'}, **values)
        made = self.insert('product', **values)
        if price is not None:
            self.insert('price_tier', price_list_id=self.all_list, product_id=made, price=price)
        return made

    def lot(self, product, qty, expires=365, produced=-100, status='released', warehouse=None, lot_no=None):
        self.n += 1
        made = self.insert('lot', product_id=product, lot_no=lot_no or 'L%05d' % self.n, produced_on=day(produced),
                           expires_on=day(expires), status=status)
        if qty:
            self.root.call('stock_move', warehouse or self.warehouse, made, qty, 'opening', 'opening', 1, day(0), None)
        return made

    def customer(self, name, limit='1000000', role='distributor', region='4201', licensed=True, rep=None, **values):
        self.n += 1
        made = self.insert('party', code='C%04d' % self.n, name=name, region_code=region, bank_account='6222%d' % self.n)
        rep = rep or self.rep
        self.insert('customer', party_id=made, buyer_role=role, credit_limit=limit, rep_id=rep,
                    org_unit_id=self.root.value('SELECT org_unit_id FROM app_user WHERE id = %s', rep), **values)
        self.insert('party_address', party_id=made, name='收货点', contact='张三', phone='13800000000', address='东路1号', is_default=1)
        if licensed:
            self.license(made)
        return made

    def license(self, party, expires=365, scopes=('chemical',)):
        for row in self.root.query('SELECT q.kind, k.scoped FROM licence_requirement q JOIN licence_kind k ON k.kind = q.kind'
                                   ' JOIN customer c ON c.buyer_role = q.buyer_role WHERE c.party_id = %s', party):
            made = self.insert('party_licence', party_id=party, kind=row['kind'], number='N%d-%s' % (party, row['kind']),
                               issued_on=day(-700), expires_on=day(expires), status='approved')
            for scope in scopes if row['scoped'] else ():
                self.insert('party_licence_scope', licence_id=made, scope=scope)

    def portal(self, party, login, role='company_admin', **values):
        """A portal user and the token of a full session of his."""
        made = self.user('portal', login, role, party_id=party, **values)
        token = os.urandom(32).hex()
        self.login.call('login_mint', made, token, 'full', '127.0.0.1', 'test')
        return made, token

    def office(self, user):
        if user not in self.sessions:
            self.sessions[user] = self.bed.session('office', actor=user)
        return self.sessions[user]

    # -- the road of an order, each step by the right person

    def order(self, party, lines, maker=None):
        session = self.office(maker or self.rep)
        session.call('order_save', 0, None, party, 'office', None, None, None, None, None, None,
                     [{'product': p, 'qty': q} for p, q in lines], None, '@id')
        return session.value('SELECT @id')

    def submit(self, order, maker=None):
        session = self.office(maker or self.rep)
        party = self.root.value('SELECT party_id FROM sales_order WHERE id = %s', order)
        session.call('order_submit', order, party, None, '@id')
        return self.status(order)

    def status(self, order):
        return self.root.value('SELECT status FROM sales_order WHERE id = %s', order)

    def step(self, order):
        """The first open step."""
        return self.root.row("SELECT s.*, r.code AS role FROM approval a JOIN approval_step s ON s.approval_id = a.id AND s.status = 'open'"
                             ' LEFT JOIN role r ON r.id = s.role_id'
                             " WHERE a.subject = 'order' AND a.subject_id = %s ORDER BY s.id LIMIT 1", order)

    def approver(self, step):
        return {'sales_manager': self.manager, 'finance': self.finance, 'finance_manager': self.finmgr,
                'product_manager': self.prodmgr}.get(step['role'], step['user_id'])

    def decide(self, order, decision='approve', comment='好', lines=None, user=None, signer=None):
        step = self.step(order)
        user = user or self.approver(step)
        return self.office(user).call('order_decide', step['id'], user, decision, comment, lines, signer)

    def approve(self, order):
        while self.status(order) == 'submitted':
            self.decide(order)
        return self.status(order)

    def approved(self, party, lines):
        order = self.order(party, lines)
        self.submit(order)
        self.approve(order)
        return order

    def ship(self, order):
        made = self.office(self.picker).call('shipment_create', order)
        for row in made:
            self.office(self.checker).call('shipment_ship', row['id'], '顺丰', 'SF1', 1, None, None)
        return [row['id'] for row in made]

    def invoice(self, order, issued=None):
        made = self.office(self.finance).call('invoice_new', order, None)[0]['id']
        self.n += 1
        self.office(self.finance).call('invoice_issue', made, '', '%020d' % self.n, issued or day(0))
        return made

    def receive(self, party, amount, received=None, **values):
        session = self.office(self.finance)
        account = self.root.value('SELECT bank_account FROM party WHERE id = %s', party)
        made = session.call('receipt_new', party, received or day(0), 'bank', amount, None, values.get('account', account),
                            values.get('reference'), None)[0]['id']
        self.office(self.finmgr).call('receipt_post', made)
        return made


_shared = {}


def trade():
    """The one company of this test run, on a server that lives until the run ends."""
    if not _shared:
        from sqlbed import Bed
        bed = Bed().start()
        atexit.register(bed.stop)
        _shared['trade'] = Trade(bed)
    return _shared['trade']
