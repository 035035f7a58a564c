-- What an order form shows beside each line while it is written.

DELIMITER //

-- A row for every line of the JSON array (as order_save takes it): product, price in force, amount and the sum
-- of all, stock, and why it may not be ordered (line_refusal, {row} for the caller to fill). was: the price in
-- order p_copied when it differs; 0: none is copied.
-- @execute office
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE order_check(IN p_party BIGINT, IN p_copied BIGINT, IN p_lines LONGTEXT)
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	DECLARE v_day DATE DEFAULT business_day();

	-- The tiers are found first, LIMIT keeps that apart; then they are looked up by key.
	SELECT x.n AS id, x.code, x.qty, x.price, x.note, x.product_id, p.generic_name AS product, p.pack_spec AS pack, p.unit,
	       t.price AS list_price, ROUND(x.qty * COALESCE(x.price, t.price), 2) AS amount,
	       SUM(ROUND(x.qty * COALESCE(x.price, t.price), 2)) OVER () AS total,
	       IF(t.id IS NULL, NULL, stock_band(free_stock(p.id, 0), x.qty)) AS stock,
	       IF(p.id IS NULL, 'code.unknown|code.{row}', line_refusal(p_party, p.id, x.qty, v_day, t.id)) AS refusal,
	       IF(w.was <> COALESCE(x.price, t.price), ROUND(w.was, 2), NULL) AS was
	  FROM (SELECT j.n, j.code, j.qty, j.price, j.note, y.id AS product_id, price_tier_for(p_party, y.id, j.qty, v_day) AS tier
		  FROM JSON_TABLE(p_lines, '$[*]' COLUMNS (n INT PATH '$.row', code VARCHAR(40) PATH '$.code', qty INT PATH '$.qty',
			price DECIMAL(18,4) PATH '$.price', note VARCHAR(200) PATH '$.note')) j
		  LEFT JOIN product y ON y.code = j.code
		 ORDER BY j.n
		 LIMIT 1000) x
	  LEFT JOIN product p ON p.id = x.product_id
	  LEFT JOIN price_tier t ON t.id = x.tier
	  LEFT JOIN order_entry_line w ON w.order_id = p_copied AND w.code = x.code
	 ORDER BY x.n;
END//

DELIMITER ;
