<?xml version="1.0" encoding="UTF-8"?>
<!-- Catalogue: on the page of a product, what it is at the left, ordering it at the right. -->
<xsl:stylesheet version="1.0"
    xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns:f="urn:xiaoao:f"
    xmlns:p="urn:xiaoao:page:1"
    exclude-result-prefixes="f p">

  <xsl:import href="../lib/layout.xsl"/>

  <xsl:template match="p:page[@id = 'portal.catalogue.view']" mode="body">
    <div class="split">
      <div class="stack"><xsl:apply-templates select="p:record | p:list[@name != 'catalogue-steps']"/></div>
      <div class="stack first-on-phone"><xsl:apply-templates select="p:form | p:list[@name = 'catalogue-steps']"/></div>
    </div>
  </xsl:template>

  <!-- The picture in front of the name; where there is none, an icon keeps its place. -->
  <xsl:template match="p:row[@picture]/p:text" mode="lead">
    <th scope="row" class="with-thumb">
      <span class="thumb">
        <xsl:choose>
          <xsl:when test="../@picture != ''"><img src="{../@picture}" alt="" loading="lazy"/></xsl:when>
          <xsl:otherwise><svg class="icon" aria-hidden="true"><use href="{f:icon('products')}"/></svg></xsl:otherwise>
        </xsl:choose>
      </span>
      <span><a href="{../@href}"><xsl:value-of select="f:text()"/></a><xsl:if test="@sub"><small class="sub"><xsl:value-of select="@sub"/></small></xsl:if></span>
    </th>
  </xsl:template>

</xsl:stylesheet>
