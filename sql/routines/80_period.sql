-- Months of the flows (period).

DELIMITER //

-- The month yyyymm is there after this, with the days of its plan (DOMAIN 2.9).
CREATE OR REPLACE DEFINER = owner@localhost PROCEDURE period_ensure(IN p_period INT)
SQL SECURITY DEFINER MODIFIES SQL DATA
BEGIN
	DECLARE v_first DATE DEFAULT STR_TO_DATE(CONCAT(p_period, '01'), '%Y%m%d');

	IF NOT EXISTS (SELECT 1 FROM period WHERE period = p_period) THEN
		INSERT IGNORE INTO period (period, starts_on, ends_on, collect_by, review_by, lock_by)
		SELECT p_period, v_first, q.last, q.last + INTERVAL param_int('flow.collect_days', 3) DAY,
		       q.last + INTERVAL param_int('flow.review_days', 8) DAY,
		       q.last + INTERVAL param_int('flow.lock_days', 11) DAY
		  FROM (SELECT LAST_DAY(v_first) AS last) q;
	END IF;
END//

DELIMITER ;
