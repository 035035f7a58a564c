-- 0183: sudden peaks of a month are kept while its cases of diversion are looked for: a peak alone is a case
-- too. And what earlier confirmations wrote into the owner's rows (the seller's price, amount, document,
-- lot; a file named and made as the seller's) goes, where the month still changes: closed ones are sealed by
-- their digest, there the portal's procedures hide it. Names of files are in no digest.

CREATE TABLE IF NOT EXISTS flow_peak (
	period INT NOT NULL,
	party_id BIGINT NOT NULL COMMENT 'seller',
	product_id BIGINT NOT NULL,
	qty DECIMAL(20,4) NOT NULL COMMENT 'pure sales of the month',
	amount DECIMAL(20,2) NOT NULL,
	row_count INT NOT NULL,
	median DECIMAL(20,4) NOT NULL COMMENT 'of the six months before',
	PRIMARY KEY (period, party_id, product_id)
) COMMENT 'work of flow_peaks_find()';

UPDATE flow_correction_line l
  JOIN flow_correction c ON c.id = l.correction_id AND c.kind = 'diversion' AND c.party_id <> l.party_id
   SET l.price = NULL, l.doc_no = '', l.lot_no = '';
UPDATE flow_file f
  JOIN period p ON p.period = f.book_period AND p.status IN ('open', 'review')
  STRAIGHT_JOIN flow_row r ON r.book_period = f.book_period
   AND r.id BETWEEN f.id * 10000000 AND f.id * 10000000 + 9999999
   SET r.price = NULL, r.amount = NULL, r.doc_no = '', r.lot_no = '', r.lot_id = NULL
 WHERE f.origin = 'correction' AND r.flow_class = 3 AND r.qty > 0;
UPDATE flow_month m
  JOIN period p ON p.period = m.book_period AND p.status IN ('open', 'review')
   SET m.amount = 0
 WHERE m.flow_class = 3 AND m.qty > 0 AND m.amount <> 0;
UPDATE flow_file f
  JOIN flow_correction c ON c.correction_no = f.name AND c.kind = 'diversion' AND c.party_id <> f.party_id
   SET f.name = CONCAT('CH', DATE_FORMAT(f.created_at, '%Y%m%d'), '-', f.id), f.created_by = NULL, f.imported_by = NULL
 WHERE f.origin = 'correction';
