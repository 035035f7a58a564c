-- Quotations (F081): written, sent (approved first where a price is below its floor), answered.  Each
-- locks the customer, then the quotation. A write on one that is not there returns no row.

DELIMITER //

-- The price of an accepted quotation for a line of its order: of that product, from that quantity on,
-- until its last day. NULL: none holds.
CREATE OR REPLACE DEFINER = owner@localhost FUNCTION quote_price(p_quote BIGINT, p_product BIGINT,
	p_qty INT, p_day DATE) RETURNS DECIMAL(18,4)
SQL SECURITY DEFINER READS SQL DATA
RETURN (SELECT l.price FROM quotation q
	JOIN quotation_line l ON l.party_id = q.party_id AND l.quote_id = q.id
	WHERE q.id = p_quote AND q.valid_until >= p_day AND l.product_id = p_product
		AND l.qty <= p_qty)//

-- Tells the company's buyers, or our people of it (who made it and who looks after the customer).
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE quote_tell(IN p_id BIGINT,
	IN p_kind VARCHAR(40), IN p_site VARCHAR(6))
SQL SECURITY DEFINER MODIFIES SQL DATA
INSERT INTO notification (user_id, kind, args, href)
SELECT DISTINCT u.id, p_kind, CONCAT('no=', q.quote_no, IF(p_site = 'office',
		CONCAT('|who=', p.name), '')),
       CONCAT('/quotations/view?id=', IF(p_site = 'portal', q.pid, q.id))
  FROM quotation q
  JOIN party p ON p.id = q.party_id
  JOIN app_user u ON u.status = 'active' AND u.site = p_site
	AND IF(p_site = 'office', u.id IN (q.created_by, q.rep_id, q.sent_by),
		u.party_id = q.party_id AND u.branch_id IS NULL AND EXISTS (SELECT 1 FROM user_role x
			JOIN role_permission rp ON rp.role_id = x.role_id AND rp.permission = 'order.create'
			WHERE x.user_id = u.id))
 WHERE q.id = p_id AND NOT u.id <=> @actor_id//

-- Makes a quotation (p_id 0) or changes a draft. p_lines: JSON array of {"row":n, "code":"…", "qty":n,
-- "price":n or null (the list's), "note":"…"}, the whole quotation. Returns id.
-- @execute office
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE quote_save(IN p_id BIGINT, IN p_version INT,
	IN p_party BIGINT, IN p_until DATE, IN p_pay VARCHAR(8), IN p_terms VARCHAR(200),
	IN p_note VARCHAR(400), IN p_lines LONGTEXT)
SQL SECURITY DEFINER MODIFIES SQL DATA
save: BEGIN
	DECLARE v_id BIGINT DEFAULT NULL;
	DECLARE v_version INT;
	DECLARE v_status VARCHAR(12);
	DECLARE v_no VARCHAR(32);
	DECLARE v_day DATE DEFAULT business_day();
	DECLARE v_max INT DEFAULT param_int('quote.max_days', 180);

	CALL customer_open(p_party);
	IF p_until < v_day THEN
		CALL refuse('date.past|valid_until');
	ELSEIF p_until > v_day + INTERVAL v_max DAY THEN
		CALL refuse(CONCAT('quote.long|valid_until|days=', v_max));
	END IF;
	IF p_id = 0 THEN
		CALL next_number('BJ', p_party, v_day, v_no);
		INSERT INTO quotation (party_id, quote_no, rep_id, org_unit_id, valid_until, pay, terms,
			note, created_by)
		SELECT party_id, v_no, rep_id, org_unit_id, p_until,
		       COALESCE(p_pay, IF(terms_kind = 'prepaid', 'prepaid', 'credit')), p_terms, p_note,
		       @actor_id
		  FROM customer
		 WHERE party_id = p_party;
		SET v_id = LAST_INSERT_ID();
	ELSE
		SELECT id, version, status INTO v_id, v_version, v_status FROM quotation
		 WHERE id = p_id AND party_id = p_party FOR UPDATE;
		IF v_id IS NULL THEN
			LEAVE save;
		ELSEIF v_status <> 'draft' THEN
			CALL refuse(CONCAT('quote.state||status=', v_status));
		ELSEIF NOT p_version <=> v_version THEN
			CALL refuse('conflict|version');
		END IF;
		UPDATE quotation SET valid_until = p_until, pay = COALESCE(p_pay, pay), terms = p_terms,
			note = p_note, version = version + 1
		 WHERE id = v_id;
	END IF;
	CALL quote_lines_set(v_id, p_party, p_lines);
	SELECT v_id AS id;
END//

-- The lines of a draft; a price above the list's, or a line that could not stand in an order, is refused.
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE quote_lines_set(IN p_id BIGINT,
	IN p_party BIGINT, IN p_lines LONGTEXT)
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_day DATE DEFAULT business_day();
	DECLARE v_row INT;
	DECLARE v_list DECIMAL(18,4);

	IF COALESCE(JSON_LENGTH(p_lines), 0) = 0 THEN
		CALL refuse('order.empty');
	ELSEIF JSON_LENGTH(p_lines) > 200 THEN
		CALL refuse('order.long||max=200');
	END IF;
	SELECT j.row, t.price INTO v_row, v_list
	  FROM JSON_TABLE(p_lines, '$[*]' COLUMNS (row INT PATH '$.row', code VARCHAR(40) PATH '$.code',
		qty INT PATH '$.qty', price DECIMAL(18,4) PATH '$.price')) j
	  JOIN product p ON p.code = j.code
	  JOIN price_tier t ON t.id = price_tier_for(p_party, p.id, j.qty, v_day)
	 WHERE j.price > t.price
	 ORDER BY j.row
	 LIMIT 1;
	IF v_row IS NOT NULL THEN
		CALL refuse(CONCAT('quote.above|price.', v_row, '|list=', ROUND(v_list, 2)));
	END IF;
	DELETE FROM quotation_line WHERE party_id = p_party AND quote_id = p_id;
	INSERT INTO quotation_line (party_id, quote_id, line_no, product_id, qty, price, list_price,
		floor_price, amount, note)
	SELECT p_party, p_id, q.n, q.product_id, q.qty, COALESCE(NULLIF(q.price, 0), t.price), t.price,
	       COALESCE(t.floor_price, q.floor_price),
	       ROUND(q.qty * COALESCE(NULLIF(q.price, 0), t.price), 2), q.note
	  FROM (SELECT j.n, p.id AS product_id, j.qty, j.price, j.note, p.floor_price,
		       price_tier_for(p_party, p.id, j.qty, v_day) AS tier,
		       ROW_NUMBER() OVER (PARTITION BY p.id ORDER BY j.n) AS again
		  FROM JSON_TABLE(p_lines, '$[*]' COLUMNS (n FOR ORDINALITY,
			code VARCHAR(40) PATH '$.code', qty INT PATH '$.qty',
			price DECIMAL(18,4) PATH '$.price', note VARCHAR(200) PATH '$.note')) j
		  JOIN product p ON p.code = j.code
		 WHERE j.qty BETWEEN 1 AND 10000000 AND product_visible_to(p_party, p.id, v_day)
		 LIMIT 1000) q
	  JOIN price_tier t ON t.id = q.tier
	 WHERE q.again = 1;
	IF ROW_COUNT() <> JSON_LENGTH(p_lines) THEN
		CALL order_lines_refuse(p_party, p_lines);
	END IF;
	UPDATE quotation q
	   SET q.line_count = (SELECT COUNT(*) FROM quotation_line l WHERE l.quote_id = q.id),
	       q.amount = (SELECT SUM(l.amount) FROM quotation_line l WHERE l.quote_id = q.id)
	 WHERE q.id = p_id;
END//

-- The buyers see it from now on.
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE quote_sent(IN p_id BIGINT)
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	UPDATE quotation SET status = 'sent', sent_at = UTC_TIMESTAMP(6), reply = NULL,
		version = version + 1
	 WHERE id = p_id;
	CALL quote_tell(p_id, 'quote.sent', 'portal');
END//

-- Opens the approval of a quotation with a price below its floor, by the rules that orders have for
-- it; p_open 0: there is none.
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE quote_approval(IN p_id BIGINT,
	OUT p_open INT)
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_approval BIGINT;

	INSERT INTO approval (subject, subject_id, round, party_id, org_unit_id, amount, made_by,
		opened_at)
	SELECT 'quote', id, round, party_id, org_unit_id, amount, sent_by, UTC_TIMESTAMP(6)
	  FROM quotation
	 WHERE id = p_id;
	SET v_approval = LAST_INSERT_ID();
	INSERT INTO approval_step (approval_id, level, rule_id, reason, role_id, user_id, made_by)
	SELECT v_approval, r.level, r.id, 'floor', r.role_id, r.user_id, q.sent_by
	  FROM quotation q
	  JOIN customer c ON c.party_id = q.party_id
	  JOIN approval_rule r ON r.subject = 'order' AND r.status = 'active' AND r.below_floor = 1
		AND r.credit_exceeded = 0 AND q.amount >= COALESCE(r.min_amount, 0)
		AND COALESCE(r.party_id, q.party_id) = q.party_id
		AND (r.group_id IS NULL OR r.group_id = c.group_id)
		AND (r.product_id IS NULL OR EXISTS (SELECT 1 FROM quotation_line l
			WHERE l.quote_id = q.id AND l.product_id = r.product_id))
		AND (r.product_group_id IS NULL OR EXISTS (SELECT 1 FROM quotation_line l
			JOIN product_group_item g ON g.product_id = l.product_id
				AND g.group_id = r.product_group_id
			WHERE l.quote_id = q.id))
	 WHERE q.id = p_id
	 ORDER BY r.level, r.id;
	CALL approval_next(v_approval, p_open);
	IF p_open = 0 THEN
		CALL approval_close('quote', p_id, 'approved');
	END IF;
END//

-- Sends a draft; with a price below the floor of today it waits for approval first. Returns id, status.
-- @execute office
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE quote_send(IN p_id BIGINT)
SQL SECURITY DEFINER MODIFIES SQL DATA
send: BEGIN
	DECLARE v_party BIGINT;
	DECLARE v_status VARCHAR(12);
	DECLARE v_until DATE;
	DECLARE v_line, v_open INT DEFAULT 0;
	DECLARE v_day DATE DEFAULT business_day();

	SELECT MAX(party_id) INTO v_party FROM quotation WHERE id = p_id;
	IF v_party IS NULL THEN
		LEAVE send;
	END IF;
	CALL customer_open(v_party);
	SELECT status, valid_until INTO v_status, v_until FROM quotation WHERE id = p_id FOR UPDATE;
	IF v_status <> 'draft' THEN
		CALL refuse(CONCAT('quote.state||status=', v_status));
	ELSEIF v_until < v_day THEN
		CALL refuse('quote.expired');
	END IF;
	SELECT MIN(l.line_no) INTO v_line
	  FROM quotation_line l
	  LEFT JOIN price_tier t ON t.id = price_tier_for(v_party, l.product_id, l.qty, v_day)
	 WHERE l.quote_id = p_id AND (t.id IS NULL OR l.price > t.price);
	IF v_line IS NOT NULL THEN
		CALL refuse(CONCAT('quote.line||n=', v_line));
	END IF;
	UPDATE quotation_line l
	  JOIN product p ON p.id = l.product_id
	  JOIN price_tier t ON t.id = price_tier_for(v_party, l.product_id, l.qty, v_day)
	   SET l.list_price = t.price, l.floor_price = COALESCE(t.floor_price, p.floor_price)
	 WHERE l.quote_id = p_id;
	UPDATE quotation SET round = round + 1, sent_by = @actor_id, version = version + 1
	 WHERE id = p_id;
	IF EXISTS (SELECT 1 FROM quotation_line WHERE quote_id = p_id AND price < floor_price) THEN
		CALL quote_approval(p_id, v_open);
	END IF;
	IF v_open > 0 THEN
		UPDATE quotation SET status = 'waiting', reply = NULL WHERE id = p_id;
	ELSE
		CALL quote_sent(p_id);
	END IF;
	SELECT id, status FROM quotation WHERE id = p_id;
END//

-- A decision on an open step: approve or return (to a draft, with a word). Nobody decides on what he
-- made or asked to send. Returns id; no row when the step is unknown or decided.
-- @execute office
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE quote_decide(IN p_step BIGINT,
	IN p_decision VARCHAR(10), IN p_comment VARCHAR(400))
SQL SECURITY DEFINER MODIFIES SQL DATA
decide: BEGIN
	DECLARE v_approval, v_id, v_party, v_maker BIGINT;
	DECLARE v_status VARCHAR(20);
	DECLARE v_until DATE;
	DECLARE v_open INT;

	SELECT MAX(a.subject_id), MAX(a.party_id) INTO v_id, v_party
	  FROM approval_step s
	  JOIN approval a ON a.id = s.approval_id AND a.subject = 'quote'
	 WHERE s.id = p_step;
	IF v_id IS NULL THEN
		LEAVE decide;
	END IF;
	CALL customer_lock(v_party);
	SELECT created_by, valid_until INTO v_maker, v_until FROM quotation WHERE id = v_id FOR UPDATE;
	SELECT approval_id, status INTO v_approval, v_status FROM approval_step WHERE id = p_step
	       FOR UPDATE;
	IF v_status <> 'open' THEN
		LEAVE decide;
	ELSEIF @actor_id = v_maker OR @actor_id = (SELECT made_by FROM approval WHERE id = v_approval) THEN
		CALL refuse('approve.own');
	ELSEIF NOT step_is_mine(p_step, @actor_id) THEN
		CALL refuse('forbidden');
	ELSEIF p_decision NOT IN ('approve', 'return') THEN
		CALL refuse('decision.unknown|decision');
	ELSEIF p_decision = 'return' AND COALESCE(TRIM(p_comment), '') = '' THEN
		CALL refuse('required|comment');
	ELSEIF p_decision = 'approve' AND v_until < business_day() THEN
		CALL refuse('quote.expired');
	END IF;
	UPDATE approval_step SET status = IF(p_decision = 'return', 'returned', 'approved'),
		decided_by = @actor_id, decided_at = UTC_TIMESTAMP(6), comment = p_comment
	 WHERE id = p_step;
	IF p_decision = 'return' THEN
		CALL approval_close('quote', v_id, 'returned');
		UPDATE quotation SET status = 'draft', reply = p_comment, version = version + 1
		 WHERE id = v_id;
		CALL quote_tell(v_id, 'quote.returned', 'office');
	ELSE
		CALL approval_next(v_approval, v_open);
		IF v_open = 0 THEN
			CALL approval_close('quote', v_id, 'approved');
			CALL quote_sent(v_id);
			CALL quote_tell(v_id, 'quote.approved', 'office');
		END IF;
	END IF;
	SELECT v_id AS id;
END//

-- Takes it back: one that waits for approval is a draft again, one that was sent is withdrawn and the
-- buyers are told. Returns id.
-- @execute office
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE quote_withdraw(IN p_id BIGINT)
SQL SECURITY DEFINER MODIFIES SQL DATA
withdraw: BEGIN
	DECLARE v_party BIGINT;
	DECLARE v_status VARCHAR(12);

	SELECT MAX(party_id) INTO v_party FROM quotation WHERE id = p_id;
	IF v_party IS NULL THEN
		LEAVE withdraw;
	END IF;
	CALL customer_lock(v_party);
	SELECT status INTO v_status FROM quotation WHERE id = p_id FOR UPDATE;
	IF v_status NOT IN ('waiting', 'sent') THEN
		CALL refuse(CONCAT('quote.state||status=', v_status));
	END IF;
	CALL approval_close('quote', p_id, 'withdrawn');
	UPDATE quotation SET status = IF(v_status = 'waiting', 'draft', 'withdrawn'),
		version = version + 1
	 WHERE id = p_id;
	IF v_status = 'sent' THEN
		CALL quote_tell(p_id, 'quote.withdrawn', 'portal');
	END IF;
	SELECT p_id AS id;
END//

-- Accepts for the company: a draft order with its lines at its prices, one however often it is asked
-- for. The actor is the buyer.
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE quote_accept(IN p_quote BIGINT,
	IN p_party BIGINT, OUT p_order BIGINT)
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_status, v_pay VARCHAR(12);
	DECLARE v_until DATE;
	DECLARE v_lines LONGTEXT;

	CALL customer_open(p_party);
	SELECT status, valid_until, pay, order_id INTO v_status, v_until, v_pay, p_order
	  FROM quotation WHERE id = p_quote AND party_id = p_party FOR UPDATE;
	IF v_status = 'sent' AND v_until < business_day() THEN
		CALL refuse('quote.expired');
	ELSEIF v_status NOT IN ('sent', 'accepted') THEN
		CALL refuse(CONCAT('quote.state||status=', v_status));
	ELSEIF v_status = 'sent' THEN
		SELECT JSON_ARRAYAGG(JSON_OBJECT('row', line_no, 'product', product_id, 'qty', qty,
			'note', note) ORDER BY line_no) INTO v_lines
		  FROM quotation_line
		 WHERE party_id = p_party AND quote_id = p_quote;
		CALL order_save(0, NULL, p_party, 'portal', NULL, NULL, NULL, NULL, v_pay, NULL, NULL,
			CONCAT('quote-', p_quote), p_order);
		UPDATE sales_order SET quotation_id = p_quote WHERE id = p_order;
		CALL order_lines_set(p_order, p_party, 'portal', v_lines);
		CALL order_refresh(p_order);
		UPDATE quotation SET status = 'accepted', order_id = p_order, answered_by = @actor_id,
			answered_at = UTC_TIMESTAMP(6), version = version + 1
		 WHERE id = p_quote;
		CALL quote_tell(p_quote, 'quote.accepted', 'office');
	END IF;
END//

-- Declines for the company, with a reason; an expired one too.
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE quote_decline(IN p_quote BIGINT,
	IN p_party BIGINT, IN p_why VARCHAR(400))
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_status VARCHAR(12);

	CALL customer_lock(p_party);
	SELECT status INTO v_status FROM quotation WHERE id = p_quote AND party_id = p_party FOR UPDATE;
	IF COALESCE(TRIM(p_why), '') = '' THEN
		CALL refuse('required|why');
	ELSEIF v_status <> 'sent' THEN
		CALL refuse(CONCAT('quote.state||status=', v_status));
	END IF;
	UPDATE quotation SET status = 'declined', reply = p_why, answered_by = @actor_id,
		answered_at = UTC_TIMESTAMP(6), version = version + 1
	 WHERE id = p_quote;
	CALL quote_tell(p_quote, 'quote.declined', 'office');
END//

DELIMITER ;
