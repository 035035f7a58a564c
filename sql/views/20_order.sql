-- Orders as the pages of the back office show them, one row each.

-- The four answers (F078) are none, part or all.
CREATE OR REPLACE DEFINER = owner@localhost VIEW order_page AS
SELECT o.id, o.party_id, o.rep_id, o.org_unit_id, o.version, o.order_no, o.status, o.origin,
       o.round,
       o.quotation_id, (SELECT q.quote_no FROM quotation q
		WHERE q.party_id = o.party_id AND q.id = o.quotation_id) AS quote_no,
       p.code AS customer_code, p.name AS customer, o.po_no, o.pay, o.placed_at, o.wanted_on,
       o.expected_on, o.approved_at,
       r.name AS rep, d.name AS department, w.name AS warehouse, m.name AS made_by,
       b.name AS branch,
       CONCAT_WS(' ', o.ship_contact, o.ship_phone) AS receiver,
       CONCAT_WS(' · ', o.ship_name, o.ship_address) AS address,
       o.note, o.reply, o.line_count, o.amount, o.approved_amount, o.invoiced_amount, o.paid_amount,
       o.qty_ordered, o.qty_approved, o.qty_shipped, o.qty_delivered, o.qty_invoiced,
       IF(o.approved_at IS NULL, o.amount, o.approved_amount) AS whole_amount,
       IF(o.approved_at IS NULL, o.qty_ordered, o.qty_approved) AS whole_qty,
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
       (SELECT GROUP_CONCAT(COALESCE(u.name, y.name) ORDER BY s.id SEPARATOR '、')
	  FROM approval a
	  JOIN approval_step s ON s.approval_id = a.id AND s.status = 'open'
	  LEFT JOIN app_user u ON u.id = s.user_id
	  LEFT JOIN role y ON y.id = s.role_id
	 WHERE a.subject = 'order' AND a.subject_id = o.id AND a.status = 'open') AS waiting_for
  FROM sales_order o
  JOIN party p ON p.id = o.party_id
  JOIN warehouse w ON w.id = o.warehouse_id
  LEFT JOIN party b ON b.id = o.branch_id
  LEFT JOIN app_user r ON r.id = o.rep_id
  LEFT JOIN app_user m ON m.id = o.created_by
  LEFT JOIN org_unit d ON d.id = o.org_unit_id;

-- Its lines. paid: the line's share of what its invoices were paid by receipts.
CREATE OR REPLACE DEFINER = owner@localhost VIEW order_line_page AS
SELECT l.id, l.order_id, l.line_no, l.product_id, p.code, p.generic_name AS product,
       p.pack_spec AS pack, p.unit,
       l.ordered_qty, l.granted_qty, l.approved_qty - l.cancelled_qty AS approved_qty,
       l.cancelled_qty,
       l.reserved_qty, l.shipped_qty, l.delivered_qty, l.refused_qty, l.returned_qty,
       l.issued_qty AS invoiced_qty,
       l.price, l.list_price, l.floor_price, l.price < l.floor_price AS below_floor, l.amount,
       l.note, l.reply,
       (SELECT COALESCE(SUM(ROUND(v.amount * c.amount / a.amount, 2)), 0)
	  FROM invoice_line v
	  JOIN ar_item a ON a.invoice_id = v.invoice_id
	  JOIN allocation c ON c.party_id = a.party_id AND c.ar_item_id = a.id
			AND c.receipt_id IS NOT NULL
	 WHERE v.party_id = l.party_id AND v.order_line_id = l.id) AS paid
  FROM sales_order_line l
  JOIN product p ON p.id = l.product_id;

-- What happened to an order: who, when, what was said. Ask by party_id and order_id.
CREATE OR REPLACE DEFINER = owner@localhost VIEW order_event AS
SELECT a.party_id, a.subject_id AS order_id, a.opened_at AS at, 1 AS seq, 'submitted' AS kind,
       u.name AS actor, NULL AS note
  FROM approval a
  LEFT JOIN app_user u ON u.id = a.made_by
 WHERE a.subject = 'order'
 UNION ALL
SELECT a.party_id, a.subject_id, s.decided_at, 2, s.status, u.name, s.comment
  FROM approval a
  JOIN approval_step s ON s.approval_id = a.id AND s.decided_at IS NOT NULL
  LEFT JOIN app_user u ON u.id = s.decided_by
 WHERE a.subject = 'order'
 UNION ALL
SELECT a.party_id, a.subject_id, a.closed_at, 3, 'withdrawn', NULL, NULL
  FROM approval a
 WHERE a.subject = 'order' AND a.status = 'withdrawn'
 UNION ALL
SELECT a.party_id, a.subject_id, e.created_at, 2, e.kind, u.name,
       CONCAT_WS(': ', CONCAT('→ ', t.name), e.comment)
  FROM approval a
  JOIN approval_event e ON e.approval_id = a.id
  LEFT JOIN app_user u ON u.id = e.made_by
  LEFT JOIN app_user t ON t.id = e.user_id
 WHERE a.subject = 'order'
 UNION ALL
SELECT c.party_id, c.order_id, c.created_at, 4, 'override', u.name, c.reason
  FROM credit_override c
  LEFT JOIN app_user u ON u.id = c.granted_by
 UNION ALL
SELECT s.party_id, s.order_id, s.shipped_at, 5, 'shipped', u.name,
       CONCAT_WS(' ', s.shipment_no, s.carrier, s.tracking_no)
  FROM shipment s
  LEFT JOIN app_user u ON u.id = s.checked_by
 WHERE s.shipped_at IS NOT NULL
 UNION ALL
SELECT s.party_id, s.order_id, s.delivered_at, 6, 'delivered', NULL, s.shipment_no
  FROM shipment s
 WHERE s.delivered_at IS NOT NULL;

-- What speaks against approving an order, with the numbers; credit is in credit_status().
CREATE OR REPLACE DEFINER = owner@localhost VIEW order_risk AS
SELECT o.id AS order_id, o.amount,
       (SELECT COUNT(*) FROM sales_order_line l WHERE l.order_id = o.id
		AND l.price < l.floor_price) AS floor_lines,
       (SELECT SUM(ROUND((l.floor_price - l.price) * l.ordered_qty, 2)) FROM sales_order_line l
	 WHERE l.order_id = o.id AND l.price < l.floor_price) AS floor_gap,
       (SELECT COUNT(*) FROM sales_order_line l
	 WHERE l.order_id = o.id AND free_stock(l.product_id, o.warehouse_id) < l.ordered_qty) AS short_lines,
       (SELECT MIN(x.expires_on) FROM party_licence x
	 WHERE x.party_id = o.party_id AND x.status = 'approved'
	   AND x.expires_on < business_day() + INTERVAL 60 DAY) AS expires_on,
       (SELECT k.name FROM party_licence x JOIN licence_kind k ON k.kind = x.kind
	 WHERE x.party_id = o.party_id AND x.status = 'approved'
	   AND x.expires_on < business_day() + INTERVAL 60 DAY
	 ORDER BY x.expires_on
	 LIMIT 1) AS licence,
       batch_before(o.party_id, o.id) AS unpaid
  FROM sales_order o;
