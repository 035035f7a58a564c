-- Receipts and their allocation (DOMAIN 3.5): by hand, by invoice numbers in the
-- remittance, by amount, oldest first. Undoing is a reversing row.

DELIMITER //

-- Records money that came in, still to be posted. Returns id, receipt_no, payer_ok.
-- @execute office
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE receipt_new(IN p_party BIGINT, IN p_day DATE,
	IN p_method VARCHAR(6), IN p_amount DECIMAL(18,2),
	IN p_payer VARCHAR(120), IN p_account VARCHAR(40), IN p_reference VARCHAR(200),
		IN p_note VARCHAR(200))
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_no VARCHAR(32);
	DECLARE v_id BIGINT;

	IF p_day > business_day() THEN
		CALL refuse('date.future|received_on');
	END IF;
	CALL next_number('SK', p_party, p_day, v_no);
	INSERT INTO receipt (receipt_no, party_id, received_on, method, amount, payer_name,
		payer_account, reference, note, created_by, payer_ok)
	SELECT v_no, p_party, p_day, p_method, p_amount, p_payer, p_account, p_reference, p_note,
	       @actor_id,
	       COALESCE(p.bank_account = p_account, p.name = p_payer, p_payer IS NULL
			AND p_account IS NULL)
	  FROM (SELECT 1) one
	  LEFT JOIN party p ON p.id = p_party;
	SET v_id = LAST_INSERT_ID();
	SELECT id, receipt_no, payer_ok FROM receipt WHERE id = v_id;
END//

-- Confirms the money (F073), by another than who recorded it (E05): DR 1002 (bill: 1121) CR 2203.
-- No row when it is no draft.
-- @execute office
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE receipt_post(IN p_receipt BIGINT)
SQL SECURITY DEFINER MODIFIES SQL DATA
post: BEGIN
	DECLARE v_party, v_voucher, v_maker BIGINT;
	DECLARE v_amount DECIMAL(18,2);
	DECLARE v_day DATE;
	DECLARE v_no VARCHAR(32);
	DECLARE v_method VARCHAR(6);

	SELECT party_id, created_by INTO v_party, v_maker FROM receipt WHERE id = p_receipt;
	IF v_party IS NULL THEN
		CALL refuse('required|party');
	ELSEIF v_maker = @actor_id THEN
		CALL refuse('receipt.own');
	END IF;
	SELECT party_id INTO v_party FROM customer WHERE party_id = v_party FOR UPDATE;
	UPDATE receipt SET status = 'posted', posted_by = @actor_id, posted_at = UTC_TIMESTAMP(6),
		version = version + 1
	 WHERE id = p_receipt AND status = 'draft';
	IF ROW_COUNT() = 0 THEN
		LEAVE post;
	END IF;
	SELECT amount, received_on, receipt_no, method INTO v_amount, v_day, v_no, v_method
	       FROM receipt WHERE id = p_receipt;
	CALL voucher_post(v_party, v_day, 'receipt', 'receipt', p_receipt, v_no, NULL,
		JSON_ARRAY(JSON_OBJECT('account', IF(v_method = 'bill', '1121', '1002'), 'party',
			IF(v_method = 'bill', v_party, NULL), 'debit', v_amount),
			JSON_OBJECT('account', '2203', 'party', v_party, 'credit', v_amount)),
				v_voucher);
	IF (SELECT c.auto_allocate = 1 AND r.payer_ok = 1 FROM receipt r JOIN customer c
		ON c.party_id = r.party_id WHERE r.id = p_receipt) THEN
		CALL receipt_settle(p_receipt, 'oldest');
	END IF;
	SELECT id, status, open_amount FROM receipt WHERE id = p_receipt;
END//

-- Takes a posted receipt back by a reversing voucher; it must be free of allocations.
-- @execute office
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE receipt_reverse(IN p_receipt BIGINT,
	IN p_note VARCHAR(200))
SQL SECURITY DEFINER MODIFIES SQL DATA
reversal: BEGIN
	DECLARE v_party, v_voucher BIGINT;
	DECLARE v_amount, v_allocated DECIMAL(18,2);
	DECLARE v_no VARCHAR(32);
	DECLARE v_method, v_status VARCHAR(8);

	SELECT party_id INTO v_party FROM receipt WHERE id = p_receipt;
	SELECT party_id INTO v_party FROM customer WHERE party_id = v_party FOR UPDATE;
	SELECT amount, allocated, receipt_no, method, status INTO v_amount, v_allocated, v_no,
	       v_method, v_status
	  FROM receipt
	 WHERE id = p_receipt
	   FOR UPDATE;
	IF v_status IS NULL OR v_status <> 'posted' THEN
		LEAVE reversal;
	ELSEIF v_allocated <> 0 THEN
		CALL refuse('receipt.allocated');
	END IF;
	UPDATE receipt SET status = 'reversed', note = COALESCE(p_note, note), version = version + 1
		WHERE id = p_receipt;
	CALL voucher_post(v_party, business_day(), 'receipt', 'receipt', p_receipt, v_no, p_note,
		JSON_ARRAY(JSON_OBJECT('account', IF(v_method = 'bill', '1121', '1002'), 'party',
			IF(v_method = 'bill', v_party, NULL), 'credit', v_amount),
			JSON_OBJECT('account', '2203', 'party', v_party, 'debit', v_amount)),
				v_voucher);
	SELECT id, status FROM receipt WHERE id = p_receipt;
END//

-- Somebody of finance has looked at a payer that is not the registered account.
-- @execute office
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE receipt_payer_accept(IN p_receipt BIGINT,
	IN p_note VARCHAR(200))
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	IF COALESCE(p_note, '') = '' THEN
		CALL refuse('required|note');
	ELSEIF (SELECT created_by FROM receipt WHERE id = p_receipt) = @actor_id THEN
		CALL refuse('approve.own');
	END IF;
	UPDATE receipt SET payer_ok = 1, note = p_note, version = version + 1 WHERE id = p_receipt
		AND payer_ok = 0;
	SELECT id, payer_ok FROM receipt WHERE id = p_receipt AND ROW_COUNT() = 1;
END//

-- Core: settles p_amount of an open item from a posted receipt, both already locked by the
-- customer.
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE allocate_one(IN p_receipt BIGINT,
	IN p_item BIGINT, IN p_amount DECIMAL(18,2), IN p_how VARCHAR(10))
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_party, v_order, v_allocation, v_voucher BIGINT;
	DECLARE v_no VARCHAR(40);
	DECLARE v_day DATE DEFAULT business_day();

	SELECT r.party_id, i.order_id, i.doc_no INTO v_party, v_order, v_no
	  FROM receipt r
	  JOIN ar_item i ON i.id = p_item AND i.party_id = r.party_id
	 WHERE r.id = p_receipt AND r.status = 'posted';
	IF v_party IS NULL THEN
		CALL refuse('allocation.unfit');
	ELSEIF p_amount IS NULL OR p_amount <= 0 THEN
		CALL refuse(CONCAT('amount.positive|amount.', p_item));
	END IF;
	UPDATE receipt SET allocated = allocated + p_amount, version = version + 1
	 WHERE id = p_receipt AND amount - allocated >= p_amount AND payer_ok = 1;
	IF ROW_COUNT() = 0 THEN
		CALL refuse(IF((SELECT payer_ok FROM receipt WHERE id = p_receipt) = 0,
			'receipt.payer', CONCAT('receipt.short|amount.', p_item)));
	END IF;
	UPDATE ar_item SET settled = settled + p_amount WHERE id = p_item AND amount > 0
		AND amount - settled >= p_amount;
	IF ROW_COUNT() = 0 THEN
		CALL refuse(CONCAT('item.less|amount.', p_item));
	END IF;
	INSERT INTO allocation (party_id, ar_item_id, receipt_id, amount, allocated_on, how,
		created_by)
	VALUES (v_party, p_item, p_receipt, p_amount, v_day, p_how, @actor_id);
	SET v_allocation = LAST_INSERT_ID();
	CALL voucher_post(v_party, v_day, 'allocation', 'allocation', v_allocation, v_no, NULL,
		JSON_ARRAY(JSON_OBJECT('account', '2203', 'party', v_party, 'debit', p_amount),
			JSON_OBJECT('account', '1122', 'party', v_party, 'credit', p_amount)),
				v_voucher);
	IF v_order IS NOT NULL THEN
		CALL order_refresh(v_order);
	END IF;
END//

-- By hand. p_items: JSON array of {"item":ar_item id, "amount":"100.00"}. Returns the receipt's
-- open amount.
-- @execute office
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE receipt_allocate(IN p_receipt BIGINT,
	IN p_items LONGTEXT)
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_done INT DEFAULT 0;
	DECLARE v_party, v_item BIGINT;
	DECLARE v_amount DECIMAL(18,2);
	DECLARE items CURSOR FOR
		SELECT j.item, j.amount
		  FROM JSON_TABLE(p_items, '$[*]'
				COLUMNS (item BIGINT PATH '$.item',
					amount DECIMAL(18,2) PATH '$.amount')) j
		 WHERE j.amount <> 0
		 ORDER BY j.item;
	DECLARE CONTINUE HANDLER FOR NOT FOUND SET v_done = 1;

	SELECT party_id INTO v_party FROM receipt WHERE id = p_receipt;
	SELECT party_id INTO v_party FROM customer WHERE party_id = v_party FOR UPDATE;
	SET v_done = 0;
	OPEN items;
	FETCH items INTO v_item, v_amount;
	WHILE v_done = 0 DO
		CALL allocate_one(p_receipt, v_item, v_amount, 'hand');
		SET v_done = 0;
		FETCH items INTO v_item, v_amount;
	END WHILE;
	CLOSE items;
	SELECT id, open_amount FROM receipt WHERE id = p_receipt;
END//

-- What a way of matching proposes, before anything is written: item_id, doc_no, due_on,
-- open_amount, amount.
-- how: reference (numbers in the remittance text), match (the one subset of at most 4 items with
-- exactly
-- this sum), oldest (by due date).
-- @execute office
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE receipt_propose(IN p_receipt BIGINT,
	IN p_how VARCHAR(10))
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	DECLARE v_party BIGINT;
	DECLARE v_open DECIMAL(18,2);
	DECLARE v_reference VARCHAR(200);
	DECLARE v_items VARCHAR(100);

	SELECT party_id, open_amount, COALESCE(reference, '') INTO v_party, v_open, v_reference
	       FROM receipt WHERE id = p_receipt;
	IF p_how = 'match' THEN
		CALL receipt_subset(v_party, v_open, v_items);
	END IF;
	SELECT item_id, doc_no, due_on, open_amount,
	       LEAST(open_amount, v_open - before_it) AS amount
	  FROM (SELECT i.id AS item_id, i.doc_no, i.due_on, i.open_amount,
		       COALESCE(SUM(i.open_amount) OVER (ORDER BY i.due_on,
				i.id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING),
					0) AS before_it
		  FROM ar_item i
		 WHERE i.party_id = v_party AND i.open_amount > 0
		   AND (p_how = 'oldest' OR (p_how = 'reference'
		   AND LOCATE(i.doc_no, v_reference) > 0)
		   OR (p_how = 'match' AND FIND_IN_SET(i.id, v_items) > 0))) q
	 WHERE before_it < v_open
	 ORDER BY due_on, item_id;
END//

-- The ids of the only set of 1 to 4 open items (of the 60 oldest) that sums to an amount; NULL:
-- none, or several. Four are two pairs, found by the sum that is missing (LIMIT keeps
-- the pairs apart, so that they get a key); a second find ends it.
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE receipt_subset(IN p_party BIGINT,
	IN p_amount DECIMAL(18,2), OUT p_items VARCHAR(100))
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	DECLARE v_n, v_four INT;
	DECLARE v_items VARCHAR(100);

	WITH item AS (SELECT id, open_amount FROM ar_item WHERE party_id = p_party
		AND open_amount > 0 ORDER BY due_on, id LIMIT 60),
	found AS (
		SELECT CONCAT(a.id) AS ids FROM item a WHERE a.open_amount = p_amount
		 UNION ALL
		SELECT CONCAT_WS(',', a.id, b.id) FROM item a JOIN item b ON b.id > a.id
		       WHERE a.open_amount + b.open_amount = p_amount
		 UNION ALL
		SELECT CONCAT_WS(',', a.id, b.id, c.id) FROM item a JOIN item b ON b.id > a.id
		       JOIN item c ON c.id > b.id
		 WHERE a.open_amount + b.open_amount + c.open_amount = p_amount
		 LIMIT 2)
	SELECT COUNT(*), MIN(ids) INTO v_n, p_items FROM found;
	IF v_n <= 1 THEN
		WITH item AS (SELECT id, open_amount FROM ar_item WHERE party_id = p_party
			AND open_amount > 0 ORDER BY due_on, id LIMIT 60),
		pair AS (SELECT a.id AS first, b.id AS last, a.open_amount + b.open_amount AS total
			FROM item a JOIN item b ON b.id > a.id LIMIT 2000)
		SELECT COUNT(*), MIN(ids) INTO v_four, v_items
		  FROM (SELECT CONCAT_WS(',', p.first, p.last, q.first, q.last) AS ids
			  FROM pair p
			  JOIN pair q ON q.total = p_amount - p.total AND q.first > p.last
			 LIMIT 2) four;
		SET v_n = v_n + v_four, p_items = COALESCE(p_items, v_items);
	END IF;
	IF v_n <> 1 THEN
		SET p_items = NULL;
	END IF;
END//

-- Does what receipt_propose() shows. Silent: called by receipt_post() too.
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE receipt_settle(IN p_receipt BIGINT,
	IN p_how VARCHAR(10))
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_done INT DEFAULT 0;
	DECLARE v_party, v_item BIGINT;
	DECLARE v_open, v_left DECIMAL(18,2);
	DECLARE v_reference VARCHAR(200);
	DECLARE v_items VARCHAR(100);
	DECLARE items CURSOR FOR
		SELECT id, open_amount
		  FROM ar_item
		 WHERE party_id = v_party AND open_amount > 0
		   AND (p_how = 'oldest' OR (p_how = 'reference'
		   AND LOCATE(doc_no, v_reference) > 0)
		   OR (p_how = 'match' AND FIND_IN_SET(id, v_items) > 0))
		 ORDER BY due_on, id;
	DECLARE CONTINUE HANDLER FOR NOT FOUND SET v_done = 1;

	SELECT party_id, COALESCE(reference, '') INTO v_party, v_reference FROM receipt
	       WHERE id = p_receipt;
	SELECT party_id INTO v_party FROM customer WHERE party_id = v_party FOR UPDATE;
	SELECT open_amount INTO v_left FROM receipt WHERE id = p_receipt FOR UPDATE;
	IF p_how = 'match' THEN
		CALL receipt_subset(v_party, v_left, v_items);
	END IF;
	SET v_done = 0;
	OPEN items;
	FETCH items INTO v_item, v_open;
	WHILE v_done = 0 AND v_left > 0 DO
		CALL allocate_one(p_receipt, v_item, LEAST(v_open, v_left), p_how);
		SET v_left = v_left - LEAST(v_open, v_left), v_done = 0;
		FETCH items INTO v_item, v_open;
	END WHILE;
	CLOSE items;
END//

-- how: reference, match, oldest. Returns the receipt's open amount.
-- @execute office
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE receipt_match(IN p_receipt BIGINT,
	IN p_how VARCHAR(10))
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	CALL receipt_settle(p_receipt, p_how);
	SELECT id, open_amount FROM receipt WHERE id = p_receipt;
END//

-- Undoes an allocation by a reversing row and voucher, once. No row when it is unknown or undone.
-- @execute office
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE receipt_unallocate(IN p_allocation BIGINT)
SQL SECURITY DEFINER MODIFIES SQL DATA
unallocate: BEGIN
	DECLARE v_party, v_item, v_receipt, v_order, v_id, v_voucher BIGINT;
	DECLARE v_amount DECIMAL(18,2);
	DECLARE v_no VARCHAR(40);
	DECLARE v_day DATE DEFAULT business_day();

	SELECT party_id INTO v_party FROM allocation WHERE id = p_allocation
	       AND receipt_id IS NOT NULL AND amount > 0;
	SELECT party_id INTO v_party FROM customer WHERE party_id = v_party FOR UPDATE;
	SELECT a.ar_item_id, a.receipt_id, a.amount, i.order_id, i.doc_no INTO v_item, v_receipt,
	       v_amount, v_order, v_no
	  FROM allocation a
	  JOIN ar_item i ON i.id = a.ar_item_id
	 WHERE a.id = p_allocation AND a.receipt_id IS NOT NULL AND a.amount > 0
	   AND NOT EXISTS (SELECT 1 FROM allocation x WHERE x.reverses_id = p_allocation);
	IF v_item IS NULL THEN
		LEAVE unallocate;
	END IF;
	INSERT INTO allocation (party_id, ar_item_id, receipt_id, amount, allocated_on, how,
		reverses_id, created_by)
	VALUES (v_party, v_item, v_receipt, -v_amount, v_day, 'reversal', p_allocation, @actor_id);
	SET v_id = LAST_INSERT_ID();
	UPDATE ar_item SET settled = settled - v_amount WHERE id = v_item;
	UPDATE receipt SET allocated = allocated - v_amount, version = version + 1
		WHERE id = v_receipt;
	CALL voucher_post(v_party, v_day, 'unallocation', 'allocation', v_id, v_no, NULL,
		JSON_ARRAY(JSON_OBJECT('account', '1122', 'party', v_party, 'debit', v_amount),
			JSON_OBJECT('account', '2203', 'party', v_party, 'credit', v_amount)),
				v_voucher);
	IF v_order IS NOT NULL THEN
		CALL order_refresh(v_order);
	END IF;
	SELECT id, open_amount FROM receipt WHERE id = v_receipt;
END//

DELIMITER ;
