-- 0161: reminders of a recall go out by themselves, at most once for each step of its class (DOMAIN 4.4:
-- every 1, 3, 7 days); a migration of its own, as 0145 is applied.

ALTER TABLE recall_party
	ADD COLUMN IF NOT EXISTS remind_step INT NOT NULL DEFAULT 0
		COMMENT 'steps of the class since the notice that were reminded of by themselves' AFTER reminded_at;
ALTER TABLE recall
	ADD COLUMN IF NOT EXISTS told_of DATE NULL
		COMMENT 'due day of notices or report whose passing the opener was told of' AFTER report_by;
