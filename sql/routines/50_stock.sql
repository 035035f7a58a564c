-- Company stock: movements and balance in one transaction, FEFO allocation,
-- adjustments by two persons (DOMAIN 4.2, 10 invariant 2). Balance rows are
-- locked in the order of product, expiry, lot.

DELIMITER //

-- One movement and its balance. Out of stock, or a sale of what may not be sold, refuses.
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE stock_move(IN p_warehouse BIGINT,
	IN p_lot BIGINT, IN p_qty INT, IN p_kind VARCHAR(10),
	IN p_doc_kind VARCHAR(20), IN p_doc BIGINT, IN p_day DATE, IN p_note VARCHAR(200))
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_product BIGINT;
	DECLARE v_status VARCHAR(12);
	DECLARE v_expires DATE;

	SELECT product_id, status, expires_on INTO v_product, v_status, v_expires FROM lot
	       WHERE id = p_lot;
	IF p_kind = 'ship' AND (v_status <> 'released' OR is_expired(v_expires, p_day)) THEN
		CALL refuse((SELECT CONCAT('lot.blocked||lot=', lot_no) FROM lot WHERE id = p_lot));
	END IF;
	IF p_qty > 0 THEN
		INSERT INTO stock_balance (warehouse_id, lot_id, product_id, qty)
			VALUES (p_warehouse, p_lot, v_product, p_qty)
		    ON DUPLICATE KEY UPDATE qty = qty + p_qty;
	ELSE
		-- what ships was reserved before: both go down together
		UPDATE stock_balance
		   SET qty = qty + p_qty, reserved = reserved + IF(p_kind = 'ship', p_qty, 0)
		 WHERE warehouse_id = p_warehouse AND lot_id = p_lot
		   AND IF(p_kind = 'ship', reserved + p_qty >= 0, qty - reserved + p_qty >= 0);
		IF ROW_COUNT() = 0 THEN
			CALL refuse((SELECT CONCAT('stock.short|qty|lot=', lot_no) FROM lot
				WHERE id = p_lot));
		END IF;
	END IF;
	INSERT INTO stock_movement (warehouse_id, lot_id, product_id, qty, kind, doc_kind, doc_id,
		biz_date, note, created_by)
	VALUES (p_warehouse, p_lot, v_product, p_qty, p_kind, p_doc_kind, p_doc, p_day, p_note,
		@actor_id);
END//

-- Goods in. p_lines: JSON array of {"row":n, "product":id or "code":"…", "lot":"…",
-- "produced":"date", "expires":"date", "qty":n}.
-- New lots start in quarantine. Returns id and receipt_no.
-- @execute office
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE stock_receive(IN p_warehouse BIGINT,
	IN p_supplier BIGINT, IN p_day DATE, IN p_note VARCHAR(200), IN p_lines LONGTEXT)
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_done INT DEFAULT 0;
	DECLARE v_row, v_qty INT;
	DECLARE v_product, v_lot, v_receipt BIGINT;
	DECLARE v_lot_no VARCHAR(40);
	DECLARE v_produced, v_expires, v_known DATE;
	DECLARE v_no VARCHAR(32);
	DECLARE incoming CURSOR FOR
		SELECT COALESCE(j.row, j.n), COALESCE(j.product,
		       (SELECT id FROM product p WHERE p.code = j.code)), TRIM(j.lot), j.produced,
		       j.expires, j.qty
		  FROM JSON_TABLE(p_lines, '$[*]'
				COLUMNS (n FOR ORDINALITY, row INT PATH '$.row',
					product BIGINT PATH '$.product',
						code VARCHAR(40) PATH '$.code',
			lot VARCHAR(40) PATH '$.lot', produced DATE PATH '$.produced',
				expires DATE PATH '$.expires', qty INT PATH '$.qty')) j
		 ORDER BY 2, j.n;
	DECLARE CONTINUE HANDLER FOR NOT FOUND SET v_done = 1;

	CALL next_number('RK', NULL, p_day, v_no);
	INSERT INTO stock_receipt (receipt_no, warehouse_id, supplier_id, received_on, note,
		created_by)
	VALUES (v_no, p_warehouse, p_supplier, p_day, p_note, @actor_id);
	SET v_receipt = LAST_INSERT_ID(), v_done = 0;
	OPEN incoming;
	FETCH incoming INTO v_row, v_product, v_lot_no, v_produced, v_expires, v_qty;
	IF v_done = 1 THEN
		CALL refuse('receipt.empty');
	END IF;
	WHILE v_done = 0 DO
		IF v_product IS NULL THEN
			CALL refuse(CONCAT('code.unknown|code.', v_row));
		ELSEIF COALESCE(v_lot_no, '') = '' THEN
			CALL refuse(CONCAT('required|lot.', v_row));
		ELSEIF v_qty IS NULL OR v_qty < 1 THEN
			CALL refuse(CONCAT('qty.missing|qty.', v_row));
		END IF;
		SET v_lot = (SELECT id FROM lot WHERE product_id = v_product
		    AND lot_key = UPPER(v_lot_no));
		IF v_lot IS NULL THEN
			IF v_produced IS NULL OR v_expires IS NULL OR v_expires <= v_produced THEN
				CALL refuse(CONCAT('lot.dates|expires.', v_row));
			END IF;
			INSERT INTO lot (product_id, lot_no, produced_on, expires_on)
				VALUES (v_product, v_lot_no, v_produced, v_expires);
			SET v_lot = LAST_INSERT_ID();
		ELSE
			SET v_known = (SELECT expires_on FROM lot WHERE id = v_lot);
			IF v_expires IS NOT NULL AND v_expires <> v_known THEN
				CALL refuse(CONCAT('lot.differs|expires.', v_row, '|expires=',
					v_known));
			END IF;
		END IF;
		CALL stock_move(p_warehouse, v_lot, v_qty, 'receive', 'stock_receipt', v_receipt,
			p_day, NULL);
		SET v_done = 0;
		FETCH incoming INTO v_row, v_product, v_lot_no, v_produced, v_expires, v_qty;
	END WHILE;
	CLOSE incoming;
	SELECT v_receipt AS id, v_no AS receipt_no;
END//

-- Quality decides on a lot. Blocking or recalling frees what was held of it and
-- not yet on a pick list; lists with it are refused when they ship.
-- @execute office
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE lot_set_status(IN p_lot BIGINT,
	IN p_version INT, IN p_status VARCHAR(12), IN p_note VARCHAR(200))
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_n BIGINT;

	-- whoever allocates or picks of this lot is done, or waits and then sees its new status
	SELECT COUNT(*) INTO v_n FROM stock_balance WHERE lot_id = p_lot FOR UPDATE;
	SELECT COUNT(*) INTO v_n FROM reservation WHERE lot_id = p_lot FOR UPDATE;
	UPDATE lot SET status = p_status, status_note = p_note, version = version + 1
		WHERE id = p_lot AND version = p_version;
	IF ROW_COUNT() = 0 THEN
		CALL refuse('conflict|version');
	END IF;
	IF p_status <> 'released' THEN
		UPDATE sales_order_line l
		  JOIN (SELECT order_line_id, SUM(qty) AS held FROM reservation
			 WHERE lot_id = p_lot AND shipment_id IS NULL GROUP BY order_line_id) r
					ON r.order_line_id = l.id
		   SET l.reserved_qty = l.reserved_qty - r.held;
		UPDATE stock_balance b
		  JOIN (SELECT warehouse_id, SUM(qty) AS held FROM reservation
			 WHERE lot_id = p_lot AND shipment_id IS NULL GROUP BY warehouse_id) r
					ON r.warehouse_id = b.warehouse_id
		   SET b.reserved = b.reserved - r.held
		 WHERE b.lot_id = p_lot;
		DELETE FROM reservation WHERE lot_id = p_lot AND shipment_id IS NULL;
	END IF;
END//

-- Asks for a correction (+ found, - lost) or a transfer (p_to, quantity positive).
-- @execute office
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE stock_adjust_ask(IN p_warehouse BIGINT,
	IN p_lot BIGINT, IN p_qty INT, IN p_reason VARCHAR(10),
	IN p_to BIGINT, IN p_note VARCHAR(200))
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_no VARCHAR(32);

	IF p_qty < 0 AND NOT EXISTS (SELECT 1 FROM stock_balance WHERE warehouse_id = p_warehouse
		AND lot_id = p_lot AND qty - reserved + p_qty >= 0) THEN
		CALL refuse('stock.short|qty');
	END IF;
	CALL next_number('TZ', NULL, business_day(), v_no);
	INSERT INTO stock_adjustment (adjustment_no, warehouse_id, lot_id, qty, reason,
		to_warehouse_id, note, made_by)
	VALUES (v_no, p_warehouse, p_lot, p_qty, p_reason, p_to, p_note, COALESCE(@actor_id, 0));
	SELECT LAST_INSERT_ID() AS id, v_no AS adjustment_no;
END//

-- Another person decides: approve moves the stock, reject closes it. No row when it is not waiting.
-- @execute office
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE stock_adjust_decide(IN p_adjustment BIGINT,
	IN p_decision VARCHAR(10), IN p_comment VARCHAR(200))
SQL SECURITY DEFINER MODIFIES SQL DATA
decide: BEGIN
	DECLARE v_status, v_reason VARCHAR(10);
	DECLARE v_warehouse, v_lot, v_to, v_maker BIGINT;
	DECLARE v_qty INT;

	SELECT status, warehouse_id, lot_id, qty, reason, to_warehouse_id, made_by INTO v_status,
	       v_warehouse, v_lot, v_qty, v_reason, v_to, v_maker
	  FROM stock_adjustment
	 WHERE id = p_adjustment
	   FOR UPDATE;
	IF v_status IS NULL OR v_status <> 'waiting' THEN
		LEAVE decide;
	ELSEIF v_maker = @actor_id THEN
		CALL refuse('approve.own');
	ELSEIF p_decision NOT IN ('approve', 'reject') THEN
		CALL refuse('decision.unknown|decision');
	END IF;
	UPDATE stock_adjustment
	   SET status = IF(p_decision = 'approve', 'approved', 'rejected'), decided_by = @actor_id,
	       decided_at = UTC_TIMESTAMP(6),
	       comment = p_comment, version = version + 1
	 WHERE id = p_adjustment;
	IF p_decision = 'approve' AND v_reason = 'transfer' THEN
		CALL stock_move(v_warehouse, v_lot, -v_qty, 'transfer', 'stock_adjustment',
			p_adjustment, business_day(), NULL);
		CALL stock_move(v_to, v_lot, v_qty, 'transfer', 'stock_adjustment', p_adjustment,
			business_day(), NULL);
	ELSEIF p_decision = 'approve' THEN
		CALL stock_move(v_warehouse, v_lot, v_qty,
			IF(v_reason IN ('damage', 'expired'), 'destroy', 'adjust'),
				'stock_adjustment', p_adjustment,
			business_day(), v_reason);
	END IF;
	SELECT id, status FROM stock_adjustment WHERE id = p_adjustment;
END//

-- Holds stock by lot, first expired first out, for one line; p_got: units held.
-- Greedy over the lots; when that takes more than stock.max_lots, the earliest
-- single lot that covers the line is preferred if it expires within
-- stock.lot_window days of the first (DOMAIN 4.2).
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE stock_allocate_line(IN p_line BIGINT,
	IN p_warehouse BIGINT, IN p_need INT, IN p_from DATE,
	IN p_cases TINYINT, IN p_max_lots INT, IN p_window INT, OUT p_got INT)
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_done INT DEFAULT 0;
	DECLARE v_pass, v_take, v_free, v_used, v_sum, v_case INT DEFAULT 0;
	DECLARE v_lot, v_single, v_product, v_party, v_order BIGINT;
	DECLARE v_expires, v_first DATE;
	DECLARE lots CURSOR FOR
		SELECT b.lot_id, b.qty - b.reserved, l.expires_on
		  FROM stock_balance b
		  JOIN lot l ON l.id = b.lot_id
		 WHERE b.product_id = v_product AND b.warehouse_id = p_warehouse
		   AND b.qty > b.reserved
		   AND l.status = 'released' AND l.expires_on >= p_from
		 ORDER BY l.expires_on, l.produced_on, l.lot_no;
	DECLARE CONTINUE HANDLER FOR NOT FOUND SET v_done = 1;

	SET p_got = 0;
	SELECT l.product_id, l.party_id, l.order_id, p.case_qty INTO v_product, v_party, v_order,
	       v_case
	  FROM sales_order_line l
	  JOIN product p ON p.id = l.product_id
	 WHERE l.id = p_line;
	-- how many lots would the greedy way take, and is there one that covers all?
	OPEN lots;
	FETCH lots INTO v_lot, v_free, v_expires;
	SET v_first = v_expires;
	WHILE v_done = 0 AND (v_sum < p_need OR v_used > p_max_lots) DO
		IF v_sum < p_need THEN
			SET v_used = v_used + 1;
		END IF;
		SET v_sum = v_sum + v_free;
		IF v_single IS NULL AND v_free >= p_need
			AND v_expires <= v_first + INTERVAL p_window DAY
		THEN
			SET v_single = v_lot;
		END IF;
		FETCH lots INTO v_lot, v_free, v_expires;
	END WHILE;
	CLOSE lots;
	IF v_used <= p_max_lots THEN
		SET v_single = NULL;
	END IF;
	-- first pass whole cases only, when the buyer wants that; second pass the rest
	SET v_pass = IF(p_cases = 1, 1, 2);
	WHILE v_pass <= 2 AND p_got < p_need DO
		SET v_done = 0;
		OPEN lots;
		FETCH lots INTO v_lot, v_free, v_expires;
		WHILE v_done = 0 AND p_got < p_need DO
			SET v_take = LEAST(v_free, p_need - p_got);
			IF v_pass = 1 THEN
				SET v_take = v_take - v_take % v_case;
			END IF;
			IF v_take > 0 AND (v_single IS NULL OR v_single = v_lot) THEN
				UPDATE stock_balance SET reserved = reserved + v_take
				 WHERE warehouse_id = p_warehouse AND lot_id = v_lot
				   AND qty - reserved >= v_take;
				IF ROW_COUNT() = 1 THEN
					INSERT INTO reservation (party_id, order_id, order_line_id,
						warehouse_id, lot_id, qty)
					VALUES (v_party, v_order, p_line, p_warehouse, v_lot,
						v_take);
					SET p_got = p_got + v_take;
				END IF;
			END IF;
			SET v_done = 0;
			FETCH lots INTO v_lot, v_free, v_expires;
		END WHILE;
		CLOSE lots;
		SET v_pass = v_pass + 1;
	END WHILE;
	UPDATE sales_order_line SET reserved_qty = reserved_qty + p_got WHERE id = p_line;
END//

-- Holds what it can of an approved order's open quantities; the rest stays a back-order.
-- @execute office jobs
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE stock_allocate(IN p_order BIGINT)
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_done INT DEFAULT 0;
	DECLARE v_line, v_warehouse, v_party, v_product BIGINT;
	DECLARE v_need, v_got, v_months INT;
	DECLARE v_max_lots INT DEFAULT param_int('stock.max_lots', 3);
	DECLARE v_window INT DEFAULT param_int('stock.lot_window', 30);
	DECLARE v_cases TINYINT;
	DECLARE v_status VARCHAR(20);
	DECLARE v_from DATE;
	DECLARE open_lines CURSOR FOR
		SELECT id, product_id, approved_qty - cancelled_qty - shipped_qty - reserved_qty
		  FROM sales_order_line
		 WHERE party_id = v_party AND order_id = p_order
		   AND approved_qty - cancelled_qty - shipped_qty - reserved_qty > 0
		 ORDER BY product_id;
	DECLARE CONTINUE HANDLER FOR NOT FOUND SET v_done = 1;

	SELECT party_id INTO v_party FROM sales_order WHERE id = p_order;
	SELECT min_remaining_months, whole_cases INTO v_months, v_cases
	  FROM customer WHERE party_id = v_party FOR UPDATE;
	SELECT warehouse_id, status INTO v_warehouse, v_status
	  FROM sales_order WHERE id = p_order FOR UPDATE;
	IF v_status IS NULL OR v_status NOT IN ('approved', 'picking', 'partly_shipped') THEN
		CALL refuse(CONCAT('order.state||status=', COALESCE(v_status, '')));
	END IF;
	SET v_from = GREATEST(business_day() + INTERVAL v_months MONTH,
	    business_day() + INTERVAL param_int('stock.min_remaining_days', 30) DAY);
	OPEN open_lines;
	FETCH open_lines INTO v_line, v_product, v_need;
	WHILE v_done = 0 DO
		-- the lock that makes buyers of one product wait their turn
		SELECT COUNT(*) INTO v_got
		  FROM stock_balance
		 WHERE product_id = v_product AND warehouse_id = v_warehouse
		   FOR UPDATE;
		CALL stock_allocate_line(v_line, v_warehouse, v_need, v_from, v_cases, v_max_lots,
			v_window, v_got);
		SET v_done = 0;
		FETCH open_lines INTO v_line, v_product, v_need;
	END WHILE;
	CLOSE open_lines;
	CALL order_refresh(p_order);
END//

-- Frees what is held and not on a pick list.
-- @execute office jobs
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE stock_release(IN p_order BIGINT)
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_done INT DEFAULT 0;
	DECLARE v_id, v_warehouse, v_lot, v_line, v_party BIGINT;
	DECLARE v_qty INT;
	DECLARE held CURSOR FOR
		SELECT r.id, r.warehouse_id, r.lot_id, r.order_line_id, r.qty
		  FROM reservation r
		  JOIN lot l ON l.id = r.lot_id
		 WHERE r.order_id = p_order AND r.shipment_id IS NULL AND r.qty > 0
		 ORDER BY l.product_id, l.expires_on, l.id;
	DECLARE CONTINUE HANDLER FOR NOT FOUND SET v_done = 1;

	-- what is held is looked at once nobody else can change it
	SELECT party_id INTO v_party FROM sales_order WHERE id = p_order;
	SELECT party_id INTO v_party FROM customer WHERE party_id = v_party FOR UPDATE;
	SELECT party_id INTO v_party FROM sales_order WHERE id = p_order FOR UPDATE;
	SET v_done = 0;
	OPEN held;
	FETCH held INTO v_id, v_warehouse, v_lot, v_line, v_qty;
	WHILE v_done = 0 DO
		UPDATE stock_balance SET reserved = reserved - v_qty
			WHERE warehouse_id = v_warehouse AND lot_id = v_lot;
		UPDATE sales_order_line SET reserved_qty = reserved_qty - v_qty WHERE id = v_line;
		DELETE FROM reservation WHERE id = v_id;
		SET v_done = 0;
		FETCH held INTO v_id, v_warehouse, v_lot, v_line, v_qty;
	END WHILE;
	CLOSE held;
	CALL order_refresh(p_order);
END//

DELIMITER ;
