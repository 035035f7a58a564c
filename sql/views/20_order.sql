-- Orders as the pages of the back office show them, one row each.

CREATE OR REPLACE DEFINER = owner@localhost VIEW order_page AS
SELECT o.id, o.party_id, o.rep_id, o.org_unit_id, o.version, o.order_no, o.status, o.origin, o.round,
       p.code AS customer_code, p.name AS customer, o.po_no, o.pay, o.placed_at, o.wanted_on, o.expected_on, o.approved_at,
       r.name AS rep, d.name AS department, w.name AS warehouse, m.name AS made_by, b.name AS branch,
       CONCAT_WS(' ', o.ship_contact, o.ship_phone) AS receiver, CONCAT_WS(' · ', o.ship_name, o.ship_address) AS address,
       o.note, o.reply, o.line_count, o.amount, o.approved_amount, o.invoiced_amount, o.paid_amount,
       o.qty_ordered, o.qty_approved, o.qty_shipped, o.qty_delivered, o.qty_invoiced
  FROM sales_order o
  JOIN party p ON p.id = o.party_id
  JOIN warehouse w ON w.id = o.warehouse_id
  LEFT JOIN party b ON b.id = o.branch_id
  LEFT JOIN app_user r ON r.id = o.rep_id
  LEFT JOIN app_user m ON m.id = o.created_by
  LEFT JOIN org_unit d ON d.id = o.org_unit_id;

-- Its lines. paid: the line's share of what its invoices were paid by receipts.
CREATE OR REPLACE DEFINER = owner@localhost VIEW order_line_page AS
SELECT l.id, l.order_id, l.line_no, l.product_id, p.code, p.generic_name AS product, p.pack_spec AS pack, p.unit,
       l.ordered_qty, l.granted_qty, l.approved_qty - l.cancelled_qty AS approved_qty, l.cancelled_qty,
       l.reserved_qty, l.shipped_qty, l.delivered_qty, l.refused_qty, l.invoiced_qty - l.red_qty AS invoiced_qty,
       l.price, l.list_price, l.floor_price, l.price < l.floor_price AS below_floor, l.amount, l.note, l.reply,
       (SELECT COALESCE(SUM(ROUND(v.amount * c.amount / a.amount, 2)), 0)
	  FROM invoice_line v
	  JOIN ar_item a ON a.invoice_id = v.invoice_id
	  JOIN allocation c ON c.party_id = a.party_id AND c.ar_item_id = a.id AND c.receipt_id IS NOT NULL
	 WHERE v.party_id = l.party_id AND v.order_line_id = l.id) AS paid
  FROM sales_order_line l
  JOIN product p ON p.id = l.product_id;
