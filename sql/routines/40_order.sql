-- Orders: save, submit, withdraw, cancel. None commits; each locks the customer
-- first, then the order, so that nothing deadlocks and credit is judged alone.
-- A write on an order that is not the customer's returns no row.

DELIMITER //

-- Locks the customer: whoever changes what it owes or orders waits here.
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE customer_lock(IN p_party BIGINT)
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_party BIGINT;

	SELECT party_id INTO v_party FROM customer WHERE party_id = p_party FOR UPDATE;
END//

-- Locks the customer and refuses one that may not trade, as a customer or at all.
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE customer_open(IN p_party BIGINT)
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_status VARCHAR(10);

	SELECT status INTO v_status FROM customer WHERE party_id = p_party FOR UPDATE;
	IF v_status IS NULL OR v_status <> 'active' OR (SELECT status FROM party
		WHERE id = p_party LOCK IN SHARE MODE) <> 'active' THEN
		CALL refuse('customer.blocked');
	END IF;
END//

-- Brings sums and derived status of the header up to the lines.
-- @execute jobs
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE order_refresh(IN p_order BIGINT)
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_party BIGINT;
	DECLARE v_status, v_new VARCHAR(20);
	DECLARE v_lines, v_ordered, v_approved, v_shipped, v_delivered, v_reserved, v_invoiced,
		v_issued, v_billable, v_back INT;
	DECLARE v_moving, v_unissued INT DEFAULT 0;
	DECLARE v_amount, v_approved_amount DECIMAL(18,2);
	DECLARE v_invoiced_amount, v_paid DECIMAL(18,2) DEFAULT 0;

	SELECT party_id, status INTO v_party, v_status FROM sales_order
	       WHERE id = p_order FOR UPDATE;
	SELECT COUNT(*), COALESCE(SUM(ordered_qty), 0),
	       COALESCE(SUM(approved_qty - cancelled_qty), 0), COALESCE(SUM(shipped_qty), 0),
	       COALESCE(SUM(delivered_qty), 0), COALESCE(SUM(reserved_qty), 0),
	       COALESCE(SUM(invoiced_qty - red_qty), 0), COALESCE(SUM(issued_qty), 0),
	       COALESCE(SUM(shipped_qty - refused_qty - returned_qty), 0),
	       COALESCE(SUM(refused_qty + returned_qty), 0), COALESCE(SUM(amount), 0),
	       COALESCE(SUM(ROUND((approved_qty - cancelled_qty) * price, 2)), 0)
	  INTO v_lines, v_ordered, v_approved, v_shipped, v_delivered, v_reserved, v_invoiced,
	  v_issued, v_billable, v_back, v_amount, v_approved_amount
	  FROM sales_order_line
	 WHERE party_id = v_party AND order_id = p_order;
	-- what has not left has no invoice, no payment and nothing on the road
	IF v_shipped > 0 THEN
		SELECT COALESCE(SUM(IF(status = 'issued', amount, 0)), 0),
		       COALESCE(SUM(status NOT IN ('issued', 'void')), 0)
		  INTO v_invoiced_amount, v_unissued
		  FROM invoice
		 WHERE party_id = v_party AND order_id = p_order;
		SELECT COALESCE(SUM(a.amount), 0) INTO v_paid
		  FROM ar_item i
		  JOIN allocation a ON a.party_id = i.party_id AND a.ar_item_id = i.id
				AND a.receipt_id IS NOT NULL
		 WHERE i.party_id = v_party AND i.order_id = p_order;
		SELECT COUNT(*) INTO v_moving
		  FROM shipment
		 WHERE party_id = v_party AND order_id = p_order
		   AND status IN ('picking', 'shipped', 'in_transit');
	END IF;
	SET v_new = v_status;
	IF v_status IN ('approved', 'picking', 'partly_shipped', 'shipped', 'delivered', 'closed')
	THEN
		SET v_new = CASE
			WHEN v_shipped > 0 AND v_shipped >= v_approved AND v_moving = 0 THEN
				IF(v_invoiced = v_billable AND v_unissued = 0
					AND v_paid >= v_invoiced_amount, 'closed', 'delivered')
			WHEN v_shipped > 0 AND v_shipped >= v_approved THEN 'shipped'
			WHEN v_shipped > 0 THEN 'partly_shipped'
			WHEN v_reserved > 0 THEN 'picking'
			ELSE 'approved' END;
		IF v_new = 'closed' AND v_status NOT IN ('delivered', 'closed') THEN
			UPDATE sales_order SET status = 'delivered' WHERE id = p_order;
		END IF;
	END IF;
	UPDATE sales_order
	   SET status = v_new, line_count = v_lines, amount = v_amount,
	       approved_amount = v_approved_amount,
	       invoiced_amount = v_invoiced_amount, paid_amount = v_paid, qty_ordered = v_ordered,
	       qty_approved = v_approved, qty_shipped = v_shipped, qty_delivered = v_delivered,
	       qty_back = v_back, qty_invoiced = v_invoiced, qty_issued = v_issued
	 WHERE id = p_order;
END//

-- Takes an order back to a draft (X04): approval closed, stock released, grants
-- forgotten. Refused once goods are on a pick list or gone.
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE order_reopen(IN p_order BIGINT)
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_status VARCHAR(20);

	SELECT status INTO v_status FROM sales_order WHERE id = p_order FOR UPDATE;
	IF v_status NOT IN ('draft', 'returned', 'submitted', 'approved', 'picking') THEN
		CALL refuse(CONCAT('order.state||status=', v_status));
	END IF;
	IF EXISTS (SELECT 1 FROM shipment s JOIN sales_order o ON o.id = p_order
		WHERE s.party_id = o.party_id AND s.order_id = p_order AND s.status <> 'cancelled')
	THEN
		CALL refuse('order.shipping');
	END IF;
	IF v_status <> 'draft' THEN
		CALL stock_release(p_order);
		CALL approval_close('order', p_order, 'withdrawn');
		UPDATE sales_order_line SET granted_qty = NULL, approved_qty = 0, reply = NULL
			WHERE order_id = p_order;
		UPDATE sales_order SET status = 'draft', approved_at = NULL WHERE id = p_order;
		CALL order_refresh(p_order);
	END IF;
END//

-- Makes a draft (p_order 0) or changes an order; any change takes it back to a draft.
-- p_lines: JSON array of {"row":n, "code":"…" or "product":id, "qty":n, "note":"…", "price":n
-- (office)},
-- the whole order; NULL leaves the lines. Errors name fields code.<row>, qty.<row>.
-- p_version: of the form, NULL is not checked. p_id: NULL when the order is not this customer's.
-- @execute office
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE order_save(IN p_order BIGINT,
	IN p_version INT, IN p_party BIGINT, IN p_origin VARCHAR(6),
	IN p_branch BIGINT, IN p_address BIGINT, IN p_po VARCHAR(40), IN p_wanted DATE,
		IN p_pay VARCHAR(8), IN p_note VARCHAR(400),
	IN p_lines LONGTEXT, IN p_key VARBINARY(64), OUT p_id BIGINT)
SQL SECURITY DEFINER MODIFIES SQL DATA
save: BEGIN
	DECLARE v_version INT;
	DECLARE v_no VARCHAR(32);
	DECLARE v_day DATE DEFAULT business_day();

	CALL customer_open(p_party);
	IF p_order = 0 THEN
		CALL next_number('SO', p_party, v_day, v_no);
		INSERT INTO sales_order (party_id, branch_id, order_no, idem_key, origin, placed_at,
			order_date, rep_id, org_unit_id,
			warehouse_id, po_no, ship_address_id, wanted_on, pay, note, created_by)
		SELECT c.party_id, p_branch, v_no, p_key, p_origin, UTC_TIMESTAMP(6), v_day,
		       c.rep_id, c.org_unit_id,
		       COALESCE(c.warehouse_id,
				(SELECT id FROM warehouse
					WHERE id = param_int('order.warehouse', 1)),
				(SELECT MIN(id) FROM warehouse WHERE kind = 'normal'
					AND status = 'active')),
		       p_po, COALESCE(p_address,
				(SELECT id FROM party_address a WHERE a.party_id = p_party
					AND a.kind = 'ship'
				AND a.status = 'active' ORDER BY a.is_default DESC, a.id LIMIT 1)),
		       p_wanted, COALESCE(p_pay, IF(c.terms_kind = 'prepaid', 'prepaid', 'credit')),
		       p_note, @actor_id
		  FROM customer c
		 WHERE c.party_id = p_party;
		SET p_id = LAST_INSERT_ID();
	ELSE
		SELECT id, version INTO p_id, v_version FROM sales_order WHERE id = p_order
		       AND party_id = p_party FOR UPDATE;
		IF p_id IS NULL THEN
			LEAVE save;
		END IF;
		IF p_version IS NOT NULL AND p_version <> v_version THEN
			CALL refuse('conflict|version');
		END IF;
		CALL order_reopen(p_id);
		UPDATE sales_order
		   SET branch_id = IF(p_origin = 'portal', p_branch,
			IF(COALESCE(p_address, ship_address_id) <=> ship_address_id, branch_id,
				(SELECT a.branch_id FROM party_address a
					WHERE a.party_id = p_party AND a.id = p_address))),
		       ship_address_id = COALESCE(p_address, ship_address_id),
		       po_no = p_po, wanted_on = p_wanted,
		       pay = COALESCE(p_pay, pay), note = p_note, version = version + 1
		 WHERE id = p_id;
	END IF;
	IF p_lines IS NOT NULL THEN
		CALL order_lines_set(p_id, p_party, p_origin, p_lines);
	END IF;
	CALL order_refresh(p_id);
END//

-- Replaces the lines of a draft by the array of order_save(), in one statement; only when a
-- line fell out is it asked which, and why.
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE order_lines_set(IN p_order BIGINT,
	IN p_party BIGINT, IN p_origin VARCHAR(6), IN p_lines LONGTEXT)
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_max INT DEFAULT param_int('order.max_lines', 500);
	DECLARE v_day DATE DEFAULT business_day();
	DECLARE v_quote BIGINT;

	IF JSON_LENGTH(p_lines) > v_max THEN
		CALL refuse(CONCAT('order.long||max=', v_max));
	END IF;
	SELECT quotation_id INTO v_quote FROM sales_order WHERE id = p_order;
	-- new numbers from above, so that a unique key never stands in the way
	UPDATE sales_order_line SET line_no = line_no + 10000
	 WHERE party_id = p_party AND order_id = p_order
	 ORDER BY line_no DESC;
	-- each step is made whole (LIMIT), so that a function is asked once for a line
	INSERT INTO sales_order_line (party_id, order_id, line_no, product_id, ordered_qty, price,
		list_price, floor_price, price_list_id, vat_rate, amount, note)
	SELECT p_party, p_order, q.n, p.id, q.qty,
	       COALESCE(q.agreed, LEAST(q.quoted, t.price), t.price), t.price,
	       COALESCE(t.floor_price, p.floor_price), t.price_list_id, p.vat_rate,
	       ROUND(q.qty * COALESCE(q.agreed, LEAST(q.quoted, t.price), t.price), 2), q.note
	  FROM (SELECT x.n, x.product_id, x.qty, x.agreed, x.note, x.again,
		       IF(v_quote IS NULL, NULL,
				quote_price(v_quote, x.product_id, x.qty, v_day)) AS quoted,
		       price_tier_for(p_party, x.product_id, x.qty, v_day) AS tier
		  FROM (SELECT j.n, f.id AS product_id, j.qty, j.note,
			       IF(p_origin = 'office' AND j.price > 0, j.price, NULL) AS agreed,
			       ROW_NUMBER() OVER (PARTITION BY f.id ORDER BY j.n) AS again
			  FROM JSON_TABLE(p_lines, '$[*]' COLUMNS (n FOR ORDINALITY,
				code VARCHAR(40) PATH '$.code', product BIGINT PATH '$.product',
				qty INT PATH '$.qty', price DECIMAL(18,4) PATH '$.price',
				note VARCHAR(200) PATH '$.note')) j
			  JOIN product f ON f.id = COALESCE(j.product,
				(SELECT id FROM product c WHERE c.code = j.code))
			  JOIN offer o ON o.party_id = p_party AND o.product_id = f.id
			 WHERE o.visible AND j.qty BETWEEN 1 AND 10000000
			 LIMIT 5000) x
		 LIMIT 5000) q
	  JOIN product p ON p.id = q.product_id
	  JOIN price_tier t ON t.id = q.tier
	 WHERE q.again = 1
	 ORDER BY q.n
	    ON DUPLICATE KEY UPDATE line_no = VALUES(line_no), ordered_qty = VALUES(ordered_qty),
		price = VALUES(price), list_price = VALUES(list_price),
		floor_price = VALUES(floor_price), price_list_id = VALUES(price_list_id),
		vat_rate = VALUES(vat_rate), amount = VALUES(amount), note = VALUES(note),
		version = sales_order_line.version + 1;
	IF (SELECT COUNT(*) FROM sales_order_line WHERE party_id = p_party AND order_id = p_order
		AND line_no <= 10000) <> JSON_LENGTH(p_lines)
	THEN
		CALL order_lines_refuse(p_party, p_lines);
	END IF;
	DELETE FROM sales_order_line
	 WHERE party_id = p_party AND order_id = p_order AND line_no > 10000;
END//

-- Refuses an array of lines for the first that cannot stand in an order.
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE order_lines_refuse(IN p_party BIGINT,
	IN p_lines LONGTEXT)
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	DECLARE v_why VARCHAR(200);
	DECLARE v_day DATE DEFAULT business_day();

	SELECT CASE
		WHEN q.product_id IS NULL OR NOT product_visible_to(p_party, q.product_id, v_day) THEN
			CONCAT('code.unknown|code.', q.row, '|code=', q.code)
		WHEN q.qty IS NULL OR q.qty < 1 THEN CONCAT('qty.missing|qty.', q.row)
		WHEN q.qty > 10000000 THEN CONCAT('qty.large|qty.', q.row)
		WHEN q.again > 1 THEN CONCAT('code.twice|code.', q.row, '|code=', q.code)
		WHEN price_tier_for(p_party, q.product_id, q.qty, v_day) IS NULL THEN
			CONCAT('price.missing|code.', q.row, '|code=', q.code)
		END AS why
	  INTO v_why
	  FROM (SELECT j.n, COALESCE(j.row, j.n) AS row, j.qty, f.id AS product_id,
		       COALESCE(j.code, f.code, '') AS code,
		       ROW_NUMBER() OVER (PARTITION BY COALESCE(f.id, -j.n) ORDER BY j.n) AS again
		  FROM JSON_TABLE(p_lines, '$[*]' COLUMNS (n FOR ORDINALITY, row INT PATH '$.row',
			code VARCHAR(40) PATH '$.code', product BIGINT PATH '$.product',
			qty INT PATH '$.qty')) j
		  LEFT JOIN product f ON f.id = COALESCE(j.product,
			(SELECT id FROM product c WHERE c.code = j.code))) q
	HAVING why IS NOT NULL
	 ORDER BY q.n
	 LIMIT 1;
	CALL refuse(COALESCE(v_why, 'lines.wrong'));
END//

-- Figures of DOMAIN 3.2 on a day. exposure leaves p_order out (0: none).
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE credit_figures(IN p_party BIGINT,
	IN p_order BIGINT, IN p_day DATE,
	OUT p_limit DECIMAL(18,2), OUT p_exposure DECIMAL(18,2), OUT p_overdue DECIMAL(18,2),
		OUT p_hold TINYINT)
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	DECLARE v_ar, v_cash, v_pending, v_orders DECIMAL(18,2);
	DECLARE v_grace INT;

	SELECT IF(terms_kind = 'prepaid', 0, credit_limit + IF(p_day BETWEEN COALESCE(temp_from,
	       p_day) AND COALESCE(temp_to, p_day), temp_limit, 0)),
	       grace_days, credit_hold
	  INTO p_limit, v_grace, p_hold
	  FROM customer
	 WHERE party_id = p_party;
	SELECT COALESCE(SUM(open_amount), 0), COALESCE(SUM(IF(open_amount > 0
	       AND due_on + INTERVAL v_grace DAY < p_day, open_amount, 0)), 0)
	  INTO v_ar, p_overdue
	  FROM ar_item
	 WHERE party_id = p_party AND (open_amount < 0 OR open_amount > 0);
	SELECT COALESCE(SUM(open_amount), 0) INTO v_cash
	  FROM receipt
	 WHERE party_id = p_party AND status = 'posted' AND open_amount > 0;
	SELECT COALESCE(SUM(amount), 0) INTO v_pending
	  FROM invoice
	 WHERE party_id = p_party AND kind = 'blue'
	   AND status IN ('to_issue', 'requested', 'failed') AND order_id <> p_order;
	SELECT COALESCE(SUM(ROUND(l.price * (l.approved_qty - l.cancelled_qty - l.refused_qty - l.returned_qty - (l.invoiced_qty - l.red_qty)), 2)), 0) INTO v_orders
	  FROM sales_order o
	  JOIN sales_order_line l ON l.party_id = o.party_id AND l.order_id = o.id
	 WHERE o.party_id = p_party AND o.id <> p_order
	   AND o.status IN ('approved', 'picking', 'partly_shipped', 'shipped', 'delivered');
	SET p_exposure = v_ar - v_cash + v_pending + v_orders;
END//

-- 批结: the number of the oldest batch that has to be paid before this order (0: a new one) is
-- approved and leaves: an order let through before it, but for the terms_back - 1 latest, whose
-- goods are not all invoiced and paid, or an opening item. NULL: nothing stands in its way.
-- @execute office
CREATE OR REPLACE DEFINER = owner@localhost FUNCTION batch_before(p_party BIGINT,
	p_order BIGINT) RETURNS VARCHAR(40)
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	DECLARE v_back INT DEFAULT (SELECT terms_back FROM customer
	    WHERE party_id = p_party AND terms_kind = 'previous');

	IF v_back IS NULL THEN
		RETURN NULL;
	END IF;
	RETURN COALESCE((SELECT doc_no FROM ar_item
		WHERE party_id = p_party AND order_id IS NULL AND open_amount > 0
		ORDER BY due_on, id LIMIT 1),
	    (SELECT q.order_no
	       FROM (SELECT o.order_no, o.status = 'closed' OR (o.qty_shipped > 0
				AND o.qty_issued >= o.qty_shipped
				AND o.paid_amount >= o.invoiced_amount) AS settled,
			ROW_NUMBER() OVER (ORDER BY o.approved_at DESC, o.id DESC) AS back
		       FROM sales_order o
		      WHERE o.party_id = p_party AND o.id <> p_order
			AND o.status IN ('approved', 'picking', 'partly_shipped', 'shipped',
				'delivered', 'closed')
			AND o.approved_at < COALESCE((SELECT x.approved_at FROM sales_order x
				WHERE x.party_id = p_party AND x.id = p_order),
				'9999-12-31')) q
	      WHERE q.back >= v_back AND NOT q.settled
	      ORDER BY q.back DESC
	      LIMIT 1));
END//

-- One row for pages: credit_limit, exposure, available, overdue, hold.
-- @execute office
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE credit_status(IN p_party BIGINT)
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	DECLARE v_limit, v_exposure, v_overdue DECIMAL(18,2);
	DECLARE v_hold TINYINT;

	CALL credit_figures(p_party, 0, business_day(), v_limit, v_exposure, v_overdue, v_hold);
	SELECT v_limit AS credit_limit, v_exposure AS exposure, v_limit - v_exposure AS available,
	       v_overdue AS overdue, v_hold AS hold;
END//

-- Submits a draft: every line judged, prices frozen from today's lists, address
-- copied, approval steps opened; without any step it is approved at once.
-- p_expected: total the person saw, NULL is not compared (T10).
-- @execute office
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE order_submit(IN p_order BIGINT,
	IN p_party BIGINT, IN p_expected DECIMAL(18,2), OUT p_id BIGINT)
SQL SECURITY DEFINER MODIFIES SQL DATA
submit: BEGIN
	DECLARE v_status VARCHAR(20);
	DECLARE v_refusal VARCHAR(200);
	DECLARE v_total DECIMAL(18,2);
	DECLARE v_day DATE DEFAULT business_day();
	DECLARE v_address, v_branch BIGINT;

	CALL customer_open(p_party);
	SELECT id, status, ship_address_id, branch_id INTO p_id, v_status, v_address, v_branch
	  FROM sales_order
	 WHERE id = p_order AND party_id = p_party
	   FOR UPDATE;
	IF p_id IS NULL THEN
		LEAVE submit;
	ELSEIF v_status NOT IN ('draft', 'returned') THEN
		CALL refuse(CONCAT('order.state||status=', v_status));
	ELSEIF v_address IS NULL THEN
		CALL refuse('required|ship_address');
	END IF;
	SET v_refusal = licence_gap(p_party, v_day);
	IF v_refusal IS NOT NULL THEN
		CALL refuse(v_refusal);
	END IF;
	CALL order_reprice(p_id, p_party, v_day);
	SET v_refusal = (SELECT REPLACE(line_refusal(p_party, product_id, ordered_qty, v_day,
	    price_list_id), '{row}', line_no) AS refusal
			  FROM sales_order_line
			 WHERE party_id = p_party AND order_id = p_id
			HAVING refusal IS NOT NULL
			 ORDER BY line_no
			 LIMIT 1);
	IF v_refusal IS NOT NULL THEN
		CALL refuse(v_refusal);
	END IF;
	SELECT SUM(amount) INTO v_total FROM sales_order_line WHERE party_id = p_party
	       AND order_id = p_id;
	IF v_total IS NULL THEN
		CALL refuse('order.empty');
	ELSEIF p_expected IS NOT NULL AND p_expected <> v_total THEN
		CALL refuse(CONCAT('total.changed|expected_total|was=', p_expected, '|now=',
			v_total));
	END IF;
	UPDATE sales_order o
	  JOIN customer c ON c.party_id = o.party_id
	  JOIN party_address a ON a.party_id = o.party_id AND a.id = o.ship_address_id
	   SET o.status = 'submitted', o.placed_at = UTC_TIMESTAMP(6), o.order_date = v_day,
	       o.rep_id = c.rep_id, o.org_unit_id = c.org_unit_id,
	       o.round = o.round + 1, o.submitted_by = @actor_id, o.version = o.version + 1,
	       o.reply = NULL,
	       o.ship_name = a.name, o.ship_contact = a.contact, o.ship_phone = a.phone,
	       o.branch_id = COALESCE(o.branch_id, a.branch_id),
	       o.ship_address = a.address
	 WHERE o.id = p_id;
	CALL order_refresh(p_id);
	CALL approval_open_order(p_id);
END//

-- Today's list prices on the lines; a price agreed by the office stays, and that of an accepted
-- quotation until its last day. A line without a price any more loses its list, and line_refusal()
-- says so.
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE order_reprice(IN p_order BIGINT,
	IN p_party BIGINT, IN p_day DATE)
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_quote BIGINT;

	SELECT quotation_id INTO v_quote FROM sales_order WHERE id = p_order;
	IF v_quote IS NOT NULL THEN
		-- a list price again, which the next statement makes today's
		UPDATE sales_order_line l
		  JOIN quotation_line q ON q.party_id = l.party_id AND q.quote_id = v_quote
				AND q.product_id = l.product_id AND q.price = l.price
		   SET l.price = l.list_price
		 WHERE l.party_id = p_party AND l.order_id = p_order;
	END IF;
	UPDATE sales_order_line l
	  JOIN (SELECT x.id, price_tier_for(p_party, x.product_id, x.ordered_qty, p_day) AS tier
		  FROM sales_order_line x
		 WHERE x.party_id = p_party AND x.order_id = p_order
		 LIMIT 5000) q ON q.id = l.id
	  JOIN product p ON p.id = l.product_id
	  LEFT JOIN price_tier t ON t.id = q.tier
	   SET l.amount = ROUND(l.ordered_qty * IF(l.price = l.list_price,
			COALESCE(t.price, l.price), l.price), 2),
	       l.price = IF(l.price = l.list_price, COALESCE(t.price, l.price), l.price),
	       l.list_price = COALESCE(t.price, l.list_price),
	       l.floor_price = COALESCE(t.floor_price, p.floor_price),
	       l.price_list_id = t.price_list_id,
	       l.vat_rate = p.vat_rate, l.granted_qty = NULL, l.approved_qty = 0, l.reply = NULL
	 WHERE l.party_id = p_party AND l.order_id = p_order;
	IF v_quote IS NOT NULL THEN
		UPDATE sales_order_line l
		  JOIN (SELECT x.id, quote_price(v_quote, x.product_id, x.ordered_qty, p_day) AS quoted
			  FROM sales_order_line x
			 WHERE x.party_id = p_party AND x.order_id = p_order
			 LIMIT 5000) q ON q.id = l.id AND q.quoted < l.price
		   SET l.price = q.quoted, l.amount = ROUND(l.ordered_qty * q.quoted, 2)
		 WHERE l.party_id = p_party AND l.order_id = p_order;
	END IF;
END//

-- Takes a submitted order back to a draft, by the buyer's side.
-- @execute office
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE order_withdraw(IN p_order BIGINT,
	IN p_party BIGINT, OUT p_id BIGINT)
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_status VARCHAR(20);

	CALL customer_lock(p_party);
	SELECT id, status INTO p_id, v_status FROM sales_order WHERE id = p_order
	       AND party_id = p_party FOR UPDATE;
	IF p_id IS NOT NULL THEN
		IF v_status <> 'submitted' THEN
			CALL refuse(CONCAT('order.state||status=', v_status));
		END IF;
		CALL order_reopen(p_id);
		UPDATE sales_order SET version = version + 1 WHERE id = p_id;
	END IF;
END//

-- Cancels what has not left: a draft or returned order whole, an approved one's
-- unshipped rest with its reservations; what is shipped stays. p_why is kept as the reply.
-- @execute office
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE order_cancel(IN p_order BIGINT,
	IN p_party BIGINT, IN p_why VARCHAR(400), OUT p_id BIGINT)
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_status VARCHAR(20);
	DECLARE v_shipped INT;

	CALL customer_lock(p_party);
	SELECT id, status INTO p_id, v_status FROM sales_order WHERE id = p_order
	       AND party_id = p_party FOR UPDATE;
	IF p_id IS NOT NULL THEN
		IF v_status NOT IN ('draft', 'returned', 'approved', 'picking', 'partly_shipped')
		THEN
			CALL refuse(CONCAT('order.state||status=', v_status));
		ELSEIF EXISTS (SELECT 1 FROM shipment WHERE party_id = p_party AND order_id = p_id
			AND status = 'picking') THEN
			CALL refuse('order.picking');
		END IF;
		CALL stock_release(p_id);
		SELECT COALESCE(SUM(shipped_qty), 0) INTO v_shipped FROM sales_order_line
		       WHERE party_id = p_party AND order_id = p_id;
		UPDATE sales_order_line SET cancelled_qty = approved_qty - shipped_qty
			WHERE party_id = p_party AND order_id = p_id;
		UPDATE sales_order SET reply = COALESCE(p_why, reply), version = version + 1
			WHERE id = p_id;
		IF v_shipped = 0 THEN
			UPDATE sales_order SET status = 'cancelled' WHERE id = p_id;
		END IF;
		CALL order_refresh(p_id);
		CALL order_tell(p_id, IF(v_shipped = 0, 'order.cancelled', 'order.rest_cancelled'));
	END IF;
END//

DELIMITER ;
