#!/usr/bin/python3
"""What a sheet may not do: see shared TRUST.md 3.4.  One line for every fault.

Attributes that lead somewhere are checked again by cgi/lib/html.c, whatever
made them; here a sheet is kept from building one out of parts.
"""
import pathlib
import re
import sys

from lxml import etree

ROOT = pathlib.Path(__file__).resolve().parent.parent
XSL = "{http://www.w3.org/1999/XSL/Transform}"
ADDRESSES = {"href", "src", "action", "formaction", "hx-get", "hx-post"}
# The whole of the value is one node or function; of an asset, its known name may follow.
WHOLE = re.compile(r"^(\{[^{}]+\}([\w.-]+\.(svg|css|js))?|#[\w-]*(\{[^{}]*\})?|[\w/.#:-]*)$")


def faults_of(file):
    tree = etree.parse(str(file), etree.XMLParser(resolve_entities=False, no_network=True))
    if tree.docinfo.doctype:
        yield tree.getroot(), "a document type"
    for node in tree.iter(etree.Element):
        yield from faults_of_node(file, node)


def faults_of_node(file, node):
    local = etree.QName(node).localname
    is_xsl = node.tag.startswith(XSL)
    if is_xsl and local in ("import", "include"):
        yield from faults_of_import(file, node, local)
    if is_xsl and local == "output" and (node.get("method") != "html" or node.get("cdata-section-elements")):
        yield node, "an output other than html"
    if is_xsl and local in ("message", "processing-instruction", "copy-of", "copy", "element", "key",
                            "strip-space", "sort", "number"):
        yield node, f"xsl:{local}"
    if "document" in local and not is_xsl:
        yield node, "exsl:document"
    if not is_xsl and local in ("script", "style") and (len(node) or (node.text or "").strip()):
        yield node, "content in script or style"
    if is_xsl and local == "attribute":
        yield from faults_of_attribute_instruction(node)
    for name, value in node.attrib.items():
        yield from faults_of_attribute(node, is_xsl, name, value)


def faults_of_import(file, node, local):
    href = node.get("href", "")
    if local == "import" and (file.parent.name == "lib" or href != "../lib/layout.xsl"):
        yield node, "a page sheet imports ../lib/layout.xsl and nothing else"
    if local == "include" and (file.name != "layout.xsl" or "/" in href or ":" in href):
        yield node, "only layout.xsl includes, from its own folder"


def is_whole(node):
    """One attribute, or one icon, or a choice of such."""
    if len(node) != 1:
        return False
    if node[0].tag == XSL + "choose":
        return all(is_whole(branch) for branch in node[0])
    return node[0].tag == XSL + "value-of" and re.match(r"@|f:icon\(", node[0].get("select", ""))


def faults_of_attribute_instruction(node):
    name = node.get("name", "")
    if re.match(r"on|style$|srcdoc$|hx-on", name):
        yield node, f"attribute {name}"
    if name in ADDRESSES and not is_whole(node):
        yield node, f"an address ({name}) out of parts"


def faults_of_attribute(node, is_xsl, name, value):
    if name == "disable-output-escaping":
        yield node, name
    if re.search(r"(^|[^\w.-])document\(|unparsed-entity|system-property|exslt\.org|crypto:|dyn:", value):
        yield node, f"{name}={value}"
    if is_xsl:
        if name in ("select", "match", "test") and re.search(r"(^|[\s(|,=])//", value):
            yield node, f"a scan of the document: {value}"
        return
    if re.match(r"on|style$|srcdoc$|hx-on", name):
        yield node, f"attribute {name}"
    if name == "http-equiv":
        yield node, name
    if name in ADDRESSES and not WHOLE.match(value):
        yield node, f"an address out of parts: {name}={value}"
    if re.match(r"(?i)\s*(javascript|data|vbscript):", value):
        yield node, f"{name}={value}"


def main():
    count = 0
    for file in sorted(p for d in ("lib", "cgi", "portal") for p in (ROOT / "xslt" / d).glob("*.xsl")):
        for node, fault in faults_of(file):
            print(f"{file.relative_to(ROOT)}:{node.sourceline}: {fault}")
            count += 1
    print(f"{count} faults")
    return 1 if count else 0


sys.exit(main())
