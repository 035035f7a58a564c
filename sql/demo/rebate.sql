-- Two rebate policies in force and one being drafted; the last quarter that is locked is computed and
-- credited, by the routines that the pages call.  Only for a company as small as that of the tour.
SET NAMES utf8mb4, time_zone = '+00:00';

DELIMITER //
CREATE OR REPLACE PROCEDURE demo_rebate()
this: BEGIN
	DECLARE v_now DOUBLE DEFAULT UNIX_TIMESTAMP();
	DECLARE v_year INT DEFAULT YEAR(business_day());
	DECLARE v_maker, v_boss, v_run BIGINT;
	DECLARE v_quarter, v_month INT;

	IF (SELECT COUNT(*) FROM customer) > 200 THEN
		LEAVE this;
	END IF;
	SET v_maker = (SELECT id FROM app_user WHERE site = 'office' AND login = 'zou.mingxuan'),
	    v_boss = (SELECT id FROM app_user WHERE site = 'office' AND login = 'zheng.huilan');
	SET @actor_id = v_maker, @actor_for = NULL, @request_id = 'demo-fl';
	INSERT INTO rebate_policy (code, name, base, method, span, target, product_group_id, from1, rate1, from2, rate2,
		from3, rate3, valid_from, status, note)
	VALUES (CONCAT('LF', v_year), CONCAT(v_year, ' 年度季度量返'), 'purchase_amount', 'incremental', 'quarter', NULL, NULL,
		100000, 0.5, 500000, 1, 1500000, 1.5, MAKEDATE(v_year, 1), 'active', '按开票金额超额累进，红票扣减。'),
	       (CONCAT('CX', v_year), CONCAT(v_year, ' 年纯销奖励'), 'sale_qty', 'all_unit', 'month', NULL, NULL,
		1000, 0.05, 5000, 0.08, NULL, NULL, MAKEDATE(v_year, 1), 'active', '只计已匹配的纯销流向，窜货不计。'),
	       (CONCAT('DC', v_year + 1), CONCAT(v_year + 1, ' 年度达成返利（拟定）'), 'purchase_amount', 'achieve', 'year', 6000000, NULL,
		90, 0.8, 100, 1.2, 120, 1.5, MAKEDATE(v_year + 1, 1), 'draft', NULL);
	SELECT MAX(p.period) INTO v_quarter FROM period p
	 WHERE p.status IN ('locked', 'closed') AND p.period MOD 100 IN (3, 6, 9, 12) AND p.period DIV 100 = v_year;
	IF v_quarter IS NOT NULL THEN
		SET timestamp = v_now - 9 * 86400;
		CALL rebate_compute((SELECT id FROM rebate_policy WHERE code = CONCAT('LF', v_year)), v_quarter);
		SET v_run = (SELECT MAX(id) FROM rebate_run);
		SET timestamp = v_now - 7 * 86400, @actor_id = v_boss;
		CALL rebate_decide(v_run, 1, 1, NULL);
	END IF;
	SELECT MAX(p.period) INTO v_month FROM period p
	 WHERE p.status IN ('locked', 'closed') AND p.period DIV 100 = v_year;
	IF v_month IS NOT NULL THEN
		SET timestamp = v_now - 86400, @actor_id = v_maker;
		CALL rebate_compute((SELECT id FROM rebate_policy WHERE code = CONCAT('CX', v_year)), v_month);
	END IF;
	SET timestamp = DEFAULT;
END//
DELIMITER ;

CALL demo_rebate();
DROP PROCEDURE demo_rebate;
