<?xml version="1.0" encoding="UTF-8"?>
<!-- xslt/lib/vocab/icons.xml to one SVG sprite.  dir: the outline folder of the icon
     package, as a URL ending in a slash. -->
<xsl:stylesheet version="1.0"
    xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns="http://www.w3.org/2000/svg"
    xmlns:svg="http://www.w3.org/2000/svg"
    exclude-result-prefixes="svg">
  <xsl:output method="xml" encoding="UTF-8" omit-xml-declaration="yes"/>
  <xsl:param name="dir"/>
  <xsl:key name="by-name" match="icon" use="@name"/>
  <xsl:template match="/icons">
    <svg>
      <xsl:for-each select="icon[generate-id() = generate-id(key('by-name', @name)[1])]">
        <symbol id="{@name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round">
          <xsl:for-each select="document(concat($dir, @name, '.svg'))/svg:svg/svg:path[not(@stroke = 'none')]"><path d="{@d}"/></xsl:for-each>
        </symbol>
      </xsl:for-each>
    </svg>
  </xsl:template>
</xsl:stylesheet>
