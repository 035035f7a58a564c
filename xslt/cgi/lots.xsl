<?xml version="1.0" encoding="UTF-8"?>
<!-- Lots: what quality decides stands beside what the lot is and where it went. -->
<xsl:stylesheet version="1.0"
    xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns:p="urn:xiaoao:page:1"
    exclude-result-prefixes="p">

  <xsl:import href="../lib/layout.xsl"/>

  <xsl:template match="p:page[@id = 'office.lots.view']" mode="body">
    <div class="stack">
      <xsl:apply-templates select="p:record"/>
      <xsl:choose>
        <xsl:when test="p:form">
          <div class="split">
            <div class="stack"><xsl:apply-templates select="p:list"/></div>
            <div class="stack"><xsl:apply-templates select="p:form"/></div>
          </div>
        </xsl:when>
        <xsl:otherwise><xsl:apply-templates select="p:list"/></xsl:otherwise>
      </xsl:choose>
    </div>
  </xsl:template>

</xsl:stylesheet>
