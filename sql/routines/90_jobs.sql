-- What the database does by itself (event_scheduler = ON): what has expired goes.

CREATE OR REPLACE DEFINER = owner@localhost EVENT housekeep
ON SCHEDULE EVERY 10 MINUTE
COMMENT 'expired sessions, devices and idempotency keys'
DO CALL jobs_housekeep();

CREATE OR REPLACE DEFINER = owner@localhost EVENT recall_reminders
ON SCHEDULE EVERY 10 MINUTE
COMMENT 'recalls: holders that are silent, notices and reports that are late'
DO CALL recall_remind_due(UTC_TIMESTAMP(6));
