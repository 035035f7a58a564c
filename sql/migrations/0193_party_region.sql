-- 0193: where a party was: figures of past months stay with the region it was in then, without a
-- column on each of millions of rows. Nothing is written for who never moves.

CREATE TABLE IF NOT EXISTS party_region (
	party_id BIGINT NOT NULL,
	from_period INT NOT NULL COMMENT 'yyyymm; 0: from the beginning',
	until_period INT NOT NULL COMMENT 'last month it counts in; the party itself says where it has been since',
	region_code VARCHAR(12) NULL,
	province CHAR(2) NULL,
	PRIMARY KEY (party_id, until_period),
	KEY ix_party_region_province (province, party_id),
	CONSTRAINT fk_party_region_party_id FOREIGN KEY (party_id) REFERENCES party (id),
	CONSTRAINT fk_party_region_region_code FOREIGN KEY (region_code) REFERENCES region (code),
	CONSTRAINT ck_party_region_until_period CHECK (until_period >= from_period)
) COMMENT 'regions a party was in before; a month counts where it was at its end';
