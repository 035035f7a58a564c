-- What a customer may buy, at which price, under which licence.

DELIMITER //

-- The price tier in force (E11): the narrowest scope wins, then priority, then
-- the latest list, then the highest quantity step reached. NULL: no price.
-- @execute office jobs
CREATE OR REPLACE DEFINER = owner@localhost FUNCTION price_tier_for(p_party BIGINT,
	p_product BIGINT, p_qty INT, p_day DATE) RETURNS BIGINT
SQL SECURITY DEFINER DETERMINISTIC READS SQL DATA
RETURN COALESCE(
	(SELECT t.id FROM price_list l JOIN price_tier t ON t.price_list_id = l.id
		AND t.product_id = p_product AND t.min_qty <= p_qty
	  WHERE l.party_id = p_party AND l.status = 'active'
			AND p_day BETWEEN l.valid_from AND COALESCE(l.valid_to, p_day)
	  ORDER BY l.priority DESC, l.valid_from DESC, l.id DESC, t.min_qty DESC LIMIT 1),
	(SELECT t.id FROM price_list l JOIN price_tier t ON t.price_list_id = l.id
		AND t.product_id = p_product AND t.min_qty <= p_qty
	  WHERE l.group_id = (SELECT group_id FROM customer WHERE party_id = p_party)
			AND l.status = 'active'
				AND p_day BETWEEN l.valid_from AND COALESCE(l.valid_to, p_day)
	  ORDER BY l.priority DESC, l.valid_from DESC, l.id DESC, t.min_qty DESC LIMIT 1),
	(SELECT t.id FROM price_list l JOIN price_tier t ON t.price_list_id = l.id
		AND t.product_id = p_product AND t.min_qty <= p_qty
	  WHERE l.scope = 'province' AND l.province = (SELECT province FROM party
			WHERE id = p_party) AND l.status = 'active'
				AND p_day BETWEEN l.valid_from AND COALESCE(l.valid_to, p_day)
	  ORDER BY l.priority DESC, l.valid_from DESC, l.id DESC, t.min_qty DESC LIMIT 1),
	(SELECT t.id FROM price_list l JOIN price_tier t ON t.price_list_id = l.id
		AND t.product_id = p_product AND t.min_qty <= p_qty
	  WHERE l.scope = 'all' AND l.status = 'active'
			AND p_day BETWEEN l.valid_from AND COALESCE(l.valid_to, p_day)
	  ORDER BY l.priority DESC, l.valid_from DESC, l.id DESC, t.min_qty DESC LIMIT 1))//

-- One row: price, floor_price, price_list_id, list_code, min_qty of the tier; none without a price.
-- @execute office
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE price_for(IN p_party BIGINT,
	IN p_product BIGINT, IN p_qty INT, IN p_day DATE)
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	SELECT t.price, COALESCE(t.floor_price, p.floor_price) AS floor_price, t.price_list_id,
	       l.code AS list_code, t.min_qty
	  FROM price_tier t
	  JOIN price_list l ON l.id = t.price_list_id
	  JOIN product p ON p.id = t.product_id
	 WHERE t.id = price_tier_for(p_party, p_product, p_qty, COALESCE(p_day, business_day()));
END//

-- Whether a customer sees a product (E12): the narrowest rule decides, at one
-- width deny beats allow, without a rule product.visible.
-- @execute office jobs
CREATE OR REPLACE DEFINER = owner@localhost FUNCTION product_visible_to(p_party BIGINT,
	p_product BIGINT, p_day DATE) RETURNS TINYINT
SQL SECURITY DEFINER DETERMINISTIC READS SQL DATA
RETURN CASE GREATEST(
	COALESCE((SELECT MAX((v.scope + 0) * 2 + (v.effect = 'deny'))
		    FROM product_visibility v
		   WHERE v.product_id = p_product
		     AND (v.scope = 'all' OR (v.scope = 'province'
		   AND v.province = (SELECT province FROM party WHERE id = p_party))
		   OR (v.scope = 'group' AND v.group_id = (SELECT group_id FROM customer
				WHERE party_id = p_party))
			OR (v.scope = 'customer' AND v.party_id = p_party))
		     AND p_day BETWEEN COALESCE(v.valid_from, p_day) AND COALESCE(v.valid_to, p_day)), 0),
	COALESCE((SELECT MAX((v.scope + 0) * 2 + (v.effect = 'deny'))
		    FROM product_group_item g
		    JOIN product_visibility v ON v.product_group_id = g.group_id
		   WHERE g.product_id = p_product
		     AND (v.scope = 'all' OR (v.scope = 'province'
		   AND v.province = (SELECT province FROM party WHERE id = p_party))
		   OR (v.scope = 'group' AND v.group_id = (SELECT group_id FROM customer
				WHERE party_id = p_party))
			OR (v.scope = 'customer' AND v.party_id = p_party))
		     AND p_day BETWEEN COALESCE(v.valid_from, p_day) AND COALESCE(v.valid_to, p_day)), 0))
	WHEN 0 THEN COALESCE((SELECT visible FROM product WHERE id = p_product), 0)
	WHEN 2 THEN 1 WHEN 4 THEN 1 WHEN 6 THEN 1 WHEN 8 THEN 1
	ELSE 0 END//

-- Why a customer may not buy at all (E10): NULL when every document its role
-- needs is approved and in date, else `licence.missing|…` or `licence.expired|…`.
-- @execute office jobs
CREATE OR REPLACE DEFINER = owner@localhost FUNCTION licence_gap(p_party BIGINT,
	p_day DATE) RETURNS VARCHAR(200)
SQL SECURITY DEFINER READS SQL DATA
RETURN (
	SELECT CONCAT(IF(MAX(l.id) IS NULL, 'licence.missing', 'licence.expired'), '||document=',
	       k.name)
	  FROM customer c
	  JOIN licence_requirement q ON q.buyer_role = c.buyer_role
	  JOIN licence_kind k ON k.kind = q.kind
	  LEFT JOIN party_licence l ON l.party_id = c.party_id AND l.kind = q.kind
			AND l.status = 'approved'
	 WHERE c.party_id = p_party
	 GROUP BY k.kind, k.name, k.seq
	HAVING COALESCE(MAX(COALESCE(l.expires_on, IF(l.id IS NULL, NULL, '9999-12-31'))),
		'1000-01-01') < p_day
	 ORDER BY k.seq
	 LIMIT 1)//

-- Whether an approved licence in date has the business scope of a product.
-- @execute office jobs
CREATE OR REPLACE DEFINER = owner@localhost FUNCTION licence_covers(p_party BIGINT,
	p_scope VARCHAR(20), p_day DATE) RETURNS TINYINT
SQL SECURITY DEFINER READS SQL DATA
RETURN EXISTS (
	SELECT 1
	  FROM party_licence l
	  JOIN licence_kind k ON k.kind = l.kind AND k.scoped = 1
	  JOIN party_licence_scope s ON s.licence_id = l.id AND s.scope = p_scope
	 WHERE l.party_id = p_party AND l.status = 'approved'
	   AND COALESCE(l.expires_on, p_day) >= p_day)//

-- The scope that a product needs and no licence has today: its own, and that of its special control
-- (narcotic and the like, which only who is licensed for may buy). NULL: none is missing.
CREATE OR REPLACE DEFINER = owner@localhost FUNCTION scope_missing(p_party BIGINT,
	p_scope VARCHAR(20), p_control VARCHAR(20), p_day DATE) RETURNS VARCHAR(20)
SQL SECURITY DEFINER READS SQL DATA
RETURN CASE WHEN NOT licence_covers(p_party, p_scope, p_day) THEN p_scope
	WHEN p_control <> 'none' AND NOT licence_covers(p_party, p_control, p_day) THEN p_control
	END//

-- Why a line may not be ordered, or NULL: `code|field.{row}|…`, {row} for the caller to fill.
-- p_tier: anything but NULL when it has a price.
-- @execute office
CREATE OR REPLACE DEFINER = owner@localhost FUNCTION line_refusal(p_party BIGINT,
	p_product BIGINT, p_qty INT, p_day DATE, p_tier BIGINT) RETURNS VARCHAR(200)
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	DECLARE v_status, v_scope, v_control VARCHAR(20);
	DECLARE v_visible, v_licensed TINYINT;
	DECLARE v_min, v_multiple INT;

	-- one statement, for each costs more than what it reads; MAX so that it has a row
	SELECT MAX(o.status), MAX(o.visible), MAX(o.min_qty), MAX(o.qty_multiple),
	       MAX(o.licence_scope), MAX(o.control_class),
	       MAX(EXISTS (SELECT 1
			     FROM party_licence l
			     JOIN licence_kind k ON k.kind = l.kind AND k.scoped = 1
			     JOIN party_licence_scope s ON s.licence_id = l.id
				AND s.scope = o.licence_scope
			    WHERE l.party_id = p_party AND l.status = 'approved'
			      AND COALESCE(l.expires_on, p_day) >= p_day))
	  INTO v_status, v_visible, v_min, v_multiple, v_scope, v_control, v_licensed
	  FROM offer o
	 WHERE o.party_id = p_party AND o.product_id = p_product;
	IF v_status IS NULL OR NOT v_visible THEN
		RETURN 'code.unknown|code.{row}';
	ELSEIF v_status <> 'active' THEN
		RETURN 'product.stopped|code.{row}';
	ELSEIF NOT v_licensed OR (v_control <> 'none'
		AND NOT licence_covers(p_party, v_control, p_day)) THEN
		RETURN CONCAT('licence.scope|code.{row}|scope=',
			scope_missing(p_party, v_scope, v_control, p_day));
	ELSEIF p_qty IS NULL OR p_qty < 1 THEN
		RETURN 'qty.missing|qty.{row}';
	ELSEIF p_qty > 10000000 THEN
		RETURN 'qty.large|qty.{row}';
	ELSEIF p_tier IS NULL THEN
		RETURN 'price.missing|code.{row}';
	ELSEIF p_qty < v_min THEN
		RETURN CONCAT('qty.low|qty.{row}|min=', v_min);
	ELSEIF p_qty % v_multiple <> 0 THEN
		RETURN CONCAT('qty.multiple|qty.{row}|pack=', v_multiple, '|lower=',
			p_qty - p_qty % v_multiple,
			'|upper=', p_qty - p_qty % v_multiple + v_multiple);
	END IF;
	RETURN NULL;
END//

-- Units of a product free for sale today in a warehouse (0: in all of them): the sum of free_lot.
-- @execute office jobs
CREATE OR REPLACE DEFINER = owner@localhost FUNCTION free_stock(p_product BIGINT,
	p_warehouse BIGINT) RETURNS INT
SQL SECURITY DEFINER DETERMINISTIC READS SQL DATA
RETURN COALESCE((SELECT SUM(f.free) FROM free_lot f
	WHERE f.product_id = p_product AND p_warehouse IN (0, f.warehouse_id)
	GROUP BY f.product_id), 0)//

-- A figure as the band a buyer sees (E14): in-stock, limited, out.
-- @execute office
CREATE OR REPLACE DEFINER = owner@localhost FUNCTION stock_band(p_free INT,
	p_low INT) RETURNS VARCHAR(8)
SQL SECURITY DEFINER DETERMINISTIC NO SQL
RETURN CASE WHEN p_free <= 0 THEN 'out' WHEN p_free < p_low THEN 'limited' ELSE 'in-stock' END//

-- The stock policy of a customer: the narrowest.
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE stock_policy_of(IN p_party BIGINT,
	OUT p_show VARCHAR(8), OUT p_lots TINYINT)
SQL SECURITY DEFINER READS SQL DATA
BEGIN
	SELECT s.show_as, s.show_lots INTO p_show, p_lots
	  FROM stock_policy s
	  JOIN customer c ON c.party_id = p_party
	 WHERE s.scope = 'all' OR (s.scope = 'role' AND s.buyer_role = c.buyer_role)
	    OR (s.scope = 'group' AND s.group_id = c.group_id)
	   OR (s.scope = 'customer' AND s.party_id = p_party)
	 ORDER BY s.scope + 0 DESC
	 LIMIT 1;
	SET p_show = COALESCE(p_show, 'none'), p_lots = COALESCE(p_lots, 0);
END//

DELIMITER ;
