<?xml version="1.0" encoding="UTF-8"?>
<!-- Quick order: below a price that changed stands what it was. -->
<xsl:stylesheet version="1.0"
    xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns:f="urn:xiaoao:f"
    xmlns:p="urn:xiaoao:page:1"
    extension-element-prefixes="f"
    exclude-result-prefixes="p">

  <xsl:import href="../lib/layout.xsl"/>

  <xsl:template match="p:grid/p:row/p:price[@sub]" mode="cell">
    <f:cell class="num"><xsl:apply-templates select="." mode="v"/><small class="sub"><xsl:value-of select="f:t('order.was')"/><xsl:text> </xsl:text><del><xsl:value-of select="f:money(@sub)"/></del></small></f:cell>
  </xsl:template>

</xsl:stylesheet>
