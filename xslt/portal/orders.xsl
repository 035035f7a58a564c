<?xml version="1.0" encoding="UTF-8"?>
<!-- Orders: on the page of one, its lines first; papers and history side by side below. -->
<xsl:stylesheet version="1.0"
    xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns:f="urn:xiaoao:f"
    xmlns:p="urn:xiaoao:page:1"
    exclude-result-prefixes="f p">

  <xsl:import href="../lib/layout.xsl"/>

  <xsl:template match="p:page[@id = 'portal.orders.view']" mode="body">
    <div class="stack">
      <xsl:apply-templates select="p:steps | p:list[@name = 'my-lines']"/>
      <div class="split">
        <div class="stack">
          <xsl:apply-templates select="p:record"/>
        </div>
        <div class="stack"><xsl:apply-templates select="p:timeline | p:form[not(@kind)]"/></div>
      </div>
      <xsl:apply-templates select="p:list[@name != 'my-lines']"/>
    </div>
  </xsl:template>

</xsl:stylesheet>
