-- Corrections of flows: appeals, supplements, diversions and approved stock entries. A closed row
-- never changes: what is approved becomes a file of origin `correction` whose rows count in
-- the month that is open now, each with the row it corrects (DOMAIN 2.9).

DELIMITER //

-- The month a correction about p_period counts in now: that month while it is not settled,
-- else the first later one that is not.
CREATE OR REPLACE DEFINER = owner@localhost FUNCTION correction_month(
	p_period INT) RETURNS INT
SQL SECURITY DEFINER READS SQL DATA
RETURN (SELECT MIN(period) FROM period WHERE period >= p_period AND status IN ('open', 'review'))//

-- A spelling of the sender that means this party or product, to write rows with that nobody spelt.
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE correction_name(IN p_sender BIGINT,
	IN p_what VARCHAR(8), IN p_target BIGINT, OUT p_name BIGINT)
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_text, v_extra VARCHAR(200);

	SET p_name = (SELECT MIN(id) FROM flow_name WHERE sender_id = p_sender AND what = p_what
		AND state = 'matched' AND target_id = p_target AND factor = 1);
	IF p_name IS NULL THEN
		IF p_what = 'party' THEN
			SELECT name, '' INTO v_text, v_extra FROM party WHERE id = p_target;
		ELSE
			SELECT generic_name, pack_spec INTO v_text, v_extra
			  FROM product WHERE id = p_target;
		END IF;
		INSERT INTO flow_name (sender_id, what, name_key, name, extra, norm, state, target_id,
			method, first_seen, last_seen, decided_by, decided_at)
		VALUES (p_sender, p_what, UNHEX(LEFT(SHA2(CONCAT('correction|', p_what, '|', p_target),
			256), 32)), v_text, v_extra, v_text, 'matched', p_target, 'manual',
			business_day(), business_day(), @actor_id, UTC_TIMESTAMP(6));
		SET p_name = LAST_INSERT_ID();
	END IF;
END//

-- The name a sender typed, as his files would have it: the row of that spelling, or a new one that waits
-- to be matched. The key is made as cgi/lib/flowname.c makes it, so that a later file finds it.
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE correction_typed(IN p_sender BIGINT,
	IN p_text VARCHAR(200), IN p_norm VARCHAR(200), OUT p_name BIGINT, OUT p_party BIGINT)
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_key BINARY(16) DEFAULT UNHEX(LEFT(SHA2(CONCAT('C', p_text, REPEAT(CHAR(0), 5)), 256),
		32));

	INSERT IGNORE INTO flow_name (sender_id, what, name_key, name, norm, first_seen, last_seen)
	VALUES (p_sender, 'party', v_key, p_text, p_norm, business_day(), business_day());
	SELECT id, target_id INTO p_name, p_party FROM flow_name
	 WHERE sender_id = p_sender AND what = 'party' AND name_key = v_key;
END//

-- A draft of a sender; refuses months to come. The kinds people make: appeal, supplement, stock.
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE correction_make(IN p_party BIGINT,
	IN p_kind VARCHAR(10), IN p_origin VARCHAR(6), IN p_period INT, IN p_reason VARCHAR(400),
	IN p_user BIGINT, OUT p_id BIGINT)
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_no VARCHAR(32);

	IF NOT EXISTS (SELECT 1 FROM period WHERE period = p_period) THEN
		CALL refuse('correction.month|month');
	ELSEIF COALESCE(TRIM(p_reason), '') = '' THEN
		CALL refuse('required|reason');
	END IF;
	CALL next_number('LZ', p_party, business_day(), v_no);
	INSERT INTO flow_correction (correction_no, party_id, kind, origin, period, reason, made_by)
	VALUES (v_no, p_party, p_kind, p_origin, p_period, p_reason, p_user);
	SET p_id = LAST_INSERT_ID();
END//

-- One line more of a draft. A sale or purchase names its counterparty, by id or, who is not known yet, by
-- the name and its normal form; stock entries have none.
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE correction_line(IN p_id BIGINT,
	IN p_what VARCHAR(10), IN p_day DATE, IN p_counterparty BIGINT, IN p_name VARCHAR(200),
	IN p_norm VARCHAR(200), IN p_product BIGINT, IN p_lot VARCHAR(40), IN p_qty DECIMAL(18,4),
	IN p_price DECIMAL(18,4), IN p_doc VARCHAR(40))
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_kind, v_status VARCHAR(10);
	DECLARE v_party BIGINT;
	DECLARE v_from, v_to DATE;

	SELECT c.kind, c.status, c.party_id, p.starts_on, p.ends_on
	  INTO v_kind, v_status, v_party, v_from, v_to
	  FROM flow_correction c
	  JOIN period p ON p.period = c.period
	 WHERE c.id = p_id
	   FOR UPDATE;
	IF v_status <> 'draft' THEN
		CALL refuse('conflict|version');
	ELSEIF COALESCE(p_qty, 0) = 0 THEN
		CALL refuse('qty.zero|qty');
	ELSEIF p_product IS NULL THEN
		CALL refuse('correction.product|product');
	ELSEIF (v_kind = 'stock') <> (p_what IN ('opening', 'gain', 'loss')) THEN
		CALL refuse('correction.what|what');
	ELSEIF p_what IN ('opening', 'gain', 'loss') AND p_qty < 0 THEN
		CALL refuse('correction.negative|qty');
	ELSEIF p_what IN ('sale', 'purchase') AND p_counterparty IS NULL
		AND COALESCE(p_norm, '') = '' THEN
		CALL refuse('correction.counterparty|counterparty');
	ELSEIF p_counterparty = v_party THEN
		CALL refuse('correction.self|counterparty');
	ELSEIF p_day NOT BETWEEN v_from AND v_to THEN
		CALL refuse(CONCAT('correction.day|biz_date|from=', v_from, '|to=', v_to));
	END IF;
	INSERT INTO flow_correction_line (correction_id, party_id, what, biz_date, counterparty_id,
		counterparty_name, counterparty_norm, product_id, lot_no, qty, price, doc_no)
	VALUES (p_id, v_party, p_what, p_day, p_counterparty, p_name, p_norm, p_product, p_lot, p_qty, p_price,
		p_doc);
	SELECT LAST_INSERT_ID() AS id;
END//

-- Corrects a row that is there: it is taken away whole, and told again as it should be. Without
-- counterparty (or its name and normal form) or quantity that part stays; quantity 0: the sale never was.
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE correction_row(IN p_id BIGINT,
	IN p_row BIGINT, IN p_counterparty BIGINT, IN p_name VARCHAR(200), IN p_norm VARCHAR(200),
	IN p_qty DECIMAL(18,4))
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_party BIGINT;
	DECLARE v_period INT;
	DECLARE v_n INT;

	SELECT c.party_id, f.book_period INTO v_party, v_period
	  FROM flow_correction c
	  JOIN flow_file f ON f.id = p_row DIV 10000000 AND f.party_id = c.party_id
	   AND f.status = 'imported'
	 WHERE c.id = p_id AND c.status = 'draft';
	IF EXISTS (SELECT 1 FROM flow_correction_line l JOIN flow_correction c
		ON c.id = l.correction_id AND c.status IN ('draft', 'waiting', 'approved')
		WHERE l.row_id = p_row AND l.qty < 0 = (SELECT qty > 0 FROM flow_row
			WHERE book_period = v_period AND id = p_row)) THEN
		CALL refuse('correction.twice|qty');
	ELSEIF EXISTS (SELECT 1 FROM flow_row WHERE book_period = v_period AND id = p_row
		AND product_id IS NULL) THEN
		CALL refuse('correction.unmatched|qty');
	ELSEIF EXISTS (SELECT 1 FROM flow_row WHERE book_period = v_period AND id = p_row
		AND p_name IS NULL AND COALESCE(p_counterparty, party_id) <=> party_id
		AND COALESCE(p_qty, qty) = qty) THEN
		CALL refuse('correction.same|qty');
	END IF;
	INSERT INTO flow_correction_line (correction_id, party_id, what, row_id, row_period, biz_date,
		counterparty_id, counterparty_name, counterparty_norm, product_id, lot_no, qty, price,
		doc_no)
	SELECT p_id, v_party, r.kind, r.id, r.book_period, r.biz_date,
	       IF(x.n = 1, r.party_id, IF(p_name IS NULL, COALESCE(p_counterparty, r.party_id), NULL)),
	       IF(x.n = 1, NULL, p_name), IF(x.n = 1, NULL, p_norm), r.product_id, r.lot_no,
	       IF(x.n = 1, -r.qty, COALESCE(p_qty, r.qty)), r.price, r.doc_no
	  FROM flow_row r
	  JOIN (SELECT 1 AS n UNION SELECT 2) x ON x.n = 1 OR COALESCE(p_qty, r.qty) <> 0
	 WHERE r.book_period = v_period AND r.id = p_row AND r.sender_id = v_party
	 ORDER BY x.n;
	SET v_n = ROW_COUNT();
	IF v_n > 0 THEN
		SELECT p_id AS id;
	END IF;
END//

-- Draft to waiting, or out of the way. No row when it is in another state or another's.
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE correction_move(IN p_id BIGINT,
	IN p_status VARCHAR(10))
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	IF p_status = 'waiting' AND NOT EXISTS (SELECT 1 FROM flow_correction_line
		WHERE correction_id = p_id) THEN
		CALL refuse('correction.empty');
	END IF;
	UPDATE flow_correction
	   SET status = p_status, version = version + 1
	 WHERE id = p_id AND (status = 'draft' OR (status = 'waiting' AND p_status = 'withdrawn'));
	IF ROW_COUNT() > 0 THEN
		SELECT id, pid, status FROM flow_correction WHERE id = p_id;
	END IF;
END//

-- The rows of an approved correction, for one sender and kind, as a file of their own.
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE correction_post(IN p_id BIGINT,
	IN p_party BIGINT, IN p_what VARCHAR(8), IN p_book INT)
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_file, v_line, v_row, v_party, v_product, v_who, v_which BIGINT;
	DECLARE v_text, v_norm VARCHAR(200);
	DECLARE v_class, v_level TINYINT;
	DECLARE v_of BIGINT;
	DECLARE v_no VARCHAR(32);
	DECLARE v_n INT DEFAULT 0;
	DECLARE v_end TINYINT DEFAULT 0;
	DECLARE the_lines CURSOR FOR SELECT l.id, l.counterparty_id, l.product_id,
		       IF(l.counterparty_name IS NULL, r.party_name_id, NULL), l.counterparty_name,
		       l.counterparty_norm, r.product_name_id, COALESCE(r.flow_level, IF(y.distributor_level = 2, 2, 1))
		  FROM flow_correction_line l
		  JOIN party y ON y.id = l.party_id
		  LEFT JOIN flow_row r ON r.book_period = l.row_period AND r.id = l.row_id
		 WHERE l.correction_id = p_id AND l.party_id = p_party AND l.what = p_what
		 ORDER BY l.id;
	DECLARE CONTINUE HANDLER FOR NOT FOUND SET v_end = 1;

	SELECT ELT(FIELD(kind, 'appeal', 'diversion', 'supplement'), 2, 3, 5), party_id, correction_no
	  INTO v_class, v_of, v_no
	  FROM flow_correction WHERE id = p_id;
	-- what another is credited with has a number of his own and nobody's name: theirs tell whose it was
	IF p_party <> v_of THEN
		CALL next_number('CH', p_party, business_day(), v_no);
	END IF;
	INSERT INTO flow_file (party_id, kind, origin, name, format, size, sha256, book_period,
		date_from, date_to, status, rows_total, rows_done, created_by, imported_by)
	SELECT p_party, p_what, 'correction', v_no, 'none', 0,
	       UNHEX(SHA2(CONCAT('correction|', p_id, '|', p_party, '|', p_what), 256)), p_book,
	       MIN(l.biz_date), MAX(l.biz_date), 'importing', COUNT(*), COUNT(*),
	       IF(p_party = v_of, MAX(c.made_by), NULL), IF(p_party = v_of, @actor_id, NULL)
	  FROM flow_correction c
	  JOIN flow_correction_line l ON l.correction_id = c.id
	 WHERE c.id = p_id AND l.party_id = p_party AND l.what = p_what
	 GROUP BY c.id;
	SET v_file = LAST_INSERT_ID();
	OPEN the_lines;
	one: LOOP
		SET v_end = 0;
		FETCH the_lines INTO v_line, v_party, v_product, v_who, v_text, v_norm, v_which, v_level;
		IF v_end THEN
			LEAVE one;
		END IF;
		SET v_n = v_n + 1;
		-- the spelling of the row where it means the same still
		IF v_text IS NOT NULL THEN
			CALL correction_typed(p_party, v_text, v_norm, v_who, v_party);
		ELSEIF v_who IS NULL OR NOT (v_party <=> (SELECT target_id FROM flow_name
			WHERE id = v_who AND sender_id = p_party)) THEN
			CALL correction_name(p_party, 'party', v_party, v_who);
		END IF;
		IF v_which IS NULL OR NOT (v_product <=> (SELECT target_id FROM flow_name
			WHERE id = v_which AND sender_id = p_party)) THEN
			CALL correction_name(p_party, 'product', v_product, v_which);
		END IF;
		INSERT INTO flow_row (id, book_period, file_id, row_no, kind, sender_id, biz_date,
			party_name_id, product_name_id, party_id, product_id, lot_no, lot_id, raw_qty, qty,
			price, amount, doc_no, flow_level, is_pure_sale, flow_class, corrects_id)
		SELECT v_file * 10000000 + v_n, p_book, v_file, v_n, p_what, p_party, l.biz_date, v_who,
		       v_which, v_party, l.product_id, l.lot_no, (SELECT MIN(t.id) FROM lot t
			WHERE t.product_id = l.product_id AND t.lot_key = UPPER(l.lot_no)),
		       ROUND(l.qty / n.factor, 4), l.qty, l.price, ROUND(l.qty * l.price, 2), l.doc_no,
		       v_level, p_what = 'sale' AND EXISTS (SELECT 1 FROM party_role o
			WHERE o.party_id = v_party
			  AND o.role IN ('hospital', 'pharmacy', 'chain', 'clinic')), v_class, l.row_id
		  FROM flow_correction_line l
		  JOIN flow_name n ON n.id = v_which
		 WHERE l.id = v_line;
	END LOOP;
	CLOSE the_lines;
	CALL flow_file_show(v_file);
END//

-- Another person decides: approved, its rows count in the month that is open now; rejected with
-- the reason. No row when it does not wait.
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE correction_decide(IN p_id BIGINT,
	IN p_decision VARCHAR(10), IN p_comment VARCHAR(400))
SQL SECURITY DEFINER MODIFIES SQL DATA
decide: BEGIN
	DECLARE v_status, v_kind VARCHAR(10);
	DECLARE v_maker, v_party BIGINT;
	DECLARE v_period, v_book INT;
	DECLARE v_what VARCHAR(10);
	DECLARE v_end TINYINT DEFAULT 0;
	DECLARE parts CURSOR FOR SELECT DISTINCT party_id, what FROM flow_correction_line
		 WHERE correction_id = p_id AND what IN ('sale', 'purchase') ORDER BY party_id, what;
	DECLARE CONTINUE HANDLER FOR NOT FOUND SET v_end = 1;

	SELECT status, kind, made_by, period INTO v_status, v_kind, v_maker, v_period
	  FROM flow_correction WHERE id = p_id FOR UPDATE;
	IF COALESCE(v_status, '') <> 'waiting' THEN
		LEAVE decide;
	ELSEIF v_maker = @actor_id THEN
		CALL refuse('approve.own');
	ELSEIF p_decision NOT IN ('approve', 'reject') THEN
		CALL refuse('decision.unknown|decision');
	ELSEIF p_decision = 'reject' AND COALESCE(TRIM(p_comment), '') = '' THEN
		CALL refuse('reason.required|comment');
	END IF;
	IF p_decision = 'approve' THEN
		SET v_book = correction_month(v_period);
		IF v_book IS NULL THEN
			CALL refuse('correction.no_month');
		END IF;
		CALL period_hold(v_book);
	END IF;
	UPDATE flow_correction
	   SET status = IF(p_decision = 'approve', 'approved', 'rejected'), book_period = v_book,
	       decided_by = @actor_id, decided_at = UTC_TIMESTAMP(6), comment = p_comment,
	       version = version + 1
	 WHERE id = p_id;
	IF p_decision = 'approve' THEN
		INSERT INTO flow_stock_entry (period, party_id, product_id, lot_no, what, correction_id, qty)
		SELECT v_book, party_id, product_id, lot_no, what, p_id, SUM(qty)
		  FROM flow_correction_line
		 WHERE correction_id = p_id AND what IN ('opening', 'gain', 'loss')
		 GROUP BY party_id, product_id, lot_no, what;
		INSERT IGNORE INTO flow_dirty (period, party_id)
		SELECT v_book, party_id FROM flow_correction WHERE id = p_id;
		OPEN parts;
		one: LOOP
			SET v_end = 0;
			FETCH parts INTO v_party, v_what;
			IF v_end THEN
				LEAVE one;
			END IF;
			CALL correction_post(p_id, v_party, v_what, v_book);
		END LOOP;
		CLOSE parts;
	END IF;
	INSERT INTO notification (user_id, kind, args, href)
	SELECT u.id, CONCAT('correction.', c.status), CONCAT('no=', c.correction_no),
	       IF(u.site = 'office', CONCAT('/corrections/view?id=', c.id), CONCAT('/corrections/view?id=', c.pid))
	  FROM flow_correction c
	  JOIN app_user u ON u.id = c.made_by AND u.status = 'active'
	 WHERE c.id = p_id;
	SELECT p_id AS id;
END//

-- ---- the office ----

-- @execute office
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE flow_correction_new(IN p_party BIGINT,
	IN p_kind VARCHAR(10), IN p_period INT, IN p_reason VARCHAR(400))
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_id BIGINT;

	IF p_kind NOT IN ('appeal', 'supplement', 'stock') THEN
		CALL refuse('choice|kind');
	END IF;
	CALL correction_make(p_party, p_kind, 'office', p_period, p_reason, @actor_id, v_id);
	SELECT v_id AS id;
END//

-- @execute office
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE flow_correction_line_add(IN p_id BIGINT,
	IN p_what VARCHAR(10), IN p_day DATE, IN p_counterparty BIGINT, IN p_product BIGINT,
	IN p_lot VARCHAR(40), IN p_qty DECIMAL(18,4), IN p_price DECIMAL(18,4),
	IN p_doc VARCHAR(40))
SQL SECURITY DEFINER MODIFIES SQL DATA
CALL correction_line(p_id, p_what, p_day, p_counterparty, NULL, NULL, p_product, p_lot, p_qty, p_price, p_doc)//

-- @execute office
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE flow_correction_row(IN p_id BIGINT,
	IN p_row BIGINT, IN p_counterparty BIGINT, IN p_qty DECIMAL(18,4))
SQL SECURITY DEFINER MODIFIES SQL DATA
CALL correction_row(p_id, p_row, p_counterparty, NULL, NULL, p_qty)//

-- @execute office
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE flow_correction_line_drop(IN p_id BIGINT,
	IN p_line BIGINT)
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DELETE l FROM flow_correction_line l
	  JOIN flow_correction c ON c.id = l.correction_id AND c.status = 'draft'
	  JOIN flow_correction_line x ON x.id = p_line AND x.correction_id = l.correction_id
	 WHERE l.correction_id = p_id AND (l.id = x.id OR l.row_id = x.row_id);
	IF ROW_COUNT() > 0 THEN
		SELECT p_id AS id;
	END IF;
END//

-- @execute office
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE flow_correction_move(IN p_id BIGINT,
	IN p_status VARCHAR(10))
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	IF EXISTS (SELECT 1 FROM flow_correction WHERE id = p_id AND made_by = @actor_id) THEN
		CALL correction_move(p_id, p_status);
	END IF;
END//

-- @execute office
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE flow_correction_decide(IN p_id BIGINT,
	IN p_decision VARCHAR(10), IN p_comment VARCHAR(400))
SQL SECURITY DEFINER MODIFIES SQL DATA
CALL correction_decide(p_id, p_decision, p_comment)//

-- @execute office
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE flow_correction_file(IN p_id BIGINT,
	IN p_file BIGINT)
SQL SECURITY DEFINER MODIFIES SQL DATA
UPDATE flow_correction SET attachment_id = p_file, version = version + 1
 WHERE id = p_id AND status = 'draft'//

DELIMITER ;
