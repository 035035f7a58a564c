<?xml version="1.0" encoding="UTF-8"?>
<!-- A recall: facts beside the history, then the holders over the whole width. -->
<xsl:stylesheet version="1.0"
    xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns:p="urn:xiaoao:page:1"
    exclude-result-prefixes="p">

  <xsl:import href="../lib/layout.xsl"/>

  <xsl:template match="p:page[@id = 'office.recalls.view']" mode="body">
    <div class="stack">
      <xsl:apply-templates select="p:steps | p:figures"/>
      <div class="split">
        <div class="stack"><xsl:apply-templates select="p:record"/></div>
        <div class="stack"><xsl:apply-templates select="p:timeline"/></div>
      </div>
      <xsl:apply-templates select="p:list | p:form[not(@kind)]"/>
    </div>
  </xsl:template>

</xsl:stylesheet>
