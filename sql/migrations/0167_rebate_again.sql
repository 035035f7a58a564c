-- 0167: a run of rebates over months that were computed before takes back what was credited too much (DOMAIN
-- 3.6: later corrections produce a delta run): corrections approved later count in the month they are about, and
-- who left the policy's group has a line too. What a run knew is kept with it, so that it can be computed again.

ALTER TABLE rebate_run
	ADD COLUMN IF NOT EXISTS booked_to INT NOT NULL DEFAULT (period_to)
		COMMENT 'yyyymm: corrections booked until this month are in it' AFTER period_to;
ALTER TABLE rebate_line
	ADD COLUMN IF NOT EXISTS outside TINYINT NOT NULL DEFAULT 0
		COMMENT '1: no distributor of the policy (any more): what was credited is taken back' AFTER capped;
