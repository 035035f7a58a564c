<?xml version="1.0" encoding="UTF-8"?>
<!-- Products: below stock and prices, who sees it beside its other names. -->
<xsl:stylesheet version="1.0"
    xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns:p="urn:xiaoao:page:1"
    exclude-result-prefixes="p">

  <xsl:import href="../lib/layout.xsl"/>

  <xsl:template match="p:page[@id = 'office.products.view']" mode="body">
    <div class="stack">
      <xsl:apply-templates select="p:record"/>
      <xsl:apply-templates select="p:list[@name = 'product-lots' or @name = 'product-prices']"/>
      <div class="halves">
        <div class="stack"><xsl:apply-templates select="p:list[@name = 'product-rules']"/></div>
        <div class="stack"><xsl:apply-templates select="p:list[@name = 'product-codes' or @name = 'product-groups']"/></div>
      </div>
    </div>
  </xsl:template>

</xsl:stylesheet>
