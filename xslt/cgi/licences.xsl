<?xml version="1.0" encoding="UTF-8"?>
<!-- Licences: the calendar of those that end, a month's days with the list of the month or of a day beside them. -->
<xsl:stylesheet version="1.0"
    xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns:f="urn:xiaoao:f"
    xmlns:p="urn:xiaoao:page:1"
    extension-element-prefixes="f"
    exclude-result-prefixes="f p">

  <xsl:import href="../lib/layout.xsl"/>

  <xsl:template match="p:page[p:list/@name = 'licence-weeks']" mode="body">
    <div class="calendar-beside"><xsl:apply-templates select="p:list"/></div>
  </xsl:template>

  <xsl:template match="p:list[@name = 'licence-weeks']">
    <section class="card calendar" id="{@name}" aria-label="{f:t('list.', @name)}">
      <nav class="calendar-ways" aria-label="{f:t('calendar.ways')}"><xsl:apply-templates select="p:link" mode="button"/></nav>
      <table class="calendar-days">
        <thead><tr><xsl:for-each select="p:column"><th scope="col"><xsl:value-of select="f:label()"/></th></xsl:for-each></tr></thead>
        <tbody><xsl:for-each select="p:row"><tr><xsl:apply-templates select="p:date" mode="day"/></tr></xsl:for-each></tbody>
      </table>
    </section>
  </xsl:template>

  <!-- A day on which documents end leads to them; days gone by are told from days to come. -->
  <xsl:template match="p:date" mode="day">
    <td>
      <xsl:choose>
        <xsl:when test="@sub">
          <a class="calendar-day" href="{@href}">
            <xsl:if test=". = /p:page/p:heading/p:date"><xsl:attribute name="aria-current">true</xsl:attribute></xsl:if>
            <span><xsl:value-of select="number(substring(., 9))"/></span>
            <span class="state tone-warn">
              <xsl:if test="translate(., '-', '') &lt; translate(substring(/p:page/@at, 1, 10), '-', '')"><xsl:attribute name="class">state tone-bad</xsl:attribute></xsl:if>
              <xsl:value-of select="f:tn('calendar.ending', @sub)"/>
            </span>
          </a>
        </xsl:when>
        <xsl:when test="text()"><span class="calendar-day"><xsl:value-of select="number(substring(., 9))"/></span></xsl:when>
      </xsl:choose>
    </td>
  </xsl:template>

</xsl:stylesheet>
