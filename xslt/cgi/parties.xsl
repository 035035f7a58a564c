<?xml version="1.0" encoding="UTF-8"?>
<!-- Parties: service and credit side by side, then documents, then trade beside people and places. -->
<xsl:stylesheet version="1.0"
    xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns:p="urn:xiaoao:page:1"
    exclude-result-prefixes="p">

  <xsl:import href="../lib/layout.xsl"/>

  <xsl:template match="p:page[@id = 'office.parties.view']" mode="body">
    <div class="stack">
      <xsl:apply-templates select="p:record[@name = 'party']"/>
      <div class="halves">
        <xsl:apply-templates select="p:record[@name != 'party']"/>
      </div>
      <xsl:apply-templates select="p:list[@name = 'party-licences']"/>
      <div class="halves">
        <div class="stack"><xsl:apply-templates select="p:list[@name = 'party-orders' or @name = 'party-branches' or @name = 'party-merged']"/></div>
        <div class="stack"><xsl:apply-templates select="p:list[@name = 'party-users' or @name = 'party-addresses']"/></div>
      </div>
    </div>
  </xsl:template>

</xsl:stylesheet>
