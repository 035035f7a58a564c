<?xml version="1.0" encoding="UTF-8"?>
<!-- One thing's properties, and headline figures. -->
<xsl:stylesheet version="1.0"
    xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns:f="urn:xiaoao:f"
    xmlns:p="urn:xiaoao:page:1"
    exclude-result-prefixes="f p">

  <xsl:template match="p:record">
    <section class="card record-card record-card-{@name}">
      <xsl:if test="f:has('record.', @name)"><xsl:attribute name="aria-labelledby"><xsl:value-of select="@name"/>-record-title</xsl:attribute></xsl:if>
      <xsl:if test="f:has('record.', @name) or p:link or p:action">
        <header class="card-head">
          <xsl:if test="f:has('record.', @name)"><h2 id="{@name}-record-title"><xsl:value-of select="f:t('record.', @name)"/></h2></xsl:if>
          <xsl:if test="p:link or p:action"><div class="card-tools"><xsl:apply-templates select="p:link | p:action" mode="button"/></div></xsl:if>
        </header>
      </xsl:if>
      <div class="card-body">
        <xsl:if test="@picture"><xsl:attribute name="class">card-body pictured</xsl:attribute><xsl:call-template name="picture"/></xsl:if>
        <xsl:apply-templates select="." mode="inner"/>
      </div>
    </section>
  </xsl:template>

  <!-- What it looks like; the words beside it say what it is. -->
  <xsl:template name="picture">
    <xsl:choose>
      <xsl:when test="@picture != ''"><span class="picture"><img src="{@picture}" alt="{f:t('picture')}"/></span></xsl:when>
      <xsl:otherwise><span class="picture picture-none"><svg class="icon" aria-hidden="true"><use href="{f:icon('picture')}"/></svg><xsl:value-of select="f:t('picture.none')"/></span></xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <!-- Without a card of its own.  What is not known is left out, but for a document's blank to fill in. -->
  <xsl:template match="p:record" mode="inner">
    <dl class="record record-{@name}"><xsl:if test="@kind"><xsl:attribute name="class">record record-<xsl:value-of select="@kind"/></xsl:attribute></xsl:if><xsl:choose>
      <xsl:when test="/p:page/@paper"><xsl:apply-templates select="p:*" mode="datum"/></xsl:when>
      <xsl:otherwise><xsl:apply-templates select="p:*[text()]" mode="datum"/></xsl:otherwise>
    </xsl:choose></dl>
    <xsl:apply-templates select="p:meter"/>
  </xsl:template>

  <xsl:template match="p:*" mode="datum">
    <div>
      <xsl:choose>
        <xsl:when test="@emphasis"><xsl:attribute name="class">emphasis</xsl:attribute></xsl:when>
        <xsl:when test="self::p:text and string-length() &gt; 48"><xsl:attribute name="class">whole</xsl:attribute></xsl:when>
        <xsl:when test="self::p:text and string-length() &gt; 12"><xsl:attribute name="class">wide</xsl:attribute></xsl:when>
      </xsl:choose>
      <dt><xsl:value-of select="f:label()"/></dt>
      <dd>
        <xsl:choose>
          <xsl:when test="text()"><xsl:call-template name="whole"/></xsl:when>
          <xsl:otherwise><span class="nil" aria-label="{f:t('none')}">–</span></xsl:otherwise>
        </xsl:choose>
        <xsl:if test="@words and f:lang() = 'zh-CN'"><small class="sub"><xsl:value-of select="f:t('in-words')"/><xsl:value-of select="f:words(.)"/></small></xsl:if>
      </dd>
    </div>
  </xsl:template>
  <xsl:template match="p:meter | p:link | p:action" mode="datum"/>

  <!-- Names over the room for a seal, printed only. -->
  <xsl:template match="p:record[@kind = 'seals']">
    <div class="seals print-only"><xsl:for-each select="p:*"><p><xsl:value-of select="f:label()"/><xsl:value-of select="f:t('colon')"/><xsl:value-of select="f:text()"/><br/><xsl:value-of select="f:t('seal')"/></p></xsl:for-each></div>
  </xsl:template>

  <xsl:template match="p:meter">
    <div class="gauge">
      <xsl:if test="@value &gt; @max"><xsl:attribute name="class">gauge gauge-over</xsl:attribute></xsl:if>
      <span><xsl:value-of select="f:label()"/></span>
      <span class="gauge-value"><xsl:value-of select="f:value(@type, @value, @unit)"/> / <xsl:value-of select="f:value(@type, @max, @unit)"/></span>
      <progress value="{@value}" max="{@max}" aria-label="{f:label()}"/>
    </div>
  </xsl:template>

  <!-- ==== figures ======================================================= -->

  <xsl:template match="p:figures"><ul class="figures"><xsl:apply-templates select="p:figure"/></ul></xsl:template>

  <!-- @was: the value a period ago; @of: the target. -->
  <xsl:template match="p:figure">
    <xsl:variable name="value" select="*[1]"/>
    <li class="card figure">
      <xsl:if test="@alert"><xsl:attribute name="class">card figure figure-alert</xsl:attribute></xsl:if>
      <xsl:choose>
        <xsl:when test="@href"><a href="{@href}"><xsl:call-template name="figure-text"/></a></xsl:when>
        <xsl:otherwise><div><xsl:call-template name="figure-text"/></div></xsl:otherwise>
      </xsl:choose>
      <xsl:if test="@of">
        <span class="figure-note"><xsl:value-of select="f:t('figure.of')"/><xsl:text> </xsl:text><xsl:value-of select="f:percent($value div @of)"/></span>
        <progress value="{$value}" max="{@of}" aria-label="{f:t('figure.of')}"/>
      </xsl:if>
      <xsl:if test="@was and @was != 0">
        <xsl:variable name="change" select="$value div @was - 1"/>
        <span class="figure-note"><span class="trend{substring(' negative', 1, 9 * ($change &lt; 0))}"><xsl:value-of select="f:value('growth', $change)"/></span><xsl:text> </xsl:text><xsl:value-of select="f:t('figure.was')"/></span>
      </xsl:if>
      <xsl:for-each select="p:context/*"><span class="figure-note"><xsl:value-of select="f:t('figure.', ../../@name, '.', @name)"/><xsl:text> </xsl:text><xsl:apply-templates select="." mode="v"/></span></xsl:for-each>
    </li>
  </xsl:template>

  <xsl:template name="figure-text">
    <span class="figure-label"><xsl:value-of select="f:label()"/></span>
    <strong class="figure-value"><xsl:apply-templates select="*[1]" mode="v"/></strong>
  </xsl:template>

</xsl:stylesheet>
