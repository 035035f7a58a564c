<?xml version="1.0" encoding="UTF-8"?>
<!-- Catalogue: on the page of a product, what it is at the left, ordering it at the right. -->
<xsl:stylesheet version="1.0"
    xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns:f="urn:xiaoao:f"
    xmlns:p="urn:xiaoao:page:1"
    exclude-result-prefixes="f p">

  <xsl:import href="../lib/layout.xsl"/>

  <xsl:template match="p:page[@id = 'portal.catalogue.view']" mode="body">
    <div class="split">
      <div class="stack"><xsl:apply-templates select="p:record | p:list[@name != 'catalogue-steps']"/></div>
      <div class="stack first-on-phone"><xsl:apply-templates select="p:form | p:list[@name = 'catalogue-steps']"/></div>
    </div>
  </xsl:template>

</xsl:stylesheet>
