-- Initials of the sound of Chinese names, for quick search (E20).

DELIMITER //

-- Lower-case initials: the part of GB 2312 that is sorted by sound by its
-- ranges, other characters that names of the trade have by a list; Latin
-- letters and digits stay, what is unknown is left out.
-- @execute office jobs
CREATE OR REPLACE DEFINER = owner@localhost FUNCTION pinyin_initials(
	p_text VARCHAR(200)) RETURNS VARCHAR(80)
SQL SECURITY DEFINER DETERMINISTIC NO SQL
BEGIN
	DECLARE v_out VARCHAR(200) DEFAULT '';
	DECLARE v_c VARCHAR(1);
	DECLARE v_i, v_code, v_at INT DEFAULT 0;
	DECLARE v_more VARCHAR(300) DEFAULT '羟酞珩缬厄噻嗪哌酮唑罗莫沙朵瑚胂呋喃嘌呤嘧啶吡咯咪喹啉肟脲肼胍腺苷苄苊蒽卟萘芬芪岑芩茱荆槟榔蔻麝藿膦钬铋曲重单长厦行酪枸橼喘舒坦佐泮瑞酰伊妥莱琥珀脂璃溴铵羧烯醇炔嗣亳漯濮泸衢鄞闵浔坻崂汶浠湄潼璧瓯碚秭綦芗蕲陂孢巯肽胱酯钴崇淇沅莘莞婺滕啸傲';
	DECLARE v_sounds VARCHAR(300) DEFAULT 'qthxesqptzlmsdhsfnplmdblmklwnjgxgbeebnfqcqzjblkshlhbqcdcxhljycstzprxytlhpzlxasxcqsblplqymxclwxmtbobzqxqpbqtgzgcqysgwtxa';

	SET p_text = LOWER(p_text);
	WHILE v_i < CHAR_LENGTH(p_text) DO
		SET v_i = v_i + 1;
		SET v_c = SUBSTRING(p_text, v_i, 1), v_at = LOCATE(SUBSTRING(p_text, v_i, 1), v_more);
		IF v_at > 0 THEN
			SET v_out = CONCAT(v_out, SUBSTRING(v_sounds, v_at, 1));
		ELSEIF v_c RLIKE '[a-z0-9]' THEN
			SET v_out = CONCAT(v_out, v_c);
		ELSE
			SET v_code = CONV(HEX(CONVERT(v_c USING gb2312)), 16, 10);
			IF v_code BETWEEN 0xB0A1 AND 0xD7F9 THEN
				SET v_out = CONCAT(v_out, ELT(INTERVAL(v_code, 0xB0A1, 0xB0C5, 0xB2C1, 0xB4EE, 0xB6EA,
					0xB7A2, 0xB8C1, 0xB9FE, 0xBBF7, 0xBFA6, 0xC0AC, 0xC2E8, 0xC4C3, 0xC5B6, 0xC5BE,
					0xC6DA, 0xC8BB, 0xC8F6, 0xCBFA, 0xCDDA, 0xCEF4, 0xD1B9, 0xD4D1),
					'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'j', 'k', 'l', 'm', 'n', 'o', 'p', 'q',
					'r', 's', 't', 'w', 'x', 'y', 'z'));
			END IF;
		END IF;
	END WHILE;
	RETURN LEFT(v_out, 80);
END//

DELIMITER ;
