-- 0051: who recorded a receipt does not confirm it (E05). Receipts confirmed before
-- this was so stay as they are, and say so.

ALTER TABLE receipt
	ADD COLUMN IF NOT EXISTS by_one TINYINT NOT NULL DEFAULT 0
		COMMENT '1: recorded and confirmed by one person, before two were wanted';
UPDATE receipt SET by_one = 1 WHERE posted_by = created_by AND by_one = 0;
ALTER TABLE receipt DROP CONSTRAINT IF EXISTS ck_receipt_posted_by;
ALTER TABLE receipt ADD CONSTRAINT ck_receipt_posted_by
	CHECK (by_one = 1 OR posted_by IS NULL OR created_by IS NULL OR posted_by <> created_by);
