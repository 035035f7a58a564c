-- 0120: matching. Samples of what rules decided by themselves, judged by people, so that the share of
-- wrong matches is a figure; units that every sender uses.

CREATE TABLE IF NOT EXISTS flow_sample (
	id BIGINT NOT NULL AUTO_INCREMENT,
	drawn_on DATE NOT NULL COMMENT 'names of one sample are drawn the same day',
	name_id BIGINT NOT NULL,
	target_id BIGINT NOT NULL COMMENT 'what the rule took it for',
	method ENUM('code','alias','global','identifier','name','similar') NOT NULL,
	row_count INT NOT NULL COMMENT 'rows that stood behind it when it was drawn',
	verdict ENUM('open','right','wrong') NOT NULL DEFAULT 'open',
	drawn_by BIGINT NULL,
	decided_by BIGINT NULL,
	decided_at DATETIME(6) NULL,
	PRIMARY KEY (id),
	UNIQUE KEY uq_flow_sample_name (drawn_on, name_id),
	KEY ix_flow_sample_verdict (verdict, id),
	CONSTRAINT fk_flow_sample_name_id FOREIGN KEY (name_id) REFERENCES flow_name (id)
) COMMENT 'automatic matches drawn at random, each as likely as it has rows, to see how many are wrong';

INSERT IGNORE INTO unit_conversion (product_id, party_id, unit, factor) VALUES
	(NULL, NULL, '件', NULL), (NULL, NULL, '箱', NULL), (NULL, NULL, '大件', NULL);
