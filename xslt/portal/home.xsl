<?xml version="1.0" encoding="UTF-8"?>
<!-- Home: what moves at the left, what asks for an answer at the right. -->
<xsl:stylesheet version="1.0"
    xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns:f="urn:xiaoao:f"
    xmlns:p="urn:xiaoao:page:1"
    exclude-result-prefixes="f p">

  <xsl:import href="../lib/layout.xsl"/>

  <xsl:template match="p:page[@id = 'portal.home']" mode="body">
    <div class="stack">
      <xsl:apply-templates select="p:figures"/>
      <xsl:variable name="aside" select="p:list[@name = 'home-messages' or @name = 'home-due']"/>
      <div class="{substring('stack split', 1 + 6 * boolean($aside), 5)}">
        <div class="stack"><xsl:apply-templates select="p:chart | p:list[@name = 'open-orders']"/></div>
        <xsl:if test="$aside"><div class="stack"><xsl:apply-templates select="$aside"/></div></xsl:if>
      </div>
      <xsl:apply-templates select="p:list[@name = 'home-expiring']"/>
    </div>
  </xsl:template>

</xsl:stylesheet>
