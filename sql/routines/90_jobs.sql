-- What the database does by itself (event_scheduler = ON): what has expired goes.

CREATE OR REPLACE DEFINER = owner@localhost EVENT housekeep
ON SCHEDULE EVERY 10 MINUTE
COMMENT 'expired sessions, devices and idempotency keys'
DO CALL jobs_housekeep();
