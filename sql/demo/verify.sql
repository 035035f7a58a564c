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
		SELECT id, shipped_qty AS s, delivered_qty AS d, refused_qty AS f, invoiced_qty AS i, red_qty AS r, reserved_qty AS h, issued_qty AS e FROM sales_order_line
		UNION ALL
		SELECT sl.order_line_id, -sl.qty, -sl.received_qty, -sl.refused_qty - sl.damaged_qty, 0, 0, 0, 0
		  FROM shipment_line sl JOIN shipment s ON s.id = sl.shipment_id AND s.status IN ('shipped', 'in_transit', 'delivered')
		UNION ALL
		SELECT il.order_line_id, 0, 0, 0, IF(il.qty > 0, -il.qty, 0), IF(il.qty < 0, il.qty, 0), 0, IF(v.status = 'issued', -il.qty, 0)
		  FROM invoice_line il JOIN invoice v ON v.id = il.invoice_id AND v.status <> 'void'
		UNION ALL
		SELECT order_line_id, 0, 0, 0, 0, 0, -qty, 0 FROM reservation) x
	 GROUP BY id HAVING SUM(s) <> 0 OR SUM(d) <> 0 OR SUM(f) <> 0 OR SUM(i) <> 0 OR SUM(r) <> 0 OR SUM(h) <> 0 OR SUM(e) <> 0) y;
SELECT 'shipped = stock out', COUNT(*)
  FROM (SELECT id FROM (
		SELECT shipment_id AS id, qty FROM shipment_line sl
		  JOIN shipment s ON s.id = sl.shipment_id AND s.status IN ('shipped', 'in_transit', 'delivered')
		UNION ALL SELECT doc_id, qty FROM stock_movement WHERE doc_kind = 'shipment') x
	 GROUP BY id HAVING SUM(qty) <> 0) y;
SELECT 'order = its lines', COUNT(*)
  FROM (SELECT id FROM (
		SELECT id, line_count AS n, amount AS a, approved_amount AS p, qty_ordered AS o, qty_approved AS q, qty_shipped AS s,
		       qty_delivered AS d, qty_invoiced AS i, qty_issued AS e FROM sales_order
		UNION ALL
		SELECT order_id, -1, -amount, -ROUND((approved_qty - cancelled_qty) * price, 2), -ordered_qty, -(approved_qty - cancelled_qty),
		       -shipped_qty, -delivered_qty, -(invoiced_qty - red_qty), -issued_qty FROM sales_order_line) x
	 GROUP BY id HAVING SUM(n) <> 0 OR SUM(a) <> 0 OR SUM(p) <> 0 OR SUM(o) <> 0 OR SUM(q) <> 0 OR SUM(s) <> 0 OR SUM(d) <> 0 OR SUM(i) <> 0 OR SUM(e) <> 0) y;
SELECT 'order: invoiced and paid = its invoices and allocations', COUNT(*)
  FROM (SELECT id FROM (
		SELECT id, invoiced_amount AS i, paid_amount AS p FROM sales_order
		UNION ALL SELECT order_id, -amount, 0 FROM invoice WHERE status = 'issued'
		UNION ALL SELECT t.order_id, 0, -a.amount FROM allocation a JOIN ar_item t ON t.id = a.ar_item_id WHERE a.receipt_id IS NOT NULL) x
	 GROUP BY id HAVING SUM(i) <> 0 OR SUM(p) <> 0) y;
SELECT 'orders of a month = its sum', COUNT(*)
  FROM (SELECT month, party_id, rep_id, org_unit_id FROM (
		SELECT month, party_id, rep_id, org_unit_id, amount FROM order_month
		UNION ALL SELECT order_date - INTERVAL DAY(order_date) - 1 DAY, party_id, COALESCE(rep_id, 0), COALESCE(org_unit_id, 0), -amount
		  FROM sales_order WHERE status NOT IN ('draft', 'returned', 'rejected', 'cancelled')) x
	 GROUP BY 1, 2, 3, 4 HAVING SUM(amount) <> 0) y;
SELECT 'receipts of a month = its sum', COUNT(*)
  FROM (SELECT month, party_id FROM (
		SELECT month, party_id, amount FROM receipt_month
		UNION ALL SELECT received_on - INTERVAL DAY(received_on) - 1 DAY, COALESCE(party_id, 0), -amount
		  FROM receipt WHERE status = 'posted') x
	 GROUP BY 1, 2 HAVING SUM(amount) <> 0) y;
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

SELECT 'flow: roll-up = rows of files that are seen', COUNT(*)
  FROM (SELECT 1 AS n FROM (
		SELECT book_period AS b, kind, sender_id AS s, product_id AS p, party_id AS c, rep_id AS r, flow_level AS l, is_pure_sale AS u,
		       flow_class AS k, qty, amount, row_count AS n FROM flow_month WHERE is_share = 0
		UNION ALL
		SELECT f.book_period, f.kind, f.sender_id, COALESCE(f.product_id, 0), COALESCE(f.party_id, 0), COALESCE(f.rep_id, 0), f.flow_level,
		       f.is_pure_sale, f.flow_class, -f.qty, -COALESCE(f.amount, 0), -1
		  FROM flow_row f JOIN flow_file i ON i.id = f.file_id AND i.status = 'imported'
		  JOIN flow_name a ON a.id = f.product_name_id AND a.state <> 'foreign') x
	 GROUP BY b, kind, s, p, c, r, l, u, k HAVING SUM(qty) <> 0 OR SUM(amount) <> 0 OR SUM(n) <> 0) y;
SELECT 'flow: balance = opening, rows and count', COUNT(*)
  FROM (SELECT b, s, p, lot FROM (
		SELECT period AS b, party_id AS s, product_id AS p, lot_no AS lot, purchased AS i, transferred AS t, sold AS o, returned AS r,
		       COALESCE(reported, 0) AS c FROM flow_balance
		UNION ALL
		SELECT f.book_period, f.sender_id, f.product_id, f.lot_no,
		       IF(f.kind = 'purchase' AND o.party_id IS NOT NULL, -f.qty, 0),
		       IF(d.party_id IS NULL, 0, IF(f.kind = 'purchase', -f.qty, f.qty)),
		       IF(f.kind = 'sale' AND d.party_id IS NULL AND f.qty > 0, -f.qty, 0),
		       IF(f.kind = 'sale' AND d.party_id IS NULL AND f.qty < 0, -f.qty, 0), 0
		  FROM flow_row f JOIN flow_file i ON i.id = f.file_id AND i.status = 'imported'
		  LEFT JOIN party_role o ON o.party_id = f.party_id AND o.role = 'company'
		  LEFT JOIN party_role d ON d.party_id = f.party_id AND d.role = 'distributor'
		 WHERE f.product_id IS NOT NULL AND f.flow_class <> 3 AND f.book_period IN (SELECT period FROM flow_balance)
		UNION ALL
		SELECT r.book_period, r.sender_id, r.product_id, r.lot_no, 0, 0, 0, 0, -r.qty
		  FROM stock_report r JOIN flow_file i ON i.id = r.file_id AND i.status = 'imported'
		 WHERE r.product_id IS NOT NULL AND r.book_period IN (SELECT period FROM flow_balance)) x
	 GROUP BY b, s, p, lot HAVING SUM(i) <> 0 OR SUM(t) <> 0 OR SUM(o) <> 0 OR SUM(r) <> 0 OR SUM(c) <> 0) y;
SELECT 'flow: opening = count of the month before', COUNT(*)
  FROM flow_balance b
  LEFT JOIN flow_balance a ON a.party_id = b.party_id AND a.product_id = b.product_id AND a.lot_no = b.lot_no
       AND a.period = b.period - IF(b.period % 100 = 1, 89, 1)
 WHERE b.period > (SELECT MIN(period) FROM flow_balance) AND b.opening <> COALESCE(a.reported, 0);
SELECT 'flow: a settled month has no open difference', COUNT(*)
  FROM flow_balance b JOIN period p ON p.period = b.period AND p.status IN ('locked', 'closed')
 WHERE b.state = 'open' OR (b.state = 'ok') <> (COALESCE(b.difference, 0) = 0);
SELECT 'flow: counts of a file = its rows', COUNT(*)
  FROM (SELECT id FROM (
		SELECT id, rows_total - rows_bad AS n, rows_matched AS m, qty_total AS q, qty_matched AS k, rows_warned AS w,
		       rows_foreign AS o
		  FROM flow_file WHERE status = 'imported'
		UNION ALL
		SELECT f.file_id, -1, IF(f.product_id IS NOT NULL AND f.party_id IS NOT NULL, -1, 0), IF(a.state = 'foreign', 0, -f.qty),
		       IF(f.product_id IS NOT NULL AND f.party_id IS NOT NULL, -f.qty, 0), IF(f.warnings <> 0, -1, 0),
		       IF(a.state = 'foreign', -1, 0)
		  FROM flow_row f JOIN flow_name a ON a.id = f.product_name_id JOIN flow_file i ON i.id = f.file_id AND i.status = 'imported'
		UNION ALL
		SELECT r.file_id, -1, IF(r.product_id IS NULL, 0, -1), -r.qty, IF(r.product_id IS NULL, 0, -r.qty), IF(r.warnings <> 0, -1, 0), 0
		  FROM stock_report r JOIN flow_file i ON i.id = r.file_id AND i.status = 'imported') x
	 GROUP BY id HAVING SUM(n) <> 0 OR SUM(m) <> 0 OR SUM(q) <> 0 OR SUM(k) <> 0 OR SUM(w) <> 0 OR SUM(o) <> 0) y;
SELECT 'flow: counts of a name = its rows', COUNT(*)
  FROM (SELECT id FROM (
		SELECT id, row_count AS n, qty AS q FROM flow_name
		UNION ALL
		SELECT f.party_name_id, -1, -f.raw_qty FROM flow_row f JOIN flow_file i ON i.id = f.file_id AND i.status = 'imported'
		UNION ALL
		SELECT f.product_name_id, -1, -f.raw_qty FROM flow_row f JOIN flow_file i ON i.id = f.file_id AND i.status = 'imported'
		UNION ALL
		SELECT r.product_name_id, -1, -r.raw_qty FROM stock_report r JOIN flow_file i ON i.id = r.file_id AND i.status = 'imported') x
	 GROUP BY id HAVING SUM(n) <> 0 OR SUM(q) <> 0) y;
SELECT 'flow: a row means what its names mean', COUNT(*)
  FROM flow_row f
  LEFT JOIN flow_name a ON a.id = f.party_name_id AND a.sender_id = f.sender_id AND a.what = 'party'
  LEFT JOIN flow_name b ON b.id = f.product_name_id AND b.sender_id = f.sender_id AND b.what = 'product'
 WHERE a.id IS NULL OR b.id IS NULL OR NOT (f.party_id <=> a.target_id) OR NOT (f.product_id <=> b.target_id)
    OR f.qty <> f.raw_qty * b.factor;
SELECT 'flow: a row belongs to its file', COUNT(*)
  FROM flow_row f LEFT JOIN flow_file i ON i.id = f.file_id
 WHERE i.id IS NULL OR f.id <> f.file_id * 10000000 + f.row_no OR f.book_period <> i.book_period OR f.sender_id <> i.party_id
    OR f.kind <> i.kind;
SELECT 'flow: a count belongs to its file', COUNT(*)
  FROM stock_report r LEFT JOIN flow_file i ON i.id = r.file_id
 WHERE i.id IS NULL OR r.id <> r.file_id * 10000000 + r.row_no OR r.book_period <> i.book_period OR r.sender_id <> i.party_id
    OR i.kind <> 'stock';
SELECT 'flow: ids of rows exist', COUNT(*)
  FROM flow_row f LEFT JOIN party p ON p.id = f.party_id LEFT JOIN lot l ON l.id = f.lot_id LEFT JOIN app_user u ON u.id = f.rep_id
 WHERE (f.party_id IS NOT NULL AND p.id IS NULL) OR (f.lot_id IS NOT NULL AND COALESCE(l.product_id, 0) <> f.product_id)
    OR (f.rep_id IS NOT NULL AND COALESCE(u.org_unit_id, 0) <> f.org_unit_id);
SELECT 'flow: targets of names exist', COUNT(*)
  FROM flow_name n LEFT JOIN party p ON n.what = 'party' AND p.id = n.target_id LEFT JOIN product q ON n.what = 'product' AND q.id = n.target_id
 WHERE n.target_id IS NOT NULL AND p.id IS NULL AND q.id IS NULL;
SELECT 'flow: amount = quantity x price', COUNT(*) FROM flow_row WHERE amount <> ROUND(qty * price, 2);
SELECT 'flow: the responsible of the day', COUNT(*)
  FROM flow_row f
 WHERE f.is_pure_sale = 1 AND NOT (f.rep_id <=> (SELECT t.user_id FROM terminal_assignment t
	 WHERE t.party_id = f.party_id AND t.product_group_id IS NULL AND f.biz_date BETWEEN t.valid_from AND COALESCE(t.valid_to, f.biz_date)
	 ORDER BY t.share DESC LIMIT 1));
SELECT 'flow: a terminal is a pure sale', COUNT(*)
  FROM flow_row f
 WHERE f.kind = 'sale' AND f.party_id IS NOT NULL AND f.is_pure_sale <> EXISTS (SELECT 1 FROM party_role r
	 WHERE r.party_id = f.party_id AND r.role IN ('hospital', 'pharmacy', 'chain', 'clinic'));
SELECT 'flow: bytes of a file', COUNT(*)
  FROM flow_file f JOIN (SELECT file_id, SUM(LENGTH(content)) AS size FROM flow_blob GROUP BY file_id) b ON b.file_id = f.id
  LEFT JOIN flow_blob o ON o.file_id = f.id AND o.seq = 0 AND b.size = LENGTH(o.content)
 WHERE b.size <> f.size OR (o.file_id IS NOT NULL AND UNHEX(SHA2(o.content, 256)) <> f.sha256);
SELECT 'flow: channel stock = latest count', COUNT(*)
  FROM (SELECT s, p, lot FROM (
		SELECT party_id AS s, product_id AS p, lot_no AS lot, qty, TO_DAYS(stock_date) AS d FROM channel_stock WHERE source = 'feed'
		UNION ALL
		SELECT r.sender_id, r.product_id, r.lot_no, -r.qty, -TO_DAYS(r.stock_date)
		  FROM stock_report r JOIN flow_file i ON i.id = r.file_id AND i.status = 'imported'
		  JOIN (SELECT party_id, MAX(date_to) AS last FROM flow_file WHERE kind = 'stock' AND status = 'imported' GROUP BY party_id) n
		    ON n.party_id = r.sender_id AND n.last = i.date_to
		 WHERE r.product_id IS NOT NULL) x
	 GROUP BY s, p, lot HAVING SUM(qty) <> 0 OR SUM(d) <> 0) y;
SELECT 'flow: covered days of one sender and kind do not overlap', COUNT(*)
  FROM (SELECT date_from <= LAG(date_to) OVER (PARTITION BY party_id, kind, book_period ORDER BY date_from, id) AS twice
	  FROM flow_file WHERE status = 'imported' AND origin <> 'correction') x
 WHERE twice;
SELECT 'responsibility: shares of a terminal, group and day sum to 1', COUNT(*)
  FROM (SELECT d.party_id, d.group_key, d.day, SUM(t.share) AS share
	  FROM (SELECT DISTINCT party_id, group_key, valid_from AS day FROM terminal_assignment) d
	  JOIN terminal_assignment t ON t.party_id = d.party_id AND t.group_key = d.group_key
	       AND d.day BETWEEN t.valid_from AND COALESCE(t.valid_to, d.day)
	 GROUP BY d.party_id, d.group_key, d.day HAVING share <> 1) x;
SELECT 'flow: every sender that buys from us is known, and its months are whole', COUNT(*)
  FROM period p JOIN flow_file f ON f.book_period = p.period WHERE p.status = 'closed' AND f.status NOT IN ('imported', 'superseded', 'undone', 'failed', 'discarded');
SELECT 'address: begins with its province', COUNT(*)
  FROM (SELECT address, region_code FROM party UNION ALL SELECT address, region_code FROM party_address
	UNION ALL SELECT address, region_code FROM warehouse) a
  JOIN region r ON r.code = LEFT(a.region_code, 2)
 WHERE NOT a.address LIKE CONCAT(r.name, '%');
SELECT 'flow: times are not in the future', (SELECT COUNT(*) FROM flow_file WHERE created_at > UTC_TIMESTAMP() OR imported_at > UTC_TIMESTAMP()
	OR imported_at < created_at) + (SELECT COUNT(*) FROM flow_name WHERE decided_at > UTC_TIMESTAMP()) + (SELECT COUNT(*) FROM flow_row
	WHERE biz_date > CURRENT_DATE);
