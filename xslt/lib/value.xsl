<?xml version="1.0" encoding="UTF-8"?>
<!--
  Typed values.  The name of the element is the type, so the processor finds
  the template by a hash of the name.  Mode "cell" is the fast road of lists:
  one template draws the whole cell.  Mode "lead" is the first cell of a row,
  its heading and its link.  Mode "v" is a value anywhere else.
  An empty cell stays :empty, which the style sheet hides on phones.
-->
<xsl:stylesheet version="1.0"
    xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns:f="urn:xiaoao:f"
    xmlns:p="urn:xiaoao:page:1"
    extension-element-prefixes="f"
    exclude-result-prefixes="f p">

  <!-- ==== in running text =============================================== -->

  <xsl:template match="p:text | p:int | p:qty | p:percent | p:month | p:bytes | p:flag" mode="v"><xsl:value-of select="f:text()"/></xsl:template>
  <xsl:template match="p:code" mode="v"><span class="code"><xsl:value-of select="."/></span></xsl:template>
  <xsl:template match="p:money | p:price" mode="v"><data value="{.}" class="amount{f:sign()}"><xsl:value-of select="f:text()"/></data></xsl:template>
  <xsl:template match="p:date | p:datetime" mode="v"><xsl:if test="text()"><time datetime="{.}"><xsl:value-of select="f:text()"/></time></xsl:if></xsl:template>
  <xsl:template match="p:ago" mode="v"><xsl:if test="text()"><time datetime="{.}" title="{f:datetime(.)}"><xsl:value-of select="f:text()"/></time></xsl:if></xsl:template>
  <xsl:template match="p:status" mode="v"><xsl:if test="text()"><span class="state tone-{f:tone()}"><xsl:value-of select="f:text()"/></span></xsl:if></xsl:template>
  <xsl:template match="p:growth" mode="v"><xsl:if test="text()"><span class="trend{f:sign()}"><xsl:value-of select="f:text()"/></span></xsl:if></xsl:template>

  <xsl:template match="p:due" mode="v">
    <xsl:if test="text()">
      <xsl:variable name="days" select="f:days()"/>
      <time datetime="{.}" title="{f:date(.)}">
        <xsl:attribute name="class">state tone-<xsl:choose>
          <xsl:when test="$days &lt; 0">bad</xsl:when>
          <xsl:when test="$days &lt;= 7">warn</xsl:when>
          <xsl:otherwise>neutral</xsl:otherwise>
        </xsl:choose></xsl:attribute>
        <xsl:choose>
          <xsl:when test="/p:page/@paper"><xsl:value-of select="f:date(.)"/></xsl:when>
          <xsl:otherwise><xsl:value-of select="f:text()"/></xsl:otherwise>
        </xsl:choose>
      </time>
    </xsl:if>
  </xsl:template>

  <!-- 3 of 4; with @set the words of how far that is: progress.<set>.3 -->
  <xsl:template match="p:progress" mode="v">
    <xsl:if test="text()">
      <span class="progress-value">
        <progress value="{.}" max="{@max}" aria-label="{f:label()}"/>
        <small><xsl:choose>
          <xsl:when test="@set"><xsl:value-of select="f:t('progress.', @set, '.', .)"/></xsl:when>
          <xsl:otherwise><xsl:value-of select="f:int(.)"/> / <xsl:value-of select="f:int(@max)"/></xsl:otherwise>
        </xsl:choose></small>
      </span>
    </xsl:if>
  </xsl:template>

  <!-- With its link and second line. -->
  <xsl:template name="whole">
    <xsl:choose>
      <xsl:when test="@href"><a href="{@href}"><xsl:apply-templates select="." mode="v"/></a></xsl:when>
      <xsl:otherwise><xsl:apply-templates select="." mode="v"/></xsl:otherwise>
    </xsl:choose>
    <xsl:if test="@sub"><small class="sub"><xsl:value-of select="@sub"/></small></xsl:if>
  </xsl:template>

  <!-- ==== as cells ======================================================
       f:cell is the td with its label; plain says that the value is its text,
       link and second line (cgi/lib/sheet_cell.h). -->

  <xsl:template match="p:text | p:flag" mode="cell"><f:cell plain="true"/></xsl:template>
  <xsl:template match="p:code" mode="cell"><f:cell class="code" plain="true"/></xsl:template>
  <xsl:template match="p:money | p:price | p:int | p:qty | p:percent | p:bytes" mode="cell"><f:cell class="num" plain="true"/></xsl:template>
  <xsl:template match="p:date | p:datetime | p:month" mode="cell"><f:cell class="when" plain="true"/></xsl:template>
  <xsl:template match="p:status" mode="cell"><f:cell class="t-status" plain="true" mark="state"/></xsl:template>
  <xsl:template match="p:growth" mode="cell"><f:cell class="num"><xsl:call-template name="whole"/></f:cell></xsl:template>
  <xsl:template match="p:due | p:ago" mode="cell"><f:cell><xsl:call-template name="whole"/></f:cell></xsl:template>

  <!-- How much of it is done: the figure over a thin bar. -->
  <xsl:template match="p:progress" mode="cell">
    <f:cell class="part"><xsl:if test="text()">
      <xsl:choose>
        <xsl:when test="@set"><xsl:apply-templates select="." mode="v"/></xsl:when>
        <xsl:otherwise>
          <span class="part-value"><xsl:if test="@max > 0 and . >= @max"><xsl:attribute name="class">part-value part-done</xsl:attribute></xsl:if><xsl:value-of select="f:int(.)"/></span>
          <progress value="{.}" max="{@max}" aria-label="{f:label()}"/>
        </xsl:otherwise>
      </xsl:choose>
      <xsl:if test="@sub"><small class="sub"><xsl:value-of select="@sub"/></small></xsl:if>
    </xsl:if></f:cell>
  </xsl:template>

  <!-- ==== the first cell of a row: its heading and its link =============== -->

  <xsl:template match="p:text" mode="lead"><f:lead><xsl:call-template name="lead"/></f:lead></xsl:template>
  <xsl:template match="p:money | p:price | p:int | p:qty | p:percent" mode="lead"><f:lead class="num"><xsl:call-template name="lead"/></f:lead></xsl:template>
  <xsl:template match="p:*" mode="lead"><f:lead class="code"><xsl:call-template name="lead"/></f:lead></xsl:template>

  <xsl:template name="lead">
    <xsl:choose>
      <xsl:when test="../@level"><xsl:call-template name="handle"/></xsl:when>
      <xsl:when test="../@kind and not(text())"><xsl:value-of select="f:t('row.', ../@kind)"/></xsl:when>
      <xsl:when test="@href"><a href="{@href}"><xsl:apply-templates select="." mode="v"/></a></xsl:when>
      <xsl:when test="../@href"><a href="{../@href}"><xsl:apply-templates select="." mode="v"/></a></xsl:when>
      <xsl:otherwise><xsl:apply-templates select="." mode="v"/></xsl:otherwise>
    </xsl:choose>
    <xsl:if test="@sub"><small class="sub"><xsl:value-of select="@sub"/></small></xsl:if>
  </xsl:template>

  <!-- A level of a pivot, opened and closed by its own handle. -->
  <xsl:template name="handle">
    <xsl:choose>
      <xsl:when test="../@toggle">
        <a class="toggle" href="{../@toggle}" aria-expanded="{../@open}" hx-get="{../@toggle}" hx-target="#{../../@name}" hx-select="#{../../@name}" hx-swap="outerMorph" hx-push-url="true">
          <xsl:call-template name="icon"><xsl:with-param name="for" select="concat('open.', ../@open)"/></xsl:call-template>
          <xsl:apply-templates select="." mode="v"/>
        </a>
      </xsl:when>
      <xsl:when test="@href"><a href="{@href}"><xsl:apply-templates select="." mode="v"/></a></xsl:when>
      <xsl:otherwise><xsl:apply-templates select="." mode="v"/></xsl:otherwise>
    </xsl:choose>
  </xsl:template>

</xsl:stylesheet>
