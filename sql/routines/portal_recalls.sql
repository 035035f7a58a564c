-- Portal, recalls: notices to this company (and, for a chain, to its branches), and its answers.
-- A holder sees a recall once its notice was sent; others and their figures never.

DELIMITER //

-- Columns: id (pid), sort_key, recall_no, product, pack, unit, lot_no, class, status (of the
-- holder), state (of the recall), holder, notified_at, on_hand, returned. Sorts: notified_at.
-- @execute portal
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE portal_recalls_list(IN p_token VARCHAR(64),
	IN p_q VARCHAR(60), IN p_status VARCHAR(10),
	IN p_sort VARCHAR(32), IN p_after_key VARCHAR(200), IN p_after_id BIGINT, IN p_limit INT)
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	DECLARE v_user, v_party, v_branch BIGINT;
	DECLARE v_desc TINYINT DEFAULT LEFT(COALESCE(p_sort, ''), 1) = '-';

	CALL portal_guard(p_token, 'recall.reply', v_user, v_party, v_branch);
	SELECT q.*
	  FROM (SELECT h.pid AS id, h.notified_at AS sort_key, r.recall_no,
			p.generic_name AS product, p.pack_spec AS pack, p.unit, l.lot_no, r.class,
			h.status, r.status AS state, b.name AS holder, h.notified_at, h.on_hand,
			h.returned
		  FROM party b
		  JOIN recall_party h ON h.party_id = b.id AND h.status <> 'listed'
		  JOIN recall r ON r.id = h.recall_id
		  JOIN lot l ON l.id = r.lot_id
		  JOIN product p ON p.id = r.product_id
		 WHERE (b.id = v_party OR b.parent_id = v_party)
		   AND (v_branch IS NULL OR b.id = v_branch)
		   AND COALESCE(p_status, '') IN ('', h.status)
		   AND (COALESCE(p_q, '') = '' OR l.lot_no LIKE CONCAT(p_q, '%')
		   OR r.recall_no LIKE CONCAT(p_q, '%')
		   OR p.generic_name LIKE CONCAT('%', p_q, '%'))) q
	 WHERE p_after_key IS NULL
	    OR IF(v_desc, (q.sort_key, q.id) < (moment_of(p_after_key), p_after_id),
		(q.sort_key, q.id) > (moment_of(p_after_key), p_after_id))
	 ORDER BY IF(v_desc, q.sort_key, '') DESC, IF(v_desc, q.id, 0) DESC, q.sort_key, q.id
	 LIMIT p_limit;
END//

-- One notice, or no row; may_answer 1 while the recall runs. Then what the holder itself sold of this
-- lot number under product names nobody understood, all of it: id (its place), raw_party, raw_product, raw_spec, qty, first_sold,
-- last_sold.
-- @execute portal
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE portal_recalls_view(IN p_token VARCHAR(64),
	IN p_id BIGINT)
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	DECLARE v_user, v_party, v_branch BIGINT;

	CALL portal_guard(p_token, 'recall.reply', v_user, v_party, v_branch);
	SELECT h.pid AS id, r.recall_no, p.generic_name AS product, p.pack_spec AS pack, p.unit,
	       l.lot_no, l.produced_on, l.expires_on, r.class, r.reason, r.measures, r.opened_at,
	       h.notified_at, h.status, r.status AS state, b.name AS holder, h.shipped, h.bought,
	       h.sold, h.stock, h.stock_date, h.on_hand, h.returned, h.resold_to, h.answered_at,
	       r.status = 'notified' AS may_answer
	  FROM recall_party h
	  JOIN party b ON b.id = h.party_id AND (b.id = v_party OR b.parent_id = v_party)
	  JOIN recall r ON r.id = h.recall_id
	  JOIN lot l ON l.id = r.lot_id
	  JOIN product p ON p.id = r.product_id
	 WHERE h.pid = p_id AND h.status <> 'listed' AND (v_branch IS NULL OR b.id = v_branch);
	SELECT ROW_NUMBER() OVER (ORDER BY MAX(f.biz_date) DESC, f.party_name_id, f.product_name_id) AS id,
	       MAX(n.name) AS raw_party, MAX(f.raw_product) AS raw_product,
	       MAX(f.raw_spec) AS raw_spec, SUM(f.qty) AS qty,
	       MIN(f.biz_date) AS first_sold, MAX(f.biz_date) AS last_sold
	  FROM recall_party h
	  JOIN party b ON b.id = h.party_id AND (b.id = v_party OR b.parent_id = v_party)
	  JOIN recall r ON r.id = h.recall_id
	  JOIN lot_unsure f ON f.lot_id = r.lot_id AND f.sender_id = b.id
	  JOIN flow_name n ON n.id = f.party_name_id
	 WHERE h.pid = p_id AND h.status <> 'listed' AND (v_branch IS NULL OR b.id = v_branch)
	 GROUP BY f.party_name_id, f.product_name_id
	 ORDER BY id;
END//

-- The answer; the last one counts. A row when it was taken.
-- @execute portal
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE portal_recalls_reply(IN p_token VARCHAR(64),
	IN p_id BIGINT, IN p_on_hand DECIMAL(18,4), IN p_returned DECIMAL(18,4),
	IN p_resold VARCHAR(1000))
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_user, v_party, v_branch, v_holder BIGINT;
	DECLARE v_done TINYINT DEFAULT 0;

	CALL portal_guard(p_token, 'recall.reply', v_user, v_party, v_branch);
	SELECT h.id INTO v_holder
	  FROM recall_party h
	  JOIN party b ON b.id = h.party_id AND (b.id = v_party OR b.parent_id = v_party)
	 WHERE h.pid = p_id AND h.status <> 'listed' AND (v_branch IS NULL OR b.id = v_branch);
	IF v_holder IS NOT NULL THEN
		CALL recall_answer(v_holder, p_on_hand, p_returned, p_resold, v_done);
	END IF;
	SELECT p_id AS id FROM DUAL WHERE v_done = 1;
END//

DELIMITER ;
