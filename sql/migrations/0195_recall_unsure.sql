-- 0195: a recall lists too who got rows that bear the number of the lot under a product name that
-- nobody has understood yet: marked as unsure, asked of by way of the seller.

ALTER TABLE recall_party
	MODIFY tier ENUM('distributor','terminal','unknown','unsure') NOT NULL
		COMMENT 'unknown: a name not matched; unsure: by rows of unknown products alone',
	ADD COLUMN IF NOT EXISTS unsure DECIMAL(18,4) NOT NULL DEFAULT 0
		COMMENT 'sold or bought under names of unknown products, same lot number' AFTER sold;
