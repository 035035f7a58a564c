<?xml version="1.0" encoding="UTF-8"?>
<!-- Orders: on the page of one, papers and history stand side by side below the lines. -->
<xsl:stylesheet version="1.0"
    xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns:p="urn:xiaoao:page:1"
    exclude-result-prefixes="p">

  <xsl:import href="../lib/layout.xsl"/>

  <xsl:template match="p:page[@id = 'office.orders.view']" mode="body">
    <div class="stack">
      <xsl:apply-templates select="p:steps | p:record[@name = 'answers'] | p:form | p:record[@name = 'override']"/>
      <xsl:apply-templates select="p:list[@name = 'order-lines']"/>
      <div class="split">
        <div class="stack">
          <xsl:apply-templates select="p:record[@name = 'order']"/>
        </div>
        <div class="stack"><xsl:apply-templates select="p:timeline"/></div>
      </div>
      <xsl:apply-templates select="p:list[@name != 'order-lines']"/>
    </div>
  </xsl:template>

</xsl:stylesheet>
