-- 0187: what is wrong with a file, counted once when it is checked: all its bad rows are kept now, and a
-- page does not count a million of them each time; rows with warnings behind the first 100,000 are counted only.

CREATE TABLE IF NOT EXISTS flow_issue (
	file_id BIGINT NOT NULL,
	severity ENUM('error','warning') NOT NULL COMMENT 'of the rows',
	code VARCHAR(12) NOT NULL COMMENT 'flow.vNN: check of DOMAIN 2.3',
	row_count INT NOT NULL,
	first_row INT NOT NULL COMMENT 'line of the file',
	PRIMARY KEY (file_id, severity, code),
	CONSTRAINT fk_flow_issue_file_id FOREIGN KEY (file_id) REFERENCES flow_file (id),
	CONSTRAINT ck_flow_issue_row_count CHECK (row_count > 0)
) COMMENT 'rows of a file by what is wrong with them';

INSERT IGNORE INTO flow_issue (file_id, severity, code, row_count, first_row)
SELECT r.file_id, r.severity, SUBSTRING_INDEX(j.issue, ':', 1), COUNT(DISTINCT r.row_no), MIN(r.row_no)
  FROM flow_reject r,
       JSON_TABLE(CONCAT('["', REPLACE(r.issues, ' ', '","'), '"]'), '$[*]'
	COLUMNS (issue VARCHAR(60) PATH '$')) j
 GROUP BY r.file_id, r.severity, SUBSTRING_INDEX(j.issue, ':', 1);
