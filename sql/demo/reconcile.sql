-- The statements of the last six months, made, sent, disputed and signed as people would, by the
-- routines that the pages call.  Only for a company as small as that of the tour.
SET NAMES utf8mb4, time_zone = '+00:00';

DELIMITER //
CREATE OR REPLACE PROCEDURE demo_reconcile()
this: BEGIN
	DECLARE v_now DOUBLE DEFAULT UNIX_TIMESTAMP();
	DECLARE v_day DATE DEFAULT business_day();
	DECLARE v_maker, v_id, v_line, v_user BIGINT;
	DECLARE v_period INT;
	DECLARE v_k INT DEFAULT 6;

	IF (SELECT COUNT(*) FROM customer) > 200 THEN
		LEAVE this;
	END IF;
	SET v_maker = (SELECT id FROM app_user WHERE site = 'office' AND login = 'su.jingwen');
	-- 1. to the fifth of each month: the month before is made and sent
	WHILE v_k > 0 DO
		SET v_period = DATE_FORMAT(v_day - INTERVAL v_k MONTH, '%Y%m');
		SET timestamp = UNIX_TIMESTAMP(DATE_FORMAT(v_day - INTERVAL v_k - 1 MONTH, '%Y-%m-05 02:30:00'));
		IF UNIX_TIMESTAMP() > v_now THEN
			SET timestamp = v_now - 3600;
		END IF;
		SET @actor_id = v_maker, @actor_for = NULL, @request_id = CONCAT('demo-dz-', v_period);
		CALL reconcile_make(v_period, 0, 200);
		CALL reconcile_issue_all(v_period, 200);
		-- 2. a few days later the customers who have somebody for it sign, but for the last month
		IF v_k > 1 THEN
			SET timestamp = UNIX_TIMESTAMP() + 4 * 86400;
			UPDATE reconciliation r
			   SET r.status = 'confirmed', r.confirmed_at = UTC_TIMESTAMP(6), r.confirmed_from = '10.8.4.21',
			       r.version = r.version + 1,
			       r.confirmed_by = (SELECT MIN(u.id) FROM app_user u JOIN user_role x ON x.user_id = u.id
					JOIN role_permission p ON p.role_id = x.role_id AND p.permission = 'reconcile.confirm'
					WHERE u.party_id = r.party_id AND u.branch_id IS NULL)
			 WHERE r.period = v_period AND r.status = 'issued'
			   AND EXISTS (SELECT 1 FROM app_user u JOIN user_role x ON x.user_id = u.id
					JOIN role_permission p ON p.role_id = x.role_id AND p.permission = 'reconcile.confirm'
					WHERE u.party_id = r.party_id AND u.branch_id IS NULL);
		END IF;
		SET v_k = v_k - 1;
	END WHILE;
	-- 3. the accountant of 瑞生 disputes an invoice of the last month: 1,280.00 less arrived
	SET timestamp = v_now - 2 * 86400;
	SET v_user = (SELECT id FROM app_user WHERE site = 'portal' AND login = 'ruisheng.account');
	SELECT l.id, r.id INTO v_line, v_id
	  FROM reconciliation r
	  JOIN reconciliation_line l ON l.reconciliation_id = r.id AND l.section = 'account' AND l.entry = 'invoice'
	 WHERE r.party_id = (SELECT party_id FROM app_user WHERE id = v_user) AND r.status = 'issued'
	   AND l.debit > 2000
	 ORDER BY r.period DESC, l.line_no DESC
	 LIMIT 1;
	IF v_line IS NOT NULL THEN
		SET @actor_id = v_user, @actor_for = (SELECT party_id FROM app_user WHERE id = v_user), @request_id = 'demo-yy';
		INSERT INTO reconciliation_dispute (dispute_no, party_id, reconciliation_id, line_id, reason, their_amount,
			comment, due_on, raised_by)
		SELECT CONCAT('YY', DATE_FORMAT(business_day(), '%Y%m%d'), '-', p.code, '-01'), p.id, v_id, v_line, 'qty',
		       (SELECT debit FROM reconciliation_line WHERE id = v_line) - 1280.00,
		       '到货清点少 1 中包装，运单已注明，请核实后调整。', business_day() + INTERVAL 5 DAY, v_user
		  FROM party p WHERE p.id = @actor_for;
		UPDATE reconciliation_line SET state = 'disputed' WHERE id = v_line;
		CALL reconcile_refresh(v_id);
	END IF;
	-- 4. the auditors ask about the last half year
	SET timestamp = v_now - 86400;
	SET @actor_id = v_maker, @actor_for = NULL, @request_id = 'demo-hz';
	INSERT INTO confirmation_letter (letter_no, party_id, as_of, balance, kind, auditor, auditor_contact, due_on,
		created_by, status, sent_by, sent_at, content_hash)
	SELECT CONCAT('HZ', DATE_FORMAT(business_day(), '%Y%m%d'), '-', p.code, '-01'), p.id, q.as_of,
	       ledger_balance(p.id, q.as_of), 'positive', '江汉正信会计师事务所', '审计二部 龚明哲，武汉市江汉区建设大道 568 号',
	       business_day() + INTERVAL 12 DAY, v_maker, 'sent', v_maker, UTC_TIMESTAMP(6),
	       SHA2(CONCAT_WS('|', CONCAT('HZ', DATE_FORMAT(business_day(), '%Y%m%d'), '-', p.code, '-01'), p.id, q.as_of,
			ledger_balance(p.id, q.as_of), 'positive', '江汉正信会计师事务所', '审计二部 龚明哲，武汉市江汉区建设大道 568 号'), 256)
	  FROM (SELECT LAST_DAY(v_day - INTERVAL 1 MONTH) AS as_of) q
	  JOIN party p ON p.code IN ('D0001', 'D0002', 'D0003', 'D0004', 'D0005')
	  JOIN customer c ON c.party_id = p.id;
	SET timestamp = DEFAULT;
END//
DELIMITER ;

CALL demo_reconcile();
DROP PROCEDURE demo_reconcile;
