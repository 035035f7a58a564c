-- Shipments: picked from the reservations, let out by a second person, tracked,
-- received. A write on an unknown id, or in the wrong state, returns no row.

DELIMITER //

-- Pick lists of what is held for an order: cold goods on their own. Returns a row
-- (id, shipment_no) per list made; none when nothing is held.
-- @execute office
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE shipment_create(IN p_order BIGINT)
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_done INT DEFAULT 0;
	DECLARE v_party, v_id, v_first BIGINT;
	DECLARE v_cold TINYINT;
	DECLARE v_no VARCHAR(32);
	DECLARE kinds CURSOR FOR
		SELECT DISTINCT p.storage_class IN ('cold', 'frozen')
		  FROM reservation r
		  JOIN lot l ON l.id = r.lot_id
		  JOIN product p ON p.id = l.product_id
		 WHERE r.order_id = p_order AND r.shipment_id IS NULL AND r.qty > 0
		 ORDER BY 1;
	DECLARE CONTINUE HANDLER FOR NOT FOUND SET v_done = 1;

	SELECT party_id INTO v_party FROM sales_order WHERE id = p_order;
	CALL customer_open(v_party);
	SELECT id INTO v_id FROM sales_order WHERE id = p_order FOR UPDATE;
	SET v_done = 0;
	OPEN kinds;
	FETCH kinds INTO v_cold;
	WHILE v_done = 0 DO
		CALL next_number('CK', v_party, business_day(), v_no);
		INSERT INTO shipment (party_id, order_id, shipment_no, warehouse_id, storage_class,
			ship_name, ship_contact, ship_phone,
			ship_address, expected_on, picked_by)
		SELECT party_id, id, v_no, warehouse_id, IF(v_cold, 'cold', 'normal'), ship_name,
		       ship_contact, ship_phone,
		       ship_address, COALESCE(expected_on, wanted_on), COALESCE(@actor_id, 0)
		  FROM sales_order
		 WHERE id = p_order;
		SET v_id = LAST_INSERT_ID(), v_first = COALESCE(v_first, LAST_INSERT_ID());
		UPDATE reservation r
		  JOIN lot l ON l.id = r.lot_id
		  JOIN product p ON p.id = l.product_id
		   SET r.shipment_id = v_id
		 WHERE r.order_id = p_order AND r.shipment_id IS NULL AND r.qty > 0
		   AND (p.storage_class IN ('cold', 'frozen')) = v_cold;
		INSERT INTO shipment_line (party_id, shipment_id, order_line_id, lot_id, product_id,
			qty)
		SELECT r.party_id, v_id, r.order_line_id, r.lot_id, l.product_id, SUM(r.qty)
		  FROM reservation r
		  JOIN lot l ON l.id = r.lot_id
		  JOIN sales_order_line o ON o.id = r.order_line_id
		 WHERE r.shipment_id = v_id
		 GROUP BY r.party_id, r.order_line_id, r.lot_id, l.product_id, o.line_no,
		 l.expires_on
		 ORDER BY o.line_no, l.expires_on;
		INSERT INTO shipment_event (party_id, shipment_id, kind, at, created_by)
			VALUES (v_party, v_id, 'picked', UTC_TIMESTAMP(6), @actor_id);
		SET v_done = 0;
		FETCH kinds INTO v_cold;
	END WHILE;
	CLOSE kinds;
	SELECT id, shipment_no FROM shipment WHERE party_id = v_party AND order_id = p_order
	       AND id >= v_first ORDER BY id;
END//

-- Gives a pick list up; its stock stays held for the order.
-- @execute office
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE shipment_cancel(IN p_shipment BIGINT)
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_order BIGINT;

	UPDATE shipment SET status = 'cancelled', version = version + 1 WHERE id = p_shipment
		AND status = 'picking';
	IF ROW_COUNT() = 1 THEN
		UPDATE reservation SET shipment_id = NULL WHERE shipment_id = p_shipment;
		INSERT INTO shipment_event (party_id, shipment_id, kind, at, created_by)
		SELECT party_id, id, 'cancelled', UTC_TIMESTAMP(6), @actor_id FROM shipment
		       WHERE id = p_shipment;
		SELECT order_id INTO v_order FROM shipment WHERE id = p_shipment;
		CALL order_refresh(v_order);
		SELECT id, status FROM shipment WHERE id = p_shipment;
	END IF;
END//

-- The product of a shipment that its buyer may no longer have, as a refusal, or NULL (E10).
CREATE OR REPLACE DEFINER = owner@localhost FUNCTION ship_unlicensed(p_shipment BIGINT,
	p_party BIGINT, p_day DATE) RETURNS VARCHAR(400)
SQL SECURITY DEFINER READS SQL DATA
RETURN (
	SELECT CONCAT('licence.ship||product=', q.product, '|scope=', q.scope, '|document=',
		(SELECT COALESCE(GROUP_CONCAT(IF(n.kind IS NULL, NULL, k.name) ORDER BY k.seq
				SEPARATOR '、'), GROUP_CONCAT(k.name ORDER BY k.seq SEPARATOR '、'))
		   FROM customer c
		   JOIN licence_kind k ON k.scoped = 1
		   LEFT JOIN licence_requirement n ON n.buyer_role = c.buyer_role AND n.kind = k.kind
		  WHERE c.party_id = p_party))
	  FROM (SELECT s.id, CONCAT_WS(' ', p.generic_name, p.pack_spec) AS product,
		       scope_missing(p_party, p.licence_scope, p.control_class, p_day) AS scope
		  FROM shipment_line s
		  JOIN product p ON p.id = s.product_id
		 WHERE s.party_id = p_party AND s.shipment_id = p_shipment
		 LIMIT 5000) q
	 WHERE q.scope IS NOT NULL
	 ORDER BY q.id
	 LIMIT 1)//

-- What stops an order's goods from leaving today, or NULL: licence, credit, prepayment,
-- the batch before it (X04).
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE ship_judge(IN p_shipment BIGINT,
	OUT p_refusal VARCHAR(400))
SQL SECURITY DEFINER READS SQL DATA
judge: BEGIN
	DECLARE v_party, v_order BIGINT;
	DECLARE v_limit, v_exposure, v_available, v_over, v_overdue, v_goods, v_unshipped
		DECIMAL(18,2);
	DECLARE v_hold, v_prepaid TINYINT;
	DECLARE v_before VARCHAR(40);
	DECLARE v_day DATE DEFAULT business_day();

	SELECT s.party_id, s.order_id, c.terms_kind = 'prepaid' INTO v_party, v_order, v_prepaid
	  FROM shipment s
	  JOIN customer c ON c.party_id = s.party_id
	 WHERE s.id = p_shipment;
	SET p_refusal = COALESCE(licence_gap(v_party, v_day),
	    ship_unlicensed(p_shipment, v_party, v_day));
	IF p_refusal IS NOT NULL THEN
		LEAVE judge;
	END IF;
	IF v_prepaid THEN
		CALL credit_figures(v_party, 0, v_day, v_limit, v_exposure, v_overdue, v_hold);
		SELECT SUM(ROUND(s.qty * l.price, 2)) INTO v_goods
		  FROM shipment_line s
		  JOIN sales_order_line l ON l.id = s.order_line_id
		 WHERE s.party_id = v_party AND s.shipment_id = p_shipment;
		-- money must be there for these goods; goods still in our house need none yet
		SELECT COALESCE(SUM(ROUND(l.price * (l.approved_qty - l.cancelled_qty - l.shipped_qty), 2)), 0) INTO v_unshipped
		  FROM sales_order o
		  JOIN sales_order_line l ON l.party_id = o.party_id AND l.order_id = o.id
		 WHERE o.party_id = v_party AND o.status IN ('approved', 'picking',
				'partly_shipped');
		IF v_exposure - v_unshipped + v_goods > 0 THEN
			SET p_refusal = CONCAT('prepaid.short||missing=',
			    v_exposure - v_unshipped + v_goods);
		END IF;
		LEAVE judge;
	END IF;
	CALL order_stop(v_order, v_available, v_over, v_overdue, v_hold, v_before);
	IF v_before IS NOT NULL THEN
		SET p_refusal = CONCAT('terms.previous||no=', v_before);
	ELSEIF COALESCE(v_over, v_overdue, v_hold) IS NOT NULL THEN
		SET p_refusal = CONCAT('credit.exceeded||available=', v_available,
		    '|overdue=', COALESCE(v_overdue, 0));
	END IF;
END//

-- Lets a pick list out, by somebody else than the picker: stock leaves, the note is final.
-- @execute office
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE shipment_ship(IN p_shipment BIGINT,
	IN p_carrier VARCHAR(60), IN p_tracking VARCHAR(40),
	IN p_cases INT, IN p_expected DATE, IN p_note VARCHAR(200))
SQL SECURITY DEFINER MODIFIES SQL DATA
ship: BEGIN
	DECLARE v_done INT DEFAULT 0;
	DECLARE v_party, v_order, v_warehouse, v_lot, v_line, v_picker BIGINT;
	DECLARE v_status VARCHAR(12);
	DECLARE v_refusal VARCHAR(400);
	DECLARE v_qty INT;
	DECLARE v_day DATE DEFAULT business_day();
	DECLARE picked CURSOR FOR
		SELECT s.lot_id, s.order_line_id, s.qty
		  FROM shipment_line s
		  JOIN lot l ON l.id = s.lot_id
		 WHERE s.party_id = v_party AND s.shipment_id = p_shipment
		 ORDER BY s.product_id, l.expires_on, l.id, s.id;
	DECLARE CONTINUE HANDLER FOR NOT FOUND SET v_done = 1;

	SELECT party_id, order_id INTO v_party, v_order FROM shipment WHERE id = p_shipment;
	IF v_party IS NULL THEN
		LEAVE ship;
	END IF;
	CALL customer_open(v_party);
	SELECT status, warehouse_id, picked_by INTO v_status, v_warehouse, v_picker FROM shipment
	       WHERE id = p_shipment FOR UPDATE;
	IF v_status <> 'picking' THEN
		LEAVE ship;
	ELSEIF v_picker = @actor_id THEN
		CALL refuse('check.own');
	END IF;
	CALL ship_judge(p_shipment, v_refusal);
	IF v_refusal IS NOT NULL THEN
		CALL refuse(v_refusal);
	END IF;
	SET v_done = 0;
	OPEN picked;
	FETCH picked INTO v_lot, v_line, v_qty;
	WHILE v_done = 0 DO
		CALL stock_move(v_warehouse, v_lot, -v_qty, 'ship', 'shipment', p_shipment, v_day,
			NULL);
		UPDATE sales_order_line SET reserved_qty = reserved_qty - v_qty,
			shipped_qty = shipped_qty + v_qty WHERE id = v_line;
		SET v_done = 0;
		FETCH picked INTO v_lot, v_line, v_qty;
	END WHILE;
	CLOSE picked;
	UPDATE reservation SET qty = 0 WHERE shipment_id = p_shipment;
	UPDATE shipment
	   SET status = 'shipped', checked_by = @actor_id, carrier = p_carrier,
	       tracking_no = p_tracking, cases = p_cases,
	       expected_on = COALESCE(p_expected, expected_on), note = p_note, shipped_on = v_day,
	       shipped_at = UTC_TIMESTAMP(6), version = version + 1
	 WHERE id = p_shipment;
	INSERT INTO shipment_event (party_id, shipment_id, kind, at, note, created_by)
	VALUES (v_party, p_shipment, 'shipped', UTC_TIMESTAMP(6),
		CONCAT_WS(' ', p_carrier, p_tracking), @actor_id);
	UPDATE sales_order SET expected_on = COALESCE(p_expected, expected_on) WHERE id = v_order;
	CALL order_refresh(v_order);
	INSERT INTO notification (user_id, kind, args, href)
	SELECT u.id, 'shipment.shipped', CONCAT('no=', s.shipment_no),
	       CONCAT('/shipments/view?id=', s.pid)
	  FROM shipment s
	  JOIN sales_order o ON o.id = s.order_id
	  JOIN app_user u ON u.id = o.submitted_by AND u.site = 'portal' AND u.status = 'active'
	 WHERE s.id = p_shipment;
	SELECT id, status FROM shipment WHERE id = p_shipment;
END//

-- News from the carrier: kind transit, arrived or problem, or NULL when only who carries it, and under
-- which number, is told or corrected.
-- @execute office
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE shipment_track(IN p_shipment BIGINT,
	IN p_kind VARCHAR(10), IN p_at DATETIME(6),
	IN p_place VARCHAR(80), IN p_note VARCHAR(200), IN p_temperature DECIMAL(5,2),
	IN p_carrier VARCHAR(60), IN p_tracking VARCHAR(40))
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_carrier VARCHAR(60);
	DECLARE v_tracking VARCHAR(40);
	DECLARE v_moved TINYINT DEFAULT COALESCE(p_kind IN ('transit', 'arrived', 'problem'), 0);
	DECLARE v_there BIGINT;

	SELECT MAX(id), MAX(carrier), MAX(tracking_no) INTO v_there, v_carrier, v_tracking
	  FROM shipment
	 WHERE id = p_shipment AND status IN ('shipped', 'in_transit')
	   FOR UPDATE;
	IF v_there IS NOT NULL THEN
		IF NOT v_moved AND (COALESCE(p_place, p_note, p_temperature) IS NOT NULL
			OR (v_carrier <=> p_carrier AND v_tracking <=> p_tracking)) THEN
			CALL refuse('required|kind');
		END IF;
		IF NOT (v_carrier <=> p_carrier AND v_tracking <=> p_tracking) THEN
			UPDATE shipment SET carrier = p_carrier, tracking_no = p_tracking,
				version = version + 1 WHERE id = p_shipment;
			INSERT INTO shipment_event (party_id, shipment_id, kind, at, note,
				created_by)
			SELECT party_id, id, 'carrier', UTC_TIMESTAMP(6),
			       CONCAT_WS(' ', p_carrier, p_tracking), @actor_id
			  FROM shipment
			 WHERE id = p_shipment;
		END IF;
		IF v_moved THEN
			INSERT INTO shipment_event (party_id, shipment_id, kind, at, place, note,
				temperature, created_by)
			SELECT party_id, id, p_kind, COALESCE(p_at, UTC_TIMESTAMP(6)), p_place, p_note,
			       p_temperature, @actor_id
			  FROM shipment
			 WHERE id = p_shipment;
			UPDATE shipment SET status = 'in_transit', version = version + 1
				WHERE id = p_shipment AND status = 'shipped';
		END IF;
		SELECT id, status FROM shipment WHERE id = p_shipment;
	END IF;
END//

-- The core of both sites' shipment_arrive; p_good 0: unknown or not on its way.
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE arrive_core(IN p_shipment BIGINT,
	IN p_party BIGINT, IN p_site VARCHAR(6), IN p_day DATE,
	IN p_name VARCHAR(40), IN p_temperature DECIMAL(5,2), IN p_photo BIGINT,
		IN p_note VARCHAR(400), IN p_lines LONGTEXT, OUT p_good TINYINT)
SQL SECURITY DEFINER MODIFIES SQL DATA
arrive: BEGIN
	DECLARE v_done INT DEFAULT 0;
	DECLARE v_order, v_line, v_lot, v_quarantine, v_arrival BIGINT;
	DECLARE v_status, v_storage VARCHAR(12);
	DECLARE v_shipped_on DATE;
	DECLARE v_bad, v_refused INT;
	DECLARE back CURSOR FOR
		SELECT lot_id, SUM(refused_qty) FROM shipment_line
		 WHERE party_id = p_party AND shipment_id = p_shipment AND refused_qty > 0
		 GROUP BY lot_id ORDER BY MIN(product_id), lot_id;
	DECLARE CONTINUE HANDLER FOR NOT FOUND SET v_done = 1;

	SET p_good = 0;
	CALL customer_lock(p_party);
	SELECT order_id, status, storage_class, shipped_on INTO v_order, v_status, v_storage,
	       v_shipped_on
	  FROM shipment
	 WHERE id = p_shipment AND party_id = p_party
	   FOR UPDATE;
	IF v_order IS NULL OR v_status NOT IN ('shipped', 'in_transit') THEN
		LEAVE arrive;
	ELSEIF v_storage = 'cold' AND p_temperature IS NULL THEN
		CALL refuse('temperature.missing|temperature');
	ELSEIF p_day < v_shipped_on OR p_day > business_day() THEN
		CALL refuse('arrived.date|arrived_on');
	END IF;
	UPDATE shipment_line s
	  JOIN (SELECT id, ROW_NUMBER() OVER (ORDER BY id) AS n FROM shipment_line
		 WHERE party_id = p_party AND shipment_id = p_shipment) q ON q.id = s.id
	  LEFT JOIN JSON_TABLE(COALESCE(p_lines, '[]'), '$[*]'
			COLUMNS (line INT PATH '$.line', received INT PATH '$.received',
		refused INT PATH '$.refused', damaged INT PATH '$.damaged')) j ON j.line = q.n
	   SET s.received_qty = COALESCE(j.received,
			s.qty - COALESCE(j.refused, 0) - COALESCE(j.damaged, 0)),
	       s.refused_qty = COALESCE(j.refused, 0), s.damaged_qty = COALESCE(j.damaged, 0);
	INSERT INTO arrival (party_id, shipment_id, arrived_on, received_by_name, temperature,
		photo_id, note, entered_by, entered_on)
	VALUES (p_party, p_shipment, p_day, p_name, p_temperature, p_photo, p_note, @actor_id,
		p_site);
	SET v_arrival = LAST_INSERT_ID();
	UPDATE sales_order_line l
	  JOIN (SELECT order_line_id, SUM(received_qty) AS good,
			SUM(refused_qty + damaged_qty) AS bad
		  FROM shipment_line
		 WHERE party_id = p_party AND shipment_id = p_shipment
		 GROUP BY order_line_id) q ON q.order_line_id = l.id
	   SET l.delivered_qty = l.delivered_qty + q.good, l.refused_qty = l.refused_qty + q.bad
	 WHERE l.party_id = p_party AND l.order_id = v_order;
	SELECT MIN(id) INTO v_quarantine FROM warehouse WHERE kind = 'quarantine'
	       AND status = 'active';
	SET v_done = 0;
	OPEN back;
	FETCH back INTO v_lot, v_refused;
	WHILE v_done = 0 AND v_quarantine IS NOT NULL DO
		CALL stock_move(v_quarantine, v_lot, v_refused, 'return', 'arrival', v_arrival,
			p_day, NULL);
		SET v_done = 0;
		FETCH back INTO v_lot, v_refused;
	END WHILE;
	CLOSE back;
	UPDATE shipment SET status = 'delivered', delivered_at = UTC_TIMESTAMP(6),
		version = version + 1 WHERE id = p_shipment;
	INSERT INTO shipment_event (party_id, shipment_id, kind, at, place, note, temperature,
		created_by)
	VALUES (p_party, p_shipment, 'delivered', UTC_TIMESTAMP(6), NULL, p_name, p_temperature,
		@actor_id);
	CALL order_refresh(v_order);
	SET p_good = 1;
END//

-- Arrival 签收. p_lines: JSON array of {"line":n, "received":n, "refused":n, "damaged":n}, n counting
-- the
-- shipment's lines from 1 by id; NULL: all received in good order. What is refused comes back into
-- quarantine.
-- Cold goods want a temperature.
-- @execute office
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE shipment_arrive(IN p_shipment BIGINT,
	IN p_party BIGINT, IN p_site VARCHAR(6), IN p_day DATE,
	IN p_name VARCHAR(40), IN p_temperature DECIMAL(5,2), IN p_photo BIGINT,
		IN p_note VARCHAR(400), IN p_lines LONGTEXT)
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_good TINYINT;

	CALL arrive_core(p_shipment, p_party, p_site, p_day, p_name, p_temperature, p_photo, p_note,
		p_lines, v_good);
	SELECT id, status FROM shipment WHERE id = p_shipment AND v_good = 1;
END//

DELIMITER ;
