-- Recall of a lot (DOMAIN 4.4): the trace from receipt to terminals, and the road of a
-- recall: open (the lot is blocked), notices, answers, close.

DELIMITER //

-- A quantity without the zeros behind its point.
CREATE OR REPLACE DEFINER = owner@localhost FUNCTION qty_text(p_qty DECIMAL(18,4))
RETURNS VARCHAR(24)
SQL SECURITY DEFINER DETERMINISTIC NO SQL
RETURN TRIM(TRAILING '.' FROM TRIM(TRAILING '0' FROM p_qty))//

CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE recall_event_add(IN p_recall BIGINT,
	IN p_party BIGINT, IN p_kind VARCHAR(12), IN p_note VARCHAR(1000))
SQL SECURITY DEFINER MODIFIES SQL DATA
INSERT INTO recall_event (recall_id, party_id, kind, note, created_by, at)
VALUES (p_recall, p_party, p_kind, p_note, @actor_id, UTC_TIMESTAMP(6))//

-- What came back to us of a lot by returns, on the lists of its recalls that run: what a holder says
-- he returned is at least that.
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE recall_received(IN p_lot BIGINT)
SQL SECURITY DEFINER MODIFIES SQL DATA
UPDATE recall r
  JOIN recall_party h ON h.recall_id = r.id
  JOIN (SELECT party_id, SUM(good_qty + bad_qty) AS qty FROM return_line WHERE lot_id = p_lot
	 GROUP BY party_id) q ON q.party_id = h.party_id
   SET h.received = q.qty, h.returned = GREATEST(h.returned, q.qty)
 WHERE r.live_lot = p_lot//

-- Everybody who got goods of the lot: from our shipments, from reported sales, by reported stock;
-- by rows of products nobody knows yet too (unsure), whose sellers are asked.
-- What was listed before keeps its answers; figures become those of today.
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE recall_list(IN p_recall BIGINT)
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_lot BIGINT DEFAULT (SELECT lot_id FROM recall WHERE id = p_recall);

	DELETE FROM recall_party
	 WHERE recall_id = p_recall AND tier IN ('unknown', 'unsure') AND status = 'listed';
	UPDATE recall_party SET shipped = 0, bought = 0, sold = 0, unsure = 0, stock = NULL,
		stock_date = NULL
	 WHERE recall_id = p_recall;
	INSERT INTO recall_party (recall_id, party_id, tier, shipped, bought, sold, unsure, stock,
		stock_date)
	SELECT p_recall, g.party_id, CASE WHEN MAX(g.sure) = 0 THEN 'unsure'
		WHEN MAX(g.sells) = 0 AND EXISTS (SELECT 1 FROM party_role x
			WHERE x.party_id = g.party_id
			AND x.role IN ('hospital', 'pharmacy', 'chain', 'clinic')) THEN 'terminal'
		ELSE 'distributor' END,
	       SUM(g.shipped), SUM(g.bought), SUM(g.sold), SUM(g.unsure), MAX(g.stock),
	       MAX(g.stock_date)
	  FROM (SELECT x.party_id, 1 AS sure, 0 AS sells, SUM(x.qty - x.refused_qty) AS shipped,
			0 AS bought, 0 AS sold, 0 AS unsure, NULL AS stock, NULL AS stock_date
		  FROM shipment_line x
		  JOIN shipment s ON s.id = x.shipment_id AND s.party_id = x.party_id
			AND s.status IN ('shipped', 'in_transit', 'delivered')
		 WHERE x.lot_id = v_lot
		 GROUP BY x.party_id
		UNION ALL
		SELECT COALESCE(y.merged_into, y.id), 1, 0, 0, SUM(f.qty), 0, 0, NULL, NULL
		  FROM lot_sale f
		  JOIN party y ON y.id = f.party_id
		 WHERE f.lot_id = v_lot GROUP BY COALESCE(y.merged_into, y.id)
		UNION ALL
		SELECT f.sender_id, 1, 1, 0, 0, SUM(f.qty), 0, NULL, NULL FROM lot_sale f
		 WHERE f.lot_id = v_lot GROUP BY f.sender_id
		UNION ALL
		SELECT COALESCE(y.merged_into, y.id), 0, 0, 0, 0, 0, SUM(f.qty), NULL, NULL
		  FROM lot_unsure f
		  JOIN party y ON y.id = f.party_id
		 WHERE f.lot_id = v_lot GROUP BY COALESCE(y.merged_into, y.id)
		UNION ALL
		SELECT f.sender_id, 1, 1, 0, 0, 0, SUM(f.qty), NULL, NULL FROM lot_unsure f
		 WHERE f.lot_id = v_lot GROUP BY f.sender_id
		UNION ALL
		SELECT c.party_id, 1, 0, 0, 0, 0, 0, SUM(c.qty), MAX(c.stock_date)
		  FROM lot l
		  JOIN channel_stock c ON c.product_id = l.product_id AND c.lot_no = l.lot_no
		 WHERE l.id = v_lot AND c.qty > 0
		 GROUP BY c.party_id) g
	 GROUP BY g.party_id
	    ON DUPLICATE KEY UPDATE tier = VALUES(tier), shipped = VALUES(shipped),
		bought = VALUES(bought), sold = VALUES(sold), unsure = VALUES(unsure),
		stock = VALUES(stock), stock_date = VALUES(stock_date);
	INSERT INTO recall_party (recall_id, name_id, tier, bought, unsure)
	SELECT p_recall, g.name_id, IF(MAX(g.sure), 'unknown', 'unsure'), SUM(g.bought), SUM(g.unsure)
	  FROM (SELECT f.party_name_id AS name_id, 1 AS sure, f.qty AS bought, 0 AS unsure
		  FROM lot_sale f
		 WHERE f.lot_id = v_lot AND f.party_id IS NULL
		UNION ALL
		SELECT f.party_name_id, 0, 0, f.qty FROM lot_unsure f
		 WHERE f.lot_id = v_lot AND f.party_id IS NULL) g
	 GROUP BY g.name_id;
	CALL recall_received(v_lot);
	CALL recall_event_add(p_recall, NULL, 'listed', NULL);
END//

-- Opens a recall and takes the lot out of sale in the same transaction.
-- @execute office
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE recall_open(IN p_lot BIGINT,
	IN p_class VARCHAR(3), IN p_reason VARCHAR(400), IN p_measures VARCHAR(400), OUT p_recall BIGINT)
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_no VARCHAR(32);
	DECLARE v_product BIGINT;
	DECLARE v_version INT;
	DECLARE v_status VARCHAR(12);
	DECLARE v_now DATETIME(6) DEFAULT UTC_TIMESTAMP(6);
	DECLARE v_step INT DEFAULT CASE p_class WHEN 'I' THEN 1 WHEN 'II' THEN 2 ELSE 3 END;

	SELECT product_id, version, status INTO v_product, v_version, v_status
	  FROM lot WHERE id = p_lot FOR UPDATE;
	IF v_product IS NULL THEN
		CALL refuse('recall.lot|lot');
	END IF;
	IF EXISTS (SELECT 1 FROM recall WHERE live_lot = p_lot) THEN
		CALL refuse('recall.twice|lot');
	END IF;
	CALL next_number('ZH', NULL, business_day(), v_no);
	INSERT INTO recall (recall_no, lot_id, product_id, class, reason, measures, opened_by,
		opened_at, notify_by, plan_by)
	VALUES (v_no, p_lot, v_product, p_class, p_reason, p_measures, @actor_id, v_now,
		v_now + INTERVAL v_step * 24 HOUR,
		business_day() + INTERVAL ELT(v_step, 1, 3, 7) DAY);
	SET p_recall = LAST_INSERT_ID();
	CALL lot_set_status(p_lot, v_version, 'recalled', LEFT(CONCAT(v_no, ' ', p_reason), 200));
	CALL recall_event_add(p_recall, NULL, 'opened', p_reason);
	CALL recall_list(p_recall);
END//

-- The list again, after more files came in.
-- @execute office
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE recall_refresh(IN p_recall BIGINT,
	OUT p_done TINYINT)
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	UPDATE recall SET version = version + 1
	 WHERE id = p_recall AND status IN ('open', 'notified');
	SET p_done = ROW_COUNT() > 0;
	IF p_done THEN
		CALL recall_list(p_recall);
	END IF;
END//

-- Tells the users of the holders who may answer: those of the company, and of a chain for its
-- branch. p_again 0: who was not told yet; 1: who was and has not answered. Of what is unsure the
-- sellers are told, who can say whether it was this product.
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE recall_tell(IN p_recall BIGINT,
	IN p_again TINYINT)
SQL SECURITY DEFINER MODIFIES SQL DATA
INSERT INTO notification (user_id, kind, args, href)
SELECT DISTINCT a.user_id, IF(p_again, 'recall.reminder', 'recall.notice'),
       CONCAT('no=', r.recall_no, '|lot=', l.lot_no), CONCAT('/recalls/view?id=', h.pid)
  FROM recall_party h
  JOIN recall r ON r.id = h.recall_id
  JOIN lot l ON l.id = r.lot_id
  JOIN recall_answerer a ON a.party_id = h.party_id
 WHERE h.recall_id = p_recall AND h.status = IF(p_again, 'notified', 'listed')
   AND (p_again OR h.tier <> 'unsure')//

-- Sends the notices; whoever nobody signs in for gets a letter. Again for those found later.
-- @execute office
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE recall_notify(IN p_recall BIGINT,
	OUT p_done INT)
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_now DATETIME(6) DEFAULT UTC_TIMESTAMP(6);

	UPDATE recall SET told_of = IF(status = 'open', NULL, told_of), status = 'notified',
		notified_at = COALESCE(notified_at, v_now),
		report_by = COALESCE(report_by, business_day()
			+ INTERVAL recall_days(class) DAY),
		version = version + 1
	 WHERE id = p_recall AND status IN ('open', 'notified');
	SET p_done = ROW_COUNT();
	IF p_done > 0 THEN
		CALL recall_tell(p_recall, 0);
		UPDATE recall_party h
		  JOIN party p ON p.id = h.party_id
		   SET h.status = 'notified', h.notified_at = v_now,
		       h.notified_by = IF(EXISTS (SELECT 1 FROM recall_answerer a
			WHERE a.party_id = p.id), 'portal', 'letter'),
		       h.version = h.version + 1
		 WHERE h.recall_id = p_recall AND h.status = 'listed' AND h.tier <> 'unsure';
		CALL recall_event_add(p_recall, NULL, 'notified', NULL);
	END IF;
END//

-- Reminds those who have not answered. p_done 0: the recall does not run.
-- @execute office
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE recall_remind(IN p_recall BIGINT,
	OUT p_done INT)
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	SELECT COUNT(*) INTO p_done FROM recall WHERE id = p_recall AND status = 'notified';
	IF p_done > 0 THEN
		CALL recall_tell(p_recall, 1);
		UPDATE recall_party SET reminders = reminders + 1, reminded_at = UTC_TIMESTAMP(6),
			version = version + 1
		 WHERE recall_id = p_recall AND status = 'notified';
		CALL recall_event_add(p_recall, NULL, 'reminded', NULL);
	END IF;
END//

-- Days between two steps of a class: reports and reminders (DOMAIN 4.4).
CREATE OR REPLACE DEFINER = owner@localhost FUNCTION recall_days(p_class VARCHAR(3)) RETURNS INT
SQL SECURITY DEFINER DETERMINISTIC NO SQL
RETURN CASE p_class WHEN 'I' THEN 1 WHEN 'II' THEN 3 ELSE 7 END//

-- What is due at p_now and was not done: holders that are silent, a reminder for each whole step since
-- their notice (who had a letter cannot be told here: the opener is, to ask again); notices or a
-- report whose day is past, once each, to the opener. Running it again does nothing.
-- @execute jobs
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE recall_remind_due(IN p_now DATETIME(6))
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_end TINYINT DEFAULT 0;
	DECLARE v_holder, v_recall BIGINT;
	DECLARE v_step INT;
	DECLARE silent CURSOR FOR
		SELECT h.id, h.recall_id,
		       FLOOR(TIMESTAMPDIFF(HOUR, h.notified_at, p_now) / (24 * recall_days(r.class))) AS step
		  FROM recall r
		  JOIN recall_party h ON h.recall_id = r.id AND h.status = 'notified'
		 WHERE r.status = 'notified' AND FLOOR(TIMESTAMPDIFF(HOUR, h.notified_at, p_now)
			/ (24 * recall_days(r.class))) > h.remind_step
		 ORDER BY h.recall_id, h.id;
	DECLARE CONTINUE HANDLER FOR NOT FOUND SET v_end = 1;

	OPEN silent;
	one: LOOP
		SET v_end = 0;
		FETCH silent INTO v_holder, v_recall, v_step;
		IF v_end THEN
			LEAVE one;
		END IF;
		UPDATE recall_party
		   SET remind_step = v_step, reminders = reminders + 1, reminded_at = p_now,
		       version = version + 1
		 WHERE id = v_holder AND status = 'notified' AND remind_step < v_step;
		IF ROW_COUNT() > 0 THEN
			CALL recall_tell_one(v_holder);
			CALL recall_event_add(v_recall, (SELECT party_id FROM recall_party
				WHERE id = v_holder), 'reminded', NULL);
		END IF;
	END LOOP;
	CLOSE silent;
	INSERT INTO notification (user_id, kind, args, href)
	SELECT r.opened_by, IF(r.status = 'open', 'recall.unsent', 'recall.unreported'),
	       CONCAT('no=', r.recall_no), CONCAT('/recalls/view?id=', r.id)
	  FROM recall r
	 WHERE recall_overdue(r.status, r.notify_by, r.report_by, p_now) <> COALESCE(r.told_of, '1000-01-01');
	UPDATE recall r
	   SET r.told_of = recall_overdue(r.status, r.notify_by, r.report_by, p_now)
	 WHERE recall_overdue(r.status, r.notify_by, r.report_by, p_now) <> COALESCE(r.told_of, '1000-01-01');
END//

-- The due day that is past: of the notices while none went out, then of the report; NULL: none.
CREATE OR REPLACE DEFINER = owner@localhost FUNCTION recall_overdue(p_status VARCHAR(10),
	p_notify_by DATETIME(6), p_report_by DATE, p_now DATETIME(6)) RETURNS DATE
SQL SECURITY DEFINER DETERMINISTIC NO SQL
RETURN CASE WHEN p_status = 'open' AND p_notify_by < p_now THEN DATE(p_notify_by + INTERVAL 8 HOUR)
	WHEN p_status = 'notified' AND p_report_by < DATE(p_now + INTERVAL 8 HOUR) THEN p_report_by END//

-- A reminder for one holder: to who may answer there, else to the opener.
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE recall_tell_one(IN p_holder BIGINT)
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	INSERT INTO notification (user_id, kind, args, href)
	SELECT DISTINCT a.user_id, 'recall.reminder', CONCAT('no=', r.recall_no, '|lot=', l.lot_no),
	       CONCAT('/recalls/view?id=', h.pid)
	  FROM recall_party h
	  JOIN recall r ON r.id = h.recall_id
	  JOIN lot l ON l.id = r.lot_id
	  JOIN recall_answerer a ON a.party_id = h.party_id
	 WHERE h.id = p_holder;
	IF ROW_COUNT() = 0 THEN
		INSERT INTO notification (user_id, kind, args, href)
		SELECT r.opened_by, 'recall.silent', CONCAT('no=', r.recall_no, '|who=',
			COALESCE(p.name, n.name)), CONCAT('/recalls/view?id=', r.id)
		  FROM recall_party h
		  JOIN recall r ON r.id = h.recall_id
		  LEFT JOIN party p ON p.id = h.party_id
		  LEFT JOIN flow_name n ON n.id = h.name_id
		 WHERE h.id = p_holder;
	END IF;
END//

-- An answer of a holder, by himself or taken down by the office from his letter. Done: nothing is
-- left with him. p_done 0: the recall does not run, or he was not told yet.
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE recall_answer(IN p_holder BIGINT,
	IN p_on_hand DECIMAL(18,4), IN p_returned DECIMAL(18,4), IN p_resold VARCHAR(1000),
	OUT p_done TINYINT)
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_recall, v_party BIGINT;
	DECLARE v_got, v_received DECIMAL(18,4);

	SELECT h.recall_id, h.party_id, h.shipped + h.bought + h.unsure, h.received
	  INTO v_recall, v_party, v_got, v_received
	  FROM recall_party h
	  JOIN recall r ON r.id = h.recall_id AND r.status = 'notified'
	 WHERE h.id = p_holder AND h.status <> 'listed' FOR UPDATE;
	SET p_done = v_recall IS NOT NULL;
	IF p_done THEN
		IF p_on_hand < 0 THEN
			CALL refuse('ck_recall_party_on_hand');
		ELSEIF p_returned < 0 OR (v_got > 0 AND p_returned > v_got) THEN
			CALL refuse(CONCAT('recall.returned|returned|got=', qty_text(v_got)));
		ELSEIF p_returned < v_received THEN
			CALL refuse(CONCAT('recall.received|returned|back=', qty_text(v_received)));
		END IF;
		UPDATE recall_party SET on_hand = p_on_hand, returned = p_returned,
			resold_to = p_resold, answered_by = @actor_id, answered_at = UTC_TIMESTAMP(6),
			status = IF(p_on_hand = 0, 'done', 'answered'), version = version + 1
		 WHERE id = p_holder;
		CALL recall_event_add(v_recall, v_party, 'answered', CONCAT_WS(' / ',
			qty_text(p_on_hand), qty_text(p_returned), p_resold));
	END IF;
END//

-- @execute office
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE recall_answer_for(IN p_recall BIGINT,
	IN p_holder BIGINT, IN p_on_hand DECIMAL(18,4), IN p_returned DECIMAL(18,4),
	IN p_resold VARCHAR(1000), OUT p_done TINYINT)
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	SET p_done = 0;
	IF EXISTS (SELECT 1 FROM recall_party WHERE id = p_holder AND recall_id = p_recall) THEN
		CALL recall_answer(p_holder, p_on_hand, p_returned, p_resold, p_done);
	END IF;
END//

-- A progress report went to the authority; the next is due by class.
-- @execute office
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE recall_reported(IN p_recall BIGINT,
	OUT p_done TINYINT)
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	UPDATE recall SET report_by = business_day()
			+ INTERVAL recall_days(class) DAY,
		version = version + 1
	 WHERE id = p_recall AND status = 'notified';
	SET p_done = ROW_COUNT() > 0;
	IF p_done THEN
		CALL recall_event_add(p_recall, NULL, 'reported', NULL);
	END IF;
END//

-- Ends a recall: closed with a conclusion, or, before any notice, cancelled with a reason. The lot
-- stays out of sale until quality decides on it.
-- @execute office
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE recall_end(IN p_recall BIGINT,
	IN p_version INT, IN p_status VARCHAR(10), IN p_conclusion VARCHAR(1000), OUT p_done TINYINT)
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	UPDATE recall SET status = p_status, conclusion = p_conclusion, closed_by = @actor_id,
		closed_at = UTC_TIMESTAMP(6), report_by = NULL, version = version + 1
	 WHERE id = p_recall AND version = p_version AND p_status IN ('closed', 'cancelled')
	   AND status = IF(p_status = 'closed', 'notified', 'open');
	SET p_done = ROW_COUNT() > 0;
	IF p_done THEN
		CALL recall_event_add(p_recall, NULL, p_status, p_conclusion);
	END IF;
END//

DELIMITER ;
