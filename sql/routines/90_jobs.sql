-- What the database does by itself (event_scheduler = ON): what has expired goes, who is late is
-- asked.

CREATE OR REPLACE DEFINER = owner@localhost EVENT housekeep
ON SCHEDULE EVERY 10 MINUTE
COMMENT 'expired sessions, devices and idempotency keys'
DO CALL jobs_housekeep();

CREATE OR REPLACE DEFINER = owner@localhost EVENT recall_reminders
ON SCHEDULE EVERY 10 MINUTE
COMMENT 'recalls: holders that are silent, notices and reports that are late'
DO CALL recall_remind_due(UTC_TIMESTAMP(6));

DELIMITER //

-- At nine in Shanghai.
CREATE OR REPLACE DEFINER = owner@localhost EVENT flow_reminders
ON SCHEDULE EVERY 1 DAY STARTS '2026-01-01 01:00:00'
COMMENT 'senders that are late with the month being collected'
DO BEGIN
	DECLARE EXIT HANDLER FOR SQLEXCEPTION BEGIN
		ROLLBACK;
		RESIGNAL;
	END;

	SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED;
	START TRANSACTION;
	CALL flow_source_remind_due();
	COMMIT;
END//

DELIMITER ;
