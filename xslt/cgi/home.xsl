<?xml version="1.0" encoding="UTF-8"?>
<!-- Home: figures, then what to do beside what is going on. -->
<xsl:stylesheet version="1.0"
    xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns:p="urn:xiaoao:page:1"
    exclude-result-prefixes="p">

  <xsl:import href="../lib/layout.xsl"/>

  <xsl:template match="p:page[@id = 'office.home']" mode="body">
    <div class="stack">
      <xsl:apply-templates select="p:figures"/>
      <div class="split">
        <div class="stack">
          <xsl:apply-templates select="p:list[@name = 'home-inbox']"/>
          <xsl:apply-templates select="p:list[@name = 'home-orders']"/>
        </div>
        <div class="stack">
          <xsl:apply-templates select="p:chart"/>
          <xsl:apply-templates select="p:list[@name = 'home-messages' or @name = 'home-tasks']"/>
        </div>
      </div>
    </div>
  </xsl:template>

</xsl:stylesheet>
