-- Balances that are due, and months being locked or closed: worked on piece by piece, each piece a
-- transaction of its own. A server that stops loses at most the piece it was at.

DELIMITER //

CREATE OR REPLACE DEFINER = owner@localhost EVENT flow_work
ON SCHEDULE EVERY 10 SECOND
COMMENT 'balances that are due, months being locked or closed'
DO BEGIN
	DECLARE v_did TINYINT DEFAULT 1;
	DECLARE v_end DATETIME(6) DEFAULT SYSDATE(6) + INTERVAL 60 SECOND;
	DECLARE EXIT HANDLER FOR SQLEXCEPTION BEGIN
		ROLLBACK;
		DO RELEASE_LOCK('flow_work');
		RESIGNAL;
	END;

	SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED;
	IF GET_LOCK('flow_work', 0) = 1 THEN
		WHILE v_did AND SYSDATE(6) < v_end DO
			START TRANSACTION;
			CALL flow_work_one(0, v_did);
			COMMIT;
		END WHILE;
		DO RELEASE_LOCK('flow_work');
	END IF;
END//

DELIMITER ;
