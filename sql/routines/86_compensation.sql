-- Price compensation 差价补偿 (DOMAIN 3.6): what a run claims, row by row, from months that are
-- locked, and the dated prices it is claimed by.

DELIMITER //

-- Price protection: for each price that fell in the months of the run, by customer and lot, the
-- verified stock as that day began × (old − new). Verified is what the balance of the month says:
-- opening and rows before the day, less what its closing count found missing; nothing without a
-- count. In transit is what we had shipped and the customer not yet booked, as flow_balance_make()
-- counts it, without what he refused or got damaged, then or later: he does not pay for it.
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE rebate_fill_stock(IN p_run BIGINT)
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	INSERT INTO rebate_part (run_id, party_id, change_id, product_id, lot_no, biz_date, on_hand,
		in_transit, qty, old_price, new_price, gap)
	SELECT p_run, s.party_id, c.id, c.product_id, s.lot_no, c.changed_on, s.on_hand, s.in_transit,
	       s.on_hand + s.in_transit, c.old_price, c.new_price, c.old_price - c.new_price
	  FROM (SELECT q.change_id, q.party_id, q.lot_no, IF(MAX(q.counted) = 1,
		       GREATEST(SUM(q.held) + LEAST(SUM(q.missing), 0), 0), 0) AS on_hand,
		       GREATEST(SUM(q.coming), 0) AS in_transit
		  FROM (SELECT c.change_id, b.party_id, b.lot_no, b.opening AS held,
			       COALESCE(b.difference, 0) AS missing, b.difference IS NOT NULL AS counted,
			       0 AS coming
			  FROM rebate_change c
			  JOIN flow_balance b ON b.period = c.period AND b.product_id = c.product_id
			   AND b.party_id = c.party_id
			 WHERE c.run_id = p_run
			 UNION ALL
			SELECT c.change_id, b.party_id, b.lot_no, 0, 0, 0, b.in_transit
			  FROM rebate_change c
			  JOIN flow_balance b ON b.period = PERIOD_ADD(c.period, -1)
			   AND b.product_id = c.product_id AND b.party_id = c.party_id
			 WHERE c.run_id = p_run
			 UNION ALL
			SELECT c.change_id, r.sender_id, r.lot_no, r.effect, 0, 0,
			       IF(r.kind = 'purchase' AND o.party_id IS NOT NULL
				AND COALESCE(w.qty, r.qty) > 0, -r.qty, 0)
			  FROM rebate_change c
			  JOIN flow_seen r ON r.book_period = c.period AND r.sender_id = c.party_id
			   AND r.product_id = c.product_id AND r.biz_date < c.changed_on
			   AND r.flow_class <> 3
			   AND NOT (r.origin = 'correction' AND r.biz_date < c.starts_on)
			  LEFT JOIN flow_row w ON w.book_period = r.book_period AND w.id = r.corrects_id
			  LEFT JOIN party_role o ON o.party_id = r.party_id AND o.role = 'company'
			 WHERE c.run_id = p_run
			 UNION ALL
			SELECT c.change_id, h.party_id, lot.lot_no, 0, 0, 0,
			       IF(h.shipped_on >= c.starts_on, l.qty, 0) - l.refused_qty - l.damaged_qty
			  FROM rebate_change c
			  JOIN shipment h ON h.party_id = c.party_id AND h.shipped_on < c.changed_on
			   AND h.status IN ('shipped', 'in_transit', 'delivered')
			  LEFT JOIN arrival a ON a.shipment_id = h.id
			  JOIN shipment_line l ON l.party_id = h.party_id AND l.shipment_id = h.id
			   AND l.product_id = c.product_id
			  JOIN lot ON lot.id = l.lot_id
			 WHERE c.run_id = p_run
			   AND (h.shipped_on >= c.starts_on OR a.arrived_on >= c.starts_on)) q
		 GROUP BY q.change_id, q.party_id, q.lot_no) s
	  JOIN price_change c ON c.id = s.change_id
	 WHERE s.on_hand + s.in_transit > 0;
END//

-- Chargebacks: each pure sale of the run's months at (acquisition − bid·(1 − margin))·qty, 0 or
-- more a unit; sales taken back are deducted, diversion is not claimed. Acquisition is the price of
-- the last invoice up to the day of the sale, the bid that of the terminal, of the narrowest region, or
-- of everywhere.
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE rebate_fill_bids(IN p_run BIGINT)
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	INSERT INTO rebate_part (run_id, party_id, row_id, bid_id, product_id, lot_no, biz_date,
		terminal_id, doc_no, qty, old_price, new_price, gap)
	SELECT p_run, s.sender_id, s.id, b.id, s.product_id, s.lot_no, s.biz_date, s.party_id,
	       s.doc_no, s.qty, s.price, b.price,
	       GREATEST(s.price - b.price * (1 - s.margin / 100), 0)
	  FROM (SELECT r.sender_id, r.id, r.product_id, r.lot_no, r.biz_date, r.party_id, r.doc_no,
		       r.qty, a.price, t.margin, (
			SELECT b.id
			  FROM bid_price b
			  JOIN party y ON y.id = r.party_id
			 WHERE b.product_id = r.product_id AND b.status = 'active'
			   AND r.biz_date BETWEEN b.valid_from AND COALESCE(b.valid_to, r.biz_date)
			   AND (b.terminal_id = y.id OR b.terminal_id IN (SELECT o.id FROM party o
				WHERE o.merged_into = y.id) OR b.terminal_id IS NULL
				AND (b.region_code IS NULL OR y.region_code LIKE CONCAT(b.region_code, '%')))
			 ORDER BY b.terminal_id IS NULL, LENGTH(COALESCE(b.region_code, '')) DESC,
			       b.valid_from DESC, b.id DESC
			 LIMIT 1) AS bid_id
		  FROM rebate_run n
		  JOIN rebate_policy t ON t.id = n.policy_id
		  JOIN customer c ON c.buyer_role = 'distributor'
		   AND (t.group_id IS NULL OR c.group_id = t.group_id)
		  JOIN flow_seen r ON r.book_period BETWEEN n.period_from AND n.period_to
		   AND r.sender_id = c.party_id AND r.kind = 'sale' AND r.is_pure_sale = 1
		   AND r.flow_class <> 3 AND r.product_id IS NOT NULL AND r.party_id IS NOT NULL
		   AND (t.product_group_id IS NULL OR r.product_id IN (SELECT g.product_id
			  FROM product_group_item g WHERE g.group_id = t.product_group_id))
		   AND NOT EXISTS (SELECT 1 FROM flow_case_row k JOIN flow_case d ON d.id = k.case_id
			 WHERE k.row_id = r.id AND d.status IN ('confirmed', 'settled'))
		  JOIN rebate_acquisition a ON a.party_id = r.sender_id AND a.product_id = r.product_id
		   AND r.biz_date >= a.valid_from AND r.biz_date < COALESCE(a.valid_to, '9999-12-31')
		 WHERE n.id = p_run) s
	  JOIN bid_price b ON b.id = s.bid_id
	 WHERE s.price > b.price * (1 - s.margin / 100);
END//

-- What one customer claims in a run: units, yuan, and a hash over the rows.
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE rebate_claimed(IN p_run BIGINT,
	IN p_party BIGINT, OUT p_qty DECIMAL(20,4), OUT p_amount DECIMAL(18,2), OUT p_hash CHAR(64))
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	SET SESSION group_concat_max_len = 16000000;
	SELECT COALESCE(SUM(qty), 0), COALESCE(SUM(amount), 0),
	       SHA2(COALESCE(GROUP_CONCAT(UNHEX(SHA2(CONCAT_WS('|', COALESCE(row_id, ''),
			COALESCE(bid_id, ''), COALESCE(change_id, ''), product_id, lot_no, biz_date,
			qty, old_price, new_price, gap), 256))
			ORDER BY row_id, change_id, lot_no SEPARATOR ''), ''), 256)
	  INTO p_qty, p_amount, p_hash
	  FROM rebate_part
	 WHERE run_id = p_run AND party_id = p_party;
END//

-- The rows a line was computed from, for both sites.
-- @execute office
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE rebate_claims(IN p_line BIGINT)
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	SELECT k.id, k.biz_date, p.code, p.generic_name AS product, p.pack_spec AS pack, p.unit,
	       k.lot_no, y.name AS terminal, COALESCE(NULLIF(k.doc_no, ''), c.document_no) AS doc_no,
	       k.on_hand, k.in_transit, k.qty, k.old_price, k.new_price,
	       k.old_price AS acquisition, k.new_price AS bid_price, k.gap, k.amount
	  FROM rebate_line l
	  JOIN rebate_part k ON k.run_id = l.run_id AND k.party_id = l.party_id
	  JOIN product p ON p.id = k.product_id
	  LEFT JOIN party y ON y.id = k.terminal_id
	  LEFT JOIN price_change c ON c.id = k.change_id
	 WHERE l.id = p_line
	 ORDER BY k.biz_date, k.id;
END//

-- ---- the dated prices ----

-- The product of a code, or refused beside the field.
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE product_asked(IN p_code VARCHAR(20),
	OUT p_id BIGINT)
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	SET p_id = (SELECT id FROM product WHERE code = p_code);
	IF p_id IS NULL THEN
		CALL refuse(CONCAT('product.unknown|product|code=', p_code));
	END IF;
END//

-- A price that fell, new (p_id 0) or changed while it is a draft; void at any time. Returns id; no
-- row when it is not there or another was faster.
-- @execute office
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE price_change_save(IN p_id BIGINT,
	IN p_version INT, IN p_product VARCHAR(20), IN p_day DATE, IN p_old DECIMAL(18,4),
	IN p_new DECIMAL(18,4), IN p_document VARCHAR(60), IN p_status VARCHAR(8),
	IN p_note VARCHAR(200))
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_product BIGINT;
	DECLARE v_n INT;

	CALL product_asked(p_product, v_product);
	IF p_id = 0 THEN
		INSERT INTO price_change (product_id, changed_on, old_price, new_price, document_no,
			status, note)
		VALUES (v_product, p_day, p_old, p_new, p_document, p_status, p_note);
		SELECT LAST_INSERT_ID() AS id;
	ELSE
		UPDATE price_change
		   SET product_id = v_product, changed_on = p_day, old_price = p_old,
		       new_price = p_new, document_no = p_document, status = p_status,
		       note = p_note, version = version + 1
		 WHERE id = p_id AND version = p_version;
		SET v_n = ROW_COUNT();
		SELECT id FROM price_change WHERE id = p_id AND v_n = 1;
	END IF;
END//

-- A bid price, as price_change_save(); p_terminal: a party's code, or NULL.
-- @execute office
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE bid_price_save(IN p_id BIGINT,
	IN p_version INT, IN p_product VARCHAR(20), IN p_region VARCHAR(12),
	IN p_terminal VARCHAR(20), IN p_price DECIMAL(18,4), IN p_from DATE, IN p_to DATE,
	IN p_document VARCHAR(60), IN p_status VARCHAR(8), IN p_note VARCHAR(200))
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_product, v_terminal BIGINT;
	DECLARE v_n INT;

	CALL product_asked(p_product, v_product);
	IF p_region IS NOT NULL AND NOT EXISTS (SELECT 1 FROM region WHERE code = p_region) THEN
		CALL refuse(CONCAT('region.unknown|region|code=', p_region));
	END IF;
	IF p_terminal IS NOT NULL AND p_region IS NOT NULL THEN
		CALL refuse('bid.one_place|terminal');
	ELSEIF p_terminal IS NOT NULL THEN
		SET v_terminal = (SELECT id FROM party WHERE code = p_terminal);
		IF v_terminal IS NULL THEN
			CALL refuse(CONCAT('terminal.unknown|terminal|code=', p_terminal));
		END IF;
	END IF;
	IF p_id = 0 THEN
		INSERT INTO bid_price (product_id, region_code, terminal_id, price, valid_from,
			valid_to, document_no, status, note)
		VALUES (v_product, p_region, v_terminal, p_price, p_from, p_to, p_document, p_status,
			p_note);
		SELECT LAST_INSERT_ID() AS id;
	ELSE
		UPDATE bid_price
		   SET product_id = v_product, region_code = p_region, terminal_id = v_terminal,
		       price = p_price, valid_from = p_from, valid_to = p_to,
		       document_no = p_document, status = p_status, note = p_note,
		       version = version + 1
		 WHERE id = p_id AND version = p_version;
		SET v_n = ROW_COUNT();
		SELECT id FROM bid_price WHERE id = p_id AND v_n = 1;
	END IF;
END//

DELIMITER ;
