"""Initials of the pinyin of a Chinese text, for search columns."""

STARTS = ("B0A1 B0C5 B2C1 B4EE B6EA B7A2 B8C1 B9FE BBF7 BFA6 C0AC C2E8 C4C3 C5B6 C5BE C6DA "
          "C8BB C8F6 CBFA CDDA CEF4 D1B9 D4D1").split()
LETTERS = "abcdefghjklmnopqrstwxyz"
RANGES = [(int(s, 16), c) for s, c in zip(STARTS, LETTERS)]

# Characters past the part of GB 2312 that is sorted by sound, or with a second sound in it.
EXTRA = {"羟": "q", "酞": "t", "珩": "h", "缬": "x", "厄": "e", "噻": "s", "嗪": "q", "哌": "p", "酮": "t",
         "唑": "z", "罗": "l", "莫": "m", "沙": "s", "朵": "d", "瑚": "h", "胂": "s", "呋": "f", "喃": "n",
         "嘌": "p", "呤": "l", "嘧": "m", "啶": "d", "吡": "b", "咯": "l", "咪": "m", "喹": "k", "啉": "l",
         "肟": "w", "脲": "n", "肼": "j", "胍": "g", "腺": "x", "苷": "g", "苄": "b", "苊": "e", "蒽": "e",
         "卟": "b", "萘": "n", "芬": "f", "芪": "q", "岑": "c", "芩": "q", "茱": "z", "荆": "j", "槟": "b",
         "榔": "l", "蔻": "k", "麝": "s", "藿": "h", "膦": "l", "钬": "h", "铋": "b", "曲": "q", "重": "c",
         "单": "d", "长": "c", "厦": "x", "行": "h", "酪": "l", "枸": "j", "橼": "y", "喘": "c", "舒": "s",
         "坦": "t", "佐": "z", "泮": "p", "瑞": "r", "酰": "x", "伊": "y", "妥": "t", "莱": "l", "琥": "h",
         "珀": "p", "脂": "z", "璃": "l", "溴": "x", "铵": "a", "羧": "s", "烯": "x", "醇": "c", "炔": "q",
         "嗣": "s", "亳": "b", "漯": "l", "濮": "p", "泸": "l", "衢": "q", "鄞": "y", "闵": "m", "浔": "x",
         "坻": "c", "崂": "l", "汶": "w", "浠": "x", "湄": "m", "潼": "t", "璧": "b", "瓯": "o", "碚": "b",
         "秭": "z", "綦": "q", "芗": "x", "蕲": "q", "陂": "p", "孢": "b", "巯": "q", "肽": "t", "胱": "g",
         "酯": "z", "钴": "g", "崇": "c", "淇": "q", "沅": "y", "莘": "s", "莞": "g", "婺": "w", "滕": "t"}


def initials(text):
    """Lower-case initials; Latin letters and digits stay, what is unknown is left out."""
    out = []
    for c in text:
        if c in EXTRA:
            out.append(EXTRA[c])
        elif c.isascii():
            if c.isalnum():
                out.append(c.lower())
        else:
            out.append(initial(c))
    return "".join(out)[:80]


def initial(c):
    try:
        code = int.from_bytes(c.encode("gb2312"), "big")
    except UnicodeEncodeError:
        return ""
    if not RANGES[0][0] <= code <= 0xD7F9:
        return ""
    letter = ""
    for start, name in RANGES:
        if code < start:
            break
        letter = name
    return letter
