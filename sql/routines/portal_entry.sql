-- Portal, writing an order: lines judged while they are typed, the drafts at hand,
-- a product added from the catalogue, the sheet to fill in a spreadsheet.

DELIMITER //

-- Judges lines before anything is saved, with money. p_lines as for portal_orders_save().
-- p_order: the order being changed (0 none). p_like: the order it was copied from (0 none), for
-- was_price, what a line cost then when that differs. Two results.
-- A row for each line, in order: row, code, product_id, product, pack, unit, case_qty,
-- qty_multiple, min_qty, qty, price, was_price, amount, total (of all), band and free (as the
-- stock policy shows them), error (`code|field|…`, NULL is good).
-- Credit: credit_limit, exposure (without this order), available, overdue, terms_kind,
-- terms_days, gap (refusal of the company's licences).
-- @execute portal
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE portal_entry_check(
	IN p_token VARCHAR(64), IN p_lines LONGTEXT, IN p_order BIGINT, IN p_like BIGINT)
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	DECLARE v_user, v_party, v_branch, v_warehouse, v_like, v_quote BIGINT;
	DECLARE v_show VARCHAR(8);
	DECLARE v_lots, v_hold TINYINT;
	DECLARE v_limit, v_exposure, v_overdue DECIMAL(18,2);
	DECLARE v_day DATE DEFAULT business_day();

	CALL portal_guard(p_token, 'order.create', v_user, v_party, v_branch);
	CALL stock_policy_of(v_party, v_show, v_lots);
	SELECT COALESCE(warehouse_id, param_int('order.warehouse', 1)) INTO v_warehouse
	       FROM customer WHERE party_id = v_party;
	SET v_like = own_order(v_party, v_branch, p_like);
	SELECT MAX(quotation_id) INTO v_quote FROM sales_order
	 WHERE party_id = v_party AND id = own_order(v_party, v_branch, p_order);
	-- each step is made whole (LIMIT), so that a function is asked once for a line
	SELECT q.row, q.code, q.product_id, p.generic_name AS product, p.pack_spec AS pack, p.unit,
	       p.case_qty, p.qty_multiple, p.min_qty, q.qty,
	       COALESCE(LEAST(q.quoted, t.price), t.price) AS price,
	       IF(w.price <> t.price, w.price, NULL) AS was_price,
	       ROUND(q.qty * COALESCE(LEAST(q.quoted, t.price), t.price), 2) AS amount,
	       COALESCE(SUM(ROUND(q.qty * COALESCE(LEAST(q.quoted, t.price), t.price), 2))
			OVER (), 0) AS total,
	       IF(p.id IS NULL OR v_show = 'none', NULL, stock_band(q.free, p.band_low)) AS band,
	       IF(v_show = 'figures', q.free, NULL) AS free,
	       IF(q.product_id IS NULL, CONCAT('code.unknown|code.', q.row),
		REPLACE(line_refusal(v_party, q.product_id, q.qty, v_day, q.tier), '{row}',
			q.row)) AS error
	  FROM (SELECT y.row, y.n, y.code, y.qty, y.product_id,
		       IF(y.product_id IS NULL, NULL, price_tier_for(v_party, y.product_id,
			GREATEST(COALESCE(y.qty, 1), 1), v_day)) AS tier,
		       IF(v_quote IS NULL, NULL,
			quote_price(v_quote, y.product_id, y.qty, v_day)) AS quoted,
		       IF(y.product_id IS NULL, NULL,
			free_stock(y.product_id, v_warehouse)) AS free
		  FROM (SELECT x.row, x.n, x.qty, x.code,
			       IF(product_visible_to(v_party, x.found, v_day), x.found, NULL)
				AS product_id
			  FROM (SELECT COALESCE(j.row, j.n) AS row, j.n, j.code, j.qty,
				       COALESCE(j.product, (SELECT c.id FROM product c
					WHERE c.code = j.code)) AS found
				  FROM JSON_TABLE(p_lines, '$[*]' COLUMNS (n FOR ORDINALITY,
					row INT PATH '$.row', code VARCHAR(40) PATH '$.code',
					product BIGINT PATH '$.product', qty INT PATH '$.qty')) j
				 LIMIT 5000) x
			 LIMIT 5000) y
		 LIMIT 5000) q
	  LEFT JOIN product p ON p.id = q.product_id
	  LEFT JOIN price_tier t ON t.id = q.tier
	  LEFT JOIN sales_order_line w ON w.order_id = v_like AND w.product_id = q.product_id
		AND w.party_id = v_party
	 ORDER BY q.n;
	CALL credit_figures(v_party, COALESCE(own_order(v_party, v_branch, p_order), 0), v_day,
		v_limit, v_exposure, v_overdue, v_hold);
	SELECT v_limit AS credit_limit, v_exposure AS exposure, v_limit - v_exposure AS available,
	       v_overdue AS overdue, terms_kind, terms_days,
	       licence_gap(v_party, v_day) AS gap,
	       batch_before(v_party, COALESCE(own_order(v_party, v_branch, p_order), 0)) AS unpaid
	  FROM customer
	 WHERE party_id = v_party;
END//

-- Orders being written: drafts and those sent back, latest first: id, order_no, po_no, status,
-- amount, line_count, updated_at, made_by.
-- @execute portal
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE portal_entry_drafts(
	IN p_token VARCHAR(64), IN p_limit INT)
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	DECLARE v_user, v_party, v_branch BIGINT;

	CALL portal_guard(p_token, 'order.create', v_user, v_party, v_branch);
	SELECT o.pid AS id, o.order_no, o.po_no, o.status, o.amount, o.line_count, o.updated_at,
	       IF(u.site = 'portal', u.name, NULL) AS made_by
	  FROM sales_order o
	  LEFT JOIN app_user u ON u.id = o.created_by
	 WHERE o.party_id = v_party AND o.status IN ('draft', 'returned')
	   AND (v_branch IS NULL OR o.branch_id = v_branch)
	 ORDER BY o.updated_at DESC
	 LIMIT p_limit;
END//

-- Adds a product to the person's latest draft, or to a new one; a product that is there already
-- gets the quantity on top.
-- Returns id, order_no, version, status of the draft.
-- @execute portal
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE portal_entry_add(
	IN p_token VARCHAR(64), IN p_product BIGINT, IN p_qty INT)
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_user, v_party, v_branch, v_order BIGINT;
	DECLARE v_lines LONGTEXT;

	CALL portal_guard(p_token, 'order.create', v_user, v_party, v_branch);
	IF NOT product_visible_to(v_party, p_product, business_day()) THEN
		CALL refuse('code.unknown|product');
	ELSEIF COALESCE(p_qty, 0) < 1 THEN
		CALL refuse('qty.missing|qty');
	END IF;
	CALL customer_lock(v_party);
	SET v_order = COALESCE((SELECT id FROM sales_order WHERE party_id = v_party
	    AND status = 'draft' AND origin = 'portal' AND created_by = v_user
	   AND (v_branch IS NULL OR branch_id = v_branch) ORDER BY updated_at DESC LIMIT 1),
		0);
	SELECT COALESCE(GROUP_CONCAT(JSON_OBJECT('row', l.line_no, 'product', l.product_id,
			'qty', l.ordered_qty + IF(l.product_id = p_product, p_qty, 0), 'note',
				l.note) ORDER BY l.line_no), '') INTO v_lines
	  FROM sales_order_line l
	 WHERE l.party_id = v_party AND l.order_id = v_order;
	IF NOT EXISTS (SELECT 1 FROM sales_order_line WHERE party_id = v_party
		AND order_id = v_order AND product_id = p_product) THEN
		SET v_lines = CONCAT_WS(',', NULLIF(v_lines, ''),
		    JSON_OBJECT('product', p_product, 'qty', p_qty));
	END IF;
	IF v_order = 0 THEN
		CALL order_save(0, NULL, v_party, 'portal', v_branch, NULL, NULL, NULL, NULL, NULL,
			CONCAT('[', v_lines, ']'), NULL, v_order);
	ELSE
		SELECT branch_id INTO v_branch FROM sales_order WHERE id = v_order;
		CALL order_lines_set(v_order, v_party, 'portal', CONCAT('[', v_lines, ']'));
		UPDATE sales_order SET version = version + 1 WHERE id = v_order;
		CALL order_refresh(v_order);
	END IF;
	SELECT pid AS id, order_no, version, status FROM sales_order WHERE id = v_order;
END//

-- What may be ordered, to fill in quantities: code, product, pack, unit, min_qty, qty_multiple,
-- price, qty (empty), note (empty).
-- @execute portal
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE portal_entry_template(IN p_token VARCHAR(64))
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	DECLARE v_user, v_party, v_branch BIGINT;
	DECLARE v_day DATE DEFAULT business_day();

	CALL portal_guard(p_token, 'order.create', v_user, v_party, v_branch);
	SELECT o.code, NULL AS qty, NULL AS note, o.generic_name AS product, o.pack_spec AS pack,
	       o.unit, o.min_qty, o.qty_multiple, t.price
	  FROM offer o
	  JOIN price_tier t ON t.id = o.tier_id
	 WHERE o.party_id = v_party AND o.status = 'active' AND o.visible
	 ORDER BY o.code
	 LIMIT 5000;
END//

DELIMITER ;
