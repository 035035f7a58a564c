-- A few quotations, by the routines that the pages call: a draft, one below the floor that waits for the
-- product manager, one to be answered, one accepted and its draft order, one declined, one expired.
-- Only for a company as small as that of the tour.
SET NAMES utf8mb4, time_zone = '+00:00';

DELIMITER //
-- Two products, by the rep of the customer, at a share (in percent) of the customer's list price, or of the floor.
CREATE OR REPLACE PROCEDURE demo_quote(IN p_code VARCHAR(20), IN p_days INT, IN p_percent INT,
	IN p_of VARCHAR(5), IN p_note VARCHAR(400), OUT p_id BIGINT)
BEGIN
	DECLARE v_party BIGINT;
	DECLARE v_lines LONGTEXT;

	SELECT p.id, c.rep_id INTO v_party, @actor_id FROM party p JOIN customer c ON c.party_id = p.id
	 WHERE p.code = p_code;
	SELECT JSON_ARRAYAGG(JSON_OBJECT('row', q.n, 'code', q.code, 'qty', q.qty, 'price', q.price) ORDER BY q.n)
	  INTO v_lines
	  FROM (SELECT ROW_NUMBER() OVER (ORDER BY x.product_id) AS n, x.code, 10 * x.case_qty AS qty,
		       IF(p_of = 'floor', ROUND(x.floor * p_percent / 100, 2),
				LEAST(t.price, GREATEST(x.floor, ROUND(t.price * p_percent / 100, 2)))) AS price
		  FROM (SELECT o.product_id, o.code, p.case_qty, COALESCE((SELECT t.floor_price FROM price_tier t
				WHERE t.id = price_tier_for(v_party, o.product_id, 10 * p.case_qty, business_day())),
				p.floor_price, 0) AS floor,
			       price_tier_for(v_party, o.product_id, 10 * p.case_qty, business_day()) AS tier
			  FROM offer o
			  JOIN product p ON p.id = o.product_id
			 WHERE o.party_id = v_party AND o.visible AND o.status = 'active'
			 ORDER BY o.product_id LIMIT 40) x
		  JOIN price_tier t ON t.id = x.tier
		 LIMIT 2) q;
	CALL quote_save(0, 0, v_party, business_day() + INTERVAL p_days DAY, NULL,
		'整件起订，3 个工作日内发货，运费由供方承担', p_note, v_lines);
	SELECT MAX(id) INTO p_id FROM quotation WHERE party_id = v_party;
END//

CREATE OR REPLACE PROCEDURE demo_quotation()
this: BEGIN
	DECLARE v_now DOUBLE DEFAULT UNIX_TIMESTAMP();
	DECLARE v_buyer, v_party, v_id, v_order BIGINT;

	IF (SELECT COUNT(*) FROM customer) > 200 THEN
		LEAVE this;
	END IF;
	SELECT id INTO v_buyer FROM app_user WHERE site = 'portal' AND login = 'ruisheng.buyer';
	SET @actor_for = NULL, @request_id = 'demo-bj', timestamp = v_now - 40 * 86400;
	CALL demo_quote('D0002', 15, 97, 'list', '季度备货价', v_id);
	CALL quote_send(v_id);
	SET timestamp = v_now - 6 * 86400;
	CALL demo_quote('D0003', 30, 98, 'list', '新品首批进货价', v_id);
	CALL quote_send(v_id);
	SELECT party_id INTO v_party FROM quotation WHERE id = v_id;
	SET timestamp = v_now - 5 * 86400;
	SELECT MIN(id) INTO @actor_id FROM app_user WHERE site = 'portal' AND party_id = v_party;
	CALL quote_decline(v_id, v_party, '本季预算已用完，下季度再谈。');
	SET timestamp = v_now - 3 * 86400;
	CALL demo_quote('D0001', 30, 96, 'list', '年底备货专项价', v_id);
	CALL quote_send(v_id);
	SET timestamp = v_now - 2 * 86400, @actor_id = v_buyer;
	SELECT party_id INTO v_party FROM quotation WHERE id = v_id;
	CALL quote_accept(v_id, v_party, v_order);
	SET timestamp = v_now - 86400;
	CALL demo_quote('D0001', 30, 97, 'list', '医院新进品种，首单优惠', v_id);
	CALL quote_send(v_id);
	SET timestamp = v_now - 7200;
	CALL demo_quote('D0004', 20, 98, 'floor', '全年框架合作价，按月分批提货', v_id);
	CALL quote_send(v_id);
	SET timestamp = v_now - 3600;
	CALL demo_quote('D0005', 30, 99, 'list', NULL, v_id);
	SET timestamp = DEFAULT;
END//
DELIMITER ;

CALL demo_quotation();
DROP PROCEDURE demo_quotation;
DROP PROCEDURE demo_quote;
