-- Rows as the portal shows them. No account of the portal may read these: its
-- procedures do, with the party that they found by the token.

CREATE OR REPLACE DEFINER = owner@localhost VIEW portal_order AS
SELECT o.party_id, o.branch_id, o.id AS order_id, o.pid AS id, o.version, o.order_no, o.po_no,
       o.status, o.placed_at, o.wanted_on, o.expected_on,
       COALESCE(b.name, '') AS branch, o.line_count, o.amount, o.approved_amount, o.invoiced_amount,
       o.paid_amount, o.pay, o.note, o.reply,
       o.ship_address_id, o.ship_name, o.ship_contact, o.ship_phone, o.ship_address,
       o.qty_ordered, o.qty_approved, o.qty_shipped, o.qty_delivered, o.qty_invoiced,
       CASE WHEN o.status = 'closed' THEN 'all' WHEN o.paid_amount <= 0 THEN 'none'
		WHEN o.paid_amount < o.approved_amount THEN 'part'
		ELSE 'all' END AS paid,
       CASE WHEN o.qty_shipped = 0 THEN 'none' WHEN o.qty_shipped < o.qty_approved THEN 'part'
		ELSE 'all' END AS shipped,
       CASE WHEN o.status IN ('delivered', 'closed') THEN 'all'
		WHEN o.qty_delivered = 0 THEN 'none' WHEN o.qty_delivered < o.qty_approved THEN 'part'
		ELSE 'all' END AS delivered,
       CASE WHEN o.status = 'closed' THEN 'all' WHEN o.qty_issued = 0 THEN 'none'
		WHEN o.qty_issued < o.qty_approved THEN 'part'
		ELSE 'all' END AS invoiced,
       o.status IN ('submitted', 'approved', 'picking', 'partly_shipped', 'shipped') AS moves
  FROM sales_order o
  LEFT JOIN party b ON b.id = o.branch_id;

CREATE OR REPLACE DEFINER = owner@localhost VIEW portal_shipment AS
SELECT s.party_id, o.branch_id, s.id AS shipment_id, s.pid AS id, s.version, s.shipment_no,
       s.status, s.created_at, s.shipped_on, s.expected_on,
       s.delivered_at, s.carrier, s.tracking_no, s.cases, s.storage_class, s.ship_name,
       s.ship_contact, s.ship_phone, s.ship_address, s.note, s.picked_by, s.checked_by,
       o.pid AS order_id, o.order_no, o.po_no
  FROM shipment s
  JOIN sales_order o ON o.id = s.order_id
 WHERE s.status IN ('shipped', 'in_transit', 'delivered');

-- open_amount and due_on are those of the receivable.
CREATE OR REPLACE DEFINER = owner@localhost VIEW portal_invoice AS
SELECT i.party_id, o.branch_id, i.id AS invoice_id, i.pid AS id, i.kind, i.doc_no, i.invoice_code,
       i.invoice_no, i.status, i.created_at, i.issued_on,
       i.due_on, i.net_amount, i.tax_amount, i.amount, i.title, i.uscc, i.reason, o.pid AS order_id,
       o.order_no, o.po_no,
       r.pid AS red_of, r.invoice_no AS red_of_no, COALESCE(a.open_amount, i.amount) AS open_amount,
       CASE WHEN i.status <> 'issued' THEN i.status WHEN a.open_amount = 0 THEN 'paid'
		WHEN i.due_on < business_day() THEN 'overdue' ELSE 'open' END AS state
  FROM invoice i
  JOIN sales_order o ON o.id = i.order_id
  LEFT JOIN invoice r ON r.id = i.red_of_id
  LEFT JOIN ar_item a ON a.invoice_id = i.id
 WHERE i.status <> 'void';
