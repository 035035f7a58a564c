-- Files of one sender are shown and hidden one after the other: two at once would not see each other's days,
-- and both would count.

CREATE TABLE IF NOT EXISTS flow_turn (
	party_id BIGINT NOT NULL PRIMARY KEY COMMENT 'whose files; its row is held until the transaction ends',
	CONSTRAINT fk_flow_turn_party_id FOREIGN KEY (party_id) REFERENCES party (id)
) COMMENT 'turns of the files of a sender';
