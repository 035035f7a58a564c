-- The invariants of DOMAIN 10 over the whole company: each statement answers (name, violations).

SELECT 'voucher: debit = credit' AS name, COUNT(*) AS violations
  FROM (SELECT v.id FROM voucher v LEFT JOIN voucher_line l ON l.voucher_id = v.id
	 GROUP BY v.id HAVING COUNT(l.line_no) < 2 OR SUM(l.debit) <> SUM(l.credit)) x;
SELECT 'trial balance is zero', COALESCE(SUM(debit) <> SUM(credit), 0) FROM voucher_line;
SELECT 'receivable: ledger = open items', COUNT(*)
  FROM (SELECT party_id, SUM(amount) FROM (
		SELECT party_id, debit - credit AS amount FROM voucher_line WHERE account_code = '1122'
		UNION ALL SELECT party_id, -open_amount FROM ar_item) x
	 GROUP BY party_id HAVING SUM(amount) <> 0) y;
SELECT 'unallocated cash: ledger = receipts', COUNT(*)
  FROM (SELECT party_id FROM (
		SELECT party_id, credit - debit AS amount FROM voucher_line WHERE account_code = '2203'
		UNION ALL SELECT party_id, -open_amount FROM receipt WHERE status = 'posted') x
	 GROUP BY party_id HAVING SUM(amount) <> 0) y;
SELECT 'ageing and unallocated = ledger balance', COUNT(*)
  FROM (SELECT party_id FROM (
		SELECT party_id, debit - credit AS amount FROM voucher_line WHERE account_code IN ('1122', '2203')
		UNION ALL SELECT party_id, IF(due_on >= CURRENT_DATE, -open_amount, 0) FROM ar_item
		UNION ALL SELECT party_id, IF(due_on < CURRENT_DATE, -open_amount, 0) FROM ar_item
		UNION ALL SELECT party_id, open_amount FROM receipt WHERE status = 'posted') x
	 GROUP BY party_id HAVING SUM(amount) <> 0) y;
SELECT 'item settled = its allocations', COUNT(*)
  FROM (SELECT item FROM (
		SELECT ar_item_id AS item, amount FROM allocation
		UNION ALL SELECT credit_item_id, -amount FROM allocation WHERE credit_item_id IS NOT NULL
		UNION ALL SELECT id, -settled FROM ar_item) x
	 GROUP BY item HAVING SUM(amount) <> 0) y;
SELECT 'receipt allocated = its allocations', COUNT(*)
  FROM (SELECT receipt FROM (
		SELECT receipt_id AS receipt, amount FROM allocation WHERE receipt_id IS NOT NULL
		UNION ALL SELECT id, -allocated FROM receipt) x
	 GROUP BY receipt HAVING SUM(amount) <> 0) y;
SELECT 'item of each issued invoice, same amount', COUNT(*)
  FROM invoice i LEFT JOIN ar_item a ON a.invoice_id = i.id
 WHERE i.status = 'issued' AND (a.id IS NULL OR a.amount <> i.amount OR a.doc_no <> i.invoice_no);
SELECT 'invoice = its lines', COUNT(*)
  FROM (SELECT id FROM (
		SELECT id, amount, net_amount AS net FROM invoice
		UNION ALL SELECT invoice_id, -amount, -net_amount FROM invoice_line) x
	 GROUP BY id HAVING SUM(amount) <> 0 OR SUM(net) <> 0) y;
SELECT 'invoice line: rounded once, half up', COUNT(*)
  FROM invoice_line
 WHERE amount <> ROUND(qty * price, 2) OR net_amount <> ROUND(amount / (1 + vat_rate), 2);
SELECT 'red lines: sum = red_qty of the blue line', COUNT(*)
  FROM invoice_line b
  LEFT JOIN (SELECT blue_line_id, -SUM(qty) AS red FROM invoice_line WHERE blue_line_id IS NOT NULL GROUP BY blue_line_id) r
    ON r.blue_line_id = b.id
 WHERE b.qty > 0 AND b.red_qty <> COALESCE(r.red, 0);

SELECT 'stock balance = movements', COUNT(*)
  FROM (SELECT w, l FROM (
		SELECT warehouse_id AS w, lot_id AS l, qty FROM stock_movement
		UNION ALL SELECT warehouse_id, lot_id, -qty FROM stock_balance) x
	 GROUP BY w, l HAVING SUM(qty) <> 0) y;
SELECT 'stock never below zero', COUNT(*)
  FROM (SELECT SUM(qty) OVER (PARTITION BY warehouse_id, lot_id ORDER BY created_at, qty < 0, id) AS left_over FROM stock_movement) x
 WHERE left_over < 0;
SELECT 'reserved = reservations', COUNT(*)
  FROM (SELECT w, l FROM (
		SELECT warehouse_id AS w, lot_id AS l, qty FROM reservation
		UNION ALL SELECT warehouse_id, lot_id, -reserved FROM stock_balance) x
	 GROUP BY w, l HAVING SUM(qty) <> 0) y;
SELECT 'nothing shipped after its expiry', COUNT(*)
  FROM stock_movement m JOIN lot l ON l.id = m.lot_id WHERE m.kind = 'ship' AND m.biz_date > l.expires_on;
SELECT 'nothing held that may not be sold', COUNT(*)
  FROM reservation r JOIN lot l ON l.id = r.lot_id WHERE r.qty > 0 AND (l.status <> 'released' OR l.expires_on < CURRENT_DATE);
SELECT 'movement: product of its lot', COUNT(*)
  FROM stock_movement m JOIN lot l ON l.id = m.lot_id WHERE m.product_id <> l.product_id;

SELECT 'line: ordered >= approved >= shipped >= delivered', COUNT(*)
  FROM sales_order_line
 WHERE NOT (ordered_qty >= approved_qty AND approved_qty >= shipped_qty + reserved_qty + cancelled_qty
	AND shipped_qty >= delivered_qty + refused_qty AND invoiced_qty >= red_qty AND shipped_qty >= invoiced_qty - red_qty);
SELECT 'line: shipped, received, invoiced = its papers', COUNT(*)
  FROM (SELECT id FROM (
		SELECT id, shipped_qty AS s, delivered_qty AS d, refused_qty AS f, invoiced_qty AS i, red_qty AS r, reserved_qty AS h FROM sales_order_line
		UNION ALL
		SELECT sl.order_line_id, -sl.qty, -sl.received_qty, -sl.refused_qty - sl.damaged_qty, 0, 0, 0
		  FROM shipment_line sl JOIN shipment s ON s.id = sl.shipment_id AND s.status IN ('shipped', 'in_transit', 'delivered')
		UNION ALL
		SELECT il.order_line_id, 0, 0, 0, IF(il.qty > 0, -il.qty, 0), IF(il.qty < 0, il.qty, 0), 0
		  FROM invoice_line il JOIN invoice v ON v.id = il.invoice_id AND v.status <> 'void'
		UNION ALL
		SELECT order_line_id, 0, 0, 0, 0, 0, -qty FROM reservation) x
	 GROUP BY id HAVING SUM(s) <> 0 OR SUM(d) <> 0 OR SUM(f) <> 0 OR SUM(i) <> 0 OR SUM(r) <> 0 OR SUM(h) <> 0) y;
SELECT 'shipped = stock out', COUNT(*)
  FROM (SELECT id FROM (
		SELECT shipment_id AS id, qty FROM shipment_line sl
		  JOIN shipment s ON s.id = sl.shipment_id AND s.status IN ('shipped', 'in_transit', 'delivered')
		UNION ALL SELECT doc_id, qty FROM stock_movement WHERE doc_kind = 'shipment') x
	 GROUP BY id HAVING SUM(qty) <> 0) y;
SELECT 'order = its lines', COUNT(*)
  FROM (SELECT id FROM (
		SELECT id, line_count AS n, amount AS a, approved_amount AS p, qty_ordered AS o, qty_approved AS q, qty_shipped AS s,
		       qty_delivered AS d, qty_invoiced AS i FROM sales_order
		UNION ALL
		SELECT order_id, -1, -amount, -ROUND((approved_qty - cancelled_qty) * price, 2), -ordered_qty, -(approved_qty - cancelled_qty),
		       -shipped_qty, -delivered_qty, -(invoiced_qty - red_qty) FROM sales_order_line) x
	 GROUP BY id HAVING SUM(n) <> 0 OR SUM(a) <> 0 OR SUM(p) <> 0 OR SUM(o) <> 0 OR SUM(q) <> 0 OR SUM(s) <> 0 OR SUM(d) <> 0 OR SUM(i) <> 0) y;
SELECT 'order: invoiced and paid = its invoices and allocations', COUNT(*)
  FROM (SELECT id FROM (
		SELECT id, invoiced_amount AS i, paid_amount AS p FROM sales_order
		UNION ALL SELECT order_id, -amount, 0 FROM invoice WHERE status = 'issued'
		UNION ALL SELECT t.order_id, 0, -a.amount FROM allocation a JOIN ar_item t ON t.id = a.ar_item_id WHERE a.receipt_id IS NOT NULL) x
	 GROUP BY id HAVING SUM(i) <> 0 OR SUM(p) <> 0) y;
SELECT 'line: amount = round(quantity x price)', COUNT(*)
  FROM sales_order_line WHERE amount <> ROUND(ordered_qty * price, 2);
SELECT 'order: status fits its quantities', COUNT(*)
  FROM sales_order
 WHERE (status IN ('draft', 'submitted', 'returned', 'rejected') AND qty_approved > 0)
    OR (status IN ('approved', 'picking') AND qty_shipped > 0)
    OR (status = 'partly_shipped' AND NOT (qty_shipped > 0 AND qty_shipped < qty_approved))
    OR (status IN ('shipped', 'delivered', 'closed') AND qty_shipped < qty_approved)
    OR (status = 'closed' AND paid_amount < invoiced_amount);
SELECT 'maker is not approver', COUNT(*)
  FROM approval_step s JOIN approval a ON a.id = s.approval_id WHERE s.decided_by = a.made_by OR s.made_by <> a.made_by;
SELECT 'approved order has its approval', COUNT(*)
  FROM sales_order o LEFT JOIN approval a ON a.subject = 'order' AND a.subject_id = o.id AND a.round = o.round
 WHERE o.approved_at IS NOT NULL AND COALESCE(a.status, '') <> 'approved';
SELECT 'open approval = submitted order', COUNT(*)
  FROM sales_order o LEFT JOIN approval a ON a.subject = 'order' AND a.subject_id = o.id AND a.status = 'open'
 WHERE (o.status = 'submitted') <> (a.id IS NOT NULL);
SELECT 'open approval has one open level', COUNT(*)
  FROM (SELECT a.id FROM approval a LEFT JOIN approval_step s ON s.approval_id = a.id AND s.status = 'open'
	 WHERE a.status = 'open' GROUP BY a.id HAVING COUNT(s.id) = 0 OR MIN(s.level) <> MAX(s.level)) x;
SELECT 'credit step approved = override recorded', COUNT(*)
  FROM approval_step s JOIN approval a ON a.id = s.approval_id
  LEFT JOIN credit_override c ON c.party_id = a.party_id AND c.order_id = a.subject_id
 WHERE s.reason = 'credit' AND s.status = 'approved' AND c.id IS NULL;

SELECT 'customer has exactly one owner today', COUNT(*)
  FROM (SELECT c.party_id FROM customer c LEFT JOIN customer_rep r ON r.party_id = c.party_id
		AND CURRENT_DATE BETWEEN r.valid_from AND COALESCE(r.valid_to, CURRENT_DATE)
	 GROUP BY c.party_id, c.rep_id HAVING COUNT(r.id) <> 1 OR MAX(r.user_id) <> c.rep_id) x;
SELECT 'dated owners do not overlap', COUNT(*)
  FROM customer_rep a JOIN customer_rep b ON b.party_id = a.party_id AND b.id > a.id
 WHERE a.valid_from <= COALESCE(b.valid_to, '9999-12-31') AND b.valid_from <= COALESCE(a.valid_to, '9999-12-31');
SELECT 'branch belongs to its company', COUNT(*)
  FROM sales_order o JOIN party b ON b.id = o.branch_id WHERE b.parent_id IS NULL OR b.parent_id <> o.party_id;
SELECT 'portal user of the branch belongs to its company', COUNT(*)
  FROM app_user u JOIN party b ON b.id = u.branch_id WHERE b.parent_id IS NULL OR b.parent_id <> u.party_id;
SELECT 'orders of a customer are made by its own people or ours', COUNT(*)
  FROM sales_order o JOIN app_user u ON u.id = o.created_by
 WHERE (u.site = 'portal' AND u.party_id <> o.party_id) OR (u.site = 'portal') <> (o.origin = 'portal');
SELECT 'times are not in the future', (SELECT COUNT(*) FROM sales_order WHERE placed_at > UTC_TIMESTAMP())
	+ (SELECT COUNT(*) FROM voucher WHERE created_at > UTC_TIMESTAMP())
	+ (SELECT COUNT(*) FROM stock_movement WHERE created_at > UTC_TIMESTAMP())
	+ (SELECT COUNT(*) FROM shipment WHERE created_at > UTC_TIMESTAMP() OR delivered_at > UTC_TIMESTAMP());
