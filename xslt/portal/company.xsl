<?xml version="1.0" encoding="UTF-8"?>
<!-- The company: what a role may do, in words. -->
<xsl:stylesheet version="1.0"
    xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns:f="urn:xiaoao:f"
    xmlns:p="urn:xiaoao:page:1"
    extension-element-prefixes="f"
    exclude-result-prefixes="f p">

  <xsl:import href="../lib/layout.xsl"/>

  <xsl:template match="p:list[@name = 'company-roles']/p:row/p:text[@name = 'permissions']" mode="cell">
    <f:cell><xsl:call-template name="permissions"><xsl:with-param name="names" select="."/></xsl:call-template></f:cell>
  </xsl:template>

  <xsl:template name="permissions">
    <xsl:param name="names"/>
    <xsl:value-of select="f:t('status.permission.', substring-before(concat($names, ' '), ' '))"/>
    <xsl:if test="contains($names, ' ')">
      <xsl:value-of select="f:t('comma')"/>
      <xsl:call-template name="permissions"><xsl:with-param name="names" select="substring-after($names, ' ')"/></xsl:call-template>
    </xsl:if>
  </xsl:template>

</xsl:stylesheet>
