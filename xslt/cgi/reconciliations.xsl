<?xml version="1.0" encoding="UTF-8"?>
<!-- A monthly statement: sums and history side by side, then its lines over the whole width. -->
<xsl:stylesheet version="1.0"
    xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns:f="urn:xiaoao:f"
    xmlns:p="urn:xiaoao:page:1"
    exclude-result-prefixes="f p">

  <xsl:import href="../lib/layout.xsl"/>

  <xsl:template match="p:page[@id = 'office.reconciliations.view']" mode="body">
    <div class="stack">
      <xsl:apply-templates select="p:steps"/>
      <div class="split">
        <div class="stack"><xsl:apply-templates select="p:record"/></div>
        <div class="stack"><xsl:apply-templates select="p:timeline"/></div>
      </div>
      <xsl:apply-templates select="p:list"/>
    </div>
  </xsl:template>

</xsl:stylesheet>
