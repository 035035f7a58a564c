-- The ledger, invoices and what they post. Balances are derived from vouchers;
-- a correction is a reversing row. Each takes the customer's lock first.

DELIMITER //

-- A voucher; p_lines: JSON array of {"account":"1122", "party":1, "debit":"113.00", "credit":"0"}.
-- Refuses one that does not sum to zero.
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE voucher_post(IN p_party BIGINT, IN p_day DATE,
	IN p_kind VARCHAR(12), IN p_doc_kind VARCHAR(20),
	IN p_doc BIGINT, IN p_doc_no VARCHAR(40), IN p_note VARCHAR(200), IN p_lines TEXT,
		OUT p_id BIGINT)
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_no VARCHAR(32);
	DECLARE v_diff DECIMAL(18,2);

	CALL next_number('PZ', p_party, p_day, v_no);
	INSERT INTO voucher (voucher_no, party_id, biz_date, kind, doc_kind, doc_id, doc_no, note,
		created_by)
	VALUES (v_no, p_party, p_day, p_kind, p_doc_kind, p_doc, p_doc_no, p_note, @actor_id);
	SET p_id = LAST_INSERT_ID();
	INSERT INTO voucher_line (voucher_id, line_no, account_code, party_id, biz_date, debit,
		credit)
	SELECT p_id, j.n, j.account, j.party, p_day, COALESCE(j.debit, 0), COALESCE(j.credit, 0)
	  FROM JSON_TABLE(p_lines, '$[*]' COLUMNS (n FOR ORDINALITY,
			account VARCHAR(10) PATH '$.account', party BIGINT PATH '$.party',
		debit DECIMAL(18,2) PATH '$.debit', credit DECIMAL(18,2) PATH '$.credit')) j
	 WHERE COALESCE(j.debit, 0) <> COALESCE(j.credit, 0);
	SELECT SUM(debit - credit) INTO v_diff FROM voucher_line WHERE voucher_id = p_id;
	IF v_diff IS NULL OR v_diff <> 0 THEN
		CALL refuse('voucher.unbalanced');
	END IF;
END//

-- What a customer owes on a day: receivable less unallocated receipts.
-- @execute office jobs
CREATE OR REPLACE DEFINER = owner@localhost FUNCTION ledger_balance(p_party BIGINT,
	p_day DATE) RETURNS DECIMAL(18,2)
SQL SECURITY DEFINER READS SQL DATA
RETURN COALESCE((
	SELECT SUM(debit - credit)
	  FROM voucher_line
	 WHERE party_id = p_party AND account_code IN ('1122', '2203') AND biz_date <= p_day), 0)//

-- Sums of an invoice from its lines.
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE invoice_sum(IN p_invoice BIGINT)
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	UPDATE invoice i
	  JOIN (SELECT SUM(net_amount) AS net, SUM(tax_amount) AS tax, SUM(amount) AS gross
			FROM invoice_line WHERE invoice_id = p_invoice) q
	   SET i.net_amount = q.net, i.tax_amount = q.tax, i.amount = q.gross
	 WHERE i.id = p_invoice;
END//

-- A blue invoice, still to be issued, over what was shipped and not yet invoiced:
-- of one shipment, or of the whole order (p_shipment NULL). Returns id, doc_no.
-- @execute office
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE invoice_new(IN p_order BIGINT,
	IN p_shipment BIGINT)
SQL SECURITY DEFINER MODIFIES SQL DATA
new: BEGIN
	DECLARE v_party, v_id BIGINT;
	DECLARE v_no VARCHAR(32);

	SELECT party_id INTO v_party FROM sales_order WHERE id = p_order;
	IF v_party IS NULL THEN
		LEAVE new;
	END IF;
	SELECT party_id INTO v_party FROM customer WHERE party_id = v_party FOR UPDATE;
	SELECT id INTO v_id FROM sales_order WHERE id = p_order FOR UPDATE;
	CALL next_number('IV', v_party, business_day(), v_no);
	INSERT INTO invoice (party_id, order_id, doc_no, kind, title, uscc, net_amount, tax_amount,
		amount, created_by)
	SELECT id, p_order, v_no, 'blue', name, uscc, 0, 0, 0, @actor_id FROM party
	       WHERE id = v_party;
	SET v_id = LAST_INSERT_ID();
	INSERT INTO invoice_line (party_id, invoice_id, order_line_id, product_id, qty, price,
		vat_rate, amount, net_amount, tax_amount)
	SELECT q.party_id, v_id, q.id, q.product_id, q.qty, q.price, q.vat_rate,
	       ROUND(q.qty * q.price, 2),
	       net_of(ROUND(q.qty * q.price, 2), q.vat_rate),
	       ROUND(q.qty * q.price, 2) - net_of(ROUND(q.qty * q.price, 2), q.vat_rate)
	  FROM (SELECT l.party_id, l.id, l.line_no, l.product_id, l.price, l.vat_rate,
		       LEAST(l.shipped_qty - l.refused_qty - l.returned_qty - (l.invoiced_qty - l.red_qty),
			COALESCE((SELECT SUM(s.qty - s.refused_qty - s.damaged_qty)
				FROM shipment_line s
				   JOIN shipment h ON h.id = s.shipment_id AND h.order_id = p_order
						AND h.status IN ('shipped', 'in_transit',
							'delivered')
				  WHERE s.party_id = l.party_id AND s.order_line_id = l.id
						AND p_shipment IN (s.shipment_id)),
				IF(p_shipment IS NULL, l.shipped_qty, 0))) AS qty
		  FROM sales_order_line l
		 WHERE l.party_id = v_party AND l.order_id = p_order) q
	 WHERE q.qty > 0
	 ORDER BY q.line_no;
	IF ROW_COUNT() = 0 THEN
		CALL refuse('invoice.nothing');
	END IF;
	CALL invoice_sum(v_id);
	UPDATE sales_order_line l
	  JOIN invoice_line i ON i.invoice_id = v_id AND i.order_line_id = l.id
	   SET l.invoiced_qty = l.invoiced_qty + i.qty;
	CALL order_refresh(p_order);
	SELECT v_id AS id, v_no AS doc_no;
END//

-- A red invoice against an issued blue one, of a return or (NULL) of none. p_lines: JSON array of
-- {"line":n, "qty":n} (n counting the blue lines by id from 1), NULL: all that is not corrected yet.
-- p_id: NULL when the blue one is not issued.
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE invoice_red_make(IN p_blue BIGINT,
	IN p_lines LONGTEXT, IN p_reason VARCHAR(200), IN p_return BIGINT, OUT p_id BIGINT)
SQL SECURITY DEFINER MODIFIES SQL DATA
red: BEGIN
	DECLARE v_party, v_order BIGINT;
	DECLARE v_bad INT;
	DECLARE v_no VARCHAR(32);

	SET p_id = NULL;
	SELECT party_id, order_id INTO v_party, v_order FROM invoice WHERE id = p_blue
	       AND kind = 'blue' AND status = 'issued';
	IF v_party IS NULL THEN
		LEAVE red;
	ELSEIF COALESCE(p_reason, '') = '' THEN
		CALL refuse('required|reason');
	END IF;
	SELECT party_id INTO v_party FROM customer WHERE party_id = v_party FOR UPDATE;
	SELECT q.n INTO v_bad
	  FROM (SELECT id, qty - red_qty AS free, ROW_NUMBER() OVER (ORDER BY id) AS n
			FROM invoice_line WHERE invoice_id = p_blue) q
	  JOIN JSON_TABLE(COALESCE(p_lines, '[]'), '$[*]'
			COLUMNS (line INT PATH '$.line', qty INT PATH '$.qty')) j ON j.line = q.n
	 WHERE j.qty < 0 OR j.qty > q.free
	 LIMIT 1;
	IF v_bad IS NOT NULL THEN
		CALL refuse(CONCAT('qty.more|qty.', v_bad));
	END IF;
	CALL next_number('IV', v_party, business_day(), v_no);
	INSERT INTO invoice (party_id, order_id, doc_no, kind, red_of_id, return_id, title, uscc,
		reason, net_amount, tax_amount, amount, created_by)
	SELECT party_id, order_id, v_no, 'red', id, p_return, title, uscc, p_reason, -0.01, 0, -0.01,
	       @actor_id FROM invoice WHERE id = p_blue;
	SET p_id = LAST_INSERT_ID();
	INSERT INTO invoice_line (party_id, invoice_id, order_line_id, product_id, blue_line_id,
		qty, price, vat_rate, amount, net_amount, tax_amount)
	SELECT b.party_id, p_id, b.order_line_id, b.product_id, b.id, -q.qty, b.price, b.vat_rate,
	       -ROUND(q.qty * b.price, 2),
	       -net_of(ROUND(q.qty * b.price, 2), b.vat_rate),
	       -(ROUND(q.qty * b.price, 2) - net_of(ROUND(q.qty * b.price, 2), b.vat_rate))
	  FROM invoice_line b
	  JOIN (SELECT x.id, COALESCE(j.qty, IF(p_lines IS NULL, x.free, 0)) AS qty
		  FROM (SELECT id, qty - red_qty AS free, ROW_NUMBER() OVER (ORDER BY id) AS n
				FROM invoice_line WHERE invoice_id = p_blue) x
		  LEFT JOIN JSON_TABLE(COALESCE(p_lines, '[]'), '$[*]'
				COLUMNS (line INT PATH '$.line', qty INT PATH '$.qty')) j
					ON j.line = x.n) q
	    ON q.id = b.id
	 WHERE q.qty > 0
	 ORDER BY b.id;
	IF ROW_COUNT() = 0 THEN
		CALL refuse('invoice.nothing');
	END IF;
	CALL invoice_sum(p_id);
	UPDATE invoice_line b JOIN invoice_line r ON r.invoice_id = p_id AND r.blue_line_id = b.id
		SET b.red_qty = b.red_qty - r.qty;
	UPDATE sales_order_line l JOIN invoice_line r ON r.invoice_id = p_id
		AND r.order_line_id = l.id SET l.red_qty = l.red_qty - r.qty;
	CALL order_refresh(v_order);
END//

-- The same of no return. Returns id, doc_no; no row when the blue one is not issued.
-- @execute office
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE invoice_red(IN p_blue BIGINT,
	IN p_lines LONGTEXT, IN p_reason VARCHAR(200))
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_id BIGINT;

	CALL invoice_red_make(p_blue, p_lines, p_reason, NULL, v_id);
	SELECT id, doc_no FROM invoice WHERE id = v_id;
END//

-- The way at the tax platform: asked for, or failed with its answer.
-- @execute office
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE invoice_request(IN p_invoice BIGINT,
	IN p_request_no VARCHAR(40))
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	UPDATE invoice SET status = 'requested', request_no = p_request_no, version = version + 1
	 WHERE id = p_invoice AND status IN ('to_issue', 'failed');
	SELECT id, status FROM invoice WHERE id = p_invoice AND ROW_COUNT() = 1;
END//

-- @execute office
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE invoice_fail(IN p_invoice BIGINT,
	IN p_reason VARCHAR(200))
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	UPDATE invoice SET status = 'failed', reason = p_reason, version = version + 1
		WHERE id = p_invoice AND status = 'requested';
	SELECT id, status FROM invoice WHERE id = p_invoice AND ROW_COUNT() = 1;
END//

-- Drops one that was never issued; its quantities may be invoiced again.
-- @execute office
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE invoice_void(IN p_invoice BIGINT)
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_order BIGINT;

	UPDATE invoice SET status = 'void', version = version + 1 WHERE id = p_invoice
		AND status IN ('to_issue', 'failed');
	IF ROW_COUNT() = 1 THEN
		SELECT order_id INTO v_order FROM invoice WHERE id = p_invoice;
		UPDATE invoice_line b JOIN invoice_line r ON r.invoice_id = p_invoice
			AND r.blue_line_id = b.id SET b.red_qty = b.red_qty + r.qty;
		UPDATE sales_order_line l JOIN invoice_line i ON i.invoice_id = p_invoice
			AND i.order_line_id = l.id
		   SET l.invoiced_qty = l.invoiced_qty - IF(i.qty > 0, i.qty, 0),
		       l.red_qty = l.red_qty + IF(i.qty < 0, i.qty, 0);
		CALL order_refresh(v_order);
		CALL return_settle(v_order);
		SELECT id, status FROM invoice WHERE id = p_invoice;
	END IF;
END//

-- Tells the customer's people who keep its account that an invoice was issued.
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE invoice_tell(IN p_invoice BIGINT)
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	INSERT INTO notification (user_id, kind, args, href)
	SELECT DISTINCT u.id, IF(i.kind = 'red', 'invoice.red', 'invoice.issued'),
	       CONCAT('no=', i.invoice_no), CONCAT('/invoices/view?id=', i.pid)
	  FROM invoice i
	  JOIN app_user u ON u.party_id = i.party_id AND u.site = 'portal'
		AND u.status = 'active' AND u.branch_id IS NULL
	  JOIN user_role ur ON ur.user_id = u.id
	  JOIN role_permission rp ON rp.role_id = ur.role_id AND rp.permission = 'statement.view'
	 WHERE i.id = p_invoice;
END//

-- Records the number of the tax platform and posts: blue DR 1122 CR 6001, 2221; red is a negative
-- copy and settles
-- its blue item as far as that is open. No row when it is not waiting for its number.
-- @execute office
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE invoice_issue(IN p_invoice BIGINT,
	IN p_code VARCHAR(12), IN p_no VARCHAR(20), IN p_day DATE)
SQL SECURITY DEFINER MODIFIES SQL DATA
issue: BEGIN
	DECLARE v_party, v_order, v_red_of, v_voucher, v_item, v_blue_item BIGINT;
	DECLARE v_net, v_tax, v_gross, v_open DECIMAL(18,2);
	DECLARE v_base, v_due DATE;
	DECLARE v_kind VARCHAR(4);

	SELECT party_id INTO v_party FROM invoice WHERE id = p_invoice;
	SELECT party_id INTO v_party FROM customer WHERE party_id = v_party FOR UPDATE;
	IF COALESCE(p_no, '') NOT RLIKE '^[0-9]{8,20}$' THEN
		CALL refuse('invoice.number|invoice_no');
	ELSEIF p_day IS NULL OR p_day > business_day() THEN
		CALL refuse('date.future|issued_on');
	END IF;
	UPDATE invoice SET status = 'issued', invoice_code = COALESCE(p_code, ''),
		invoice_no = p_no, issued_on = p_day, version = version + 1
	 WHERE id = p_invoice AND status IN ('to_issue', 'requested', 'failed');
	IF ROW_COUNT() = 0 THEN
		LEAVE issue;
	END IF;
	SELECT i.order_id, i.red_of_id, i.kind, i.net_amount, i.tax_amount, i.amount,
	       CASE c.terms_base WHEN 'order' THEN o.order_date
		WHEN 'ship' THEN COALESCE((SELECT MAX(shipped_on) FROM shipment s
			WHERE s.party_id = o.party_id AND s.order_id = o.id), p_day)
		WHEN 'sign' THEN COALESCE((SELECT MAX(a.arrived_on) FROM shipment s JOIN arrival a
			ON a.shipment_id = s.id
			WHERE s.party_id = o.party_id AND s.order_id = o.id), p_day)
		ELSE p_day END
	  INTO v_order, v_red_of, v_kind, v_net, v_tax, v_gross, v_base
	  FROM invoice i
	  JOIN sales_order o ON o.id = i.order_id
	  JOIN customer c ON c.party_id = i.party_id
	 WHERE i.id = p_invoice;
	SET v_due = IF(v_kind = 'red', p_day, due_date(v_party, v_base));
	UPDATE invoice SET due_on = v_due WHERE id = p_invoice;
	CALL voucher_post(v_party, p_day, IF(v_kind = 'red', 'red', 'invoice'), 'invoice',
		p_invoice, p_no, NULL,
		JSON_ARRAY(JSON_OBJECT('account', '1122', 'party', v_party, 'debit', v_gross),
			JSON_OBJECT('account', '6001', 'credit', v_net),
				JSON_OBJECT('account', '2221', 'credit', v_tax)), v_voucher);
	INSERT INTO ar_item (party_id, kind, invoice_id, order_id, doc_no, biz_date, due_on, amount)
	VALUES (v_party, IF(v_kind = 'red', 'red', 'invoice'), p_invoice, v_order, p_no, p_day,
		v_due, v_gross);
	SET v_item = LAST_INSERT_ID();
	IF v_kind = 'red' THEN
		SELECT id, open_amount INTO v_blue_item, v_open FROM ar_item
		       WHERE invoice_id = v_red_of FOR UPDATE;
		SET v_open = LEAST(v_open, -v_gross);
		IF v_open > 0 THEN
			INSERT INTO allocation (party_id, ar_item_id, credit_item_id, amount,
				allocated_on, how, created_by)
			VALUES (v_party, v_blue_item, v_item, v_open, p_day, 'red', @actor_id);
			UPDATE ar_item SET settled = settled + v_open WHERE id = v_blue_item;
			UPDATE ar_item SET settled = settled - v_open WHERE id = v_item;
		END IF;
	END IF;
	UPDATE sales_order_line l
	  JOIN invoice_line i ON i.invoice_id = p_invoice AND i.order_line_id = l.id
	   SET l.issued_qty = l.issued_qty + i.qty;
	CALL order_refresh(v_order);
	CALL return_settle(v_order);
	CALL invoice_tell(p_invoice);
	SELECT id, status, due_on FROM invoice WHERE id = p_invoice;
END//

DELIMITER ;
