"""The road of an order behind its approval: picked, shipped, arrived, invoiced, paid.

Every step is done at the sites by a person of the role whose work it is; a test looks at the
step it is about, the others are how it gets there.
"""
import random

from market import Market, day


def page_id(location):
    """The id at the end of an address: /shipments/view?id=7."""
    return int(location.rsplit('=', 1)[1])


def number_of(length=20):
    """A number as the tax platform gives them."""
    return str(random.randint(10 ** (length - 1), 10 ** length - 1))


class Road(Market):
    def __init__(self, instance):
        super().__init__(instance)
        self.picker = instance.office('logistics')
        self.checker = instance.office('warehouse_check')
        self.finance = instance.office('finance')
        self.cashier = instance.office('finance')
        self.buyer = instance.portal(self.customer, 'company_admin')

    @staticmethod
    def good(reply):
        """The id the redirect leads to."""
        assert reply.status == 303, (reply, reply.response.text[:2000])
        return page_id(reply.location)

    def pid(self, table, made):
        """What the portal calls it."""
        return self.instance.value(f'SELECT pid FROM {table} WHERE id = %s', made)

    def status_of(self, table, made):
        return self.instance.value(f'SELECT status FROM {table} WHERE id = %s', made)

    # -- each returns the id of what it made

    def picked(self, lines, **more):
        """A pick list; lines are those of an order, or the order itself."""
        order = lines if isinstance(lines, int) else self.approved(lines, **more)
        return self.good(self.picker.act(self.picker.get('/picking/order', id=order),
                                         'shipment.create'))

    def ship(self, shipment, client=None, **fields):
        """What the checker's form sends."""
        client = client or self.checker
        return client.submit(f'/shipments/view?id={shipment}', 'ship', **{
            'carrier': '顺丰冷运', 'tracking_no': 'SF%d' % shipment, 'cases': '1', **fields})

    def shipped(self, lines, **more):
        shipment = self.picked(lines, **more)
        self.good(self.ship(shipment))
        return shipment

    def arrive(self, shipment, client=None, files=None, **fields):
        """What the receiver's form sends, of either site."""
        client = client or self.picker
        number = shipment if client.site == 'office' else self.pid('shipment', shipment)
        return client.submit(f'/shipments/arrive?id={number}', 'arrive', files=files, **{
            'arrived_on': day(0), 'received_by_name': '李四', **fields})

    def arrived(self, lines, client=None, **fields):
        shipment = self.shipped(lines)
        self.good(self.arrive(shipment, client, **fields))
        return shipment

    def order_of(self, shipment):
        return self.instance.value('SELECT order_id FROM shipment WHERE id = %s', shipment)

    def to_issue(self, lines):
        """An invoice that waits for its number; lines are an order's, or the order itself."""
        order = lines if isinstance(lines, int) else self.order_of(self.shipped(lines))
        return self.good(self.finance.post('/invoices/new', {'id': order}))

    def issue(self, invoice, **fields):
        return self.finance.submit(f'/invoices/view?id={invoice}', 'issue', **{
            'invoice_no': number_of(), 'issued_on': day(0), **fields})

    def issued(self, lines):
        invoice = self.to_issue(lines)
        self.good(self.issue(invoice))
        return invoice

    def new_receipt(self, amount, client=None, **fields):
        return (client or self.cashier).submit('/receipts/new', 'receipt', **{
            'customer': self.code(), 'received_on': day(0), 'method': 'bank', 'amount': amount,
            **fields})

    def posted(self, amount, **fields):
        """A receipt that counts: recorded by the cashier, confirmed by another."""
        receipt = self.good(self.new_receipt(amount, **fields))
        self.good(self.finance.act(self.finance.get('/receipts/view', id=receipt), 'post'))
        return receipt

    def item(self, invoice):
        """Its open item."""
        return self.instance.value('SELECT id FROM ar_item WHERE invoice_id = %s', invoice)

    def allocate(self, receipt, **amounts):
        """Amounts by open item; without them as the page proposes."""
        page = self.cashier.get('/receipts/allocate', id=receipt)
        return self.cashier.submit(page, 'allocate', **amounts)

    def balance(self, party=None):
        return self.instance.value('SELECT ledger_balance(%s, %s)', party or self.customer, day(0))
