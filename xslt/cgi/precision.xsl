<?xml version="1.0" encoding="UTF-8"?>
<!-- A sample: how it stands over the list and what is being judged. -->
<xsl:stylesheet version="1.0"
    xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns:p="urn:xiaoao:page:1"
    exclude-result-prefixes="p">

  <xsl:import href="../lib/layout.xsl"/>

  <xsl:template match="p:page[@id = 'office.precision' and p:detail]" mode="body">
    <div class="stack">
      <xsl:apply-templates select="p:figures"/>
      <div class="inbox">
        <xsl:if test="p:detail/@asked = 'true'"><xsl:attribute name="class">inbox inbox-asked</xsl:attribute></xsl:if>
        <xsl:apply-templates select="p:list"/>
        <xsl:apply-templates select="p:detail"/>
      </div>
    </div>
  </xsl:template>

</xsl:stylesheet>
