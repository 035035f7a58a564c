-- 0179: names decided while a month was settled: it keeps what it counted (other makers' products count
-- nowhere), and takes them over when it comes back to review.

CREATE TABLE IF NOT EXISTS flow_name_past (
	period INT NOT NULL,
	name_id BIGINT NOT NULL,
	is_foreign TINYINT NOT NULL COMMENT '1: left out of the figures of that month; 0: in them',
	PRIMARY KEY (period, name_id),
	CONSTRAINT fk_flow_name_past_period FOREIGN KEY (period) REFERENCES period (period),
	CONSTRAINT fk_flow_name_past_name_id FOREIGN KEY (name_id) REFERENCES flow_name (id)
) COMMENT 'names decided behind a lock, and what the month had counted them as';
