<?xml version="1.0" encoding="UTF-8"?>
<!-- One file: what there is to do now, then what it holds, then what it is. -->
<xsl:stylesheet version="1.0"
    xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns:f="urn:xiaoao:f"
    xmlns:p="urn:xiaoao:page:1"
    exclude-result-prefixes="f p">
  <xsl:import href="../lib/layout.xsl"/>

  <xsl:template match="p:page[@id = 'office.flowfiles.view']" mode="body">
    <div class="stack">
      <xsl:apply-templates select="p:steps | p:figures"/>
      <xsl:apply-templates select="p:record[@name = 'flow-progress'] | p:form[@name = 'flow-go']"/>
      <xsl:apply-templates select="p:list[@name = 'flow-codes'] | p:list[@name = 'flow-issues']"/>
      <xsl:apply-templates select="p:list[@name = 'flow-replaced'] | p:list[@name = 'flow-related'] | p:list[@name = 'flow-preview']"/>
      <xsl:apply-templates select="p:list[@name = 'flow-lines']"/>
      <xsl:apply-templates select="p:form[@name = 'flow-map']"/>
      <div class="split">
        <xsl:apply-templates select="p:record[@name = 'flow-file']"/>
        <xsl:apply-templates select="p:timeline"/>
      </div>
    </div>
  </xsl:template>
</xsl:stylesheet>
