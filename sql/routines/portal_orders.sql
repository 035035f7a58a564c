-- Portal, orders. Every procedure takes the session's token and finds the company
-- itself; an order is named by its random id; another's order is an unknown one.
-- Lists: p_sort '' is newest first; the page after (p_after_key, p_after_id).

DELIMITER //

-- The order behind a portal id, if it is the company's (and the branch user's).
CREATE OR REPLACE DEFINER = owner@localhost FUNCTION own_order(p_party BIGINT, p_branch BIGINT,
	p_id BIGINT) RETURNS BIGINT
SQL SECURITY DEFINER DETERMINISTIC READS SQL DATA
RETURN (SELECT id FROM sales_order WHERE party_id = p_party AND pid = p_id
	AND (p_branch IS NULL OR branch_id = p_branch))//

-- p_q: part of order number or own number. p_status: a status, `open` (not final), or NULL.
-- p_from, p_to: business dates of placing. Sorts: placed_at order_no amount status wanted_on.
-- @execute portal
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE portal_orders_list(IN p_token VARCHAR(64),
	IN p_q VARCHAR(60), IN p_status VARCHAR(20), IN p_from DATE, IN p_to DATE,
	IN p_sort VARCHAR(32), IN p_after_key VARCHAR(200), IN p_after_id BIGINT, IN p_limit INT)
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	DECLARE v_user, v_party, v_branch BIGINT;
	DECLARE v_low, v_high, v_after DATETIME(6);
	DECLARE v_desc TINYINT DEFAULT LEFT(p_sort, 1) = '-';

	CALL portal_guard(p_token, 'order.view', v_user, v_party, v_branch);
	SET p_q = NULLIF(p_q, ''), p_status = NULLIF(p_status, '');
	SET v_low = COALESCE(p_from - INTERVAL 8 HOUR, '2000-01-01'),
	    v_high = COALESCE(p_to + INTERVAL 16 HOUR, '2999-01-01');
	IF COALESCE(p_sort, '') IN ('', '-placed_at') THEN
		SET v_after = COALESCE(moment_of(p_after_key), '2999-01-01');
		SELECT o.id, o.placed_at AS sort_key, o.order_no, o.po_no, o.status, o.placed_at,
		       o.wanted_on, o.expected_on, o.branch, o.line_count,
		       o.amount, o.approved_amount, o.paid, o.shipped, o.delivered, o.invoiced
		  FROM portal_order o
		 WHERE o.party_id = v_party
		   AND o.placed_at >= v_low AND o.placed_at < v_high AND o.placed_at <= v_after
		   AND (o.placed_at < v_after OR o.id < p_after_id)
		   AND (p_status IS NULL OR o.status = p_status
		   OR (p_status = 'open' AND o.moves = 1))
		   AND (v_branch IS NULL OR o.branch_id = v_branch)
		   AND (p_q IS NULL OR o.order_no LIKE CONCAT('%', p_q, '%')
		   OR o.po_no LIKE CONCAT('%', p_q, '%'))
		 ORDER BY o.placed_at DESC, o.id DESC
		 LIMIT p_limit;
	ELSE
		-- the page before: from its first row on, not from the beginning
		SET v_after = IF(p_sort = 'placed_at', moment_of(p_after_key), NULL);
		SELECT q.id, q.sort_key, q.order_no, q.po_no, q.status, q.placed_at, q.wanted_on,
		       q.expected_on, q.branch, q.line_count,
		       q.amount, q.approved_amount, q.paid, q.shipped, q.delivered, q.invoiced
		  FROM (SELECT o.*, COALESCE(CASE TRIM(LEADING '-' FROM p_sort) WHEN 'amount'
				THEN LPAD(o.amount, 20, '0') WHEN 'order_no' THEN o.order_no
				WHEN 'status' THEN o.status WHEN 'wanted_on' THEN o.wanted_on
					ELSE o.placed_at END, '') AS sort_key
			  FROM portal_order o
			 WHERE o.party_id = v_party
			   AND (p_sort <> 'placed_at' OR p_after_key IS NULL
			   OR o.placed_at >= v_after)
			   AND o.placed_at >= v_low AND o.placed_at < v_high
			   AND (p_status IS NULL OR o.status = p_status
			   OR (p_status = 'open' AND o.moves = 1))
			   AND (v_branch IS NULL OR o.branch_id = v_branch)
			   AND (p_q IS NULL OR o.order_no LIKE CONCAT('%', p_q, '%')
			   OR o.po_no LIKE CONCAT('%', p_q, '%'))) q
		 WHERE p_after_key IS NULL
		    OR IF(v_desc, (q.sort_key, q.id) < (p_after_key, p_after_id),
			(q.sort_key, q.id) > (p_after_key, p_after_id))
		 ORDER BY IF(v_desc, q.sort_key, '') DESC, IF(v_desc, q.id, 0) DESC, q.sort_key,
		 q.id
		 LIMIT p_limit;
	END IF;
END//

-- @execute portal
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE portal_orders_count(IN p_token VARCHAR(64),
	IN p_q VARCHAR(60), IN p_status VARCHAR(20), IN p_from DATE, IN p_to DATE)
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	DECLARE v_user, v_party, v_branch BIGINT;
	DECLARE v_low, v_high DATETIME(6);

	CALL portal_guard(p_token, 'order.view', v_user, v_party, v_branch);
	SET p_q = NULLIF(p_q, ''), p_status = NULLIF(p_status, '');
	SET v_low = COALESCE(p_from - INTERVAL 8 HOUR, '2000-01-01'),
	    v_high = COALESCE(p_to + INTERVAL 16 HOUR, '2999-01-01');
	SELECT COUNT(*) AS total
	  FROM (SELECT 1 FROM portal_order o
		 WHERE o.party_id = v_party AND o.placed_at >= v_low AND o.placed_at < v_high
		   AND (p_status IS NULL OR o.status = p_status
		   OR (p_status = 'open' AND o.moves = 1))
		   AND (v_branch IS NULL OR o.branch_id = v_branch)
		   AND (p_q IS NULL OR o.order_no LIKE CONCAT('%', p_q, '%')
		   OR o.po_no LIKE CONCAT('%', p_q, '%'))
		 LIMIT 1001) q;
END//

-- One order, five results: header; lines; timeline; shipments; invoices. The header says what may
-- be done now
-- (may_edit may_submit may_withdraw may_cancel). The timeline is oldest first; who of us did it is
-- not told.
-- @execute portal
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE portal_orders_view(IN p_token VARCHAR(64),
	IN p_id BIGINT)
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	DECLARE v_user, v_party, v_branch, v_order BIGINT;
	DECLARE v_free TINYINT;

	CALL portal_guard(p_token, 'order.view', v_user, v_party, v_branch);
	SET v_order = own_order(v_party, v_branch, p_id);
	SET v_free = NOT EXISTS (SELECT 1 FROM shipment WHERE party_id = v_party
	    AND order_id = v_order AND status <> 'cancelled');
	SELECT o.id, o.version, o.order_no, o.po_no, o.status, o.placed_at, o.wanted_on,
	       o.expected_on, o.branch, o.branch_id, o.pay, o.qty_approved, o.qty_shipped,
	       (SELECT q.quote_no FROM sales_order x JOIN quotation q ON q.party_id = x.party_id
			AND q.id = x.quotation_id WHERE x.id = v_order) AS quote_no,
	       (SELECT IF(v_branch IS NULL, q.pid, NULL) FROM sales_order x
			JOIN quotation q ON q.party_id = x.party_id AND q.id = x.quotation_id
			WHERE x.id = v_order) AS quotation_id,
	       o.qty_delivered, o.line_count, o.amount,
	       o.approved_amount, o.invoiced_amount, o.paid_amount, o.paid, o.shipped, o.delivered,
	       o.invoiced, o.note, o.reply, o.ship_address_id,
	       COALESCE(o.ship_name, a.name) AS ship_name,
	       COALESCE(o.ship_contact, a.contact) AS ship_contact,
	       COALESCE(o.ship_phone, a.phone) AS ship_phone,
	       COALESCE(o.ship_address, a.address) AS ship_address,
	       o.status IN ('draft', 'returned')
			OR (v_free AND o.status IN ('submitted', 'approved',
				'picking')) AS may_edit,
	       o.status IN ('draft', 'returned') AS may_submit,
	       o.status = 'submitted' AS may_withdraw,
	       o.status IN ('draft', 'returned')
			OR (v_free AND o.status IN ('approved', 'picking')) AS may_cancel,
	       IF(o.status IN ('submitted', 'approved', 'picking'),
			batch_before(v_party, v_order), NULL) AS unpaid
	  FROM portal_order o
	  LEFT JOIN party_address a ON a.party_id = o.party_id AND a.id = o.ship_address_id
	 WHERE o.party_id = v_party AND o.order_id = v_order;
	SELECT l.line_no AS id, l.line_no, p.code, p.generic_name AS product, p.pack_spec AS pack,
	       p.unit, l.ordered_qty, l.approved_qty - l.cancelled_qty AS approved_qty,
	       l.reserved_qty, l.shipped_qty, l.delivered_qty, l.refused_qty, l.returned_qty,
	       l.issued_qty AS invoiced_qty,
	       l.cancelled_qty, l.price, l.amount, l.note, l.reply, l.product_id, p.case_qty,
	       p.qty_multiple, p.min_qty,
	       (SELECT COALESCE(SUM(ROUND(v.amount * c.amount / a.amount, 2)), 0)
		  FROM invoice_line v
		  JOIN ar_item a ON a.invoice_id = v.invoice_id
		  JOIN allocation c ON c.party_id = a.party_id AND c.ar_item_id = a.id
				AND c.receipt_id IS NOT NULL
		 WHERE v.party_id = l.party_id AND v.order_line_id = l.id) AS paid
	  FROM sales_order_line l
	  JOIN product p ON p.id = l.product_id
	 WHERE l.party_id = v_party AND l.order_id = v_order
	 ORDER BY l.line_no;
	SELECT q.at, q.kind, NULL AS actor, q.note
	  FROM (SELECT a.opened_at AS at, 'submitted' AS kind, NULL AS note FROM approval a
			WHERE a.subject = 'order' AND a.subject_id = v_order
		 UNION ALL
		SELECT a.closed_at, a.status, IF(a.status IN ('returned', 'rejected'), o.reply,
		       NULL)
		  FROM approval a
		  JOIN sales_order o ON o.id = v_order
		 WHERE a.subject = 'order' AND a.subject_id = v_order AND a.status <> 'open'
		 UNION ALL
		SELECT e.at, e.kind, CONCAT_WS(' ', s.shipment_no, e.place, e.note)
		  FROM shipment s
		  JOIN shipment_event e ON e.party_id = s.party_id AND e.shipment_id = s.id
				AND e.kind IN ('shipped', 'transit', 'arrived', 'delivered',
					'problem')
		 WHERE s.party_id = v_party AND s.order_id = v_order
		 UNION ALL
		SELECT i.updated_at, IF(i.kind = 'red', 'red', 'invoiced'), i.invoice_no
		  FROM invoice i
		 WHERE i.party_id = v_party AND i.order_id = v_order AND i.status = 'issued') q
	 ORDER BY q.at;
	SELECT s.id, s.shipment_no, s.status, s.shipped_on, s.expected_on, s.carrier, s.tracking_no
	  FROM portal_shipment s
	 WHERE s.party_id = v_party AND s.order_id = p_id AND v_order IS NOT NULL
	 ORDER BY s.created_at;
	SELECT i.id, i.kind, i.invoice_no, i.state, i.issued_on, i.due_on, i.amount, i.open_amount
	  FROM portal_invoice i
	 WHERE i.party_id = v_party AND i.order_id = p_id AND v_order IS NOT NULL
	 ORDER BY i.created_at;
END//

-- Lines as they would stand in an order. p_lines as for saving; a row each, in order: row, code, product_id,
-- product, pack, unit, case_qty, qty_multiple, min_qty, qty, price, amount, band, error (`code|field|…`, NULL is
-- good).
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE lines_judge(IN p_party BIGINT,
	IN p_warehouse BIGINT, IN p_day DATE, IN p_lines LONGTEXT)
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	-- each step is made whole (LIMIT), so that a function is asked once for a line
	SELECT q.row, q.code, q.product_id, p.generic_name AS product, p.pack_spec AS pack, p.unit,
	       p.case_qty, p.qty_multiple, p.min_qty, q.qty, t.price,
	       ROUND(q.qty * t.price, 2) AS amount,
	       IF(p.id IS NULL, NULL, stock_band(COALESCE((SELECT SUM(f.free) FROM free_lot f
		WHERE f.product_id = q.product_id AND f.warehouse_id = p_warehouse
		GROUP BY f.product_id), 0), p.band_low)) AS band,
	       CASE
		WHEN q.product_id IS NULL THEN CONCAT('code.unknown|code.', q.row, '|code=', COALESCE(q.code, ''))
		WHEN q.again > 1 THEN CONCAT('code.twice|code.', q.row, '|code=', q.code)
		ELSE REPLACE(line_refusal(p_party, q.product_id, q.qty, p_day, q.tier), '{row}',
			q.row) END AS error
	  FROM (SELECT x.row, x.n, x.product_id, x.qty, x.code,
		       ROW_NUMBER() OVER (PARTITION BY COALESCE(x.product_id, -x.n)
				ORDER BY x.n) AS again,
		       IF(x.product_id IS NULL, NULL,
			price_tier_for(p_party, x.product_id, x.qty, p_day)) AS tier
		  FROM (SELECT COALESCE(j.row, j.n) AS row, j.n, j.qty,
			       COALESCE(j.code, IF(o.visible, f.code, NULL)) AS code,
			       IF(o.visible, o.product_id, NULL) AS product_id
			  FROM JSON_TABLE(p_lines, '$[*]' COLUMNS (n FOR ORDINALITY,
				row INT PATH '$.row', code VARCHAR(40) PATH '$.code',
				product BIGINT PATH '$.product', qty INT PATH '$.qty')) j
			  LEFT JOIN product f ON f.id = COALESCE(j.product,
				(SELECT id FROM product c WHERE c.code = j.code))
			  LEFT JOIN offer o ON o.party_id = p_party AND o.product_id = f.id
			 LIMIT 5000) x
		 LIMIT 5000) q
	  LEFT JOIN product p ON p.id = q.product_id
	  LEFT JOIN price_tier t ON t.id = q.tier
	 ORDER BY q.n;
END//

-- Makes a draft (p_id 0) or changes an order, which takes it back to a draft. p_address: own
-- ship-to address, NULL keeps or
-- takes the default. p_lines: JSON array of {"row":n, "code":"…" or "product":id, "qty":n,
-- "note":"…"}, the whole order;
-- NULL leaves the lines. Returns id, order_no, version, status.
-- @execute portal
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE portal_orders_save(IN p_token VARCHAR(64),
	IN p_id BIGINT, IN p_version INT, IN p_branch BIGINT, IN p_address BIGINT,
	IN p_po VARCHAR(40), IN p_wanted DATE, IN p_note VARCHAR(400), IN p_lines LONGTEXT,
		IN p_key VARBINARY(64))
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_user, v_party, v_branch, v_order BIGINT;

	CALL portal_guard(p_token, 'order.create', v_user, v_party, v_branch);
	SET p_branch = COALESCE(v_branch, p_branch);
	IF p_branch IS NOT NULL AND NOT EXISTS (SELECT 1 FROM party WHERE id = p_branch
		AND parent_id = v_party) THEN
		CALL refuse('branch.unknown|branch');
	ELSEIF p_address IS NOT NULL AND NOT EXISTS (SELECT 1 FROM party_address
		WHERE party_id = v_party AND id = p_address AND status = 'active'
		AND (v_branch IS NULL OR branch_id = v_branch)) THEN
		CALL refuse('address.unknown|ship_address');
	ELSEIF p_wanted < business_day() THEN
		CALL refuse('date.past|wanted_on');
	END IF;
	SET v_order = IF(COALESCE(p_id, 0) = 0, 0, own_order(v_party, v_branch, p_id));
	IF v_order IS NOT NULL THEN
		CALL order_save(v_order, p_version, v_party, 'portal', p_branch, p_address, p_po,
			p_wanted, NULL, p_note, p_lines, p_key, v_order);
		SELECT pid AS id, order_no, version, status FROM sales_order WHERE id = v_order;
	END IF;
END//

-- Submits. p_expected: the total the person saw. Returns id, order_no, status.
-- @execute portal
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE portal_orders_submit(IN p_token VARCHAR(64),
	IN p_id BIGINT, IN p_expected DECIMAL(18,2))
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_user, v_party, v_branch, v_order BIGINT;

	CALL portal_guard(p_token, 'order.create', v_user, v_party, v_branch);
	CALL order_submit(own_order(v_party, v_branch, p_id), v_party, p_expected, v_order);
	SELECT pid AS id, order_no, status FROM sales_order WHERE id = v_order;
END//

-- @execute portal
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE portal_orders_withdraw(IN p_token VARCHAR(64),
	IN p_id BIGINT)
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_user, v_party, v_branch, v_order BIGINT;

	CALL portal_guard(p_token, 'order.create', v_user, v_party, v_branch);
	CALL order_withdraw(own_order(v_party, v_branch, p_id), v_party, v_order);
	SELECT pid AS id, order_no, status FROM sales_order WHERE id = v_order;
END//

-- Before anything is on a pick list or has left; later the office does it.
-- @execute portal
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE portal_orders_cancel(IN p_token VARCHAR(64),
	IN p_id BIGINT, IN p_why VARCHAR(400))
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_user, v_party, v_branch, v_order BIGINT;

	CALL portal_guard(p_token, 'order.create', v_user, v_party, v_branch);
	SET v_order = own_order(v_party, v_branch, p_id);
	IF EXISTS (SELECT 1 FROM shipment WHERE party_id = v_party AND order_id = v_order
		AND status <> 'cancelled') THEN
		CALL refuse('order.shipping');
	END IF;
	CALL order_cancel(v_order, v_party, p_why, v_order);
	SELECT pid AS id, order_no, status FROM sales_order WHERE id = v_order;
END//

-- Lines of a past order as they stand today (E02): as lines_judge(), beside was_price, what
-- it cost then.
-- @execute portal
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE portal_orders_again(IN p_token VARCHAR(64),
	IN p_id BIGINT)
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	DECLARE v_user, v_party, v_branch, v_order, v_warehouse BIGINT;
	DECLARE v_day DATE DEFAULT business_day();

	CALL portal_guard(p_token, 'order.create', v_user, v_party, v_branch);
	SET v_order = own_order(v_party, v_branch, p_id);
	SELECT warehouse_id INTO v_warehouse FROM sales_order WHERE id = v_order;
	SELECT l.line_no AS row, p.code, l.product_id, p.generic_name AS product,
	       p.pack_spec AS pack, p.unit, p.case_qty, p.qty_multiple, p.min_qty,
	       l.ordered_qty AS qty, t.price, ROUND(l.ordered_qty * t.price, 2) AS amount,
	       l.price AS was_price,
	       stock_band(free_stock(p.id, v_warehouse), p.band_low) AS band,
	       REPLACE(line_refusal(v_party, l.product_id, l.ordered_qty, v_day, t.id), '{row}',
			l.line_no) AS error
	  FROM sales_order_line l
	  JOIN product p ON p.id = l.product_id
	  LEFT JOIN price_tier t ON t.id = price_tier_for(v_party, l.product_id, l.ordered_qty,
			v_day)
	 WHERE l.party_id = v_party AND l.order_id = v_order
	 ORDER BY l.line_no;
END//

-- Where goods may go: id, name, contact, phone, address, branch, is_default; second result:
-- branches (id, name).
-- @execute portal
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE portal_orders_places(IN p_token VARCHAR(64))
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	DECLARE v_user, v_party, v_branch BIGINT;

	CALL portal_guard(p_token, 'order.create', v_user, v_party, v_branch);
	SELECT a.id, a.name, a.contact, a.phone, a.address, a.is_default, a.branch_id,
	       COALESCE(b.name, '') AS branch
	  FROM party_address a
	  LEFT JOIN party b ON b.id = a.branch_id
	 WHERE a.party_id = v_party AND a.kind = 'ship' AND a.status = 'active'
	   AND (v_branch IS NULL OR a.branch_id = v_branch)
	 ORDER BY a.is_default DESC, a.id;
	SELECT id, name FROM party WHERE parent_id = v_party AND status = 'active'
	       AND (v_branch IS NULL OR id = v_branch) ORDER BY name;
END//

-- Credit beside the order form: credit_limit, exposure, available, overdue, terms_kind, terms_days.
-- @execute portal
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE portal_orders_credit(IN p_token VARCHAR(64))
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	DECLARE v_user, v_party, v_branch BIGINT;
	DECLARE v_limit, v_exposure, v_overdue DECIMAL(18,2);
	DECLARE v_hold TINYINT;

	CALL portal_guard(p_token, 'order.create', v_user, v_party, v_branch);
	CALL credit_figures(v_party, 0, business_day(), v_limit, v_exposure, v_overdue, v_hold);
	SELECT v_limit AS credit_limit, v_exposure AS exposure, v_limit - v_exposure AS available,
	       v_overdue AS overdue, terms_kind, terms_days
	  FROM customer
	 WHERE party_id = v_party;
END//

DELIMITER ;
