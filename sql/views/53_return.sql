-- Returns as the pages show them. qty: asked for; back: really received.
CREATE OR REPLACE DEFINER = owner@localhost VIEW return_page AS
SELECT r.id, r.pid, r.version, r.party_id, r.order_id, r.shipment_id, r.return_no, r.origin, r.status,
       r.reason, r.note, r.created_at, r.made_by, r.decided_at, r.comment, r.received_on, r.place,
       r.receipt_note, r.closed_at, p.name AS customer, p.code AS customer_code, s.shipment_no,
       s.pid AS shipment_pid, s.storage_class, o.order_no, o.pid AS order_pid, o.branch_id, o.rep_id,
       o.org_unit_id, m.name AS maker, m.site AS made_on, d.name AS decider, v.name AS receiver,
       f.name AS photo, f.token AS photo_token, IF(f.id IS NULL, NULL, r.id) AS photo_of,
       (SELECT SUM(l.qty) FROM return_line l WHERE l.party_id = r.party_id AND l.return_id = r.id) AS qty,
       (SELECT SUM(l.approved_qty) FROM return_line l
	 WHERE l.party_id = r.party_id AND l.return_id = r.id) AS approved_qty,
       IF(r.received_on IS NULL, NULL, (SELECT SUM(l.good_qty + l.bad_qty) FROM return_line l
	 WHERE l.party_id = r.party_id AND l.return_id = r.id)) AS came_qty
  FROM return_order r
  JOIN party p ON p.id = r.party_id
  JOIN shipment s ON s.id = r.shipment_id
  JOIN sales_order o ON o.id = r.order_id
  JOIN app_user m ON m.id = r.made_by
  LEFT JOIN app_user d ON d.id = r.decided_by
  LEFT JOIN app_user v ON v.id = r.received_by
  LEFT JOIN attachment f ON f.id = r.photo_id;

-- Its lines, in the order their numbers count; each says how it stands.
CREATE OR REPLACE DEFINER = owner@localhost VIEW return_line_page AS
SELECT l.id, l.party_id, l.return_id, p.generic_name AS product, p.pack_spec AS pack, p.unit,
       t.id AS lot_id, t.lot_no, t.expires_on, t.status AS lot_status, l.qty, l.approved_qty,
       IF(r.received_on IS NULL, NULL, l.good_qty) AS good_qty,
       IF(r.received_on IS NULL, NULL, l.bad_qty) AS bad_qty,
       CASE WHEN r.status IN ('waiting', 'withdrawn', 'rejected') THEN r.status
		WHEN l.approved_qty = 0 THEN 'rejected'
		WHEN r.received_on IS NULL AND l.approved_qty < l.qty THEN 'partly'
		WHEN r.received_on IS NULL THEN 'approved'
		WHEN l.good_qty + l.bad_qty = 0 THEN 'missing' ELSE 'received' END AS state
  FROM return_line l
  JOIN return_order r ON r.party_id = l.party_id AND r.id = l.return_id
  JOIN product p ON p.id = l.product_id
  JOIN lot t ON t.id = l.lot_id;

-- What may still be returned of a shipment that arrived, by lot.
CREATE OR REPLACE DEFINER = owner@localhost VIEW returnable AS
SELECT l.party_id, l.shipment_id, l.id, l.order_line_id, l.lot_id, l.product_id,
       p.generic_name AS product, p.pack_spec AS pack, p.unit, t.lot_no, t.expires_on, l.received_qty,
       l.return_qty, l.received_qty - l.return_qty AS left_qty
  FROM shipment_line l
  JOIN product p ON p.id = l.product_id
  JOIN lot t ON t.id = l.lot_id
 WHERE l.received_qty > l.return_qty;
