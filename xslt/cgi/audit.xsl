<?xml version="1.0" encoding="UTF-8"?>
<!-- Audit trail: columns of tables by the words people have for them. -->
<xsl:stylesheet version="1.0"
    xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns:f="urn:xiaoao:f"
    xmlns:p="urn:xiaoao:page:1"
    exclude-result-prefixes="f p">

  <xsl:import href="../lib/layout.xsl"/>

  <xsl:template name="column-word">
    <xsl:param name="name"/>
    <xsl:choose>
      <xsl:when test="f:has('status.column.', $name)"><xsl:value-of select="f:t('status.column.', $name)"/></xsl:when>
      <xsl:otherwise><xsl:value-of select="$name"/></xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <!-- "status, note" in the list: the words, between commas. -->
  <xsl:template match="p:text[@name = 'changes']" mode="cell">
    <td role="cell" data-label="{f:label()}"><xsl:call-template name="column-words"><xsl:with-param name="names" select="string(.)"/></xsl:call-template></td>
  </xsl:template>

  <xsl:template name="column-words">
    <xsl:param name="names"/>
    <xsl:choose>
      <xsl:when test="contains($names, ', ')">
        <xsl:call-template name="column-word"><xsl:with-param name="name" select="substring-before($names, ', ')"/></xsl:call-template>
        <xsl:value-of select="f:t('comma')"/>
        <xsl:call-template name="column-words"><xsl:with-param name="names" select="substring-after($names, ', ')"/></xsl:call-template>
      </xsl:when>
      <xsl:when test="$names != ''"><xsl:call-template name="column-word"><xsl:with-param name="name" select="$names"/></xsl:call-template></xsl:when>
    </xsl:choose>
  </xsl:template>

  <xsl:template match="p:code[@name = 'column_name']" mode="lead">
    <th scope="row"><xsl:call-template name="column-word"><xsl:with-param name="name" select="string(.)"/></xsl:call-template></th>
  </xsl:template>

  <!-- A state by its word where the column has words for its values. -->
  <xsl:template match="p:text[@name = 'value_before' or @name = 'value_after']" mode="cell">
    <xsl:variable name="column" select="../p:code"/>
    <td role="cell" class="{@name}" data-label="{f:label()}"><xsl:choose>
      <xsl:when test="f:has('status.', $column, '.', .)"><xsl:value-of select="f:t('status.', $column, '.', .)"/></xsl:when>
      <xsl:otherwise><xsl:value-of select="."/></xsl:otherwise>
    </xsl:choose></td>
  </xsl:template>

</xsl:stylesheet>
