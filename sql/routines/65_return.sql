-- Returns 退货 (DOMAIN 4.4): asked for, decided on by another, received, credited by red invoices.
-- Lock order: customer, return, then as the stock's and the invoices' routines. What is asked for is
-- held on shipment_line.return_qty, which a constraint keeps within what was accepted.

DELIMITER //

-- Tells who asked, and where the office asked, the customer's people who may ask.
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE return_tell(IN p_return BIGINT,
	IN p_kind VARCHAR(40))
SQL SECURITY DEFINER MODIFIES SQL DATA
INSERT INTO notification (user_id, kind, args, href)
SELECT DISTINCT u.id, p_kind, CONCAT('no=', r.return_no),
       CONCAT('/returns/view?id=', IF(u.site = 'portal', r.pid, r.id))
  FROM return_order r
  JOIN sales_order o ON o.id = r.order_id
  JOIN app_user u ON u.status = 'active' AND (u.id = r.made_by
	OR (r.origin = 'office' AND u.site = 'portal' AND u.party_id = r.party_id
	AND (u.branch_id IS NULL OR u.branch_id = o.branch_id)
	AND EXISTS (SELECT 1 FROM user_role x
		JOIN role_permission rp ON rp.role_id = x.role_id AND rp.permission = 'return.request'
		WHERE x.user_id = u.id)))
 WHERE r.id = p_return AND NOT u.id <=> @actor_id//

-- Tells those who may decide and in whose rows the return is.
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE return_tell_deciders(IN p_return BIGINT)
SQL SECURITY DEFINER MODIFIES SQL DATA
INSERT INTO notification (user_id, kind, args, href)
SELECT DISTINCT u.id, 'return.waiting', CONCAT('no=', r.return_no, '|who=', p.name),
       CONCAT('/returns/view?id=', r.id)
  FROM return_order r
  JOIN party p ON p.id = r.party_id
  JOIN sales_order o ON o.id = r.order_id
  LEFT JOIN org_unit its ON its.id = o.org_unit_id
  JOIN role_permission rp ON rp.permission = 'return.decide'
  JOIN role y ON y.id = rp.role_id
  JOIN user_role ur ON ur.role_id = y.id
  JOIN app_user u ON u.id = ur.user_id AND u.site = 'office' AND u.status = 'active'
	AND u.id <> r.made_by
  LEFT JOIN org_unit mine ON mine.id = u.org_unit_id
 WHERE r.id = p_return
   AND (y.row_scope = 'all' OR (y.row_scope = 'own' AND o.rep_id = u.id)
   OR (y.row_scope = 'unit' AND its.id = mine.id)
   OR (y.row_scope = 'below' AND its.path LIKE CONCAT(mine.path, '%')))//

-- The core of both sites' return_ask. p_lines: JSON array of {"line":n, "qty":n}, n counting what
-- may be returned (view returnable) of the shipment by id from 1. p_id NULL: no such shipment.
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE return_make(IN p_shipment BIGINT,
	IN p_party BIGINT, IN p_site VARCHAR(6), IN p_reason VARCHAR(10), IN p_note VARCHAR(400),
	IN p_photo BIGINT, IN p_lines LONGTEXT, OUT p_id BIGINT)
SQL SECURITY DEFINER MODIFIES SQL DATA
make: BEGIN
	DECLARE v_order BIGINT;
	DECLARE v_no VARCHAR(32);
	DECLARE v_bad, v_left INT;

	SET p_id = NULL;
	CALL customer_lock(p_party);
	SELECT order_id INTO v_order FROM shipment
	 WHERE id = p_shipment AND party_id = p_party AND status = 'delivered' FOR UPDATE;
	IF v_order IS NULL THEN
		LEAVE make;
	END IF;
	CALL next_number('TH', p_party, business_day(), v_no);
	INSERT INTO return_order (party_id, order_id, shipment_id, return_no, origin, reason, note,
		photo_id, made_by)
	VALUES (p_party, v_order, p_shipment, v_no, p_site, p_reason, p_note, p_photo, @actor_id);
	SET p_id = LAST_INSERT_ID();
	SELECT q.n, q.left_qty INTO v_bad, v_left
	  FROM (SELECT left_qty, ROW_NUMBER() OVER (ORDER BY id) AS n FROM returnable
		 WHERE party_id = p_party AND shipment_id = p_shipment) q
	  RIGHT JOIN JSON_TABLE(p_lines, '$[*]'
			COLUMNS (line INT PATH '$.line', qty INT PATH '$.qty')) j ON j.line = q.n
	 WHERE j.qty < 0 OR j.qty > COALESCE(q.left_qty, 0)
	 LIMIT 1;
	IF v_left IS NOT NULL THEN
		CALL refuse(CONCAT('return.more|qty.', v_bad, '|left=', v_left));
	END IF;
	INSERT INTO return_line (party_id, return_id, shipment_line_id, order_line_id, lot_id,
		product_id, qty)
	SELECT p_party, p_id, q.id, q.order_line_id, q.lot_id, q.product_id, j.qty
	  FROM (SELECT *, ROW_NUMBER() OVER (ORDER BY id) AS n FROM returnable
		 WHERE party_id = p_party AND shipment_id = p_shipment) q
	  JOIN JSON_TABLE(p_lines, '$[*]'
			COLUMNS (line INT PATH '$.line', qty INT PATH '$.qty')) j ON j.line = q.n
	 WHERE j.qty > 0
	 ORDER BY q.id;
	IF ROW_COUNT() = 0 THEN
		CALL refuse('return.nothing|qty.1');
	END IF;
	UPDATE shipment_line s
	  JOIN return_line l ON l.party_id = s.party_id AND l.shipment_line_id = s.id
	   SET s.return_qty = s.return_qty + l.qty
	 WHERE l.party_id = p_party AND l.return_id = p_id;
	CALL return_tell_deciders(p_id);
END//

-- Asks for a customer. Returns id; no row when nothing of the shipment may be returned.
-- @execute office
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE return_ask(IN p_shipment BIGINT,
	IN p_reason VARCHAR(10), IN p_note VARCHAR(400), IN p_photo BIGINT, IN p_lines LONGTEXT)
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_id, v_party BIGINT;

	SELECT party_id INTO v_party FROM shipment WHERE id = p_shipment;
	CALL return_make(p_shipment, v_party, 'office', p_reason, p_note, p_photo, p_lines, v_id);
	SELECT v_id AS id FROM DUAL WHERE v_id IS NOT NULL;
END//

-- What is not taken back after all may be asked for again.
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE return_let_go(IN p_return BIGINT)
SQL SECURITY DEFINER MODIFIES SQL DATA
UPDATE shipment_line s
  JOIN return_line l ON l.party_id = s.party_id AND l.shipment_line_id = s.id
  JOIN return_order r ON r.party_id = l.party_id AND r.id = l.return_id
   SET s.return_qty = s.return_qty - CASE r.status WHEN 'approved' THEN l.qty - l.approved_qty
	WHEN 'received' THEN l.approved_qty - l.good_qty - l.bad_qty ELSE l.qty END
 WHERE r.id = p_return//

-- Taken back by who asked, while nobody decided. p_done 0: not his, or decided on.
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE return_drop(IN p_return BIGINT,
	IN p_party BIGINT, OUT p_done TINYINT)
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	CALL customer_lock(p_party);
	UPDATE return_order SET status = 'withdrawn', version = version + 1
	 WHERE id = p_return AND party_id = p_party AND status = 'waiting';
	SET p_done = ROW_COUNT() > 0;
	IF p_done THEN
		CALL return_let_go(p_return);
	END IF;
END//

-- @execute office
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE return_withdraw(IN p_return BIGINT)
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_done TINYINT DEFAULT 0;
	DECLARE v_party BIGINT;

	SELECT party_id INTO v_party FROM return_order
	 WHERE id = p_return AND origin = 'office' AND made_by = @actor_id;
	IF v_party IS NOT NULL THEN
		CALL return_drop(p_return, v_party, v_done);
	END IF;
	SELECT p_return AS id FROM DUAL WHERE v_done = 1;
END//

-- Another than its maker decides. p_lines: JSON array of {"line":n, "approved":n}, n counting the
-- lines by id from 1; a line not named is approved as asked. No row when it is not waiting.
-- @execute office
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE return_decide(IN p_return BIGINT,
	IN p_decision VARCHAR(10), IN p_comment VARCHAR(400), IN p_lines LONGTEXT)
SQL SECURITY DEFINER MODIFIES SQL DATA
decide: BEGIN
	DECLARE v_party, v_maker BIGINT;
	DECLARE v_status VARCHAR(12);
	DECLARE v_bad, v_sum, v_cut INT;

	SELECT party_id INTO v_party FROM return_order WHERE id = p_return;
	CALL customer_lock(v_party);
	SELECT status, made_by INTO v_status, v_maker FROM return_order WHERE id = p_return FOR UPDATE;
	IF v_status IS NULL OR v_status <> 'waiting' THEN
		LEAVE decide;
	ELSEIF v_maker = @actor_id THEN
		CALL refuse('approve.own');
	ELSEIF p_decision NOT IN ('approve', 'reject') THEN
		CALL refuse('decision.unknown|decision');
	ELSEIF p_decision = 'reject' AND COALESCE(p_comment, '') = '' THEN
		CALL refuse('reason.required|comment');
	END IF;
	IF p_decision = 'approve' THEN
		UPDATE return_line l
		  JOIN (SELECT id, ROW_NUMBER() OVER (ORDER BY id) AS n FROM return_line
			 WHERE party_id = v_party AND return_id = p_return) q ON q.id = l.id
		  LEFT JOIN JSON_TABLE(COALESCE(p_lines, '[]'), '$[*]'
			COLUMNS (line INT PATH '$.line', approved INT PATH '$.approved')) j
				ON j.line = q.n
		   SET l.approved_qty = LEAST(GREATEST(COALESCE(j.approved, l.qty), 0), l.qty);
		SELECT q.n INTO v_bad
		  FROM (SELECT qty, ROW_NUMBER() OVER (ORDER BY id) AS n FROM return_line
			 WHERE party_id = v_party AND return_id = p_return) q
		  JOIN JSON_TABLE(COALESCE(p_lines, '[]'), '$[*]'
			COLUMNS (line INT PATH '$.line', approved INT PATH '$.approved')) j
				ON j.line = q.n
		 WHERE j.approved < 0 OR j.approved > q.qty
		 LIMIT 1;
		SELECT SUM(approved_qty), SUM(qty - approved_qty) INTO v_sum, v_cut FROM return_line
		 WHERE party_id = v_party AND return_id = p_return;
		IF v_bad IS NOT NULL THEN
			CALL refuse(CONCAT('qty.more|approved.', v_bad));
		ELSEIF v_sum = 0 THEN
			CALL refuse('return.none|approved.1');
		ELSEIF v_cut > 0 AND COALESCE(p_comment, '') = '' THEN
			CALL refuse('return.why_less|comment');
		END IF;
	END IF;
	UPDATE return_order
	   SET status = IF(p_decision = 'approve', 'approved', 'rejected'), decided_by = @actor_id,
	       decided_at = UTC_TIMESTAMP(6), comment = p_comment, version = version + 1
	 WHERE id = p_return;
	CALL return_let_go(p_return);
	CALL return_tell(p_return, IF(p_decision = 'approve', 'return.approved', 'return.rejected'));
	SELECT p_return AS id;
END//

-- Units of an order line that a return has still to credit: what came back with it and is on no red
-- invoice of it, as far as more is invoiced than the customer kept.
-- @execute office
CREATE OR REPLACE DEFINER = owner@localhost FUNCTION return_need(p_return BIGINT,
	p_order_line BIGINT) RETURNS INT
SQL SECURITY DEFINER READS SQL DATA
RETURN GREATEST(0, LEAST(
	COALESCE((SELECT SUM(l.good_qty + l.bad_qty) FROM return_line l
		WHERE l.order_line_id = p_order_line AND l.return_id = p_return), 0)
	+ COALESCE((SELECT SUM(v.qty) FROM invoice i JOIN invoice_line v ON v.invoice_id = i.id
		WHERE i.return_id = p_return AND i.status <> 'void' AND v.order_line_id = p_order_line), 0),
	(SELECT o.invoiced_qty - o.red_qty - (o.shipped_qty - o.refused_qty - o.returned_qty)
	   FROM sales_order_line o WHERE o.id = p_order_line)))//

-- Closes the returns of an order whose goods are here and whose red invoices are all issued.
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE return_settle(IN p_order BIGINT)
SQL SECURITY DEFINER MODIFIES SQL DATA
UPDATE return_order r
   SET r.status = 'closed', r.closed_at = UTC_TIMESTAMP(6), r.version = r.version + 1
 WHERE r.order_id = p_order AND r.status = 'received'
   AND NOT EXISTS (SELECT 1 FROM invoice i WHERE i.return_id = r.id
	AND i.status NOT IN ('issued', 'void'))
   AND NOT EXISTS (SELECT 1 FROM return_line l WHERE l.return_id = r.id
	AND return_need(r.id, l.order_line_id) > 0)//

-- What of a received line goes where: the good to the warehouse it left or to quarantine, the bad to
-- quarantine, where a destruction waits for another person's decision.
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE return_store(IN p_return BIGINT,
	IN p_lot BIGINT, IN p_good INT, IN p_bad INT, IN p_warehouse BIGINT, IN p_quarantine BIGINT,
	IN p_day DATE, IN p_no VARCHAR(32))
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_no VARCHAR(32);

	IF p_good > 0 THEN
		CALL stock_move(p_warehouse, p_lot, p_good, 'return', 'return_order', p_return, p_day,
			p_no);
	END IF;
	IF p_bad > 0 THEN
		CALL stock_move(p_quarantine, p_lot, p_bad, 'return', 'return_order', p_return, p_day,
			p_no);
		CALL next_number('TZ', NULL, business_day(), v_no);
		INSERT INTO stock_adjustment (adjustment_no, warehouse_id, lot_id, qty, reason, note,
			made_by)
		VALUES (v_no, p_quarantine, p_lot, -p_bad, 'damage', p_no, @actor_id);
	END IF;
END//

-- Goods are here. p_place: stock or quarantine, for the good ones; goods that need cold, expired ones
-- and lots that are not released go to quarantine. p_lines: JSON array of {"line":n, "good":n, "bad":n}.
-- Nothing came at all wants a note. No row when it is not approved.
-- @execute office
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE return_receive(IN p_return BIGINT,
	IN p_day DATE, IN p_place VARCHAR(10), IN p_note VARCHAR(200), IN p_lines LONGTEXT)
SQL SECURITY DEFINER MODIFIES SQL DATA
receive: BEGIN
	DECLARE v_done INT DEFAULT 0;
	DECLARE v_party, v_order, v_shipment, v_warehouse, v_quarantine, v_lot BIGINT;
	DECLARE v_status VARCHAR(12);
	DECLARE v_no VARCHAR(32);
	DECLARE v_made DATE;
	DECLARE v_bad, v_good INT;
	DECLARE v_odd VARCHAR(40);
	DECLARE came CURSOR FOR
		SELECT lot_id, SUM(good_qty), SUM(bad_qty) FROM return_line
		 WHERE party_id = v_party AND return_id = p_return AND good_qty + bad_qty > 0
		 GROUP BY lot_id ORDER BY MIN(product_id), lot_id;
	DECLARE CONTINUE HANDLER FOR NOT FOUND SET v_done = 1;

	SELECT party_id INTO v_party FROM return_order WHERE id = p_return;
	CALL customer_lock(v_party);
	SELECT status, order_id, shipment_id, return_no, DATE(created_at + INTERVAL 8 HOUR)
	  INTO v_status, v_order, v_shipment, v_no, v_made
	  FROM return_order WHERE id = p_return FOR UPDATE;
	IF v_status IS NULL OR v_status <> 'approved' THEN
		LEAVE receive;
	ELSEIF p_day IS NULL OR p_day < v_made OR p_day > business_day() THEN
		CALL refuse('return.date|received_on');
	ELSEIF p_place NOT IN ('stock', 'quarantine') THEN
		CALL refuse('choice|place');
	END IF;
	SELECT q.n INTO v_bad
	  FROM (SELECT approved_qty, ROW_NUMBER() OVER (ORDER BY id) AS n FROM return_line
		 WHERE party_id = v_party AND return_id = p_return) q
	  JOIN JSON_TABLE(p_lines, '$[*]' COLUMNS (line INT PATH '$.line', good INT PATH '$.good',
			bad INT PATH '$.bad')) j ON j.line = q.n
	 WHERE j.good < 0 OR j.bad < 0 OR j.good + j.bad > q.approved_qty
	 LIMIT 1;
	IF v_bad IS NOT NULL THEN
		CALL refuse(CONCAT('return.more_than_approved|good.', v_bad));
	END IF;
	UPDATE return_line l
	  JOIN (SELECT id, ROW_NUMBER() OVER (ORDER BY id) AS n FROM return_line
		 WHERE party_id = v_party AND return_id = p_return) q ON q.id = l.id
	  JOIN JSON_TABLE(p_lines, '$[*]' COLUMNS (line INT PATH '$.line', good INT PATH '$.good',
			bad INT PATH '$.bad')) j ON j.line = q.n
	   SET l.good_qty = COALESCE(j.good, 0), l.bad_qty = COALESCE(j.bad, 0);
	IF COALESCE(p_note, '') = '' AND NOT EXISTS (SELECT 1 FROM return_line
		WHERE party_id = v_party AND return_id = p_return AND good_qty + bad_qty > 0) THEN
		CALL refuse('return.empty|receipt_note');
	END IF;
	SELECT MIN(t.lot_no) INTO v_odd
	  FROM return_line l
	  JOIN lot t ON t.id = l.lot_id
	  JOIN product p ON p.id = l.product_id
	 WHERE l.party_id = v_party AND l.return_id = p_return AND l.good_qty > 0
	   AND (t.status <> 'released' OR is_expired(t.expires_on, p_day)
	   OR p.storage_class IN ('cold', 'frozen'));
	IF p_place = 'stock' AND v_odd IS NOT NULL THEN
		CALL refuse(CONCAT('return.quarantine|place|lot=', v_odd));
	END IF;
	SELECT MIN(id) INTO v_quarantine FROM warehouse WHERE kind = 'quarantine'
	       AND status = 'active';
	IF v_quarantine IS NULL THEN
		CALL refuse('return.no_quarantine');
	END IF;
	SELECT IF(p_place = 'stock', warehouse_id, v_quarantine) INTO v_warehouse
	  FROM shipment WHERE id = v_shipment;
	UPDATE return_order
	   SET status = 'received', received_by = @actor_id, received_on = p_day, place = p_place,
	       receipt_note = p_note, version = version + 1
	 WHERE id = p_return;
	CALL return_let_go(p_return);
	UPDATE sales_order_line o
	  JOIN (SELECT order_line_id, SUM(good_qty + bad_qty) AS qty FROM return_line
		 WHERE party_id = v_party AND return_id = p_return GROUP BY order_line_id) q
				ON q.order_line_id = o.id
	   SET o.returned_qty = o.returned_qty + q.qty;
	SET v_done = 0;
	OPEN came;
	FETCH came INTO v_lot, v_good, v_bad;
	WHILE v_done = 0 DO
		CALL return_store(p_return, v_lot, v_good, v_bad, v_warehouse, v_quarantine, p_day,
			v_no);
		CALL recall_received(v_lot);
		SET v_done = 0;
		FETCH came INTO v_lot, v_good, v_bad;
	END WHILE;
	CLOSE came;
	CALL order_refresh(v_order);
	CALL return_tell(p_return, 'return.received');
	CALL return_settle(v_order);
	SELECT p_return AS id;
END//

-- Red invoices, still to be issued, for what came back: against each issued blue invoice of the
-- order, oldest first, as far as it is not corrected yet. No row when the goods are not here.
-- @execute office
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE return_credit(IN p_return BIGINT)
SQL SECURITY DEFINER MODIFIES SQL DATA
credit: BEGIN
	DECLARE v_done, v_made INT DEFAULT 0;
	DECLARE v_party, v_order, v_blue, v_id BIGINT;
	DECLARE v_status VARCHAR(12);
	DECLARE v_no VARCHAR(32);
	DECLARE v_lines LONGTEXT;
	DECLARE blues CURSOR FOR
		SELECT b.invoice_id, JSON_ARRAYAGG(JSON_OBJECT('line', b.n, 'qty', b.qty))
		  FROM (SELECT f.invoice_id, f.n,
			       LEAST(f.free, GREATEST(0, f.need - f.before_it)) AS qty
			  FROM (SELECT v.invoice_id, v.n, v.free, q.need,
				       SUM(v.free) OVER (PARTITION BY v.order_line_id ORDER BY v.id)
					- v.free AS before_it
				  FROM (SELECT x.id, x.invoice_id, x.order_line_id,
					       x.qty - x.red_qty AS free,
					       ROW_NUMBER() OVER (PARTITION BY x.invoice_id
						ORDER BY x.id) AS n
					  FROM invoice i
					  JOIN invoice_line x ON x.party_id = i.party_id
						AND x.invoice_id = i.id
					 WHERE i.party_id = v_party AND i.order_id = v_order
					   AND i.kind = 'blue' AND i.status = 'issued') v
				  JOIN (SELECT DISTINCT l.order_line_id,
					       return_need(p_return, l.order_line_id) AS need
					  FROM return_line l
					 WHERE l.party_id = v_party AND l.return_id = p_return) q
						ON q.order_line_id = v.order_line_id) f) b
		 WHERE b.qty > 0
		 GROUP BY b.invoice_id
		 ORDER BY b.invoice_id;
	DECLARE CONTINUE HANDLER FOR NOT FOUND SET v_done = 1;

	SELECT party_id INTO v_party FROM return_order WHERE id = p_return;
	CALL customer_lock(v_party);
	SELECT status, order_id, return_no INTO v_status, v_order, v_no FROM return_order
	 WHERE id = p_return FOR UPDATE;
	IF v_status IS NULL OR v_status <> 'received' THEN
		LEAVE credit;
	END IF;
	SET v_done = 0;
	OPEN blues;
	FETCH blues INTO v_blue, v_lines;
	WHILE v_done = 0 DO
		CALL invoice_red_make(v_blue, v_lines, v_no, p_return, v_id);
		SET v_made = v_made + 1, v_done = 0;
		FETCH blues INTO v_blue, v_lines;
	END WHILE;
	CLOSE blues;
	IF v_made = 0 THEN
		CALL refuse('return.no_invoice');
	END IF;
	SELECT p_return AS id;
END//

DELIMITER ;
