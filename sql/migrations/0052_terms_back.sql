-- 0052: 批结 (DOMAIN 3.3): how many batches may be out before the one before them has
-- to be paid.

ALTER TABLE customer ADD COLUMN IF NOT EXISTS terms_back TINYINT NOT NULL DEFAULT 1
	COMMENT 'previous: order n waits for payment of order n less this' AFTER terms_months;
ALTER TABLE customer DROP CONSTRAINT IF EXISTS ck_customer_terms_back;
ALTER TABLE customer ADD CONSTRAINT ck_customer_terms_back CHECK (terms_back BETWEEN 1 AND 6);
