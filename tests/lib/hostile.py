"""Texts and files that somebody means harm with."""
import io
import zipfile

XSS = [
    '<script>alert(1)</script>', '"><script>alert(1)</script>', "'><script>alert(1)</script>",
    '</title><script>alert(1)</script>', '</textarea><script>alert(1)</script>',
    '</select><img src=x onerror=alert(1)>', '</option><svg onload=alert(1)>',
    '<img src=x onerror=alert(1)>', '<img/src=x/onerror=alert(1)>', '<IMG SRC="javascript:alert(1)">',
    '<svg/onload=alert(1)>', '<svg><script>alert(1)</script></svg>', '<svg><animate onbegin=alert(1)>',
    '<body onload=alert(1)>', '<iframe src=javascript:alert(1)>', '<iframe srcdoc="<script>1</script>">',
    '<object data=javascript:alert(1)>', '<embed src=javascript:alert(1)>', '<base href=//evil.example>',
    '<link rel=stylesheet href=//evil.example>', '<meta http-equiv=refresh content="0;url=//evil">',
    '<form action=//evil.example><input name=a>', '<a href="javascript:alert(1)">x</a>',
    'javascript:alert(1)', 'JaVaScRiPt:alert(1)', 'java\tscript:alert(1)', ' javascript:alert(1)',
    'data:text/html,<script>alert(1)</script>', 'vbscript:msgbox(1)', '//evil.example/x',
    '" onmouseover="alert(1)', "' onmouseover='alert(1)", '` onmouseover=alert(1)',
    '" autofocus onfocus="alert(1)', '"style="background:url(//evil)"', '" hx-get="//evil" x="',
    '" hx-on:click="alert(1)', '<div hx-get=//evil hx-trigger=load>', '<style>@import"//evil"</style>',
    '<!--', '-->', ']]>', '<![CDATA[<script>alert(1)</script>]]>', '<?xml version="1.0"?>',
    '<?php echo 1 ?>', '<!DOCTYPE html>', '<!ENTITY x "y">', '&lt;script&gt;alert(1)&lt;/script&gt;',
    '&#60;script&#62;alert(1)', '&quot; onmouseover=&quot;alert(1)', '{{7*7}}', '${7*7}', '{x}',
    '⟦k⟧', '＜script＞alert(1)＜/script＞', '\u202e<script>alert(1)</script>', "'; DROP TABLE party; --",
    '<xsl:value-of select="document(\'/etc/passwd\')"/>', '<math><mtext></table><mglyph><style><img>',
    '<noscript><p title="</noscript><img src=x onerror=alert(1)>">', '%3Cscript%3Ealert(1)%3C/script%3E',
]

FORMULAS = ['=1+1', '+1+1', '-1+1', '@SUM(A1)', "=cmd|'/C calc'!A0", '=HYPERLINK("//evil")', '\t=1+1']

TYPES = ('<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
         '<Default Extension="xml" ContentType="application/xml"/></Types>')


def archive(files, compression=zipfile.ZIP_DEFLATED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, 'w', compression, compresslevel=9) as z:
        for name, text in files.items():
            z.writestr(name, text)
    return out.getvalue()


def book(sheet, **more):
    """An XLSX whose first sheet is this text."""
    main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
    office = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
    package = 'http://schemas.openxmlformats.org/package/2006/relationships'
    return archive({
        '[Content_Types].xml': TYPES,
        '_rels/.rels': f'<Relationships xmlns="{package}"><Relationship Id="r1" Target="xl/workbook.xml"'
                       f' Type="{office}/officeDocument"/></Relationships>',
        'xl/workbook.xml': f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets><sheet name="a"'
                           ' sheetId="1" r:id="r1"/></sheets></workbook>',
        'xl/_rels/workbook.xml.rels': f'<Relationships xmlns="{package}"><Relationship Id="r1"'
                                      f' Target="worksheets/sheet1.xml" Type="{office}/worksheet"/>'
                                      '</Relationships>',
        'xl/worksheets/sheet1.xml': sheet, **more})


def sheet(cell='x', dtd=''):
    main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
    return (f'<?xml version="1.0"?>{dtd}<worksheet xmlns="{main}"><sheetData><row r="1">'
            f'<c r="A1" t="inlineStr"><is><t>{cell}</t></is></c><c r="B1"><v>1</v></c>'
            '</row></sheetData></worksheet>')


def laughs():
    names = 'abcdefghij'
    entities = '<!ENTITY a "ha">' + ''.join(
        f'<!ENTITY {n} "{("&" + m + ";") * 10}">' for m, n in zip(names, names[1:]))
    return sheet('&j;', f'<!DOCTYPE worksheet [{entities}]>')


def files():
    """(name, bytes) of tables no program may read."""
    deep = sheet('<a>' * 3000 + '</a>' * 3000)
    good = book(sheet())
    return [
        ('xxe.xlsx', book(sheet('&x;', '<!DOCTYPE w [<!ENTITY x SYSTEM "file:///etc/passwd">]>'))),
        ('xxe-parameter.xlsx', book(sheet('x', '<!DOCTYPE w [<!ENTITY % x SYSTEM "http://127.0.0.1:1/">'
                                               ' %x;]>'))),
        ('laughs.xlsx', book(laughs())),
        ('bomb.xlsx', book('\0' * (200 << 20))),
        ('wide.xlsx', book(sheet(), **{f'xl/media/{n}': b'x' for n in range(500)})),
        ('deep.xlsx', book(deep)),
        ('traversal.xlsx', archive({'../../etc/cron.d/x': 'x', '[Content_Types].xml': TYPES})),
        ('half.xlsx', good[:len(good) // 2]),
        ('none.xlsx', b'PK\x03\x04' + b'\0' * 100),
        ('html.xlsx', b'<html><script>alert(1)</script></html>'),
        ('program.csv', b'\x7fELF' + bytes(range(256)) * 20),
        ('zeros.csv', b'\0' * 5000),
    ]
