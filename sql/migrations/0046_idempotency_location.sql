-- 0046: the answer to a kept view is an address with its whole query.

ALTER TABLE idempotency MODIFY location VARCHAR(1200) NULL
	COMMENT 'where the first answer led; NULL while it runs';
